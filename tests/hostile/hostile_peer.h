// The peer, with the true keys of a party and none of its manners: it links, shows honest notes,
// receipts what it gets, and sends what it is told to, whatever window or word the other side gave.
// One thread, one io_context.
//
// Its transcript lives in memory: a second one against the same store would be taken for a peer
// that lost its store.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "daemon/process/config.h"
#include "daemon/process/keys.h"
#include "protocol/channel/core.h"
#include "protocol/channel/wire_generated.h"
#include "protocol/log/merkle.h"
#include "protocol/transport/dial.h"
#include "tests/hostile/forged_messages.h"

namespace hotline::hostile {

// Nanoseconds of CLOCK_MONOTONIC, which every process of this machine shares.
int64_t monotonic_ns();

// So many messages of a plan, sent one after the other.
struct Order {
  MessagePlan plan;
  Known about;
  uint64_t left = 0;          // UINT64_MAX: until stop().
  uint64_t per_frame = 1024;  // At most.
  uint64_t per_second = 0;    // 0: as fast as they are taken.
  bool urgent = false;        // Goes whatever is in flight.
  // When the last one was receipted; `first` and `last` are numbers of serials.
  std::function<void(uint64_t first, uint64_t last, int64_t sent_ns)> done;

  std::unique_ptr<MessageWriter> writer;
  uint64_t first = 0;
  int64_t begun_ns = 0;     // When it was given,
  int64_t due_from_ns = 0;  // and when its first message was written.
  uint64_t written = 0;
};

class HostilePeer {
 public:
  HostilePeer(boost::asio::io_context& io, Config config);

  void start();  // Dials, and again whenever the link ends.

  void add(Order order);  // Behind what is under way; before it where it is urgent.
  void stop();            // Ends every order.

  // Says these bytes as a frame, whatever they are. False where there is no link, or no room.
  bool say(const Bytes& frame);
  bool may_say_more() const;
  // A frame that was sent before, again; and one out of its place.
  void replay();
  void say_out_of_order();
  void cut();  // Ends the link; the next one is dialled.
  // Signs another transcript of its size, and shows that in its next hello.
  void fork();

  bool receipts = true;             // True: it receipts what comes,
  bool answers = true;              // and answers probes.
  size_t in_flight_max = 8u << 20;  // Above 16 MiB the other side cuts the link.

  std::optional<Known> known(const std::string& id) const;
  const Known& newest_known() const { return newest_known_; }
  const Known& newest_own() const { return newest_own_; }
  std::string state() const;

 private:
  struct SentFrame {
    uint64_t first = 0;
    uint64_t count = 0;
    size_t size = 0;
    Bytes frame;
  };
  struct Awaited {
    uint64_t up_to = 0;
    std::function<void()> done;
  };

  void dial_next();
  void dial_later();
  void on_frame(const Bytes& bytes);
  void on_hello(const wire::Hello& hello);
  void on_messages(const wire::Messages& messages);
  void on_receipt(const wire::Receipt& receipt);
  void on_offer(const wire::JournalOffer& offer);
  void adopted();
  void receipted(uint64_t size);
  void pump();
  bool pump_order(Order& order);
  void put(SentFrame frame);
  Bytes hello_frame() const;
  std::string cosigned(std::string_view note, const NoteKey& key, Signer& signer) const;

  boost::asio::io_context& io_;
  const Config config_;
  std::unique_ptr<ChannelKeys> keys_;
  CoreConfig core_;
  std::string prefix_;
  std::shared_ptr<const TlsContext> tls_;
  std::unique_ptr<DialAttempt> attempt_;
  std::shared_ptr<FramedLink> link_;
  boost::asio::steady_timer dial_timer_;
  boost::asio::steady_timer pump_timer_;
  bool adopted_ = false;

  Frontier frontier_;  // The own transcript.
  uint64_t last_serial_ = 0;
  std::string checkpoint_;
  std::string own_receipt_;   // The victim's newest on it,
  std::string peer_receipt_;  // and ours on its transcript.
  uint64_t receipted_ = 0;
  uint64_t held_ = 0;           // The victim's messages.
  std::deque<SentFrame> sent_;  // Not receipted.
  size_t next_sent_ = 0;        // In sent_, on this link.
  size_t in_flight_ = 0;
  std::deque<Order> orders_;
  std::deque<Awaited> awaited_;
  Bytes last_receipted_frame_;

  std::map<std::string, Hash> known_;
  Known newest_known_;
  Known newest_own_;
  bool flash_only_ = false;
  uint64_t links_ = 0;
  std::string last_end_;
};

}  // namespace hotline::hostile
