// The cases of violations: each is named by the thread of the message that opened it, a VIOLATION
// of either party, and later ones in the same thread belong to it. Folded from messages, from notes
// of people about the guarantors, and from nothing else. Whatever is due (case_clock.h) is a
// condition, until a DECISION of this party's named role answers that rung. It tells people, and
// sends nothing by itself.
//
// A message's thread is the one that it names, else that of the first message it refers to, else
// its own. Threads that are joined later stay two cases.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/limits.h"
#include "protocol/channel/case_clock.h"
#include "protocol/channel/conditions.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/corrections.h"
#include "protocol/channel/noise.h"
#include "protocol/channel/persons.h"
#include "protocol/channel/recorder.h"

namespace hotline {

class Cases {
 public:
  // All of them outlive it.
  Cases(const CoreConfig& config, Recorder& recorder, Persons& persons, Noise& noise,
        Conditions& conditions, Corrections& corrections)
      : config_(config),
        recorder_(recorder),
        persons_(persons),
        noise_(noise),
        conditions_(conditions),
        corrections_(corrections) {}

  // Refuses an own DECISION on a rung of a case by another role than the one that the agreement
  // names; other messages always fit.
  Status check(const wire::Envelope& envelope, const wire::Body& body);
  // As Core::note_guarantor.
  void note_guarantor(Now now, uint64_t token, const Actor& actor, const std::string& name,
                      const GuarantorNote& note);

  // An entry whose message is recorded too: it gathers, or was read back; and corrections know it.
  void apply(const wire::Entry& entry);
  // A decision of ours was released: the watch is told if it replaces another one.
  void tell_decided_anew(Now now, MessageKey key);
  // The numbers of the agreement are others from now on.
  void follow_policy() { changed_ = true; }
  void tick(Now now);
  // When the next decision is due, after this time; INT64_MAX: none.
  UtcMs due(UtcMs now) const { return next_at_ > now ? next_at_ : INT64_MAX; }

  // The case to which this name leads: any message of its thread, or the thread's word. Null where
  // there is none.
  const Case* find(const std::string& name);
  // Those that are open, or all: what waits longest for a decision first, then the newest.
  std::vector<const Case*> list(UtcMs now, bool all) const;
  CaseStanding standing(const Case& one, UtcMs now) const {
    return case_standing(config_.policy.case_clock, one, times_, now);
  }
  uint64_t of_its_kind(const Case& one) const {
    return count_of_its_kind(config_.policy.case_clock, one, times_, UINT64_MAX);
  }
  std::vector<MessageKey> newest_of_its_kind(const Case& one) const {
    return hotline::newest_of_its_kind(config_.policy.case_clock, one, times_,
                                       limits::kCaseKindShown);
  }

 private:
  struct Due {
    const Case* of = nullptr;
    RungStanding rung;
    std::string subject() const { return of->thread + " " + rung_name(rung.rung); }
  };
  // A DECISION, as it stands.
  struct Said {
    std::string incident;
    std::string rung;
    wire::Role decided_by = wire::Role::unset;
  };

  Status try_note(Now now, uint64_t token, const Actor& actor, const std::string& name,
                  const GuarantorNote& note);
  Status check_note(const GuarantorNote& note) const;
  bool is_by_named_role(const wire::Envelope& envelope, wire::Role decided_by) const;

  void add_violation(MessageKey key);
  void add_decision(MessageKey key);
  void change(MessageKey target);
  void forget_violation(MessageKey key);
  void forget_decision(MessageKey key);
  void take_note(const wire::GuarantorNoted& fact, UtcMs at);
  ViolationKind kind_of_violation(const MessageRecord& record);
  std::optional<Said> decision_in(const MessageRecord& record);

  std::string thread_of(std::string name);

  std::map<std::string, std::string> texts(std::vector<Due> due) const;

  const CoreConfig& config_;
  Recorder& recorder_;
  Persons& persons_;
  Noise& noise_;
  Conditions& conditions_;
  Corrections& corrections_;

  std::map<std::string, Case> cases_;             // By thread.
  std::map<MessageKey, std::string> threads_;     // Of violations, and of decisions about a case.
  std::array<std::deque<MessageKey>, 2> by_age_;  // Violations; ours, the peer's.
  ViolationTimes times_;

  // Since it was judged last: by what, and until when nothing changes by itself.
  bool changed_ = true;
  UtcMs judged_at_ = 0;
  UtcMs next_at_ = 0;
};

}  // namespace hotline
