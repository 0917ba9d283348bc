// Messages prepared in TOML files: their volumes.
#include "client/compose/incident_file.h"

#include <gtest/gtest.h>

#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

constexpr char kHeightsAndTimes[] =
    "lower = \"0m amsl\"\nupper = \"FL200\"\nstart = 2026-11-29T10:00:00Z\n"
    "end = \"2026-11-29T12:00:00Z\"\n";
constexpr char kTypedHeightsAndTimes[] =
    " / 0m amsl to FL200 / 2026-11-29T10:00:00Z to 2026-11-29T12:00:00Z";

Result<MessageRequest> read_toml(Terminal& terminal, const std::string& content,
                                 std::optional<UtcMs> typed_at = std::nullopt) {
  return read_incident_file(terminal.write("activity.toml", content), typed_at);
}

TEST(IncidentFile, VolumesStandInTables) {
  Terminal terminal;
  const auto request = read_toml(
      terminal, std::string("[[volume]]\ncircle = \"54.90N 020.10E 5km\"\n") + kHeightsAndTimes +
                    "[[volume]]\npolygon = \"54.90N 020.10E; 55.00N 020.10E; 55.00N 020.30E; "
                    "54.90N 020.10E\"\n" +
                    kHeightsAndTimes +
                    "[[volume]]\nalong = \"54.90N 020.10E; 55.00N 020.10E 2km\"\n" +
                    kHeightsAndTimes);
  ASSERT_TRUE(request) << request.error().reason;
  EXPECT_EQ(request->settings.at("volume"),
            std::string("54.90N 020.10E 5km") + kTypedHeightsAndTimes +
                " | 54.90N 020.10E; 55.00N 020.10E; 55.00N 020.30E; 54.90N 020.10E" +
                kTypedHeightsAndTimes + " | along 54.90N 020.10E; 55.00N 020.10E 2km" +
                kTypedHeightsAndTimes);
}

TEST(IncidentFile, PlacesAndTimesOfVolumesAreTypedAsAWatchWritesThem) {
  Terminal terminal;
  const std::string content =
      "[[volume]]\ncircle = \"38SMB4488 5km\"\nlower = \"0m amsl\"\nupper = \"FL200\"\n"
      "start = \"+1h\"\nend = \"281600Z NOV 26\"\n";
  const auto request = read_toml(terminal, content, *parse_rfc3339("2026-11-28T14:00:00Z"));
  ASSERT_TRUE(request) << request.error().reason;
  EXPECT_EQ(request->settings.at("volume"),
            "38SMB4488 5km / 0m amsl to FL200 / +1h to 281600Z NOV 26");
  EXPECT_FALSE(read_toml(terminal, content)) << "they are others when it is sent again";
}

TEST(IncidentFile, AVolumeThatIsNoneIsRefusedAtItsPlace) {
  const std::string circle = "[[volume]]\ncircle = \"54.90N 020.10E 5km\"\n";
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string content = circle + kHeightsAndTimes;
    content.replace(content.find(from), from.size(), to);
    return content;
  };
  const std::pair<std::string, std::string> refusals[] = {
      {"volume = \"@area.geojson\"", ":1:1: \"volume\" must be a list of tables"},
      {"volume = [7]", ":1:11: \"volume\" must be a table"},
      {std::string("[[volume]]\n") + kHeightsAndTimes, ":1:1: the volume has no shape"},
      {circle, ":1:1: the volume has no \"lower\""},
      {with("circle", "square"), ":2:1: unknown key \"square\""},
      {with("\"54.90N 020.10E 5km\"", "5"), ":2:1: \"circle\" must be a text"},
      {with("\"0m amsl\"", "2026-11-29T10:00:00Z"), ":3:1: \"lower\" must be a text"},
      {with("5km", "5"), ":1:1: \"54.90N 020.10E 5\" is not an area"},
      {with("circle", "polygon"), ":2:1: \"polygon\" has another shape"},
      {with("\"54.90N", "\"along 55.00N 020.10E; 54.90N"), ":2:1: \"circle\" has another shape"},
      {with("5km", "5km | 0N"), ":2:1: \"circle\" has a / or |"},
      {with("FL200", "FL200 / x"), ":4:1: \"upper\" has a / or |"},
      {with("10:00:00Z", "10:00:00"), ":1:1: \"2026-11-29T10:00:00\" is not a time"},
      {with("10:00:00Z", "12:00:00Z"), ":1:1: the volume is wrong: the end is not after the start"},
      {circle + "along = \"54.90N 020.10E; 55.00N 020.10E 2km\"\n" + kHeightsAndTimes,
       ":3:1: a volume has one shape"},
      {circle + kHeightsAndTimes + "[set]\nvolume = \"54.90N 020.10E 5km\"\n",
       ":1:3: there is a volume under [set] too"},
  };
  for (const auto& [content, reason] : refusals) {
    Terminal terminal;
    const auto request = read_toml(terminal, content);
    ASSERT_FALSE(request) << content;
    EXPECT_EQ(request.error().code, ErrorCode::configuration);
    EXPECT_NE(request.error().reason.find("activity.toml" + reason), std::string::npos)
        << content << request.error().reason;
  }
}

TEST(IncidentFile, AFileWithVolumesIsBesideIt) {
  Terminal terminal;
  terminal.write("area.geojson", R"({"type": "Point", "coordinates": [20.1, 54.9]})");
  const std::string toml = "[set]\nvolume = \"@area.geojson\"\n";
  const auto refused = read_toml(terminal, toml);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().reason.find("activity.toml:2:1: "), std::string::npos);
  EXPECT_NE(refused.error().reason.find("area.geojson: radius: is missing"), std::string::npos);
  terminal.write("area.geojson", R"({"type": "Feature", "properties": {"radius": 5000},
      "geometry": {"type": "Point", "coordinates": [20.1, 54.9]}})");
  const auto request = read_toml(
      terminal, "[set]\nvolume = \"@area.geojson" + std::string(kTypedHeightsAndTimes) + "\"\n");
  ASSERT_TRUE(request) << request.error().reason;
  EXPECT_EQ(request->settings.at("volume").substr(0, 29), "54.90000N 020.10000E 5000m / ");
}

}  // namespace
}  // namespace hotline::client
