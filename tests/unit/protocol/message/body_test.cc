#include "protocol/message/body.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

// Keeps the bytes alive beside what was opened from them.
struct Kept {
  Bytes bytes;
  Result<Opened<wire::Body>> body;
  explicit Kept(const BodyFields& fields) : bytes(build_body(fields)), body(open_body(bytes)) {}
  const wire::Body& operator*() const { return **body; }
};

TEST(Body, CarriesSubjectAndTexts) {
  Kept kept(BodyFields{"Unintended airspace crossing",
                       {{"en", "One aircraft.", true, ""}, {"ru", "Один самолёт.", false, "north"}},
                       TextContentFields{}});
  ASSERT_TRUE(kept.body);
  EXPECT_EQ((*kept).subject()->str(), "Unintended airspace crossing");
  ASSERT_EQ((*kept).texts()->size(), 2u);
  EXPECT_TRUE((*kept).texts()->Get(0)->original());
  EXPECT_EQ((*kept).texts()->Get(0)->translated_by(), nullptr);
  EXPECT_EQ((*kept).texts()->Get(1)->text()->str(), "Один самолёт.");
  EXPECT_EQ((*kept).texts()->Get(1)->translated_by()->str(), "north");
  EXPECT_EQ((*kept).content_type(), wire::Content::text);
}

