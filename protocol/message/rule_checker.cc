#include "protocol/message/rule_checker.h"

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/body.h"
#include "protocol/message/serial.h"

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

void RuleChecker::require_time(std::string_view field, UtcMs time) {
  if (time == 0) {
    add(field, "is missing", "a time like 2026-11-22T14:11:00Z");
  } else if (!is_plausible(time)) {
    add(field, "is not a plausible time");
  }
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

void RuleChecker::check_altitude(std::string_view field, const wire::Altitude& altitude) {
  require_known(field, altitude.datum());
  if (!is_known(altitude.datum()) || is_possible(to_height(altitude))) return;
  add(field, "is not one that anything can have with this datum");
}

void RuleChecker::check_area(std::string_view field, const wire::Area* area) {
  if (!area) return;
  const bool polygon = area->polygon() != nullptr && area->polygon()->size() > 0;
  if (polygon == (area->centre() != nullptr)) {
    return add(field, "needs either a polygon or a centre with a radius");
  }
  if (!polygon) {
    check_position(field, area->centre());
    if (area->radius_m() == 0 || area->radius_m() > limits::kDistanceMax_m) {
      add(field, "needs a radius in metres");
    }
    return;
  }
  if (area->polygon()->size() > limits::kPolygonPointsMax) {
    return add(field, "has more than " + std::to_string(limits::kPolygonPointsMax) + " points");
  }
  const std::string fault = polygon_fault(to_positions(*area->polygon()));
  if (!fault.empty()) add(field, fault);
}

void RuleChecker::check_route(std::string_view field,
                              const flatbuffers::Vector<const wire::Position*>& route) {
  if (route.size() < 2) return add(field, "needs at least two points");
  if (route.size() > limits::kPolygonPointsMax) {
    return add(field, "has more than " + std::to_string(limits::kPolygonPointsMax) + " points");
  }
  for (const wire::Position* point : route) check_position(field, point);
}

void RuleChecker::require_serial(std::string_view field, const flatbuffers::String* serial) {
  if (!serial) return add(field, "is missing", "a message like N-000123");
  if (!parse_written_serial(view(serial))) {
    add(field, in_quotes(view(serial)) + " is not a message's name", "a message like N-000123");
  }
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

bool starts_within(int64_t ms, UtcMs start, UtcMs released_at) {
  constexpr int64_t kMinute_ms = 60'000;
  return is_plausible(start) && is_plausible(released_at) && start - released_at <= ms - kMinute_ms;
}

std::string_view view(const flatbuffers::String* text) {
  return text ? std::string_view(text->data(), text->size()) : std::string_view();
}

}  // namespace hotline
