// Keeping a number of messages in flight through a pipeline, and when each was delivered.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/bench/measures.h"

namespace hotline::bench {

struct LoadResult {
  double seconds = 0;  // From the first submission to the last delivery.
  std::vector<double> latencies_ms;

  double rate() const { return static_cast<double>(latencies_ms.size()) / seconds; }
};

// The books of one run: message k is submitted, and later delivered.
class InFlight {
 public:
  InFlight(uint64_t count, uint64_t in_flight_max)
      : submitted_at_(count), in_flight_max_(in_flight_max) {
    result_.latencies_ms.reserve(count);
  }

  bool may_submit() const {
    return submitted_ < submitted_at_.size() && submitted_ - delivered_ < in_flight_max_;
  }
  // Returns which message this is.
  uint64_t submit() {
    submitted_at_[submitted_] = Clock::now();
    return submitted_++;
  }
  void delivered(uint64_t k, Clock::time_point at) {
    result_.latencies_ms.push_back(milliseconds_between(submitted_at_[k], at));
    ++delivered_;
    last_ = at;
  }
  bool done() const { return delivered_ == submitted_at_.size(); }
  uint64_t delivered_count() const { return delivered_; }

  LoadResult take() {
    result_.seconds = milliseconds_between(submitted_at_.front(), last_) / 1e3;
    return std::move(result_);
  }

 private:
  std::vector<Clock::time_point> submitted_at_;
  const uint64_t in_flight_max_;
  uint64_t submitted_ = 0;
  uint64_t delivered_ = 0;
  Clock::time_point last_;
  LoadResult result_;
};

}  // namespace hotline::bench
