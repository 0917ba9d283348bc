// Volumes as a notice has them: judged, shown, and typed on one line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/message/describer.h"
#include "protocol/message/rule_checker.h"

namespace hotline {

inline constexpr char kVolumeForm[] = "54.90N 020.10E 5km / 0m amsl to FL200 / +48h to +50h";

using WireVolumes = flatbuffers::Vector<flatbuffers::Offset<wire::Volume>>;

// At least one and at most limits::kVolumesMax, each without a fault, and none of them over.
void check_volumes(RuleChecker& checker, std::string_view field, const WireVolumes* volumes);

// "the half-width is zero".
std::string words_of(const VolumeFault& fault);

void show_volumes(Describer& describer, const WireVolumes* volumes);

// One volume or several, parted by |. Each is its shape, heights and times, parted by /,
// as in kVolumeForm. A shape is a centre and a radius, corners parted by semicolons with the first
// again at the end, or a route: "along 54.90N 020.10E; 55.00N 020.30E 5km", with half of its width.
// Times are read as parse_time reads them. Error: usage, with the form to type.
Result<std::vector<Volume>> parse_volumes(std::string_view text, std::optional<UtcMs> typed_at);

}  // namespace hotline
