#include "client/director/local_ground.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "certs/dev_pki.h"
#include "protocol/base/text.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

constexpr char kChannelId[] = "00112233445566778899aabbccddeeff";

std::string setting(const std::string& key, const std::string& value) {
  return key + " = \"" + value + "\"\n";
}

std::string person(const std::string& id, const std::string& roles) {
  return "[[person]]\n" + setting("id", id) + "roles = [" + roles + "]\n";
}

// So many as the scenario takes one away from, and one more.
int64_t paths_of(const Scenario& scenario, SideIndex side) {
  int64_t paths = 1;
  for (const Inject& inject : scenario.injects) {
    const auto* lost = std::get_if<PathLost>(&inject.content);
    if (lost != nullptr && inject.from == side) paths = std::max(paths, lost->path + 1);
  }
  return paths;
}

// How slow its daemons' clocks are ever played to be: certificates have begun by then.
int64_t slowest_ms(const Scenario& scenario) {
  int64_t slow_ms = 0;
  for (const Inject& inject : scenario.injects) {
    const auto* wrong = std::get_if<ClockWrong>(&inject.content);
    if (wrong != nullptr && wrong->ahead_ms < 0) slow_ms -= wrong->ahead_ms;
  }
  return slow_ms;
}

}  // namespace

Result<std::unique_ptr<LocalGround>> LocalGround::lay_out(const Scenario& scenario,
                                                          const std::string& directory,
                                                          const std::string& hotlined) {
  std::unique_ptr<LocalGround> ground(new LocalGround(scenario, directory));
  for (SideIndex side = 0; side < kSides; ++side) {
    const std::string& party = scenario.sides[side];
    ground->daemons_[side] =
        std::make_unique<LocalDaemon>(hotlined, party, directory + "/" + party);
    for (int64_t path = 0; path < paths_of(scenario, side); ++path) {
      auto cable = Relay::start();
      if (!cable) return cable.error();
      ground->cables_[side].push_back(*std::move(cable));
    }
  }
  return ground;
}

Status LocalGround::make(UtcMs now) {
  DevPkiOptions options;
  options.parties = {scenario_.sides[0], scenario_.sides[1]};
  options.exercise = true;
  options.people = {kDirectorPerson, kAuditorPerson};
  for (const Player& player : scenario_.players) options.people.push_back(player.name);
  const auto made = create_dev_pki(directory_ + "/pki", options, now - slowest_ms(scenario_));
  if (!made) return made.error();
  for (SideIndex side = 0; side < kSides; ++side) {
    if (auto status = daemons_[side]->init(config(side)); !status) return status;
  }
  return ok();
}

// One letter, which is never the X that begins all serials of an exercise.
std::string LocalGround::prefix(SideIndex side) const {
  const auto letter = [this](SideIndex of) {
    const char first = to_capital(scenario_.sides[of].front());
    return first < 'A' || first > 'W' ? 'Y' : first;
  };
  if (side == 1 && letter(0) == letter(1)) return "Z";
  return std::string(1, letter(side));
}

// The configuration that `hotlined config example` explains, with the default ladder. One person
// releases: the director gives what is injected, and scripted players have no second one.
std::string LocalGround::config(SideIndex side) const {
  const SideIndex peer = other_side(side);
  std::string text = "[party]\n" + setting("id", scenario_.sides[side]) +
                     setting("prefix", prefix(side)) + "[peer]\n" +
                     setting("id", scenario_.sides[peer]) + setting("prefix", prefix(peer));
  text += "addresses = [";
  for (const auto& cable : cables_[side]) {
    text += (cable == cables_[side].front() ? "\"127.0.0.1:" : ", \"127.0.0.1:") +
            std::to_string(cable->port()) + "\"";
  }
  text += "]\n" + setting("ca", pki(peer) + "/ca.crt") + setting("crl", pki(peer) + "/ca.crl");
  for (const std::string key : {"log", "receipt", "witness"}) {
    text += setting(key + "_certificate", pki(peer) + "/" + key + ".crt");
  }
  text += "[channel]\n" + setting("id", kChannelId) + setting("mode", "exercise");
  if (const int64_t ahead_ms = clock_ahead_ms_[side]; ahead_ms != 0) {
    text += setting(ahead_ms > 0 ? "clock_ahead" : "clock_slow",
                    std::to_string(std::abs(ahead_ms)) + "ms");
  }
  text += "[release]\ntwo_person = []\n[keys]\n" + setting("ca", pki(side) + "/ca.crt") +
          setting("crl", pki(side) + "/ca.crl");
  for (const std::string key : {"tls", "log", "receipt", "witness"}) {
    text += setting(key + "_certificate", pki(side) + "/" + key + ".crt") +
            setting(key + "_key", pki(side) + "/" + key + ".key");
  }
  text += "[listen]\n" + setting("peer", "127.0.0.1:0") + setting("client", "127.0.0.1:0") +
          setting("port_file", daemons_[side]->port_path()) + "[store]\n" +
          setting("path", directory_ + "/" + scenario_.sides[side] + "/journal.db") +
          person(kDirectorPerson, "\"director\", \"supervisor\"") +
          person(kAuditorPerson, "\"auditor\"");
  for (const Player& player : scenario_.players) {
    if (player.side != side) continue;
    text += person(player.name, "\"" + role_name(static_cast<uint8_t>(player.role)) + "\"");
  }
  return text;
}

