// The times and positions that a person typed into the fields of a template: made ready for the
// core, and told back as they were understood.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "client/show/told_back.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/message/body.h"
#include "protocol/message/template.h"

namespace hotline::client {

using Settings = std::map<std::string, std::string>;  // By key of the template.
// The field that says how exact the place of the event is.
inline constexpr char kAccuracyKey[] = "accuracy";

// By how a field looks to people: "position", "one or more areas", "shape / heights / times".
bool has_places(std::string_view looks);
bool has_times(std::string_view looks);

// Places in grids become decimal degrees, and the accuracy what their digits said, unless it was
// typed. Error: usage.
Result<Settings> settings_in_degrees(const TemplateInfo& info, Settings settings);

// The times and positions that were typed in another form than the one in which they are printed,
// as the body has them; and what the template filled in.
ToldBack understood_fields(const TemplateInfo& info, const Settings& typed, const BodyFields& body,
                           std::optional<UtcMs> typed_at);

// A value of a correction as every reader understands it on any day: a time with its date, a
// position in decimal degrees. As it was typed where it is that, or neither. Error: usage.
Result<std::string> corrected_value(wire::MessageType type, std::string_view key,
                                    const std::string& typed, UtcMs now);

// "2026-11-28T13:41:00Z (281341Z NOV 26)".
std::string time_in_words(UtcMs time);

}  // namespace hotline::client