TEST(Body, CarriesAnIncident) {
  IncidentFields fields;
  fields.kind = wire::IncidentKind::airspace_crossing;
  fields.observed_at = 1'795'356'000'000;
  fields.position = Position{5'490'000, -2'010'000};
  fields.area = AreaFields{{{0, 0}, {0, 10}, {10, 10}, {0, 0}}, Position{5, 5}, 900};
  fields.accuracy_m = 500;
  fields.who = wire::Side::own;
  fields.observed = wire::Observed::aircraft;
  fields.certainty = wire::Certainty::observed;
  fields.intent = wire::Intent::accidental;
  fields.actions = {wire::Action::hold_fire, wire::Action::inform_units};
  fields.casualties = CasualtiesFields{0, std::nullopt, 3};
  fields.platform = "fighter";
  fields.mmsi = 211'000'000;
  fields.icao_address = 0xabcdef;
  fields.course_deg10 = 0;
  fields.speed_cm_s = 15'433;
  fields.altitude = AltitudeFields{-5, wire::AltitudeDatum::ground};
  fields.evidence = "radar track";
  fields.weather = "fog";
  Kept kept(BodyFields{"subject", {}, fields});
  ASSERT_TRUE(kept.body);
  const wire::Incident* incident = (*kept).content_as_incident();
  ASSERT_NE(incident, nullptr);
  EXPECT_EQ(incident->kind(), fields.kind);
  EXPECT_EQ(incident->observed_at(), fields.observed_at);
  EXPECT_EQ(to_position(*incident->position()), *fields.position);
  ASSERT_EQ(incident->area()->polygon()->size(), 4u);
  EXPECT_EQ(to_position(*incident->area()->polygon()->Get(2)), (Position{10, 10}));
  EXPECT_EQ(to_position(*incident->area()->centre()), (Position{5, 5}));
  EXPECT_EQ(incident->area()->radius_m(), 900u);
  EXPECT_EQ(incident->accuracy_m(), 500u);
  EXPECT_EQ(incident->who(), fields.who);
  EXPECT_EQ(incident->observed(), fields.observed);
  EXPECT_EQ(incident->certainty(), fields.certainty);
  EXPECT_EQ(incident->intent(), fields.intent);
  ASSERT_EQ(incident->actions()->size(), 2u);
  EXPECT_EQ(incident->actions()->GetEnum<wire::Action>(1), wire::Action::inform_units);
  EXPECT_EQ(incident->casualties()->own(), 0u) << "none is not the same as unknown";
  EXPECT_FALSE(incident->casualties()->other().has_value());
  EXPECT_EQ(incident->casualties()->civilian(), 3u);
  EXPECT_EQ(incident->platform()->str(), "fighter");
  EXPECT_EQ(incident->mmsi(), 211'000'000u);
  EXPECT_EQ(incident->icao_address(), 0xabcdefu);
  EXPECT_EQ(incident->course_deg10(), uint16_t{0});
  EXPECT_EQ(incident->speed_cm_s(), 15'433u);
  EXPECT_EQ(incident->altitude()->value(), -5);
  EXPECT_EQ(incident->altitude()->datum(), wire::AltitudeDatum::ground);
  EXPECT_EQ(incident->evidence()->str(), "radar track");
  EXPECT_EQ(incident->weather()->str(), "fog");
}

TEST(Body, CarriesAViolation) {
  ViolationFields fields;
  fields.observer_position = Position{4'800'000, 3'780'000};
  fields.event_position = Position{4'801'000, 3'781'000};
  fields.accuracy_m = 50;
  fields.bearing = BearingFields{1350, 2000, 3000};
  fields.event_at = 1'795'356'000'000;
  fields.means = wire::Means::heard;
  fields.count = 12;
  fields.exactness = wire::Exactness::at_least;
  fields.event = wire::ViolationEvent::explosion;
  fields.attribution = wire::Side::unknown;
  fields.weapon = "undetermined";
  fields.direction_deg10 = 900;
  fields.in_training_area = wire::Ternary::no;
  fields.damage = "none seen";
  fields.verification = wire::Verification::corroborated;
  Kept kept(BodyFields{"subject", {}, fields});
  ASSERT_TRUE(kept.body);
  const wire::Violation* violation = (*kept).content_as_violation();
  ASSERT_NE(violation, nullptr);
  EXPECT_EQ(to_position(*violation->observer_position()), *fields.observer_position);
  EXPECT_EQ(to_position(*violation->event_position()), *fields.event_position);
  EXPECT_EQ(violation->accuracy_m(), 50u);
  EXPECT_EQ(violation->bearing()->direction_deg10(), 1350);
  EXPECT_EQ(violation->bearing()->nearest_m(), 2000u);
  EXPECT_EQ(violation->bearing()->farthest_m(), 3000u);
  EXPECT_EQ(violation->event_at(), fields.event_at);
  EXPECT_EQ(violation->means(), fields.means);
  EXPECT_EQ(violation->count(), 12u);
  EXPECT_EQ(violation->exactness(), fields.exactness);
  EXPECT_EQ(violation->event(), fields.event);
  EXPECT_EQ(violation->attribution(), fields.attribution);
  EXPECT_EQ(violation->weapon()->str(), "undetermined");
  EXPECT_EQ(violation->direction_deg10(), uint16_t{900});
  EXPECT_EQ(violation->in_training_area(), fields.in_training_area);
  EXPECT_EQ(violation->damage()->str(), "none seen");
  EXPECT_EQ(violation->verification(), fields.verification);
}

TEST(Body, CarriesQuestionsAndAnswers) {
  Kept questions(BodyFields{"subject", {}, QuestionsFields{{"Whose aircraft?", "Is it armed?"}}});
  ASSERT_TRUE(questions.body);
  EXPECT_EQ((*questions).content_as_request()->questions()->Get(1)->str(), "Is it armed?");

  AnswersFields fields;
  fields.items = {{1, wire::AnswerOutcome::answered, "Ours.", std::nullopt},
                  {2, wire::AnswerOutcome::later, "", 1'795'356'000'000}};
  Kept answers(BodyFields{"subject", {}, fields});
  ASSERT_TRUE(answers.body);
  const auto* items = (*answers).content_as_answer()->items();
  ASSERT_EQ(items->size(), 2u);
  EXPECT_EQ(items->Get(0)->outcome(), wire::AnswerOutcome::answered);
  EXPECT_EQ(items->Get(0)->text()->str(), "Ours.");
  EXPECT_FALSE(items->Get(0)->later_at().has_value());
  EXPECT_EQ(items->Get(1)->question(), 2);
  EXPECT_EQ(items->Get(1)->later_at(), 1'795'356'000'000);
}

TEST(Body, CarriesWhatIsSaidAboutAMessage) {
  Kept correction(
      BodyFields{"subject", {}, CorrectionFields{{{"position", "1", "2"}}, "transposed digits"}});
  ASSERT_TRUE(correction.body);
  EXPECT_EQ((*correction).content_as_correction()->changes()->Get(0)->new_value()->str(), "2");
  EXPECT_EQ((*correction).content_as_correction()->reason()->str(), "transposed digits");

  Kept cancellation(BodyFields{"subject", {}, CancellationFields{"sent twice"}});
  ASSERT_TRUE(cancellation.body);
  EXPECT_EQ((*cancellation).content_as_cancellation()->reason()->str(), "sent twice");

  Kept acknowledgement(BodyFields{
      "subject", {}, AcknowledgementFields{wire::Role::operator_, 5, Position{1, 2}, 4}});
  ASSERT_TRUE(acknowledgement.body);
  const auto* read = (*acknowledgement).content_as_acknowledgement();
  EXPECT_EQ(read->role(), wire::Role::operator_);
  EXPECT_EQ(read->at(), 5);
  EXPECT_EQ(to_position(*read->position()), (Position{1, 2}));
  EXPECT_EQ(read->event_at(), 4);

  Kept decline(BodyFields{"subject", {}, DeclineFields{wire::DeclineCode::wrong_mode, "test"}});
  ASSERT_TRUE(decline.body);
  EXPECT_EQ((*decline).content_as_decline()->code(), wire::DeclineCode::wrong_mode);
  EXPECT_EQ((*decline).content_as_decline()->reason()->str(), "test");
}

TEST(Body, CarriesATestCall) {
  Hash root;
  root.fill(3);
  Kept kept(BodyFields{"subject", {}, TestFields{2, 123, root, 77}});
  ASSERT_TRUE(kept.body);
  const wire::Test* test = (*kept).content_as_test();
  EXPECT_EQ(test->phrase(), 2);
  EXPECT_EQ(test->transcript_size(), 123u);
  EXPECT_EQ(test->transcript_root()->bytes()->Get(31), 3);
  EXPECT_EQ(test->clock(), 77);
}

TEST(Body, HasTheTypeOfItsContent) {
  EXPECT_EQ(type_of(TextContentFields{}), wire::MessageType::text);
  EXPECT_EQ(type_of(IncidentFields{}), wire::MessageType::incident);
  EXPECT_EQ(type_of(ViolationFields{}), wire::MessageType::violation);
  EXPECT_EQ(type_of(QuestionsFields{}), wire::MessageType::request);
  EXPECT_EQ(type_of(AnswersFields{}), wire::MessageType::answer);
  EXPECT_EQ(type_of(CorrectionFields{}), wire::MessageType::correction);
  EXPECT_EQ(type_of(CancellationFields{}), wire::MessageType::cancellation);
  EXPECT_EQ(type_of(AcknowledgementFields{}), wire::MessageType::acknowledgement);
  EXPECT_EQ(type_of(DeclineFields{}), wire::MessageType::decline);
  EXPECT_EQ(type_of(TestFields{}), wire::MessageType::test);
}

TEST(Body, IsRefusedAboveItsSizeLimit) {
  Kept kept(BodyFields{std::string(limits::kBodySizeMax, 'x'), {}, TextContentFields{}});
  ASSERT_FALSE(kept.body);
  EXPECT_EQ(kept.body.error().code, ErrorCode::malformed);
}

TEST(Body, IsRefusedWhenATextIsNotUtf8) {
  Kept kept(BodyFields{"sub\xffject", {}, TextContentFields{}});
  ASSERT_FALSE(kept.body);
  EXPECT_EQ(kept.body.error().code, ErrorCode::malformed);
}

}  // namespace
}  // namespace hotline
