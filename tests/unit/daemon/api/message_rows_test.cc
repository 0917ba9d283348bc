// The rows that clients show: bounded, whatever a message carries.
#include "daemon/api/message_rows.h"

#include <gtest/gtest.h>

#include "daemon/api/response.h"
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"

namespace hotline {
namespace {

StoredMessage message_with(const std::string& subject, const std::string& language) {
  EnvelopeFields envelope;
  envelope.id = "S-000001";
  envelope.from = "south";
  envelope.to = "north";
  envelope.language = language;
  envelope.released_at = 77;
  envelope.parts = {PartFields{wire::PartKind::body, 10, Hash{}}};
  BodyFields body;
  body.subject = subject;
  body.content = TextContentFields{};
  StoredMessage message;
  message.record.key = {true, 0};
  message.record.serial = 1;
  message.record.precedence = 4;
  message.record.envelope = build_envelope(envelope);
  message.record.body = build_body(body);
  return message;
}

TEST(MessageRows, A2_SubjectAndLanguageAreCutWithAMark) {
  const ListedMessage row(message_with(std::string(45'000, 's'), std::string(10'000, 'l')));
  EXPECT_TRUE(row.cut);
  EXPECT_LE(row.subject.size(), limits::kRowSubjectSizeMax);
  EXPECT_LE(row.language.size(), limits::kRowLanguageSizeMax);
  EXPECT_TRUE(row.subject.ends_with("\u2026"));
  EXPECT_EQ(row.released_at, 77);
  EXPECT_TRUE(row.stored.record.body.empty());
}

TEST(MessageRows, A2_WhatTheRulesAllowIsWhole) {
  std::string longest;
  for (size_t i = 0; i < limits::kSubjectCharactersMax; ++i) longest += "\U0001F6A8";
  EXPECT_EQ(longest.size(), limits::kRowSubjectSizeMax);
  const ListedMessage row(message_with(longest, "en"));
  EXPECT_FALSE(row.cut);
  EXPECT_EQ(row.subject, longest);
  EXPECT_TRUE(ListedMessage(message_with(longest + "x", "en")).cut);
}

TEST(MessageRows, A2_AFullAnswerFitsAFrame) {
  const Policy policy = default_policy();
  const Ladder ladder(policy);
  const RowContext context{"N", "S", ladder, policy, Now{}};
  const ListedMessage row(message_with(std::string(45'000, 's'), std::string(10'000, 'l')));
  const Bytes answer = make_response(1, [&](flatbuffers::FlatBufferBuilder& b) {
    std::vector<flatbuffers::Offset<wire::MessageRow>> rows;
    for (size_t size = 0; size + row.row_size() <= limits::kRowsSizeMax; size += row.row_size()) {
      rows.push_back(build_row(b, row, context));
    }
    return wire::CreateRows(b, b.CreateVector(rows));
  });
  EXPECT_LE(answer.size(), limits::kFrameSizeMax);
  EXPECT_GE(answer.size(), limits::kFrameSizeMax / 3);
}

TEST(MessageRows, ARungWithoutACommandTellsNobody) {
  Policy policy = default_policy();
  policy.at(1).rungs = {{"supervisor", 1000, false, "", {{"/bin/page"}}},
                        {"duty-director", 2000, true, "", {}}};
  EXPECT_FALSE(tells_nobody(policy, 1, "supervisor"));
  EXPECT_TRUE(tells_nobody(policy, 1, "duty-director"));
  EXPECT_FALSE(tells_nobody(policy, 1, "renamed"));
  EXPECT_FALSE(tells_nobody(policy, 1, ""));
  // A message of the peer may have any.
  for (const uint8_t precedence : {0, 5, 255}) EXPECT_FALSE(tells_nobody(policy, precedence, "x"));
}

TEST(MessageRows, B2_CursorsAreReadAsTheyAreWritten) {
  for (const WaitingPlace& place :
       {WaitingPlace{1, 0, {true, 0}}, WaitingPlace{4, INT64_MAX, {false, limits::kTreeSizeMax}},
        WaitingPlace{2, -5, {false, 17}}}) {
    EXPECT_EQ(parse_cursor(format_cursor(place)), place) << format_cursor(place);
  }
  for (const char* bad : {"", "4", "4.", "4.1", "4.1.", "4.1.i", "4.1.x3", "0.1.i1", "5.1.i1",
                          "4.1.i9223372036854775808", "4.1.i1 ", " 4.1.i1", "256.1.i1", "4..i1",
                          "4.1.i-1", "4.99999999999999999999.i1"}) {
    EXPECT_FALSE(parse_cursor(bad)) << bad;
  }
}

// One state for every list: a notice is over when what it announces is, whatever its envelope says.
TEST(MessageRows, ANoticeHasExpiredWhenWhatItAnnouncesIsOver) {
  constexpr UtcMs kEnd = 1'795'356'600'000;
  EnvelopeFields envelope;
  envelope.type = wire::MessageType::activity;
  envelope.precedence = wire::Precedence::routine;
  envelope.mode = wire::Mode::live;
  envelope.language = "en";
  envelope.released_at = kEnd - 86'400'000;
  envelope.expires_at = kEnd - 7'200'000;
  envelope.parts = {PartFields{wire::PartKind::body, 10, Hash{}}};
  ActivityFields activity;
  activity.kind = wire::ActivityKind::flight;
  activity.contact = "tower";
  activity.volumes = {{Circle{{54'90000, 20'10000}, 5'000},
                       {0, HeightDatum::mean_sea_level},
                       {1'000, HeightDatum::mean_sea_level},
                       kEnd - 3'600'000,
                       kEnd}};
  StoredMessage message;
  message.record.type = static_cast<uint8_t>(wire::MessageType::activity);
  message.record.envelope = build_envelope(envelope);
  message.record.body = build_body({"Flight", {{"en", "We fly.", true, ""}}, activity});
  const ListedMessage listed(message);
  EXPECT_EQ(listed.expires_at, kEnd - 7'200'000);
  const auto expired_at = [&](UtcMs utc) {
    const Policy policy = default_policy();
    const Ladder ladder(policy);
    flatbuffers::FlatBufferBuilder b;
    b.Finish(build_row(b, listed, RowContext{"N", "S", ladder, policy, Now{0, utc}}));
    return flatbuffers::GetRoot<wire::MessageRow>(b.GetBufferPointer())->expired();
  };
  EXPECT_FALSE(expired_at(kEnd - 1'800'000));
  EXPECT_FALSE(expired_at(kEnd));
  EXPECT_TRUE(expired_at(kEnd + 1));
}

}  // namespace
}  // namespace hotline