Status LocalGround::start(SideIndex side) {
  // Cables have other ports after a drill was broken off.
  std::ofstream file(daemons_[side]->config_path(), std::ios::binary);
  file << config(side);
  file.close();
  if (!file.good()) {
    return make_error(ErrorCode::failed, daemons_[side]->config_path() + " cannot be written");
  }
  if (auto status = daemons_[side]->start(); !status) return status;
  is_up_[side] = true;
  for (const auto& cable : cables_[other_side(side)]) cable->lead_to(daemons_[side]->peer_port());
  return write_contexts(contexts_path(), contexts());
}

Status LocalGround::set_clock(SideIndex side, int64_t ahead_ms) {
  if (ahead_ms == std::exchange(clock_ahead_ms_[side], ahead_ms) || !daemons_[side]->runs()) {
    return ok();
  }
  is_up_[side] = false;
  return daemons_[side]->stop();
}

bool LocalGround::has_ended(SideIndex side) const {
  return is_up_[side] && !daemons_[side]->runs();
}

Result<bool> LocalGround::set(const Faults& faults) {
  for (SideIndex side = 0; side < kSides; ++side) {
    for (size_t path = 0; path < cables_[side].size(); ++path) {
      Relay& cable = *cables_[side][path];
      const bool is_lost = faults.lost_paths.count({side, static_cast<int64_t>(path) + 1}) > 0;
      faults.is_cut || is_lost ? cable.cut() : cable.mend();
      cable.impair({faults.is_silent[side], faults.is_silent[other_side(side)], faults.delay_ms});
    }
  }
  bool has_started = false;
  for (SideIndex side = 0; side < kSides; ++side) {
    if (auto set = set_clock(side, faults.clock_ahead_ms[side]); !set) return set.error();
    if (faults.is_down[side]) {
      is_up_[side] = false;
      daemons_[side]->kill();
    } else if (!daemons_[side]->runs()) {
      if (auto status = start(side); !status) return status.error();
      has_started = true;
    }
  }
  return has_started;
}

Status LocalGround::revoke(SideIndex side, std::optional<size_t> player, UtcMs now) {
  const std::string certificate =
      player ? "/people/" + scenario_.players[*player].name + ".crt" : "/tls.crt";
  const SideIndex of = player ? scenario_.players[*player].side : side;
  if (auto status = revoke_dev_certificate(pki(of), pki(of) + certificate, now); !status) {
    return status;
  }
  for (const auto& daemon : daemons_) daemon->reload();
  return ok();
}

Context LocalGround::context(SideIndex side, const std::string& person) const {
  Context context;
  context.name = scenario_.sides[side] + "-" + person;
  context.host = "127.0.0.1";
  context.port = std::to_string(daemons_[side]->client_port());
  context.certificate_path = pki(side) + "/people/" + person + ".crt";
  context.key_path = pki(side) + "/people/" + person + ".key";
  context.ca_path = pki(side) + "/ca.crt";
  return context;
}

// For the people who play.
std::vector<Context> LocalGround::contexts() const {
  std::vector<Context> all;
  const auto add = [&](SideIndex side, const std::string& person) {
    all.push_back(context(side, person));
    all.back().language = scenario_.language;
  };
  for (SideIndex side = 0; side < kSides; ++side) {
    add(side, kDirectorPerson);
    add(side, kAuditorPerson);
  }
  for (const Player& player : scenario_.players) add(player.side, player.name);
  return all;
}

Status LocalGround::stop() {
  Status first = ok();
  for (const auto& daemon : daemons_) {
    if (!daemon->runs()) continue;
    if (auto status = daemon->stop(); !status && first) first = status;
  }
  return first;
}

}  // namespace hotline::client
