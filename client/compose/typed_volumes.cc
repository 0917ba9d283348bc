#include "client/compose/typed_volumes.h"

#include <filesystem>

#include "protocol/base/text.h"
#include "protocol/message/kinds/volumes.h"
#include "protocol/message/typed_form.h"

namespace hotline::client {
namespace {

constexpr std::string_view kSeparator = " / ";

// "HEIGHTS / TIMES", read as those of a volume with some shape.
Result<VolumeDefaults> parse_defaults(const std::string& typed, std::optional<UtcMs> typed_at) {
  constexpr char kSomeShape[] = "00.00N 000.00E 1m / ";
  const auto volumes = parse_volumes(kSomeShape + typed, typed_at);
  if (!volumes) return volumes.error();
  const Volume& volume = volumes->front();
  return VolumeDefaults{volume.lower, volume.upper, volume.start, volume.end};
}

}  // namespace

DrawnFor drawn_for(const Connection& connection) {
  return {connection.peer(), connection.server().exercise()};
}

bool names_a_file(const std::string& typed) {
  return typed.starts_with('@');
}

Result<std::string> read_typed_volumes(const std::string& typed, const std::string& directory,
                                       std::optional<UtcMs> typed_at, const DrawnFor& drawn_for) {
  if (!names_a_file(typed)) return typed;
  std::string name = typed.substr(1);
  VolumeDefaults defaults;
  if (const size_t end = name.find(kSeparator); end != std::string::npos) {
    const auto parsed = parse_defaults(name.substr(end + kSeparator.size()), typed_at);
    if (!parsed) return parsed.error();
    defaults = *parsed;
    name.resize(end);
  }
  if (trim(name).empty()) {
    return make_error(ErrorCode::usage, "\"" + typed + "\" names no file",
                      "--set volume=@area.geojson");
  }
  const std::filesystem::path path = std::filesystem::path(directory) / std::string(trim(name));
  const auto volumes = read_geojson_file(path.string(), defaults, drawn_for);
  if (!volumes) return volumes.error();
  return typed_form::of_volumes(*volumes);
}

}  // namespace hotline::client
