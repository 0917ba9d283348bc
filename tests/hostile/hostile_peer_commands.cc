// The hostile peer as a program: one command a line from standard input, one line of answer each on
// standard output, in the order in which they come true. It ends with its input.
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <cstdio>
#include <istream>

#include "protocol/channel/wire_frames.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/serial.h"
#include "tests/hostile/hostile.h"
#include "tests/hostile/hostile_peer.h"

namespace hotline::hostile {
namespace {

void answer(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

Order read_order(const HostilePeer& peer, const Words& words, uint64_t count) {
  Order order;
  order.plan = read_plan(words);
  order.left = count;
  order.per_frame = words.number("per-frame", 1024);
  order.per_second = words.number("rate", 0);
  if (!kind_of(order.plan.type).speaks_of_another()) return order;
  order.about = peer.newest_known();
  if (words.text("about") == "own") {
    order.about = peer.newest_own();
  } else if (const std::string id = words.text("about"); !id.empty()) {
    const auto known = peer.known(id);
    if (!known) throw std::runtime_error("no message " + id + " came");
    order.about = *known;
  }
  return order;
}

// sent first=NUMBER last=NUMBER begun=NS receipted=NS
std::function<void(uint64_t, uint64_t, int64_t)> tell_sent(const std::string& word) {
  return [word](uint64_t first, uint64_t last, int64_t begun) {
    answer(word + " first=" + std::to_string(first) + " last=" + std::to_string(last) +
           " begun=" + std::to_string(begun) + " receipted=" + std::to_string(monotonic_ns()));
  };
}

Bytes probe(uint64_t sequence, bool flash_only) {
  return make_frame([&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateProbe(b, sequence, static_cast<int64_t>(sequence * 7919), flash_only);
  });
}

void say_strange_thing(HostilePeer& peer, const std::string& what, uint64_t number) {
  if (what == "probes") {
    peer.say(probe(number * 0x9e3779b97f4a7c15, number % 2 == 0));
  } else if (what == "replay") {
    peer.replay();
  } else if (what == "reorder") {
    peer.say_out_of_order();
  } else if (what == "garbage") {
    peer.say(Bytes(16 + number % 1000, static_cast<uint8_t>(number)));
  } else if (what == "cut") {
    peer.cut();
  } else {
    throw std::runtime_error("nothing strange: " + what);
  }
}

// As many as there is room for, by turns with all else that it does; a link that ended is waited
// for.
void say_strange_things(HostilePeer& peer, boost::asio::steady_timer& timer,
                        const std::string& what, uint64_t said, uint64_t count) {
  for (int turn = 0; turn < 1000 && said < count && peer.may_say_more(); ++turn) {
    say_strange_thing(peer, what, said++);
  }
  if (said == count) return answer("said");
  timer.expires_after(std::chrono::milliseconds(1));
  timer.async_wait([&peer, &timer, what, said, count](const boost::system::error_code& cancelled) {
    if (!cancelled) say_strange_things(peer, timer, what, said, count);
  });
}

void obey(HostilePeer& peer, boost::asio::steady_timer& timer, const std::string& line) {
  const Words words = read_words(line);
  const std::string what = words.plain.empty() ? "" : words.plain[0];
  if (what == "send") {
    Order order = read_order(peer, words, words.count_at(1));
    const bool waits = words.text("wait", "yes") == "yes";
    if (waits) order.done = tell_sent("sent");
    order.urgent = words.text("first") == "yes";
    peer.add(std::move(order));
    if (!waits) answer("queued");
  } else if (what == "flood") {
    peer.add(read_order(peer, words, UINT64_MAX));
    answer("flooding");
  } else if (what == "stop") {
    peer.stop();
    answer("stopped " + peer.state());
  } else if (what == "state") {
    answer("state " + peer.state());
  } else if (what == "say") {
    say_strange_things(peer, timer, words.plain.at(1), 0,
                       words.plain.size() > 2 ? words.count_at(2) : 1);
  } else if (what == "fork") {
    peer.fork();
    answer(what);
  } else if (what == "receipts" || what == "answers") {
    (what == "receipts" ? peer.receipts : peer.answers) = words.plain.at(1) == "on";
    answer(what);
  } else if (what == "in-flight") {
    peer.in_flight_max = words.count_at(1);
    answer(what);
  } else {
    throw std::runtime_error("no command: " + line);
  }
}

}  // namespace

int run_peer(const std::vector<std::string>& arguments) {
  if (arguments.size() != 1) throw std::runtime_error("hotline-hostile peer CONFIGURATION");
  auto config = read_config(arguments[0]);
  if (!config) throw std::runtime_error(config.error().reason);
  boost::asio::io_context io;
  HostilePeer peer(io, *std::move(config));
  peer.start();
  boost::asio::posix::stream_descriptor input(io, dup(STDIN_FILENO));
  boost::asio::streambuf lines;
  boost::asio::steady_timer timer(io);
  std::function<void()> read_next = [&] {
    boost::asio::async_read_until(input, lines, '\n',
                                  [&](const boost::system::error_code& error, size_t) {
                                    if (error) return io.stop();
                                    std::istream stream(&lines);
                                    std::string line;
                                    std::getline(stream, line);
                                    try {
                                      obey(peer, timer, line);
                                    } catch (const std::exception& wrong) {
                                      answer(std::string("error ") + wrong.what());
                                    }
                                    read_next();
                                  });
  };
  read_next();
  io.run();
  return 0;
}

}  // namespace hotline::hostile
