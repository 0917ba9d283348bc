// Rows of tests/cases/flatbuffers_malformed.json that concern a buffer by itself. The rows about a
// frame's length belong to frame_test.cc; "two encodings of one message" to envelope_test.cc;
// nested buffers are opened one by one, each by this.
#include "protocol/base/strict_flatbuffer.h"

#include <gtest/gtest.h>

#include "protocol/message/message_generated.h"

namespace hotline {
namespace {

constexpr char kIdentifier[] = "TEST";

Bytes finish(flatbuffers::FlatBufferBuilder& builder) {
  return Bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
}

// A table that requires nothing, so that what is refused is refused for the damage alone.
Bytes correction(const std::string& reason = "wrong latitude") {
  flatbuffers::FlatBufferBuilder builder;
  auto text = builder.CreateString(reason);
  auto change = wire::CreateFieldChange(builder, builder.CreateString("position"));
  auto changes = builder.CreateVector(&change, 1);
  builder.Finish(wire::CreateCorrection(builder, changes, text), kIdentifier);
  return finish(builder);
}

Bytes test_body() {
  flatbuffers::FlatBufferBuilder builder;
  auto reason = builder.CreateString("sent in error");
  auto content = wire::CreateCancellation(builder, reason);
  auto subject = builder.CreateString("Cancellation");
  builder.Finish(
      wire::CreateBody(builder, subject, 0, wire::Content::cancellation, content.Union()),
      kIdentifier);
  return finish(builder);
}

template <class Root>
std::string refusal(const Bytes& bytes, const char* identifier = kIdentifier) {
  auto opened = open_flatbuffer<Root>(bytes, identifier);
  if (opened) return "accepted";
  EXPECT_EQ(opened.error().code, ErrorCode::malformed);
  return opened.error().reason;
}

uint32_t get32(const Bytes& bytes, size_t at) {
  return flatbuffers::ReadScalar<uint32_t>(bytes.data() + at);
}
void put32(Bytes& bytes, size_t at, uint32_t value) {
  for (size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<uint8_t>(value >> (8 * i));
}
void put16(Bytes& bytes, size_t at, uint16_t value) {
  bytes[at] = static_cast<uint8_t>(value);
  bytes[at + 1] = static_cast<uint8_t>(value >> 8);
}
uint16_t get16(const Bytes& bytes, size_t at) {
  return static_cast<uint16_t>(bytes[at] | bytes[at + 1] << 8);
}

size_t root_of(const Bytes& bytes) {
  return get32(bytes, 0);
}
size_t vtable_of(const Bytes& bytes, size_t table) {
  return table - get32(bytes, table);
}
size_t slot_of(const Bytes& bytes, size_t field) {
  return vtable_of(bytes, root_of(bytes)) + 4 + 2 * field;
}

TEST(StrictFlatbuffer, OpensWhatTheBuilderMakes) {
  Bytes bytes = correction();
  auto opened = open_flatbuffer<wire::Correction>(bytes, kIdentifier);
  ASSERT_TRUE(opened) << opened.error().reason;
  EXPECT_EQ((*opened)->reason()->str(), "wrong latitude");
  EXPECT_EQ(refusal<wire::Body>(test_body()), "accepted");
}

TEST(StrictFlatbuffer, OpensEveryLengthOfText) {
  // The builder pads text to whole words; none of the paddings may be taken for trailing bytes.
  for (size_t length = 0; length < 20; ++length) {
    EXPECT_EQ(refusal<wire::Correction>(correction(std::string(length, 'x'))), "accepted")
        << length;
  }
}

TEST(StrictFlatbuffer, OpensFromAnyAddress) {
  Bytes bytes = correction();
  for (size_t shift = 0; shift < 8; ++shift) {
    Bytes room(shift, 0);
    room.insert(room.end(), bytes.begin(), bytes.end());
    auto opened = open_flatbuffer<wire::Correction>(ByteView(room).subspan(shift), kIdentifier);
    ASSERT_TRUE(opened);
    auto moved = std::move(*opened);
    EXPECT_EQ(moved->reason()->str(), "wrong latitude");
  }
}

TEST(StrictFlatbuffer, RefusesEveryTruncation) {
  Bytes bytes = correction();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_NE(
        refusal<wire::Correction>(Bytes(bytes.begin(), bytes.begin() + static_cast<long>(size))),
        "accepted");
  }
}

TEST(StrictFlatbuffer, RefusesBadRootOffsets) {
  Bytes bytes = correction();
  uint32_t root = get32(bytes, 0);
  for (uint32_t offset : {0u, 1u, root + 1, root + 2, static_cast<uint32_t>(bytes.size()),
                          static_cast<uint32_t>(bytes.size() + 4), 0x7fffffffu, 0xffffffffu}) {
    Bytes bad = bytes;
    put32(bad, 0, offset);
    EXPECT_NE(refusal<wire::Correction>(bad), "accepted") << offset;
  }
}

TEST(StrictFlatbuffer, RefusesBadVtables) {
  Bytes bytes = correction();
  size_t root = root_of(bytes);
  for (uint32_t offset : {static_cast<uint32_t>(root) + 1, static_cast<uint32_t>(root) + 100, 0u,
                          0x80000000u, 0x7fffffffu}) {
    Bytes bad = bytes;
    put32(bad, root, offset);
    EXPECT_NE(refusal<wire::Correction>(bad), "accepted") << "vtable at " << offset;
  }
  for (uint16_t size : {0, 1, 2, 3, 5, 7, 0x7ffe, 0xffff}) {
    Bytes bad = bytes;
    put16(bad, vtable_of(bytes, root), static_cast<uint16_t>(size));
    EXPECT_NE(refusal<wire::Correction>(bad), "accepted") << "vtable of " << size;
  }
}

TEST(StrictFlatbuffer, SaysThatAVtableIsTooShort) {
  // The library accepts these: no known field is in such a table.
  for (uint16_t size : {0, 2}) {
    Bytes bad = correction();
    put16(bad, vtable_of(bad, root_of(bad)), size);
    EXPECT_EQ(refusal<wire::Correction>(bad),
              "the buffer is damaged: a vtable is shorter than its header");
  }
}

TEST(StrictFlatbuffer, RefusesATableSizeThatLies) {
  Bytes bytes = correction();
  size_t vtable = vtable_of(bytes, root_of(bytes));
  for (uint16_t size : {0, 3, 4, 0xffff}) {
    Bytes bad = bytes;
    put16(bad, vtable + 2, size);
    EXPECT_NE(refusal<wire::Correction>(bad), "accepted") << size;
  }
}

TEST(StrictFlatbuffer, RefusesAFieldOverItsTablesHead) {
  Bytes bytes = correction();
  put16(bytes, slot_of(bytes, 1), 2);
  EXPECT_NE(refusal<wire::Correction>(bytes), "accepted");
}

TEST(StrictFlatbuffer, RefusesVectorLengthsBeyondTheBuffer) {
  Bytes bytes = correction();
  size_t field = root_of(bytes) + get16(bytes, slot_of(bytes, 0));
  size_t vector = field + get32(bytes, field);
  for (uint32_t length : {2u, 1000u, 0x3fffffffu, 0x40000000u, 0xffffffffu}) {
    Bytes bad = bytes;
    put32(bad, vector, length);
    EXPECT_NE(refusal<wire::Correction>(bad), "accepted") << length;
  }
}

TEST(StrictFlatbuffer, RefusesTextWithoutTerminator) {
  Bytes bytes = correction("abcd");
  size_t field = root_of(bytes) + get16(bytes, slot_of(bytes, 1));
  size_t text = field + get32(bytes, field);
  bytes[text + 4 + 4] = 'x';
  EXPECT_NE(refusal<wire::Correction>(bytes), "accepted");
}

TEST(StrictFlatbuffer, RefusesTextThatIsNotCleanUtf8) {
  using namespace std::string_literals;
  for (const std::string& text : {"a\0b"s, "\xff"s, "\xc0\x80"s, "\xed\xa0\x80"s, "caf\xe9"s}) {
    EXPECT_EQ(refusal<wire::Correction>(correction(text)),
              "the buffer is damaged: a text is not UTF-8, or contains NUL");
  }
}

TEST(StrictFlatbuffer, RefusesAWrongOrAbsentIdentifier) {
  Bytes bytes = correction();
  EXPECT_EQ(refusal<wire::Correction>(bytes, "HLBO"), "the buffer's file identifier is not HLBO");
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(wire::CreateCancellation(builder, builder.CreateString("no identifier")));
  EXPECT_NE(refusal<wire::Cancellation>(finish(builder)), "accepted");
}

TEST(StrictFlatbuffer, RefusesASizePrefix) {
  Bytes bytes = correction();
  Bytes prefixed(4, 0);
  put32(prefixed, 0, static_cast<uint32_t>(bytes.size()));
  prefixed.insert(prefixed.end(), bytes.begin(), bytes.end());
  EXPECT_NE(refusal<wire::Correction>(prefixed), "accepted");
}

TEST(StrictFlatbuffer, RefusesTrailingBytes) {
  for (size_t extra : {1u, 3u, 4u, 8u, 1000u}) {
    Bytes bytes = correction();
    bytes.resize(bytes.size() + extra, 0);
    EXPECT_NE(refusal<wire::Correction>(bytes), "accepted") << extra;
  }
}

TEST(StrictFlatbuffer, RefusesBytesBeyondTheSizeLimit) {
  EXPECT_EQ(refusal<wire::Correction>(Bytes(strict::kBufferSizeMax + 1, 0)),
            "the buffer has 1048577 bytes, more than 1048576");
}

TEST(StrictFlatbuffer, RefusesAUnionWithoutValueOrWithoutType) {
  Bytes no_value = test_body();
  put16(no_value, slot_of(no_value, 3), 0);
  EXPECT_NE(refusal<wire::Body>(no_value), "accepted");

  Bytes none = test_body();
  none[root_of(none) + get16(none, slot_of(none, 2))] = 0;
  EXPECT_EQ(refusal<wire::Body>(none),
            "the buffer is damaged: a union has a type and no value, or a value and no type");

  Bytes no_type = test_body();
  put16(no_type, slot_of(no_type, 2), 0);
  EXPECT_NE(refusal<wire::Body>(no_type), "accepted");
}

TEST(StrictFlatbuffer, LetsAUnionTypeFromTheFutureThrough) {
  for (uint8_t type : {19, 20, 255}) {
    Bytes bytes = test_body();
    bytes[root_of(bytes) + get16(bytes, slot_of(bytes, 2))] = type;
    auto opened = open_flatbuffer<wire::Body>(bytes, kIdentifier);
    ASSERT_TRUE(opened) << int{type};
    EXPECT_EQ(static_cast<uint8_t>((*opened)->content_type()), type);
  }
}

TEST(StrictFlatbuffer, LetsAFieldFromTheFutureThrough) {
  // A later version's Cancellation with a second field, a text that this version does not know.
  flatbuffers::FlatBufferBuilder builder;
  auto later = builder.CreateString("who decided");
  auto reason = builder.CreateString("sent in error");
  auto start = builder.StartTable();
  builder.AddOffset(4, reason);
  builder.AddOffset(6, later);
  builder.Finish(flatbuffers::Offset<wire::Cancellation>(builder.EndTable(start)), kIdentifier);
  EXPECT_EQ(refusal<wire::Cancellation>(finish(builder)), "accepted");
}

TEST(StrictFlatbuffer, RefusesAnAbsentRequiredField) {
  Bytes bytes = test_body();
  put16(bytes, slot_of(bytes, 0), 0);
  EXPECT_NE(refusal<wire::Body>(bytes), "accepted");
}

TEST(StrictFlatbuffer, RefusesMoreTablesThanTheLimit) {
  for (size_t count : {size_t{limits::kFlatbufferTablesMax} - 1,
                       size_t{limits::kFlatbufferTablesMax}, size_t{100'000}}) {
    flatbuffers::FlatBufferBuilder builder;
    auto change = wire::CreateFieldChange(builder, builder.CreateString("position"));
    std::vector<flatbuffers::Offset<wire::FieldChange>> changes(count, change);
    builder.Finish(wire::CreateCorrection(builder, builder.CreateVector(changes)), kIdentifier);
    EXPECT_EQ(refusal<wire::Correction>(finish(builder)) == "accepted",
              count < limits::kFlatbufferTablesMax)
        << count;
  }
}

TEST(StrictFlatbuffer, RefusesOneLongTextReferredToManyTimes) {
  // Without a bound, checking these would read 20 GB.
  flatbuffers::FlatBufferBuilder builder;
  auto text = builder.CreateString(std::string(200'000, 'x'));
  std::vector<flatbuffers::Offset<flatbuffers::String>> questions(100'000, text);
  builder.Finish(wire::CreateQuestions(builder, builder.CreateVector(questions)), kIdentifier);
  EXPECT_EQ(refusal<wire::Questions>(finish(builder)),
            "the buffer is damaged: one text is referred to too often");
}

TEST(StrictFlatbuffer, SurvivesEveryChangedByte) {
  // Run under AddressSanitizer: whatever is accepted can be read to the last field.
  Bytes good = test_body();
  for (size_t i = 0; i < good.size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      Bytes bytes = good;
      bytes[i] = static_cast<uint8_t>(value);
      auto opened = open_flatbuffer<wire::Body>(bytes, kIdentifier);
      if (!opened) continue;
      const wire::Body& body = **opened;
      EXPECT_TRUE(is_clean_utf8(as_text({body.subject()->Data(), body.subject()->size()})));
      if (const auto* cancellation = body.content_as_cancellation()) {
        size_t size = cancellation->reason() ? cancellation->reason()->size() : 0;
        EXPECT_LT(size, good.size());
      }
    }
  }
}

}  // namespace
}  // namespace hotline
