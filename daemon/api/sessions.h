// Sessions at the client port, and what each has under way: programs of persons, each with the
// person's certificate, and people on this machine, whom the kernel names. A session begins with a
// hello; what it asks is handed on (SessionEvents::asked), and every answer goes back through here,
// so that nobody who does not read, or asks without end, costs the others more than limits.h
// allows.
//
// How long a connection may take is measured on the machine's clock, not on the channel's.
#pragma once

#include <bitset>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "certs/person_signature.h"
#include "daemon/api/descriptors.h"
#include "daemon/api/places.h"
#include "daemon/api/read_turns.h"
#include "daemon/api/response.h"
#include "daemon/process/config.h"
#include "daemon/store/store.h"
#include "protocol/api/client_generated.h"
#include "protocol/base/noise_gate.h"
#include "protocol/base/sorted_blocks.h"
#include "protocol/channel/core.h"
#include "protocol/transport/framed_link.h"
#include "protocol/transport/listen.h"

namespace hotline {

// The state of a session that watches (watch.cc).
struct Watching {
  bool on = false;
  bool reading = false;  // A page from the store is under way.
  uint32_t request = 0;
  uint64_t next = 0;
  size_t sounds_missed = 0;  // Alarms that it did not hear, because it does not read.
  std::bitset<256> kinds;    // By wire::Fact.
};

struct ClientSession {
  uint64_t id = 0;
  std::shared_ptr<FramedLink> link;
  Actor actor;
  std::optional<StatementVerifier> verifier;  // Of the person's key; over TLS.
  bool greeted = false;
  size_t submissions = 0;  // That wait for their commit, and their bytes.
  size_t submissions_size = 0;
  size_t reads = 0;        // Reads of the store that wait or are under way, and exports that wait.
  bool paused = false;     // It has too many of either.
  bool over_turn = false;  // Its person has asked enough for this turn of the event loop.
  Watching watch;
};

struct SessionEvents {
  // A request of one that may look at the channel; the first is a ClientHello.
  std::function<void(ClientSession&, const wire::Request&)> asked;
  std::function<void(ClientSession&)> writable;
  // To be recorded: an auditor will want to see it.
  std::function<void(const Actor&, const Error&)> refused;
};

class ClientSessions {
 public:
  // A session that waits for a commit, and its request; null: it is gone.
  struct Asker {
    ClientSession* session = nullptr;
    uint32_t request = 0;
  };

  ClientSessions(boost::asio::io_context& io, const Config& config, Store& store,
                 const ConnectionsMax& max, SessionEvents events);

  Status start(std::shared_ptr<const TlsContext> context, const Endpoint& listen);
  // Every user of this machine may connect, and has the roles of the person whose unix_user they
  // are.
  Status start_socket(const std::string& path);
  uint16_t port() const { return listener_->port(); }
  // From time to time: ends the connections whose time is over, and tells what was held back.
  void tick(BootMs now);
  // Certificates or revocation lists changed: ends the sessions that are not good any more.
  void check_again();
  void stop();

  // It said hello.
  void greet(ClientSession& session);
  // `build` makes the body of the answer in the builder that it is given.
  template <typename Build>
  void answer(ClientSession& session, uint32_t request, Build build) {
    respond(session, request, make_response(request, std::move(build)));
  }
  // Every answer goes through here. One that no frame holds is answered by saying so.
  void respond(ClientSession& session, uint32_t request, const Bytes& response);
  void fail(ClientSession& session, uint32_t request, const Error& error);

  // A request that is answered after a commit: returns a token for it. `submitted_size`: of a
  // submission, bytes.
  uint64_t wait_for_commit(ClientSession& session, uint32_t request,
                           std::optional<size_t> submitted_size = std::nullopt);
  Asker take_asker(uint64_t token);

  // Runs `read` on the reading thread when its turn comes, then `then` with its result on this one,
  // if the session is still there.
  template <typename Value>
  void read_then(ClientSession& session, uint32_t request, std::function<Value(StoreReader&)> read,
                 std::function<void(ClientSession&, Value)> then,
                 ReadTurns::Rank rank = ReadTurns::Rank::watch_floor);

  // For the daemon itself, behind everything else. The function that `read` returns runs on this
  // thread.
  using AfterOwnRead = std::function<void()>;
  void read_for_itself(std::function<AfterOwnRead(StoreReader&)> read, AfterOwnRead failed);

  // `visit` may answer, which ends no session.
  template <typename Visit>
  void for_each_watching(Visit visit) {
    for (auto& [id, session] : sessions_) {
      if (session.watch.on) visit(session);
    }
  }

 private:
  struct Waiting {
    uint64_t session = 0;
    uint32_t request = 0;
    std::optional<size_t> submitted_size;
  };

  ListenerCallbacks listener_callbacks();
  Actor actor_of(const LinkPeer& peer) const;
  ClientSession* find(uint64_t id);
  void accept(std::shared_ptr<FramedLink> link);
  // Closes the connection. Sends the reason first, if not too many goodbyes are under way.
  void turn_away(FramedLink& link, uint32_t request, const Error& error);
  void remove(uint64_t id);
  void on_frame(uint64_t id, const Bytes& frame);
  // Answers that nobody reads are bounded over all of them together.
  void bound_queues();
  // A person's requests are served by turns of the event loop, so many in each, whatever number of
  // connections they come from.
  void count_request(ClientSession& session);
  void next_turn();
  void hold_back(ClientSession& session);
  void let_go(ClientSession& session);
  // read_then() but for the type of what is read.
  using AfterRead = std::function<void(ClientSession&)>;
  void read_in_turn(ClientSession& session, uint32_t request,
                    std::function<AfterRead(StoreReader&)> read, ReadTurns::Rank rank);
  // The one rule for what is done when a read has ended, on this thread.
  void start_read(std::function<AfterOwnRead(StoreReader&)> read,
                  std::function<void(const std::string& reason)> failed);
  void next_read();
  // A read of this session has ended: the session, if it is still there.
  ClientSession* take_reader(uint64_t id);

  boost::asio::io_context& io_;
  const Config& config_;
  Store& store_;
  const SessionEvents events_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Listener> socket_listener_;
  std::map<uint64_t, ClientSession> sessions_;
  ListenerCaps caps_;
  ClientPlaces places_;
  NoiseGate strangers_refused_{limits::kRefusalReportsMax};
  SortedBlocks<uint64_t, Waiting> waiting_;  // For a commit; by token.
  ReadTurns turns_;
  bool reading_ = false;
  std::map<std::string, size_t> asked_this_turn_;  // By person.
  std::vector<uint64_t> over_turn_;                // ClientSessions that wait for the next one.
  bool turn_planned_ = false;
  uint64_t last_session_ = 0;
  uint64_t last_token_ = 0;
};

template <typename Value>
void ClientSessions::read_then(ClientSession& session, uint32_t request,
                               std::function<Value(StoreReader&)> read,
                               std::function<void(ClientSession&, Value)> then,
                               ReadTurns::Rank rank) {
  read_in_turn(
      session, request,
      [read = std::move(read), then = std::move(then)](StoreReader& reader) -> AfterRead {
        auto value = std::make_shared<Value>(read(reader));
        return [value, then](ClientSession& asker) { then(asker, std::move(*value)); };
      },
      rank);
}

}  // namespace hotline
