#include "protocol/message/rule_checker.h"

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/body.h"

namespace hotline {

void RuleChecker::add(std::string_view field, std::string reason, std::string hint,
                      DeclineCode code) {
  problems_.push_back({std::string(field), std::move(reason), std::move(hint), code});
}

void RuleChecker::check_code(std::string_view field, const Vocabulary& vocabulary, uint64_t value,
                             bool required) {
  if (value == 0) {
    if (required) add(field, "is missing", "one of: " + vocabulary.keys());
  } else if (!vocabulary.by_value(value)) {
    add(field, std::to_string(value) + " is no " + vocabulary.name + " that this version knows",
        "one of: " + vocabulary.keys());
  }
}

void RuleChecker::check_position(std::string_view field, const wire::Position* position) {
  if (position && !is_on_earth(to_position(*position))) {
    add(field, "is not on Earth", "latitude 90S to 90N, longitude 180W to 180E");
  }
}

void RuleChecker::check_direction(std::string_view field, uint16_t direction_deg10) {
  if (direction_deg10 >= 3600) add(field, "is not between 0 and 359.9 degrees");
}

void RuleChecker::require_past(std::string_view field, UtcMs time) {
  if (time == 0) {
    add(field, "is missing", "a time like 2026-11-22T14:11:00Z");
  } else if (time < 0) {
    add(field, "is before 1970");
  } else if (time - kTimeTolerance_ms > context_.released_at) {
    add(field,
        format_rfc3339(time) + " is later than the release of the message, " +
            format_rfc3339(context_.released_at),
        "check the date, and that the time is UTC");
  }
}

void RuleChecker::check_later(std::string_view field, std::optional<UtcMs> time) {
  if (!time || (is_plausible(*time) && *time > context_.released_at)) return;
  add(field, format_rfc3339(*time) + " is not after the release of the message");
}

void RuleChecker::allow_text(std::string_view field, const flatbuffers::String* text) {
  if (!text) return;
  if (is_blank(view(text))) {
    add(field, "is blank", "leave it out, or say something");
  } else if (std::string found = what_is_not_plain(view(text)); !found.empty()) {
    add(field, std::move(found), "write it without");
  } else if (count_characters(view(text)) > limits::kFieldCharactersMax) {
    add(field, "has more than " + std::to_string(limits::kFieldCharactersMax) + " characters");
  }
}

void RuleChecker::require_text(std::string_view field, const flatbuffers::String* text) {
  if (!text) return add(field, "is missing");
  allow_text(field, text);
}

void RuleChecker::check_accuracy(std::string_view field, uint32_t accuracy_m) {
  if (accuracy_m == 0) {
    add(field, "is missing", "the radius in metres that surely holds the position, such as 500m");
  } else if (accuracy_m > limits::kDistanceMax_m) {
    add(field, "is more than half of the Earth's circumference");
  }
}

std::string in_quotes(std::string_view text) {
  return "\"" + printable(text) + "\"";
}

bool is_plausible(UtcMs time) {
  return time > 0 && time <= limits::kTimeMax_ms;
}

std::string_view view(const flatbuffers::String* text) {
  return text ? std::string_view(text->data(), text->size()) : std::string_view();
}

}  // namespace hotline
