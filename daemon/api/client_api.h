// The client API: persons' programs, each with the person's certificate, ask and are answered; some
// watch. The requests and responses are protocol/api/client.fbs. Who may do what is decided here
// for every request, never at the client.
//
// What is shown is committed. Reads run on the store's reading thread; what depends on the present
// (what is due next) is added on the daemon's own thread.
#pragma once

#include <spdlog/spdlog.h>

#include <bitset>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/api/client_places.h"
#include "daemon/api/descriptors.h"
#include "daemon/api/message_rows.h"
#include "daemon/api/read_turns.h"
#include "daemon/links/peer_paths.h"
#include "daemon/process/config.h"
#include "daemon/process/keys.h"
#include "daemon/store/store.h"
#include "protocol/api/client_generated.h"
#include "protocol/base/noise_gate.h"
#include "protocol/base/sorted_blocks.h"
#include "protocol/channel/core.h"
#include "protocol/transport/framed_link.h"
#include "protocol/transport/listen.h"

namespace hotline {

class ClientApi {
 public:
  // `changed` is called after the core was told something. `clock` is the channel's; how long a
  // connection may take is measured on the machine's.
  ClientApi(boost::asio::io_context& io, const Config& config, Core& core, Store& store,
            Clock& clock, const ConnectionsMax& max, std::function<void()> changed);

  Status start(std::shared_ptr<const TlsContext> context, const Endpoint& listen);
  // People on this machine, whom the kernel names: every user may connect, and has the roles of the
  // person whose unix_user they are.
  Status start_socket(const std::string& path);
  uint16_t port() const { return listener_->port(); }
  void set_dev_pki(bool dev_pki) { dev_pki_ = dev_pki; }
  void set_last_refusal(std::function<std::string()> last_refusal) {
    last_refusal_ = std::move(last_refusal);
  }
  // What runs out, in words.
  void set_warnings(std::function<std::vector<std::string>()> warnings) {
    warnings_ = std::move(warnings);
  }
  void set_paths(std::function<std::vector<PeerPath>()> paths) { paths_ = std::move(paths); }

  // What goes with an auditor's export; see ChannelKeys.
  void set_signing_certificates(std::vector<SigningCertificate> certificates) {
    certificates_ = std::move(certificates);
  }

  void answer(const AnswerSubmission& answer);
  void answer(const AnswerExport& answer);
  // `about_own`: about a message of ours.
  void note_alarm(const std::string& text, bool about_own = false);
  // An alarm sounds now, on every console that watches; `id` names the message, if it is about one.
  void sound(const std::string& id, const std::string& text);
  // This batch was committed: those who watch are served.
  void journal_grew(std::shared_ptr<const Batch> batch);
  void check_again();
  // From time to time: ends the connections whose time is over, and tells what was held back.
  void tick(BootMs now);
  void stop();

 private:
  struct Client {
    std::shared_ptr<FramedLink> link;
    Actor actor;
    bool greeted = false;
    size_t submissions = 0;  // That wait for their commit, and their bytes.
    size_t submissions_size = 0;
    size_t reads = 0;        // Of the store, that wait or are under way; and exports that wait.
    bool paused = false;     // It has too many of either.
    bool over_turn = false;  // Its person has asked enough for this turn of the event loop.
    bool watching = false;
    bool reading_for_watch = false;
    uint32_t watch_id = 0;
    uint64_t watch_next = 0;
    size_t sounds_missed = 0;      // Alarms that it did not hear, because it does not read.
    std::bitset<256> watch_kinds;  // By wire::Fact.
  };
  struct Waiting {
    uint64_t client = 0;
    uint32_t request = 0;
    std::optional<size_t> submitted_size;  // Of a submission, bytes.
  };

  struct Asker {
    Client* client = nullptr;
    uint32_t request = 0;
  };

