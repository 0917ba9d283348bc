#include "protocol/channel/escalation.h"

#include <algorithm>
#include <bit>

#include "protocol/base/limits.h"
#include "protocol/channel/key_blocks.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/names.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

void add_step(std::vector<Step>& steps, const Step& step) {
  if (std::find(steps.begin(), steps.end(), step) == steps.end()) steps.push_back(step);
}

const char* fault_in_messages(const flatbuffers::Vector<uint64_t>* messages, uint8_t precedence) {
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

}  // namespace

Escalation::Escalation(const CoreConfig& config, Recorder& recorder, Conditions& conditions,
                       Now started)
    : config_(config),
      recorder_(recorder),
      conditions_(conditions),
      ladder_(config.policy),
      test_calls_(config.policy.link, config.party < config.peer, started.utc) {}

void Escalation::follow(const Policy& policy, Now now) {
  ladder_.follow(policy, on_ladder(now));
  test_calls_.follow(policy.link, now.utc);
}

void Escalation::apply_durable(const wire::Entry& entry, Now durable_at) {
  const Now at = on_ladder(durable_at);
  switch (entry.fact_type()) {
    case wire::Fact::Released: {
      const wire::Released& fact = *entry.fact_as_Released();
      note_test_call(fact.type(), {false, fact.serial()}, fact.refers_to(), entry.at());
      if (kind_of(fact.type()).waits_for_acknowledgement()) {
        ladder_.opened({false, fact.serial()}, fact.precedence(), fact.answer_due(), at);
      }
      if (fact.refers_to()) settle(fact.type(), fact.role(), fact.refers_to(), entry.at());
      break;
    }
    case wire::Fact::Received: {
      const wire::Received& fact = *entry.fact_as_Received();
      if (waits_for_acknowledgement(fact)) {
        ladder_.opened({true, fact.index()}, known_precedence(fact.precedence()), fact.answer_due(),
                       at, kind_of(fact.type()).asks_for_dissemination && fact.decline_code() == 0);
      }
      if (fact.decline_code() != 0) break;
      note_test_call(fact.type(), {true, fact.index()}, fact.refers_to(), entry.at());
      if (fact.refers_to()) settle(fact.type(), fact.role(), fact.refers_to(), entry.at());
      break;
    }
    case wire::Fact::ReceiptHeld:
      for (uint64_t serial :
           recorder_.own().unreceipted_below(entry.fact_as_ReceiptHeld()->size())) {
        ladder_.receipted({false, serial}, at);
      }
      break;
    case wire::Fact::LadderPaused: {
      const wire::LadderPaused& fact = *entry.fact_as_LadderPaused();
      const BootMs until = at.boot + (fact.until() - entry.at());
      for (uint64_t attempt : ladder_.paused(from_wire(fact.message()), until, at)) {
        recorder_.say(StopAttempt{attempt});
      }
      break;
    }
    case wire::Fact::LadderRaised: {
      const wire::LadderRaised& fact = *entry.fact_as_LadderRaised();
      const MessageKey key = from_wire(fact.message());
      waits_again_.raised(key, ladder_.waits(key), fact.role(), entry.at());
      ladder_.raised(key, known_precedence(fact.precedence()), at);
      break;
    }
    case wire::Fact::StepsDecided:
      if (!recorder_.is_live()) replay_decision(*entry.fact_as_StepsDecided(), at);
      break;
    case wire::Fact::AttemptEnded:
      if (!recorder_.is_live()) replay_attempt(*entry.fact_as_AttemptEnded(), at);
      break;
    default:
      break;
  }
}

