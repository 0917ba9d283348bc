// The rules by which a witness cosigns (c2sp.org/tlog-witness, "add-checkpoint").
#include "protocol/channel/peer_journal.h"

#include <gtest/gtest.h>

#include "protocol/message/envelope.h"
#include "tests/memory_hash_source.h"
#include "tests/test_party.h"

namespace hotline {
namespace {

using Verdict = PeerJournal::Verdict;

// The peer's journal, and what we cosigned of it.
struct Witnessing {
  MemoryHashSource log;
  TestChannel test;
  PeerJournal witness;

  explicit Witnessing(uint64_t entries) {
    for (uint64_t i = 0; i < entries; ++i) log.append(leaf_hash(as_bytes(std::to_string(i))));
  }
  Checkpoint at(uint64_t size) const { return {test.origin, size, root_at(log, size)}; }
  std::vector<Hash> proof(uint64_t from, uint64_t to) const {
    return consistency_proof(log, from, to);
  }
  void cosign(const Checkpoint& checkpoint) {
    flatbuffers::FlatBufferBuilder b;
    std::string note = sign_checkpoint(checkpoint, test.log.key, test.log.signer);
    b.Finish(wire::CreateJournalWitnessed(b, checkpoint.size, b.CreateString(note)));
    witness.witnessed(*flatbuffers::GetRoot<wire::JournalWitnessed>(b.GetBufferPointer()));
  }
};

TEST(PeerJournal, CosignsWhatContinues) {
  Witnessing w(40);
  EXPECT_EQ(w.witness.judge(w.at(7), 0, {}), Verdict::cosign);
  w.cosign(w.at(7));
  EXPECT_EQ(w.witness.size(), 7u);
  for (uint64_t size = 8; size <= 40; ++size) {
    EXPECT_EQ(w.witness.judge(w.at(size), 7, w.proof(7, size)), Verdict::cosign) << size;
  }
}

TEST(PeerJournal, RepeatsWhatItCosignedLast) {
  Witnessing w(9);
  w.cosign(w.at(9));
  EXPECT_EQ(w.witness.judge(w.at(9), 9, {}), Verdict::repeat);
  EXPECT_EQ(w.witness.judge(w.at(9), 0, {}), Verdict::repeat) << "the answer was lost";
}

TEST(PeerJournal, TellsTheRightSizeToAnOwnerWhoNamesAnother) {
  Witnessing w(20);
  w.cosign(w.at(9));
  EXPECT_EQ(w.witness.judge(w.at(20), 0, {}), Verdict::conflict);
  EXPECT_EQ(w.witness.judge(w.at(20), 8, w.proof(8, 20)), Verdict::conflict);
}

// T08 of tamper_cases.csv: two notes of one key that cannot both be honest.
TEST(PeerJournal, CallsTwoRootsOfOneSizeAFork) {
  Witnessing w(20);
  w.cosign(w.at(9));
  Checkpoint other = w.at(9);
  other.root[0] ^= 1;
  EXPECT_EQ(w.witness.judge(other, 9, {}), Verdict::fork);
  EXPECT_EQ(w.witness.judge(other, 0, {}), Verdict::fork);
}

// T01 of tamper_cases.csv. None of these shows that the owner lied: an old note was honest once,
// and a proof may be bad where both notes are good.
TEST(PeerJournal, V5_NeverCosignsASmallerSizeOrWhatIsNotProven) {
  Witnessing w(20);
  w.cosign(w.at(9));
  EXPECT_EQ(w.witness.judge(w.at(8), 9, {}), Verdict::smaller);
  EXPECT_EQ(w.witness.judge(w.at(8), 0, {}), Verdict::smaller);

  Witnessing altered(0);
  for (uint64_t i = 0; i < 20; ++i) {
    altered.log.append(leaf_hash(as_bytes(std::to_string(i == 3 ? 99 : i))));
  }
  EXPECT_EQ(w.witness.judge(altered.at(8), 9, {}), Verdict::smaller);
  EXPECT_EQ(w.witness.judge(altered.at(20), 9, altered.proof(9, 20)), Verdict::unproven);
  std::vector<Hash> proof = w.proof(9, 20);
  proof.pop_back();
  EXPECT_EQ(w.witness.judge(w.at(20), 9, proof), Verdict::unproven);
  EXPECT_EQ(w.witness.judge(w.at(20), 9, {}), Verdict::unproven);
  EXPECT_EQ(w.witness.judge(w.at(20), 9, w.proof(9, 20)), Verdict::cosign);
}

}  // namespace
}  // namespace hotline
