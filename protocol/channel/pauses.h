// Pauses of a message's ladder: a supervisor says why and until when nobody is to be told again
// that it waits. It ends by itself, and what came due meanwhile is due then; or a person ends it
// before. The message still waits, and everybody can see that it is paused.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "protocol/channel/core_config.h"
#include "protocol/channel/effects.h"
#include "protocol/channel/escalation.h"
#include "protocol/channel/noise.h"
#include "protocol/channel/persons.h"
#include "protocol/channel/recorder.h"
#include "protocol/channel/releases.h"

namespace hotline {

struct Pause {
  UtcMs at = 0;
  UtcMs until = 0;
  std::string reason;
  uint8_t role = 0;
  uint64_t journal_index = 0;  // Its entry has the name of who paused.
};

class Pauses {
 public:
  // All of them outlive it.
  Pauses(Recorder& recorder, Persons& persons, Noise& noise, Escalation& escalation,
         Releases& releases)
      : recorder_(recorder),
        persons_(persons),
        noise_(noise),
        escalation_(escalation),
        releases_(releases) {}

  // As Core::pause_ladder.
  void pause(Now now, uint64_t token, const Actor& actor, const std::string& id, UtcMs until,
             const std::string& reason);

  // Those that hold now, of messages that still wait for something.
  std::map<MessageKey, Pause> list(UtcMs now) const;
  // Null: it is not paused now.
  const Pause* find(MessageKey key, UtcMs now) const;

  // The entry that was recorded last, or is read back.
  void apply(const wire::Entry& entry);

 private:
  Status try_pause(Now now, uint64_t token, const Actor& actor, const std::string& id, UtcMs until,
                   const std::string& reason);

  Recorder& recorder_;
  Persons& persons_;
  Noise& noise_;
  Escalation& escalation_;
  Releases& releases_;
  std::map<MessageKey, Pause> pauses_;  // The newest of each message; some are over.
};

}  // namespace hotline
