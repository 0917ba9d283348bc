// Messages that were corrected or cancelled, and what they say now. Both parties hold the same
// corrections of a message in the same order, so that both read the same.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/channel/core_config.h"
#include "protocol/channel/recorder.h"
#include "protocol/message/correcting.h"
#include "protocol/message/kinds/kinds.h"

namespace hotline {

class Corrections {
 public:
  // Both outlive it.
  Corrections(const CoreConfig& config, Recorder& recorder)
      : config_(config), recorder_(recorder) {}

  // Refuses a correction or a cancellation that does not fit the message that it speaks of; other
  // messages always fit.
  Status check(MessageKey target, const wire::Envelope& envelope, const wire::Body& body);

  // The message as it stands after its corrections; nothing where it cannot be read.
  std::optional<CorrectedMessage> newest(MessageKey key);
  bool is_cancelled(MessageKey key) const { return cancelled_.contains(key); }
  struct Cancellation {
    std::string id;
    std::string reason;
  };
  // The one that cancelled it, or nothing.
  std::optional<Cancellation> cancellation_of(MessageKey key);
  // A correction or a cancellation: its key, and the serial that its originator gave it.
  struct Change {
    MessageKey key;
    uint64_t serial = 0;
  };
  // Corrections in the order in which they were made.
  const std::vector<Change>& of(MessageKey key) const;
  // The serial of the last one; 0 for a message as it was first sent. Both parties say the same.
  uint64_t version_of(MessageKey key) const;
  // The reason with " (as it stands after N-000002)" behind it where a field that the correction
  // names says something else by now than the message first said: whoever is refused may look at
  // that.
  std::string with_standing(const std::string& reason, MessageKey target,
                            const wire::Correction& correction);
  // How far this acknowledgement reads back from what the message says as it stands: whoever reads
  // back what was corrected has not read the correction. Nothing where it does not differ.
  std::optional<ReadBackDifference> read_back_difference(MessageKey target,
                                                         const wire::Body& acknowledgement);
  // As people name a message: the peer's by its serial, where it has one.
  std::string name_of(MessageKey key);

  void apply(const wire::Entry& entry);
  // So many corrections and cancellations were applied; some may not be durable yet.
  uint64_t changes() const { return changes_; }
  static bool is_change(const wire::Entry& entry) { return change_in(entry).has_value(); }

 private:
  // Refuses to change what cannot be taken back (check_changeable).
  Status check_changed(MessageKey target, TargetEffect change);
  struct Applied {
    Change change;
    uint8_t type = 0;
    MessageKey target;
  };
  static std::optional<Applied> change_in(const wire::Entry& entry);

  const CoreConfig& config_;
  Recorder& recorder_;
  std::map<MessageKey, std::vector<Change>> corrections_;  // By what they correct.
  std::map<MessageKey, MessageKey> cancelled_;             // The message, and its cancellation.
  uint64_t changes_ = 0;
};

}  // namespace hotline
