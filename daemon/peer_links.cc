#include "daemon/peer_links.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace hotline {

PeerLinks::PeerLinks(boost::asio::io_context& io, std::vector<Endpoint> addresses,
                     std::shared_ptr<const TlsContext> context, uint64_t seed,
                     PeerLinkEvents events)
    : io_(io),
      addresses_(std::move(addresses)),
      context_(std::move(context)),
      events_(std::move(events)),
      backoff_(seed),
      timer_(io) {}

Status PeerLinks::start(const Endpoint& listen) {
  ListenerCallbacks callbacks;
  callbacks.on_link = [this](std::shared_ptr<FramedLink> link) { accept(std::move(link)); };
  callbacks.on_refused = [this](const Refusal& refusal) {
    events_.refused(refusal.address, refusal.error.reason);
  };
  callbacks.on_trouble = [this](const Error& trouble) { events_.refused("", trouble.reason); };
  auto listener = Listener::on_tcp(io_, listen.host, listen.port, context_, std::move(callbacks));
  if (!listener) return listener.error();
  listener_ = *std::move(listener);
  dial_after(backoff_.next_ms());
  return ok();
}

void PeerLinks::accept(std::shared_ptr<FramedLink> link) {
  LinkId id = ++last_link_;
  links_[id] = link;
  LinkCallbacks callbacks;
  callbacks.on_frame = [this, id](Bytes frame) { events_.frame(id, std::move(frame)); };
  callbacks.on_closed = [this, id](const LinkEnd& link_end) { end(id, link_end.reason); };
  std::string remote = link->peer().address;
  link->start(std::move(callbacks));
  events_.opened(id, remote);
}

void PeerLinks::end(LinkId id, const std::string& reason) {
  links_.erase(id);
  events_.closed(id, reason);
  if (links_.empty()) {
    last_refusal_ = reason;
    dial_after(backoff_.next_ms());
  }
}

void PeerLinks::send(LinkId id, ByteView frame) {
  auto found = links_.find(id);
  if (found == links_.end()) return;
  SendOutcome outcome = found->second->send(frame);
  // The core keeps what is under way within the queue's bound: a full queue means that the peer
  // does not read.
  if (outcome == SendOutcome::full || outcome == SendOutcome::bad_size) {
    boost::asio::post(io_, [this, id] {
      if (links_.contains(id)) end(id, "the peer does not read what we send");
    });
  }
}

void PeerLinks::close(LinkId id) {
  auto found = links_.find(id);
  if (found == links_.end()) return;
  found->second->close();
  links_.erase(found);
  if (links_.empty() && !stopped_) dial_after(backoff_.next_ms());
}

void PeerLinks::check_again() {
  std::vector<std::pair<LinkId, std::string>> bad;
  for (const auto& [id, link] : links_) {
    if (Status status = link->check_peer_again(); !status)
      bad.emplace_back(id, status.error().reason);
  }
  for (const auto& [id, reason] : bad) end(id, reason);
}

void PeerLinks::stop() {
  stopped_ = true;
  listener_.reset();
  attempt_.reset();
  timer_.cancel();
  for (auto& [id, link] : links_) link->close();
  links_.clear();
}

void PeerLinks::dial_after(int64_t delay_ms) {
  if (stopped_ || addresses_.empty()) return;
  timer_.expires_after(std::chrono::milliseconds(delay_ms));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) dial_next();
  });
}

void PeerLinks::dial_next() {
  if (stopped_ || !links_.empty() || attempt_) return;
  const Endpoint& address = addresses_[next_address_];
  next_address_ = (next_address_ + 1) % addresses_.size();
  attempt_ = dial(io_, address.host, address.port, context_,
                  [this](Result<std::shared_ptr<FramedLink>> outcome) {
                    attempt_.reset();
                    if (outcome) {
                      last_refusal_.clear();
                      backoff_.reset();
                      return accept(*std::move(outcome));
                    }
                    if (last_refusal_ != outcome.error().reason) {
                      last_refusal_ = outcome.error().reason;
                      events_.refused("", last_refusal_);
                    }
                    dial_after(backoff_.next_ms());
                  });
}

}  // namespace hotline
