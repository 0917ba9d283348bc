#include "protocol/transport/framed_link.h"

#include <algorithm>
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <exception>
#include <utility>

#include "protocol/base/check.h"
#include "protocol/base/frame.h"
#include "protocol/base/limits.h"
#include "protocol/transport/await.h"
#include "protocol/transport/byte_stream.h"

namespace hotline {
namespace {

using boost::asio::awaitable;
using boost::asio::steady_timer;
using boost::system::error_code;

constexpr size_t kFrameWithHeaderMax = kFrameHeaderSize + limits::kFrameSizeMax;
static_assert(limits::kLinkQueueSizeMax >= 2 * kFrameWithHeaderMax);

// A buffer that once held a burst is not kept at that size for ever.
constexpr size_t kIdleBufferSizeMax = 64 * 1024;

// Given to the stream at a time. Bytes that it has taken no longer count as queued.
constexpr size_t kWriteSizeMax = 64 * 1024;

}  // namespace

// The coroutines keep the state alive, not the link: the owner's reference alone decides about
// that.
//
//   open ── close() / the peer's goodbye ──▶ parting ── both goodbyes, or deadline ──▶ closed
//     └──── abort(), error, bad frame, flood ─────────────────────────────────────────▶┘
struct FramedLink::State : std::enable_shared_from_this<State> {
  enum class Phase { open, parting, closed };

  State(boost::asio::io_context& io, std::unique_ptr<ByteStream> with_stream, LinkPeer with_peer)
      : stream(std::move(with_stream)),
        peer(std::move(with_peer)),
        reader_wake(io),
        writer_wake(io),
        parting_deadline(io) {
    reader_wake.expires_at(steady_timer::time_point::max());
    writer_wake.expires_at(steady_timer::time_point::max());
  }

  void start(LinkCallbacks with_callbacks);

  // The completion handler of the link's coroutines. It holds the state, and so keeps it alive.
  std::function<void(std::exception_ptr)> when_coroutine_ends();

  awaitable<void> read_frames();
  awaitable<void> deliver_frames();
  awaitable<void> write_queue();
  awaitable<error_code> write_some();
  awaitable<void> until_resumed();
  awaitable<void> until_woken();

  void read_failed(const error_code& error);
  void write_failed(const error_code& error);
  void announce_writable();

  void end(LinkEndCause cause, const std::string& reason);
  void part();
  void half_parted(bool& done);
  void shut();

  SendOutcome admit(ByteView payload);
  void note_queued();
  bool choose_next();

  bool writable() const { return queued_size() + kFrameWithHeaderMax <= limits::kLinkQueueSizeMax; }
  size_t queued_size() const { return queue.size() + behind_size + writing.size() - written; }

  const std::unique_ptr<ByteStream> stream;
  const LinkPeer peer;
  std::shared_ptr<LinkCallbacks> callbacks;  // Null once no callback may come any more.
  Phase phase = Phase::open;

  FrameDecoder decoder;
  std::array<uint8_t, 16 * 1024> chunk;  // As much as a TLS record carries.
  bool reading_paused = false;
  steady_timer reader_wake;  // Never expires: cancelled to wake the reader.
  bool reader_done = false;

  Bytes queue;               // Frames with headers, in order, not yet being written.
  std::deque<Bytes> behind;  // Likewise, one by one: for when `queue` is empty.
  size_t behind_size = 0;    // Bytes of all of them.
  Bytes writing;             // Whole frames, of which the stream has taken `written` bytes.
  size_t written = 0;
  bool was_writable = true;
  steady_timer writer_wake;
  bool writer_done = false;

