#include "client/demo/story.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "client/command_line/command_line.h"
#include "client/demo/transcript_check.h"
#include "protocol/base/limits.h"
#include "protocol/message/names.h"
#include "protocol/terminal/exit_code.h"

namespace hotline::client {
namespace {

constexpr int64_t kPatience_ms = 20'000;
constexpr int64_t kLook_ms = 50;
constexpr int kQueuedRoutine = 19;
constexpr int kSentAroundTheKill = 12;
// How late a rung may be on a machine that has much else to do.
constexpr int64_t kRungLateMax_ms = 5'000;

struct ClimbedRung {
  std::string name;
  int64_t after_ms = 0;  // Since the receiver's commit of the message.
};

// Words as they would be typed in a shell.
std::string typed(const std::vector<std::string>& words) {
  std::string line = "hotline";
  for (const std::string& word : words) {
    const bool plain = word.find_first_of(" \"'<>&;|$*?()#!") == std::string::npos;
    const size_t equals = word.find('=');
    if (plain && !word.empty()) {
      line += " " + word;
    } else if (equals != std::string::npos && word.find(' ') > equals) {
      line += " " + word.substr(0, equals + 1) + "\"" + word.substr(equals + 1) + "\"";
    } else {
      line += " \"" + word + "\"";
    }
  }
  return line;
}

std::string indented(const std::string& text) {
  std::string shown;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    shown += line.empty() ? "\n" : "    " + line + "\n";
  }
  return shown;
}

Error wrong(const std::string& what) {
  return make_error(ErrorCode::verification_failed, what, "");
}

// Each rung once, in order, never early. The times are those that DemoParty configures.
Status check_rungs(const std::vector<ClimbedRung>& rungs) {
  const std::vector<ClimbedRung> ladder = {{"supervisor", 2'000}, {"duty-director", 4'000}};
  if (rungs.size() != ladder.size()) return wrong("a rung was left out or climbed twice");
  for (size_t i = 0; i < ladder.size(); ++i) {
    if (rungs[i].name != ladder[i].name) return wrong("the rungs were climbed in another order");
    if (rungs[i].after_ms < ladder[i].after_ms) return wrong(rungs[i].name + " was told too early");
    if (rungs[i].after_ms > ladder[i].after_ms + kRungLateMax_ms) {
      return wrong(rungs[i].name + " was told too late");
    }
  }
  return ok();
}

}  // namespace

DemoStory::DemoStory(Invocation& invocation, const std::vector<Command>& commands,
                     std::string directory, std::string hotlined, std::function<bool()> interrupted)
    : invocation_(invocation),
      commands_(commands),
      output_(invocation.output),
      directory_(std::move(directory)),
      hotlined_(std::move(hotlined)),
      interrupted_(std::move(interrupted)) {}

DemoStory::~DemoStory() = default;

Status DemoStory::tell() {
  using Step = Status (DemoStory::*)();
  for (const Step step :
       {&DemoStory::make_certificates, &DemoStory::start_daemons, &DemoStory::bring_link_up,
        &DemoStory::make_test_call, &DemoStory::send_flash, &DemoStory::see_it_delivered,
        &DemoStory::let_nobody_answer, &DemoStory::acknowledge, &DemoStory::answer,
        &DemoStory::cut_and_drain, &DemoStory::kill_and_restart, &DemoStory::send_incidents,
        &DemoStory::compare_transcripts, &DemoStory::export_and_verify, &DemoStory::catch_a_forgery,
        &DemoStory::prove_the_flash}) {
    if (auto status = (this->*step)(); !status) return status;
  }
  return ok();
}

std::string DemoStory::logs() const {
  std::string text;
  for (const auto* party : {north_.get(), south_.get()}) {
    if (party != nullptr) text += "log of " + party->id() + ":\n" + indented(party->log_tail());
  }
  return text;
}

// --- the steps ---------------------------------------------------------------------------------