// Does to the message spoken of what one of this type does. A machine is nobody: its DECLINE ends
// no wait.
void Escalation::settle(uint8_t type, uint8_t role, const wire::MessageKey* refers_to, UtcMs at) {
  const MessageKey key = from_wire(refers_to);
  std::vector<uint64_t> to_stop;
  switch (kind_of(type).effect) {
    case TargetEffect::acknowledges:
      waits_again_.acknowledged(key, ladder_.precedence_of(key), role, at);
      to_stop = ladder_.acknowledged(key);
      break;
    case TargetEffect::declines:
      if (role == static_cast<uint8_t>(wire::Role::machine)) break;
      [[fallthrough]];
    case TargetEffect::cancels:
      waits_again_.closed(key);
      to_stop = ladder_.closed(key);
      break;
    case TargetEffect::answers:
      ladder_.answered(key, false);
      break;
    case TargetEffect::disseminates:
      ladder_.disseminated(key);
      break;
    case TargetEffect::corrects:
    case TargetEffect::none:
      break;
  }
  for (uint64_t attempt : to_stop) recorder_.say(StopAttempt{attempt});
}

void Escalation::keep_still(Now now, bool still) {
  if (still == still_) return;
  still_ = still;
  if (!still) return test_calls_.start(now.utc);
  sounds_.clear();
  for (uint64_t attempt : ladder_.commands_to_stop()) recorder_.say(StopAttempt{attempt});
}

void Escalation::tick(Now now) {
  run_ladder(now);
  tell_unpaged(now);
  judge_test_calls(now);
  note_conditions(now);
}

void Escalation::run_ladder(Now now) {
  if (still_) return;
  const std::optional<BootMs> next = ladder_.next_due();
  if (!next || *next > now.timer()) return flush_sounds(now, true);
  Due due = ladder_.decide(on_ladder(now));
  for (const Decision& decision : due.decisions) {
    record_decision(now, decision);
    sound(now, decision);
  }
  for (uint64_t attempt : due.to_stop) recorder_.say(StopAttempt{attempt});
  for (Attempt& attempt : due.attempts) recorder_.say(StartAttempt{std::move(attempt)});
  const std::optional<BootMs> more = ladder_.next_due();
  flush_sounds(now, !more || *more > now.timer());
}

