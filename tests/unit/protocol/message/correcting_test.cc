// Corrections held against what they correct, and what a message says after them.
#include "protocol/message/correcting.h"

#include <gtest/gtest.h>

#include "protocol/message/kinds/content.h"
#include "protocol/message/template.h"
#include "tests/durations.h"

namespace hotline {
namespace {

const UtcMs kNow = *parse_rfc3339("2026-11-22T14:00:00Z");

CorrectedMessage message_of(const std::string& name, std::map<std::string, std::string> set,
                            std::map<std::string, std::string> texts = {}) {
  TemplateInput input;
  input.set = std::move(set);
  input.texts = std::move(texts);
  input.translated_by = "north";
  input.precedence = wire::Precedence::routine;
  input.now = kNow;
  input.typed_at = kNow;
  const auto filled = fill_template(name, input);
  EXPECT_TRUE(filled) << filled.error().reason;
  return {filled->type, wire::Precedence::routine, wire::Mode::live, "en", kNow, false,
          filled->body};
}

CorrectedMessage crossing() {
  return message_of("airspace-crossing", {{"where", "54.90N 020.10E"}, {"speed", "300kt"}});
}

struct Made {
  explicit Made(std::vector<FieldChangeFields> changes)
      : bytes(build_body({"Correction", {}, CorrectionFields{std::move(changes), "misread"}})),
        body(*open_body(bytes)) {}
  const wire::Correction& correction() const { return *body->content_as_correction(); }

