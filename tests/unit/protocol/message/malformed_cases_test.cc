// The rows of tests/cases/flatbuffers_malformed.json, each done to a frame and to a body. A peer
// then says what the decoder refuses: a frame costs the link, a body its message, and both are in
// the journal.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>

#include "protocol/base/frame.h"
#include "protocol/base/limits.h"
#include "tests/unit/protocol/channel/scripted_peer.h"

namespace hotline {
namespace {

using Buffers = std::vector<Bytes>;

// A buffer with a text of four letters in the table that its union holds.
struct Good {
  Bytes bytes;
  size_t type_slot, value_slot;  // The union's.
  size_t text_slot;              // The text's, in the union's table.
};

Good good_frame() {
  return {make_close_frame(wire::CloseReason::shutting_down, "abcd"), 0, 1, 1};
}

Good good_body() {
  flatbuffers::FlatBufferBuilder builder;
  auto content = wire::CreateCancellation(builder, builder.CreateString("abcd"));
  auto subject = builder.CreateString("Subject");
  builder.Finish(
      wire::CreateBody(builder, subject, 0, wire::Content::cancellation, content.Union()), "HLBO");
  return {{builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()}, 2, 3, 0};
}

uint32_t get32(const Bytes& bytes, size_t at) {
  return flatbuffers::ReadScalar<uint32_t>(bytes.data() + at);
}
uint16_t get16(const Bytes& bytes, size_t at) {
  return flatbuffers::ReadScalar<uint16_t>(bytes.data() + at);
}
Bytes with32(Bytes bytes, size_t at, uint32_t value) {
  flatbuffers::WriteScalar(bytes.data() + at, value);
  return bytes;
}
Bytes with16(Bytes bytes, size_t at, uint16_t value) {
  flatbuffers::WriteScalar(bytes.data() + at, value);
  return bytes;
}
Bytes with8(Bytes bytes, size_t at, uint8_t value) {
  bytes[at] = value;
  return bytes;
}

size_t root_of(const Bytes& bytes) {
  return get32(bytes, 0);
}
// Before the table, or behind it where two tables share one.
size_t vtable_of(const Bytes& bytes, size_t table) {
  return table - static_cast<size_t>(int64_t{static_cast<int32_t>(get32(bytes, table))});
}
size_t entry_of(const Bytes& bytes, size_t table, size_t slot) {
  return vtable_of(bytes, table) + 4 + 2 * slot;
}
size_t field_of(const Bytes& bytes, size_t table, size_t slot) {
  return table + get16(bytes, entry_of(bytes, table, slot));
}
size_t target_of(const Bytes& bytes, size_t field) {
  return field + get32(bytes, field);
}
size_t union_of(const Good& good) {
  return target_of(good.bytes, field_of(good.bytes, root_of(good.bytes), good.value_slot));
}
size_t text_of(const Good& good) {
  return target_of(good.bytes, field_of(good.bytes, union_of(good), good.text_slot));
}

Buffers bad_roots(const Bytes& bytes, const std::vector<size_t>& offsets) {
  Buffers all;
  for (size_t offset : offsets) all.push_back(with32(bytes, 0, static_cast<uint32_t>(offset)));
  return all;
}

// One table, referred to so often.
Bytes frame_of_many(size_t count) {
  return make_frame([&](flatbuffers::FlatBufferBuilder& b) {
    auto message = wire::CreateMessage(b, b.CreateVector(std::vector<uint8_t>{1}));
    std::vector<flatbuffers::Offset<wire::Message>> messages(count, message);
    auto vector = b.CreateVector(messages);
    return wire::CreateMessages(b, 0, vector, b.CreateString("a note"));
  });
}

Bytes body_of_many(size_t count) {
  flatbuffers::FlatBufferBuilder b;
  auto change = wire::CreateFieldChange(b, b.CreateString("position"));
  std::vector<flatbuffers::Offset<wire::FieldChange>> changes(count, change);
  auto content = wire::CreateCorrection(b, b.CreateVector(changes));
  b.Finish(
      wire::CreateBody(b, b.CreateString("Many"), 0, wire::Content::correction, content.Union()),
      "HLBO");
  return {b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()};
}

bool is_frame(const Good& good) {
  return good.text_slot == 1;
}

Bytes of_many(const Good& good, size_t count) {
  return is_frame(good) ? frame_of_many(count) : body_of_many(count);
}

// By row: what is to be refused.
const std::map<std::string, std::function<Buffers(const Good&)>> kRefused = {
    {"root offset >= size",
     [](const Good& g) {
       return bad_roots(g.bytes, {g.bytes.size(), g.bytes.size() + 4, 0x7fffffff, 0xffffffff});
     }},
    {"root offset 0 / odd / misaligned",
     [](const Good& g) {
       return bad_roots(g.bytes, {0, 1, root_of(g.bytes) + 1, root_of(g.bytes) + 2});
     }},
    {"vtable offset negative beyond start",
     [](const Good& g) {
       const size_t root = root_of(g.bytes);
       Buffers all;
       for (size_t offset : {root + 4, root + 100, size_t{0x7fffffff}}) {
         all.push_back(with32(g.bytes, root, static_cast<uint32_t>(offset)));
       }
       return all;
     }},
    {"vtable length 0, 1, 2, odd, > buffer",
     [](const Good& g) {
       Buffers all;
       for (uint16_t length : {0, 1, 2, 5, 7, 0x7ffe, 0xffff}) {
         all.push_back(
             with16(g.bytes, vtable_of(g.bytes, root_of(g.bytes)), static_cast<uint16_t>(length)));
       }
       return all;
     }},
    {"vector length 0xFFFFFFFF",
     [](const Good& g) {
       Bytes many = of_many(g, 2);
       const size_t holder = target_of(many, field_of(many, root_of(many), g.value_slot));
       const size_t vector = target_of(many, field_of(many, holder, is_frame(g) ? 1 : 0));
       return Buffers{with32(g.bytes, text_of(g), 0xffffffff), with32(many, vector, 0xffffffff)};
     }},
    {"string without NUL terminator",
     [](const Good& g) { return Buffers{with8(g.bytes, text_of(g) + 8, 'e')}; }},
    {"string with invalid UTF-8 / embedded NUL",
     [](const Good& g) {
       return Buffers{with8(g.bytes, text_of(g) + 5, 0xff), with8(g.bytes, text_of(g) + 5, 0)};
     }},
    {"table count > configured max_tables",
     [](const Good& g) { return Buffers{of_many(g, limits::kFlatbufferTablesMax + 1)}; }},
    {"same sub-table referenced 10^5 times from one vector",
     [](const Good& g) { return Buffers{of_many(g, 100'000)}; }},
    {"union type set, value absent; value set, type NONE",
     [](const Good& g) {
       const size_t root = root_of(g.bytes);
       return Buffers{with16(g.bytes, entry_of(g.bytes, root, g.value_slot), 0),
                      with16(g.bytes, entry_of(g.bytes, root, g.type_slot), 0),
                      with8(g.bytes, field_of(g.bytes, root, g.type_slot), 0)};
     }},
    {"required field absent",
     [](const Good& g) {
       // A frame requires its union, a body its subject too.
       const size_t root = root_of(g.bytes);
       Bytes nothing = with16(g.bytes, entry_of(g.bytes, root, g.value_slot), 0);
       return Buffers{with16(nothing, entry_of(g.bytes, root, g.type_slot), 0),
                      with16(g.bytes, entry_of(g.bytes, root, is_frame(g) ? 1 : 0), 0)};
     }},
    {"file identifier wrong / absent",
     [](const Good& g) {
       return Buffers{with8(g.bytes, 4, 'h'), with32(g.bytes, 4, 0)};
     }},
    {"trailing bytes after the buffer",
     [](const Good& g) {
       Buffers all;
       for (size_t extra : {1, 3, 4, 8, 1000}) {
         all.push_back(g.bytes);
         all.back().resize(g.bytes.size() + extra, 0);
       }
       return all;
     }},
    {"frame length != buffer length",
     [](const Good& g) {
       Bytes longer = g.bytes;
       longer.resize(longer.size() + 4, 0);
       return Buffers{Bytes(g.bytes.begin(), g.bytes.end() - 4), longer};
     }},
    {"size-prefixed prefix lies",
     [](const Good& g) {
       Buffers all;
       for (size_t said : {g.bytes.size(), g.bytes.size() + 4, size_t{0xffffffff}}) {
         Bytes prefixed(4, 0);
         prefixed.insert(prefixed.end(), g.bytes.begin(), g.bytes.end());
         all.push_back(with32(prefixed, 0, static_cast<uint32_t>(said)));
       }
       return all;
     }},
};

// Rows with a test of their own below, or without a subject.
const std::map<std::string, std::string> kMalformedCasesElsewhere = {
    {"depth 65 nested tables",
     "no subject: no table of ours can hold one of its own kind; the limit of 16 is the library's"},
    {"nested_flatbuffer whose own root is bad", "AnEnvelopeInAFrameIsOpenedByItself"},
    {"union type from the future", "AKindFromTheFutureIsReadAndRefusedByItsName"},
    {"two encodings of one message", "TwoEncodingsAreTwoMessages"},
    {"buffer not aligned to 8 in receive buffer", "EveryAddressWillDo"},
};

template <typename Opened>
void expect_typed_refusal(const Opened& opened, const std::string& row) {
  ASSERT_FALSE(opened) << row;
  EXPECT_EQ(opened.error().code, ErrorCode::malformed) << row;
  EXPECT_FALSE(opened.error().reason.empty()) << row;
}

class MalformedCases : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(peer.start()); }
  // Its message is kept all the same.
  void say_body(LinkId link, const Bytes& body) {
    EnvelopeFields envelope = peer.envelope(wire::MessageType::text);
    ++peer.last_serial;
    const Hash salt = sha256({as_bytes("salt of "), as_bytes(envelope.id)});
    envelope.parts = {describe_part(wire::PartKind::body, salt, body)};
    peer.own.append({build_envelope(envelope), body, salt});
    peer.say(link, peer.messages_frame(peer.own.size() - 1, peer.own.size()));
  }
  ScriptedPeer peer;
};

TEST_F(MalformedCases, TheGoodOnesAreGood) {
  const Good frame = good_frame(), body = good_body();
  EXPECT_TRUE(open_frame(frame.bytes));
  EXPECT_TRUE(open_body(body.bytes));
  EXPECT_TRUE(open_frame(frame_of_many(2)));
  const Bytes many = body_of_many(2);
  EXPECT_TRUE(open_body(many));
}

TEST_F(MalformedCases, ABadFrameCostsTheLinkAndIsJournaled) {
  for (const auto& [row, damage] : kRefused) {
    for (const Bytes& bytes : damage(good_frame())) {
      expect_typed_refusal(open_frame(bytes), row);
      peer.pass(120'000);  // Another minute for what is told one by one.
      LinkId link = peer.link_up();
      const size_t refused = peer.recorded<wire::LinkRefused>().size();
      peer.say(link, bytes);
      EXPECT_EQ(peer.close_reason(link), wire::CloseReason::protocol) << row;
      EXPECT_EQ(peer.recorded<wire::LinkRefused>().size(), refused + 1) << row;
      EXPECT_TRUE(peer.recorded<wire::Received>().empty()) << row;
    }
  }
}

TEST_F(MalformedCases, ABadBodyIsKeptReceiptedDeclinedAndJournaled) {
  for (const auto& [row, damage] : kRefused) {
    for (const Bytes& bytes : damage(good_body())) {
      expect_typed_refusal(open_body(bytes), row);
      if (bytes.size() > limits::kBodySizeMax) continue;  // Costs the link: session_rows_test.cc.
      peer.pass(120'000);
      LinkId link = peer.link_up();
      say_body(link, bytes);
      ASSERT_EQ(peer.core().status().peer_size, peer.own.size()) << row;
      auto received = peer.recorded<wire::Received>();
      EXPECT_EQ(received.back()->decline_code(),
                static_cast<uint16_t>(wire::DeclineCode::malformed))
          << row;
      EXPECT_FALSE(peer.is_closed(link)) << row;
    }
  }
}

TEST_F(MalformedCases, AnEnvelopeInAFrameIsOpenedByItself) {
  LinkId link = peer.link_up();
  const Bytes good = peer.text().envelope;
  const Bytes bad = with32(good, 0, static_cast<uint32_t>(good.size()));
  expect_typed_refusal(open_envelope(bad), "nested");
  peer.own.append({bad, {}, {}});
  peer.say(link, peer.messages_frame(0, 1));
  EXPECT_FALSE(peer.is_closed(link));
  auto received = peer.recorded<wire::Received>();
  ASSERT_EQ(received.size(), 1u);
  EXPECT_EQ(received[0]->decline_code(), static_cast<uint16_t>(wire::DeclineCode::malformed));
}

TEST_F(MalformedCases, AKindFromTheFutureIsReadAndRefusedByItsName) {
  const Good body = good_body(), frame = good_frame();
  LinkId link = peer.link_up();
  const Bytes later =
      with8(body.bytes, field_of(body.bytes, root_of(body.bytes), body.type_slot), 200);
  EXPECT_TRUE(open_body(later));
  say_body(link, later);
  auto received = peer.recorded<wire::Received>();
  ASSERT_EQ(received.size(), 1u);
  EXPECT_EQ(received[0]->decline_code(), static_cast<uint16_t>(wire::DeclineCode::unknown_type));
  EXPECT_FALSE(peer.is_closed(link));

  const Bytes kind =
      with8(frame.bytes, field_of(frame.bytes, root_of(frame.bytes), frame.type_slot), 200);
  EXPECT_TRUE(open_frame(kind));
  peer.say(link, kind);
  EXPECT_EQ(peer.close_reason(link), wire::CloseReason::protocol);
  EXPECT_EQ(peer.recorded<wire::LinkRefused>().size(), 1u);
}

// The same content in other bytes is another body: what an envelope names is bytes.
TEST_F(MalformedCases, TwoEncodingsAreTwoMessages) {
  flatbuffers::FlatBufferBuilder builder;
  auto subject = builder.CreateString("Subject");  // First here, last in good_body().
  auto content = wire::CreateCancellation(builder, builder.CreateString("abcd"));
  builder.Finish(
      wire::CreateBody(builder, subject, 0, wire::Content::cancellation, content.Union()), "HLBO");
  const Bytes one = good_body().bytes;
  const Bytes two(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
  EXPECT_NE(one, two);
  EXPECT_TRUE(open_body(one));
  EXPECT_TRUE(open_body(two));

  LinkId link = peer.link_up();
  EnvelopeFields fields = peer.envelope(wire::MessageType::text);
  const Hash salt = sha256({as_bytes("salt")});
  fields.parts = {describe_part(wire::PartKind::body, salt, one)};
  peer.own.append({build_envelope(fields), two, salt});
  peer.say(link, peer.messages_frame(0, 1));
  EXPECT_EQ(peer.close_reason(link), wire::CloseReason::protocol);
  EXPECT_TRUE(peer.recorded<wire::Received>().empty());
}

TEST_F(MalformedCases, EveryAddressWillDo) {
  const Bytes good = good_frame().bytes;
  for (size_t shift = 0; shift < 8; ++shift) {
    Bytes room(shift, 0);
    room.insert(room.end(), good.begin(), good.end());
    EXPECT_TRUE(open_frame(ByteView(room).subspan(shift))) << shift;
  }
}

TEST(MalformedTable, EveryRowIsAccountedFor) {
  std::ifstream file(std::string(HOTLINE_TEST_CASES_DIR) + "/flatbuffers_malformed.json");
  ASSERT_TRUE(file);
  const std::string table{std::istreambuf_iterator<char>(file), {}};
  const std::regex input("\"input\": \"([^\"]*)\"");
  std::set<std::string> rows;
  for (std::sregex_iterator row(table.begin(), table.end(), input), end; row != end; ++row) {
    rows.insert((*row)[1]);
    EXPECT_NE(kRefused.contains((*row)[1]), kMalformedCasesElsewhere.contains((*row)[1]))
        << (*row)[1];
  }
  EXPECT_EQ(rows.size(), 20u);
}

}  // namespace
}  // namespace hotline