  steady_timer parting_deadline;
};

void FramedLink::State::start(LinkCallbacks with_callbacks) {
  HOTLINE_CHECK(with_callbacks.on_frame && with_callbacks.on_closed);
  HOTLINE_CHECK(!callbacks);
  if (phase != Phase::open) return;
  callbacks = std::make_shared<LinkCallbacks>(std::move(with_callbacks));
  const std::weak_ptr<State> weak = weak_from_this();
  stream->watch_for_flood([weak] {
    if (auto self = weak.lock()) {
      self->end(LinkEndCause::flood, "it floods the link with TLS messages that carry no data");
    }
  });
  const auto executor = reader_wake.get_executor();
  boost::asio::co_spawn(executor, read_frames(), when_coroutine_ends());
  boost::asio::co_spawn(executor, write_queue(), when_coroutine_ends());
}

// An exception here is a bug, most likely in a callback; it costs this link, and is said. If nobody
// is left to say it to, it goes on to whoever runs the event loop.
std::function<void(std::exception_ptr)> FramedLink::State::when_coroutine_ends() {
  return [self = shared_from_this()](std::exception_ptr failure) {
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
      if (self->phase != Phase::open) throw;
      self->end(LinkEndCause::failed, std::string("an error in this program: ") + exception.what());
    }
  };
}

awaitable<void> FramedLink::State::read_frames() {
  const auto into = boost::asio::buffer(chunk);
  while (phase != Phase::closed) {
    if (reading_paused && phase == Phase::open) {
      co_await until_resumed();
      continue;
    }
    const ReadOutcome outcome = co_await stream->read_some(into);
    if (outcome.error) {
      read_failed(outcome.error);
      break;
    }
    if (phase != Phase::open) continue;  // Read on to the peer's goodbye, and look at nothing.
    const Status fed = decoder.feed(ByteView(chunk.data(), outcome.size));
    co_await deliver_frames();
    if (!fed) {
      end(LinkEndCause::bad_frame, fed.error().reason);
      break;
    }
  }
  half_parted(reader_done);
}

awaitable<void> FramedLink::State::deliver_frames() {
  while (phase == Phase::open) {
    if (reading_paused) {
      co_await until_resumed();
      continue;
    }
    std::optional<Bytes> frame = decoder.next();
    if (!frame) break;
    stream->frame_arrived();
    const std::shared_ptr<LinkCallbacks> held = callbacks;  // The callback may end the link.
    held->on_frame(std::move(*frame));
  }
}

awaitable<void> FramedLink::State::write_queue() {
  while (phase != Phase::closed) {
    if (written == writing.size() && !choose_next()) {
      if (phase == Phase::parting) break;
      co_await until_woken();
      continue;
    }
    const error_code error = co_await write_some();
    if (error) {
      write_failed(error);
      break;
    }
    announce_writable();
  }
  if (phase == Phase::parting) co_await stream->say_goodbye();
  half_parted(writer_done);
}

// Makes whole frames the next to be written; false where none waits.
bool FramedLink::State::choose_next() {
  writing.clear();
  written = 0;
  if (writing.capacity() > kIdleBufferSizeMax) writing = Bytes();
  if (!queue.empty()) {
    std::swap(queue, writing);
  } else if (!behind.empty()) {
    writing = std::move(behind.front());
    behind.pop_front();
    behind_size -= writing.size();
  }
  return !writing.empty();
}

awaitable<error_code> FramedLink::State::write_some() {
  const size_t size = std::min(writing.size() - written, kWriteSizeMax);
  const auto from = boost::asio::buffer(writing.data() + written, size);
  const error_code error = co_await stream->write(from);
  if (!error) written += size;
  co_return error;
}

awaitable<void> FramedLink::State::until_resumed() {
  co_await reader_wake.async_wait(kAwait);
}

awaitable<void> FramedLink::State::until_woken() {
  co_await writer_wake.async_wait(kAwait);
}

void FramedLink::State::read_failed(const error_code& error) {
  if (error == boost::asio::error::eof && decoder.at_boundary()) {
    end(LinkEndCause::peer_closed, stream->describe(error));
  } else if (error == boost::asio::error::eof) {
    end(LinkEndCause::cut, "it closed the connection in the middle of a frame");
  } else if (stream->is_refusal(error)) {
    end(LinkEndCause::refused_by_peer, stream->describe(error));
  } else {
    end(LinkEndCause::cut, stream->describe(error));
  }
}

// The reader is about to learn why, and knows it better: an alert of the peer may lie unread before
// the reset. Should it learn nothing, this is the reason.
void FramedLink::State::write_failed(const error_code& error) {
  if (phase != Phase::open) return;
  const std::string reason = stream->describe(error);
  if (reading_paused) return end(LinkEndCause::cut, reason);
  parting_deadline.expires_after(std::chrono::milliseconds(limits::kGoodbyeDeadline_ms));
  parting_deadline.async_wait([self = shared_from_this(), reason](const error_code& cancelled) {
    if (!cancelled) self->end(LinkEndCause::cut, reason);
  });
}

