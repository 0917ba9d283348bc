// Requests of the core to its surroundings. The daemon performs these with sockets and processes,
// the simulator with its own network and operators. Effects are to be performed in order.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/channel/ladder.h"
#include "protocol/channel/records.h"

namespace hotline {

using LinkId = uint64_t;  // Given by the surroundings, never reused while the process lives.

// Put this frame on the link. It promises nothing that is not durable.
struct SendFrame {
  LinkId link = 0;
  Bytes frame;
  // Frames with messages are many and long: every other frame may overtake them on the link, so
  // that a receipt never waits behind a backlog. They stay in order among themselves.
  bool may_be_overtaken = false;
};

// Messages sent on this link are not receipted in time: reach the peer over the next path, if there
// is one. The link stays meanwhile; adopting the new one closes it.
struct TryNextPath {
  LinkId link = 0;
};

// Send what is queued, then close. Nothing that arrives on it afterwards counts.
struct CloseLink {
  LinkId link = 0;
  std::string reason;
};

// The outcome of submit(), given only after its commit.
struct Submission {
  uint64_t serial = 0;
  uint64_t journal_index = 0;
  UtcMs committed_at = 0;
  bool repeated = false;  // The same counter with the same bytes had been committed before.
};
struct AnswerSubmission {
  uint64_t token = 0;
  Result<Submission> outcome;
};

// A draft as it was saved or discarded, which is durable.
struct DraftChange {
  uint64_t number = 0;
  uint32_t version = 0;
  Hash hash{};  // SHA-256 of the draft.
  uint64_t journal_index = 0;
  UtcMs committed_at = 0;
};
struct AnswerDraft {
  uint64_t token = 0;
  Result<DraftChange> outcome;
};

// A person paused the ladder of a message, ended a pause, or escalated it, durably.
struct AnswerLadder {
  uint64_t token = 0;
  std::string id;  // The message's.
  Status outcome = ok();
};

// The list of a hand-over was signed, or accepted, which is durable.
struct AnswerHandover {
  uint64_t token = 0;
  Status outcome = ok();
};

// A person's note about a guarantor was recorded, which is durable.
struct AnswerCase {
  uint64_t token = 0;
  std::string thread;  // The case's name.
  Status outcome = ok();
};

// The extent of an auditor's export: sizes that are durable, each with its owner's checkpoint
// (empty for an empty log).
struct ExportHead {
  uint64_t journal_size = 0;
  uint64_t own_size = 0;
  uint64_t peer_size = 0;
  std::string journal_checkpoint;
  std::string own_checkpoint;
  std::string peer_checkpoint;
};

// An auditor's export was recorded: it may begin.
struct AnswerExport {
  uint64_t token = 0;
  ExportHead head;
};

// Steps of the ladder came due: sound them on the consoles, now. Given at once, not after the
// commit that records it: a slow disk delays the record, not the alarm. One for all messages of one
// side and precedence, whatever came due for how many of them.
struct SoundStep {
  bool incoming = false;
  uint8_t precedence = 0;
  std::vector<Step> steps;  // Each once.
  uint64_t count = 0;       // Messages that they came due for,
  uint64_t first = 0;       // and the oldest of these (MessageKey::number), where there is one.
  Situation situation;      // All that sound the alarm.
};

// Run a command that tells people, and report its outcome with Core::attempt_ended().
struct StartAttempt {
  Attempt attempt;
};

// All that this attempt tells of was acknowledged or needs nothing any more: end it. Its outcome is
// reported all the same.
struct StopAttempt {
  uint64_t id = 0;  // AttemptName::id
};

// Something a watch floor must know; already on its way into the journal.
struct Alarm {
  MessageKey key;  // number 0 and not incoming: about no message.
  std::string text;
};

// A director set the clock of the exercise, durably.
struct AnswerExerciseClock {
  uint64_t token = 0;
  Status outcome = ok();
};

// A supervisor confirmed a recovery, or resolved a fork, durably.
struct AnswerRecovery {
  uint64_t token = 0;
  Status outcome = ok();
};

using Effect =
    std::variant<SendFrame, CloseLink, TryNextPath, AnswerSubmission, AnswerExport, SoundStep,
                 StartAttempt, StopAttempt, Alarm, AnswerDraft, AnswerHandover, AnswerLadder,
                 AnswerCase, AnswerExerciseClock, AnswerRecovery>;

}  // namespace hotline
