// A daemon of the party north, as the client sees one: answers requests from what a test has put
// into it, in the same frames, without a socket.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/connect/frame_stream.h"
#include "protocol/api/client_api.h"
#include "protocol/api/client_generated.h"
#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/channel/handover.h"
#include "protocol/geometry/volume.h"

namespace hotline::client {

struct FakeMessage {
  std::string id;
  std::string place;  // Another name for it, "S-?12".
  bool incoming = true;
  uint64_t number = 0;
  wire::MessageType type = wire::MessageType::incident;
  wire::Precedence precedence = wire::Precedence::flash;
  std::string subject;
  bool cut = false;
  bool mismatch = false;
  UtcMs released_at = 0;
  UtcMs committed_at = 0;
  uint64_t journal_index = 0;
  bool numbered = true;
  UtcMs delivered_at = 0;
  UtcMs acknowledged_at = 0;
  wire::Role acknowledged_role = wire::Role::unset;
  UtcMs answered_in_part_at = 0;
  UtcMs reply_by = 0;
  UtcMs expires_at = 0;
  UtcMs answer_due_at = 0;
  UtcMs declined_at = 0;
  wire::DeclineCode decline_code = wire::DeclineCode::unset;
  bool waits = false;
  int64_t due_in_ms = 0;
  UtcMs paused_until = 0;
  std::string rung;
  bool rung_tells_nobody = false;
  Bytes envelope;
  Bytes body;
  Bytes newest_body;  // After these corrections.
  std::vector<std::string> corrections;
  bool cancelled = false;
  bool expired = false;
  struct Question {
    wire::AnswerOutcome outcome = wire::AnswerOutcome::unset;
    std::string text = {};
    UtcMs later_at = 0;
    std::string id = {};
    bool incoming = false;
    wire::Role role = wire::Role::operator_;
    UtcMs at = 0;
  };
  std::vector<Question> questions;
  struct Fact {
    Bytes entry;
    std::string person;
  };
  std::vector<Fact> facts;  // Entries of the journal that speak of it.
};

struct FakeConflict {
  std::string own;  // Empty in the answer to what is only asked about.
  std::string peers;
  uint64_t horizontal_m = 0;
  uint64_t vertical_m = 0;
  uint64_t time_s = 0;
  UtcMs from = 0;
  UtcMs until = 0;
  bool accepted_by_us = false;
  bool accepted_by_peer = false;
  std::string own_acceptance = {};  // Empty: none; likewise
  std::string peers_acceptance = {};
  std::optional<uint64_t> before_m = {};  // How far apart they are as they stand.
  uint32_t pairs = 1;  // Pairs of volumes; each further one of ours a metre further away.
};

struct FakeNotice {
  std::string id;  // The id of one of the messages.
  UtcMs start = 0;
  UtcMs end = 0;
  int32_t latitude_e5 = 0;
  int32_t longitude_e5 = 0;
  uint32_t conflicts = 0;
  std::vector<Volume> volumes = {};
};

struct FakeDraft {
  Bytes bytes;
  uint32_t version = 1;
  std::string person = "ann";
  wire::Role role = wire::Role::operator_;
  UtcMs saved_at = 0;
  wire::DraftState state = wire::DraftState::open;
  std::string sent_as = {};
};

struct FakeEscalation {
  std::string id;
  std::string rung;
  UtcMs decided_at = 0;
  std::string next;
  int64_t due_in_ms = 0;
  std::vector<std::string> attempts;
  bool rung_tells_nobody = false;
};

// One log, as a daemon has it for an auditor.
struct FakeLog {
  struct Entry {
    Bytes bytes;
    Hash leaf_hash{};
    std::optional<Hash> salt;
    Bytes part;
  };
  struct CosignedNote {
    uint64_t size = 0;
    std::string note;
  };
  std::vector<Entry> entries;
  std::string checkpoint;
  std::vector<CosignedNote> notes;
};

class FakeDaemon {
 public:
  std::vector<FakeMessage> messages;  // The newest first.
  std::vector<FakeEscalation> escalations;
  uint64_t escalations_total = 0;  // More than those: the list is cut.
  std::vector<Bytes> journal;      // wire::Entry buffers.
  std::vector<FakeConflict> conflicts;
  std::vector<FakeConflict> conflicts_of_drafts;  // Which any draft would have.
  std::string refusal_of_drafts = {};             // Why any would be refused; empty: none would.
  std::vector<FakeNotice> notices;
  size_t notice_page = 1000;  // With volumes, so many in an answer at most.
  bool incomplete = false;    // More was announced than those.
  UtcMs compared_at = 0;      // The conflicts, with the peer's.
  bool compared_all = false;
  bool differ = false;
  // How the channel stands, likewise.
  std::function<flatbuffers::Offset<wire::ChannelStateReply>(flatbuffers::FlatBufferBuilder&)>
      channel_state;
  std::vector<FakeDraft> drafts;  // The first is D-1.
  // The newest hand-over, as entries; empty where there is none. What arrived of them.
  Bytes handover_started;
  std::string handover_signer = "ann";
  Bytes handover_accepted;
  UtcMs watch_since = 0;
  std::vector<HandoverItem> handover_items;  // Of the list, before it is signed.
  std::vector<std::string> handover_notes;
  std::vector<Hash> handover_lists;
  std::vector<std::vector<uint32_t>> ticked;
  std::vector<std::string> raised;  // "S-000087 reason".
  struct Trial {
    std::string name;
    wire::Outcome outcome = wire::Outcome::done;
    std::string detail = {};
  };
  std::vector<Trial> trials;
  // The answer to every question about cases, and the notes that arrived:
  // "N-000123 first-guarantor 1 reason".
  std::function<flatbuffers::Offset<wire::CaseRows>(flatbuffers::FlatBufferBuilder&)> case_rows;
  std::vector<std::string> guarantor_notes;
  std::vector<std::string> cases_asked;    // By name; empty: a list.
  std::vector<Bytes> checked;              // Drafts that were only asked about.
  std::vector<std::string> notices_asked;  // "type side at latitude longitude within".
  bool exercise = false;
  bool dev_pki = false;
  std::vector<wire::Role> roles = {wire::Role::operator_};
  uint16_t version = client_api::kVersion;
  wire::LinkState link = wire::LinkState::up;
  UtcMs link_since = 0;
  UtcMs clock = 0;
  std::string last_refusal;
  struct Condition {
    std::string code;
    std::string subject;
    bool is_critical = true;
    UtcMs since = 0;
    std::string text;
  };
  std::vector<Condition> conditions;
  struct Waiting {
    bool incoming = true;
    wire::Precedence precedence = wire::Precedence::flash;
    uint64_t count = 0;
    int64_t oldest_ms = 0;
    std::string rung = {};
    bool tells_nobody = false;
    uint64_t paused = 0;
  };
  std::vector<Waiting> waiting;  // In a status.

