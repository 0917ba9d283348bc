#include "client/report/alarm_rates.h"

#include <algorithm>
#include <cctype>

#include "protocol/base/strict_flatbuffer.h"
#include "protocol/channel/conditions.h"
#include "protocol/channel/ladder.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

constexpr size_t kTopCauses = 10;

std::string without_numbers(const std::string& text) {
  std::string result;
  bool in_number = false;
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit) {
      result += c;
    } else if (!in_number) {
      result += '#';
    }
    in_number = is_digit;
  }
  return result;
}

// For programs, and for as long as the kind lives.
std::string step_code(const wire::Step& step) {
  switch (static_cast<StepKind>(step.kind())) {
    case StepKind::undelivered:
      return "undelivered";
    case StepKind::rung:
      return text_of(step.rung());
    case StepKind::alarm_again:
      return "alarm-again";
    case StepKind::first_answer_due:
      return "first-answer-due";
    case StepKind::full_answer_due:
      return "full-answer-due";
    case StepKind::dissemination_due:
      return "dissemination-due";
  }
  return "step";
}

std::string ladder_cause(const wire::StepsDecided& decided) {
  std::string cause = "ladder " + precedence_label(decided.precedence());
  if (decided.steps() == nullptr) return cause;
  for (const wire::Step* step : *decided.steps()) cause += " " + step_code(*step);
  return cause;
}

std::string name_of_condition(uint8_t code) {
  const ConditionKind* kind = find_condition_kind(code);
  return kind == nullptr ? "condition " + std::to_string(code) : kind->name;
}

}  // namespace

void AlarmRates::take(const wire::Entry& entry) {
  const UtcMs at = on_a_clock(entry.at());
  if (const auto* alarm = entry.fact_as_AlarmRaised()) {
    sound(at, text_of(alarm->text()));
  } else if (const auto* decided = entry.fact_as_StepsDecided()) {
    sound(at, ladder_cause(*decided));
  } else if (const auto* began = entry.fact_as_ConditionBegan()) {
    begin(*began, at);
  } else if (const auto* ended = entry.fact_as_ConditionEnded()) {
    open_.erase({ended->code(), text_of(ended->subject())});
  }
}

void AlarmRates::begin(const wire::ConditionBegan& began, UtcMs at) {
  const ConditionKind* kind = find_condition_kind(began.code());
  if (kind == nullptr || !kind->sounds) return;
  const Name name{began.code(), text_of(began.subject())};
  open_[name] = at;
  sound(at, "condition " + name_of_condition(began.code()));
  if (!period_.has(at)) return;
  std::deque<UtcMs>& begun = begun_[name];
  begun.push_back(at);
  if (begun.size() > kChatteringTimes) begun.pop_front();
  const bool is_quick = begun.back() - begun.front() <= kChatteringWithin_ms;
  if (begun.size() == kChatteringTimes && is_quick) chattering_[name] = true;
}

void AlarmRates::sound(UtcMs at, const std::string& cause) {
  if (!period_.has(at)) return;
  ++alarms_;
  ++stretches_[at / kAlarmStretch_ms];
  ++hours_[at / kOneHour_ms];
  ++causes_[without_numbers(cause)];
}

AlarmRates::Measured AlarmRates::measured(const ObservedTime::Stretch& observed) const {
  Measured measured;
  measured.alarms = alarms_;
  measured.hours = hours_;
  const auto [from, to] = observed;
  if (from < to) {
    const auto observed_ms = static_cast<uint64_t>(to - from);
    if (observed_ms >= kOneDay_ms) {
      measured.per_day_tenths = (alarms_ * 10 * kOneDay_ms + observed_ms / 2) / observed_ms;
    }
    measured.stretches =
        static_cast<uint64_t>((to - 1) / kAlarmStretch_ms - from / kAlarmStretch_ms + 1);
  }
  for (const auto& [stretch, count] : stretches_) {
    measured.busiest = std::max(measured.busiest, count);
    measured.floods += count > kAlarmsInStretchMax;
  }
  measured.causes = causes_.size();
  for (const auto& [cause, count] : causes_) measured.top.push_back({cause, count});
  std::stable_sort(measured.top.begin(), measured.top.end(),
                   [](const Cause& a, const Cause& b) { return a.count > b.count; });
  if (measured.top.size() > kTopCauses) measured.top.resize(kTopCauses);
  uint64_t of_top = 0;
  for (const Cause& one : measured.top) of_top += one.count;
  measured.top_permille = share_permille(of_top, alarms_);
  for (const auto& [name, chatters] : chattering_) {
    measured.chattering.push_back(name_of_condition(name.first) + ", " + name.second);
  }
  for (const auto& [name, since] : open_) {
    if (to - since <= kStaleAlarm_ms) continue;
    measured.stale.push_back({name_of_condition(name.first), name.second, since});
  }
  return measured;
}

}  // namespace hotline::client