void Escalation::record_decision(Now now, const Decision& decision) {
  recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
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

void Escalation::note_facts(Now now, bool incoming, const KeySet& messages, FactKind kind,
                            uint16_t code, const std::string& detail) {
  constexpr uint64_t kGroup = GroupFactRecord::kGroup;
  Batch& batch = recorder_.gathering();
  const uint64_t entry = recorder_.size() - 1;
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
void Escalation::sound(Now now, const Decision& decision) {
  Sound& sound = sounds_[{decision.precedence, decision.incoming}];
  if (sound.untold.empty()) sound.since = now.boot;
  for (Decision& other : sound.untold) {
    if (other.steps == decision.steps) return other.messages.insert_all(decision.messages);
  }
  sound.untold.push_back(decision);
}

// In a flood that goes on, each alarm tells of all that came due since the last one.
void Escalation::flush_sounds(Now now, bool all_decided) {
  for (auto& [key, sound] : sounds_) {
    const bool waited = now.boot - sound.since >= limits::kSoundPatience_ms;
    if (sound.untold.empty() || now.boot < sound.rests_until || !(all_decided || waited)) continue;
    if (auto step = sound_of(now, sound.untold)) {
      recorder_.say(*std::move(step));
      sound.rests_until = now.boot + limits::kSoundPatience_ms;
    }
    sound.untold.clear();
  }
}

// Nothing where all of it has been settled since it was decided.
std::optional<SoundStep> Escalation::sound_of(Now now,
                                              const std::vector<Decision>& decisions) const {
  SoundStep all;
  all.incoming = decisions.front().incoming;
  all.precedence = decisions.front().precedence;
  all.situation = ladder_.situation(all.incoming, all.precedence, on_ladder(now));
  KeySet messages;
  for (const Decision& decision : decisions) {
    KeySet still;
    decision.messages.visit([&](uint64_t number) {
      if (is_open(decision.steps, {decision.incoming, number})) still.insert(number);
      return true;
    });
    // The alarm of all that wait has no messages of its own.
    if (decision.messages.empty() ? all.situation.count == 0 : still.empty()) continue;
    for (const Step& step : decision.steps) add_step(all.steps, step);
    messages.insert_all(still);
  }
  if (all.steps.empty()) return std::nullopt;
  all.count = messages.size();
  if (all.count > 0) all.first = messages.first();
  return all;
}

bool Escalation::is_open(const std::vector<Step>& steps, MessageKey key) const {
  return ladder_.waits(key) || std::any_of(steps.begin(), steps.end(), [](const Step& step) {
           return step.kind == StepKind::first_answer_due ||
                  step.kind == StepKind::full_answer_due ||
                  step.kind == StepKind::dissemination_due;
         });
}

// The ladder, or an alarm that rests and may be told again.
BootMs Escalation::due() const {
  BootMs next = INT64_MAX;
  if (still_) return next;
  for (const auto& [key, sound] : sounds_) {
    if (!sound.untold.empty()) next = std::min(next, std::max(sound.since, sound.rests_until));
  }
  for (const auto& [key, unpaged] : unpaged_) {
    if (!unpaged.untold.empty()) next = std::min(next, unpaged.rests_until);
  }
  return next;
}

void Escalation::note_test_call(uint8_t type, MessageKey key, const wire::MessageKey* refers_to,
                                UtcMs at) {
  const Kind& kind = kind_of(type);
  if (kind.is_test_call) test_calls_.called(key, at);
  if (kind.effect == TargetEffect::acknowledges && refers_to &&
      test_calls_.acknowledged(from_wire(refers_to), at)) {
    test_call_answered_ = recorder_.is_live();
  }
}

void Escalation::judge_test_calls(Now now) {
  if (std::exchange(test_call_answered_, false)) {
    conditions_.clear(now, ConditionCode::test_call_amber, config_.peer);
    conditions_.clear(now, ConditionCode::test_call_red, config_.peer);
  }
  if (still_) return;
  for (const TestCalls::Missed& missed : test_calls_.judge(now.utc)) {
    recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
      return wire::CreateTestCallMissed(b, missed.began / 3'600'000, missed.ours, missed.in_a_row);
    });
    const bool is_amber = missed.in_a_row == 1;
    const bool is_red =
        !is_amber || conditions_.is_open(ConditionCode::test_call_red, config_.peer);
    if (is_red) conditions_.clear(now, ConditionCode::test_call_amber, config_.peer);
    const std::string began = format_date_time_group(missed.began);
    // The other side's call does not count in an hour that was not its turn.
    const std::string words =
        is_amber
            ? (missed.ours ? "AMBER: no test call of ours was acknowledged in the hour from " +
                                 began + ": it was our turn; hotline test-call"
                           : "AMBER: no test call of theirs was acknowledged in the hour from " +
                                 began + ": it was the peer's turn; ask them, by voice if need be")
            : "RED: " + std::to_string(missed.in_a_row) +
                  " test calls in a row were missed, the last one due from " + began +
                  (missed.ours ? ": it was our turn; hotline test-call"
                               : ": it was the peer's turn; ask them, by voice if need be");
    conditions_.raise(now, is_red ? ConditionCode::test_call_red : ConditionCode::test_call_amber,
                      config_.peer, words);
  }
}

// ----------------------------------------------------------------------------------------------
// replay

const char* Escalation::fault_in(const wire::Entry& entry) {
  if (const wire::StepsDecided* fact = entry.fact_as_StepsDecided()) {
    return fault_in_messages(fact->messages(), fact->precedence());
  }
  if (const wire::AttemptEnded* fact = entry.fact_as_AttemptEnded()) {
    return fault_in_messages(fact->messages(), fact->precedence());
  }
  return nullptr;
}

void Escalation::replay_decision(const wire::StepsDecided& fact, Now at) {
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

}  // namespace hotline
