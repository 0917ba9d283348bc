#include "client/compose/typed_fields.h"

#include <algorithm>

#include "client/compose/grid_position.h"
#include "protocol/base/text.h"
#include "protocol/geometry/grid_reference.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/kinds/volumes.h"
#include "protocol/message/quantity.h"
#include "protocol/message/typed_form.h"
#include "protocol/terminal/output.h"

namespace hotline::client {
namespace {

constexpr char kVolumeLooks[] = "shape";  // "shape / heights / times"

// The place of the event, whose accuracy a message states.
bool is_of_the_event(const std::string& key, const Settings& settings) {
  return key == "where" || (key == "area" && !settings.contains("where"));
}

const TemplateField* field_of(const TemplateInfo& info, std::string_view key) {
  const auto found = std::find_if(info.fields.begin(), info.fields.end(),
                                  [key](const TemplateField& field) { return field.key == key; });
  return found == info.fields.end() ? nullptr : &*found;
}

// "2026-11-28T13:41:00.000Z" without the decimals that say nothing, wherever it stands.
std::string without_zeros(std::string text) {
  constexpr std::string_view kZeros = ".000Z";
  for (size_t at = text.find(kZeros); at != text.npos; at = text.find(kZeros, at)) {
    text.replace(at, kZeros.size(), "Z");
  }
  return text;
}

// One position, also with a radius behind it, or one time.
bool is_in_another_form(std::string_view piece, std::optional<UtcMs> typed_at) {
  if (parse_time(piece, typed_at)) return !parse_rfc3339(piece);
  auto position = read_position(piece);
  if (!position) position = read_position(piece.substr(0, piece.rfind(' ')));
  return position && !position->canonical;
}

bool has_another_form(std::string_view text, std::optional<UtcMs> typed_at) {
  if (find_grid_reference(text)) return true;
  std::string pieces(text);
  for (const std::string_view between : {"along ", " to ", "/", "|"}) {
    for (size_t at = pieces.find(between); at != pieces.npos; at = pieces.find(between)) {
      pieces.replace(at, between.size(), ";");
    }
  }
  for (const std::string_view piece : split(pieces, ';')) {
    if (is_in_another_form(trim(piece), typed_at)) return true;
    // Times are parted by commas, and a comma stands in a position.
    for (const std::string_view one : split(piece, ',')) {
      const auto time = parse_time(trim(one), typed_at);
      if (time && !parse_rfc3339(trim(one))) return true;
    }
  }
  return false;
}

std::string words_of_value(const TemplateField& field, const std::string& value) {
  const auto time = field.kind == "time" ? parse_rfc3339(value) : std::nullopt;
  return time ? time_in_words(*time) : without_zeros(value);
}

}  // namespace

bool has_places(std::string_view looks) {
  return looks == "position" || looks.find("area") != looks.npos || looks.starts_with(kVolumeLooks);
}
bool has_times(std::string_view looks) {
  return looks.find("time") != looks.npos;
}

Result<Settings> settings_in_degrees(const TemplateInfo& info, Settings settings) {
  const Settings typed = settings;
  for (const auto& [key, value] : typed) {
    const TemplateField* field = field_of(info, key);
    if (!field || !has_places(field->kind) || !find_grid_reference(value)) continue;
    auto in_degrees = grid_places_in_degrees(value);
    if (!in_degrees) {
      return make_error(in_degrees.error().code, key + ": " + in_degrees.error().reason,
                        in_degrees.error().hint);
    }
    settings[key] = *in_degrees;
    if (is_of_the_event(key, typed) && field_of(info, kAccuracyKey)) {
      settings.emplace(kAccuracyKey, std::to_string(accuracy_of_writing_m(value)) + "m");
    }
  }
  return settings;
}

ToldBack understood_fields(const TemplateInfo& info, const Settings& typed, const BodyFields& body,
                           std::optional<UtcMs> typed_at) {
  ToldBack told;
  const Bytes bytes = build_body(body);
  const auto opened = open_body(bytes);
  if (!opened) return told;
  const KindContent& content = kind_of(info.type).content();
  for (const TemplateField& field : info.fields) {
    const auto value = content.typed_form(**opened, field.key);
    if (!value) continue;
    const auto set = typed.find(field.key);
    if (set == typed.end()) {
      // A draft without a place has no accuracy yet.
      const bool is_missing = field.key == kAccuracyKey && *value == "0m";
      if (!field.default_text.empty() && !is_missing) {
        told.filled_in.emplace_back(field.key, words_of_value(field, *value));
      }
      continue;
    }
    if (!(has_places(field.kind) || has_times(field.kind)) ||
        !has_another_form(set->second, typed_at)) {
      continue;
    }
    std::string words = words_of_value(field, *value);
    const auto accuracy = content.typed_form(**opened, kAccuracyKey);
    if (is_of_the_event(field.key, typed) && accuracy) {
      const auto metres = parse_distance_m(*accuracy);
      if (metres) words += " (accuracy " + format_count(*metres) + " m)";
    }
    told.add(field.key, std::move(words));
  }
  return told;
}

Result<std::string> corrected_value(wire::MessageType type, std::string_view key,
                                    const std::string& typed, UtcMs now) {
  if (!kind_of(type).is_built()) return typed;
  for (const FieldInfo* field : kind_of(type).content().fields()) {
    if (field->key != key || !field->looks) continue;
    const std::string_view looks = field->looks;
    if (looks == "time") {
      const auto time = parse_time(typed, now);
      return time && !parse_rfc3339(typed) ? format_rfc3339(*time) : typed;
    }
    if (!has_places(looks)) return typed;
    auto in_degrees = grid_places_in_degrees(typed);
    if (in_degrees && looks.starts_with(kVolumeLooks)) {
      const auto volumes = parse_volumes(*in_degrees, now);
      return volumes ? typed_form::of_volumes(*volumes) : Result<std::string>(volumes.error());
    }
    if (!in_degrees || looks != "position") return in_degrees;
    const auto written = read_position(*in_degrees);
    return written && !written->canonical ? format_position(written->position) : *in_degrees;
  }
  return typed;
}

std::string time_in_words(UtcMs time) {
  return without_zeros(format_rfc3339(time)) + " (" + format_date_time_group(time) + ")";
}

}  // namespace hotline::client
