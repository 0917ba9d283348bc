// hotline reply and hotline decline: an ANSWER to the questions of a REQUEST, a TEXT that refers to
// a message, or the word that this watch cannot act on it.
#include <algorithm>

#include "client/commands/commands.h"
#include "client/compose/referred_message.h"
#include "client/compose/submitting.h"
#include "client/compose/typed_text.h"
#include "protocol/base/limits.h"
#include "protocol/base/time_text.h"
#include "protocol/message/names.h"
#include "protocol/message/template.h"

namespace hotline::client {
namespace {

struct NumberedWords {
  uint8_t question = 0;
  std::string words;
};

// "2=not in our sector". Error: usage.
Result<NumberedWords> parse_numbered(const std::string& option, const std::string& typed) {
  const size_t equals = typed.find('=');
  const std::string digits = typed.substr(0, equals);
  const bool is_number = equals != std::string::npos && !digits.empty() && digits.size() <= 2 &&
                         digits.find_first_not_of("0123456789") == std::string::npos;
  if (equals == std::string::npos && !typed.empty() &&
      typed.find_first_not_of("0123456789") == std::string::npos) {
    return make_error(ErrorCode::usage, option + " " + typed + " does not say what the answer is",
                      option + " " + typed + "=\"...\"");
  }
  if (!is_number || static_cast<size_t>(std::stoi(digits)) > limits::kQuestionsMax) {
    return make_error(ErrorCode::usage, option + " " + typed + " names no question",
                      option + " 2=\"...\"    for the second question");
  }
  return NumberedWords{static_cast<uint8_t>(std::stoi(digits)), typed.substr(equals + 1)};
}

Result<AnswersFields> read_answers(const Arguments& arguments, const std::string& whole_text,
                                   UtcMs now) {
  AnswersFields answers;
  const auto take = [&](const char* option, wire::AnswerOutcome outcome) -> Status {
    for (const std::string& typed : arguments.all(option)) {
      auto numbered = parse_numbered(option, typed);
      if (!numbered) return numbered.error();
      AnswerItemFields item;
      item.question = numbered->question;
      item.outcome = outcome;
      if (outcome == wire::AnswerOutcome::later) {
        const auto when = parse_time(numbered->words, now);
        if (!when) return when.error();
        item.later_at = *when;
      } else {
        item.text = numbered->words;
      }
      answers.items.push_back(std::move(item));
    }
    return ok();
  };
  if (auto status = take("--answer", wire::AnswerOutcome::answered); !status) return status.error();
  if (auto status = take("--refuse", wire::AnswerOutcome::refused); !status) return status.error();
  if (auto status = take("--later", wire::AnswerOutcome::later); !status) return status.error();
  if (answers.items.empty() && !whole_text.empty()) {
    answers.items.push_back({0, wire::AnswerOutcome::answered, whole_text, std::nullopt});
  }
  return answers;
}

// The questions, so that nobody has to look them up.
std::string question_hint(const wire::Body& body) {
  std::string hint;
  const auto* questions = body.content_as_request();
  if (questions == nullptr || questions->questions() == nullptr) return "hotline help reply";
  unsigned number = 0;
  for (const auto* question : *questions->questions()) {
    const std::string digits = std::to_string(++number);
    hint += (hint.empty() ? "" : "\n") + std::string("--answer ") + digits + "=\"...\"   " +
            digits + ". " + text(question);
  }
  return hint;
}

bool asks(const ReferredMessage& message) {
  return message.newest() != nullptr && message.newest()->content_as_request() != nullptr;
}

bool has_answers(const Arguments& arguments) {
  return arguments.has("--answer") || arguments.has("--refuse") || arguments.has("--later");
}

// Only a request has numbered questions; to answer anything else is to answer it as a whole.
// One answer to all that is asked leaves nothing for later.
bool contradicts_itself(const AnswersFields& answers) {
  bool is_whole = false, puts_off = false;
  for (const AnswerItemFields& item : answers.items) {
    const bool later = item.outcome == wire::AnswerOutcome::later;
    is_whole = is_whole || (item.question == 0 && !later);
    puts_off = puts_off || (item.question != 0 && later);
  }
  return is_whole && puts_off;
}

Status check_numbers(const ReferredMessage& message, const AnswersFields& answers) {
  if (contradicts_itself(answers)) {
    return make_error(ErrorCode::usage,
                      "0 answers all that is asked, and --later leaves a question open",
                      "one of the two");
  }
  const auto* request = asks(message) ? message.newest()->content_as_request() : nullptr;
  const size_t asked = request && request->questions() ? request->questions()->size() : 0;
  for (const AnswerItemFields& item : answers.items) {
    if (item.question <= asked) continue;
    if (request == nullptr) {
      return make_error(ErrorCode::usage, message.id() + " asks no numbered questions",
                        "--answer 0=\"...\"    answers it as a whole\n"
                        "hotline reply " +
                            message.id() + " \"...\"    refers to it in a text");
    }
    return make_error(ErrorCode::usage,
                      message.id() + " asks " + std::to_string(asked) +
                          (asked == 1 ? " question" : " questions") + ", and none is number " +
                          std::to_string(item.question),
                      question_hint(*message.newest()));
  }
  return ok();
}

Result<BodyFields> make_body(const Invocation& invocation, const ReferredMessage& message,
                             const std::vector<TextFields>& texts) {
  BodyFields body;
  body.subject = invocation.arguments.get("--subject")
                     .value_or(subject_of("Re: " + text(message.row().subject())));
  body.texts = texts;
  if (!asks(message) && !has_answers(invocation.arguments)) {
    if (texts.empty()) {
      return make_error(ErrorCode::usage, "there is nothing to say in the reply",
                        "hotline reply " + message.id() + " \"...\"");
    }
    body.content = TextContentFields{};
    return body;
  }
  const std::string whole = texts.empty() ? "" : texts.front().text;
  auto answers = read_answers(invocation.arguments, whole, invocation.now());
  if (!answers) return answers.error();
  if (auto status = check_numbers(message, *answers); !status) return status.error();
  if (answers->items.empty()) {
    return make_error(ErrorCode::usage, message.id() + " asks, and the reply answers nothing",
                      question_hint(*message.newest()));
  }
  body.content = std::move(*answers);
  return body;
}

bool settles(wire::AnswerOutcome outcome) {
  return outcome == wire::AnswerOutcome::answered || outcome == wire::AnswerOutcome::refused;
}

// The questions of a request that nobody has answered or refused yet, as they are numbered.
std::vector<size_t> open_questions(const ReferredMessage& message) {
  std::vector<size_t> open;
  const auto known = message.questions();
  const auto* asked = message.newest()->content_as_request()->questions();
  for (size_t number = 1; asked != nullptr && number <= asked->size(); ++number) {
    const wire::QuestionRow* row = number <= known.size() ? known[number - 1] : nullptr;
    if (row == nullptr || !settles(static_cast<wire::AnswerOutcome>(row->outcome()))) {
      open.push_back(number);
    }
  }
  return open;
}

// The questions that stay open after the answers.
std::vector<size_t> still_open(std::vector<size_t> open, const AnswersFields& answers) {
  for (const AnswerItemFields& item : answers.items) {
    if (!settles(item.outcome)) continue;
    std::erase_if(open,
                  [&](size_t number) { return item.question == 0 || item.question == number; });
  }
  return open;
}

// Before it goes: a text alone answers all that is open, and a second answer counts from then on.
void say_what_is_answered(Output& output, const std::vector<size_t>& open,
                          const AnswersFields& answers) {
  for (const AnswerItemFields& item : answers.items) {
    if (item.question != 0) {
      if (std::find(open.begin(), open.end(), item.question) != open.end()) continue;
      const bool puts_off = item.outcome == wire::AnswerOutcome::later;
      output.talk("Caution: question " + std::to_string(item.question) +
                  (puts_off ? " was answered before. Its answer stays."
                            : " was answered before. This counts from now on."));
      continue;
    }
    output.talk(open.empty()
                    ? "Caution: no question is open. This answers none of them."
                    : "Caution: this answers all that is open: question " + listed(open) + ".");
  }
}

int reply(Invocation& invocation) {
  Output& output = invocation.output;
  output.set_sent(Sent::no);
  const std::string typed = *invocation.arguments.get("ID");
  const std::string what = "cannot reply to " + typed;
  const auto wait = need(read_wait_options(invocation.arguments, {"--later"}));
  const auto connection = need(invocation.connect(), what);
  const auto message = need(ReferredMessage::find(*connection, typed, NameUse::to_answer), what);
  const auto texts = need(read_texts(invocation, *connection, "TEXT"), what);
  const auto body = need(make_body(invocation, message, texts), what);
  message.say_heading(output);
  DraftFields draft;
  const auto* answers = std::get_if<AnswersFields>(&body.content);
  if (answers != nullptr && asks(message)) {
    const std::vector<size_t> open = open_questions(message);
    say_what_is_answered(output, open, *answers);
    draft.told_back.still_open = still_open(open, *answers);
  }
  draft.precedence = message.precedence();
  if (const auto level = invocation.arguments.get("--precedence")) {
    draft.precedence = need(parse_precedence(*level));
  }
  draft.language = texts.empty() ? typed_language(invocation, *connection) : texts.front().language;
  draft.references = {message.id()};
  if (const auto name = invocation.arguments.get("--incident")) {
    draft.incident = need(
        resolve_thread_to_join(*connection, *name, invocation.arguments.has("--new-thread")), what);
  }
  draft.body = body;
  for (const std::string& later : invocation.arguments.all("--later")) {
    const std::string time = later.substr(later.find('=') + 1);
    if (parse_rfc3339(time)) continue;
    draft.told_back.add("later " + later.substr(0, later.find('=')),
                        time_in_words(need(parse_time(time, invocation.now()))));
  }
  const std::string kind =
      answers != nullptr ? "answer to " + message.id() : "text in reply to " + message.id();
  return submit_and_report(invocation, *connection, draft, kind, wait);
}

int decline(Invocation& invocation) {
  Output& output = invocation.output;
  output.set_sent(Sent::no);
  const std::string typed = *invocation.arguments.get("ID");
  const std::string what = "cannot decline " + typed;
  const auto wait = need(read_wait_options(invocation.arguments));
  const auto code =
      need(parse_decline_code(invocation.arguments.get("--code").value_or("not-for-us")));
  const auto reason = invocation.arguments.get("--reason");
  if (!reason || reason->empty()) {
    return output.fail("", make_error(ErrorCode::usage, "a decline needs a reason",
                                      "hotline decline " + typed + " --reason \"...\""));
  }
  const auto connection = need(invocation.connect(), what);
  const auto message = need(ReferredMessage::find(*connection, typed, NameUse::to_answer), what);
  message.say_heading(output);

  DraftFields draft;
  draft.precedence = message.precedence();
  draft.language = invocation.arguments.get("--language").value_or(connection->language());
  BodyFields body;
  body.subject = made_subject(wire::MessageType::decline, draft.language,
                              "Decline of " + message.id(), message.id());
  body.content = DeclineFields{code, *reason};
  draft.references = {message.id()};
  draft.body = std::move(body);
  return submit_and_report(invocation, *connection, draft, "decline of " + message.id(), wait);
}

}  // namespace

Command reply_command() {
  std::vector<OptionSpec> options = {
      {"--answer", "N=TEXT", "the answer to question N of a request; 0 is any message as a whole",
       true},
      {"--refuse", "N=REASON", "question N is not going to be answered", true},
      {"--later", "N=TIME", "question N is answered later: +2h, 1800Z or 2026-11-22T18:00:00Z",
       true},
      {"--incident", "NAME",
       "the thread of messages that this one belongs to: any message of it, or a word for it"},
      new_thread_option(),
      {"-p,--precedence", "LEVEL", "as the message's without it"}};
  for (OptionSpec& option : text_options()) options.push_back(std::move(option));
  for (OptionSpec& option : wait_options()) options.push_back(std::move(option));
  options.push_back(idempotency_option());
  return {{.name = "reply",
           .summary = "Answer the questions of a request, or say something about a message",
           .examples = {"hotline reply S-88 --answer 1=\"ours, a training flight\" --later 2=+2h",
                        "hotline reply S-88 --refuse 1=\"not to be told over this channel\"",
                        "hotline reply S-87 --answer 0=\"our units are informed\"",
                        "hotline reply S-87 \"We see it too. Our units are informed.\""},
           .options = std::move(options),
           .positionals = {{"ID", "S-000088, S-88 or @last"}, {"TEXT", "the text", false, true}}},
          reply};
}

Command decline_command() {
  std::vector<OptionSpec> options = {
      {"--code", "CODE", "why, for machines: not-for-us (as without), rule-broken, ..."},
      {"--reason", "TEXT", "why, for people; the other watch reads it"},
      {"--language", "TAG", "the language of the reason; the context's without it"}};
  for (OptionSpec& option : wait_options()) options.push_back(std::move(option));
  options.push_back(idempotency_option());
  return {{.name = "decline",
           .summary = "Say that this watch cannot act on a message",
           .description = "A declined message stays where it is; the other watch learns at once "
                          "that it must find another way.",
           .examples = {"hotline decline S-87 --reason \"not our sector, call the naval centre\""},
           .options = std::move(options),
           .positionals = {{"ID", "S-000087, S-87, @last or @flash"}}},
          decline};
}

}  // namespace hotline::client