Status DemoStory::make_certificates() {
  title("Certificates: a CA for each party, four keys for each daemon, three people each");
  if (auto made = run_alone({"pki", "dev-init", directory_ + "/pki"}, kExitDone, false); !made) {
    return made.error();
  }
  for (const std::string party : {"north", "south"}) {
    const std::string trust = directory_ + "/pki/trust/" + party + "-ca";
    std::vector<std::string> words = {"pki",   "check",        "--ca",    trust + ".crt",
                                      "--crl", trust + ".crl", "--party", party};
    for (const char* name : {"tls", "log", "receipt", "witness"}) {
      words.push_back(directory_ + "/pki/" + party + "/" + name + ".crt");
    }
    words.push_back(directory_ + "/pki/" + party + "/people/ann.crt");
    if (auto checked = run_alone(words, kExitDone, false); !checked) return checked.error();
  }
  say("Made by `hotline pki dev-init`, and each found good by `hotline pki check`.");
  say("DEV ONLY stands in every subject, and they end in seven days.");
  return ok();
}

Status DemoStory::start_daemons() {
  title("Daemons: NORTH and SOUTH, each with a store of its own");
  auto to_north = Relay::start();
  if (!to_north) return to_north.error();
  auto to_south = Relay::start();
  if (!to_south) return to_south.error();
  to_north_ = std::move(*to_north);
  to_south_ = std::move(*to_south);
  places_ = {directory_, hotlined_, "00112233445566778899aabbccddeeff"};
  north_ = std::make_unique<DemoParty>(places_, "north", "N", "south", "S", to_south_->port());
  south_ = std::make_unique<DemoParty>(places_, "south", "S", "north", "N", to_north_->port());
  north_ann_ = {north_.get(), "ann", "en"};
  south_ann_ = {south_.get(), "ann", "ru"};
  south_bob_ = {south_.get(), "bob", "en"};
  north_eve_ = {north_.get(), "eve", "en"};
  south_eve_ = {south_.get(), "eve", "en"};
  for (DemoParty* party : {north_.get(), south_.get()}) {
    if (auto status = party->init(); !status) return status;
    if (auto status = party->start(); !status) return status;
    say("$ hotlined init --allow-dev-pki -c " + party->id() + "/hotlined.toml");
    say("$ hotlined run --allow-dev-pki -c " + party->id() + "/hotlined.toml &");
  }
  for (const Person& person : {north_ann_, south_ann_}) {
    auto connection = connect(person);
    if (!connection) return connection.error();
    if ((*connection)->party() != person.party->id())
      return wrong("another party's daemon answers");
    if (!(*connection)->server().dev_pki()) return wrong("the daemon does not admit to DEV ONLY");
  }
  say("Both answer their operator, ann, over TLS, and say that their certificates are for");
  say("development. Ports were given by the system; a relay of the demo is the cable between.");
  return ok();
}

Status DemoStory::bring_link_up() {
  title("Link: both dial, one connection is kept");
  to_north_->lead_to(north_->peer_port());
  to_south_->lead_to(south_->peer_port());
  const auto is_up = [](const wire::StatusReply& status) {
    return status.link() == wire::LinkState::up;
  };
  for (const Person& person : {north_ann_, south_ann_}) {
    if (auto outcome = wait_for_status(person, "the link came up", is_up); !outcome) return outcome;
  }
  return run(north_ann_, {"status"});
}

Status DemoStory::make_test_call() {
  title("Test call: does the other watch answer?");
  if (auto status = run(north_ann_, {"test-call", "--wait", "delivered", "--timeout", "20s"});
      !status) {
    return status;
  }
  if (auto status = run(south_ann_, {"ack", "@last"}); !status) return status;
  const auto id = newest_outgoing(north_ann_);
  if (!id) return id.error();
  return wait_for_row(north_ann_, *id, "the test call was acknowledged",
                      [](const auto& row) { return row.acknowledged_at() != 0; });
}