void FramedLink::State::announce_writable() {
  if (was_writable || !writable()) return;
  was_writable = true;
  const std::shared_ptr<LinkCallbacks> held = callbacks;
  if (held && held->on_writable) held->on_writable();
}

// The end that the owner did not choose.
void FramedLink::State::end(LinkEndCause cause, const std::string& reason) {
  if (phase != Phase::open) return;
  const std::shared_ptr<LinkCallbacks> held = std::move(callbacks);
  callbacks = nullptr;
  if (cause == LinkEndCause::peer_closed) {
    queue.clear();
    behind.clear();
    behind_size = 0;
    part();
  } else {
    shut();
  }
  held->on_closed(LinkEnd{cause, peer.address + ": " + reason});
}

// Lets the writer finish and say goodbye, and the reader read up to the peer's; not for ever.
void FramedLink::State::part() {
  phase = Phase::parting;
  callbacks = nullptr;
  reader_wake.cancel();
  writer_wake.cancel();
  parting_deadline.expires_after(std::chrono::milliseconds(limits::kGoodbyeDeadline_ms));
  parting_deadline.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled) self->shut();
  });
}

void FramedLink::State::half_parted(bool& done) {
  done = true;
  if (reader_done && writer_done) shut();
}

void FramedLink::State::shut() {
  phase = Phase::closed;
  callbacks = nullptr;
  stream->close();
  reader_wake.cancel();
  writer_wake.cancel();
  parting_deadline.cancel();
}

FramedLink::FramedLink(boost::asio::io_context& io, std::unique_ptr<ByteStream> stream,
                       LinkPeer peer)
    : state_(std::make_shared<State>(io, std::move(stream), std::move(peer))) {}

FramedLink::~FramedLink() {
  if (is_open()) abort();  // A link that was closed goes on to its goodbye by itself.
}

void FramedLink::start(LinkCallbacks callbacks) {
  state_->start(std::move(callbacks));
}

SendOutcome FramedLink::State::admit(ByteView payload) {
  if (payload.empty() || payload.size() > limits::kFrameSizeMax) return SendOutcome::bad_size;
  if (phase != Phase::open) return SendOutcome::closed;
  if (queued_size() + kFrameHeaderSize + payload.size() > limits::kLinkQueueSizeMax) {
    was_writable = false;
    return SendOutcome::full;
  }
  return SendOutcome::queued;
}

void FramedLink::State::note_queued() {
  if (!writable()) was_writable = false;
  writer_wake.cancel();
}

SendOutcome FramedLink::send(ByteView payload) {
  const SendOutcome outcome = state_->admit(payload);
  if (outcome != SendOutcome::queued) return outcome;
  append_frame(state_->queue, payload);
  state_->note_queued();
  return outcome;
}

SendOutcome FramedLink::send_behind(ByteView payload) {
  const SendOutcome outcome = state_->admit(payload);
  if (outcome != SendOutcome::queued) return outcome;
  state_->behind.push_back(encode_frame(payload));
  state_->behind_size += state_->behind.back().size();
  state_->note_queued();
  return outcome;
}

size_t FramedLink::queued_size() const {
  return state_->queued_size();
}

bool FramedLink::writable() const {
  return is_open() && state_->writable();
}

void FramedLink::pause_reading() {
  state_->reading_paused = true;
}

void FramedLink::resume_reading() {
  state_->reading_paused = false;
  state_->reader_wake.cancel();
}

void FramedLink::close() {
  if (state_->phase != State::Phase::open) return;
  const bool started = state_->callbacks != nullptr;
  state_->part();
  if (!started) state_->shut();
}

void FramedLink::abort() {
  state_->shut();
}

bool FramedLink::is_open() const {
  return state_->phase == State::Phase::open;
}

const LinkPeer& FramedLink::peer() const {
  return state_->peer;
}

Status FramedLink::check_peer_again() const {
  return state_->stream->check_peer_again();
}

}  // namespace hotline
