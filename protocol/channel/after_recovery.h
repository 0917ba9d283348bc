// A recovery waits for nobody, so that a FLASH does not; a supervisor confirms it afterwards: what
// the lost journal knew was looked for, and the other watch told. Until then a condition stands.
// Nor does the channel wait after a fork of the peer: the condition of it stands until a supervisor
// resolves it.
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/channel/conditions.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/evidence.h"
#include "protocol/channel/noise.h"
#include "protocol/channel/persons.h"
#include "protocol/channel/recorder.h"

namespace hotline {

class AfterRecovery {
 public:
  // All of them outlive it.
  AfterRecovery(const CoreConfig& config, Recorder& recorder, Persons& persons, Noise& noise,
                Conditions& conditions, Evidence& evidence)
      : config_(config),
        recorder_(recorder),
        persons_(persons),
        noise_(noise),
        conditions_(conditions),
        evidence_(evidence) {}

  // As Core::confirm_recovery and resolve_fork.
  void confirm(Now now, uint64_t token, const Actor& actor, uint64_t epoch);
  void resolve(Now now, uint64_t token, const Actor& actor, bool journal);
  void note_conditions(Now now);

  // The entry that was recorded last, or is read back.
  void apply(const wire::Entry& entry);
  // Why an entry that is read back cannot be true; null: it can.
  const char* fault_in(const wire::Entry& entry) const;

 private:
  Status try_confirm(Now now, uint64_t token, const Actor& actor, uint64_t epoch);
  Status try_resolve(Now now, uint64_t token, const Actor& actor, bool journal);
  void answer(Now now, uint64_t token, const Actor& actor, const Status& outcome);

  const CoreConfig& config_;
  Recorder& recorder_;
  Persons& persons_;
  Noise& noise_;
  Conditions& conditions_;
  Evidence& evidence_;
  std::optional<uint64_t> unconfirmed_;  // The epoch; one that came later takes its place.
};

}  // namespace hotline
