#include "daemon/links/peer_links.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace hotline {
namespace {

std::vector<std::string> in_words(const std::vector<Endpoint>& addresses) {
  std::vector<std::string> words;
  for (const Endpoint& address : addresses) {
    const bool v6 = address.host.find(':') != std::string::npos;
    words.push_back((v6 ? "[" + address.host + "]" : address.host) + ":" +
                    std::to_string(address.port));
  }
  return words;
}

}  // namespace

PeerLinks::PeerLinks(boost::asio::io_context& io, PeerLinkSettings settings, PeerLinkEvents events)
    : io_(io),
      settings_(std::move(settings)),
      events_(std::move(events)),
      paths_(settings_.peer, in_words(settings_.addresses)),
      names_(io, settings_.keep_places_for, settings_.resolve),
      checks_(io, settings_.addresses, settings_.context, names_.resolve(),
              [this](const PathOutcome& outcome) {
                // Without a link the outcome is that of the link, and dialling tells it.
                if (links_.empty()) return;
                const UtcMs now = settings_.utc_now();
                tell(outcome.status
                         ? paths_.proved(outcome.path, now)
                         : paths_.failed(outcome.path, now, outcome.status.error().reason));
              }),
      check_timer_(io),
      backoff_(settings_.seed),
      timer_(io) {}

void PeerLinks::start() {
  for (const Endpoint& address : settings_.addresses) {
    boost::system::error_code is_name;
    const auto digits = boost::asio::ip::make_address(address.host, is_name);
    if (!is_name) settings_.keep_places_for({digits});
  }
  dial_after(backoff_.next_ms());
  check_paths_later();
}

void PeerLinks::refused(const RefusedCaller& caller) {
  events_.refused(caller.address, caller.error.reason);
  if (caller.error.code == ErrorCode::not_allowed)
    events_.certificate_refused(caller.address, caller.error);
}

void PeerLinks::accept(std::shared_ptr<FramedLink> link, std::optional<size_t> path) {
  LinkId id = ++last_link_;
  links_[id].link = link;
  links_[id].path = path;
  if (path) paths_.set_in_use(*path, true);
  LinkCallbacks callbacks;
  callbacks.on_frame = [this, id](Bytes frame) {
    heard(id);
    events_.frame(id, std::move(frame));
  };
  callbacks.on_closed = [this, id](const LinkEnd& link_end) {
    if (link_end.cause == LinkEndCause::refused_by_peer) {
      events_.certificate_refused(
          "", make_error(ErrorCode::not_allowed, link_end.reason, "hotline pki check"));
    }
    end(id, link_end.reason);
  };
  link->start(std::move(callbacks));
  if (path) be_patient_with(id);
  events_.opened(id, link->peer());
}

// Somebody who ends the handshake and says nothing does not keep us from the next path.
void PeerLinks::be_patient_with(LinkId id) {
  boost::system::error_code is_name;
  boost::asio::ip::make_address(settings_.addresses.front().host, is_name);
  if (settings_.addresses.size() < 2 && !is_name) return;
  auto& patience = links_.at(id).patience;
  patience = std::make_unique<boost::asio::steady_timer>(io_);
  patience->expires_after(std::chrono::milliseconds(limits::kNextAddressConnected_ms));
  patience->async_wait([this, id](const boost::system::error_code& error) {
    const auto speaks = [](const auto& one) { return one.second.heard; };
    // The link may have ended when its time was over already.
    const auto silent = links_.find(id);
    if (error || stopped_ || attempt_ || silent == links_.end()) return;
    if (std::any_of(links_.begin(), links_.end(), speaks)) return;
    put_last(silent->second);
    dial_path(next_address_);
  });
}

// Only what the peer says shows that it took us.
void PeerLinks::heard(LinkId id) {
  PeerLink& link = links_.at(id);
  if (std::exchange(link.heard, true)) return;
  link.patience.reset();
  if (link.path) tell(paths_.proved(*link.path, settings_.utc_now()));
}

bool PeerLinks::is_in_use(LinkId id) const {
  const auto found = links_.find(id);
  return found != links_.end() && found->second.in_use;
}

void PeerLinks::note_use(LinkId id, const std::string& remote) {
  const auto found = links_.find(id);
  if (found == links_.end() || found->second.link->peer().address != remote) return;
  found->second.in_use = true;
  if (found->second.path) next_address_ = *found->second.path;  // It is begun with again.
  backoff_.reset();
  std::erase(in_vain_, remote);
}

// A link that gives way to another one in use says nothing against its address.
void PeerLinks::put_last(const PeerLink& link) {
  const auto in_use = [](const auto& one) { return one.second.in_use; };
  if (!link.path || std::any_of(links_.begin(), links_.end(), in_use)) return;
  const std::string& address = link.link->peer().address;
  std::erase(in_vain_, address);
  in_vain_.push_back(address);
  if (in_vain_.size() > limits::kAddressesPerNameMax) in_vain_.erase(in_vain_.begin());
}

