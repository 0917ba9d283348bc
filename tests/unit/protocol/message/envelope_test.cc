#include "protocol/message/envelope.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

Hash filled(uint8_t byte) {
  Hash hash;
  hash.fill(byte);
  return hash;
}

EnvelopeFields full_envelope() {
  EnvelopeFields fields;
  fields.id = "N-000123";
  fields.type = wire::MessageType::incident;
  fields.precedence = wire::Precedence::flash;
  fields.mode = wire::Mode::live;
  fields.from = "north";
  fields.to = "south";
  fields.drafted_at = 1'795'356'000'000;
  fields.released_at = 1'795'356'060'000;
  fields.drafter_role = wire::Role::operator_;
  fields.releaser_role = wire::Role::releaser;
  fields.person_hash = filled(7);
  fields.language = "en";
  fields.peer_transcript_size = UINT64_MAX;
  fields.references = {{"S-000087", filled(1)}, {"N-000122", filled(2)}};
  fields.exercise_id = "calm-sea";
  fields.correction_of = "N-000122";
  fields.incident = "N-000122";
  fields.reply_by = 1'795'359'600'000;
  fields.expires_at = 0;
  fields.handling = HandlingFields{"duty officers", 1'895'359'600'000};
  fields.parts = {describe_part(wire::PartKind::body, filled(9), as_bytes("a body"))};
  return fields;
}

TEST(Envelope, SaysWhatItWasGiven) {
  Bytes bytes = build_envelope(full_envelope());
  auto opened = open_envelope(bytes);
  ASSERT_TRUE(opened) << opened.error().reason;
  const wire::Envelope& envelope = **opened;
  EXPECT_EQ(envelope.id()->str(), "N-000123");
  EXPECT_EQ(envelope.type(), wire::MessageType::incident);
  EXPECT_EQ(envelope.precedence(), wire::Precedence::flash);
  EXPECT_EQ(envelope.mode(), wire::Mode::live);
  EXPECT_EQ(envelope.from()->str(), "north");
  EXPECT_EQ(envelope.to()->str(), "south");
  EXPECT_EQ(envelope.drafted_at(), 1'795'356'000'000);
  EXPECT_EQ(envelope.released_at(), 1'795'356'060'000);
  EXPECT_EQ(envelope.drafter_role(), wire::Role::operator_);
  EXPECT_EQ(envelope.releaser_role(), wire::Role::releaser);
  EXPECT_EQ(to_hash(*envelope.person_hash()), filled(7));
  EXPECT_EQ(envelope.language()->str(), "en");
  EXPECT_EQ(envelope.peer_transcript_size(), UINT64_MAX);
  ASSERT_EQ(envelope.references()->size(), 2u);
  EXPECT_EQ(envelope.references()->Get(0)->id()->str(), "S-000087");
  EXPECT_EQ(to_hash(*envelope.references()->Get(1)->hash()), filled(2));
  EXPECT_EQ(envelope.exercise_id()->str(), "calm-sea");
  EXPECT_EQ(envelope.correction_of()->str(), "N-000122");
  EXPECT_EQ(envelope.incident()->str(), "N-000122");
  EXPECT_EQ(envelope.reply_by(), 1'795'359'600'000);
  EXPECT_EQ(envelope.expires_at(), 0) << "zero is a time, not an absent field";
  EXPECT_EQ(envelope.handling()->audience()->str(), "duty officers");
  EXPECT_EQ(envelope.handling()->keep_until(), 1'895'359'600'000);
  ASSERT_EQ(envelope.parts()->size(), 1u);
  EXPECT_EQ(envelope.parts()->Get(0)->size(), 6u);
}

TEST(Envelope, LeavesOutWhatIsAbsent) {
  EnvelopeFields fields;
  fields.id = "N-000001";
  Bytes bytes = build_envelope(fields);
  auto opened = open_envelope(bytes);
  ASSERT_TRUE(opened) << opened.error().reason;
  const wire::Envelope& envelope = **opened;
  EXPECT_EQ(envelope.type(), wire::MessageType::unset);
  EXPECT_EQ(envelope.person_hash(), nullptr);
  EXPECT_EQ(envelope.references(), nullptr);
  EXPECT_EQ(envelope.exercise_id(), nullptr);
  EXPECT_EQ(envelope.correction_of(), nullptr);
  EXPECT_EQ(envelope.incident(), nullptr);
  EXPECT_FALSE(envelope.reply_by().has_value());
  EXPECT_FALSE(envelope.expires_at().has_value());
  EXPECT_EQ(envelope.handling(), nullptr);
}

TEST(Envelope, IsTheSameBytesForTheSameFields) {
  EXPECT_EQ(build_envelope(full_envelope()), build_envelope(full_envelope()));
}

TEST(Envelope, HasTwoEncodingsWithTwoIdentities) {
  // FlatBuffers are not canonical: the same content, its texts written in another order, verifies
  // as well. So a message is known by the hash of the bytes received.
  auto encode = [](bool from_first) {
    flatbuffers::FlatBufferBuilder builder;
    flatbuffers::Offset<flatbuffers::String> from, to;
    if (from_first) from = builder.CreateString("north");
    to = builder.CreateString("south");
    if (!from_first) from = builder.CreateString("north");
    auto id = builder.CreateString("N-000001");
    auto language = builder.CreateString("en");
    auto parts = builder.CreateVector(std::vector<flatbuffers::Offset<wire::Part>>());
    wire::EnvelopeBuilder envelope(builder);
    envelope.add_id(id);
    envelope.add_from(from);
    envelope.add_to(to);
    envelope.add_language(language);
    envelope.add_parts(parts);
    builder.Finish(envelope.Finish(), wire::EnvelopeIdentifier());
    return Bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
  };
  Bytes one = encode(true);
  Bytes other = encode(false);
  ASSERT_TRUE(open_envelope(one));
  ASSERT_TRUE(open_envelope(other));
  EXPECT_NE(sha256({one}), sha256({other}));
}

TEST(Envelope, IsRefusedAboveItsSizeLimit) {
  EnvelopeFields fields = full_envelope();
  fields.incident = std::string(limits::kEnvelopeSizeMax, 'x');
  Bytes bytes = build_envelope(fields);
  auto opened = open_envelope(bytes);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::malformed);
  EXPECT_NE(opened.error().reason.find("more than 16384"), std::string::npos);
}

TEST(Envelope, IsNoBodyAndTheReverse) {
  Bytes envelope = build_envelope(full_envelope());
  Bytes body = build_body(BodyFields{"subject", {}, TextContentFields{}});
  EXPECT_FALSE(open_body(envelope));
  EXPECT_FALSE(open_envelope(body));
}

TEST(Part, IsKnownBySaltSizeAndHash) {
  // SHA-256 of 32 bytes 0x09 and then "a body".
  EXPECT_EQ(to_hex(salted_hash(filled(9), as_bytes("a body"))),
            "a08c0087b4e9251e35bd025afcceebad6986b3a6bb46b86757ffadf094a6ba34");
  Bytes bytes = build_envelope(full_envelope());
  auto opened = open_envelope(bytes);
  const wire::Part& part = *(*opened)->parts()->Get(0);
  EXPECT_TRUE(is_part(part, filled(9), as_bytes("a body")));
  EXPECT_FALSE(is_part(part, filled(8), as_bytes("a body")));
  EXPECT_FALSE(is_part(part, filled(9), as_bytes("a bodY")));
  EXPECT_FALSE(is_part(part, filled(9), as_bytes("a body ")));
}

}  // namespace
}  // namespace hotline
