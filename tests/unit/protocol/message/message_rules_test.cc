#include "protocol/message/message_rules.h"

#include <gtest/gtest.h>

#include <functional>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/envelope.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/neutral_phrases.h"

namespace hotline {
namespace {

constexpr UtcMs kReleased = 1'795'356'060'000;

struct Message {
  EnvelopeFields envelope;
  BodyFields body;
  RulesContext context;
};

IncidentFields incident() {
  IncidentFields fields;
  fields.kind = wire::IncidentKind::airspace_crossing;
  fields.observed_at = kReleased - 60'000;
  fields.position = Position{5'490'000, 2'010'000};
  fields.accuracy_m = 500;
  fields.who = wire::Side::own;
  fields.observed = wire::Observed::aircraft;
  fields.certainty = wire::Certainty::observed;
  fields.intent = wire::Intent::accidental;
  fields.actions = {wire::Action::hold_fire};
  return fields;
}

ViolationFields violation() {
  ViolationFields fields;
  fields.observer_position = Position{4'800'000, 3'780'000};
  fields.bearing = BearingFields{1350, 2000, 3000};
  fields.event_at = kReleased - 60'000;
  fields.means = wire::Means::heard;
  fields.count = 3;
  fields.exactness = wire::Exactness::exact;
  fields.event = wire::ViolationEvent::explosion;
  fields.attribution = wire::Side::unknown;
  return fields;
}

// A message of north to south that breaks no rule.
Message message(ContentFields content) {
  Message result;
  result.context = {"north", "N", "south", "S", false};
  EnvelopeFields& envelope = result.envelope;
  envelope.id = "N-000123";
  envelope.type = type_of(content);
  envelope.precedence = wire::Precedence::flash;
  envelope.mode = envelope.type == wire::MessageType::test ? wire::Mode::test : wire::Mode::live;
  envelope.from = "north";
  envelope.to = "south";
  envelope.drafted_at = kReleased - 30'000;
  envelope.released_at = kReleased;
  envelope.drafter_role = wire::Role::operator_;
  envelope.releaser_role = wire::Role::releaser;
  envelope.person_hash = Hash{};
  envelope.language = "en";
  envelope.parts = {{wire::PartKind::body, 100, Hash{}}};
  const bool own = kind_of(envelope.type).speaks_of == SpeaksOf::own;
  if (kind_of(envelope.type).speaks_of_another()) {
    envelope.references = {{own ? "N-000100" : "S-000087", Hash{}}};
  }
  if (envelope.type == wire::MessageType::correction) envelope.correction_of = "N-000100";
  result.body.subject = "A subject";
  std::string text = envelope.type == wire::MessageType::test
                         ? std::string(*neutral_phrase(1, "en"))
                         : "One aircraft.";
  result.body.texts = {{"en", text, true, ""}};
  result.body.content = std::move(content);
  return result;
}

const std::vector<ContentFields>& contents() {
  static const std::vector<ContentFields> all = {
      TextContentFields{},
      incident(),
      violation(),
      QuestionsFields{{"Whose aircraft is it?"}},
      AnswersFields{{{1, wire::AnswerOutcome::answered, "Ours.", std::nullopt}}},
      CorrectionFields{{{"where", "1", "2"}}, "transposed digits"},
      CancellationFields{"sent twice"},
      AcknowledgementFields{wire::Role::operator_, kReleased, std::nullopt, std::nullopt},
      DeclineFields{wire::DeclineCode::wrong_mode, "exercise on a live channel"},
      TestFields{1, 7, Hash{}, kReleased}};
  return all;
}

std::vector<Problem> judge(const Message& message) {
  Bytes envelope_bytes = build_envelope(message.envelope);
  Bytes body_bytes = build_body(message.body);
  auto envelope = open_envelope(envelope_bytes);
  auto body = open_body(body_bytes);
  if (!envelope || !body) {
    ADD_FAILURE() << "the test's message does not open";
    return {};
  }
  return check_message(**envelope, **body, message.context);
}

std::string words_of(const std::vector<Problem>& problems) {
  std::string result;
  for (const Problem& problem : problems) result += to_string(problem) + "\n";
  return result;
}

// Changes one thing of a message that breaks no rule, and expects one problem, with this field and
// code.
void expect_problem(ContentFields content, const std::function<void(Message&)>& change,
                    const std::string& field, DeclineCode code = DeclineCode::rule_broken) {
  Message changed = message(std::move(content));
  change(changed);
  auto problems = judge(changed);
  ASSERT_FALSE(problems.empty()) << "nothing found; expected " << field;
  EXPECT_EQ(problems.size(), 1u) << words_of(problems);
  EXPECT_EQ(problems.front().field, field) << words_of(problems);
  EXPECT_EQ(problems.front().code, code) << words_of(problems);
  EXPECT_FALSE(problems.front().reason.empty());
}

void expect_bad_incident(const std::function<void(IncidentFields&)>& change,
                         const std::string& field) {
  IncidentFields fields = incident();
  change(fields);
  expect_problem(
      fields, [](Message&) {}, field);
}

void expect_bad_violation(const std::function<void(ViolationFields&)>& change,
                          const std::string& field) {
  ViolationFields fields = violation();
  change(fields);
  expect_problem(
      fields, [](Message&) {}, field);
}

void expect_bad_text(const std::function<void(Message&)>& change, const std::string& field,
                     DeclineCode code = DeclineCode::rule_broken) {
  expect_problem(TextContentFields{}, change, field, code);
}

TEST(MessageRules, FindNothingInGoodMessages) {
  for (const ContentFields& content : contents()) {
    auto problems = judge(message(content));
    EXPECT_TRUE(problems.empty()) << words_of(problems);
  }
}

TEST(MessageRules, AllowWhatIsOptional) {
  IncidentFields full = incident();
  full.casualties = CasualtiesFields{0, std::nullopt, 2};
  full.platform = "fighter";
  full.mmsi = 211'000'000;
  full.icao_address = 0xabcdef;
  full.course_deg10 = 3599;
  full.speed_cm_s = 15'433;
  full.altitude = AltitudeFields{330, wire::AltitudeDatum::flight_level};
  full.evidence = "radar track";
  full.weather = "fog";
  full.area = AreaFields{{{0, 0}, {0, 10}, {10, 10}, {0, 0}}, std::nullopt, 0};
  EXPECT_EQ(words_of(judge(message(full))), "");
  full.position.reset();
  full.area = AreaFields{{}, Position{1, 2}, 500};
  EXPECT_EQ(words_of(judge(message(full))), "");

  Message with_all = message(TextContentFields{});
  with_all.body.texts.push_back({"ru", "Один самолёт.", false, "north"});
  with_all.envelope.incident = "S-000001";
  with_all.envelope.reply_by = kReleased + 1;
  with_all.envelope.expires_at = kReleased + 1;
  with_all.envelope.handling = HandlingFields{"duty officers", kReleased + 1};
  with_all.envelope.parts.push_back({wire::PartKind::attachment, 1, Hash{}});
  EXPECT_EQ(words_of(judge(with_all)), "");

  Message machine = message(DeclineFields{DeclineCode::malformed, "bad bytes"});
  machine.envelope.releaser_role = wire::Role::machine;
  machine.envelope.drafter_role = wire::Role::machine;
  machine.envelope.person_hash.reset();
  machine.body.texts.clear();
  EXPECT_EQ(words_of(judge(machine)), "");
}

TEST(MessageRules, AcceptAWarningFromAWrongClock) {
  // A peer whose clock is a day off still warns; that its clock is wrong is the session's alarm.
  Message changed = message(incident());
  changed.envelope.released_at = kReleased + 86'400'000;
  EXPECT_EQ(words_of(judge(changed)), "");
}

TEST(MessageRules, EnvelopeNamesTheChannelsParties) {
  expect_bad_text([](Message& m) { m.envelope.from = "west"; }, "from", DeclineCode::wrong_party);
  expect_bad_text([](Message& m) { m.envelope.to = "north"; }, "to", DeclineCode::wrong_party);
}

TEST(MessageRules, EnvelopeHasASerialOfTheSender) {
  for (const char* id : {"", "N-123", "S-000123", "XN-000123", "N-000000", "x"}) {
    expect_bad_text([id](Message& m) { m.envelope.id = id; }, "id");
  }
}

TEST(MessageRules, EnumsAreNeverMappedToADefault) {
  expect_bad_text([](Message& m) { m.envelope.precedence = wire::Precedence::unset; },
                  "precedence");
  expect_bad_text([](Message& m) { m.envelope.precedence = static_cast<wire::Precedence>(5); },
                  "precedence");
  expect_bad_text([](Message& m) { m.envelope.drafter_role = wire::Role::unset; }, "role");
  expect_bad_text([](Message& m) { m.envelope.drafter_role = static_cast<wire::Role>(8); }, "role");
  expect_bad_text([](Message& m) { m.envelope.releaser_role = wire::Role::unset; }, "role");
  expect_bad_incident([](auto& f) { f.kind = wire::IncidentKind::unset; }, "kind");
  expect_bad_incident([](auto& f) { f.kind = static_cast<wire::IncidentKind>(200); }, "kind");
  expect_bad_incident([](auto& f) { f.who = wire::Side::unset; }, "who");
  expect_bad_incident([](auto& f) { f.who = static_cast<wire::Side>(5); }, "who");
  expect_bad_incident([](auto& f) { f.observed = wire::Observed::unset; }, "what");
  expect_bad_incident([](auto& f) { f.certainty = wire::Certainty::unset; }, "certainty");
  expect_bad_incident([](auto& f) { f.intent = wire::Intent::unset; }, "intent");
  expect_bad_incident([](auto& f) { f.actions = {static_cast<wire::Action>(99)}; }, "action");
  expect_bad_violation([](auto& f) { f.means = wire::Means::unset; }, "means");
  expect_bad_violation([](auto& f) { f.exactness = wire::Exactness::unset; }, "exactness");
  expect_bad_violation([](auto& f) { f.event = wire::ViolationEvent::unset; }, "event");
  expect_bad_violation([](auto& f) { f.attribution = wire::Side::unset; }, "attribution");
  expect_bad_violation([](auto& f) { f.in_training_area = static_cast<wire::Ternary>(4); },
                       "training-area");
  expect_bad_violation([](auto& f) { f.verification = static_cast<wire::Verification>(9); },
                       "verification");
  expect_problem(
      DeclineFields{static_cast<DeclineCode>(999), "why"}, [](Message&) {}, "code");
  expect_problem(
      DeclineFields{DeclineCode::unset, "why"}, [](Message&) {}, "code");
}

TEST(MessageRules, ModesDoNotMix) {
  for (wire::Mode mode :
       {wire::Mode::unset, wire::Mode::exercise, wire::Mode::test, static_cast<wire::Mode>(4)}) {
    Message changed = message(incident());
    changed.envelope.mode = mode;
    changed.body.texts[0].text = mark_exercise("One aircraft.");
    auto problems = judge(changed);
    ASSERT_FALSE(problems.empty());
    EXPECT_EQ(problems.front().field, "mode");
    EXPECT_EQ(problems.front().code, DeclineCode::wrong_mode);
  }
  expect_problem(
      TestFields{1, 7, Hash{}, kReleased}, [](Message& m) { m.envelope.mode = wire::Mode::live; },
      "mode", DeclineCode::wrong_mode);
  expect_bad_text([](Message& m) { m.envelope.exercise_id = "calm-sea"; }, "exercise",
                  DeclineCode::wrong_mode);
}

TEST(MessageRules, ALiveMessageDoesNotPassForOneOfAnExercise) {
  const std::string mark(kExerciseMark);
  for (const std::string& words : {mark + " We fire.", "We fire. " + mark}) {
    expect_bad_text([&](Message& m) { m.body.texts[0].text = words; }, "text",
                    DeclineCode::wrong_mode);
    expect_bad_text([&](Message& m) { m.body.subject = words; }, "subject",
                    DeclineCode::wrong_mode);
  }
  expect_bad_text([](Message& m) { m.body.texts[0].text = mark_exercise("We fire."); }, "text",
                  DeclineCode::wrong_mode);
}

Message exercise(ContentFields content) {
  Message result = message(std::move(content));
  result.context = {"north", "XN", "south", "XS", true};
  result.envelope.id = "XN-000001";
  if (result.envelope.mode == wire::Mode::live) result.envelope.mode = wire::Mode::exercise;
  for (ReferenceFields& reference : result.envelope.references) reference.id.insert(0, "X");
  if (!result.envelope.correction_of.empty()) result.envelope.correction_of.insert(0, "X");
  for (TextFields& text : result.body.texts) text.text = mark_exercise(text.text);
  return result;
}

TEST(MessageRules, ExerciseTextsOpenAndCloseWithTheMark) {
  for (const ContentFields& content : contents()) {
    EXPECT_EQ(words_of(judge(exercise(content))), "");
  }
  for (const char* text : {"One aircraft.", "EXERCISE EXERCISE EXERCISE\nOne aircraft.",
                           "One aircraft.\nEXERCISE EXERCISE EXERCISE"}) {
    Message changed = exercise(incident());
    changed.body.texts[0].text = text;
    auto problems = judge(changed);
    ASSERT_EQ(problems.size(), 1u) << words_of(problems);
    EXPECT_EQ(problems[0].code, DeclineCode::wrong_mode);
  }
  // Each language for itself.
  Message translated = exercise(incident());
  translated.body.texts.push_back({"ru", "Один самолёт.", false, "north"});
  EXPECT_EQ(judge(translated).size(), 1u);
  // Nothing but the mark is no text.
  Message empty = exercise(incident());
  empty.body.texts[0].text = mark_exercise(" ");
  EXPECT_EQ(judge(empty).size(), 1u);
}

TEST(MessageRules, TimesArePlausible) {
  expect_bad_text(
      [](Message& m) {
        m.envelope.released_at = 0;
        m.envelope.drafted_at = 1;
      },
      "released");
  expect_bad_text([](Message& m) { m.envelope.drafted_at = 0; }, "drafted");
  expect_bad_text([](Message& m) { m.envelope.drafted_at = -1; }, "drafted");
  expect_bad_text([](Message& m) { m.envelope.drafted_at = kReleased + kTimeTolerance_ms + 1; },
                  "drafted");
  expect_bad_text([](Message& m) { m.envelope.reply_by = kReleased; }, "reply-by");
  expect_bad_text([](Message& m) { m.envelope.expires_at = kReleased - 1; }, "expires");
  expect_bad_text([](Message& m) { m.envelope.expires_at = INT64_MAX; }, "expires");
  expect_bad_text([](Message& m) { m.envelope.handling = HandlingFields{"", 5}; }, "handling");
  expect_bad_incident([](auto& f) { f.observed_at = 0; }, "when");
  expect_bad_incident([](auto& f) { f.observed_at = kReleased + kTimeTolerance_ms + 1; }, "when");
  expect_bad_violation([](auto& f) { f.event_at = kReleased + kTimeTolerance_ms + 1; }, "when");
  Message within = message(incident());
  std::get<IncidentFields>(within.body.content).observed_at = kReleased + kTimeTolerance_ms;
  EXPECT_EQ(words_of(judge(within)), "");
}

TEST(MessageRules, ExtremeTimesDoNotOverflow) {
  for (UtcMs time : {INT64_MIN, INT64_MAX}) {
    Message changed = message(incident());
    changed.envelope.released_at = time;
    changed.envelope.drafted_at = time;
    changed.envelope.reply_by = time;
    std::get<IncidentFields>(changed.body.content).observed_at = time;
    EXPECT_FALSE(judge(changed).empty());
  }
}

TEST(MessageRules, PeopleAreNamedByHash) {
  expect_bad_text([](Message& m) { m.envelope.person_hash.reset(); }, "person");
  expect_bad_text([](Message& m) { m.envelope.releaser_role = wire::Role::auditor; }, "role");
}

TEST(MessageRules, ReferencesAreSerials) {
  expect_bad_text([](Message& m) { m.envelope.references = {{"N-1", Hash{}}}; }, "references");
  expect_bad_text(
      [](Message& m) {
        m.envelope.references.assign(limits::kReferencesMax + 1, {"N-000001", Hash{}});
      },
      "references");
  expect_bad_text([](Message& m) { m.envelope.incident = "a crossing"; }, "incident");
}

TEST(MessageRules, WhatSpeaksOfAnotherMessageNamesIt) {
  for (const ContentFields& content : contents()) {
    Message changed = message(content);
    if (!kind_of(changed.envelope.type).speaks_of_another()) continue;
    changed.envelope.references.clear();
    auto problems = judge(changed);
    ASSERT_EQ(problems.size(), 1u) << words_of(problems);
    EXPECT_EQ(problems[0].field, "references");
  }
}

TEST(MessageRules, OnlyTheOriginatorCorrectsAndCancels) {
  expect_problem(
      CancellationFields{"sent twice"},
      [](Message& m) { m.envelope.references[0].id = "S-000087"; }, "references",
      DeclineCode::not_originator);
  Message correction = message(CorrectionFields{{{"where", "1", "2"}}, "digits"});
  correction.envelope.references[0].id = "S-000087";
  correction.envelope.correction_of = "S-000087";
  auto problems = judge(correction);
  ASSERT_EQ(problems.size(), 2u) << words_of(problems);
  EXPECT_EQ(problems[0].code, DeclineCode::not_originator);
  EXPECT_EQ(problems[1].code, DeclineCode::not_originator);
  expect_problem(
      AcknowledgementFields{wire::Role::operator_, kReleased, std::nullopt, std::nullopt},
      [](Message& m) { m.envelope.references[0].id = "N-000087"; }, "references",
      DeclineCode::unknown_reference);
}

TEST(MessageRules, ACorrectionNamesOneMessage) {
  expect_problem(
      CorrectionFields{{{"where", "1", "2"}}, "digits"},
      [](Message& m) { m.envelope.correction_of = "N-000101"; }, "correction-of");
  expect_problem(
      CorrectionFields{{{"where", "1", "2"}}, "digits"},
      [](Message& m) { m.envelope.correction_of.clear(); }, "correction-of");
}

TEST(MessageRules, PartsBeginWithTheBody) {
  expect_bad_text([](Message& m) { m.envelope.parts.clear(); }, "parts");
  expect_bad_text([](Message& m) { m.envelope.parts[0].kind = wire::PartKind::attachment; },
                  "parts");
  expect_bad_text([](Message& m) { m.envelope.parts[0].size = 0; }, "parts");
  expect_bad_text([](Message& m) { m.envelope.parts[0].size = limits::kBodySizeMax + 1; }, "parts");
  expect_bad_text([](Message& m) { m.envelope.parts.push_back(m.envelope.parts[0]); }, "parts");
  expect_bad_text(
      [](Message& m) {
        m.envelope.parts.resize(limits::kPartsMax + 1);
        m.envelope.parts[0] = {wire::PartKind::body, 1, Hash{}};
      },
      "parts");
}

TEST(MessageRules, SubjectIsAShortPlainLine) {
  expect_bad_text([](Message& m) { m.body.subject = ""; }, "subject");
  expect_bad_text([](Message& m) { m.body.subject = " \t"; }, "subject");
  expect_bad_text([](Message& m) { m.body.subject = "one\ntwo"; }, "subject");
  expect_bad_text([](Message& m) { m.body.subject = "\x1b[31mred"; }, "subject");
  expect_bad_text([](Message& m) { m.body.subject = std::string(201, 'x'); }, "subject");
  Message longest = message(TextContentFields{});
  longest.body.subject.clear();
  for (int i = 0; i < 200; ++i) longest.body.subject += "я";
  EXPECT_EQ(words_of(judge(longest)), "");
}

TEST(MessageRules, TextsHaveOneOriginalInTheEnvelopesLanguage) {
  expect_bad_text([](Message& m) { m.body.texts.clear(); }, "text");
  expect_bad_text([](Message& m) { m.body.texts[0].text = " \n"; }, "text");
  expect_bad_text([](Message& m) { m.body.texts[0].text = "\x1b[2J"; }, "text");
  expect_bad_text(
      [](Message& m) {
        m.body.texts[0].original = false;
        m.body.texts[0].translated_by = "north";
      },
      "text");
  expect_bad_text([](Message& m) { m.body.texts[0].translated_by = "north"; }, "text");
  expect_bad_text([](Message& m) { m.body.texts[0].language = "ru"; }, "text");
  expect_bad_text([](Message& m) { m.body.texts.push_back({"ru", "Да.", true, ""}); }, "text");
  expect_bad_text([](Message& m) { m.body.texts.push_back({"ru", "Да.", false, ""}); }, "text");
  expect_bad_text(
      [](Message& m) {
        m.body.texts.push_back({"EN", "Yes.", false, "north"});
      },
      "text");
  expect_bad_text(
      [](Message& m) {
        m.body.texts.push_back({"e n", "Yes.", false, "north"});
      },
      "text");
  expect_bad_text([](Message& m) { m.body.texts.assign(limits::kTextsMax + 1, m.body.texts[0]); },
                  "text");
  Message other_case = message(TextContentFields{});
  other_case.envelope.language = "EN";
  EXPECT_EQ(words_of(judge(other_case)), "");
  Message bad_tag = message(TextContentFields{});
  bad_tag.envelope.language = "english language";
  EXPECT_EQ(judge(bad_tag).front().field, "language");
}

// One rule for the message and for the screen (tests/unit/protocol/base/text_test.cc): the same
// characters are refused in subject, texts and free fields, by their number and place.
TEST(MessageRules, V6_WhatCannotBeSeenIsRefusedByNameAndPlace) {
  for (const char* hidden : {"\u00ad", "\u034f", "\u3164", "\ufe0f", "\u2066", "\u2069"}) {
    const std::string text = std::string("calm") + hidden + "sea";
    expect_bad_text([&](Message& m) { m.body.subject = text; }, "subject");
    expect_bad_text([&](Message& m) { m.body.texts[0].text = text; }, "text");
    expect_bad_incident([&](auto& f) { f.weather = text; }, "weather");
  }
  Message soft = message(incident());
  soft.body.subject = "calm\u00adsea";
  ASSERT_EQ(judge(soft).size(), 1u);
  EXPECT_EQ(judge(soft)[0].reason,
            "has U+00AD as character 5, which cannot be seen or changes how the rest is seen");
  Message persian = message(incident());
  persian.body.subject = "می\u200cخواهم";
  EXPECT_TRUE(judge(persian).empty());
}

TEST(MessageRules, UrgentTextsAreShort) {
  auto words = [](size_t count) {
    std::string text;
    for (size_t i = 0; i < count; ++i) text += "word ";
    return text;
  };
  for (wire::Precedence precedence : {wire::Precedence::flash, wire::Precedence::immediate}) {
    expect_bad_text(
        [&](Message& m) {
          m.envelope.precedence = precedence;
          m.body.texts[0].text = words(201);
        },
        "text");
    Message longest = message(TextContentFields{});
    longest.envelope.precedence = precedence;
    longest.body.texts[0].text = words(200);
    EXPECT_EQ(words_of(judge(longest)), "");
  }
  Message routine = message(TextContentFields{});
  routine.envelope.precedence = wire::Precedence::routine;
  routine.body.texts[0].text = words(3000);
  EXPECT_EQ(words_of(judge(routine)), "");
}

TEST(MessageRules, ContentHasTheTypeOfTheHeader) {
  expect_problem(
      incident(), [](Message& m) { m.envelope.type = wire::MessageType::violation; }, "type");
}

TEST(MessageRules, TypesFromTheFutureAreUnknownNotMalformed) {
  for (int type : {19, 20, 255}) {
    Message changed = message(TextContentFields{});
    changed.envelope.type = static_cast<wire::MessageType>(type);
    auto problems = judge(changed);
    ASSERT_EQ(problems.size(), 1u) << words_of(problems);
    EXPECT_EQ(problems[0].code, DeclineCode::unknown_type);
  }
  expect_bad_text(
      [](Message& m) {
        m.envelope.type = wire::MessageType::unset;
        m.envelope.mode = wire::Mode::live;
        m.body.content = TextContentFields{};
      },
      "type");
}

TEST(MessageRules, IncidentsSayWhere) {
  expect_bad_incident([](auto& f) { f.position.reset(); }, "where");
  expect_bad_incident([](auto& f) { f.position = Position{9'000'001, 0}; }, "where");
  expect_bad_incident([](auto& f) { f.position = Position{0, -18'000'001}; }, "where");
  expect_bad_incident([](auto& f) { f.position = Position{INT32_MIN, INT32_MAX}; }, "where");
  expect_bad_incident([](auto& f) { f.accuracy_m = 0; }, "accuracy");
  expect_bad_incident([](auto& f) { f.accuracy_m = UINT32_MAX; }, "accuracy");
  expect_bad_incident([](auto& f) { f.area = AreaFields{}; }, "area");
  expect_bad_incident([](auto& f) { f.area = AreaFields{{}, Position{0, 0}, 0}; }, "area");
  expect_bad_incident([](auto& f) { f.area = AreaFields{{}, Position{0, 99'999'999}, 5}; }, "area");
  expect_bad_incident(
      [](auto& f) {
        f.area = AreaFields{{{0, 0}, {0, 9}, {9, 9}, {0, 0}}, Position{0, 0}, 5};
      },
      "area");
  expect_bad_incident(
      [](auto& f) {
        f.area = AreaFields{{{0, 0}, {0, 9}, {9, 9}}, std::nullopt, 0};
      },
      "area");
  expect_bad_incident(
      [](auto& f) {
        f.area = AreaFields{{{0, 0}, {9, 9}, {9, 0}, {0, 9}, {0, 0}}, std::nullopt, 0};
      },
      "area");
  expect_bad_incident(
      [](auto& f) {
        f.area = AreaFields{std::vector<Position>(limits::kPolygonPointsMax + 1), std::nullopt, 0};
      },
      "area");
}

TEST(MessageRules, IncidentsSayNothingImpossible) {
  expect_bad_incident([](auto& f) { f.actions.clear(); }, "action");
  expect_bad_incident(
      [](auto& f) {
        f.actions = {wire::Action::none, wire::Action::explain};
      },
      "action");
  expect_bad_incident(
      [](auto& f) {
        f.actions = {wire::Action::explain, wire::Action::explain};
      },
      "action");
  expect_bad_incident([](auto& f) { f.mmsi = 0; }, "mmsi");
  expect_bad_incident([](auto& f) { f.mmsi = 1'000'000'000; }, "mmsi");
  expect_bad_incident([](auto& f) { f.icao_address = 0; }, "icao");
  expect_bad_incident([](auto& f) { f.icao_address = 0xffffff; }, "icao");
  expect_bad_incident([](auto& f) { f.course_deg10 = 3600; }, "course");
  expect_bad_incident([](auto& f) { f.speed_cm_s = UINT32_MAX; }, "speed");
  expect_bad_incident(
      [](auto& f) {
        f.altitude = AltitudeFields{1, wire::AltitudeDatum::unset};
      },
      "altitude");
  expect_bad_incident(
      [](auto& f) {
        f.altitude = AltitudeFields{-1, wire::AltitudeDatum::ground};
      },
      "altitude");
  expect_bad_incident(
      [](auto& f) {
        f.altitude = AltitudeFields{1000, wire::AltitudeDatum::flight_level};
      },
      "altitude");
  expect_bad_incident([](auto& f) { f.platform = " "; }, "platform");
  expect_bad_incident([](auto& f) { f.weather = std::string(4001, 'x'); }, "weather");
  expect_bad_incident([](auto& f) { f.evidence = "\a"; }, "evidence");
}

TEST(MessageRules, ViolationsSayWhereAndWhat) {
  expect_bad_violation([](auto& f) { f.observer_position.reset(); }, "observer");
  expect_bad_violation([](auto& f) { f.observer_position = Position{0, 99'999'999}; }, "observer");
  expect_bad_violation([](auto& f) { f.bearing.reset(); }, "where");
  expect_bad_violation([](auto& f) { f.event_position = Position{1, 2}; }, "accuracy");
  expect_bad_violation([](auto& f) { f.bearing->direction_deg10 = 3600; }, "bearing");
  expect_bad_violation([](auto& f) { f.bearing->nearest_m = 3001; }, "bearing");
  expect_bad_violation([](auto& f) { f.bearing = BearingFields{0, 0, 0}; }, "bearing");
  expect_bad_violation([](auto& f) { f.count = 0; }, "count");
  expect_bad_violation([](auto& f) { f.direction_deg10 = 3600; }, "direction");
}

TEST(MessageRules, EachAnswerIsGivenRefusedOrPutOffToATime) {
  using Outcome = wire::AnswerOutcome;
  auto bad = [](AnswerItemFields item) {
    expect_problem(
        AnswersFields{{item}}, [](Message&) {}, "answer");
  };
  bad({1, Outcome::unset, "text", std::nullopt});
  bad({1, static_cast<Outcome>(4), "text", std::nullopt});
  bad({1, Outcome::answered, "", std::nullopt});
  bad({1, Outcome::refused, "", std::nullopt});
  bad({1, Outcome::later, "", std::nullopt});
  bad({1, Outcome::later, "", kReleased});
  bad({1, Outcome::answered, "text", kReleased + 1});
  expect_problem(
      AnswersFields{}, [](Message&) {}, "answer");
  AnswerItemFields item{1, Outcome::refused, "We do not say.", std::nullopt};
  expect_problem(
      AnswersFields{{item, item}}, [](Message&) {}, "answer");
  AnswersFields good{{{0, Outcome::later, "", kReleased + 1}, item}};
  EXPECT_EQ(words_of(judge(message(good))), "");
}

TEST(MessageRules, B18_AThreadIsNamedByASerialOrAWord) {
  for (const char* good : {"S-000001", "N-000123", "buoy", "буй-7", "collision_22NOV"}) {
    Message named = message(TextContentFields{});
    named.envelope.incident = good;
    EXPECT_EQ(words_of(judge(named)), "") << good;
  }
  const std::string long_word(limits::kNameCharactersMax + 1, 'a');
  for (const std::string& bad :
       {std::string("two words"), std::string("@last"), std::string("N-1"), std::string(" "),
        std::string("S-?12"), std::string("bell\a"), long_word,
        // Whoever types the name of a message in small letters means that message.
        std::string("n-000001"), std::string("n-1"), std::string("xs-?12")}) {
    expect_problem(
        TextContentFields{}, [&](Message& m) { m.envelope.incident = bad; }, "incident");
  }
}

TEST(MessageRules, OnlyWhatWasAskedIsAnswered) {
  using Outcome = wire::AnswerOutcome;
  Bytes bytes = build_body({"s",
                            {},
                            AnswersFields{{{0, Outcome::answered, "Yes.", std::nullopt},
                                           {3, Outcome::refused, "No.", std::nullopt}}}});
  auto body = open_body(bytes);
  const wire::Answers& answers = *(*body)->content_as_answer();
  EXPECT_EQ(words_of(check_asked(answers, 3)), "");
  EXPECT_EQ(words_of(check_asked(answers, 2)), "answer: to question 3, which was not asked\n");
  EXPECT_EQ(words_of(check_asked(answers, 0)), "answer: to question 3, which was not asked\n");
}

TEST(MessageRules, RequestsAskSomething) {
  expect_problem(
      QuestionsFields{}, [](Message&) {}, "question");
  expect_problem(
      QuestionsFields{{""}}, [](Message&) {}, "question");
  expect_problem(
      QuestionsFields{std::vector<std::string>(limits::kQuestionsMax + 1, "Why?")}, [](Message&) {},
      "question");
}

TEST(MessageRules, CorrectionsAndCancellationsSayWhy) {
  expect_problem(
      CorrectionFields{{{"where", "1", "2"}}, ""}, [](Message&) {}, "reason");
  expect_problem(
      CorrectionFields{{}, "why"}, [](Message&) {}, "change");
  expect_problem(
      CorrectionFields{{{"where", "1", "1"}}, "why"}, [](Message&) {}, "change");
  expect_problem(
      CorrectionFields{{{"", "1", "2"}}, "why"}, [](Message&) {}, "change");
  expect_problem(
      CancellationFields{""}, [](Message&) {}, "reason");
  expect_problem(
      DeclineFields{DeclineCode::malformed, ""}, [](Message&) {}, "reason");
}

TEST(MessageRules, OnlyAPersonAcknowledges) {
  AcknowledgementFields fields{wire::Role::machine, kReleased, std::nullopt, std::nullopt};
  expect_problem(
      fields, [](Message&) {}, "role");
  fields = {wire::Role::operator_, 0, std::nullopt, std::nullopt};
  expect_problem(
      fields, [](Message&) {}, "read-at");
  fields = {wire::Role::operator_, kReleased, Position{0, 99'999'999}, std::nullopt};
  expect_problem(
      fields, [](Message&) {}, "where");
}

TEST(MessageRules, AClockThatWasSetBackDoesNotStopAnAcknowledgement) {
  AcknowledgementFields fields{wire::Role::operator_, kReleased + 3'600'000, std::nullopt,
                               std::nullopt};
  EXPECT_TRUE(judge(message(fields)).empty());
}

TEST(MessageRules, TestCallsSayANeutralPhrase) {
  TestFields fields{1, 7, Hash{}, kReleased};
  expect_problem(
      fields, [](Message& m) { m.body.texts[0].text = "Nice weather for it."; }, "text");
  expect_problem(
      fields, [](Message& m) { m.body.texts[0].text = *neutral_phrase(2, "en"); }, "text");
  fields.phrase = 0;
  expect_problem(
      fields, [](Message&) {}, "phrase");
  fields.phrase = kNeutralPhrases + 1;
  expect_problem(
      fields, [](Message&) {}, "phrase");
  fields = {1, 7, std::nullopt, kReleased};
  expect_problem(
      fields, [](Message&) {}, "transcript");
  fields = {1, 7, Hash{}, 0};
  expect_problem(
      fields, [](Message&) {}, "clock");
  for (uint8_t phrase = 1; phrase <= kNeutralPhrases; ++phrase) {
    for (const char* language : {"en", "ru", "uk-UA", "id"}) {
      Message call = message(TestFields{phrase, 7, Hash{}, kReleased});
      call.envelope.language = language;
      call.body.texts = {{language, std::string(*neutral_phrase(phrase, language)), true, ""}};
      EXPECT_EQ(words_of(judge(call)), "");
    }
  }
  EXPECT_FALSE(neutral_phrase(1, "fr"));
}

TEST(MessageRules, DeclinesSayTheFirstProblemAndHowManyMore) {
  EXPECT_EQ(decline_reason({}), "");
  std::vector<Problem> problems = {{"where", "is not on Earth", "", DeclineCode::rule_broken}};
  EXPECT_EQ(decline_reason(problems), "where: is not on Earth");
  problems.push_back({"when", "is missing", "", DeclineCode::rule_broken});
  EXPECT_EQ(decline_reason(problems), "where: is not on Earth (and 1 more)");
}

TEST(EventPoint, IsWhatAnAcknowledgementReadsBack) {
  auto point_of = [](ContentFields content) {
    Bytes bytes = build_body({"s", {}, std::move(content)});
    return event_point(**open_body(bytes));
  };
  EXPECT_EQ(point_of(incident()).position, (Position{5'490'000, 2'010'000}));
  EXPECT_EQ(point_of(incident()).at, kReleased - 60'000);
  EXPECT_EQ(point_of(violation()).position, (Position{4'800'000, 3'780'000}));
  IncidentFields area = incident();
  area.position.reset();
  area.area = AreaFields{{}, Position{1, 2}, 500};
  EXPECT_EQ(point_of(area).position, (Position{1, 2}));
  area.area = AreaFields{{{5, 0}, {0, 9}, {9, 9}, {5, 0}}, std::nullopt, 0};
  EXPECT_EQ(point_of(area).position, (Position{5, 0}));
  IncidentFields nowhere = incident();
  nowhere.position = Position{INT32_MAX, INT32_MIN};
  EXPECT_FALSE(point_of(nowhere).position.has_value());
  EXPECT_FALSE(point_of(TextContentFields{}).position.has_value());
}

TEST(EventPoint, ReadBackWrongOrNotAtAllIsAMismatch) {
  EventPoint sent{Position{5'490'000, 2'010'000}, 1'000'000};
  EXPECT_FALSE(compare_read_back(sent, sent).mismatch);
  EXPECT_FALSE(compare_read_back(EventPoint{}, sent).mismatch) << "nothing was to be read back";
  EXPECT_TRUE(compare_read_back(sent, EventPoint{}).mismatch);
  EXPECT_TRUE(compare_read_back(sent, EventPoint{sent.position, std::nullopt}).mismatch);
  EXPECT_TRUE(compare_read_back(sent, EventPoint{std::nullopt, sent.at}).mismatch);
  auto far = compare_read_back(sent, EventPoint{Position{5'498'000, 2'010'000}, 1'061'000});
  EXPECT_TRUE(far.mismatch);
  EXPECT_EQ(far.metres, 8'896);
  EXPECT_EQ(far.seconds, 61);
  EXPECT_TRUE(compare_read_back(sent, EventPoint{Position{INT32_MAX, 0}, sent.at}).mismatch);
}

}  // namespace
}  // namespace hotline
