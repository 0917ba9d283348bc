#include "protocol/message/template.h"

#include <gtest/gtest.h>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/describe.h"
#include "protocol/message/envelope.h"
#include "protocol/message/message_rules.h"

namespace hotline {
namespace {

constexpr UtcMs kTyped_at = 1'795'356'060'000;

TemplateInput typed_input(std::map<std::string, std::string> set) {
  TemplateInput result;
  result.set = std::move(set);
  result.precedence = wire::Precedence::flash;
  result.now = kTyped_at;
  result.translated_by = "north";
  return result;
}

Error error_of(std::string_view name, const TemplateInput& filled) {
  auto result = fill_template(name, filled);
  EXPECT_FALSE(result) << name;
  return result ? Error{} : result.error();
}

// Every mandatory field by its own example.
TemplateInput examples(const TemplateInfo& info, bool all, UtcMs typed_at = kTyped_at) {
  TemplateInput result = typed_input({});
  result.now = typed_at;
  result.typed_at = typed_at;
  for (const TemplateField& field : info.fields) {
    if (field.mandatory || all) result.set[field.key] = field.example;
  }
  result.set.erase("route");    // Beside a position.
  result.set.erase("minutes");  // For a meeting that is proposed.
  if (info.type == wire::MessageType::protected_) result.set["where"] = "48.34N 038.05E";
  if (info.type == wire::MessageType::incident) result.set["where"] = "54.90N 020.10E";
  if (info.type == wire::MessageType::violation) result.set["where"] = "48.34N 038.05E";
  if (info.type == wire::MessageType::service) result.set["message"] = "N-000123";
  if (info.type == wire::MessageType::text) result.texts["en"] = "Free text.";
  if (info.type == wire::MessageType::test) result.transcript_root = Hash{};
  return result;
}

TEST(Template, EveryoneIsFilledByItsOwnExamples) {
  ASSERT_EQ(templates().size(), 19u);
  for (const TemplateInfo& info : templates()) {
    for (bool all : {false, true}) {
      auto filled = fill_template(info.name, examples(info, all));
      ASSERT_TRUE(filled) << info.name << ": " << filled.error().reason;
      EXPECT_EQ(filled->type, info.type);
      auto body = open_body(filled->body);
      ASSERT_TRUE(body);
      EXPECT_FALSE((*body)->subject()->str().empty());
      // On any other day as well.
      constexpr UtcMs kYears_ms = 20 * 366 * int64_t{86'400'000};
      filled = fill_template(info.name, examples(info, all, kTyped_at + kYears_ms));
      EXPECT_TRUE(filled) << info.name << ": " << filled.error().reason;
    }
  }
}

TEST(Template, TimesAreTypedByTheClockOnlyBesideOne) {
  TemplateInput typed = typed_input({{"where", "5454N02006E"}, {"when", "-5m"}});
  EXPECT_NE(error_of("airspace-crossing", typed).reason.find("another time on another day"),
            std::string::npos);
  typed.typed_at = kTyped_at;
  const auto filled = fill_template("airspace-crossing", typed);
  ASSERT_TRUE(filled) << filled.error().reason;
  const auto& incident = std::get<IncidentFields>(filled->fields.content);
  EXPECT_EQ(incident.observed_at, kTyped_at - 300'000);
  EXPECT_EQ(incident.accuracy_m, 1'852u);
}

TEST(Template, EachFieldIsExplained) {
  for (const TemplateInfo& info : templates()) {
    EXPECT_FALSE(info.summary.empty());
    for (const TemplateField& field : info.fields) {
      EXPECT_FALSE(field.kind.empty()) << info.name << " " << field.key;
      EXPECT_FALSE(field.example.empty()) << info.name << " " << field.key;
      EXPECT_FALSE(field.help.empty()) << info.name << " " << field.key;
    }
  }
}

TEST(Template, LeavingOutAMandatoryFieldIsRefusedWithWhatToType) {
  for (const TemplateInfo& info : templates()) {
    for (const TemplateField& field : info.fields) {
      if (!field.mandatory) continue;
      TemplateInput without = examples(info, true);
      without.set.erase(field.key);
      Error error = error_of(info.name, without);
      EXPECT_EQ(error.code, ErrorCode::refused) << info.name << " " << field.key;
      EXPECT_NE(error.reason.find(field.key), std::string::npos) << error.reason;
      EXPECT_NE(error.hint.find("--set " + field.key + "="), std::string::npos) << error.hint;
    }
  }
}

TEST(Template, AnAirspaceCrossingNeedsOnlyItsPosition) {
  auto filled = fill_template("airspace-crossing", typed_input({{"where", "54.90N 020.10E"}}));
  ASSERT_TRUE(filled) << filled.error().reason;
  const auto& incident = std::get<IncidentFields>(filled->fields.content);
  EXPECT_EQ(incident.kind, wire::IncidentKind::airspace_crossing);
  EXPECT_EQ(incident.position, (Position{5'490'000, 2'010'000}));
  EXPECT_EQ(incident.observed_at, kTyped_at);
  EXPECT_EQ(incident.accuracy_m, 1'114u);
  EXPECT_EQ(incident.who, wire::Side::own);
  EXPECT_EQ(incident.intent, wire::Intent::accidental);
  EXPECT_EQ(incident.actions,
            (std::vector<wire::Action>{wire::Action::hold_fire, wire::Action::inform_units}));
  EXPECT_EQ(filled->fields.subject, "Airspace crossing, 54.90N 020.10E");
  ASSERT_EQ(filled->fields.texts.size(), 1u);
  EXPECT_EQ(filled->fields.texts[0].text, filled->fields.subject);
  // Another's intent is not ours to call accidental.
  auto other = fill_template("airspace-crossing",
                             typed_input({{"where", "54.90N 020.10E"}, {"who", "other"}}));
  ASSERT_TRUE(other);
  EXPECT_EQ(std::get<IncidentFields>(other->fields.content).intent, wire::Intent::unknown);
}

TEST(Template, ReadsEveryFieldOfAnIncident) {
  auto filled = fill_template("stray-missile", typed_input({{"where", "54.90N 020.10E"},
                                                            {"accuracy", "2km"},
                                                            {"when", "2026-11-22T13:00:00Z"},
                                                            {"who", "own"},
                                                            {"what", "missile"},
                                                            {"certainty", "likely"},
                                                            {"intent", "accidental"},
                                                            {"action", "keep-clear,open-voice"},
                                                            {"casualties-own", "0"},
                                                            {"casualties-civilian", "unknown"},
                                                            {"platform", "unarmed"},
                                                            {"course", "270deg"},
                                                            {"speed", "300kt"},
                                                            {"altitude", "FL330"},
                                                            {"evidence", "track"},
                                                            {"weather", "fog"},
                                                            {"icao", "3C6444"},
                                                            {"mmsi", "211000000"},
                                                            {"area", "54.90N 020.10E 5km"}}));
  ASSERT_TRUE(filled) << filled.error().reason;
  const auto& incident = std::get<IncidentFields>(filled->fields.content);
  EXPECT_EQ(incident.accuracy_m, 2000u);
  EXPECT_EQ(incident.observed_at, *parse_rfc3339("2026-11-22T13:00:00Z"));
  EXPECT_EQ(incident.certainty, wire::Certainty::likely);
  EXPECT_EQ(incident.actions,
            (std::vector<wire::Action>{wire::Action::keep_clear, wire::Action::open_voice}));
  EXPECT_EQ(incident.casualties->own, 0u);
  EXPECT_FALSE(incident.casualties->civilian.has_value());
  EXPECT_EQ(incident.speed_cm_s, 15'433u);
  EXPECT_EQ(incident.course_deg10, uint16_t{2700});
  EXPECT_EQ(incident.altitude->value, 330);
  EXPECT_EQ(incident.icao_address, 0x3c6444u);
  EXPECT_EQ(incident.mmsi, 211'000'000u);
  EXPECT_EQ(incident.area->radius_m, 5000u);
}

TEST(Template, UnknownNamesAndKeysGetASuggestion) {
  Error name = error_of("airspace-crosing", typed_input({}));
  EXPECT_EQ(name.code, ErrorCode::not_found);
  EXPECT_EQ(name.hint, "did you mean airspace-crossing?");
  EXPECT_EQ(error_of("zzz", typed_input({})).hint, "hotline template list");

  Error key = error_of("airspace-crossing", typed_input({{"wehre", "54.90N 020.10E"}}));
  EXPECT_EQ(key.code, ErrorCode::usage);
  EXPECT_EQ(key.reason, "airspace-crossing has no field \"wehre\"");
  EXPECT_EQ(key.hint, "did you mean where?");
  EXPECT_EQ(error_of("text", typed_input({{"zzz", "1"}})).hint, "hotline template show text");

  Error fixed = error_of("airspace-crossing", typed_input({{"kind", "other"}}));
  EXPECT_EQ(fixed.code, ErrorCode::usage);
  EXPECT_NE(fixed.reason.find("cannot be set"), std::string::npos);
}

TEST(Template, WrongUnitsPositionsAndTimesAreRefusedWithTheField) {
  struct {
    const char* key;
    const char* value;
    ErrorCode code;
  } cases[] = {
      {"speed", "300", ErrorCode::usage},
      {"speed", "300mph", ErrorCode::usage},
      {"accuracy", "500", ErrorCode::usage},
      {"accuracy", "0m", ErrorCode::refused},
      {"altitude", "9000m", ErrorCode::usage},
      {"course", "270", ErrorCode::usage},
      {"where", "95.00N 020.10E", ErrorCode::usage},
      {"where", "54.90N 200.10E", ErrorCode::usage},
      {"where", "here", ErrorCode::usage},
      {"when", "yesterday", ErrorCode::usage},
      {"when", "2026-11-22T25:00:00Z", ErrorCode::usage},
      {"when", "2027-11-22T14:00:00Z", ErrorCode::refused},
      {"who", "them", ErrorCode::usage},
      {"action", "hold-fire,,explain", ErrorCode::usage},
      {"action", "none,explain", ErrorCode::refused},
      {"platform", "", ErrorCode::usage},
      {"weather", "\x1b[2J", ErrorCode::refused},
      {"mmsi", "12345", ErrorCode::usage},
      {"icao", "FFFFFF", ErrorCode::refused},
      {"casualties-own", "-1", ErrorCode::usage},
  };
  for (const auto& wrong : cases) {
    TemplateInput filled = typed_input({{"where", "54.90N 020.10E"}});
    filled.set[wrong.key] = wrong.value;
    Error error = error_of("airspace-crossing", filled);
    EXPECT_EQ(error.code, wrong.code) << wrong.key << "=" << wrong.value;
    EXPECT_EQ(error.reason.find(wrong.key), 0u) << error.reason;
  }
  EXPECT_NE(error_of("airspace-crossing", typed_input({{"where", "1N 1E"}, {"certainty", "likly"}}))
                .hint.find("did you mean likely?"),
            std::string::npos);
}

TEST(Template, TextsKeepTheRules) {
  TemplateInput bilingual = typed_input({});
  bilingual.texts = {{"en", "One aircraft."}, {"ru", "Один самолёт."}};
  auto filled = fill_template("text", bilingual);
  ASSERT_TRUE(filled) << filled.error().reason;
  EXPECT_EQ(filled->fields.subject, "One aircraft.");
  EXPECT_EQ(subject_of("One two three four five six seven eight", 8),
            "One two three four five six seven eight");
  EXPECT_EQ(subject_of(" One two three four five six seven eight nine", 8),
            "One two three four five six seven eight\u2026");
  EXPECT_EQ(subject_of("\n\t One.\nTwo."), "One.") << "it begins with a word";
  EXPECT_EQ(subject_of(" \n"), "");
  EXPECT_EQ(subject_of("One two \nThree.", 2), "One two");
  EXPECT_EQ(subject_of(""), "");
  // As long as a subject may be, and a character more.
  std::string longest;
  for (size_t i = 0; i < limits::kSubjectCharactersMax; ++i) longest += "\u4e2d";
  EXPECT_EQ(subject_of(longest, 8), longest);
  EXPECT_EQ(subject_of(longest + "x", 8), longest.substr(0, longest.size() - 3) + "\u2026");
  ASSERT_EQ(filled->fields.texts.size(), 2u);
  EXPECT_TRUE(filled->fields.texts[0].original);
  EXPECT_EQ(filled->fields.texts[1].translated_by, "north");

  EXPECT_EQ(error_of("text", typed_input({})).code, ErrorCode::refused);
  TemplateInput other_original = bilingual;
  other_original.language = "uk";
  EXPECT_EQ(error_of("text", other_original).code, ErrorCode::refused);
  TemplateInput not_utf8 = typed_input({});
  not_utf8.texts = {{"en", "caf\xe9"}};
  EXPECT_EQ(error_of("text", not_utf8).code, ErrorCode::refused);
  TemplateInput long_text = typed_input({});
  for (int i = 0; i < 201; ++i) long_text.texts["en"] += "word ";
  EXPECT_NE(error_of("text", long_text).reason.find("201 words"), std::string::npos);
  TemplateInput huge = typed_input({});
  huge.precedence = wire::Precedence::routine;
  huge.texts["en"] = std::string(limits::kBodySizeMax, 'x');
  EXPECT_EQ(error_of("text", huge).code, ErrorCode::refused);
}

TEST(Template, ATestCallSaysItsPhraseOnly) {
  TemplateInput call = typed_input({{"phrase", "2"}});
  call.transcript_root = Hash{};
  call.language = "ru";
  auto filled = fill_template("test", call);
  ASSERT_TRUE(filled) << filled.error().reason;
  EXPECT_EQ(filled->fields.texts[0].text, "На тихое озеро падает дождь.");
  call.texts["ru"] = "Привет.";
  EXPECT_EQ(error_of("test", call).code, ErrorCode::refused);
  EXPECT_EQ(error_of("test", typed_input({{"phrase", "99"}})).code, ErrorCode::usage);
}

TEST(Template, AViolationNeedsItsPlace) {
  TemplateInput filled = typed_input({{"event", "explosion"},
                                      {"count", "12"},
                                      {"observer", "48.31N 038.02E"},
                                      {"means", "heard"}});
  Error error = error_of("ceasefire-violation", filled);
  EXPECT_EQ(error.code, ErrorCode::refused);
  EXPECT_NE(error.hint.find("--set bearing="), std::string::npos);
  filled.set["bearing"] = "135deg 2km 3km";
  auto good = fill_template("ceasefire-violation", filled);
  ASSERT_TRUE(good) << good.error().reason;
  EXPECT_FALSE(std::get<ViolationFields>(good->fields.content).accuracy_m.has_value());
}

TEST(Template, B20_AViolationThatWasHeardIsNotWhereItsObserverWas) {
  TemplateInput heard = typed_input({{"event", "explosion"},
                                     {"count", "12"},
                                     {"observer", "48.31N 038.02E"},
                                     {"bearing", "135deg 2km 3km"},
                                     {"means", "heard"}});
  EXPECT_TRUE(fill_template("ceasefire-violation", heard)
                  ->fields.subject.ends_with(", Observer's position 48.31000N 038.02000E"));
  heard.set["where"] = "48.34N 038.05E";
  EXPECT_TRUE(fill_template("ceasefire-violation", heard)
                  ->fields.subject.ends_with("explosion, 48.34N 038.05E"));
}

std::string shown(const Description& description) {
  std::string result;
  for (const auto& [name, value] : description) result += name + ": " + value + "\n";
  return result;
}

TEST(Describe, ShowsCodedFieldsInTheReadersLanguage) {
  auto filled = fill_template("airspace-crossing", typed_input({{"where", "54.90N 020.10E"},
                                                                {"speed", "300kt"},
                                                                {"altitude", "FL033"},
                                                                {"course", "270deg"},
                                                                {"casualties-own", "0"},
                                                                {"mmsi", "002110000"}}));
  ASSERT_TRUE(filled);
  auto body = open_body(filled->body);
  EXPECT_EQ(shown(describe_content(**body, "en", std::nullopt)),
            "Kind: Airspace crossing\n"
            "Time: 2026-11-22T14:01:00.000Z  (221401Z NOV 26)\n"
            "Position: 54.90N 020.10E, within 1114 m\n"
            "Whose: the sender's\n"
            "Observed: aircraft\n"
            "Certainty: observed\n"
            "Intent: accidental\n"
            "Action requested: hold fire; inform your units\n"
            "Casualties, sender: 0\n"
            "Casualties, receiver: not known\n"
            "Casualties, civilian: not known\n"
            "MMSI: 002110000\n"
            "Course: 270.0 degrees true\n"
            "Speed: 300 kt (154.33 m/s)\n"
            "Altitude: FL033\n");
  std::string russian = shown(describe_content(**body, "ru-RU", std::nullopt));
  EXPECT_NE(russian.find("Вид: Пересечение границы воздушного пространства"), std::string::npos);
  EXPECT_NE(russian.find("Просьба: не открывайте огонь; оповестите свои подразделения"),
            std::string::npos);
  EXPECT_NE(shown(describe_content(**body, "uk", std::nullopt)).find("Намір: ненавмисно"),
            std::string::npos);
  EXPECT_NE(shown(describe_content(**body, "id", std::nullopt)).find("Niat: tidak disengaja"),
            std::string::npos);
  EXPECT_EQ(shown(describe_content(**body, "fr", std::nullopt)),
            shown(describe_content(**body, "en", std::nullopt)));
}

TEST(Describe, AlwaysSaysThatAcknowledgementIsNotAgreement) {
  Bytes bytes =
      build_body({"s", {}, AcknowledgementFields{wire::Role::operator_, kTyped_at, {}, {}}});
  auto body = open_body(bytes);
  EXPECT_NE(
      shown(describe_content(**body, "en", std::nullopt)).find("acknowledgement is not agreement"),
      std::string::npos);
  EXPECT_NE(shown(describe_content(**body, "uk", std::nullopt)).find("не означає згоди"),
            std::string::npos);
}

// A program gets what was said; a screen makes it printable.
TEST(Describe, V6_GivesTextAsItWasSaid) {
  Bytes bytes = build_body({"s", {}, DeclineFields{DeclineCode::malformed, "\x1b[2Jgone"}});
  auto body = open_body(bytes);
  const std::string said = shown(describe_content(**body, "en", std::nullopt));
  EXPECT_NE(said.find("\x1b[2Jgone"), std::string::npos);
  EXPECT_NE(printable(said).find("<U+001B>[2Jgone"), std::string::npos);
}

TEST(Words, CoverEveryLanguageWithoutRepeats) {
  auto check = [](const Vocabulary& vocabulary) {
    for (const Word& entry : vocabulary.words) {
      for (const char* wording : entry.wording) EXPECT_STRNE(wording, "") << entry.key;
      EXPECT_EQ(vocabulary.by_key(entry.key), &entry);
      EXPECT_EQ(vocabulary.by_value(entry.value), &entry);
    }
    EXPECT_EQ(vocabulary.by_value(0), nullptr) << "unset is no value";
  };
  check(vocabulary<wire::Precedence>());
  check(vocabulary<wire::Mode>());
  check(vocabulary<wire::Role>());
  check(vocabulary<wire::MessageType>());
  check(vocabulary<wire::AltitudeDatum>());
  check(vocabulary<wire::Side>());
  check(vocabulary<wire::Certainty>());
  check(vocabulary<wire::Intent>());
  check(vocabulary<wire::IncidentKind>());
  check(vocabulary<wire::Observed>());
  check(vocabulary<wire::Action>());
  check(vocabulary<wire::Means>());
  check(vocabulary<wire::Exactness>());
  check(vocabulary<wire::ViolationEvent>());
  check(vocabulary<wire::Ternary>());
  check(vocabulary<wire::Verification>());
  check(vocabulary<wire::ActivityKind>());
  check(vocabulary<wire::VehicleClass>());
  check(vocabulary<wire::ProtectedKind>());
  check(vocabulary<wire::ChannelState>());
  check(vocabulary<wire::MeetingStep>());
  check(vocabulary<wire::Audience>());
  check(vocabulary<wire::ServiceAction>());
  check(vocabulary<wire::AnswerOutcome>());
  check(vocabulary<wire::DeclineCode>());
}

// The numbers of the words are those of the schema, to its last value.
TEST(Words, CoverEveryValueOfTheSchema) {
  EXPECT_EQ(vocabulary<wire::MessageType>().words.size(), size_t{18});
  EXPECT_EQ(vocabulary<wire::IncidentKind>().words.size(),
            static_cast<size_t>(wire::IncidentKind::MAX));
  EXPECT_EQ(vocabulary<wire::Observed>().words.size(), static_cast<size_t>(wire::Observed::MAX));
  EXPECT_EQ(vocabulary<wire::Action>().words.size(), static_cast<size_t>(wire::Action::MAX));
  EXPECT_EQ(vocabulary<wire::DeclineCode>().words.size(),
            static_cast<size_t>(wire::DeclineCode::MAX));
  EXPECT_EQ(vocabulary<wire::Role>().words.size(), static_cast<size_t>(wire::Role::MAX));
  EXPECT_EQ(vocabulary<wire::ViolationEvent>().words.size(),
            static_cast<size_t>(wire::ViolationEvent::MAX));
  EXPECT_EQ(vocabulary<wire::Means>().words.size(), static_cast<size_t>(wire::Means::MAX));
}

TEST(Words, NameWhatTheyDoNotKnow) {
  EXPECT_EQ(word(static_cast<wire::Side>(99), Language::en), "? (99)");
}

}  // namespace
}  // namespace hotline
