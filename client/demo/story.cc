#include "client/demo/story.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "client/command_line/command_line.h"
#include "protocol/base/limits.h"
#include "protocol/message/draft.h"
#include "protocol/message/names.h"
#include "protocol/terminal/exit_code.h"

namespace hotline::client {
namespace {

constexpr int64_t kLookEvery_ms = 50;

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
  using Step = void (DemoStory::*)();
  for (const Step step :
       {&DemoStory::make_certificates, &DemoStory::start_daemons, &DemoStory::bring_link_up,
        &DemoStory::make_test_call, &DemoStory::send_flash, &DemoStory::see_it_delivered,
        &DemoStory::let_nobody_answer, &DemoStory::acknowledge, &DemoStory::answer,
        &DemoStory::announce_plans, &DemoStory::move_a_plan, &DemoStory::cut_and_drain,
        &DemoStory::kill_and_restart, &DemoStory::send_incidents, &DemoStory::compare_transcripts,
        &DemoStory::export_and_verify, &DemoStory::catch_a_forgery, &DemoStory::prove_the_flash}) {
    try {
      (this->*step)();
    } catch (const CommandFailed& end) {
      return end.error;
    }
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

void wrong(const std::string& what) {
  throw CommandFailed{"", make_error(ErrorCode::verification_failed, what, "")};
}

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

std::string DemoStory::run_alone(const std::vector<std::string>& words, int expected, bool show) {
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
  wrong("`" + typed(words) + "` ended with " + std::to_string(code) + ":\n" + out.str() +
        err.str());
}

void DemoStory::run(const Person& person, const std::vector<std::string>& words, bool show) {
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
  write_context(context);
  std::vector<std::string> all = {"--config", directory_ + "/hotline.toml"};
  all.insert(all.end(), words.begin(), words.end());
  const int code = run_command_line(all, commands_, around);
  if (show) {
    say("$ hotline --context " + context.name + shown(words).substr(7));
    output_.text(indented(out.str()));
  }
  if (code == kExitDone) return;
  wrong("`" + typed(words) + "` of " + context.name + " ended with " + std::to_string(code) +
        ":\n" + err.str());
}

void DemoStory::write_context(const Context& context) {
  const std::string path = directory_ + "/hotline.toml";
  std::ofstream file(path, std::ios::binary);
  file << "[contexts." << context.name << "]\n"
       << "server = \"" << context.host << ":" << context.port << "\"\n"
       << "certificate = \"" << context.certificate_path << "\"\n"
       << "key = \"" << context.key_path << "\"\n"
       << "ca = \"" << context.ca_path << "\"\n"
       << "language = \"" << context.language << "\"\n";
  file.close();
  if (!file.good())
    throw CommandFailed{"", make_error(ErrorCode::failed, path + " cannot be written")};
}

std::unique_ptr<Connection> DemoStory::connect(const Person& person) {
  return need(Connection::open({person.party->context(person.name, person.language),
                                invocation_.around->connect, invocation_.around->pause}));
}

void DemoStory::wait_until(const std::string& what, int64_t timeout_ms,
                           const std::function<bool()>& is_so) {
  for (int64_t waited_ms = 0; waited_ms < timeout_ms; waited_ms += kLookEvery_ms) {
    if (interrupted_()) throw CommandFailed{"", make_error(ErrorCode::failed, "interrupted")};
    if (is_so()) return;
    invocation_.around->pause(kLookEvery_ms);
  }
  throw CommandFailed{
      "", make_error(ErrorCode::timed_out, "not in " + format_duration(timeout_ms) + ": " + what)};
}

void DemoStory::wait_for_status(const Person& person, const std::string& what,
                                const std::function<bool(const wire::StatusReply&)>& is_so) {
  const auto connection = connect(person);
  wait_until(upper_case(person.party->id()) + ": " + what, kPatience_ms, [&] {
    const auto reply = need(connection->status());
    return is_so(*reply);
  });
}

void DemoStory::wait_for_row(const Person& person, const std::string& id, const std::string& what,
                             const std::function<bool(const wire::MessageRow&)>& is_so) {
  const auto connection = connect(person);
  wait_until(what, kPatience_ms, [&] {
    const auto reply = need(connection->show(id));
    return is_so(*reply->row());
  });
}

std::string DemoStory::send(const Person& writer, const Person& releaser,
                            const std::vector<std::string>& words) {
  run(writer, words);
  const auto reply = need(connect(releaser)->drafts(1, 0));
  for (const wire::DraftRow* draft : tables(reply->rows())) {
    if (draft->submitted_at() == 0) wrong("a draft does not wait for its release");
    say("Another person has read it, and lets exactly this go:");
    run(releaser, {"release", format_draft_name(draft->number()), "--confirm",
                   to_hex(to_hash(*draft->hash())).substr(0, 8)});
  }
  return newest_outgoing(writer);
}

void DemoStory::wait_for_delivery(const Person& sender, const std::string& id) {
  wait_for_row(sender, id, id + " was delivered",
               [](const auto& row) { return row.delivered_at() != 0; });
}

std::string DemoStory::newest_outgoing(const Person& person) {
  const auto reply = need(connect(person)->list(wire::Box::outgoing, 1));
  const auto rows = tables(reply->rows());
  if (rows.empty()) wrong("nothing was sent");
  return text(rows.front()->id());
}

std::vector<std::string> DemoStory::messages_of(const Person& person, wire::Box box) {
  const auto reply = need(connect(person)->list(box, limits::kListRowsMax));
  std::vector<std::string> ids;
  for (const auto* row : tables(reply->rows())) ids.push_back(text(row->id()));
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace hotline::client
