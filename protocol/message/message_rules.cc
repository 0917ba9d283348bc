#include "protocol/message/message_rules.h"

#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/body.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/rule_checker.h"

namespace hotline {
namespace {

using wire::MessageType;

// A live message must not pass for one of an exercise: nobody would act on it.
void check_no_marks(RuleChecker& checker, const char* field, std::string_view text) {
  const BodyContext& context = checker.context();
  if (context.exercise_channel || context.mode == wire::Mode::unset) return;
  const std::string_view words = trim(text);
  if (!words.starts_with(kExerciseMark) && !words.ends_with(kExerciseMark)) return;
  checker.add(field, "has the words " + std::string(kExerciseMark) + ", and this channel is live",
              "leave them out, or name the context of an exercise", DeclineCode::wrong_mode);
}

void check_subject(RuleChecker& checker, const wire::Body& body) {
  std::string_view subject = view(body.subject());
  if (is_blank(subject)) {
    checker.add("subject", "is missing");
  } else if (std::string found = what_is_not_plain_in_line(subject); !found.empty()) {
    checker.add("subject", std::move(found), "write it without");
  } else if (count_characters(subject) > limits::kSubjectCharactersMax) {
    checker.add("subject",
                "has more than " + std::to_string(limits::kSubjectCharactersMax) + " characters");
  }
  check_no_marks(checker, "subject", subject);
}

void check_text(RuleChecker& checker, const wire::Text& text) {
  std::string language = printable(view(text.language()));
  if (!is_language_tag(view(text.language()))) {
    checker.add("text", in_quotes(language) + " is not a language tag", "BCP 47, such as en or uk");
  }
  if (is_blank(unmark_exercise(view(text.text())))) {
    checker.add("text", "in " + language + " is empty");
  } else if (std::string found = what_is_not_plain(view(text.text())); !found.empty()) {
    checker.add("text", "in " + language + " " + found, "write it without");
  }
  if (text.original() && text.translated_by()) {
    checker.add("text", "in " + language + " is both the original and a translation");
  } else if (!text.original() && is_blank(view(text.translated_by()))) {
    checker.add("text", "in " + language + " is a translation and does not say by which side");
  }
  checker.allow_text("text", text.translated_by());
  if (checker.context().exercise_channel && !is_marked_exercise(view(text.text()))) {
    checker.add(
        "text", "in " + language + " does not open and close with " + std::string(kExerciseMark),
        "put the three words on a line of their own before and after it", DeclineCode::wrong_mode);
  }
  check_no_marks(checker, "text", view(text.text()));
}

void check_urgent_length(RuleChecker& checker, const wire::Text& original) {
  wire::Precedence precedence = checker.context().precedence;
  bool urgent = precedence == wire::Precedence::flash || precedence == wire::Precedence::immediate;
  if (!urgent) return;
  size_t words = count_words(unmark_exercise(view(original.text())));
  if (words > limits::kUrgentWordsMax) {
    checker.add("text",
                "has " + std::to_string(words) + " words; " + word(precedence, Language::en) +
                    " has at most " + std::to_string(limits::kUrgentWordsMax),
                "send the essence now and the rest as PRIORITY");
  }
}

void check_texts(RuleChecker& checker, const wire::Body& body, const Kind& kind) {
  size_t count = body.texts() ? body.texts()->size() : 0;
  if (count > limits::kTextsMax) {
    return checker.add("text",
                       "comes in more than " + std::to_string(limits::kTextsMax) + " languages");
  }
  if (count == 0) {
    if (kind.needs_texts(checker.context().exercise_channel)) checker.add("text", "is missing");
    return;
  }
  const wire::Text* original = nullptr;
  std::vector<std::string_view> languages;
  for (const wire::Text* text : *body.texts()) {
    check_text(checker, *text);
    for (std::string_view seen : languages) {
      if (same_language(seen, view(text->language()))) {
        checker.add("text", "comes twice in " + printable(seen));
      }
    }
    languages.push_back(view(text->language()));
    if (!text->original()) continue;
    if (original) checker.add("text", "has two originals");
    if (!original) original = text;
  }
  if (!original) return checker.add("text", "has no original");
  if (!same_language(view(original->language()), checker.context().language)) {
    checker.add("text", "is originally in " + printable(view(original->language())) +
                            ", the envelope says " + printable(checker.context().language));
  }
  check_urgent_length(checker, *original);
}

}  // namespace

Problem unknown_type(MessageType type) {
  return {"type", word(type, Language::en) + " is not known to this version",
          "use TEXT, or ask the receiver to upgrade", DeclineCode::unknown_type};
}

BodyContext body_context(const wire::Envelope& envelope, const RulesContext& context) {
  return {envelope.type(),
          envelope.precedence(),
          envelope.mode(),
          std::string(view(envelope.language())),
          envelope.released_at(),
          context.exercise,
          std::string(view(envelope.incident()))};
}

std::string to_string(const Problem& problem) {
  return problem.field + ": " + problem.reason;
}

bool is_precedence(uint8_t precedence) {
  return precedence >= static_cast<uint8_t>(wire::Precedence::flash) &&
         precedence <= static_cast<uint8_t>(wire::Precedence::routine);
}

uint8_t known_precedence(uint8_t precedence) {
  return is_precedence(precedence) ? precedence : static_cast<uint8_t>(wire::Precedence::immediate);
}

std::vector<Problem> check_body(const wire::Body& body, const BodyContext& context) {
  return check_body(body, context, kind_of(static_cast<uint8_t>(body.content_type())));
}

std::vector<Problem> check_body(const wire::Body& body, const BodyContext& context,
                                const Kind& kind) {
  const auto content = static_cast<MessageType>(body.content_type());
  if (!kind.is_built()) return {unknown_type(content)};
  RuleChecker checker(context);
  if (content != context.type) {
    checker.add("type", "is " + word(context.type, Language::en) + ", and the content is " +
                            word(content, Language::en));
    return checker.take();
  }
  check_subject(checker, body);
  check_texts(checker, body, kind);
  kind.content().check(checker, body);
  return checker.take();
}

std::vector<Problem> check_message(const wire::Envelope& envelope, const wire::Body& body,
                                   const RulesContext& context) {
  std::vector<Problem> problems = check_envelope(envelope, context);
  // The rules of a body depend on its type.
  if (!kind_of(envelope.type()).is_built()) return problems;
  for (Problem& problem : check_body(body, body_context(envelope, context))) {
    problems.push_back(std::move(problem));
  }
  const wire::Service* service = body.content_as_service();
  const bool says_so = service != nullptr && service->action() == wire::ServiceAction::epoch_begun;
  if (says_so != (envelope.epoch() != nullptr) ||
      (says_so && envelope.releaser_role() != wire::Role::machine)) {
    problems.push_back({"action", "only a machine begins an epoch, and with its numbers",
                        "choose another action"});
  }
  return problems;
}

std::vector<Problem> check_expiry(const wire::Envelope& envelope, const wire::Body& body) {
  UtcMs end = 0;
  for (const Volume& volume : announced_volumes(body)) end = std::max(end, volume.end);
  const auto expires_at = envelope.expires_at();
  if (!expires_at || *expires_at >= end) return {};
  return {{"expires",
           format_rfc3339(*expires_at) + " is before the end of what it announces, " +
               format_rfc3339(end),
           "--expires " + format_rfc3339(end) + "    or none: a notice is over with its end"}};
}

std::string decline_reason(const std::vector<Problem>& problems) {
  if (problems.empty()) return {};
  std::string reason = to_string(problems.front());
  if (problems.size() > 1) {
    reason += " (and " + std::to_string(problems.size() - 1) + " more)";
  }
  return reason;
}

EventPoint point_of(const wire::Area* area) {
  EventPoint point;
  if (!area) return point;
  if (area->centre()) {
    point.position = to_position(*area->centre());
  } else if (area->polygon() && area->polygon()->size() > 0) {
    point.position = to_position(*area->polygon()->Get(0));
  }
  return point;
}

std::vector<Volume> announced_volumes(const wire::Body& body) {
  const Kind& kind = kind_of(static_cast<uint8_t>(body.content_type()));
  return kind.is_built() ? kind.content().volumes(body) : std::vector<Volume>{};
}

std::string conflict_reason(const wire::Body& body) {
  const Kind& kind = kind_of(static_cast<uint8_t>(body.content_type()));
  return kind.is_built() ? kind.content().conflict_reason(body) : "";
}

EventPoint event_point(const wire::Body& body) {
  const Kind& kind = kind_of(static_cast<uint8_t>(body.content_type()));
  if (!kind.is_built()) return {};
  EventPoint point = kind.content().event_point(body);
  // A message that breaks the rules may be anywhere; nobody can read back a place that does not
  // exist.
  if (point.position && !is_on_earth(*point.position)) point.position.reset();
  return point;
}

EventPoint point_of(const wire::Acknowledgement& read_back) {
  EventPoint point;
  if (read_back.position()) point.position = to_position(*read_back.position());
  if (read_back.event_at()) point.at = *read_back.event_at();
  return point;
}

std::string format_event_point(const EventPoint& point) {
  std::string words = point.position ? format_position(*point.position) : "";
  if (point.at) words += (words.empty() ? "" : " ") + format_rfc3339(*point.at);
  return words;
}

ReadBackDifference compare_read_back(const EventPoint& sent, const EventPoint& read_back) {
  ReadBackDifference difference;
  if (sent.position) {
    if (read_back.position && is_on_earth(*read_back.position)) {
      difference = combine(difference, compare_read_back(*sent.position, *read_back.position));
    } else {
      difference.mismatch = true;
    }
  }
  if (sent.at) {
    if (read_back.at) {
      difference = combine(difference, compare_read_back(*sent.at, *read_back.at));
    } else {
      difference.mismatch = true;
    }
  }
  return difference;
}

ReadBackDifference compare_read_back(const EventPoint& sent,
                                     const wire::Acknowledgement& read_back) {
  return compare_read_back(sent, point_of(read_back));
}

}  // namespace hotline
