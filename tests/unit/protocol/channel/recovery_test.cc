// A store that is old or lost takes back what the peer holds, and the channel goes on.
#include "protocol/channel/recovery.h"

#include <gtest/gtest.h>

#include <set>

#include "protocol/channel/restored_store.h"
#include "protocol/channel/wire_frames.h"
#include "protocol/message/envelope.h"
#include "tests/unit/protocol/channel/scripted_peer.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

using simulation::SimulatedDisk;

constexpr uint8_t kFlashLevel = 1;
constexpr uint8_t kRoutineLevel = 4;

class RecoveryTest : public testing::Test {
 protected:
  TwoCores cores;

  std::string say(size_t party, uint8_t precedence = kRoutineLevel) {
    const auto sent = cores.submit(party, precedence);
    EXPECT_TRUE(sent) << (sent ? "" : sent.error().reason);
    return sent ? cores.core(party).name_of({false, sent->serial}) : "";
  }
  void acknowledge(size_t party, const std::string& id) {
    const auto sent = cores.submit(
        party, 0, AcknowledgementFields{wire::Role::operator_, cores.now().utc, {}, {}}, {id});
    EXPECT_TRUE(sent) << (sent ? "" : sent.error().reason);
  }
  // The recovery ends its link.
  void reconnect() {
    cores.connect();
    cores.connect();
  }
  void expect_same() {
    for (const size_t party : {kNorth, kSouth}) {
      const auto own = cores.core(party).status(), peers = cores.core(1 - party).status();
      EXPECT_EQ(own.own_size, peers.peer_size);
      EXPECT_EQ(own.own_root, peers.peer_root);
      EXPECT_EQ(own.own_receipted, own.own_size);
      EXPECT_EQ(own.numbering_stopped, "");
    }
  }
  bool is_open(size_t party, ConditionCode code) {
    const auto all = cores.core(party).conditions().list();
    return std::any_of(all.begin(), all.end(),
                       [&](const Condition& one) { return one.kind->code == code; });
  }
  Status confirm(size_t party, uint64_t epoch, wire::Role role = wire::Role::supervisor) {
    const Actor bob{"bob", Hash{8}, {static_cast<uint8_t>(role)}};
    cores.core(party).confirm_recovery(cores.now(), ++last_token_, bob, epoch);
    cores.settle();
    return cores.recovery_answers(party).at(last_token_);
  }
  Status resolve(size_t party, bool journal, wire::Role role = wire::Role::supervisor) {
    const Actor bob{"bob", Hash{8}, {static_cast<uint8_t>(role)}};
    cores.core(party).resolve_fork(cores.now(), ++last_token_, bob, journal);
    cores.settle();
    return cores.recovery_answers(party).at(last_token_);
  }
  uint64_t last_token_ = 7'000;
  std::set<std::string> own_ids(size_t party) {
    std::set<std::string> ids;
    for (const auto& [key, record] : cores.disk(party).messages()) {
      if (key.incoming) continue;
      const auto envelope = open_envelope(record.envelope);
      EXPECT_TRUE(ids.insert((*envelope)->id()->str()).second);
    }
    return ids;
  }
};

TEST_F(RecoveryTest, AnOldStoreTakesBackWhatThePeerHolds) {
  cores.connect();
  const std::string first = say(kNorth, kFlashLevel);
  acknowledge(kSouth, first);
  const SimulatedDisk backup = cores.disk(kNorth);
  const std::string asked = say(kSouth);
  acknowledge(kNorth, asked);
  const std::string second = say(kNorth, kFlashLevel);
  acknowledge(kSouth, second);
  const std::string third = say(kNorth, kFlashLevel);
  const auto ids = own_ids(kNorth);

  cores.restart(kNorth, backup);
  reconnect();

  expect_same();
  EXPECT_FALSE(is_open(kNorth, ConditionCode::own_store_old));
  EXPECT_FALSE(is_open(kSouth, ConditionCode::peer_store_old));
  for (const std::string& id : ids) EXPECT_TRUE(own_ids(kNorth).contains(id)) << id;
  // Only the one that nobody acknowledged waits.
  EXPECT_EQ(cores.core(kNorth).ladder().waiting_count(true), 0u);
  EXPECT_EQ(cores.core(kNorth).ladder().waiting_count(false), 1u);
  EXPECT_EQ(say(kNorth), "N-001001");
  acknowledge(kSouth, "N-001001");
  expect_same();
}

