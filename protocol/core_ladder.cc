// The ladder within the core: what has come due is recorded and told side by side, commands are
// started and their outcomes recorded; and how a journal gives all of it back.
#include <algorithm>
#include <bit>

#include "protocol/core.h"
#include "protocol/key_blocks.h"
#include "protocol/limits.h"
#include "protocol/message_rules.h"

namespace hotline {
namespace {

AttemptOutcome outcome_of(wire::Outcome outcome) {
  switch (outcome) {
    case wire::Outcome::done:
      return AttemptOutcome::told;
    case wire::Outcome::impossible:
      return AttemptOutcome::impossible;
    case wire::Outcome::stopped:
    case wire::Outcome::failed:
    case wire::Outcome::timed_out:
    case wire::Outcome::not_started:
    case wire::Outcome::unset:
      break;
  }
  return AttemptOutcome::failed;
}

void add_step(std::vector<Step>& steps, const Step& step) {
  if (std::find(steps.begin(), steps.end(), step) == steps.end()) steps.push_back(step);
}

}  // namespace

// One bite, so that others have their turn; wake_at() has passed while there is more.
void Core::run_ladder(Now now) {
  const std::optional<BootMs> next = ladder_.next_due();
  if (!next || *next > now.boot) return flush_sounds();
  Due due = ladder_.decide(now);
  for (const Decision& decision : due.decisions) {
    record_decision(now, decision);
    sound(now, decision);
  }
  for (uint64_t attempt : due.to_stop) effects_.push_back(StopAttempt{attempt});
  for (Attempt& attempt : due.attempts) effects_.push_back(StartAttempt{std::move(attempt)});
  const std::optional<BootMs> more = ladder_.next_due();
  const bool is_last = !more || *more > now.boot;
  if (is_last || now.boot - sounds_since_ >= limits::kSoundPatience_ms) flush_sounds();
}

void Core::record_decision(Now now, const Decision& decision) {
  record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    std::vector<flatbuffers::Offset<wire::Step>> steps;
    for (const Step& step : decision.steps) {
      auto rung = step.rung.empty() ? 0 : b.CreateString(step.rung);
      steps.push_back(wire::CreateStep(b, static_cast<uint8_t>(step.kind), rung));
    }
    auto messages = b.CreateVector(to_blocks(decision.messages));
    auto vector = b.CreateVector(steps);
    return wire::CreateStepsDecided(b, decision.incoming, decision.precedence, messages, vector,
                                    decision.missed, decision.late_ms, decision.situation.count,
                                    decision.situation.oldest);
  });
  for (const Step& step : decision.steps) {
    note_facts(now, decision.incoming, decision.messages, FactKind::rung,
               static_cast<uint16_t>(step.kind), step.rung);
  }
}

void Core::note_facts(Now now, bool incoming, const KeySet& messages, FactKind kind, uint16_t code,
                      const std::string& detail) {
  constexpr uint64_t kGroup = GroupFactRecord::kGroup;
  Batch& batch = journal_.gathering();
  const uint64_t entry = journal_.size() - 1;
  GroupFactRecord group;
  auto write = [&] {
    int count = 0;
    for (uint64_t mask : group.members) count += std::popcount(mask);
    if (count > 1) batch.group_facts.push_back(group);
    for (size_t i = 0; count == 1 && i < group.members.size(); ++i) {
      if (group.members[i] == 0) continue;
      const uint64_t number =
          group.first + i * 64 + static_cast<uint64_t>(std::countr_zero(group.members[i]));
      batch.facts.push_back({{incoming, number}, kind, now.utc, entry, code, detail});
    }
  };
  messages.visit_blocks([&](uint64_t first, uint64_t mask) {
    if (first / kGroup != group.first / kGroup) {
      write();
      group = {};
    }
    group = {incoming, first / kGroup * kGroup, group.members, kind, now.utc, entry, code, detail};
    group.members[first % kGroup / 64] = mask;
    return true;
  });
  write();
}

// All that comes due for one side and precedence, in however many bites, is one alarm.
void Core::sound(Now now, const Decision& decision) {
  if (sounds_.empty()) sounds_since_ = now.boot;
  SoundStep& all = sounds_[{decision.precedence, decision.incoming}];
  all.incoming = decision.incoming;
  all.precedence = decision.precedence;
  for (const Step& step : decision.steps) add_step(all.steps, step);
  if (!decision.messages.empty()) {
    const uint64_t first = decision.messages.first();
    all.first = all.count == 0 ? first : std::min(all.first, first);
    all.count += decision.messages.size();
  }
  all.situation = decision.situation;
}