Status DemoStory::send_flash() {
  title("FLASH in two languages: an aircraft of NORTH has crossed the border by mistake");
  if (auto status =
          run(north_ann_,
              {"send", "-p", "flash", "-t", "airspace-crossing", "--set", "where=54.90N 020.10E",
               "--text", "en=One of our aircraft has lost its way and crossed. It turns back now.",
               "--text", "ru=Наш самолёт сбился с курса и пересёк границу. Он возвращается.",
               "--wait", "delivered", "--timeout", "20s"});
      !status) {
    return status;
  }
  const auto id = newest_outgoing(north_ann_);
  if (!id) return id.error();
  flash_ = *id;
  return ok();
}

Status DemoStory::see_it_delivered() {
  title("Delivered: SOUTH has signed that it holds exactly these bytes, on disk");
  auto north = connect(north_ann_);
  if (!north) return north.error();
  auto sent = (*north)->show(flash_);
  if (!sent) return sent.error();
  auto south = connect(south_ann_);
  if (!south) return south.error();
  auto received = (*south)->show(flash_);
  if (!received) return received.error();
  const auto& ours = *sent->as<wire::Detail>();
  const auto& theirs = *received->as<wire::Detail>();
  if (ours.row()->delivered_at() == 0) return wrong("there is no receipt at NORTH");
  if (to_bytes(bytes(ours.envelope())) != to_bytes(bytes(theirs.envelope())) ||
      to_bytes(bytes(ours.body())) != to_bytes(bytes(theirs.body()))) {
    return wrong("SOUTH holds other bytes than NORTH sent");
  }
  say("The operator of SOUTH reads the coded fields in Russian, whoever wrote them:");
  return run(south_ann_, {"show", "@flash"});
}

Status DemoStory::let_nobody_answer() {
  title("Nobody answers: the ladder climbs (2 s and 4 s here; 3 and 5 minutes by default)");
  auto south = connect(south_ann_);
  if (!south) return south.error();
  auto detail = (*south)->show(flash_);
  if (!detail) return detail.error();
  const UtcMs received_at = detail->as<wire::Detail>()->row()->committed_at();
  std::vector<ClimbedRung> rungs;
  auto status = wait_until("the duty director was told", kPatience_ms, [&]() -> Result<bool> {
    auto reply = (*south)->escalations(flash_);
    if (!reply) return reply.error();
    const auto* rows = reply->as<wire::EscalationRows>()->rows();
    if (rows == nullptr || rows->size() == 0) return wrong("the ladder has forgotten " + flash_);
    const ClimbedRung rung{text(rows->Get(0)->rung()), rows->Get(0)->decided_at() - received_at};
    if (rung.name.empty() || (!rungs.empty() && rungs.back().name == rung.name)) return false;
    rungs.push_back(rung);
    say(output_.styled(Style::red, "ESCALATED") + " to " + rung.name + ", " +
        format_duration(rung.after_ms) + " after it was received");
    return rung.name == "duty-director";
  });
  if (!status) return status;
  if (status = check_rungs(rungs); !status) return status;
  status = wait_until("both rungs' commands ran", kPatience_ms, [&]() -> Result<bool> {
    return std::filesystem::exists(south_->page_file("supervisor")) &&
           std::filesystem::exists(south_->page_file("duty-director"));
  });
  if (!status) return status;
  return run(south_ann_, {"escalation", "show", "@flash"});
}

Status DemoStory::acknowledge() {
  title("Acknowledged by the supervisor of SOUTH, who reads position and time back");
  if (auto status = run(south_bob_, {"ack", "@flash"}); !status) return status;
  if (auto status = wait_for_row(north_ann_, flash_, "NORTH knows who acknowledged",
                                 [](const auto& row) {
                                   return row.acknowledged_role() ==
                                          static_cast<uint8_t>(wire::Role::supervisor);
                                 });
      !status) {
    return status;
  }
  auto south = connect(south_bob_);
  if (!south) return south.error();
  auto reply = (*south)->escalations(flash_);
  if (!reply) return reply.error();
  const auto* rows = reply->as<wire::EscalationRows>()->rows();
  if (rows != nullptr && rows->size() != 0 && !text(rows->Get(0)->next()).empty()) {
    return wrong("the ladder goes on after the acknowledgement");
  }
  say("The ladder of both sides has stopped.");
  return ok();
}

