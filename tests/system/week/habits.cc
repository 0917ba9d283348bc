#include "tests/system/week/habits.h"

#include <iterator>

#include "protocol/message/kinds/kinds.h"

namespace hotline::week {
namespace {

int64_t usual_wait_ms(uint8_t precedence) {
  constexpr int64_t kWaits_ms[] = {40 * kSecond_ms, 3 * kMinute_ms, 12 * kMinute_ms,
                                   40 * kMinute_ms};
  return kWaits_ms[precedence - 1];
}

const Outcome& taken(const Outcome& outcome) {
  if (!outcome) throw WeekFailed("a habit was refused: " + outcome.error().reason);
  return outcome;
}

}  // namespace

Habits::Habits(Clockwork& clockwork, Party& party, uint64_t seed)
    : clockwork_(clockwork), party_(party), random_(seed) {
  party_.set_reader([this](const MessageRecord& message) { read(message); });
}

void Habits::begin() {
  call_each_hour();
  do_business();
}

void Habits::read(const MessageRecord& message) {
  const Kind& kind = kind_of(message.type);
  if (by_hand || message.serial == 0) return;
  const std::string id = party_.name_of_peers(message.serial);
  const int64_t usual_ms = kind.is_test_call ? kMinute_ms : usual_wait_ms(message.precedence);
  if (kind.waits_for_acknowledgement()) {
    plan(some_of(usual_ms), [this, message, id] {
      return acknowledgement_draft(message, party_.newest_body(message), id, party_.now().utc);
    });
  }
  if (kind.asks_for_dissemination) {
    plan(some_of(usual_ms * 3), [this, message, id] {
      return dissemination_draft(message, id, wire::Audience::air_defence, party_.now().utc);
    });
  }
  if (kind.type == wire::MessageType::request) {
    plan(some_of(usual_ms * 4), [message, id] {
      return answer_draft(message, id,
                          {{0, wire::AnswerOutcome::answered, "As you say.", std::nullopt}});
    });
  }
}

// As soon as somebody is there, after that.
void Habits::plan(int64_t wait_ms, std::function<DraftFields()> draft) {
  clockwork_.after(wait_ms, [this, wait_ms, draft = std::move(draft)] {
    if (clockwork_.now_ms() < away_until_ms_ || !party_.runs()) {
      plan(std::max(away_until_ms_ - clockwork_.now_ms(), kMinute_ms) + wait_ms / 4, draft);
      return;
    }
    party_.submit(operator_on_watch, draft(), [](const Outcome& outcome) { taken(outcome); });
  });
}

// North calls in even hours, for its name is the smaller one.
void Habits::call_each_hour() {
  const int64_t hour = clockwork_.now_ms() / kHour_ms;
  clockwork_.at((hour + 1) * kHour_ms, [this] { call_each_hour(); });
  const bool is_ours = (hour % 2 == 0) == (party_.id() < party_.peer());
  if (!is_ours || hours_not_called.contains(hour)) return;
  plan(some_of(4 * kMinute_ms),
       [this] { return test_call_draft(party_.core().status(), ++count_, party_.now().utc); });
}

void Habits::do_business() {
  const int64_t hour = clockwork_.now_ms() / kHour_ms % 24;
  const bool is_night = hour < 6 || hour >= 22;
  clockwork_.after(some_of(is_night ? 70 * kMinute_ms : 22 * kMinute_ms),
                   [this] { do_business(); });
  if (!has_business || !party_.runs() || clockwork_.now_ms() < away_until_ms_) return;
  if (party_.core().channel_state().standing(party_.now().utc).mode != ChannelMode::open) return;
  party_.submit(operator_on_watch, some_business(), [](const Outcome& outcome) { taken(outcome); });
}

DraftFields Habits::some_business() {
  static const char* const kTexts[] = {
      "Two patrol boats leave harbour at first light and return by noon.",
      "Our search and rescue helicopter works in the area until further notice.",
      "The exercise announced last week ends one day earlier than announced.",
      "A transport aircraft deviates to the south because of weather.",
      "The buoy at the entrance of the bay is unlit and is being mended.",
  };
  const uint64_t kind = random_.below(100);
  if (kind < 60) return text_draft(routine, kTexts[random_.below(std::size(kTexts))]);
  if (kind < 78) return text_draft(priority, kTexts[random_.below(std::size(kTexts))]);
  if (kind < 82) return text_draft(immediate, "A fishing boat with no lights drifts to your side.");
  if (kind < 92) {
    return question_draft(random_.chance(500) ? priority : routine,
                          {"At which time did the convoy cross the bridge?", "How many cars?"});
  }
  if (kind < 95) {
    return template_draft("meeting", routine,
                          {{"purpose", "the weekly talk of both floors"},
                           {"times", "+50h"},
                           {"place", "voice line 2"},
                           {"agenda", "what stays open"}},
                          party_.now().utc);
  }
  // Far from whatever the other side announces.
  const std::string latitude = party_.id() == "north" ? "62." : "48.";
  const std::string where = latitude + std::to_string(10 + count_++ % 80) + "N 020.10E";
  return template_draft("activity", routine,
                        {{"kind", "flight"},
                         {"contact", "tower, 123.450 MHz"},
                         {"volume", where + " 5km / 0m amsl to 3000m amsl / +50h to +52h"}},
                        party_.now().utc);
}

}  // namespace hotline::week
