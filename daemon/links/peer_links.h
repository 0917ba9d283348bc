// Links to the peer's daemon: accepts them, dials when there is none, and gives each an id. The
// core decides what is said on them; this only carries it. While a link stands, the other paths are
// proved from time to time (daemon/links/path_checks.h).
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/links/path_checks.h"
#include "daemon/links/peer_names.h"
#include "daemon/links/peer_paths.h"
#include "daemon/process/config.h"
#include "protocol/channel/effects.h"
#include "protocol/transport/backoff.h"
#include "protocol/transport/dial.h"
#include "protocol/transport/framed_link.h"
#include "protocol/transport/listen.h"

namespace hotline {

// Told by the links; all from the event loop.
struct PeerLinkEvents {
  std::function<void(LinkId link, const LinkPeer& peer)> opened;
  std::function<void(LinkId link, Bytes frame)> frame;
  // `silent`: nothing was ever said on it, as when the peer proves a path.
  std::function<void(LinkId link, const std::string& reason, bool silent)> closed;
  std::function<void(const std::string& remote, const std::string& reason)> refused;
  // A certificate was not taken: the peer's by us, or ours by the peer; where there is a `remote`,
  // that of whoever came to our port from there.
  std::function<void(const std::string& remote, const Error& error)> certificate_refused;
  std::function<void(const PathNews& news)> path_news;
};

struct PeerLinkSettings {
  std::string peer;
  std::vector<Endpoint> addresses;  // The paths, tried in order.
  std::shared_ptr<const TlsContext> context;
  uint64_t seed = 0;  // The back-off's.
  int64_t path_check_ms = limits::kPathCheckInterval_ms;
  std::function<UtcMs()> utc_now;
  // Told where the peer is looked for: nobody else can take the places of those who come from
  // there.
  std::function<void(const Addresses&)> keep_places_for = [](const Addresses&) {};
  Resolve resolve = {};  // Asked instead of the name service, in tests.
};

class PeerLinks {
 public:
  PeerLinks(boost::asio::io_context& io, PeerLinkSettings settings, PeerLinkEvents events);

  // Begins to dial.
  void start();
  // The peer called, or somebody who is not the peer (peer_door.h).
  void accept(std::shared_ptr<FramedLink> link) { accept(std::move(link), std::nullopt); }
  void refused(const RefusedCaller& caller);

  void send(const SendFrame& frame);
  void close(LinkId link, const std::string& reason);
  // The link in use leads to `remote`. When that is this link, its address works and the waits
  // between attempts are short again: a handshake alone proves neither.
  void note_use(LinkId link, const std::string& remote);
  bool is_in_use(LinkId link) const;
  // Dials the next path while `link` stands; nothing when it is the only one.
  void try_next_path(LinkId link);
  // After a new revocation list: ends what it forbids.
  void check_again();
  // Ends everything, each link in order; `last_word` is a frame that is sent on each before, or
  // empty.
  void stop(ByteView last_word = {});

  // Why there is no link, in words: how the last attempt or the last link ended, at either side.
  const std::string& last_refusal() const { return last_refusal_; }
  const std::vector<PeerPath>& paths() const { return paths_.all(); }
  bool has_spare_path() const { return paths_.has_spare(); }

 private:
  struct PeerLink {
    std::shared_ptr<FramedLink> link;
    std::optional<size_t> path;  // Over which we dialled it.
    bool heard = false;
    bool in_use = false;                                  // Since it was adopted.
    std::unique_ptr<boost::asio::steady_timer> patience;  // For the peer's first word.
  };
  // `path`: over which it was dialled.
  void accept(std::shared_ptr<FramedLink> link, std::optional<size_t> path);
  void be_patient_with(LinkId id);
  void heard(LinkId id);
  void remove(LinkId id);
  void put_last(const PeerLink& link);
  void end(LinkId id, const std::string& reason);
  void dial_after(int64_t delay_ms);
  void dial_next();
  void dial_path(size_t path);
  void check_paths_later();
  void check_paths();
  void tell(const std::vector<PathNews>& news);

  boost::asio::io_context& io_;
  PeerLinkSettings settings_;
  PeerLinkEvents events_;
  PeerPaths paths_;
  PeerNames names_;
  PathChecks checks_;
  boost::asio::steady_timer check_timer_;
  Backoff backoff_;
  boost::asio::steady_timer timer_;
  std::unique_ptr<DialAttempt> attempt_;
  std::map<LinkId, PeerLink> links_;
  LinkId last_link_ = 0;
  size_t next_address_ = 0;
  // Addresses where the last link ended before it was in use, the newest last.
  std::vector<std::string> in_vain_;
  std::string last_refusal_;
  bool stopped_ = false;
};

}  // namespace hotline