Status DemoStory::answer() {
  title("Answered");
  if (auto status = run(south_ann_,
                        {"reply", flash_, "--answer",
                         "0=We see it. Our air defence is told to hold fire.", "--language", "en"});
      !status) {
    return status;
  }
  if (auto status = wait_for_row(north_ann_, flash_, "NORTH has the answer",
                                 [](const auto& row) { return row.answered_at() != 0; });
      !status) {
    return status;
  }
  return run(north_ann_, {"list", "--limit", "4"});
}

Status DemoStory::cut_and_drain() {
  title("The link is cut; 20 messages wait; the FLASH goes first");
  to_north_->cut();
  to_south_->cut();
  for (const Person& person : {north_ann_, south_ann_}) {
    if (auto outcome =
            wait_for_status(person, "the link is down",
                            [](const auto& reply) { return reply.link() != wire::LinkState::up; });
        !outcome) {
      return outcome;
    }
  }
  for (int i = 1; i <= kQueuedRoutine; ++i) {
    if (auto status = run(north_ann_,
                          {"send", "-p", "routine", "Routine notice " + std::to_string(i)}, false);
        !status) {
      return status;
    }
  }
  say("19 times: $ hotline send -p routine ...   and then:");
  if (auto status = run(north_ann_, {"send", "-p", "flash", "-t", "stray-missile", "--set",
                                     "where=54.70N 019.90E"});
      !status) {
    return status;
  }
  const auto last_flash = newest_outgoing(north_ann_);
  if (!last_flash) return last_flash.error();
  if (auto outcome = wait_for_status(north_ann_, "20 messages are queued",
                                     [](const auto& status) {
                                       const auto* queued = status.queued();
                                       return queued != nullptr && queued->size() == 4 &&
                                              queued->Get(0) == 1 &&
                                              queued->Get(3) == kQueuedRoutine;
                                     });
      !outcome) {
    return outcome;
  }
  if (auto status = run(north_ann_, {"status"}); !status) return status;
  say("The cable is mended.");
  to_north_->mend();
  to_south_->mend();
  if (auto outcome = wait_for_status(
          north_ann_, "all were delivered",
          [](const auto& status) {
            return status.link() == wire::LinkState::up && status.unreceipted() == 0 &&
                   status.own_receipted() == status.own_size() &&
                   (status.queued() == nullptr || status.queued()->Get(3) == 0);
          });
      !outcome) {
    return outcome;
  }
  auto north = connect(north_ann_);
  if (!north) return north.error();
  auto newest = (*north)->list(wire::Box::outgoing, kQueuedRoutine + 1);
  if (!newest) return newest.error();
  uint64_t flash_place = 0;
  uint64_t first_place = UINT64_MAX;
  for (const auto* row : *newest->as<wire::Rows>()->rows()) {
    if (!row->numbered()) return wrong(text(row->id()) + " has no place in the transcript");
    first_place = std::min(first_place, row->transcript_index());
    if (text(row->id()) == *last_flash) flash_place = row->transcript_index();
  }
  if (flash_place != first_place) return wrong("the FLASH was not the first to go");
  say("All 20 are delivered. The FLASH, sent last, has the first place: leaf " +
      std::to_string(flash_place) + ".");
  return run(south_ann_, {"ack", "@flash"});
}

Status DemoStory::kill_and_restart() {
  title("SOUTH's daemon is killed (SIGKILL) in the middle of a flow, and started again");
  for (int i = 1; i <= kSentAroundTheKill; ++i) {
    if (i == kSentAroundTheKill / 2) {
      south_->kill();
      say("SIGKILL.");
    }
    if (auto status =
            run(north_ann_, {"send", "-p", "priority", "Notice " + std::to_string(i)}, false);
        !status) {
      return status;
    }
  }
  if (auto status = south_->start(); !status) return status;
  to_south_->lead_to(south_->peer_port());
  if (auto outcome = wait_for_status(
          north_ann_, "the rest was delivered after the restart",
          [](const auto& status) {
            return status.link() == wire::LinkState::up && status.unreceipted() == 0 &&
                   status.own_receipted() == status.own_size() &&
                   (status.queued() == nullptr || status.queued()->Get(2) == 0);
          });
      !outcome) {
    return outcome;
  }
  return expect_all_once();
}

