// The core as witness of the peer's journal, and as the owner of one that the peer witnesses: what
// it signs, what it refuses and tells, and what ends its trust.
#include <gtest/gtest.h>

#include "protocol/base/limits.h"
#include "tests/unit/protocol/channel/scripted_peer.h"

namespace hotline {
namespace {

class Witness : public testing::Test {
 protected:
  void SetUp() override {
    for (uint64_t i = 0; i < 40; ++i) {
      peer.own_journal.append(leaf_hash(as_bytes(std::to_string(i))));
      other.append(leaf_hash(as_bytes(std::to_string(i == 3 ? 99 : i))));
    }
    ASSERT_TRUE(peer.start());
    link = peer.link_up();
    offer(0, 9);
    ASSERT_EQ(cosigned(), 1u);
  }

  void offer(const MemoryHashSource& log, uint64_t from, uint64_t to) {
    peer.say(link, ScriptedPeer::journal_offer_frame(peer.journal_checkpoint(log, to), from,
                                                     consistency_proof(log, from, to)));
  }
  void offer(uint64_t from, uint64_t to) { offer(peer.own_journal, from, to); }
  void offer_unproven(uint64_t from, uint64_t to) {
    peer.say(link, ScriptedPeer::journal_offer_frame(peer.journal_checkpoint(peer.own_journal, to),
                                                     from, {}));
  }
  // How many entries in our journal say that we cosigned.
  size_t cosigned() { return peer.recorded<wire::JournalWitnessed>().size(); }
  uint64_t cosigned_size() { return peer.recorded<wire::JournalWitnessed>().back()->size(); }
  size_t evidence() { return peer.recorded<wire::EvidenceKept>().size(); }

  ScriptedPeer peer;
  MemoryHashSource other;  // A second history of the peer's journal.
  LinkId link = 0;
};

TEST_F(Witness, V5_ABadProofIsToldAndTheNextGoodOfferIsCosigned) {
  offer_unproven(9, 20);
  EXPECT_EQ(cosigned(), 1u);
  EXPECT_EQ(evidence(), 0u) << "both notes are honest";
  EXPECT_EQ(peer.alarms_with("no proof that it continues the 9 that we cosigned"), 1u);
  EXPECT_FALSE(peer.is_closed(link)) << "messages go on";
  offer(9, 20);
  EXPECT_EQ(cosigned_size(), 20u);
}

TEST_F(Witness, V5_AnOldHonestCheckpointIsToldAndTheNextGoodOfferIsCosigned) {
  offer(0, 8);
  EXPECT_EQ(cosigned(), 1u);
  EXPECT_EQ(evidence(), 0u) << "it was honest when it was signed";
  EXPECT_EQ(peer.alarms_with("8 entries, fewer than the 9 that we cosigned"), 1u);
  auto conflicts = peer.said_as<wire::JournalConflict>(link);
  ASSERT_EQ(conflicts.size(), 1u) << "an owner whose store is old learns of it";
  EXPECT_EQ(conflicts[0]->size(), 9u);
  EXPECT_FALSE(peer.is_closed(link));
  offer(9, 20);
  EXPECT_EQ(cosigned_size(), 20u);
}

// Another history that no two notes of one size show: it is never cosigned, and the first again is.
TEST_F(Witness, V5_AHistoryThatDoesNotContinueIsNeverCosigned) {
  offer(other, 9, 20);
  offer(other, 9, 30);
  EXPECT_EQ(cosigned(), 1u);
  EXPECT_EQ(evidence(), 0u);
  offer(9, 20);
  EXPECT_EQ(cosigned_size(), 20u);
  EXPECT_EQ(evidence(), 0u);
}

TEST_F(Witness, V5_TwoRootsOfOneSizeAreAForkAndEndTheWitness) {
  offer(other, 0, 9);
  auto kept = peer.recorded<wire::EvidenceKept>();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0]->kind(), wire::EvidenceKind::fork_of_peer_journal);
  EXPECT_EQ(kept[0]->first()->str(), peer.journal_checkpoint(other, 9));
  EXPECT_TRUE(kept[0]->second()->str().starts_with(peer.journal_checkpoint(peer.own_journal, 9)));
  EXPECT_EQ(peer.alarms_with("two journals of 9 entries"), 1u);
  offer(9, 20);
  EXPECT_EQ(cosigned(), 1u);
  // So it is after a restart, and messages go on.
  ASSERT_TRUE(peer.start());
  link = peer.link_up();
  offer(9, 20);
  EXPECT_EQ(cosigned(), 1u);
  EXPECT_FALSE(peer.is_closed(link));
}