void PeerLinks::remove(LinkId id) {
  put_last(links_.at(id));
  const std::optional<size_t> path = links_.at(id).path;
  links_.erase(id);
  if (!path) return;
  for (const auto& [other, link] : links_) {
    if (link.path == path) return;
  }
  paths_.set_in_use(*path, false);
}

void PeerLinks::end(LinkId id, const std::string& reason) {
  const bool silent = !links_.at(id).heard;
  const std::optional<size_t> path = links_.at(id).path;
  remove(id);
  if (silent && path) tell(paths_.failed(*path, settings_.utc_now(), reason, !links_.empty()));
  events_.closed(id, reason, silent);
  if (links_.empty()) {
    last_refusal_ = reason;
    dial_after(backoff_.next_ms());
  }
}

void PeerLinks::send(const SendFrame& send) {
  const LinkId id = send.link;
  auto found = links_.find(id);
  if (found == links_.end()) return;
  FramedLink& link = *found->second.link;
  const SendOutcome outcome =
      send.may_be_overtaken ? link.send_behind(send.frame) : link.send(send.frame);
  // The core keeps what has no receipt within the queue's bound, and a link counts only what it has
  // not written: a full queue means that the peer does not read.
  if (outcome == SendOutcome::full || outcome == SendOutcome::bad_size) {
    boost::asio::post(io_, [this, id] {
      if (links_.contains(id)) end(id, "the peer does not read what we send");
    });
  }
}

void PeerLinks::close(LinkId id, const std::string& reason) {
  auto found = links_.find(id);
  if (found == links_.end()) return;
  found->second.link->close();
  remove(id);
  if (!links_.empty() || stopped_) return;
  last_refusal_ = reason;
  dial_after(backoff_.next_ms());
}

void PeerLinks::check_again() {
  std::vector<std::pair<LinkId, std::string>> bad;
  for (const auto& [id, link] : links_) {
    if (Status status = link.link->check_peer_again(); !status)
      bad.emplace_back(id, status.error().reason);
  }
  for (const auto& [id, reason] : bad) end(id, reason);
}

void PeerLinks::stop(ByteView last_word) {
  stopped_ = true;
  attempt_.reset();
  timer_.cancel();
  check_timer_.cancel();
  checks_.stop();
  for (auto& [id, link] : links_) {
    if (!last_word.empty() && link.link->send(last_word) != SendOutcome::queued) {
      link.link->abort();
    } else {
      link.link->close();
    }
  }
  links_.clear();
}

void PeerLinks::dial_after(int64_t delay_ms) {
  if (stopped_ || settings_.addresses.empty()) return;
  timer_.expires_after(std::chrono::milliseconds(delay_ms));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) dial_next();
  });
}

void PeerLinks::dial_next() {
  if (stopped_ || !links_.empty() || attempt_) return;
  dial_path(next_address_);
}

void PeerLinks::try_next_path(LinkId id) {
  auto found = links_.find(id);
  const size_t count = settings_.addresses.size();
  if (stopped_ || attempt_ || found == links_.end() || count < 2) return;
  if (found->second.path == next_address_) next_address_ = (next_address_ + 1) % count;
  dial_path(next_address_);
}

void PeerLinks::dial_path(size_t path) {
  const Endpoint& address = settings_.addresses[path];
  next_address_ = (path + 1) % settings_.addresses.size();
  DialSettings settings;
  settings.resolve = names_.resolve();
  settings.try_last = in_vain_;
  attempt_ = dial(
      io_, address.host, address.port, settings_.context,
      [this, path](Result<std::shared_ptr<FramedLink>> outcome) {
        attempt_.reset();
        if (outcome) return accept(*std::move(outcome), path);
        tell(paths_.failed(path, settings_.utc_now(), outcome.error().reason, !links_.empty()));
        if (last_refusal_ != outcome.error().reason) {
          last_refusal_ = outcome.error().reason;
          events_.refused("", last_refusal_);
        }
        if (outcome.error().code == ErrorCode::not_allowed)
          events_.certificate_refused("", outcome.error());
        dial_after(backoff_.next_ms());
      },
      std::move(settings));
}

void PeerLinks::check_paths_later() {
  if (settings_.addresses.empty()) return;
  check_timer_.expires_after(std::chrono::milliseconds(settings_.path_check_ms));
  check_timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled || stopped_) return;
    check_paths();
    check_paths_later();
  });
}

void PeerLinks::check_paths() {
  if (links_.empty()) return;
  for (size_t path = 0; path < settings_.addresses.size(); ++path) {
    if (!paths_.all()[path].in_use) checks_.check(path);
  }
}

void PeerLinks::tell(const std::vector<PathNews>& news) {
  for (const PathNews& one : news) events_.path_news(one);
}

}  // namespace hotline