  ListenerCallbacks listener_callbacks();
  Actor actor_of(const LinkPeer& peer) const;
  void accept(std::shared_ptr<FramedLink> link);
  // Ends a connection with a word why, as far as there is room for such words.
  void turn_away(FramedLink& link, uint32_t request, const Error& error);
  void remove(uint64_t id);
  void on_frame(uint64_t id, const Bytes& frame);
  void greet(uint64_t id, Client& client, uint32_t request);
  void submit(uint64_t id, Client& client, uint32_t request, const wire::Submit& submit);
  // Those that wait, from a place on: one more than are wanted.
  struct WaitingWanted {
    std::vector<WaitingPlace> places;
    size_t limit = 0;
    uint64_t total = 0;
  };
  Result<WaitingWanted> waiting_wanted(WaitingFilter filter, uint32_t limit,
                                       const std::string& cursor) const;
  void list(uint64_t id, Client& client, uint32_t request, const wire::List& list);
  void show(uint64_t id, Client& client, uint32_t request, const std::string& name);
  void watch(uint64_t id, Client& client, uint32_t request, const wire::Watch& watch);
  void status(Client& client, uint32_t request);
  void escalations(uint64_t id, Client& client, uint32_t request, const wire::Escalations& wanted);
  void serve_watch(uint64_t id);
  void tell_missed(Client& watcher);
  void send_sound(Client& watcher, const std::string& id, const std::string& text);
  void read_for_watch(uint64_t id, Client& client);
  std::span<const JournalRecord> recent_entries(uint64_t from) const;
  void send_entries(Client& watcher, std::span<const JournalRecord> entries);
  Asker take_asker(uint64_t token);
  // client_api_export.cc
  void export_request(uint64_t id, Client& client, const wire::Request& request);
  void export_entries(uint64_t id, uint32_t request, const wire::ExportEntries& wanted);
  void export_notes(uint64_t id, uint32_t request, const wire::ExportNotes& wanted);
  void fail(Client& client, uint32_t request, const Error& error);
  void refuse(Client& client, uint32_t request, const Error& error);
  // Every answer goes through here. One that no frame holds is answered by saying so.
  void respond(Client& client, uint32_t request, const Bytes& response);
  // Answers that nobody reads are bounded over all of them together.
  void bound_queues();
  // A person's requests are served by turns of the event loop, so many in each, whatever number of
  // connections they come from.
  void count_request(uint64_t id, Client& client);
  void next_turn();
  void hold_back(Client& client);
  void let_go(Client& client);
  // Runs `read` on the reading thread when its turn comes, then `then` with its result on this one,
  // if the client is still there.
  template <typename Value>
  void read_then(uint64_t id, uint32_t request, std::function<Value(StoreReader&)> read,
                 std::function<void(Client&, Value)> then,
                 ReadTurns::Rank rank = ReadTurns::Rank::watch_floor);
  void next_read();
  // The read under way has ended: who asked, if it is still there.
  Client* end_read(uint64_t id);
  RowContext row_context() const;
  std::vector<flatbuffers::Offset<wire::WaitingSummary>> summarize_waiting(
      flatbuffers::FlatBufferBuilder& builder) const;
  bool may_read(const Actor& actor) const { return !actor.roles.empty(); }

  boost::asio::io_context& io_;
  const Config& config_;
  Core& core_;
  Store& store_;
  Clock& clock_;
  std::function<void()> changed_;
  std::function<std::string()> last_refusal_;
  std::function<std::vector<PeerPath>()> paths_;
  std::function<std::vector<std::string>()> warnings_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Listener> socket_listener_;
  std::map<uint64_t, Client> clients_;
  ListenerCaps caps_;
  ClientPlaces places_;
  NoiseGate strangers_refused_{limits::kRefusalReportsMax};
  SortedBlocks<uint64_t, Waiting> waiting_;  // For a commit; by token.
  ReadTurns turns_;
  bool reading_ = false;
  std::map<std::string, size_t> asked_this_turn_;  // By person.
  std::vector<uint64_t> over_turn_;                // Clients that wait for the next one.
  bool turn_planned_ = false;
  std::vector<SigningCertificate> certificates_;
  // The newest batches. Who watches and keeps up is served from these, without a read of the store.
  std::deque<std::shared_ptr<const Batch>> recent_;
  // The newest few, for status: whatever a peer does cannot push out what was said of our messages.
  std::vector<std::string> alarms_;
  std::vector<std::string> own_alarms_;
  uint64_t last_client_ = 0;
  uint64_t last_token_ = 0;
  bool dev_pki_ = false;
};

template <typename Value>
void ClientApi::read_then(uint64_t id, uint32_t request, std::function<Value(StoreReader&)> read,
                          std::function<void(Client&, Value)> then, ReadTurns::Rank rank) {
  auto asker = clients_.find(id);
  if (asker == clients_.end()) return;
  ++asker->second.reads;
  hold_back(asker->second);
  auto start = [this, id, request, read = std::move(read), then = std::move(then)] {
    if (!clients_.contains(id)) return;
    reading_ = true;
    store_.post_read(
        [this, id, read, then](StoreReader& reader) {
          auto value = std::make_shared<Value>(read(reader));
          boost::asio::post(io_, [this, id, value, then] {
            if (Client* client = end_read(id)) then(*client, std::move(*value));
          });
        },
        [this, id, request](const StoreError& error) {
          std::string reason = error.what();
          boost::asio::post(io_, [this, id, request, reason] {
            spdlog::error("ALARM the store cannot be read: {}", reason);
            Client* client = end_read(id);
            if (client == nullptr) return;
            fail(*client, request,
                 make_error(ErrorCode::store_failed, reason, "hotlined store check"));
          });
        });
  };
  turns_.add(asker->second.actor.name, rank, std::move(start));
  next_read();
}

}  // namespace hotline