Status DemoStory::send_incidents() {
  const auto directory = invocation_.arguments.get("--incidents");
  if (!directory) return ok();
  title("Incidents of public record, as messages; each is delivered and acknowledged");
  std::set<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(*directory, error)) {
    if (entry.path().extension() == ".toml") files.insert(entry.path().string());
  }
  if (files.empty()) return wrong("there are no incidents in " + *directory);
  for (const std::string& file : files) {
    auto status = run(north_ann_, {"send", "-f", file, "--wait", "delivered"});
    if (status) status = run(south_bob_, {"ack", "@last", "--wait", "delivered"}, false);
    if (!status) return status;
  }
  return expect_all_once();
}

Status DemoStory::compare_transcripts() {
  title("Both transcripts are equal, under the signatures of both parties");
  if (auto status = check_direction(north_ann_, south_ann_); !status) return status;
  return check_direction(south_ann_, north_ann_);
}

Status DemoStory::export_and_verify() {
  title("Auditors of both take the record away, and verify it without the daemons");
  for (const Person& eve : {north_eve_, south_eve_}) {
    const std::string directory = directory_ + "/" + eve.party->id() + ".export";
    if (auto status = run(eve, {"audit", "export", directory}); !status) return status;
  }
  for (DemoParty* party : {north_.get(), south_.get()}) {
    if (auto status = party->stop(); !status) return status;
  }
  say("Both daemons were told to end, and ended in order.");
  const std::string north = directory_ + "/north.export";
  const std::string south = directory_ + "/south.export";
  const std::string trust = directory_ + "/pki/trust";
  for (const std::string& one : {north, south}) {
    auto verdict = run_alone({"audit", "verify", one, "--trust", trust}, kExitDone, true);
    if (!verdict) return verdict.error();
    if (verdict->find("VERIFIED") == std::string::npos) return wrong(one + " was not VERIFIED");
  }
  auto reconciled = run_alone({"audit", "reconcile", north, south}, kExitDone, true);
  return reconciled ? ok() : Status(reconciled.error());
}

Status DemoStory::catch_a_forgery() {
  title("One bit of one message is changed in a copy of the record");
  const std::string copy = directory_ + "/forged.export";
  std::filesystem::copy(directory_ + "/north.export", copy,
                        std::filesystem::copy_options::recursive);
  // The first message sent; its envelope begins after the two bytes of its length.
  std::string bundle;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(copy + "/sent/tile/entries")) {
    if (entry.is_regular_file()) bundle = entry.path();
  }
  std::fstream file(bundle, std::ios::binary | std::ios::in | std::ios::out);
  constexpr std::streamoff kPlace = 100;
  char byte = 0;
  file.seekg(kPlace);
  file.get(byte);
  file.seekp(kPlace);
  file.put(static_cast<char>(byte ^ 1));
  file.close();
  if (!file) return make_error(ErrorCode::failed, bundle + " cannot be changed");
  auto verdict = run_alone({"audit", "verify", copy, "--trust", directory_ + "/pki/trust"},
                           kExitVerificationFailed, true);
  if (!verdict) return verdict.error();
  if (verdict->find("sent entry 0") == std::string::npos) {
    return wrong("the changed message was not named");
  }
  return ok();
}

Status DemoStory::prove_the_flash() {
  title("The FLASH is proved to a third person, who has one file and the two CA certificates");
  const std::string proof = directory_ + "/" + flash_ + ".proof";
  auto proved =
      run_alone({"audit", "prove", flash_, "--export", directory_ + "/south.export", "-o", proof},
                kExitDone, true);
  if (!proved) return proved.error();
  auto checked =
      run_alone({"audit", "check", proof, "--trust", directory_ + "/pki/trust"}, kExitDone, true);
  return checked ? ok() : Status(checked.error());
}

