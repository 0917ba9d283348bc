#include "client/show/channel_standing.h"

#include <algorithm>

#include "client/show/message_row.h"

namespace hotline::client {

const char* channel_mode_word(uint8_t mode) {
  static constexpr const char* kWords[] = {"unknown", "open", "restricted", "suspended",
                                           "reopening"};
  return mode < std::size(kWords) ? kWords[mode] : kWords[0];
}

bool is_critical(const wire::ConditionRow& row) {
  return row.severity() == wire::Severity::critical;
}

std::string condition_words(const Output& output, const wire::ConditionRow& row, UtcMs now) {
  constexpr int64_t kDay_ms = 86'400'000;
  const int64_t lasted_ms = std::max<int64_t>(now - row.since(), 0);
  const std::string since =
      lasted_ms < kDay_ms ? output.time_of_day(row.since()) : output.date_and_time(row.since());
  return output.words("for " + format_duration(lasted_ms) + ", since " + since) + ": " +
         output.offered(text(row.text()));
}

std::string waiting_words(const wire::WaitingSummary& waiting, const std::string& peer) {
  const bool one = waiting.count() == 1;
  const std::string rung = text(waiting.rung());
  const std::string count = format_count(waiting.count());
  std::string words;
  if (waiting.incoming()) {
    words = count + " of " + peer +
            (one ? " waits for us, for " : " wait for us, the oldest for ") +
            format_duration(waiting.oldest_ms());
  } else {
    words = count +
            (one ? " of ours waits for " + peer + ", for "
                 : " of ours wait for " + peer + ", the oldest for ") +
            format_duration(waiting.oldest_ms());
  }
  if (waiting.paused() != 0) {
    words += waiting.paused() == waiting.count() ? ", PAUSED"
                                                 : ", PAUSED: " + format_count(waiting.paused());
  }
  if (!rung.empty()) words += ", " + escalated_words(rung, waiting.rung_tells_nobody());
  return words;
}

JsonValue json_condition(const wire::ConditionRow* row) {
  return JsonValue()
      .add("code", text(row->code()))
      .add("subject", text(row->subject()))
      .add("severity", is_critical(*row) ? "critical" : "warning")
      .add("since", json_time(row->since()))
      .add("text", text(row->text()));
}

}  // namespace hotline::client
