// How attempts to tell somebody ended: what the ladder does next, and who was told by nobody.
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/channel/escalation.h"
#include "protocol/channel/key_blocks.h"
#include "protocol/channel/notifier_command.h"

namespace hotline {
namespace {

AttemptOutcome outcome_of(wire::Outcome outcome) {
  switch (outcome) {
    case wire::Outcome::done:
      return AttemptOutcome::told;
    case wire::Outcome::impossible:
      return AttemptOutcome::impossible;
    case wire::Outcome::not_started:
      return AttemptOutcome::not_started;
    case wire::Outcome::stopped:
    case wire::Outcome::failed:
    case wire::Outcome::timed_out:
    case wire::Outcome::unset:
      break;
  }
  return AttemptOutcome::failed;
}

}  // namespace

void Escalation::attempt_ended(Now now, const AttemptName& attempt, wire::Outcome outcome,
                               const std::string& detail) {
  const AttemptEnd end = ladder_.attempt_finished(attempt, outcome_of(outcome), on_ladder(now));
  if (end.verdict != AttemptVerdict::stale) {
    recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
      auto messages = b.CreateVector(to_blocks(end.messages));
      auto rung = b.CreateString(attempt.rung);
      auto words = b.CreateString(detail);
      return wire::CreateAttemptEnded(b, attempt.incoming, attempt.precedence, messages, rung,
                                      attempt.command, attempt.number, outcome, words);
    });
    // A notifier's detail begins with its name; of a command its program is named, and no argument,
    // which may be a secret.
    const Command* command = ladder_.command_of(attempt);
    const bool is_program = command != nullptr && notifier_of(*command).empty();
    note_facts(now, attempt.incoming, end.messages, FactKind::attempt,
               static_cast<uint16_t>(outcome),
               attempt.rung + (is_program ? ", " + name_of_command(*command) : "") + ": " + detail);
  }
  note_notifier(now, attempt, outcome, detail);
  if (!end.gave_up.empty()) note_unpaged(now, attempt, end.gave_up, detail);
  run_ladder(now);
}

void Escalation::note_unpaged(Now now, const AttemptName& attempt, const KeySet& messages,
                              const std::string& detail) {
  Unpaged& unpaged = unpaged_[{attempt.precedence, attempt.incoming}];
  unpaged.untold.insert_all(messages);
  unpaged.rung = attempt.rung;
  unpaged.detail = detail;
  tell_unpaged(now);
}

// At once, and in a flood of them as one alarm for all that were left since the last.
void Escalation::tell_unpaged(Now now) {
  if (still_) return;
  for (auto& [side, unpaged] : unpaged_) {
    if (unpaged.untold.empty() || now.boot < unpaged.rests_until) continue;
    const bool incoming = side.second;
    KeySet still;
    std::exchange(unpaged.untold, {}).visit([&](uint64_t number) {
      if (ladder_.waits({incoming, number})) still.insert(number);
      return true;
    });
    if (still.empty()) continue;
    const size_t others = still.size() - 1;
    recorder_.alarm(now, {incoming, still.first()},
                    "rung " + unpaged.rung + ": no command could tell anybody" +
                        (others == 0 ? "" : " of this and " + std::to_string(others) + " more") +
                        " (" + unpaged.detail + "): go and tell them in person");
    unpaged.rests_until = now.boot + limits::kUnpagedRest_ms;
  }
}

void Escalation::note_notifier(Now now, const AttemptName& attempt, wire::Outcome outcome,
                               const std::string& detail) {
  const Command* command = ladder_.command_of(attempt);
  if (command == nullptr) return;
  const bool is_last = attempt.number >= limits::kAttemptsMax;
  if (is_last || outcome == wire::Outcome::done || outcome == wire::Outcome::impossible) {
    note_reached(now, name_of_command(*command), outcome, detail);
  }
}

void Escalation::replay_attempt(const wire::AttemptEnded& fact, Now at) {
  const AttemptName name{0,
                         fact.incoming(),
                         fact.precedence(),
                         fact.rung() ? fact.rung()->str() : "",
                         fact.command(),
                         fact.number()};
  ladder_.attempt_ended(name, from_blocks(fact.messages()), outcome_of(fact.outcome()), at);
}

}  // namespace hotline
