// Rows of the fault matrix (H..) that one core and a scripted peer can show; the ladder's are in
// ladder_test.cc, the witness's in peer_journal_test.cc, the rest in the simulator and the system
// tests.
#include <gtest/gtest.h>

#include "protocol/limits.h"
#include "tests/unit/protocol/scripted_peer.h"

namespace hotline {
namespace {

class FaultRows : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(peer.start()); }
  ScriptedPeer peer;
};

TEST_F(FaultRows, H10_NothingIsDeliveredWithoutAStoredReceipt) {
  LinkId link = peer.link_up();
  peer.submit_text();
  ASSERT_EQ(peer.said_as<wire::Messages>(link).size(), 1u);
  EXPECT_EQ(peer.core().status().own_receipted, 0u);
  // Our frames arrive, its receipts do not: after three probes the link is down and nothing counts.
  peer.pass(limits::kProbeInterval_ms * (limits::kProbesMissedMax + 1));
  EXPECT_EQ(peer.core().status().link, wire::LinkState::down);
  EXPECT_EQ(peer.core().status().own_receipted, 0u);
  // Nor does a receipt that is not on our disk yet.
  LinkId second = peer.link_up();
  peer.hold_commits = true;
  peer.say(second, ScriptedPeer::receipt_frame(peer.receipt(1)));
  EXPECT_EQ(peer.core().status().own_receipted, 0u);
  peer.commit();
  EXPECT_EQ(peer.core().status().own_receipted, 1u);
}

TEST_F(FaultRows, H23_APeerThatRolledBackIsAlarmedAndStillHeard) {
  LinkId link = peer.link_up();
  for (int i = 0; i < 4; ++i) peer.own.append(peer.text());
  peer.say(link, peer.messages_frame(0, 4));
  for (uint64_t size = 1; size < 4; ++size) {
    HelloFields hello = peer.hello();
    hello.own_checkpoint = peer.checkpoint(peer.own, size);
    LinkId again = peer.link_up(hello);
    EXPECT_FALSE(peer.is_closed(again));
    EXPECT_EQ(peer.alarms_with("shrank"), size);
  }
  peer.own.append(peer.text());
  LinkId last = peer.link_up();
  peer.say(last, peer.messages_frame(4, 5));
  EXPECT_EQ(peer.core().status().peer_size, 5u);
  EXPECT_TRUE(peer.core().status().numbering_stopped.empty());
}

TEST_F(FaultRows, H24_TwoRootsOfOneSizeAreKeptAsASignedPair) {
  LinkId link = peer.link_up();
  peer.own.append(peer.text());
  peer.say(link, peer.messages_frame(0, 1));
  ScriptedTranscript other;
  other.append(peer.text("Something else."));
  HelloFields hello = peer.hello();
  hello.own_checkpoint = peer.checkpoint(other, 1);
  peer.link_up(hello);
  auto evidence = peer.recorded<wire::EvidenceKept>();
  ASSERT_EQ(evidence.size(), 1u);
  EXPECT_EQ(evidence[0]->kind(), wire::EvidenceKind::fork_of_peer);
  // Each half verifies by itself, under the peer's key: a third person needs nothing of ours.
  const CoreConfig& config = peer.config();
  std::string origin = transcript_origin(config.channel, config.peer, 0);
  auto one = open_checkpoint(evidence[0]->first()->str(), origin, config.peer_keys.log,
                             *config.peer_keys.log_verifier);
  auto two = open_checkpoint(evidence[0]->second()->str(), origin, config.peer_keys.log,
                             *config.peer_keys.log_verifier);
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->size, two->size);
  EXPECT_NE(one->root, two->root);
  EXPECT_FALSE(peer.core().status().numbering_stopped.empty());
}

TEST_F(FaultRows, H26_ARestoredStoreReusesNoPlace) {
  LinkId link = peer.link_up();
  simulation::SimulatedDisk old = peer.disk();
  peer.submit_text("Before the loss.");
  peer.say(link, ScriptedPeer::receipt_frame(peer.receipt(1)));
  peer.crash();
  peer.disk() = old;
  ASSERT_TRUE(peer.start());
  LinkId second = peer.link_up();
  EXPECT_EQ(peer.alarms_with("this store is old"), 1u);
  peer.submit_text("After the loss.");
  EXPECT_TRUE(peer.said_as<wire::Messages>(second).empty());
  EXPECT_EQ(peer.core().status().own_size, 0u);
  // And not after another restart either.
  ASSERT_TRUE(peer.start());
  LinkId third = peer.link_up();
  EXPECT_TRUE(peer.said_as<wire::Messages>(third).empty());
  EXPECT_EQ(peer.alarms_with("nothing is sent; use voice"), 1u);
}

TEST_F(FaultRows, H36_ExerciseAndLiveNeverMeet) {
  HelloFields hello = peer.hello();
  hello.exercise = true;
  EXPECT_EQ(peer.close_reason(peer.link_up(hello)), wire::CloseReason::identity);

  LinkId link = peer.link_up();
  EnvelopeFields envelope = peer.envelope(wire::MessageType::text);
  envelope.mode = wire::Mode::exercise;
  peer.own.append(ScriptedPeer::write(envelope, ScriptedPeer::text_body("A drill.")));
  peer.say(link, peer.messages_frame(0, 1));
  ASSERT_EQ(peer.recorded<wire::Received>().size(), 1u);
  EXPECT_EQ(peer.recorded<wire::Received>()[0]->decline_code(),
            static_cast<uint16_t>(wire::DeclineCode::wrong_mode));
}

TEST_F(FaultRows, H38_AClockThatWentBackIsRecordedAndOrderStays) {
  LinkId link = peer.link_up();
  peer.own.append(peer.text());
  peer.say(link, peer.messages_frame(0, 1));
  peer.set_wall_clock(peer.now().utc - 3'600'000);
  peer.pass(500);
  EXPECT_EQ(peer.recorded<wire::ClockStepped>().size(), 1u);
  EXPECT_EQ(peer.alarms_with("clock was set"), 1u);
  peer.own.append(peer.text());
  peer.say(link, peer.messages_frame(1, 2));
  EXPECT_EQ(peer.recorded<wire::Received>().size(), 2u);
  ASSERT_TRUE(peer.start());
  EXPECT_EQ(peer.core().status().peer_size, 2u);
}

}  // namespace
}  // namespace hotline
