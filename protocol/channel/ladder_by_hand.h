// People have the ladder do two things by hand: escalate a message now, because whoever
// acknowledged it forgot it or because the next rung must know before its time; and a trial, by
// which a notice goes to everybody who would be told, so that they are known to be reachable while
// nothing waits.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/channel/corrections.h"
#include "protocol/channel/effects.h"
#include "protocol/channel/escalation.h"
#include "protocol/channel/noise.h"
#include "protocol/channel/pauses.h"
#include "protocol/channel/persons.h"
#include "protocol/channel/recorder.h"
#include "protocol/channel/releases.h"

namespace hotline {

// How a trial notice through one command ended. `name`: of the notifier, or the program.
struct TriedNotifier {
  std::string name;
  wire::Outcome outcome = wire::Outcome::unset;
  std::string detail;
};

class LadderByHand {
 public:
  // All of them outlive it.
  LadderByHand(Recorder& recorder, Persons& persons, Noise& noise, Escalation& escalation,
               const Corrections& corrections, Releases& releases, Pauses& pauses)
      : recorder_(recorder),
        persons_(persons),
        noise_(noise),
        escalation_(escalation),
        corrections_(corrections),
        releases_(releases),
        pauses_(pauses) {}

  // As Core::raise_ladder, check_trial and record_trial.
  void raise(Now now, uint64_t token, const Actor& actor, const std::string& id,
             const std::string& reason);
  Status check_trial(const Actor& actor) const;
  void record_trial(Now now, uint64_t token, const Actor& actor,
                    const std::vector<TriedNotifier>& tried);
  // Who escalated is answered once the rung that this brought is durable too, so that the answer
  // is how the message stands then.
  void committed(Now now);

 private:
  Status try_raise(Now now, uint64_t token, const Actor& actor, const std::string& id,
                   const std::string& reason);

  Recorder& recorder_;
  Persons& persons_;
  Noise& noise_;
  Escalation& escalation_;
  const Corrections& corrections_;
  Releases& releases_;
  Pauses& pauses_;
  // By the place of the entry that says so, in the journal's order.
  struct Raised {
    uint64_t journal_index = 0;
    AnswerLadder answer;
  };
  std::vector<Raised> raised_;
};

}  // namespace hotline
