// A kind of the tests' own: a file's worth of content and a row, as "Adding a kind" in
// docs/architecture.md says. Its table and struct are borrowed from CANCELLATION, and its type is
// one that this version does not build.
#include <gtest/gtest.h>

#include "protocol/message/describe.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/message_rules.h"

namespace hotline {
namespace {

// The file.
class Suspension final : public ContentOf<CancellationFields> {
  const std::vector<Row>& rows() const override {
    static const std::vector<Row> all = {
        text("why", {"Why", "Почему", "Чому", "Mengapa"}, &Table::reason, kMandatory)
            .typed(&CancellationFields::reason, "the cable is cut", "why the channel is down")};
    return all;
  }
  void check_together(RuleChecker& checker, const Table& suspension,
                      const wire::Body& body) const override {
    if (view(suspension.reason()) != view(body.subject())) return;
    checker.add("why", "says no more than the subject");
  }
};

const KindContent& suspension() {
  static const Suspension content;
  return content;
}

// The row.
constexpr auto kType = static_cast<wire::MessageType>(200);
constexpr auto kNumber = static_cast<wire::Content>(kType);
constexpr Kind kOwn = {kType,
                       SpeaksOf::nothing,
                       Texts::in_exercise,
                       Awaits::acknowledgement,
                       TargetEffect::none,
                       false,
                       false,
                       false,
                       false,
                       "suspension",
                       {"suspension", "приостановка", "призупинення", "penangguhan"},
                       {suspension, kNumber}};

Bytes body_with(const char* why) {
  flatbuffers::FlatBufferBuilder builder;
  const auto reason = why ? builder.CreateString(why) : 0;
  const auto content = wire::CreateCancellation(builder, reason).Union();
  const auto subject = builder.CreateString("Suspended");
  builder.Finish(wire::CreateBody(builder, subject, 0, kNumber, content), "HLBO");
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

std::string first_problem(const char* why, bool exercise = false) {
  const Bytes bytes = body_with(why);
  const auto body = open_body(bytes);
  BodyContext context;
  context.type = kType;
  context.language = "en";
  context.exercise_channel = exercise;
  const auto problems = check_body(**body, context, kOwn);
  return problems.empty() ? "" : to_string(problems.front());
}

TEST(OwnKind, IsJudgedByItsRowsAndRules) {
  EXPECT_EQ(first_problem("The cable is cut"), "");
  EXPECT_EQ(first_problem(nullptr), "why: is missing");
  EXPECT_EQ(first_problem("Suspended"), "why: says no more than the subject");
  EXPECT_EQ(first_problem("The cable is cut", true), "text: is missing");
}

TEST(OwnKind, IsShownInTheReadersLanguage) {
  const Bytes bytes = body_with("The cable is cut");
  const auto body = open_body(bytes);
  const Description expected = {{"Чому", "The cable is cut"}};
  EXPECT_EQ(describe_content(**body, "uk", std::nullopt, kOwn), expected);
}

TEST(OwnKind, IsReadFromWhatIsTyped) {
  const std::string name = "suspension";
  TypedFields typed{name,
                    0,
                    std::nullopt,
                    0,
                    {},
                    [](std::string_view) { return false; },
                    [](std::string_view) { return std::optional<std::string>("a plough"); }};
  const auto fields = kOwn.content().read(typed);
  ASSERT_TRUE(fields);
  EXPECT_EQ(std::get<CancellationFields>(*fields).reason, "a plough");
  typed.value = [](std::string_view) { return std::nullopt; };
  const auto missing = kOwn.content().read(typed);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().reason, "suspension needs why: why the channel is down");
}

TEST(OwnKind, IsUnknownWithoutItsRow) {
  const Bytes bytes = body_with("The cable is cut");
  const auto body = open_body(bytes);
  BodyContext context;
  context.type = kType;
  const auto problems = check_body(**body, context);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems.front().code, DeclineCode::unknown_type);
  EXPECT_TRUE(describe_content(**body, "en", std::nullopt).empty());
}

// A word that is missing in one of the languages is found here.
TEST(Kinds, HaveNamesAndLabelsInEveryLanguage) {
  for (uint8_t type = 1; type <= static_cast<uint8_t>(wire::MessageType::MAX); ++type) {
    const Kind& kind = kind_of(type);
    EXPECT_EQ(static_cast<uint8_t>(kind.type), type);
    if (!kind.is_built()) continue;
    for (const FieldInfo* field : kind.content().fields()) {
      for (const char* wording : field->label) {
        ASSERT_NE(wording, nullptr) << kind.key << " " << field->key;
        EXPECT_STRNE(wording, "") << kind.key << " " << field->key;
      }
    }
  }
}

}  // namespace
}  // namespace hotline