// --- what the steps are made of ----------------------------------------------------------------

void DemoStory::title(const std::string& words) {
  ++step_;
  output_.line("");
  output_.line(
      output_.styled(Style::bold, (step_ < 10 ? " " : "") + std::to_string(step_) + ". " + words));
}

void DemoStory::say(const std::string& words) {
  output_.line("    " + words);
}

std::string DemoStory::shown(const std::vector<std::string>& words) const {
  std::string line = typed(words);
  for (size_t at; (at = line.find(directory_ + "/")) != std::string::npos;) {
    line.erase(at, directory_.size() + 1);
  }
  return line;
}

Result<std::string> DemoStory::run_alone(const std::vector<std::string>& words, int expected,
                                         bool show) {
  std::ostringstream out, err;
  Surroundings around = *invocation_.around;
  around.out = &out;
  around.err = &err;
  around.set_last_words = nullptr;
  const int code = run_command_line(words, commands_, around);
  if (show) {
    say("$ " + shown(words));
    output_.text(indented(out.str()));
  }
  if (code == expected) return out.str();
  return wrong("`" + typed(words) + "` ended with " + std::to_string(code) + ":\n" + out.str() +
               err.str());
}

Status DemoStory::run(const Person& person, const std::vector<std::string>& words, bool show) {
  std::ostringstream out, err;
  Surroundings around = *invocation_.around;
  around.out = &out;
  around.err = &err;
  around.set_last_words = nullptr;
  around.out_is_terminal = true;  // Tables as on a terminal, also in a log.
  around.environment = [outer = invocation_.around->environment](const std::string& name) {
    return name == "NO_COLOR" ? std::optional<std::string>("1") : outer(name);
  };
  const Context context = person.party->context(person.name, person.language);
  if (auto status = write_context(context); !status) return status;
  std::vector<std::string> all = {"--config", directory_ + "/hotline.toml"};
  all.insert(all.end(), words.begin(), words.end());
  const int code = run_command_line(all, commands_, around);
  if (show) {
    say("$ hotline --context " + context.name + shown(words).substr(7));
    output_.text(indented(out.str()));
  }
  if (code == kExitDone) return ok();
  return wrong("`" + typed(words) + "` of " + context.name + " ended with " + std::to_string(code) +
               ":\n" + err.str());
}

Status DemoStory::write_context(const Context& context) {
  const std::string path = directory_ + "/hotline.toml";
  std::ofstream file(path, std::ios::binary);
  file << "[contexts." << context.name << "]\n"
       << "server = \"" << context.host << ":" << context.port << "\"\n"
       << "certificate = \"" << context.certificate_path << "\"\n"
       << "key = \"" << context.key_path << "\"\n"
       << "ca = \"" << context.ca_path << "\"\n"
       << "language = \"" << context.language << "\"\n";
  file.close();
  if (file.good()) return ok();
  return make_error(ErrorCode::failed, path + " cannot be written");
}

Result<std::unique_ptr<Connection>> DemoStory::connect(const Person& person) {
  return Connection::open({person.party->context(person.name, person.language),
                           invocation_.around->connect, invocation_.around->pause});
}

Status DemoStory::wait_until(const std::string& what, int64_t timeout_ms,
                             const std::function<Result<bool>()>& is_so) {
  for (int64_t waited_ms = 0; waited_ms < timeout_ms; waited_ms += kLook_ms) {
    if (interrupted_()) return make_error(ErrorCode::failed, "interrupted");
    const auto now = is_so();
    if (!now) return now.error();
    if (*now) return ok();
    invocation_.around->pause(kLook_ms);
  }
  return make_error(ErrorCode::timed_out, "not in " + format_duration(timeout_ms) + ": " + what);
}

