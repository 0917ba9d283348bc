#include "client/demo/relay.h"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <set>
#include <thread>

namespace hotline::client {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// One connection through the cable. Keeps itself alive as long as it carries something.
class Pair : public std::enable_shared_from_this<Pair> {
 public:
  // `impairment` is the relay's own, and outlives this.
  Pair(tcp::socket near_end, const Relay::Impairment& impairment)
      : near_(std::move(near_end)), far_(near_.get_executor()), impairment_(impairment) {}

  void connect(uint16_t port) {
    const tcp::endpoint there(boost::asio::ip::address_v4::loopback(), port);
    far_.async_connect(there, [self = shared_from_this()](const error_code& error) {
      if (error) return self->close();
      self->carry(self->outward_);
      self->carry(self->inward_);
    });
  }

  void close() {
    error_code ignored;
    near_.close(ignored);
    far_.close(ignored);
  }

 private:
  struct Way {
    tcp::socket& from;
    tcp::socket& to;
    const bool& is_lost;
    boost::asio::steady_timer timer;
    std::array<char, 16 * 1024> buffer;
  };

  void carry(Way& way) {
    way.from.async_read_some(
        boost::asio::buffer(way.buffer),
        [self = shared_from_this(), &way](const error_code& error, size_t size) {
          if (error) return self->close();
          if (way.is_lost) return self->carry(way);
          if (self->impairment_.delay_ms == 0) return self->pass(way, size);
          way.timer.expires_after(std::chrono::milliseconds(self->impairment_.delay_ms));
          way.timer.async_wait([self, &way, size](const error_code&) { self->pass(way, size); });
        });
  }

  void pass(Way& way, size_t size) {
    boost::asio::async_write(way.to, boost::asio::buffer(way.buffer.data(), size),
                             [self = shared_from_this(), &way](const error_code& error, size_t) {
                               if (error) return self->close();
                               self->carry(way);
                             });
  }

  tcp::socket near_;
  tcp::socket far_;
  const Relay::Impairment& impairment_;
  Way outward_{
      near_, far_, impairment_.loses_dialled, boost::asio::steady_timer(near_.get_executor()), {}};
  Way inward_{
      far_, near_, impairment_.loses_answered, boost::asio::steady_timer(near_.get_executor()), {}};
};

}  // namespace

struct Relay::State {
  Impairment impairment;  // Before `io`, whose end destroys the pairs that read it.
  boost::asio::io_context io;
  tcp::acceptor acceptor{io};
  uint16_t port = 0;
  uint16_t target = 0;
  bool is_cut = false;
  std::set<std::weak_ptr<Pair>, std::owner_less<std::weak_ptr<Pair>>> pairs;
  std::thread thread;

  void accept() {
    acceptor.async_accept([this](const error_code& error, tcp::socket socket) {
      if (error) return;
      std::erase_if(pairs, [](const auto& pair) { return pair.expired(); });
      if (!is_cut && target != 0) {
        auto pair = std::make_shared<Pair>(std::move(socket), impairment);
        pairs.insert(pair);
        pair->connect(target);
      }
      accept();
    });
  }

  void end_all() {
    for (const auto& weak : pairs) {
      if (const auto pair = weak.lock()) pair->close();
    }
    pairs.clear();
  }
};

Result<std::unique_ptr<Relay>> Relay::start() {
  auto state = std::make_unique<State>();
  const tcp::endpoint here(boost::asio::ip::address_v4::loopback(), 0);
  error_code error;
  state->acceptor.open(tcp::v4(), error);
  if (!error) state->acceptor.bind(here, error);
  if (!error) state->acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (!error) state->port = state->acceptor.local_endpoint(error).port();
  if (error) {
    return make_error(ErrorCode::failed, "no port on 127.0.0.1 to be had: " + error.message());
  }
  State* const running = state.get();
  state->accept();
  state->thread = std::thread([running] { running->io.run(); });
  return std::unique_ptr<Relay>(new Relay(std::move(state)));
}

Relay::Relay(std::unique_ptr<State> state) : state_(std::move(state)) {}

Relay::~Relay() {
  state_->io.stop();
  state_->thread.join();
}

uint16_t Relay::port() const {
  return state_->port;
}

void Relay::lead_to(uint16_t port) {
  boost::asio::post(state_->io, [state = state_.get(), port] { state->target = port; });
}

void Relay::cut() {
  boost::asio::post(state_->io, [state = state_.get()] {
    state->is_cut = true;
    state->end_all();
  });
}

void Relay::mend() {
  boost::asio::post(state_->io, [state = state_.get()] { state->is_cut = false; });
}

void Relay::impair(const Impairment& impairment) {
  boost::asio::post(state_->io, [state = state_.get(), impairment] {
    const bool has_lost = state->impairment.loses_dialled || state->impairment.loses_answered;
    const bool loses = impairment.loses_dialled || impairment.loses_answered;
    state->impairment = impairment;
    if (has_lost && !loses) state->end_all();
  });
}

}  // namespace hotline::client
