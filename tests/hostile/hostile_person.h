// A person with a certificate of the party who means harm: many connections that ask without end,
// do not read, or ask for what nobody may. One thread, one io_context.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "protocol/api/client_generated.h"
#include "protocol/api/signed_requests.h"
#include "protocol/transport/dial.h"
#include "tests/hostile/words.h"

namespace hotline::hostile {

// One request each time it is called, as the bytes of a frame under this id.
using MakeRequest = std::function<Bytes(uint32_t id)>;

class HostilePerson {
 public:
  // server=PORT party=ID certificate=FILE key=FILE ca=FILE; connections=N, pipelined=N requests
  // under way on each, requests=N in all, and then it is done.
  HostilePerson(boost::asio::io_context& io, const Words& words);

  // Every connection asks this, again and again. `reads`: otherwise no connection reads once it has
  // asked.
  void ask(MakeRequest make, bool reads);
  void start();

  // Over all connections of this process.
  uint64_t next_counter() { return ++counter_; }
  // A request with the person's signature, as an honest program makes it.
  Bytes finish(flatbuffers::FlatBufferBuilder& b, uint32_t id, wire::RequestBody type,
               flatbuffers::Offset<void> body) const;
  std::string numbers() const;
  // The answers, in words, a line for each kind: how many.
  std::string told() const;
  std::function<void()> on_done;  // All requests were answered.

 private:
  struct Connection {
    std::shared_ptr<FramedLink> link;
    uint64_t under_way = 0;
    bool greeted = false;
  };
  void dial_next();
  void dial_later(size_t which);
  void take(size_t which, std::shared_ptr<FramedLink> link);
  void on_frame(size_t which, const Bytes& frame);
  void fill(Connection& connection);
  void note(const wire::Response& response);

  boost::asio::io_context& io_;
  const uint16_t port_;
  const uint64_t pipelined_;
  const uint64_t requests_max_;
  std::shared_ptr<const TlsContext> tls_;
  client_api::Sign sign_;
  Addressed addressed_;
  std::vector<Connection> connections_;
  std::vector<size_t> to_dial_;
  std::unique_ptr<DialAttempt> attempt_;
  boost::asio::steady_timer timer_;
  bool dialling_ = false;
  MakeRequest make_;
  bool reads_ = true;
  uint32_t last_id_ = 0;
  uint64_t counter_ = 0;
  uint64_t asked_ = 0;
  uint64_t answered_ = 0;
  uint64_t ended_ = 0;
  std::map<std::string, uint64_t> answers_;
};

}  // namespace hotline::hostile
