// A request as a person types it is made a draft, and told back.
#include "client/compose/message_request.h"

#include <gtest/gtest.h>

#include <iostream>

namespace hotline::client {
namespace {

const UtcMs kTypedAt = *parse_rfc3339("2026-11-28T14:00:00Z");

Result<DraftFields> draft_of(const std::string& name, Settings settings,
                             std::optional<UtcMs> typed_at = kTypedAt) {
  MessageRequest request;
  request.template_name = name;
  request.precedence = wire::Precedence::flash;
  request.language = "en";
  request.settings = std::move(settings);
  return make_draft(request, "north", kTypedAt, typed_at);
}

IncidentFields incident_of(Settings settings) {
  const auto draft = draft_of("airspace-crossing", std::move(settings));
  EXPECT_TRUE(draft) << draft.error().reason;
  return draft ? std::get<IncidentFields>(draft->body.content) : IncidentFields{};
}

// Told to somebody who reads English.
Output english() {
  return {std::cout, std::cerr, {}};
}

std::string understood_of(const std::string& name, Settings settings) {
  const auto draft = draft_of(name, std::move(settings));
  return draft ? words_of_typed(english(), draft->told_back) : "refused: " + draft.error().reason;
}

TEST(MessageRequest, TimesAreTypedAsAWatchWritesThem) {
  const UtcMs meant = *parse_rfc3339("2026-11-28T13:41:00Z");
  for (const char* typed : {"2026-11-28T13:41:00Z", "281341Z NOV 26", "13:41Z", "1341Z", "-19m"}) {
    EXPECT_EQ(incident_of({{"where", "54.90N 020.10E"}, {"when", typed}}).observed_at, meant)
        << typed;
  }
  EXPECT_EQ(incident_of({{"where", "54.90N 020.10E"}, {"when", "now"}}).observed_at, kTypedAt);
}

TEST(MessageRequest, APositionIsAsExactAsItsDigits) {
  const std::pair<const char*, uint32_t> cases[] = {
      {"54.90N 020.10E", 1'114}, {"5454N02006E", 1'852},         {"54-54.0N 020-06.0E", 186},
      {"545400N0200600E", 31},   {"54 54 00 N 020 06 00 E", 31}, {"54.90000N 020.10000E", 10}};
  for (const auto& [typed, accuracy_m] : cases) {
    const IncidentFields incident = incident_of({{"where", typed}});
    EXPECT_EQ(incident.position, (Position{5'490'000, 2'010'000})) << typed;
    EXPECT_EQ(incident.accuracy_m, accuracy_m) << typed;
  }
  const IncidentFields grid = incident_of({{"where", "38SMB4488"}});
  EXPECT_EQ(grid.position, (Position{3'333'424, 4'440'363}));
  EXPECT_EQ(grid.accuracy_m, 1000u);
  EXPECT_EQ(incident_of({{"where", "38SMB4488"}, {"accuracy", "50m"}}).accuracy_m, 50u);
  const IncidentFields area = incident_of({{"area", "38SMB4488 5km"}});
  EXPECT_EQ(area.area->centre, (Position{3'333'424, 4'440'363}));
  EXPECT_EQ(area.accuracy_m, 1000u);
}

TEST(MessageRequest, ToldBackIsWhatWasTypedInAnotherForm) {
  EXPECT_EQ(understood_of("airspace-crossing",
                          {{"where", "5454N02006E"}, {"when", "1341Z"}, {"platform", "now"}}),
            "understood: when 2026-11-28T13:41:00Z (281341Z NOV 26), "
            "where 54.90000N 020.10000E (accuracy 1,852 m)");
  EXPECT_EQ(understood_of("airspace-crossing", {{"where", "38SMB4488"}}),
            "understood: where 33.33424N 044.40363E (accuracy 1,000 m)");
  EXPECT_EQ(understood_of("airspace-crossing", {{"area", "54 54N 020 06E 5km"}}),
            "understood: area 54.90000N 020.10000E 5000m (accuracy 1,852 m)");
  EXPECT_EQ(understood_of("airspace-crossing",
                          {{"where", "54.90N 020.10E"}, {"when", "2026-11-28T13:41:00Z"}}),
            "");
  EXPECT_EQ(understood_of("airspace-crossing", {{"area", "54.90N 020.10E 5km"}}), "");
}

TEST(MessageRequest, TheTemplateSaysWhatItFilledIn) {
  const auto filled_in = [](const std::string& name, Settings settings) {
    const auto draft = draft_of(name, std::move(settings));
    return draft ? words_of_filled_in(english(), draft->told_back)
                 : "refused: " + draft.error().reason;
  };
  EXPECT_EQ(filled_in("airspace-crossing", {{"where", "54.90N 020.10E"}}),
            "from the template: when=2026-11-28T14:00:00Z (281400Z NOV 26); accuracy=1114m; "
            "who=own; what=aircraft; certainty=observed; intent=accidental; "
            "action=hold-fire,inform-units");
  EXPECT_EQ(filled_in("airspace-crossing", {{"where", "54.90N 020.10E"},
                                            {"when", "1341Z"},
                                            {"accuracy", "50m"},
                                            {"who", "other"},
                                            {"what", "unmanned-aircraft"},
                                            {"certainty", "likely"},
                                            {"action", "explain"}}),
            "from the template: intent=unknown");
  EXPECT_EQ(filled_in("text", {}), "refused: there is no text in en, the original");
}

TEST(MessageRequest, VolumesTooAreTypedAsAWatchWritesThem) {
  const Settings settings = {
      {"volume", "54 54N 020 06E 5km / 0m amsl to FL200 / 1500Z to 281600Z NOV 26"},
      {"kind", "exercise"},
      {"contact", "range control"}};
  EXPECT_EQ(understood_of("activity", settings),
            "understood: volume 54.90000N 020.10000E 5000m / 0m amsl to FL200 / "
            "2026-11-28T15:00:00Z to 2026-11-28T16:00:00Z");
}

TEST(MessageRequest, ATimeByTheClockIsAnotherOneWhenItIsSentAgain) {
  for (const char* typed : {"13:41Z", "1341Z", "-5m", "now"}) {
    const auto draft =
        draft_of("airspace-crossing", {{"where", "54.90N 020.10E"}, {"when", typed}}, std::nullopt);
    ASSERT_FALSE(draft) << typed;
    EXPECT_EQ(draft.error().code, ErrorCode::usage);
    EXPECT_NE(draft.error().reason.find("when: "), std::string::npos);
  }
  EXPECT_TRUE(draft_of("airspace-crossing", {{"where", "5454N02006E"}, {"when", "281341Z NOV 26"}},
                       std::nullopt));
}

TEST(MessageRequest, AGridThatIsNotThereNamesItsField) {
  const auto draft = draft_of("airspace-crossing", {{"where", "38SAA4488"}});
  ASSERT_FALSE(draft);
  EXPECT_EQ(draft.error().code, ErrorCode::usage);
  EXPECT_EQ(draft.error().reason.find("where: \"38SAA4488\""), 0u);
}

TEST(MessageRequest, ACorrectionIsReadAlikeOnAnyDay) {
  const auto value = [](const char* key, const std::string& typed) {
    const auto corrected = corrected_value(wire::MessageType::incident, key, typed, kTypedAt);
    return corrected ? *corrected : "refused";
  };
  EXPECT_EQ(value("when", "-5m"), "2026-11-28T13:55:00.000Z");
  EXPECT_EQ(value("when", "1341Z"), "2026-11-28T13:41:00.000Z");
  EXPECT_EQ(value("where", "5454N02006E"), "54.90000N 020.10000E");
  const auto volume =
      corrected_value(wire::MessageType::activity, "volume",
                      "54.90N 020.10E 5km / 0m amsl to FL200 / +1h to 281600Z NOV 26", kTypedAt);
  EXPECT_EQ(*volume,
            "54.90000N 020.10000E 5000m / 0m amsl to FL200 / 2026-11-28T15:00:00.000Z to "
            "2026-11-28T16:00:00.000Z");
  EXPECT_EQ(value("where", "38SMB4488"), "33.33424N 044.40363E");
  EXPECT_EQ(value("area", "38SMB4488 5km"), "33.33424N 044.40363E 5km");
  EXPECT_EQ(value("where", "here"), "here");
  EXPECT_EQ(value("platform", "now"), "now");
  EXPECT_EQ(value("subject", "now"), "now");
  EXPECT_EQ(value("where", ""), "");
}

}  // namespace
}  // namespace hotline::client