  // An export of these three, served in pages of this many. Without the role it is refused.
  FakeLog exported[3];
  std::vector<std::pair<std::string, Bytes>> certificates;
  size_t export_page = 2;
  uint64_t claimed_size_more = 0;  // Entries that the head promises and no page has.

  // Called when a client waits and nothing is on its way to it: time passes, things happen.
  std::function<void(int64_t timeout_ms)> on_silence = [](int64_t) {};
  std::function<void(wire::RequestBody)> on_request = [](wire::RequestBody) {};
  // The answers to the next submissions, in order; then they succeed.
  enum class Mishap { none, break_before_commit, break_after_commit, conflict, refuse };
  std::deque<Mishap> mishaps;
  Error refusal;
  bool reachable = true;
  // So many connections are cut before the hello is answered, or told that there are too many.
  int without_a_place = 0;
  bool answers_hello = true;
  bool tells_that_it_is_full = false;

  // The submissions that arrived.
  struct Submitted {
    uint64_t counter = 0;
    Bytes draft;
    std::string key;
    uint64_t draft_number = 0;
  };
  std::vector<Submitted> submitted;  // Each attempt.
  std::vector<Submitted> committed;
  uint64_t last_counter = 0;
  std::string submitted_id = "N-000123";
  bool acknowledging_ends_waits = false;
  uint64_t journal_before = 0;  // Entries that came before those of `journal`.
  uint64_t submitted_journal_index = 1042;
  UtcMs committed_at = 0;
  int connections = 0;
  std::vector<uint64_t> watched_from;
  std::vector<std::string> shown;  // Names asked for.
  std::vector<std::string> lists;  // "words|type|code|incident|since|until|precedence".
  uint64_t not_searched = 0;       // In a list.

  Connector connector();

 private:
  class Stream;
};

}  // namespace hotline::client