void Core::flush_sounds() {
  for (auto& [key, all] : sounds_) effects_.push_back(std::move(all));
  sounds_.clear();
}

void Core::attempt_ended(Now now, const AttemptName& attempt, wire::Outcome outcome,
                         const std::string& detail) {
  const AttemptEnd end = ladder_.attempt_finished(attempt, outcome_of(outcome), now);
  if (end.verdict != AttemptVerdict::stale) {
    record(now, [&](flatbuffers::FlatBufferBuilder& b) {
      auto messages = b.CreateVector(to_blocks(end.messages));
      auto rung = b.CreateString(attempt.rung);
      auto words = b.CreateString(detail);
      return wire::CreateAttemptEnded(b, attempt.incoming, attempt.precedence, messages, rung,
                                      attempt.command, attempt.number, outcome, words);
    });
    note_facts(now, attempt.incoming, end.messages, FactKind::attempt,
               static_cast<uint16_t>(outcome), attempt.rung + ": " + detail);
  }
  if (!end.gave_up.empty()) tell_unpaged(now, attempt, end.gave_up, detail);
  run_ladder(now);
}

// The own ones are as many as our people send. Those of the peer may be without end.
void Core::tell_unpaged(Now now, const AttemptName& attempt, const KeySet& messages,
                        const std::string& detail) {
  if (attempt.incoming && !admit(now, Noise::unpaged)) return;
  const size_t others = messages.size() - 1;
  alarm(now, {attempt.incoming, messages.first()},
        "rung " + attempt.rung + ": no command could tell anybody" +
            (others == 0 ? "" : " of this and " + std::to_string(others) + " more") + " (" +
            detail + "): go and tell them in person");
}

void Core::look_after_ladder(Now now) {
  const std::vector<LadderKey> unattended = ladder_.unattended(now, limits::kLadderLate_ms);
  const std::set<LadderKey> still(unattended.begin(), unattended.end());
  std::erase_if(unattended_told_, [&](const LadderKey& key) { return !still.contains(key); });
  std::optional<LadderKey> first;
  size_t count = 0;
  for (const LadderKey& key : unattended) {
    if (!unattended_told_.insert(key).second) continue;
    if (!first) first = key;
    ++count;
  }
  if (!first) return;
  alarm(now, {first->incoming, first->serial},
        "the ladder has lost sight of this message" +
            (count == 1 ? "" : " and of " + std::to_string(count - 1) + " more") + ": watch over " +
            (count == 1 ? "it" : "them") + " by hand, and report the fault");
}

// ---- Replay

const char* Core::fault_in_messages(const flatbuffers::Vector<uint64_t>* messages,
                                    uint8_t precedence) {
  if (!is_precedence(precedence)) return "its precedence is none";
  if (messages == nullptr) return nullptr;
  if (messages->size() % 2 != 0) return "it speaks of no message";
  uint64_t least = 0;
  for (flatbuffers::uoffset_t i = 0; i < messages->size(); i += 2) {
    const uint64_t first = messages->Get(i);
    if (first % KeySet::kBlock != 0 || first < least || messages->Get(i + 1) == 0 ||
        first > limits::kTreeSizeMax - KeySet::kBlock) {
      return "it speaks of no message";
    }
    least = first + KeySet::kBlock;
  }
  return nullptr;
}

void Core::replay_decision(const wire::StepsDecided& fact, Now at) {
  Decision decision;
  decision.incoming = fact.incoming();
  decision.precedence = fact.precedence();
  decision.messages = from_blocks(fact.messages());
  for (const wire::Step* step : *fact.steps()) {
    decision.steps.push_back(
        {static_cast<StepKind>(step->kind()), step->rung() ? step->rung()->str() : ""});
  }
  ladder_.decided(decision, at);
}

void Core::replay_attempt(const wire::AttemptEnded& fact, Now at) {
  const AttemptName name{0,
                         fact.incoming(),
                         fact.precedence(),
                         fact.rung() ? fact.rung()->str() : "",
                         fact.command(),
                         fact.number()};
  ladder_.attempt_ended(name, from_blocks(fact.messages()), outcome_of(fact.outcome()), at);
}

}  // namespace hotline