// Nobody can prove that it lacks something: it may have given places and serials all the same.
TEST_F(RecoveryTest, AMarkedStoreBeginsAnEpochThoughItLacksNothing) {
  cores.connect();
  acknowledge(kSouth, say(kNorth));
  SimulatedDisk backup = cores.disk(kNorth);
  simulation::Seeded random(5);
  RestoredStore restored(backup, random);
  for (uint64_t index = 0; index < backup.journal().size(); ++index) {
    ASSERT_TRUE(restored.replay(index, backup.journal()[index]));
  }
  const auto mark = restored.mark(cores.now(), backup.journal_root());
  ASSERT_TRUE(mark);
  backup.persist(**mark);
  cores.restart(kNorth, backup);
  EXPECT_TRUE(is_open(kNorth, ConditionCode::own_store_old));
  EXPECT_FALSE(cores.submit(kNorth, kFlashLevel));
  reconnect();
  expect_same();
  EXPECT_FALSE(is_open(kNorth, ConditionCode::own_store_old));
  EXPECT_EQ(say(kNorth), "N-001001");
}

TEST_F(RecoveryTest, ALostStoreTakesBackEverything) {
  cores.connect();
  for (int i = 0; i < 5; ++i) {
    acknowledge(kSouth, say(kNorth));
    acknowledge(kNorth, say(kSouth));
  }
  const auto ids = own_ids(kNorth);
  cores.restart(kNorth, {});
  reconnect();
  expect_same();
  for (const std::string& id : ids) EXPECT_TRUE(own_ids(kNorth).contains(id)) << id;
  EXPECT_EQ(cores.core(kNorth).ladder().waiting_count(true), 0u);
  EXPECT_EQ(cores.core(kNorth).ladder().waiting_count(false), 0u);
  acknowledge(kSouth, say(kNorth, kFlashLevel));
}

TEST_F(RecoveryTest, ItStandsUnconfirmedUntilASupervisorConfirmsIt) {
  cores.connect();
  say(kNorth);
  EXPECT_FALSE(confirm(kNorth, 0)) << "there was none";
  for (uint64_t epoch = 1; epoch <= 2; ++epoch) {
    cores.restart(kNorth, {});
    reconnect();
    EXPECT_TRUE(is_open(kNorth, ConditionCode::recovery_unconfirmed));
    EXPECT_FALSE(is_open(kSouth, ConditionCode::recovery_unconfirmed));
    // It waits for nobody.
    say(kNorth, kFlashLevel);
    cores.restart(kNorth);
    cores.connect();
    EXPECT_EQ(confirm(kNorth, epoch, wire::Role::operator_).error().code, ErrorCode::not_allowed);
    EXPECT_EQ(confirm(kNorth, epoch - 1).error().code, ErrorCode::refused);
    EXPECT_EQ(confirm(kNorth, epoch + 1).error().code, ErrorCode::refused);
    EXPECT_TRUE(is_open(kNorth, ConditionCode::recovery_unconfirmed));
    const Status confirmed = confirm(kNorth, epoch);
    EXPECT_TRUE(confirmed) << confirmed.error().reason;
    EXPECT_FALSE(is_open(kNorth, ConditionCode::recovery_unconfirmed));
    EXPECT_EQ(confirm(kNorth, epoch).error().code, ErrorCode::refused);
    cores.restart(kNorth);
    cores.connect();
    EXPECT_FALSE(is_open(kNorth, ConditionCode::recovery_unconfirmed));
    expect_same();
  }
}

TEST(AfterRecoveryTest, WhereNobodyCanConfirmItTheConditionSaysSo) {
  simulation::Seeded random(1);
  SimulatedDisk disk;
  Recorder recorder(disk, random);
  Persons persons(recorder, random);
  Noise noise(recorder, random);
  Conditions conditions(recorder);
  CoreConfig config;
  Evidence evidence(config, recorder, noise, conditions);
  AfterRecovery after(config, recorder, persons, noise, conditions, evidence);
  const Now now{1'000'000, 1'795'000'000'000};
  after.note_conditions(now);
  EXPECT_TRUE(conditions.list().empty());
  after.apply(recorder.record(now, [](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateEpochBegan(b, false, 1, 0, false);
  }));
  after.note_conditions(now);
  ASSERT_EQ(conditions.list().size(), 1u);
  EXPECT_NE(conditions.list()[0].text.find("no supervisor has confirmed it"), std::string::npos);
  config.has_supervisor = false;
  after.note_conditions(now);
  EXPECT_NE(conditions.list()[0].text.find("nobody here can confirm it"), std::string::npos);
}

