// One core with a disk, a clock and links under the test's hand, and the keys of its peer, so that
// a test can say to it whatever a peer with good keys might: good frames, old ones, lies.
//
// Time stands still unless the test lets it pass. Everything the core writes is committed at once,
// unless hold_commits is set. Real Ed25519 keys, made from names, and a fixed seed: the same calls
// give the same bytes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/channel/wire_frames.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"
#include "tests/memory_hash_source.h"
#include "tests/simulation/seeded.h"
#include "tests/unit/protocol/channel/driven_core.h"

namespace hotline {

// The fields of a hello; the tests change those that they lie about.
struct HelloFields {
  uint16_t version_min = kWireVersion;
  uint16_t version_max = kWireVersion;
  std::array<uint8_t, 16> channel{};
  bool exercise = false;
  std::string from;
  std::string to;
  Hash agreement{};
  int64_t clock = 0;
  std::string own_checkpoint;  // Empty: absent.
  std::string own_receipt;
  std::string peer_receipt;
  std::string prefix;
  std::string peer_prefix;
};

struct WrittenMessage {
  Bytes envelope;
  Bytes body;
  Hash salt{};
};

// A transcript as its owner writes it; the peer may keep two that contradict each other.
class ScriptedTranscript {
 public:
  void append(WrittenMessage message);
  uint64_t size() const { return messages_.size(); }
  const WrittenMessage& at(uint64_t index) const { return messages_.at(index); }
  Hash root_at(uint64_t size) const;

 private:
  std::vector<WrittenMessage> messages_;
};

class ScriptedPeer : public DrivenCore {
 public:
  enum class CoreIs { north, south };  // North's id is the smaller one: it sends ADOPT.

  explicit ScriptedPeer(CoreIs core_is = CoreIs::north);

  // The core's life. start() replays what is on the disk.
  Status start();
  void crash();  // Everything not committed is gone, and with it every link.
  CoreConfig& config() { return config_; }  // For the next start.

  // Time, in steps as the daemon takes them.
  void pass(int64_t ms);

  // Links. link_up() says a hello, and ADOPT where that is the peer's to say.
  LinkId open();
  LinkId link_up() { return link_up(hello()); }
  LinkId link_up(const HelloFields& hello);
  void say(LinkId link, const Bytes& frame);
  void lose(LinkId link);

  // The core's words on a link, as bytes; and those of one kind, as tables that live while nothing
  // more is said.
  const std::vector<Bytes>& said(LinkId link) const { return links_.at(link).said; }
  template <typename Table>
  std::vector<const Table*> said_as(LinkId link) const {
    std::vector<const Table*> found;
    for (const Bytes& bytes : links_.at(link).said) {
      const auto* frame = flatbuffers::GetRoot<wire::Frame>(bytes.data());
      if (const Table* body = frame->body_as<Table>()) found.push_back(body);
    }
    return found;
  }
  bool is_closed(LinkId link) const { return links_.at(link).closed; }
  wire::CloseReason close_reason(LinkId link) const;  // unset: none was said.
  size_t links_open() const;

  // Frames of the peer.
  HelloFields hello() const;  // The truth.
  static Bytes frame(const HelloFields& fields);
  static Bytes adopt_frame();
  static Bytes probe_frame(uint64_t sequence, int64_t clock, bool flash_only = false);
  static Bytes probe_reply_frame(uint64_t sequence, int64_t clock);
  static Bytes receipt_frame(const std::string& note);
  Bytes messages_frame(uint64_t first, uint64_t end) const {
    return messages_frame(own, first, end);
  }
  Bytes messages_frame(const ScriptedTranscript& transcript, uint64_t first, uint64_t end) const;

  // The peer's transcript. text() gives a message that keeps every rule under the next serial.
  ScriptedTranscript own;
  EnvelopeFields envelope(wire::MessageType type) const;
  static BodyFields text_body(const std::string& text);
  static WrittenMessage write(EnvelopeFields envelope, const BodyFields& body);
  WrittenMessage text(const std::string& text = "All quiet.");
  WrittenMessage answering(wire::MessageType type, const ContentFields& content,
                           const std::string& id, const Hash& leaf,
                           wire::Role role = wire::Role::operator_);
  uint64_t last_serial = 0;

  // Notes of the peer. A receipt can be given for what the core has sent.
  std::string checkpoint(const ScriptedTranscript& transcript, uint64_t size) const;
  std::string checkpoint() const { return own.size() == 0 ? "" : checkpoint(own, own.size()); }
  std::string receipt(uint64_t size);  // From now on hellos show it.
  std::string receipt_on(const std::string& checkpoint_note) const;
  uint64_t core_sent() const {
    return sent_checkpoints_.empty() ? 0 : sent_checkpoints_.rbegin()->first;
  }
  std::string newest_core_receipt() const { return core_receipt_; }
  // The peer's journal, as far as the core as its witness sees it, and its answers as the witness
  // of the core's.
  MemoryHashSource own_journal;
  std::string journal_checkpoint(const MemoryHashSource& log, uint64_t size) const;
  static Bytes journal_offer_frame(const std::string& checkpoint_note, uint64_t old_size,
                                   const std::vector<Hash>& proof);
  Bytes journal_cosigned_frame(const std::string& offered_note) const;
  const TestKey& core_log_key() const { return core_keys_.log; }
  TestKey& core_log_key() { return core_keys_.log; }

  // The core's own people.
  uint64_t submit(wire::MessageType type, wire::Precedence precedence, const BodyFields& body,
                  const std::vector<std::string>& references = {});
  uint64_t submit_text(const std::string& text = "We see you.",
                       wire::Precedence precedence = wire::Precedence::routine);
  std::optional<Result<Submission>> answer(uint64_t token) const;

  void end_attempt(const Attempt& attempt, wire::Outcome outcome);
  size_t alarms_with(const std::string& words) const;
  // Entries of the whole journal.
  template <typename Table>
  std::vector<const Table*> recorded() {
    std::vector<const Table*> found;
    for (const Bytes& bytes : disk().journal()) {
      const auto* entry = flatbuffers::GetRoot<wire::Entry>(bytes.data());
      if (const Table* fact = entry->fact_as<Table>()) found.push_back(fact);
    }
    return found;
  }
  // The first `count` entries of the journal only, or with one replaced.
  Status replay(const std::vector<Bytes>& journal);

 private:
  struct Line {
    std::vector<Bytes> said;
    bool closed = false;
  };
  using DrivenCore::perform;
  void perform(SendFrame& send) override;
  void perform(const CloseLink& close) override { links_.at(close.link).closed = true; }
  void note_said(const Bytes& frame);

  ChannelName channel_{{0x5a, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, false};
  TestPartyKeys core_keys_;
  TestPartyKeys peer_keys_;
  simulation::Seeded random_{7};
  CoreConfig config_;
  std::map<LinkId, Line> links_;
  LinkId last_link_ = 0;
  std::map<uint64_t, std::string> sent_checkpoints_;  // For the core's transcript, by size.
  std::string core_receipt_;
  std::string peer_receipt_;  // The newest that the peer gave with receipt().
  uint64_t last_token_ = 0;
};

}  // namespace hotline
