#include "protocol/message/message_rules.h"

#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/body.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/neutral_phrases.h"
#include "protocol/message/rule_checker.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

using wire::Content;
using wire::MessageType;
using wire::Mode;

std::string in_quotes(std::string_view text) {
  return "\"" + printable(text) + "\"";
}

// ---------------------------------------------------------------------------------------------------------------------
// Envelope

bool is_party_of(std::string_view prefix, const flatbuffers::String* id) {
  auto serial = parse_written_serial(view(id));
  return serial && (prefix.empty() || serial->prefix == prefix);
}

// A reference names a message by its serial, or where it has none by its place.
bool names_message_of(std::string_view prefix, const flatbuffers::String* id) {
  auto place = parse_written_place(view(id));
  return place ? prefix.empty() || place->prefix == prefix : is_party_of(prefix, id);
}

void check_parties(RuleChecker& checker, const wire::Envelope& envelope,
                   const RulesContext& context) {
  if (view(envelope.from()) != context.from) {
    checker.add("from", "is " + in_quotes(view(envelope.from())) + ", not " + context.from, {},
                DeclineCode::wrong_party);
  }
  if (view(envelope.to()) != context.to) {
    checker.add("to", "is " + in_quotes(view(envelope.to())) + ", not " + context.to, {},
                DeclineCode::wrong_party);
  }
}

void check_mode(RuleChecker& checker, const wire::Envelope& envelope, const RulesContext& context) {
  const Mode expected = kind_of(envelope.type()).mode(context.exercise);
  if (envelope.mode() != expected) {
    std::string expected_word = word(expected, Language::en);
    checker.add("mode",
                "is " + word(envelope.mode(), Language::en) + "; on this channel a " +
                    word(envelope.type(), Language::en) + " has mode " + expected_word,
                {}, DeclineCode::wrong_mode);
  }
  if (envelope.exercise_id() && !context.exercise) {
    checker.add("exercise", "is named on a live channel", {}, DeclineCode::wrong_mode);
  }
  checker.allow_text("exercise", envelope.exercise_id());
}

bool is_plausible(UtcMs time) {
  return time > 0 && time <= limits::kTimeMax_ms;
}

void check_later(RuleChecker& checker, std::string_view field, std::optional<UtcMs> time,
                 UtcMs released_at) {
  if (!time) return;
  if (!is_plausible(*time) || *time <= released_at) {
    checker.add(field, format_rfc3339(*time) + " is not after the release of the message");
  }
}

void check_times(RuleChecker& checker, const wire::Envelope& envelope) {
  if (!is_plausible(envelope.released_at())) {
    checker.add("released", envelope.released_at() == 0 ? "is missing" : "is not a plausible time");
  }
  checker.require_past("drafted", envelope.drafted_at());
  check_later(checker, "reply-by", envelope.reply_by(), envelope.released_at());
  check_later(checker, "expires", envelope.expires_at(), envelope.released_at());
  if (envelope.handling()) {
    checker.allow_text("handling", envelope.handling()->audience());
    check_later(checker, "handling", envelope.handling()->keep_until(), envelope.released_at());
  }
}

void check_people(RuleChecker& checker, const wire::Envelope& envelope) {
  checker.require_known("role", envelope.drafter_role());
  checker.require_known("role", envelope.releaser_role());
  bool machine = envelope.releaser_role() == wire::Role::machine;
  if (!machine && !envelope.person_hash()) {
    checker.add("person", "is missing: a person released this, and no hash says who");
  }
  if (envelope.releaser_role() == wire::Role::auditor) {
    checker.add("role", "is auditor, who writes nothing");
  }
}

void check_references(RuleChecker& checker, const wire::Envelope& envelope,
                      const RulesContext& context) {
  size_t count = envelope.references() ? envelope.references()->size() : 0;
  if (count > limits::kReferencesMax) {
    return checker.add("references", "are more than " + std::to_string(limits::kReferencesMax));
  }
  for (size_t i = 0; i < count; ++i) {
    const auto* id = envelope.references()->Get(static_cast<flatbuffers::uoffset_t>(i))->id();
    if (!names_message_of({}, id)) {
      checker.add("references", in_quotes(view(id)) + " is not a message's name");
    }
  }
  const Kind& kind = kind_of(envelope.type());
  if (!kind.speaks_of_another()) return;
  std::string type = word(envelope.type(), Language::en);
  if (count == 0) return checker.add("references", "are missing: what is this " + type + " about?");
  const auto* first = envelope.references()->Get(0)->id();
  const bool own = kind.speaks_of == SpeaksOf::own;
  if (own && !names_message_of(context.from_prefix, first)) {
    checker.add("references",
                printable(view(first)) + " is not the sender's own, so it has no " + type +
                    " by the sender",
                {}, DeclineCode::not_originator);
  } else if (!own && !names_message_of(context.to_prefix, first)) {
    checker.add("references",
                printable(view(first)) + " was not sent by the receiver of this " + type, {},
                DeclineCode::unknown_reference);
  }
}