  Bytes bytes;
  Opened<wire::Body> body;
};

// An empty string where the correction can be made.
std::string refusal(const CorrectedMessage& message, std::vector<FieldChangeFields> changes,
                    UtcMs at = kNow + kHour_ms) {
  const Made made(std::move(changes));
  const auto problems = check_correction(message, made.correction(), at);
  return problems.empty() ? "" : to_string(problems.front());
}

std::string field_of(const CorrectedMessage& message, const char* key) {
  const auto body = open_body(message.body);
  return kind_of(message.type).content().typed_form(**body, key).value_or("absent");
}

TEST(Correcting, PutsANewValueInThePlaceOfTheOld) {
  const Made made({{"where", "54.90N 020.10E", "54.95N 020.10E"}, {"speed", "300kt", ""}});
  const auto after = correct(crossing(), made.correction(), kNow + kHour_ms);
  ASSERT_TRUE(after) << after.error().reason;
  EXPECT_EQ(field_of(*after, "where"), "54.95000N 020.10000E");
  EXPECT_EQ(field_of(*after, "speed"), "absent");
  EXPECT_EQ(field_of(*after, "who"), "own");
}

// B8, F4 of the rows of faults: a correction of a field that is not there was accepted.
TEST(Correcting, RefusesWhatTheMessageDoesNotSay) {
  EXPECT_EQ(refusal(crossing(), {{"colour", "red", "blue"}}).substr(0, 40),
            "change: there is no field \"colour\"");
  EXPECT_EQ(refusal(crossing(), {{"where", "54.80N 020.10E", "54.95N 020.10E"}}),
            "where: is not \"54.80N 020.10E\" but \"54.90000N 020.10000E\"");
  EXPECT_EQ(refusal(crossing(), {{"weather", "fog", "clear"}}), "weather: is not \"fog\" but \"\"");
  EXPECT_EQ(refusal(crossing(), {{"weather", "", "clear"}}), "");
}

TEST(Correcting, RefusesNewValuesThatTheRulesDoNotAccept) {
  EXPECT_NE(refusal(crossing(), {{"where", "54.90N 020.10E", "94.90N 020.10E"}}), "");
  EXPECT_NE(refusal(crossing(), {{"who", "own", "mine"}}), "");
  EXPECT_NE(refusal(crossing(), {{"kind", "airspace-crossing", ""}}), "");
  EXPECT_NE(refusal(crossing(), {{"when", "2026-11-22T14:00:00Z", "2027-11-22T14:00:00Z"}}), "");
  EXPECT_NE(refusal(crossing(), {{"subject", "Airspace crossing, 54.90000N 020.10000E", ""}}), "");
}

TEST(Correcting, AMadeTextFollowsItsSubject) {
  const Made made({{"where", "54.90N 020.10E", "54.95N 020.10E"}});
  const auto text_after = [&](const CorrectedMessage& message) {
    const auto after = correct(message, made.correction(), kNow + kHour_ms);
    EXPECT_TRUE(after) << after.error().reason;
    const auto body = open_body(after->body);
    return (*body)->texts()->Get(0)->text()->str();
  };
  EXPECT_EQ(text_after(crossing()), "Airspace crossing, 54.95N 020.10E");
  EXPECT_EQ(text_after(message_of("airspace-crossing", {{"where", "54.90N 020.10E"}},
                                  {{"en", "It is at 54.90N 020.10E."}})),
            "It is at 54.90N 020.10E.");
}

TEST(Correcting, ChangesTheTextAndDropsItsTranslations) {
  const auto text = message_of("text", {}, {{"en", "Five buoys."}, {"ru", "Пять буёв."}});
  const Made made({{"text", "Five buoys.", "Six buoys."}});
  const auto after = correct(text, made.correction(), kNow + kHour_ms);
  ASSERT_TRUE(after) << after.error().reason;
  const auto body = open_body(after->body);
  ASSERT_EQ((*body)->texts()->size(), 1u);
  EXPECT_EQ((*body)->texts()->Get(0)->text()->str(), "Six buoys.");
  EXPECT_NE(refusal(text, {{"text", "Four buoys.", "Six buoys."}}), "");
}

// A launch that was announced in time may still be corrected on its day, but not moved there.
TEST(Correcting, JudgesWhatChangesAsOfTheCorrection) {
  const auto launch = message_of("launch", {{"vehicle", "sounding-rocket"},
                                            {"start", "2026-11-24T06:00:00Z"},
                                            {"end", "2026-11-24T10:00:00Z"},
                                            {"launch-area", "69.30N 016.00E 5km"},
                                            {"impact-areas", "72.00N 015.00E 50km"}});
  const UtcMs on_its_day = *parse_rfc3339("2026-11-24T05:00:00Z");
  EXPECT_EQ(refusal(launch, {{"notice", "", "NOTAM A1/26"}}, on_its_day), "");
  const FieldChangeFields slip = {"start", "2026-11-24T06:00:00Z", "2026-11-24T08:00:00Z"};
  EXPECT_EQ(refusal(launch, {slip}, on_its_day),
            "start: is less than 24 hours ahead, and no reason is given");
  EXPECT_EQ(refusal(launch, {slip, {"late-reason", "", "winds"}}, on_its_day), "");
}

// Whatever a template's fields hold is written as it would be typed, and read as the same.
TEST(Correcting, WritesEveryFieldAsItIsRead) {
  for (const TemplateInfo& info : templates()) {
    if (info.type == wire::MessageType::test || info.type == wire::MessageType::text) continue;
    std::map<std::string, std::string> set;
    for (const TemplateField& field : info.fields) set[field.key] = field.example;
    set.erase("when");
    set.erase("route");
    set.erase("minutes");
    if (info.type == wire::MessageType::protected_) set["where"] = "48.34N 038.05E";
    const CorrectedMessage message = message_of(info.name, set);
    const auto body = open_body(message.body);
    for (const auto& [key, value] : set) {
      const std::string written = field_of(message, key.c_str());
      ASSERT_NE(written, "absent") << info.name << " " << key;
      auto again = set;
      again[key] = written;
      EXPECT_EQ(message_of(info.name, again).body, message.body) << info.name << " " << key;
    }
  }
}

// Whatever its envelope says: what another program sent must not leave a list while it goes on.
TEST(Correcting, ANoticeIsOfUseUntilWhatItAnnouncesIsOver) {
  const std::string day = "2026-11-24T";
  CorrectedMessage notice =
      message_of("activity", {{"kind", "flight"},
                              {"contact", "tower"},
                              {"volume", "54.90N 020.10E 5km / 0m amsl to FL200 / " + day +
                                             "10:00:00Z to " + day + "12:00:00Z"}});
  const UtcMs end = *parse_rfc3339(day + "12:00:00Z");
  EXPECT_EQ(useful_until(notice), end);
  notice.expires_at = end - 3 * kHour_ms;
  EXPECT_EQ(useful_until(notice), end);
  CorrectedMessage report = crossing();
  EXPECT_EQ(useful_until(report), std::nullopt);
  report.expires_at = end;
  EXPECT_EQ(useful_until(report), end);
}

}  // namespace
}  // namespace hotline
