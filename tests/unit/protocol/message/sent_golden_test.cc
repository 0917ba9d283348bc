// The sent and recorded formats, as bytes: whoever changes one sees that, and decides about the
// peers and the stores that exist. HOTLINE_UPDATE_GOLDEN=1 writes the files anew.
//
// In the files every byte string stands on a line of its own after its name; lines that begin with
// # say what it is. The keys are test keys, made from their names (tests/test_party.h).
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "protocol/api/client_api.h"
#include "protocol/api/client_generated.h"
#include "protocol/channel/journal.h"
#include "protocol/message/draft.h"
#include "tests/unit/protocol/channel/scripted_peer.h"
#include "tests/unit/protocol/message/every_field.h"

namespace hotline {
namespace {

// A golden file that is made case by case, and read back.
class Golden {
 public:
  explicit Golden(const std::string& name, const std::string& about)
      : path_(std::string(HOTLINE_TEST_DATA) + "/golden/" + name), made_("# " + about + "\n") {}

  void add(const std::string& name, ByteView bytes, const std::string& comment = "") {
    if (!comment.empty()) made_ += "# " + comment + "\n";
    made_ += name + " " + to_hex(bytes) + "\n";
  }

  // Compares the whole file; returns the byte strings as the file has them.
  std::map<std::string, Bytes> expect() const {
    if (std::getenv("HOTLINE_UPDATE_GOLDEN") != nullptr) {
      std::ofstream(path_, std::ios::binary) << made_;
    }
    std::ifstream file(path_, std::ios::binary);
    std::string expected{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(made_, expected) << "the sent format changed: " << path_;
    std::map<std::string, Bytes> found;
    std::istringstream lines(expected);
    for (std::string line; std::getline(lines, line);) {
      size_t space = line.find(' ');
      if (line.starts_with('#') || space == std::string::npos) continue;
      auto bytes = from_hex(line.substr(space + 1));
      EXPECT_TRUE(bytes) << line;
      if (bytes) found[line.substr(0, space)] = *bytes;
    }
    return found;
  }

 private:
  std::string path_;
  std::string made_;
};

// One alternative of the root's union after the other, each with every field.
template <typename Root, typename Type, size_t kTypes>
void expect_every_alternative(const std::string& file, const std::string& about,
                              const Type (&types)[kTypes], const char* const* names,
                              const char* identifier) {
  Golden golden(file, about);
  for (size_t i = 0; i < kTypes; ++i) {
    auto number = static_cast<uint8_t>(types[i]);
    if (number == 0) continue;
    golden.add(names[i], with_every_field(*Root::MiniReflectTypeTable(), number, identifier));
  }
  size_t opened = 0;
  for (const auto& [name, bytes] : golden.expect()) {
    auto root = open_flatbuffer<Root>(bytes, identifier);
    EXPECT_TRUE(root) << name << ": " << root.error().reason;
    ++opened;
  }
  EXPECT_EQ(opened, kTypes - 1);  // All but NONE.
}

TEST(SentGolden, EveryFieldOfEveryFrame) {
  expect_every_alternative<wire::Frame>("wire_frames.hex",
                                        "wire.fbs: one frame of each kind with every field; the "
                                        "values are invented, no signature in them is one",
                                        wire::EnumValuesFrameBody(), wire::EnumNamesFrameBody(),
                                        kFrameIdentifier);
}

TEST(SentGolden, EveryFieldOfEveryJournalEntry) {
  expect_every_alternative<wire::Entry>(
      "journal_entries.hex", "journal.fbs: one entry of each fact with every field, invented",
      wire::EnumValuesFact(), wire::EnumNamesFact(), kJournalEntryIdentifier);
}

TEST(SentGolden, EveryFieldOfEveryRequestAndResponse) {
  expect_every_alternative<wire::Request>(
      "client_requests.hex", "client.fbs: one request of each kind with every field, invented",
      wire::EnumValuesRequestBody(), wire::EnumNamesRequestBody(), client_api::kRequestIdentifier);
  expect_every_alternative<wire::Response>(
      "client_responses.hex", "client.fbs: one response of each kind with every field, invented",
      wire::EnumValuesResponseBody(), wire::EnumNamesResponseBody(),
      client_api::kResponseIdentifier);
}

TEST(SentGolden, EveryFieldOfEnvelopeDraftAndBodies) {
  Golden golden("messages.hex",
                "message.fbs, client.fbs: an envelope, a draft, and a body of each content, each "
                "with every field, invented");
  golden.add("envelope",
             with_every_field(*wire::EnvelopeTypeTable(), 0, wire::EnvelopeIdentifier()));
  golden.add("draft", with_every_field(*wire::DraftTypeTable(), 0, kDraftIdentifier));
  const auto& contents = wire::EnumValuesContent();
  for (size_t i = 0; i < std::size(contents); ++i) {
    if (contents[i] == wire::Content::NONE) continue;
    golden.add(std::string("body.") + wire::EnumNameContent(contents[i]),
               with_every_field(*wire::BodyTypeTable(), static_cast<uint8_t>(contents[i]), "HLBO"));
  }
  for (const auto& [name, bytes] : golden.expect()) {
    if (name == "envelope") {
      EXPECT_TRUE(open_envelope(bytes)) << name;
    } else if (name == "draft") {
      EXPECT_TRUE(open_flatbuffer<wire::Draft>(bytes, kDraftIdentifier)) << name;
    } else {
      EXPECT_TRUE(open_body(bytes)) << name;
    }
  }
}

// Two parties' real words, with the signatures of the test keys: link, message, receipt, probe,
// journal check, goodbye.
TEST(SentGolden, AConversation) {
  ScriptedPeer peer(ScriptedPeer::CoreIs::north);
  ASSERT_TRUE(peer.start());
  peer.own.append(peer.text("Two vessels at anchor."));
  Bytes hello = ScriptedPeer::frame(peer.hello());
  LinkId link = peer.open();
  peer.say(link, hello);
  peer.say(link, peer.messages_frame(0, 1));
  peer.submit_text("We see one of them.", wire::Precedence::immediate);
  peer.say(link, ScriptedPeer::receipt_frame(peer.receipt(1)));
  peer.say(link, ScriptedPeer::probe_frame(1, peer.now().utc));
  peer.pass(10'000);
  peer.core().stop(peer.now());
  peer.pass(1);

  Golden golden("conversation.hex",
                "what north (a core) and south (the tests) say, with real signatures of test keys "
                "that are made from their names: never keys of anybody");
  golden.add("south.hello", hello);
  golden.add("south.messages", peer.messages_frame(0, 1));
  golden.add("south.receipt", ScriptedPeer::receipt_frame(peer.receipt(1)));
  std::set<wire::FrameBody> seen;
  size_t number = 0;
  for (const Bytes& bytes : peer.said(link)) {
    wire::FrameBody type = flatbuffers::GetRoot<wire::Frame>(bytes.data())->body_type();
    seen.insert(type);
    golden.add("north." + std::to_string(++number) + "." + wire::EnumNameFrameBody(type), bytes);
  }
  auto stored = golden.expect();
  for (const auto& [name, bytes] : stored) {
    EXPECT_TRUE(open_frame(bytes)) << name;
  }
  for (wire::FrameBody type :
       {wire::FrameBody::Hello, wire::FrameBody::Adopt, wire::FrameBody::Messages,
        wire::FrameBody::Receipt, wire::FrameBody::Probe, wire::FrameBody::ProbeReply,
        wire::FrameBody::JournalOffer, wire::FrameBody::Close}) {
    EXPECT_TRUE(seen.contains(type)) << wire::EnumNameFrameBody(type);
  }
  // A core of today does with the stored bytes what it did with the ones just made.
  ScriptedPeer again(ScriptedPeer::CoreIs::north);
  ASSERT_TRUE(again.start());
  LinkId other = again.open();
  again.say(other, stored["south.hello"]);
  again.say(other, stored["south.messages"]);
  EXPECT_FALSE(again.is_closed(other));
  EXPECT_EQ(again.said_as<wire::Receipt>(other).size(), 1u);
}

}  // namespace
}  // namespace hotline