void check_threads(RuleChecker& checker, const wire::Envelope& envelope,
                   const RulesContext& context) {
  const bool correction = kind_of(envelope.type()).effect == TargetEffect::corrects;
  if (correction && !envelope.correction_of()) {
    checker.add("correction-of", "is missing");
  }
  if (envelope.correction_of()) {
    if (!is_party_of(context.from_prefix, envelope.correction_of())) {
      checker.add("correction-of", "is not a message of the sender", {},
                  DeclineCode::not_originator);
    } else if (correction && envelope.references() && envelope.references()->size() > 0 &&
               view(envelope.references()->Get(0)->id()) != view(envelope.correction_of())) {
      checker.add("correction-of", "is another message than the first reference");
    }
  }
  if (envelope.incident() && !is_party_of({}, envelope.incident())) {
    checker.add("incident", "is not the serial of the incident's first message");
  }
}

void check_parts(RuleChecker& checker, const wire::Envelope& envelope) {
  size_t count = envelope.parts()->size();
  if (count == 0 || envelope.parts()->Get(0)->kind() != wire::PartKind::body) {
    return checker.add("parts", "do not begin with the body");
  }
  if (count > limits::kPartsMax) {
    return checker.add("parts", "are more than " + std::to_string(limits::kPartsMax));
  }
  uint32_t body_size = envelope.parts()->Get(0)->size();
  if (body_size == 0 || body_size > limits::kBodySizeMax) {
    checker.add("parts", "name a body of " + std::to_string(body_size) + " bytes; it has 1 to " +
                             std::to_string(limits::kBodySizeMax));
  }
  for (size_t i = 1; i < count; ++i) {
    const wire::Part* part = envelope.parts()->Get(static_cast<flatbuffers::uoffset_t>(i));
    if (part->kind() != wire::PartKind::attachment || part->size() == 0) {
      checker.add("parts", "name something that is neither the body nor an attachment");
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Subject and texts

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

void check_texts(RuleChecker& checker, const wire::Body& body) {
  size_t count = body.texts() ? body.texts()->size() : 0;
  if (count > limits::kTextsMax) {
    return checker.add("text",
                       "comes in more than " + std::to_string(limits::kTextsMax) + " languages");
  }
  if (count == 0) {
    const BodyContext& context = checker.context();
    if (kind_of(context.type).needs_texts(context.exercise_channel)) {
      checker.add("text", "is missing");
    }
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

// ---------------------------------------------------------------------------------------------------------------------
// Contents with few rules

void check_request(RuleChecker& checker, const wire::Questions& request) {
  size_t count = request.questions() ? request.questions()->size() : 0;
  if (count == 0) return checker.add("question", "is missing");
  if (count > limits::kQuestionsMax) {
    return checker.add("question", "is one of more than " + std::to_string(limits::kQuestionsMax));
  }
  for (const auto* question : *request.questions()) checker.require_text("question", question);
}

void check_answer_item(RuleChecker& checker, const wire::AnswerItem& item) {
  std::string number = "to question " + std::to_string(item.question());
  checker.require_known("answer", item.outcome());
  checker.allow_text("answer", item.text());
  bool later = item.outcome() == wire::AnswerOutcome::later;
  if (!later && !item.text()) checker.add("answer", number + " says nothing");
  if (later && !item.later_at()) {
    checker.add("answer", number + " will come later, and does not say when");
  }
  if (!later && item.later_at()) {
    checker.add("answer", number + " is given, and will come later, at once");
  }
  check_later(checker, "answer", item.later_at(), checker.context().released_at);
}

void check_answer(RuleChecker& checker, const wire::Answers& answer) {
  size_t count = answer.items() ? answer.items()->size() : 0;
  if (count == 0) return checker.add("answer", "is missing");
  if (count > limits::kQuestionsMax) {
    return checker.add("answer",
                       "has more than " + std::to_string(limits::kQuestionsMax) + " items");
  }
  std::vector<uint8_t> seen;
  for (const wire::AnswerItem* item : *answer.items()) {
    if (std::find(seen.begin(), seen.end(), item->question()) != seen.end()) {
      checker.add("answer", "to question " + std::to_string(item->question()) + " comes twice");
    }
    seen.push_back(item->question());
    check_answer_item(checker, *item);
  }
}

void check_correction(RuleChecker& checker, const wire::Correction& correction) {
  checker.require_text("reason", correction.reason());
  size_t count = correction.changes() ? correction.changes()->size() : 0;
  if (count == 0) return checker.add("change", "is missing", "field, old value and new value");
  if (count > limits::kChangesMax) {
    return checker.add("change", "is one of more than " + std::to_string(limits::kChangesMax));
  }
  for (const wire::FieldChange* change : *correction.changes()) {
    checker.require_text("change", change->field());
    checker.allow_text("change", change->old_value());
    checker.allow_text("change", change->new_value());
    if (view(change->old_value()) == view(change->new_value())) {
      checker.add("change", "of " + in_quotes(view(change->field())) + " changes nothing");
    }
  }
}

void check_acknowledgement(RuleChecker& checker, const wire::Acknowledgement& acknowledgement) {
  checker.require_known("role", acknowledgement.role());
  if (acknowledgement.role() == wire::Role::machine) {
    checker.add("role", "is machine: only a person can have read a message");
  }
  // Not held against the release: a clock that was set back in between must not stop an
  // acknowledgement.
  if (acknowledgement.at() <= 0)
    checker.add("read-at", "is missing", "the time of reading, in UTC");
  checker.check_position("where", acknowledgement.position());
}

void check_decline(RuleChecker& checker, const wire::Decline& decline) {
  checker.require_known("code", decline.code());
  checker.require_text("reason", decline.reason());
}

void check_test(RuleChecker& checker, const wire::Body& body, const wire::Test& test) {
  if (test.phrase() == 0 || test.phrase() > kNeutralPhrases) {
    return checker.add("phrase", std::to_string(test.phrase()) + " is not of the neutral set",
                       "1 to " + std::to_string(kNeutralPhrases));
  }
  if (!test.transcript_root()) checker.add("transcript", "has no root");
  checker.require_past("clock", test.clock());
  if (!body.texts()) return;
  for (const wire::Text* text : *body.texts()) {
    auto phrase = neutral_phrase(test.phrase(), view(text->language()));
    std::string_view said = view(text->text());
    if (checker.context().exercise_channel) said = unmark_exercise(said);
    if (!phrase || said != *phrase) {
      checker.add("text",
                  "in " + printable(view(text->language())) + " is not phrase " +
                      std::to_string(test.phrase()) + " of the neutral set",
                  "a test call says nothing of its own");
    }
  }
}

void check_content(RuleChecker& checker, const wire::Body& body) {
  switch (body.content_type()) {
    case Content::incident:
      return check_incident(checker, *body.content_as_incident());
    case Content::violation:
      return check_violation(checker, *body.content_as_violation());
    case Content::request:
      return check_request(checker, *body.content_as_request());
    case Content::answer:
      return check_answer(checker, *body.content_as_answer());
    case Content::correction:
      return check_correction(checker, *body.content_as_correction());
    case Content::cancellation:
      return checker.require_text("reason", body.content_as_cancellation()->reason());
    case Content::acknowledgement:
      return check_acknowledgement(checker, *body.content_as_acknowledgement());
    case Content::decline:
      return check_decline(checker, *body.content_as_decline());
    case Content::test:
      return check_test(checker, body, *body.content_as_test());
    default:
      return;  // A TEXT has its texts only; NONE is refused before this.
  }
}

Problem unknown_type(uint8_t type) {
  return {"type",
          word(static_cast<MessageType>(type), Language::en) + " is not known to this version",
          "use TEXT, or ask the receiver to upgrade", DeclineCode::unknown_type};
}

BodyContext body_context(const wire::Envelope& envelope, const RulesContext& context) {
  return {envelope.type(),        envelope.precedence(),
          envelope.mode(),        std::string(view(envelope.language())),
          envelope.released_at(), context.exercise};
}

}  // namespace

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

std::vector<Problem> check_envelope(const wire::Envelope& envelope, const RulesContext& context) {
  if (envelope.type() != MessageType::unset && !kind_of(envelope.type()).is_built) {
    return {unknown_type(static_cast<uint8_t>(envelope.type()))};
  }
  BodyContext body = body_context(envelope, context);
  RuleChecker checker(body);
  check_parties(checker, envelope, context);
  checker.require_known("type", envelope.type());
  if (envelope.type() != MessageType::unset) check_mode(checker, envelope, context);
  checker.require_known("precedence", envelope.precedence());
  if (!is_party_of(context.from_prefix, envelope.id())) {
    checker.add("id", in_quotes(view(envelope.id())) + " is not a serial of " + context.from);
  }
  check_times(checker, envelope);
  check_people(checker, envelope);
  if (!is_language_tag(view(envelope.language()))) {
    checker.add("language", in_quotes(view(envelope.language())) + " is not a language tag",
                "BCP 47, such as en or uk");
  }
  check_references(checker, envelope, context);
  check_threads(checker, envelope, context);
  check_parts(checker, envelope);
  return checker.take();
}

std::vector<Problem> check_body(const wire::Body& body, const BodyContext& context) {
  auto content = static_cast<MessageType>(body.content_type());
  if (!kind_of(content).is_built) return {unknown_type(static_cast<uint8_t>(content))};
  RuleChecker checker(context);
  if (content != context.type) {
    checker.add("type", "is " + word(context.type, Language::en) + ", and the content is " +
                            word(content, Language::en));
    return checker.take();
  }
  check_subject(checker, body);
  check_texts(checker, body);
  check_content(checker, body);
  return checker.take();
}

std::vector<Problem> check_message(const wire::Envelope& envelope, const wire::Body& body,
                                   const RulesContext& context) {
  std::vector<Problem> problems = check_envelope(envelope, context);
  // What a body must have depends on its type.
  if (!kind_of(envelope.type()).is_built) return problems;
  for (Problem& problem : check_body(body, body_context(envelope, context))) {
    problems.push_back(std::move(problem));
  }
  return problems;
}

std::vector<Problem> check_all_answered(const wire::Answers& answers, size_t questions) {
  std::vector<Problem> problems;
  auto has = [&answers](size_t number) {
    if (!answers.items()) return false;
    return std::any_of(
        answers.items()->begin(), answers.items()->end(),
        [number](const wire::AnswerItem* item) { return item->question() == number; });
  };
  for (size_t number = 1; number <= questions; ++number) {
    if (has(number)) continue;
    problems.push_back({"answer", "to question " + std::to_string(number) + " is missing",
                        "answer it, refuse it, or say when the answer will come",
                        DeclineCode::rule_broken});
  }
  for (size_t i = 0; answers.items() && i < answers.items()->size(); ++i) {
    size_t number = answers.items()->Get(static_cast<flatbuffers::uoffset_t>(i))->question();
    if (number <= questions) continue;
    problems.push_back({"answer",
                        "to question " + std::to_string(number) + ", which was not asked",
                        {},
                        DeclineCode::rule_broken});
  }
  return problems;
}

std::string decline_reason(const std::vector<Problem>& problems) {
  if (problems.empty()) return {};
  std::string reason = to_string(problems.front());
  if (problems.size() > 1) {
    reason += " (and " + std::to_string(problems.size() - 1) + " more)";
  }
  return reason;
}

EventPoint event_point(const wire::Body& body) {
  EventPoint point;
  if (const wire::Incident* incident = body.content_as_incident()) {
    if (incident->position()) {
      point.position = to_position(*incident->position());
    } else if (const wire::Area* area = incident->area()) {
      if (area->centre()) {
        point.position = to_position(*area->centre());
      } else if (area->polygon() && area->polygon()->size() > 0) {
        point.position = to_position(*area->polygon()->Get(0));
      }
    }
    if (incident->observed_at() != 0) point.at = incident->observed_at();
  } else if (const wire::Violation* violation = body.content_as_violation()) {
    if (violation->event_position()) {
      point.position = to_position(*violation->event_position());
    } else if (violation->observer_position()) {
      point.position = to_position(*violation->observer_position());
    }
    if (violation->event_at() != 0) point.at = violation->event_at();
  }
  // What broke the rules may be anywhere; nobody can read back a place that does not exist.
  if (point.position && !is_on_earth(*point.position)) point.position.reset();
  return point;
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
  EventPoint point;
  if (read_back.position()) point.position = to_position(*read_back.position());
  if (read_back.event_at()) point.at = *read_back.event_at();
  return compare_read_back(sent, point);
}

}  // namespace hotline
