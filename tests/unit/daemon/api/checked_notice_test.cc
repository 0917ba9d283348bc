// Drafts that are only asked about: which volumes they announce, and which are refused.
#include "daemon/api/checked_notice.h"

#include <gtest/gtest.h>

#include "protocol/message/body.h"
#include "protocol/message/draft.h"

namespace hotline {
namespace {

constexpr UtcMs kNow = 1'795'000'000'000;
constexpr UtcMs kHour_ms = 3'600'000;

ActivityFields flight() {
  ActivityFields fields;
  fields.kind = wire::ActivityKind::flight;
  fields.contact = "tower";
  fields.volumes = {{Circle{{54'90000, 20'10000}, 5'000},
                     {0, HeightDatum::mean_sea_level},
                     {1'000, HeightDatum::mean_sea_level},
                     kNow + kHour_ms,
                     kNow + 2 * kHour_ms}};
  return fields;
}

Bytes draft_of(ContentFields content, wire::MessageType type) {
  BodyFields body;
  body.subject = "We fly";
  body.texts = {{"en", "We fly.", true, ""}};
  body.content = std::move(content);
  flatbuffers::FlatBufferBuilder builder;
  const auto language = builder.CreateString("en");
  const auto bytes = builder.CreateVector(build_body(body));
  wire::DraftBuilder draft(builder);
  draft.add_type(static_cast<uint8_t>(type));
  draft.add_precedence(static_cast<uint8_t>(wire::Precedence::routine));
  draft.add_language(language);
  draft.add_body(bytes);
  builder.Finish(draft.Finish(), kDraftIdentifier);
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

TEST(CheckedNotice, AnnouncesItsVolumes) {
  const auto volumes = announced_by(draft_of(flight(), wire::MessageType::activity), false, kNow);
  ASSERT_TRUE(volumes) << volumes.error().reason;
  ASSERT_EQ(volumes->size(), 1u);
  EXPECT_EQ(volumes->front().start, kNow + kHour_ms);
}

TEST(CheckedNotice, IsRefusedWhereItBreaksTheRulesOfItsKind) {
  ActivityFields fields = flight();
  fields.volumes[0].end = fields.volumes[0].start;
  const auto reversed = announced_by(draft_of(fields, wire::MessageType::activity), false, kNow);
  ASSERT_FALSE(reversed);
  EXPECT_EQ(reversed.error().code, ErrorCode::refused);
  const auto empty = announced_by(draft_of(LaunchFields{}, wire::MessageType::launch), false, kNow);
  ASSERT_FALSE(empty);
  const auto of_another_type =
      announced_by(draft_of(flight(), wire::MessageType::launch), false, kNow);
  ASSERT_FALSE(of_another_type);
  EXPECT_EQ(of_another_type.error().code, ErrorCode::refused);
}

TEST(CheckedNotice, IsRefusedWhereNothingIsHeldAgainstAnother) {
  const auto text =
      announced_by(draft_of(TextContentFields{}, wire::MessageType::text), false, kNow);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::refused);
  const auto site =
      announced_by(draft_of(ProtectedFields{}, wire::MessageType::protected_), false, kNow);
  ASSERT_FALSE(site);
  const Bytes bytes = {1, 2, 3};
  const auto none = announced_by(bytes, false, kNow);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace hotline