TEST_F(Witness, V5_ARestartForgetsNothingOfWhatWasRefused) {
  offer_unproven(9, 20);
  offer(0, 8);
  ASSERT_TRUE(peer.start());
  link = peer.link_up();
  offer(9, 20);
  EXPECT_EQ(cosigned_size(), 20u);
}

TEST_F(Witness, V5_BadOffersWithoutEndAreToldAsANumber) {
  size_t before = peer.disk().journal().size();
  constexpr size_t kOften = 500;
  for (size_t i = 0; i < kOften; ++i) {
    if (i % 2 == 0) {
      offer_unproven(9, 20);
    } else {
      offer(0, 8);
    }
  }
  EXPECT_LE(peer.disk().journal().size() - before, limits::kPeerAlarmsToldMax);
  EXPECT_FALSE(peer.is_closed(link));
  peer.pass(NoiseGate::kWindow_ms);
  EXPECT_EQ(peer.alarms_with(std::to_string(kOften - limits::kPeerAlarmsToldMax) +
                             " more notes in the last minute that do not fit"),
            1u);
  EXPECT_EQ(evidence(), 0u);
  link = peer.link_up();  // It was silent meanwhile.
  offer(9, 20);
  EXPECT_EQ(cosigned_size(), 20u);
}

// Two links shake hands at once: what the peer said first may be read last.
TEST_F(Witness, V5_AHelloThatWaitedIsNoEvidenceOfAnOldStore) {
  // At first it shows nothing that came since; then less than came since.
  for (uint64_t round = 1; round <= 2; ++round) {
    peer.submit_text();
    const LinkId waiting = peer.open();
    const HelloFields said_before = peer.hello();
    peer.say(link, ScriptedPeer::receipt_frame(peer.receipt(peer.core_sent())));
    peer.own.append(peer.text());
    peer.say(link, peer.messages_frame(round - 1, round));
    peer.say(waiting, ScriptedPeer::frame(said_before));
    EXPECT_FALSE(peer.is_closed(waiting));
    EXPECT_EQ(evidence(), 0u);
    EXPECT_EQ(peer.alarms_with("old"), 0u);
    link = peer.link_up();
  }
  // A hello on a link that was opened since counts as it is.
  HelloFields less = peer.hello();
  less.own_checkpoint = peer.checkpoint(peer.own, 1);
  less.peer_receipt.clear();
  peer.link_up(less);
  EXPECT_EQ(evidence(), 2u) << "it lost its receipt, and a message of its own";
}

// ----------------------------------------------------------------------------------------------
// our journal

// Exports offer the journal anew, however many come before the witness answers.
TEST_F(Witness, V5_ACosignatureThatComesLateIsHeld) {
  std::string first = peer.said_as<wire::JournalOffer>(link).front()->checkpoint()->str();
  for (uint8_t token = 1; token <= 20; ++token) {
    peer.core().record_export(peer.now(), token, Actor{"an auditor", Hash{token}, {}});
    peer.pass(limits::kExportOfferInterval_ms + 100);
  }
  ASSERT_GT(peer.said_as<wire::JournalOffer>(link).size(), 20u);
  peer.say(link, peer.journal_cosigned_frame(first));
  EXPECT_FALSE(peer.is_closed(link));
  ASSERT_EQ(peer.disk().receipts().size(), 1u);
  EXPECT_EQ(peer.disk().receipts()[0].log, LogId::journal);
}

TEST_F(Witness, ACosignatureOnWhatOurJournalNeverWasEndsTheLink) {
  std::string offered = peer.said_as<wire::JournalOffer>(link).back()->checkpoint()->str();
  Checkpoint lie = parse_checkpoint_text(parse_note(offered)->text).value();
  lie.root[0] ^= 1;
  peer.say(link, peer.journal_cosigned_frame(
                     sign_checkpoint(lie, peer.core_log_key().key, peer.core_log_key().signer)));
  EXPECT_EQ(peer.close_reason(link), wire::CloseReason::claim);
  EXPECT_TRUE(peer.disk().receipts().empty());
}

TEST_F(Witness, ACosignatureAboveWhatOurJournalHoldsEndsTheLink) {
  std::string offered = peer.said_as<wire::JournalOffer>(link).back()->checkpoint()->str();
  Checkpoint lie = parse_checkpoint_text(parse_note(offered)->text).value();
  lie.size = limits::kTreeSizeMax;
  peer.say(link, peer.journal_cosigned_frame(
                     sign_checkpoint(lie, peer.core_log_key().key, peer.core_log_key().signer)));
  EXPECT_EQ(peer.close_reason(link), wire::CloseReason::claim);
  EXPECT_TRUE(peer.disk().receipts().empty());
}

}  // namespace
}  // namespace hotline
