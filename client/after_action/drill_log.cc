#include "client/after_action/drill_log.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include "client/drill/play_lines.h"
#include "client/drill/standing.h"

namespace hotline::client {
namespace {

constexpr size_t kDepthMax = 8;

// Nothing where no part has this name.
std::optional<size_t> place_of(const auto& parts, const std::string& name) {
  for (size_t place = 0; place < parts.size(); ++place) {
    if (parts[place].name == name) return place;
  }
  return std::nullopt;
}

class LogReading {
 public:
  explicit LogReading(const Scenario& scenario)
      : scenario_(scenario), standing_(before_drill(scenario)) {
    log_.injects.resize(scenario.injects.size());
    log_.verdicts.resize(scenario.expectations.size());
    log_.judgements.resize(scenario.expectations.size());
  }

  void take(const JsonInput& line) {
    const std::string what = text_in(line, "what");
    const int64_t at_ms = number_in(line, "at_ms");
    log_.last_ms = std::max(log_.last_ms, at_ms);
    if (const auto order = take_line(scenario_, standing_, line)) take_order_line(*order, at_ms);
    if (what == "begun") {
      take_beginning(line);
    } else if (what == "came") {
      const auto inject = place_of(scenario_.injects, text_in(line, "inject"));
      if (inject) log_.injects[*inject].message = text_in(line, "id");
    } else if (what == "inject") {
      take_inject(line, at_ms);
    } else if (what == "over") {
      const auto inject = place_of(scenario_.injects, text_in(line, "inject"));
      if (inject) log_.injects[*inject].over_ms = at_ms;
    } else if (what == "reaction") {
      if (!text_in(line, "draft").empty()) {
        handed_in_.push_back({{}, place_of(scenario_.players, text_in(line, "player")), at_ms});
      }
    } else if (what == "committed" || what == "refused") {
      take_message(line);
    } else if (what == "passed-over") {
      const auto inject = place_of(scenario_.injects, text_in(line, "inject"));
      if (inject) log_.refusals.push_back({at_ms, {}, *inject, text_in(line, "reason")});
    } else if (what == "restarted") {
      const bool is_first = text_in(line, "side") == scenario_.sides[0];
      log_.restarts.push_back({at_ms, is_first ? 0 : 1});
    } else if (what == "outcome") {
      take_verdict(line, at_ms);
    } else if (what == "ended") {
      log_.ended_ms = at_ms;
    }
  }

  DrillLog finish() {
    for (size_t i = 0; i < log_.injects.size(); ++i) {
      log_.injects[i].fate = standing_.play.injects[i];
    }
    log_.is_stopped = standing_.is_stopped;
    log_.broken_off = standing_.broken_off;
    log_.unplayed = standing_.play.unplayed;
    log_.side = standing_.side;
    return std::move(log_);
  }

 private:
  struct HandedIn {
    std::optional<size_t> inject;
    std::optional<size_t> player;
    int64_t at_ms = 0;
  };

  void take_beginning(const JsonInput& line) {
    log_.begin = number_in(line, "begin");
    if (line.find("seed") != nullptr) log_.seed = static_cast<uint64_t>(number_in(line, "seed"));
    log_.jumps = number_in(line, "jumps") != 0;
    log_.speed_permille = static_cast<uint32_t>(number_in(line, "speed_permille"));
  }

  void take_inject(const JsonInput& line, int64_t at_ms) {
    const auto place = place_of(scenario_.injects, text_in(line, "inject"));
    if (!place) return;
    DrillLog::Inject& inject = log_.injects[*place];
    inject.draft = from_hex(text_in(line, "draft")).value_or(Bytes());
    if (!inject.draft.empty()) handed_in_.push_back({*place, {}, at_ms});
  }

  // Messages are numbered in the order in which they were to be handed in.
  void take_message(const JsonInput& line) {
    const auto number = static_cast<size_t>(number_in(line, "message"));
    if (number >= handed_in_.size()) return;
    const HandedIn& message = handed_in_[number];
    const std::string id = text_in(line, "id");
    if (message.inject) log_.injects[*message.inject].message = id;
    if (!message.player) return;
    if (id.empty()) {
      log_.refusals.push_back({message.at_ms, message.player, {}, text_in(line, "reason")});
    } else {
      log_.players[id] = *message.player;
    }
  }

  void take_verdict(const JsonInput& line, int64_t at_ms) {
    const auto place = place_of(scenario_.expectations, text_in(line, "expectation"));
    const auto kind = outcome_called(text_in(line, "outcome"));
    if (place && kind) log_.verdicts[*place] = {*kind, at_ms, text_in(line, "message")};
  }

  void take_order_line(const DrillOrder& order, int64_t at_ms) {
    log_.orders.push_back({at_ms, order});
    if (order.kind != DrillOrder::Kind::judge) return;
    const auto place = place_of(scenario_.expectations, order.name);
    if (!place) return;
    log_.judgements[*place] = DrillLog::Judgement{
        order.is_met ? Outcome::Kind::met : Outcome::Kind::missed, at_ms, order.who, order.text};
  }

  const Scenario& scenario_;
  DrillStanding standing_;
  std::vector<HandedIn> handed_in_;
  DrillLog log_;
};

}  // namespace

DrillLog read_drill_log(const std::vector<JsonInput>& lines, const Scenario& scenario) {
  LogReading reading(scenario);
  for (const JsonInput& line : lines) reading.take(line);
  return reading.finish();
}

UtcMs beginning_of(const std::vector<JsonInput>& lines) {
  for (const JsonInput& line : lines) {
    if (text_in(line, "what") == "begun") return number_in(line, "begin");
  }
  return 0;
}

Result<std::vector<JsonInput>> read_record_lines(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream all;
  if (!file || !(all << file.rdbuf())) {
    return make_error(ErrorCode::not_found, path + ": " + std::strerror(errno),
                      "the directory of a drill that was begun");
  }
  const std::string text = all.str();
  std::vector<JsonInput> lines;
  size_t begin = 0;
  for (size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    auto line = parse_json(path, std::string_view(text).substr(begin, end - begin), kDepthMax);
    if (!line) return line.error();
    lines.push_back(*std::move(line));
  }
  return lines;
}

}  // namespace hotline::client
