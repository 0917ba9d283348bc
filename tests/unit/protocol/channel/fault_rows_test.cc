// Rows of the fault matrix (H..) that one core and a scripted peer can show; the ladder's are in
// ladder_test.cc, the witness's in peer_journal_test.cc, the rest in the simulator and the system
// tests.
#include <gtest/gtest.h>

#include "protocol/base/limits.h"
#include "tests/unit/protocol/case_table.h"
#include "tests/unit/protocol/channel/scripted_peer.h"

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
  // It is the peer's word that is in doubt. Ours goes on, and is receipted.
  EXPECT_EQ(peer.alarms_with("and our own messages go on"), 1u);
  const auto say_flash = [&] {
    const auto sent = peer.answer(peer.submit_text("Hold fire.", wire::Precedence::flash));
    ASSERT_TRUE(sent && *sent) << (*sent).error().reason;
    EXPECT_EQ(peer.core_sent(), (*sent)->serial);
  };
  say_flash();
  ASSERT_TRUE(peer.start());
  peer.link_up(hello);
  say_flash();
}

// The peer's store is old. It would have to close a link on which it is receipted more than it
// sent; and what it lacks of ours goes over that link.
TEST_F(FaultRows, H26_APeerWhoseStoreIsOldIsSentWhatItLacks) {
  LinkId link = peer.link_up();
  for (int i = 0; i < 3; ++i) peer.own.append(peer.text());
  peer.say(link, peer.messages_frame(0, 3));
  ASSERT_EQ(peer.said_as<wire::Receipt>(link).size(), 1u);
  peer.lose(link);
  for (const uint64_t size : {0u, 1u}) {
    HelloFields hello = peer.hello();
    hello.own_checkpoint = size == 0 ? "" : peer.checkpoint(peer.own, size);
    hello.own_receipt = "";
    link = peer.link_up(hello);
    EXPECT_TRUE(peer.said_as<wire::Receipt>(link).empty());
    const auto sent = peer.answer(peer.submit_text("Hold fire.", wire::Precedence::flash));
    ASSERT_TRUE(sent && *sent);
    EXPECT_FALSE(peer.said_as<wire::Messages>(link).empty());
    EXPECT_FALSE(peer.is_closed(link));
    peer.lose(link);
  }
  EXPECT_GE(peer.alarms_with("its store"), 1u);
  // Once it shows all of it, the receipt is its own again.
  HelloFields whole = peer.hello();
  whole.own_receipt = "";
  link = peer.link_up(whole);
  EXPECT_EQ(peer.said_as<wire::Receipt>(link).size(), 1u);
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
  EXPECT_TRUE(peer.core().conditions().is_open(ConditionCode::own_store_old, "north"));
  EXPECT_EQ(peer.alarms_with("until then nothing is sent, use voice"), 1u);
  // It asks for its own messages, which this peer does not give back.
  EXPECT_EQ(peer.said_as<wire::TakeBack>(third).size(), 1u);
}

// The store is old and cannot know it yet: what was released until the hello is told by its
// serials, and after it none is given that the peer may hold.
TEST_F(FaultRows, B10_AnOldStoreSaysNoSerialThatMayBeTaken) {
  LinkId link = peer.link_up();
  simulation::SimulatedDisk old = peer.disk();
  peer.submit_text("Before the loss.");
  peer.say(link, ScriptedPeer::receipt_frame(peer.receipt(1)));
  peer.crash();
  peer.disk() = old;
  ASSERT_TRUE(peer.start());
  ASSERT_TRUE(peer.answer(peer.submit_text("While the link is down."))->has_value());
  peer.link_up();
  EXPECT_EQ(peer.alarms_with("N-000001 was released since this old store was started"), 1u);
  for (wire::Precedence precedence : {wire::Precedence::flash, wire::Precedence::routine}) {
    const auto answer = peer.answer(peer.submit_text("After the hello.", precedence));
    ASSERT_TRUE(answer);
    ASSERT_FALSE(*answer);
    EXPECT_EQ(answer->error().code, ErrorCode::refused);
    EXPECT_NE(answer->error().reason.find("older than what the peer can prove"), std::string::npos);
    EXPECT_NE(answer->error().hint.find("use voice"), std::string::npos);
  }
  EXPECT_EQ(peer.core().last_serial(), 1u);
  // Nor does the machine take one, to decline what breaks the rules: it comes again on the link
  // that follows the recovery.
  EnvelopeFields envelope = peer.envelope(wire::MessageType::text);
  ++peer.last_serial;
  envelope.from = "east";
  peer.own.append(ScriptedPeer::write(envelope, ScriptedPeer::text_body("From elsewhere.")));
  peer.say(peer.link_up(), peer.messages_frame(0, 1));
  EXPECT_EQ(peer.core().status().peer_size, 0u);
  EXPECT_EQ(peer.core().last_serial(), 1u);
}

