#include "protocol/channel/flash_share.h"

#include <chrono>

#include "protocol/base/limits.h"
#include "protocol/message/kinds/kinds.h"

namespace hotline {
namespace {

int64_t month_of(UtcMs at) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(at)};
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(time)};
  return static_cast<int>(date.year()) * 12 + static_cast<unsigned>(date.month());
}

}  // namespace

void FlashShare::begin_month(UtcMs at) {
  const int64_t month = month_of(at);
  if (month == month_) return;
  month_ = month;
  messages_ = flash_ = 0;
}

void FlashShare::apply_durable(const wire::Entry& entry) {
  const wire::Released* own = entry.fact_as_Released();
  if (!own || !kind_of(own->type()).waits_for_acknowledgement()) return;
  begin_month(entry.at());
  ++messages_;
  flash_ += own->precedence() == kPrecedenceFirst;
}

void FlashShare::note_conditions(Now now) {
  begin_month(now.utc);
  const bool is_much = messages_ >= limits::kFlashShareMessagesMin &&
                       flash_ * 100 > messages_ * limits::kFlashShareMax_percent;
  if (!is_much) return conditions_.clear(now, ConditionCode::flash_share, config_.party);
  conditions_.raise(now, ConditionCode::flash_share, config_.party,
                    std::to_string(flash_) + " of our " + std::to_string(messages_) +
                        " messages of this month are FLASH, more than 5 %: keep it for what "
                        "cannot wait");
}

}  // namespace hotline
