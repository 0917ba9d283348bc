// Rules of the envelope: who speaks to whom, when, in which mode, and of which messages.
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/names.h"
#include "protocol/message/rule_checker.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

using wire::MessageType;
using wire::Mode;

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

void check_times(RuleChecker& checker, const wire::Envelope& envelope) {
  if (!is_plausible(envelope.released_at())) {
    checker.add("released", envelope.released_at() == 0 ? "is missing" : "is not a plausible time");
  }
  checker.require_past("drafted", envelope.drafted_at());
  checker.check_later("reply-by", envelope.reply_by());
  checker.check_later("expires", envelope.expires_at());
  if (envelope.danger_to_life() && envelope.precedence() != wire::Precedence::flash) {
    checker.add("danger-to-life", "is said of a message that is no FLASH", "-p flash");
  }
  if (envelope.handling()) {
    checker.allow_text("handling", envelope.handling()->audience());
    checker.check_later("handling", envelope.handling()->keep_until());
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

// A word for a thread of messages, which nobody can take for the name of a message.
bool is_word_for_thread(std::string_view text) {
  const bool is_one_word = !is_blank(text) && text.find(' ') == std::string_view::npos &&
                           what_is_not_plain_in_line(text).empty();
  // As people type it, and as it is typed for them: in any case, and never as an option.
  const std::string typed = upper_case(std::string(text));
  return is_one_word && text.front() != '@' && text.front() != '-' &&
         text.find('\t') == std::string_view::npos && !parse_serial(typed) && !parse_place(typed) &&
         count_characters(text) <= limits::kNameCharactersMax;
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
  if (envelope.incident() && !is_party_of(context.from_prefix, envelope.incident()) &&
      !is_party_of(context.to_prefix, envelope.incident()) &&
      !is_word_for_thread(view(envelope.incident()))) {
    checker.add("incident", "is neither the serial of the incident's first message nor a word",
                "a word has no spaces, and at most " + std::to_string(limits::kNameCharactersMax) +
                    " characters");
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

}  // namespace

std::vector<Problem> check_envelope(const wire::Envelope& envelope, const RulesContext& context) {
  if (envelope.type() != MessageType::unset && !kind_of(envelope.type()).is_built()) {
    return {unknown_type(envelope.type())};
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

}  // namespace hotline
