// Notices: typed, judged at its limits, and shown in each language.
#include <gtest/gtest.h>

#include "protocol/base/limits.h"
#include "protocol/message/describe.h"
#include "protocol/message/envelope.h"
#include "protocol/message/kinds/volumes.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/template.h"
#include "tests/durations.h"

namespace hotline {
namespace {

const UtcMs kRead_at = *parse_rfc3339("2026-11-22T14:00:00Z");

TemplateInput input(std::map<std::string, std::string> set) {
  TemplateInput result;
  result.set = std::move(set);
  result.precedence = wire::Precedence::routine;
  result.now = kRead_at;
  return result;
}

std::string at(int64_t hours, int64_t minutes = 0) {
  return format_rfc3339(kRead_at + hours * kHour_ms + minutes * 60'000);
}

// An empty string where the template is filled, or the reason why not.
std::string refusal(const char* name, const TemplateInput& with) {
  const auto filled = fill_template(name, with);
  return filled ? "" : filled.error().reason;
}

// As the receiver judges the same body, that another program made.
std::string problem_at_receiver(const FilledTemplate& filled, UtcMs released_at) {
  const auto body = open_body(filled.body);
  BodyContext context;
  context.type = filled.type;
  context.precedence = wire::Precedence::routine;
  context.mode = wire::Mode::live;
  context.language = "en";
  context.released_at = released_at;
  const auto problems = check_body(**body, context);
  return problems.empty() ? "" : to_string(problems.front());
}

std::string shown(const FilledTemplate& filled, const char* language) {
  const auto body = open_body(filled.body);
  std::string lines;
  for (const auto& [label, value] : describe_content(**body, language, kRead_at)) {
    lines += label + ": " + value + "\n";
  }
  return lines;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// ---------------------------------------------------------------------------------------------------------------------

TemplateInput launch(const std::string& start, const std::string& late_reason = "") {
  TemplateInput result = input({{"vehicle", "sounding-rocket"},
                                {"start", start},
                                {"end", at(30)},
                                {"launch-area", "69.30N 016.00E 5km"},
                                {"impact-areas", "72.00N 015.00E 50km|75.00N 014.00E 80km"},
                                {"azimuth", "350deg"}});
  if (!late_reason.empty()) result.set["late-reason"] = late_reason;
  return result;
}

TEST(Launch, IsRefusedLessThanADayAheadUnlessAReasonIsGiven) {
  EXPECT_EQ(refusal("launch", launch(at(24))), "");
  EXPECT_EQ(refusal("launch", launch(at(23, 59))),
            "start: is less than 24 hours ahead, and no reason is given");
  EXPECT_EQ(refusal("launch", launch(at(23, 59), "the weather turned")), "");
}

TEST(Launch, IsJudgedAgainByWhoReceivesIt) {
  const auto filled = fill_template("launch", launch(at(24)));
  ASSERT_TRUE(filled) << filled.error().reason;
  EXPECT_EQ(problem_at_receiver(*filled, kRead_at), "");
  EXPECT_EQ(problem_at_receiver(*filled, kRead_at + 59'999), "") << "typed a moment before";
  EXPECT_EQ(problem_at_receiver(*filled, kRead_at + 60'000),
            "start: is less than 24 hours ahead, and no reason is given");
}

TEST(Launch, GoesMarkedWhereItIsLate) {
  const auto late = fill_template("launch", launch(at(2), "the weather turned"));
  ASSERT_TRUE(late) << late.error().reason;
  EXPECT_TRUE(has(shown(*late, "en"),
                  "Caution: Announced less than 24 hours ahead\n"
                  "Reason for late notice: the weather turned\n"));
  EXPECT_TRUE(has(shown(*late, "ru"), "Внимание: Сообщено менее чем за 24 часа\n"));
  EXPECT_TRUE(has(shown(*late, "uk"), "Увага: Повідомлено менш ніж за 24 години\n"));
  EXPECT_TRUE(has(shown(*late, "id"), "Perhatian: Diberitahukan kurang dari 24 jam sebelumnya\n"));
  const auto early = fill_template("launch", launch(at(25)));
  EXPECT_FALSE(has(shown(*early, "en"), "Caution"));
}

TEST(Launch, RefusesAWindowAndAreasThatCannotBe) {
  TemplateInput closed = launch(at(30));
  EXPECT_EQ(refusal("launch", closed), "end: is not after the start");
  TemplateInput over = launch(at(-2), "the weather turned");
  over.set["end"] = at(0);
  EXPECT_EQ(refusal("launch", over), "end: is over before the message is released");
  const auto slow = fill_template("launch", launch(at(24), "the weather turned"));
  ASSERT_TRUE(slow) << slow.error().reason;
  EXPECT_EQ(problem_at_receiver(*slow, kRead_at + 30 * kHour_ms),
            "end: is over before the message is released");
  TemplateInput wide = launch(at(24));
  wide.set["impact-areas"] = "72.00N 015.00E 5000km";
  EXPECT_TRUE(has(refusal("launch", wide), "impact area: the radius")) << refusal("launch", wide);
  TemplateInput none = launch(at(24));
  std::string areas = "72.00N 015.00E 50km";
  for (size_t i = 1; i < limits::kImpactAreasMax; ++i) areas += "|72.00N 015.00E 50km";
  wide.set["impact-areas"] = areas;
  EXPECT_EQ(refusal("launch", wide), "");
  wide.set["impact-areas"] = areas + "|72.00N 015.00E 50km";
  EXPECT_EQ(refusal("launch", wide), "impact-areas: are more than 15");
  none.set.erase("impact-areas");
  EXPECT_TRUE(has(refusal("launch", none), "impact-areas"));
}

TEST(Launch, AnnouncesAllAboveItsAreas) {
  const auto filled = fill_template("launch", launch(at(24)));
  const auto body = open_body(filled->body);
  const std::vector<Volume> volumes = announced_volumes(**body);
  ASSERT_EQ(volumes.size(), 3u);
  EXPECT_EQ(std::get<Circle>(volumes[2].shape).radius_m, 80'000u);
  EXPECT_EQ(volumes[0].upper.value, limits::kAltitudeMax_m);
  EXPECT_EQ(volumes[0].start, kRead_at + 24 * kHour_ms);
}

// ---------------------------------------------------------------------------------------------------------------------

TemplateInput convoy(const std::string& start, bool emergency = false) {
  TemplateInput result = input({{"kind", "humanitarian-convoy"},
                                {"organisation", "Red Crescent"},
                                {"purpose", "medicine"},
                                {"route", "48.34N 038.05E; 48.60N 038.00E"},
                                {"start", start},
                                {"end", at(72)},
                                {"contact", "convoy leader"}});
  if (emergency) result.set["emergency"] = "yes";
  return result;
}

TEST(Protected, WarnsUnderTwoDaysAndNeedsTheMarkUnderOne) {
  const auto early = fill_template("protected", convoy(at(48)));
  ASSERT_TRUE(early) << early.error().reason;
  EXPECT_FALSE(has(shown(*early, "en"), "less than 48 hours"));
  const auto late = fill_template("protected", convoy(at(47)));
  ASSERT_TRUE(late) << late.error().reason;
  EXPECT_TRUE(has(shown(*late, "en"), "Caution: Announced less than 48 hours ahead\n"));
  EXPECT_EQ(refusal("protected", convoy(at(24))), "");
  EXPECT_EQ(refusal("protected", convoy(at(23, 59))),
            "start: is less than 24 hours ahead, and this is no emergency");
  const auto emergency = fill_template("protected", convoy(at(1), true));
  ASSERT_TRUE(emergency) << emergency.error().reason;
  EXPECT_TRUE(has(shown(*emergency, "en"), "Emergency: yes\n"));
}

TEST(Protected, AlwaysSaysThatNotificationChangesNoLegalStatus) {
  const auto filled = fill_template("protected", convoy(at(48)));
  ASSERT_TRUE(filled);
  EXPECT_TRUE(has(shown(*filled, "en"), "Caution: Notification does not change legal status\n"));
  EXPECT_TRUE(has(shown(*filled, "ru"), "Внимание: Уведомление не меняет правового статуса\n"));
  EXPECT_TRUE(has(shown(*filled, "uk"), "Увага: Повідомлення не змінює правового статусу\n"));
  EXPECT_TRUE(has(shown(*filled, "id"), "Perhatian: Pemberitahuan tidak mengubah status hukum\n"));
}

TEST(Protected, IsNotOverBeforeItGoes) {
  TemplateInput over = convoy(at(-5), true);
  over.set["end"] = at(0);
  EXPECT_EQ(refusal("protected", over), "end: is over before the message is released");
}

TEST(Protected, IsEitherASiteOrAMovement) {
  TemplateInput both = convoy(at(48));
  both.set["where"] = "48.34N 038.05E";
  EXPECT_EQ(refusal("protected", both), "where: needs either a position or a route");
  TemplateInput neither = convoy(at(48));
  neither.set.erase("route");
  EXPECT_TRUE(has(refusal("protected", neither), "needs where"));
  TemplateInput point = convoy(at(48));
  point.set["route"] = "48.34N 038.05E";
  EXPECT_TRUE(has(refusal("protected", point), "a route has two points at least"));
}

// ---------------------------------------------------------------------------------------------------------------------

TemplateInput activity(const std::string& volume) {
  return input({{"kind", "live-fire"}, {"volume", volume}, {"contact", "range control"}});
}

const std::string kHeightsAndTimes =
    " / 0m amsl to FL200 / 2026-11-29T10:00:00Z to 2026-11-29T12:00:00Z";

TEST(Activity, HasVolumesOfEachShape) {
  const auto filled = fill_template(
      "activity",
      activity("54.90N 020.10E 5km" + kHeightsAndTimes +
               "| 54.00N 020.00E; 54.00N 021.00E; 55.00N 021.00E; 54.00N 020.00E" +
               kHeightsAndTimes + "|along 54.90N 020.10E; 55.00N 020.30E 2nm" + kHeightsAndTimes));
  ASSERT_TRUE(filled) << filled.error().reason;
  const auto body = open_body(filled->body);
  const auto volumes = announced_volumes(**body);
  ASSERT_EQ(volumes.size(), 3u);
  EXPECT_EQ(std::get<Circle>(volumes[0].shape).radius_m, 5'000u);
  EXPECT_EQ(std::get<Polygon>(volumes[1].shape).border.size(), 4u);
  EXPECT_EQ(std::get<Corridor>(volumes[2].shape).half_width_m, 3'704u);
  EXPECT_TRUE(has(shown(*filled, "en"),
                  "Volume 3: route, half-width 3704 m: 54.90000N 020.10000E; 55.00000N 020.30000E\n"
                  "Heights 3: 0 m above mean sea level - FL200\n"));
  EXPECT_TRUE(has(shown(*filled, "ru"), "Деятельность: Боевая стрельба\n"));
  EXPECT_TRUE(has(shown(*filled, "uk"), "Висоти 1: 0 м над середнім рівнем моря - FL200\n"));
  EXPECT_TRUE(has(shown(*filled, "id"), "Kegiatan: Penembakan\n"));
}

TEST(Activity, RefusesVolumesThatCannotBeAndNamesTheField) {
  const std::string circle = "54.90N 020.10E 5km";
  const std::map<std::string, std::string> refused = {
      {circle + " / 100m amsl to 0m amsl / 2026-11-29T10:00:00Z to 2026-11-29T12:00:00Z", "upper"},
      {circle + " / 0m amsl to FL200 / 2026-11-29T12:00:00Z to 2026-11-29T10:00:00Z", "end"},
      {circle + " / 0m amsl to FL200", "is not a volume"},
      {circle, "is not a volume"},
      {"94.90N 020.10E 5km" + kHeightsAndTimes, "latitude"},
      {"54N 20E; 55N 21E; 54N 21E; 55N 20E; 54N 20E" + kHeightsAndTimes, "crosses"},
      {"54N 20E; 55N 21E; 54N 20E" + kHeightsAndTimes, "three corners"},
      {"54N 20E; 54N 21E; 54N 22E; 54N 20E" + kHeightsAndTimes, "turns back on itself"},
      {"along 54N 20E 5km" + kHeightsAndTimes, "two points"},
      {"along 54.90N 020.10E; 55.00N 020.30E" + kHeightsAndTimes, "the half-width"},
      {"54.90N 020.10E 600km" + kHeightsAndTimes, "radius"},
  };
  for (const auto& [volume, part] : refused) {
    EXPECT_TRUE(has(refusal("activity", activity(volume)), part))
        << volume << ": " << refusal("activity", activity(volume));
  }
  std::string many = circle + kHeightsAndTimes;
  for (size_t i = 0; i < limits::kVolumesMax; ++i) many += "|" + circle + kHeightsAndTimes;
  EXPECT_EQ(refusal("activity", activity(many)), "volume: is one of more than 16");
  std::string border;
  for (int i = 0; i < 10'000; ++i) border += "54.90N 020.10E; ";
  EXPECT_TRUE(has(refusal("activity", activity(border + "54.90N 020.10E" + kHeightsAndTimes)),
                  "more than 256 corners"));
}

TEST(Activity, RefusesAVolumeThatIsOver) {
  const std::string past = "54.90N 020.10E 5km / 0m amsl to FL200 / " + at(-3) + " to " + at(-1);
  EXPECT_EQ(refusal("activity", activity(past)),
            "volume: 1 is over before the message is released");
}

// A peer may send a shape that no program of ours builds.
TEST(Activity, RefusesAtTheReceiverWhatOursNeverSends) {
  flatbuffers::FlatBufferBuilder builder;
  const wire::Position centre(5490000, 2010000);
  const auto polygon = builder.CreateVectorOfStructs(std::vector<wire::Position>{centre});
  const auto two_shapes = wire::CreateVolume(builder, polygon, &centre, 5);
  const auto no_shape = wire::CreateVolume(builder);
  const auto volumes = builder.CreateVector(std::vector{two_shapes, no_shape});
  const auto contact = builder.CreateString("range");
  const auto content =
      wire::CreateActivity(builder, wire::ActivityKind::laser, volumes, contact).Union();
  const auto subject = builder.CreateString("Laser");
  const auto text =
      wire::CreateText(builder, builder.CreateString("en"), builder.CreateString("Laser"), true);
  const auto texts = builder.CreateVector(std::vector{text});
  builder.Finish(wire::CreateBody(builder, subject, texts, wire::Content::activity, content),
                 "HLBO");
  FilledTemplate filled;
  filled.type = wire::MessageType::activity;
  filled.body = {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
  EXPECT_EQ(problem_at_receiver(filled, kRead_at),
            "volume: 1 needs one shape: a polygon, a circle or a route");
  EXPECT_FALSE(shown(filled, "en").empty());
}

// ---------------------------------------------------------------------------------------------------------------------

TEST(Meeting, HasTimesThatFitItsStep) {
  TemplateInput meeting = input({{"purpose", "the incident"},
                                 {"times", at(20) + "," + at(44)},
                                 {"place", "voice line 2"},
                                 {"agenda", "tracks"}});
  EXPECT_EQ(refusal("meeting", meeting), "");
  meeting.set["step"] = "accepted";
  EXPECT_EQ(refusal("meeting", meeting), "times: are several, and the meeting is at one");
  meeting.set["times"] = at(20);
  EXPECT_EQ(refusal("meeting", meeting), "");
  meeting.set["step"] = "held";
  EXPECT_EQ(refusal("meeting", meeting), "minutes: are missing");
  meeting.set["minutes"] = std::string(64, 'a');
  EXPECT_EQ(refusal("meeting", meeting), "");
  meeting.set["step"] = "proposed";
  EXPECT_EQ(refusal("meeting", meeting), "minutes: are there, and the meeting was not held");
}

TEST(Decision, IsAPersons) {
  TemplateInput decision = input({{"incident", "N-000123"},
                                  {"rung", "T+24h"},
                                  {"decision", "consult the guarantors"},
                                  {"reason", "second breach"},
                                  {"decided-by", "supervisor"}});
  EXPECT_EQ(refusal("decision", decision), "");
  decision.set["decided-by"] = "machine";
  EXPECT_EQ(refusal("decision", decision), "decided-by: is no person");
  decision.set["decided-by"] = "supervisor";
  decision.set["incident"] = "N-3";
  EXPECT_EQ(refusal("decision", decision), "") << "a short name is one as well";
  decision.set["incident"] = "the crossing";
  EXPECT_TRUE(has(refusal("decision", decision), "is not a message's name"));
}

TEST(Service, NamesTheMessageThatItIsAbout) {
  EXPECT_EQ(refusal("service", input({{"action", "trace"}, {"message", "N-000123"}})), "");
  EXPECT_EQ(refusal("service", input({{"action", "trace"}})),
            "service needs message: which one is meant");
  EXPECT_EQ(refusal("service", input({{"action", "incident-opened"}})),
            "incident: is not named, and this is about one");
  EXPECT_EQ(refusal("service", input({{"action", "handover"}, {"message", "N-000123"}})),
            "message: is named, and this is not about a message");
}

TEST(Status, SaysThatASuspendedChannelStillTakesDangerToLife) {
  const auto filled =
      fill_template("status", input({{"state", "suspended"}, {"reason", "by order"}}));
  ASSERT_TRUE(filled) << filled.error().reason;
  EXPECT_TRUE(has(shown(*filled, "en"), "Caution: FLASH about danger to life is still taken\n"));
}

TEST(Dissemination, SaysWhoWasToldAndWhen) {
  FilledTemplate filled;
  filled.type = wire::MessageType::dissemination;
  filled.body = build_body(
      {"Told",
       {},
       DisseminationFields{wire::Audience::missile_warning, kRead_at, "both radar crews"}});
  EXPECT_EQ(problem_at_receiver(filled, kRead_at), "");
  EXPECT_TRUE(has(shown(filled, "en"), "Told: missile warning\n"));
  EXPECT_TRUE(has(shown(filled, "uk"), "Доведено до: попередження про ракетний напад\n"));
  filled.body = build_body({"Told", {}, DisseminationFields{}});
  EXPECT_EQ(problem_at_receiver(filled, kRead_at), "audience: is missing");
}

TEST(Inquiry, AsksWhatIsTyped) {
  const auto filled = fill_template("inquiry", input({{"question", "Was it yours? | Where?"}}));
  ASSERT_TRUE(filled) << filled.error().reason;
  EXPECT_EQ(std::get<QuestionsFields>(filled->fields.content).questions,
            (std::vector<std::string>{"Was it yours?", "Where?"}));
  EXPECT_EQ((*find_template("inquiry"))->precedence, wire::Precedence::flash);
  EXPECT_EQ((*find_template("nuclear-event"))->precedence, wire::Precedence::flash);
}

}  // namespace
}  // namespace hotline
