#include "tests/system/week/network.h"

#include <utility>

namespace hotline::week {
namespace {

constexpr int64_t kLatency_ms = 35;
constexpr int64_t kDialEvery_ms = 5 * kSecond_ms;

}  // namespace

Network::Network(Clockwork& clockwork, Party& north, Party& south)
    : clockwork_(clockwork), parties_{&north, &south} {
  for (size_t end : {0, 1}) {
    parties_[end]->set_line(
        {[this, end](LinkId id, Bytes frame) { transmit(end, id, std::move(frame)); },
         [this, end](LinkId id) { close(end, id); }});
  }
}

void Network::begin() {
  dial();
}

void Network::dial() {
  clockwork_.after(kDialEvery_ms, [this] { dial(); });
  const bool is_possible = is_there_ && !is_silent_ && parties_[0]->runs() && parties_[1]->runs();
  if (!is_possible || link_.open[0] || link_.open[1]) return;
  link_ = {link_.id + 1, {true, true}, {}};
  const LinkId id = link_.id;
  for (size_t end : {0, 1}) {
    parties_[end]->core().link_opened(parties_[end]->now(), id, parties_[other(end)]->id());
    parties_[end]->settle();
  }
}

void Network::transmit(size_t from, LinkId id, Bytes frame) {
  if (id != link_.id || !link_.open[from] || is_silent_) return;
  int64_t& arrival_ms = link_.last_arrival_ms[from];
  arrival_ms = std::max(arrival_ms, clockwork_.now_ms() + kLatency_ms);
  clockwork_.at(arrival_ms, [this, to = other(from), id, frame = std::move(frame)] {
    if (id != link_.id || !link_.open[to] || !parties_[to]->runs()) return;
    parties_[to]->core().frame_received(parties_[to]->now(), id, frame);
    parties_[to]->settle();
  });
}

void Network::close(size_t end, LinkId id) {
  if (id != link_.id || !link_.open[end]) return;
  link_.open[end] = false;
  if (is_silent_) {
    link_.open[other(end)] = false;  // It finds out by itself, and dials anew then.
    return;
  }
  clockwork_.after(kLatency_ms, [this, to = other(end), id] { this->end(to, id, "end of file"); });
}

void Network::end(size_t end, LinkId id, const std::string& reason) {
  if (id != link_.id || !std::exchange(link_.open[end], false) || !parties_[end]->runs()) return;
  parties_[end]->core().link_closed(parties_[end]->now(), id, reason);
  parties_[end]->settle();
}

void Network::cut() {
  is_there_ = false;
  for (size_t end : {0, 1}) this->end(end, link_.id, "connection reset");
}

void Network::lose(Party& party) {
  const size_t end = &party == parties_[0] ? 0 : 1;
  link_.open[end] = false;
  this->end(other(end), link_.id, "end of file");
}

}  // namespace hotline::week