Status DemoStory::wait_for_status(const Person& person, const std::string& what,
                                  const std::function<bool(const wire::StatusReply&)>& is_so) {
  auto connection = connect(person);
  if (!connection) return connection.error();
  return wait_until(upper_case(person.party->id()) + ": " + what, kPatience_ms,
                    [&]() -> Result<bool> {
                      auto reply = (*connection)->status();
                      if (!reply) return reply.error();
                      return is_so(*reply->as<wire::StatusReply>());
                    });
}

Status DemoStory::wait_for_row(const Person& person, const std::string& id, const std::string& what,
                               const std::function<bool(const wire::MessageRow&)>& is_so) {
  auto connection = connect(person);
  if (!connection) return connection.error();
  return wait_until(what, kPatience_ms, [&]() -> Result<bool> {
    auto reply = (*connection)->show(id);
    if (!reply) return reply.error();
    return is_so(*reply->as<wire::Detail>()->row());
  });
}

Result<std::string> DemoStory::newest_outgoing(const Person& person) {
  auto connection = connect(person);
  if (!connection) return connection.error();
  auto reply = (*connection)->list(wire::Box::outgoing, 1);
  if (!reply) return reply.error();
  const auto* rows = reply->as<wire::Rows>()->rows();
  if (rows == nullptr || rows->size() == 0) return wrong("nothing was sent");
  return text(rows->Get(0)->id());
}

Result<std::vector<std::string>> DemoStory::messages_of(const Person& person, wire::Box box) {
  auto connection = connect(person);
  if (!connection) return connection.error();
  auto reply = (*connection)->list(box, limits::kListRowsMax);
  if (!reply) return reply.error();
  std::vector<std::string> ids;
  if (const auto* rows = reply->as<wire::Rows>()->rows()) {
    for (const auto* row : *rows) ids.push_back(text(row->id()));
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

// What each has sent is at the other, every message once and none besides.
Status DemoStory::expect_all_once() {
  for (const auto& [sender, receiver] :
       {std::pair{north_ann_, south_ann_}, std::pair{south_ann_, north_ann_}}) {
    const auto sent = messages_of(sender, wire::Box::outgoing);
    if (!sent) return sent.error();
    const auto received = messages_of(receiver, wire::Box::incoming);
    if (!received) return received.error();
    if (std::set<std::string>(sent->begin(), sent->end()).size() != sent->size()) {
      return wrong("a serial of " + sender.party->id() + " was used twice");
    }
    if (*sent != *received) {
      return wrong(std::to_string(sent->size()) + " messages were sent by " + sender.party->id() +
                   ", " + std::to_string(received->size()) + " are at the other");
    }
    say("sent by " + upper_case(sender.party->id()) + ": " + std::to_string(sent->size()) +
        ", each once at " + upper_case(receiver.party->id()) + ", none lost, none doubled");
  }
  return ok();
}

// The transcript of what `sender` sent, as each of the two has it.
Status DemoStory::check_direction(const Person& sender, const Person& receiver) {
  const std::string from = sender.party->id();
  const std::string to = receiver.party->id();
  TranscriptViews views;
  auto settled =
      wait_until("both have the same transcript of " + from, kPatience_ms, [&]() -> Result<bool> {
        for (const Person& person : {sender, receiver}) {
          auto connection = connect(person);
          if (!connection) return connection.error();
          auto reply = (*connection)->status();
          if (!reply) return reply.error();
          take_view(*reply->as<wire::StatusReply>(), person.party == sender.party, views);
        }
        return views.sender_size == views.receiver_size &&
               views.receipted_size == views.sender_size;
      });
  if (!settled) return settled;
  const auto signed_for = check_transcript(places_, from, to, views);
  if (!signed_for) return signed_for.error();
  say("sent by " + upper_case(from) + ": " + std::to_string(signed_for->size) + " leaves, root " +
      to_hex(signed_for->root).substr(0, 16) + "…, the same at both,");
  say("  signed by " + upper_case(from) + "'s log key, cosigned by " + upper_case(to) +
      "'s receipt key");
  return ok();
}

}  // namespace hotline::client