// Serials are in no doubt after a fork of our own: who waits for an acknowledgement here need not
// wait on.
TEST_F(FaultRows, B10_AfterAForkOnlyWhatEndsAWaitIsTaken) {
  LinkId link = peer.link_up();
  peer.own.append(peer.text("All quiet."));
  peer.say(link, peer.messages_frame(0, 1));
  peer.submit_text("We see you.");
  ScriptedTranscript other;
  other.append(peer.text("Something else."));
  const CoreConfig& config = peer.config();
  const Checkpoint lie{transcript_origin(config.channel, config.party, 0), 1, other.root_at(1)};
  HelloFields hello = peer.hello();
  hello.peer_receipt =
      peer.receipt_on(sign_checkpoint(lie, peer.core_log_key().key, peer.core_log_key().signer));
  peer.link_up(hello);
  ASSERT_EQ(peer.alarms_with("nothing more is sent, use voice"), 1u);
  ASSERT_FALSE(peer.core().status().numbering_stopped.empty());
  EXPECT_FALSE(*peer.answer(peer.submit_text("New.", wire::Precedence::flash)));
  BodyFields body;
  body.subject = "Read";
  body.content = AcknowledgementFields{wire::Role::operator_, peer.now().utc, {}, {}};
  const auto acknowledged = peer.answer(peer.submit(wire::MessageType::acknowledgement,
                                                    wire::Precedence::routine, body, {"S-000001"}));
  EXPECT_TRUE(*acknowledged) << acknowledged->error().reason;
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

// ----------------------------------------------------------------------------------------------
// the fault matrix itself

// Where the other rows are tested (below tests/), and what of them is not.
const std::map<std::string, std::string> kFaultRowsElsewhere = {
    {"H01",
     "unit/daemon/store/sqlite/fault_test.cc at each write; system/test_channel.py at any "
     "moment"},
    {"H02", "unit/daemon/store/sqlite/fault_test.cc; the simulator's disks"},
    {"H03", "unit/daemon/store/sqlite/fault_test.cc"},
    {"H04", "unit/protocol/channel/disk_low_test.cc; system/test_daemon.py (Disk)"},
    {"H05",
     "unit/daemon/store/sqlite/corruption_test.cc; system/test_store_tamper.py. Nothing is "
     "fetched "
     "again from the peer: not built"},
    {"H06", "unit/protocol/channel/ladder_test.cc; the simulator's clocks"},
    {"H07", "unit/protocol/base/clock_test.cc; whole runs in other time zones are not tried"},
    {"H08", "unit/protocol/channel/ladder_test.cc; system/test_channel.py (SIGSTOP)"},
    {"H09",
     "unit/protocol/channel/session_rows_test.cc, unit/transport/tcp_socket_test.cc; the "
     "simulator"},
    {"H11", "system/test_channel.py; the simulator cuts at any byte"},
    {"H12", "unit/protocol/channel/session_rows_test.cc; the simulator"},
    {"H13", "unit/protocol/channel/session_rows_test.cc"},
    {"H14", "unit/transport/listen_test.cc; system/test_crowd.py"},
    {"H15", "unit/protocol/base/frame_test.cc, unit/transport/framed_link_test.cc; the fuzzers"},
    {"H16", "malformed_cases_test.cc, strict_flatbuffer_test.cc; the fuzzers"},
    {"H17", "malformed_cases_test.cc, strict_flatbuffer_test.cc"},
    {"H18", "no subject: nothing is imported"},
    {"H19",
     "unit/daemon/watch/expiry_watch_test.cc; system/test_certificates.py, system/test_daemon.py"},
    {"H20", "system/test_certificates.py (P07)"},
    {"H21", "unit/daemon/store/sqlite/fault_test.cc, unit/daemon/store/sqlite/open_test.cc"},
    {"H22", "no subject: there is no PostgreSQL store"},
    {"H25", "audit/tamper_cases_test.cc; system/test_store_tamper.py; verifier/"},
    {"H27", "measured, not tested: bench/backlog_bench.cc"},
    {"H28", "unit/transport/framed_link_test.cc"},
    {"H29", "system/test_crowd.py"},
    {"H30", "a kill as H01; bounds: misbehaving_peer_test.cc. Limits of memory are not tried"},
    {"H31", "unit/protocol/channel/ladder_test.cc, unit/daemon/notify/command_runs_test.cc"},
    {"H32", "unit/protocol/channel/ladder_test.cc"},
    {"H33", "unit/protocol/channel/ladder_test.cc, unit/daemon/notify/command_runs_test.cc"},
    {"H34", "peer_journal_test.cc; it is recorded before it is sent: the simulator"},
    {"H35",
     "an auditor who writes, an operator who exports: system/test_channel.py, "
     "system/test_audit.py. Release by two persons is not built"},
    {"H37", "strict_flatbuffer_test.cc (fields and kinds from the future); there is one version"},
    {"H39", "system/test_channel.py; the simulator crashes at any moment"},
    {"H40", "the simulator: each seed has its own faults, then a phase without"},
};

TEST(FaultTable, EveryRowIsAccountedFor) {
  expect_rows_accounted_for("fault_matrix.csv", ids_in_suite("FaultRows"), kFaultRowsElsewhere, 40);
}

}  // namespace
}  // namespace hotline
