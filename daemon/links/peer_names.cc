#include "daemon/links/peer_names.h"

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>

#include "protocol/base/limits.h"

namespace hotline {

// Alive while the name service or the timer may still answer it.
struct PeerNames::Question {
  Question(boost::asio::io_context& io, Resolved with_done)
      : done(std::move(with_done)), patience(io) {}

  Resolved done;  // Empty once called.
  boost::asio::steady_timer patience;
};

PeerNames::PeerNames(boost::asio::io_context& io,
                     std::function<void(const Addresses&)> on_addresses, Resolve ask)
    : io_(io), on_addresses_(std::move(on_addresses)), ask_(std::move(ask)) {
  if (ask_) return;
  ask_ = [this](const std::string& name, Resolved done) {
    hotline::resolve(io_, name, std::move(done));
  };
}

Resolve PeerNames::resolve() {
  return [this](const std::string& name, Resolved done) { ask(name, std::move(done)); };
}

void PeerNames::ask(const std::string& name, Resolved done) {
  auto question = std::make_shared<Question>(io_, std::move(done));
  ask_(name, [this, question, name](Result<Addresses> outcome) {
    if (outcome) {
      last_[name] = *outcome;
      on_addresses_(*outcome);
    }
    answer(*question, name, std::move(outcome));
  });
  if (!last_.contains(name)) return;
  question->patience.expires_after(std::chrono::milliseconds(limits::kLookupPatience_ms));
  question->patience.async_wait([this, question, name](const boost::system::error_code& cancelled) {
    if (!cancelled) answer(*question, name, last_.at(name));
  });
}

void PeerNames::answer(Question& question, const std::string& name, Result<Addresses> outcome) {
  question.patience.cancel();
  if (!question.done) return;
  const Resolved done = std::exchange(question.done, nullptr);
  const auto last = last_.find(name);
  done(outcome || last == last_.end() ? std::move(outcome) : last->second);
}

}  // namespace hotline
