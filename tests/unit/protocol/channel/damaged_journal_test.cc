// A journal that says what cannot be true: the core refuses to start and says which entry, and
// never goes down over it.
#include <gtest/gtest.h>

#include <functional>

#include "protocol/channel/journal.h"
#include "tests/made_draft.h"
#include "tests/unit/protocol/channel/scripted_peer.h"

namespace hotline {
namespace {

using flatbuffers::FlatBufferBuilder;

// Two messages each way, one of them receipted, and one of ours that waits.
void fill(ScriptedPeer& peer) {
  ASSERT_TRUE(peer.start());
  LinkId link = peer.link_up();
  peer.own.append(peer.text());
  peer.own.append(peer.text());
  peer.say(link, peer.messages_frame(0, 2));
  peer.submit_text("One.");
  peer.submit_text("Two.", wire::Precedence::flash);
  peer.say(link, ScriptedPeer::receipt_frame(peer.receipt(1)));
  peer.lose(link);
  peer.submit_text("Three.", wire::Precedence::immediate);
  peer.pass(400'000);  // The ladder decides something.
  peer.crash();
}

class DamagedJournal : public testing::Test {
 protected:
  void SetUp() override { fill(peer); }

  // The journal with one more entry of this kind.
  template <typename Build>
  Status with(Build build, int64_t at = 1'795'000'100'000) {
    FlatBufferBuilder b;
    auto fact = build(b);
    auto type = []<typename Table>(flatbuffers::Offset<Table>) {
      return wire::FactTraits<Table>::enum_value;
    }(fact);
    wire::Digest salt = to_digest(Hash{});
    b.Finish(wire::CreateEntry(b, at, &salt, type, fact.Union()), kJournalEntryIdentifier);
    std::vector<Bytes> journal = peer.disk().journal();
    journal.emplace_back(b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize());
    return peer.replay(journal);
  }
  // True: this was refused with the number of the entry.
  testing::AssertionResult refused(const Status& status, const std::string& words) {
    if (status) return testing::AssertionFailure() << "it was taken";
    const std::string& reason = status.error().reason;
    std::string entry = "journal entry " + std::to_string(peer.disk().journal().size());
    if (reason.find(entry) == std::string::npos || reason.find(words) == std::string::npos) {
      return testing::AssertionFailure() << reason;
    }
    if (status.error().hint.empty()) return testing::AssertionFailure() << "no hint";
    return testing::AssertionSuccess();
  }
  Status released(uint64_t serial, uint8_t precedence) {
    return with([&](FlatBufferBuilder& b) {
      wire::Digest leaf = to_digest(Hash{});
      return wire::CreateReleased(b, serial, 1, precedence, &leaf, 100);
    });
  }
  Status numbered(uint64_t first, const std::vector<uint64_t>& serials) {
    return with([&](FlatBufferBuilder& b) {
      auto vector = b.CreateVector(serials);
      return wire::CreateNumbered(b, first, vector, b.CreateString("no note"));
    });
  }
  Status decided(uint8_t precedence, const std::vector<uint64_t>& messages) {
    return with([&](FlatBufferBuilder& b) {
      const std::vector<flatbuffers::Offset<wire::Step>> steps;
      return wire::CreateStepsDecidedDirect(b, true, precedence, &messages, &steps);
    });
  }
  Status attempted(uint8_t precedence, const std::vector<uint64_t>& messages) {
    return with([&](FlatBufferBuilder& b) {
      return wire::CreateAttemptEndedDirect(b, true, precedence, &messages, "supervisor");
    });
  }
  Status received(uint64_t index, uint8_t precedence) {
    return with([&](FlatBufferBuilder& b) {
      wire::Digest leaf = to_digest(Hash{});
      return wire::CreateReceived(b, index, &leaf, 100, 9, 1, precedence);
    });
  }

  Status draft_saved(uint64_t number, uint32_t version, const Hash* previous, const Bytes& draft) {
    return with([&](FlatBufferBuilder& b) {
      const auto bytes = b.CreateVector(draft);
      const wire::Digest replaced = to_digest(previous != nullptr ? *previous : Hash{});
      return wire::CreateDraftSaved(b, number, version, bytes,
                                    previous != nullptr ? &replaced : nullptr);
    });
  }

  ScriptedPeer peer;
};

TEST_F(DamagedJournal, TheUndamagedOneStarts) {
  EXPECT_TRUE(peer.start());
}

TEST_F(DamagedJournal, ASerialThatWasGivenBefore) {
  EXPECT_TRUE(refused(released(3, 1), "serial"));
  EXPECT_TRUE(refused(released(0, 1), "serial"));
}

TEST_F(DamagedJournal, ANumberBeyondAllMessages) {
  EXPECT_TRUE(refused(released(UINT64_MAX, 1), "serial"));
  const uint64_t beyond = UINT64_MAX / KeySet::kBlock * KeySet::kBlock;
  EXPECT_TRUE(refused(decided(1, {beyond, 1}), "no message"));
  EXPECT_TRUE(refused(attempted(1, {beyond, 1}), "no message"));
}

TEST_F(DamagedJournal, BlocksOfMessagesThatNobodyWrites) {
  for (const std::vector<uint64_t>& blocks :
       {std::vector<uint64_t>{63, 1}, {0, 0}, {64, 1, 64, 2}, {64, 1, 0, 1}, {0, 1, 64}}) {
    EXPECT_TRUE(refused(decided(1, blocks), "no message"));
    EXPECT_TRUE(refused(attempted(1, blocks), "no message"));
  }
  EXPECT_FALSE(refused(decided(1, {0, 1, 64, 1}), ""));
  EXPECT_FALSE(refused(attempted(1, {0, 1, 64, 1}), ""));
}

// Text that would be shown to the peer as a signed note, and is none.
TEST_F(DamagedJournal, ANoteThatIsMissing) {
  EXPECT_TRUE(refused(with([&](FlatBufferBuilder& b) {
                        return wire::CreateNumbered(b, 2, b.CreateVector(std::vector<uint64_t>{3}),
                                                    b.CreateString(""));
                      }),
                      "checkpoint is missing"));
  EXPECT_TRUE(refused(with([&](FlatBufferBuilder& b) {
                        return wire::CreateReceiptGiven(b, 2, b.CreateString(""));
                      }),
                      "receipt is missing"));
}

TEST_F(DamagedJournal, APrecedenceThatIsNone) {
  for (uint8_t precedence : {0, 5, 255}) {
    EXPECT_TRUE(refused(released(4, precedence), "precedence"));
    EXPECT_TRUE(refused(received(2, precedence), "precedence"));
    EXPECT_TRUE(refused(decided(precedence, {}), "precedence"));
    EXPECT_TRUE(refused(attempted(precedence, {}), "precedence"));
  }
}

TEST_F(DamagedJournal, APlaceThatIsNotTheNext) {
  for (uint64_t index : {uint64_t{0}, uint64_t{1}, uint64_t{3}, UINT64_MAX}) {
    EXPECT_TRUE(refused(numbered(index, {3}), "place"));
    EXPECT_TRUE(refused(received(index, 1), "place"));
  }
}

TEST_F(DamagedJournal, APlaceForWhatDoesNotWait) {
  EXPECT_TRUE(refused(numbered(2, {1}), "does not wait"));
  EXPECT_TRUE(refused(numbered(2, {77}), "does not wait"));
  EXPECT_TRUE(refused(numbered(2, {3, 3}), "twice"));
}

TEST_F(DamagedJournal, AReceiptThatDoesNotFit) {
  for (uint64_t size : {uint64_t{0}, uint64_t{3}, UINT64_MAX}) {
    EXPECT_TRUE(refused(with([&](FlatBufferBuilder& b) {
                          return wire::CreateReceiptHeld(b, size, b.CreateString("no note"));
                        }),
                        "receipt"));
    EXPECT_TRUE(refused(with([&](FlatBufferBuilder& b) {
                          return wire::CreateReceiptGiven(b, size, b.CreateString("no note"));
                        }),
                        "receipt"));
  }
}

TEST_F(DamagedJournal, ATimeThatIsNone) {
  for (int64_t at : {INT64_MIN, INT64_MAX}) {
    EXPECT_TRUE(
        refused(with([](FlatBufferBuilder& b) { return wire::CreateStopped(b); }, at), "time"));
  }
}

TEST_F(DamagedJournal, ADraftThatNobodyCouldHaveSaved) {
  const Bytes draft = made_draft(wire::MessageType::text, 4,
                                 build_body(ScriptedPeer::text_body("To be sent later.")));
  const Hash other{9};
  EXPECT_TRUE(refused(draft_saved(2, 1, nullptr, draft), "version of its draft"));
  EXPECT_TRUE(refused(draft_saved(0, 1, nullptr, draft), "version of its draft"));
  EXPECT_TRUE(refused(draft_saved(1, 2, nullptr, draft), "version of its draft"));
  EXPECT_TRUE(refused(draft_saved(1, 2, &other, draft), "version of its draft"));
  EXPECT_TRUE(refused(draft_saved(1, 1, nullptr, Bytes{1, 2, 3}), "cannot be read"));
  EXPECT_FALSE(refused(draft_saved(1, 1, nullptr, draft), ""));
  const auto discarded = [](FlatBufferBuilder& b) { return wire::CreateDraftDiscarded(b, 1); };
  EXPECT_TRUE(refused(with(discarded), "not open"));
  EXPECT_TRUE(refused(with([](FlatBufferBuilder& b) {
                        wire::Digest leaf = to_digest(Hash{});
                        wire::ReleasedBuilder sent(b);
                        sent.add_serial(4);
                        sent.add_precedence(1);
                        sent.add_leaf_hash(&leaf);
                        sent.add_draft(1);
                        return sent.Finish();
                      }),
                      "not open"));
}

// Every bit of what matters and every byte of the rest: the start is refused, because the root is
// another one; and getting there never goes down.
TEST_F(DamagedJournal, AnyByteOfIt) {
  std::vector<Bytes> journal = peer.disk().journal();
  for (size_t i = 0; i < journal.size(); ++i) {
    for (size_t at = 0; at < journal[i].size(); ++at) {
      const uint8_t flip = at % 2 == 0 ? 0x01 : 0xff;
      journal[i][at] ^= flip;
      ASSERT_FALSE(peer.replay(journal)) << "entry " << i << ", byte " << at;
      journal[i][at] ^= flip;
    }
  }
  EXPECT_TRUE(peer.replay(journal));
}

TEST_F(DamagedJournal, AnEntryTooFewTwiceOrElsewhere) {
  std::vector<Bytes> journal = peer.disk().journal();
  for (size_t i = 0; i < journal.size(); ++i) {
    std::vector<Bytes> fewer = journal;
    fewer.erase(fewer.begin() + static_cast<ptrdiff_t>(i));
    EXPECT_FALSE(peer.replay(fewer));
    std::vector<Bytes> twice = journal;
    twice.insert(twice.begin() + static_cast<ptrdiff_t>(i), journal[i]);
    EXPECT_FALSE(peer.replay(twice));
    if (i + 1 < journal.size()) {
      std::vector<Bytes> swapped = journal;
      std::swap(swapped[i], swapped[i + 1]);
      EXPECT_FALSE(peer.replay(swapped));
    }
  }
}

// The same by somebody who makes every hash fit: the core may start, and must then live with what
// it read. The tables beside the journal are compared with it.
class AlteredStore : public DamagedJournal {
 protected:
  void SetUp() override {
    DamagedJournal::SetUp();
    whole_ = std::make_unique<simulation::SimulatedDisk>(peer.disk());
  }
  void restore() {
    peer.crash();
    peer.disk() = *whole_;
  }
  // A start over the altered disk, and a while with the peer. True: it started.
  bool live_with(const std::vector<Bytes>& journal) {
    restore();
    peer.disk().alter_journal(journal);
    try {
      if (!peer.start()) return false;
      LinkId link = peer.link_up();
      if (!peer.is_closed(link)) {
        peer.own.append(peer.text());
        peer.say(link, peer.messages_frame(2, 3));
      }
      peer.submit_text("Four.");
      peer.pass(400'000);
    } catch (const RecordsError&) {
      // The daemon ends, and says why.
    }
    return true;
  }
  Status start_again() {
    peer.crash();
    return peer.start();
  }

  std::unique_ptr<simulation::SimulatedDisk> whole_;
};

TEST_F(AlteredStore, AnyByteOfTheJournalWithEveryHashMadeToFit) {
  const std::vector<Bytes> journal = peer.disk().journal();
  const ScriptedTranscript own = peer.own;
  simulation::Seeded random(1);
  size_t started = 0;
  for (size_t i = 0; i < journal.size(); ++i) {
    for (size_t at = random.below(12); at < journal[i].size(); at += 1 + random.below(23)) {
      SCOPED_TRACE("entry " + std::to_string(i) + ", byte " + std::to_string(at));
      std::vector<Bytes> altered = journal;
      altered[i][at] ^= static_cast<uint8_t>(1 + random.below(255));
      peer.own = own;
      if (live_with(altered)) ++started;
    }
  }
  EXPECT_GT(started, 0u);
}

TEST_F(AlteredStore, EntriesTooFewTwiceOrElsewhereWithEveryHashMadeToFit) {
  const std::vector<Bytes> journal = peer.disk().journal();
  const ScriptedTranscript own = peer.own;
  for (size_t i = 0; i < journal.size(); ++i) {
    std::vector<Bytes> fewer = journal;
    fewer.erase(fewer.begin() + static_cast<ptrdiff_t>(i));
    std::vector<Bytes> twice = journal;
    twice.insert(twice.begin() + static_cast<ptrdiff_t>(i), journal[i]);
    std::vector<Bytes> swapped = journal;
    std::swap(swapped[i], swapped[(i + 1) % journal.size()]);
    const std::vector<Bytes> cut(journal.begin(), journal.begin() + static_cast<ptrdiff_t>(i));
    for (const auto& altered : {fewer, twice, swapped, cut}) {
      peer.own = own;
      live_with(altered);
    }
  }
}

// Leaves and receipt are one commit, so no journal ends between them.
TEST_F(AlteredStore, AJournalCutBeforeAReceiptThatWasGiven) {
  std::vector<Bytes> journal = peer.disk().journal();
  auto is = [&](size_t i, wire::Fact type) {
    return flatbuffers::GetRoot<wire::Entry>(journal[i].data())->fact_type() == type;
  };
  size_t given = 0;
  while (!is(given, wire::Fact::ReceiptGiven)) ++given;
  journal.resize(given);
  peer.crash();
  peer.disk().alter_journal(journal);
  Status status = peer.start();
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().reason.find("receipt"), std::string::npos) << status.error().reason;
}

TEST_F(AlteredStore, ATranscriptThatIsNotTheJournals) {
  for (LogId log : {LogId::own_transcript, LogId::peer_transcript}) {
    restore();
    peer.disk().alter_leaf(log, 1, Hash{});
    Status status = start_again();
    ASSERT_FALSE(status);
    EXPECT_NE(status.error().reason.find("transcript"), std::string::npos);
    restore();
    peer.disk().cut_transcript(log, 1);
    EXPECT_THROW(static_cast<void>(start_again()), RecordsError);
  }
}

// Serial 3 waits for its number: it is read when the link comes up.
TEST_F(AlteredStore, AWaitingMessageThatIsGoneOrAnother) {
  const MessageKey key{false, 3};
  const MessageRecord record = *whole_->message(key);
  auto come_up = [&] {
    ASSERT_TRUE(start_again());
    peer.link_up();
  };
  peer.disk().remove_message(key);
  EXPECT_THROW(come_up(), RecordsError);

  restore();
  MessageRecord altered = record;
  altered.envelope[altered.envelope.size() / 2] ^= 1;
  altered.leaf_hash = leaf_hash(altered.envelope);
  peer.disk().alter_message(altered);
  EXPECT_THROW(come_up(), RecordsError);

  restore();
  altered = record;
  altered.body[altered.body.size() / 2] ^= 1;
  peer.disk().alter_message(altered);
  EXPECT_THROW(come_up(), RecordsError);
}

// Serial 2 or 1 was numbered and not receipted: it is read when it is sent again.
TEST_F(AlteredStore, ASentMessageThatIsGoneOrAnother) {
  const MessageKey key{false, *peer.disk().serial_at(1)};
  const MessageRecord record = *whole_->message(key);
  auto come_up = [&] {
    ASSERT_TRUE(start_again());
    peer.link_up();
  };
  peer.disk().remove_message(key);
  EXPECT_THROW(come_up(), RecordsError);

  restore();
  MessageRecord altered = record;
  altered.body[altered.body.size() / 2] ^= 1;
  peer.disk().alter_message(altered);
  EXPECT_THROW(come_up(), RecordsError);

  restore();
  altered = record;
  altered.envelope[altered.envelope.size() / 2] ^= 1;
  altered.leaf_hash = leaf_hash(altered.envelope);
  peer.disk().alter_message(altered);
  EXPECT_THROW(come_up(), RecordsError);
}

}  // namespace
}  // namespace hotline
