// Submissions: each message once, whatever breaks between it and the answer.
#include <algorithm>

#include "client/connect/connection.h"

namespace hotline::client {
namespace {

constexpr int kSubmitAttemptsMax = 5;
// How often the next counter may turn out to be taken, by other programs of the same person.
constexpr int kConflictsMax = 100;
constexpr int64_t kSubmitPause_ms = 400;
constexpr int64_t kManyDeadline_ms = 15'000;  // For any answer while many are on their way.
constexpr size_t kOnTheirWayMax = 256;

// The connection itself failed, not what was asked over it.
bool is_broken(const Error& error) {
  return error.code == ErrorCode::unreachable || error.code == ErrorCode::timed_out;
}

Submission submission_of(const wire::Submitted& submitted) {
  return {text(submitted.id()), submitted.journal_index(), submitted.committed_at()};
}

}  // namespace

Status Connection::connect_again(int attempt) {
  reach_.pause(kSubmitPause_ms * attempt);
  return connect();
}

Result<Submission> Connection::submit(ByteView draft, const std::string& key,
                                      uint64_t draft_number) {
  uint64_t counter = server().last_counter() + 1;
  in_doubt_ = false;
  Error last = make_error(ErrorCode::unreachable, "there is no connection to " + daemon_name());
  for (int attempt = 0, conflicts = 0; attempt < kSubmitAttemptsMax;) {
    if (attempt > 0) {
      if (auto status = connect_again(attempt); !status) {
        last = status.error();
        ++attempt;
        continue;
      }
    }
    auto reply = submit_once(draft, key.empty() ? counter : 0, key, draft_number);
    if (reply) {
      in_doubt_ = false;
      return submission_of(**reply);
    }
    last = reply.error();
    if (last.code == ErrorCode::conflict && ++conflicts < kConflictsMax) {
      // Somebody else with this certificate used the counter first, for other bytes; so ours was
      // not committed under it, whatever happened before.
      in_doubt_ = false;
      if (auto status = connect(); !status) return status.error();
      counter = server().last_counter() + 1;
      continue;
    }
    if (!is_broken(last)) {
      in_doubt_ = false;
      return last;
    }
    in_doubt_ = true;
    ++attempt;
  }
  if (!in_doubt_) return last;
  return make_error(ErrorCode::unreachable,
                    "the connection broke before the answer came, and it is not known whether the "
                    "message was committed (" +
                        last.reason + ")",
                    hint_in_doubt(key));
}

std::string Connection::hint_in_doubt(const std::string& key) {
  if (!key.empty()) return "send it again with the same --idempotency-key: it goes once";
  return "hotline list    when the daemon is back: if it is not there, send it again";
}

// Many submissions on their way at once. Counters rise in the order of sending. One that somebody
// else took first is seen by its conflict; then all that is on its way is waited for, and the
// daemon says anew where counters stand.
class Connection::Many {
 public:
  Many(Connection& connection, const NextDraft& next, const DraftDone& done)
      : connection_(connection),
        next_(next),
        done_(done),
        counter_(connection.server().last_counter()) {}

  Status run() {
    for (int attempt = 0;;) {
      Status status = step();
      if (status && under_way_.empty() && again_.empty()) return ok();
      if (status) {
        attempt = 0;
        continue;
      }
      if (!is_broken(status.error())) return status;
      do {
        if (++attempt >= kSubmitAttemptsMax) return status;
        status = connection_.connect_again(attempt);
        if (status) status = repeat();
      } while (!status);
    }
  }

 private:
  struct OnItsWay {
    uint32_t request = 0;
    uint64_t counter = 0;
    Bytes draft;
  };

  Status step() {
    if (!again_.empty() && under_way_.empty()) {
      if (Status status = connection_.connect(); !status) return status;
      counter_ = connection_.server().last_counter();
      if (Status status = fill(); !status) return status;
    } else if (again_.empty()) {
      if (Status status = fill(); !status) return status;
    }
    return under_way_.empty() ? ok() : take_answer();
  }

  Status fill() {
    while (under_way_.size() < kOnTheirWayMax) {
      auto draft = next_draft();
      if (!draft) break;
      under_way_.push_back({0, ++counter_, std::move(*draft)});
      if (Status status = put(under_way_.back()); !status) return status;
    }
    return ok();
  }

  std::optional<Bytes> next_draft() {
    if (again_.empty()) return goes_on_ ? next_() : std::nullopt;
    Bytes draft = std::move(again_.front());
    again_.pop_front();
    return draft;
  }

  Status put(OnItsWay& one) {
    const auto id = connection_.send(wire::RequestBody::Submit, [&one](auto& builder) {
      return wire::CreateSubmit(builder, one.counter, builder.CreateVector(one.draft)).Union();
    });
    if (!id) return id.error();
    one.request = *id;
    return ok();
  }

  // The same counters with the same bytes: what was committed is answered again.
  Status repeat() {
    for (OnItsWay& one : under_way_) {
      if (Status status = put(one); !status) return status;
    }
    counter_ = std::max(counter_, connection_.server().last_counter());
    return ok();
  }

  Status take_answer() {
    auto reply = connection_.receive_any(kManyDeadline_ms);
    if (!reply) return reply.error();
    const auto* failure = reply->as<wire::Failure>();
    const auto one = std::find_if(under_way_.begin(), under_way_.end(), [&](const OnItsWay& other) {
      return other.request == reply->id();
    });
    if (one == under_way_.end()) return failure ? Status(to_error(*failure)) : ok();
    if (failure != nullptr && to_error(*failure).code == ErrorCode::conflict) {
      again_.push_back(std::move(one->draft));
    } else if (failure != nullptr) {
      goes_on_ = done_(to_error(*failure)) && goes_on_;
    } else if (const auto* submitted = reply->as<wire::Submitted>()) {
      goes_on_ = done_(submission_of(*submitted)) && goes_on_;
    }
    under_way_.erase(one);
    return ok();
  }

  Connection& connection_;
  const NextDraft& next_;
  const DraftDone& done_;
  uint64_t counter_;
  bool goes_on_ = true;
  std::deque<OnItsWay> under_way_;
  std::deque<Bytes> again_;  // To go under another counter.
};

Status Connection::submit_each(const NextDraft& next, const DraftDone& done) {
  return Many(*this, next, done).run();
}

}  // namespace hotline::client