// A disk was put back as it was, without a mark, and then the newer one again: two messages have
// one place. docs/operating.md says what to do.
TEST_F(RecoveryTest, AfterAForkAStoreMadeAnewTakesWhatThePeerHolds) {
  LinkId link = cores.connect();
  acknowledge(kSouth, say(kNorth));
  const SimulatedDisk before = cores.disk(kNorth);
  cores.hold_frames_from(kNorth, true);
  say(kNorth);
  const SimulatedDisk after = cores.disk(kNorth);
  cores.disconnect(link);
  cores.hold_frames_from(kNorth, false);
  cores.restart(kNorth, before);
  link = cores.connect();
  acknowledge(kSouth, say(kNorth, kFlashLevel));
  cores.restart(kNorth, after);
  reconnect();
  EXPECT_TRUE(is_open(kNorth, ConditionCode::own_forked));
  EXPECT_TRUE(is_open(kSouth, ConditionCode::peer_forked)) << "alarm on both floors";
  EXPECT_FALSE(cores.submit(kNorth, kFlashLevel));

  cores.restart(kNorth, {});
  reconnect();
  expect_same();
  EXPECT_FALSE(is_open(kNorth, ConditionCode::own_forked));
  EXPECT_TRUE(confirm(kNorth, 1));
  acknowledge(kSouth, say(kNorth, kFlashLevel));
  acknowledge(kNorth, say(kSouth));
  expect_same();

  // The other side's supervisor ends the alarm.
  EXPECT_TRUE(is_open(kSouth, ConditionCode::peer_forked));
  EXPECT_EQ(resolve(kSouth, true).error().code, ErrorCode::refused) << "no journal was forked";
  EXPECT_EQ(resolve(kSouth, false, wire::Role::operator_).error().code, ErrorCode::not_allowed);
  EXPECT_TRUE(is_open(kSouth, ConditionCode::peer_forked));
  EXPECT_TRUE(resolve(kSouth, false));
  EXPECT_FALSE(is_open(kSouth, ConditionCode::peer_forked));
  EXPECT_EQ(resolve(kSouth, false).error().code, ErrorCode::refused);
  cores.restart(kSouth);
  reconnect();
  EXPECT_FALSE(is_open(kSouth, ConditionCode::peer_forked));
  acknowledge(kSouth, say(kNorth));
  expect_same();
}

TEST_F(RecoveryTest, ARecoveryThatABreakInterruptsBeginsAnew) {
  cores.connect();
  for (int i = 0; i < 20; ++i) acknowledge(kSouth, say(kNorth));
  cores.restart(kNorth, {});
  cores.hold_frames_from(kSouth, true);
  const LinkId link = cores.connect();
  cores.disconnect(link);
  cores.hold_frames_from(kSouth, false);
  cores.restart(kNorth);
  reconnect();
  expect_same();
}

TEST_F(RecoveryTest, AStoreIsLostAgainAndAgain) {
  cores.connect();
  acknowledge(kSouth, say(kNorth));
  for (int i = 1; i <= 3; ++i) {
    cores.restart(kNorth, {});
    reconnect();
    expect_same();
    EXPECT_EQ(say(kNorth), "N-" + std::string("00") + std::to_string(i) + "001");
  }
}

TEST_F(RecoveryTest, BothLoseTheirStoresAndOneHasABackup) {
  cores.connect();
  acknowledge(kSouth, say(kNorth));
  acknowledge(kNorth, say(kSouth));
  const SimulatedDisk backup = cores.disk(kSouth);
  say(kNorth);
  cores.restart(kNorth, {});
  cores.restart(kSouth, backup);
  reconnect();
  reconnect();
  expect_same();
  acknowledge(kSouth, say(kNorth));
  acknowledge(kNorth, say(kSouth));
}

TEST_F(RecoveryTest, TheJournalIsWitnessedInItsNewEpoch) {
  cores.connect();
  acknowledge(kSouth, say(kNorth));
  cores.pass(21 * 60 * 1000);
  const SimulatedDisk backup = cores.disk(kNorth);
  for (int i = 0; i < 3; ++i) acknowledge(kSouth, say(kNorth));
  cores.pass(21 * 60 * 1000);
  cores.restart(kNorth, backup);
  reconnect();
  cores.pass(21 * 60 * 1000);
  EXPECT_FALSE(is_open(kNorth, ConditionCode::journal_not_cosigned));
  EXPECT_FALSE(is_open(kSouth, ConditionCode::witness_frozen));
  const auto& receipts = cores.disk(kNorth).receipts();
  const auto newest =
      std::find_if(receipts.rbegin(), receipts.rend(),
                   [](const ReceiptRecord& one) { return one.log == LogId::journal; });
  ASSERT_NE(newest, receipts.rend());
  EXPECT_NE(newest->note.find("/north/journal/1\n"), std::string::npos) << newest->note;
}

