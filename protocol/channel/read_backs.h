// Acknowledgements that read back something else than the message says. Such a message stays one
// that was misread, at both ends, until a later acknowledgement reads it back rightly or its sender
// cancels it: for lists as a fact of the message, and for people as a condition.
#pragma once

#include <array>
#include <map>
#include <string>

#include "protocol/channel/conditions.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/corrections.h"
#include "protocol/channel/key_set.h"
#include "protocol/channel/recorder.h"

namespace hotline {

class ReadBacks {
 public:
  // All of them outlive it.
  ReadBacks(const CoreConfig& config, Recorder& recorder, Conditions& conditions,
            Corrections& corrections)
      : config_(config), recorder_(recorder), conditions_(conditions), corrections_(corrections) {}

  // An acknowledgement of `target` was recorded last, and is not applied yet: lists are to show of
  // the target that it was misread, or that it is no more. One that fits changes nothing else.
  void note_fact(Now now, MessageKey target, bool differs);
  void apply(const wire::Entry& entry);
  // Says which messages are misread now.
  void tell(Now now);

  bool is_misread(MessageKey key) const { return misread_[key.incoming].contains(key.number); }

 private:
  std::map<std::string, std::string> texts(bool incoming) const;

  const CoreConfig& config_;
  Recorder& recorder_;
  Conditions& conditions_;
  Corrections& corrections_;
  std::array<KeySet, 2> misread_;  // Ours, and the peer's.
  bool changed_ = true;
};

}  // namespace hotline
