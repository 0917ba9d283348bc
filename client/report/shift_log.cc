#include "client/report/shift_log.h"

#include <utility>

#include "protocol/channel/ladder.h"

namespace hotline::client {

bool ShiftLog::take(const wire::Entry& entry) {
  statistics_.take(entry);
  link_.take(entry);
  return period_.has(entry.at()) && count(entry);
}

bool ShiftLog::count(const wire::Entry& entry) {
  const bool was_told = std::exchange(is_told_, false);
  switch (entry.fact_type()) {
    case wire::Fact::StepsDecided:
      return count_rungs(*entry.fact_as_StepsDecided());
    case wire::Fact::ConditionBegan:
      ++counts_.conditions_began;
      return true;
    case wire::Fact::ConditionEnded:
      ++counts_.conditions_ended;
      return true;
    case wire::Fact::HandoverStarted:
      ++counts_.lists_signed;
      return true;
    case wire::Fact::HandoverAccepted:
      ++counts_.taken_over;
      return true;
    case wire::Fact::AlarmRaised:
      return !was_told;
    case wire::Fact::AgreementBegan:
    case wire::Fact::LadderPaused:
    case wire::Fact::LadderRaised:
    case wire::Fact::ConflictFound:
      is_told_ = true;
      return true;
    case wire::Fact::NotifiersTried:
    case wire::Fact::Started:
    case wire::Fact::Stopped:
    case wire::Fact::ClockStepped:
    case wire::Fact::LinkChanged:
    case wire::Fact::TestCallMissed:
    case wire::Fact::GuarantorNoted:
    case wire::Fact::ExerciseClockSet:
    case wire::Fact::StoreRestored:
    case wire::Fact::EpochBegan:
    case wire::Fact::RecoveryConfirmed:
    case wire::Fact::ForkResolved:
      return true;
    default:
      return false;
  }
}

// An alarm that only sounded again is nothing to remember.
bool ShiftLog::count_rungs(const wire::StepsDecided& decided) {
  bool climbed = false;
  for (const wire::Step* step : *decided.steps()) {
    const auto kind = static_cast<StepKind>(step->kind());
    climbed = climbed || kind != StepKind::alarm_again;
    if (kind != StepKind::rung || step->rung() == nullptr) continue;
    ++counts_.rungs[{decided.incoming(), step->rung()->str()}];
  }
  return climbed;
}

void ShiftLog::keep(JournalDescriber::Description description) {
  lines_.push_back(std::move(description));
  if (lines_.size() <= kShiftLinesMax) return;
  lines_.pop_front();
  ++left_out_;
}

}  // namespace hotline::client