// North's store is older than what this peer can prove by a receipt.
class RecoveryFromALiar : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(peer.start());
    const LinkId link = peer.link_up();
    const simulation::SimulatedDisk old = peer.disk();
    peer.submit_text("Before the loss.");
    const wire::Message& sent = *peer.said_as<wire::Messages>(link).at(0)->messages()->Get(0);
    envelope.assign(sent.envelope()->begin(), sent.envelope()->end());
    body.assign(sent.body()->begin(), sent.body()->end());
    salt = to_hash(*sent.body_salt());
    receipt = peer.receipt(1);
    peer.say(link, ScriptedPeer::receipt_frame(receipt));
    peer.crash();
    peer.disk() = old;
    ASSERT_TRUE(peer.start());
  }

  // Gives back these as North's own, and none of its own.
  LinkId give_back(const std::vector<TravellingMessage>& messages, const std::string& note) {
    const LinkId link = peer.link_up();
    EXPECT_EQ(peer.said_as<wire::TakeBack>(link).size(), 1u);
    peer.say(link, make_taken_back_frame(false, 0, messages, note));
    if (!messages.empty()) peer.say(link, make_taken_back_frame(false, messages.size(), {}, note));
    peer.say(link, make_taken_back_frame(true, 0, {}, ""));
    return link;
  }
  void expect_not_recovered(const std::string& why) {
    EXPECT_EQ(peer.alarms_with("could not be recovered: " + why), 1u);
    EXPECT_FALSE(peer.core().status().numbering_stopped.empty());
    EXPECT_EQ(peer.core().status().own_size, 0u);
    EXPECT_TRUE(peer.recorded<wire::EpochBegan>().empty());
    EXPECT_TRUE(peer.recorded<wire::Released>().empty());
  }

  ScriptedPeer peer;
  Bytes envelope;
  Bytes body;
  Hash salt{};
  std::string receipt;
};

TEST_F(RecoveryFromALiar, TheTruthIsTaken) {
  EXPECT_TRUE(peer.is_closed(give_back({{envelope, body, salt}}, receipt)));
  EXPECT_EQ(peer.core().status().numbering_stopped,
            "this store was recovered, and the peer does not know it yet");
  const LinkId link = peer.link_up();
  ASSERT_EQ(peer.said_as<wire::Messages>(link).size(), 1u);
  peer.say(link, ScriptedPeer::receipt_frame(peer.receipt(2)));
  EXPECT_EQ(peer.core().status().numbering_stopped, "");
  EXPECT_EQ(peer.core().status().own_size, 2u);
  EXPECT_EQ(peer.core().status().own_receipted, 2u);
  EXPECT_EQ(peer.recorded<wire::EpochBegan>().size(), 1u);
}

// The hello on a link that still shook hands when the recovery ended would say for ever that this
// store is old.
TEST_F(RecoveryFromALiar, EveryLinkBeginsAnewWhenItEnds) {
  const LinkId link = peer.link_up();
  const LinkId greeting = peer.open();
  peer.say(link, make_taken_back_frame(false, 0, {{envelope, body, salt}}, receipt));
  peer.say(link, make_taken_back_frame(false, 1, {}, receipt));
  peer.say(link, make_taken_back_frame(true, 0, {}, ""));
  EXPECT_EQ(peer.close_reason(link), wire::CloseReason::send_again);
  EXPECT_EQ(peer.close_reason(greeting), wire::CloseReason::send_again);
}

TEST_F(RecoveryFromALiar, FewerThanItReceiptedAreRefused) {
  give_back({}, "");
  expect_not_recovered("the peer gave back fewer messages than it receipted");
}

TEST_F(RecoveryFromALiar, OthersThanItReceiptedAreRefused) {
  EnvelopeFields fields = peer.envelope(wire::MessageType::text);
  fields.id = "N-000001";
  const WrittenMessage other = ScriptedPeer::write(fields, ScriptedPeer::text_body("Never said."));
  give_back({{other.envelope, other.body, other.salt}}, receipt);
  expect_not_recovered("the peer gave back other messages than those that it receipted");
}

TEST_F(RecoveryFromALiar, ANoteOfNobodyIsRefused) {
  give_back({{envelope, body, salt}}, peer.checkpoint(peer.own, 0));
  expect_not_recovered("the peer's receipt: ");
}

TEST_F(RecoveryFromALiar, ABodyThatIsAnotherClosesTheLink) {
  body.back() ^= 1;
  const LinkId link = peer.link_up();
  peer.say(link, make_taken_back_frame(false, 0, {{envelope, body, salt}}, receipt));
  EXPECT_EQ(peer.close_reason(link), wire::CloseReason::claim);
  EXPECT_FALSE(peer.core().status().numbering_stopped.empty());
}

TEST_F(RecoveryFromALiar, LeavesThatNobodyAskedForCloseTheLink) {
  const LinkId link = peer.link_up();
  peer.say(link, make_taken_back_frame(false, 7, {{envelope, body, salt}}, receipt));
  EXPECT_EQ(peer.close_reason(link), wire::CloseReason::protocol);
}

}  // namespace
}  // namespace hotline
