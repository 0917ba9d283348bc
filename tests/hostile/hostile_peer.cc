#include "tests/hostile/hostile_peer.h"

#include <chrono>
#include <stdexcept>

#include "daemon/process/system_clock.h"
#include "protocol/base/sha256.h"
#include "protocol/channel/policy_text.h"
#include "protocol/channel/wire_frames.h"
#include "protocol/message/envelope.h"
#include "protocol/message/serial.h"

namespace hotline::hostile {
namespace {

constexpr size_t kKnownMax = 10'000;
constexpr size_t kStrangeBytesMax = 1 << 20;
constexpr auto kDialAgain = std::chrono::milliseconds(100);

std::string text_of(const flatbuffers::String* text) {
  return text ? text->str() : std::string();
}

}  // namespace

int64_t monotonic_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

HostilePeer::HostilePeer(boost::asio::io_context& io, Config config)
    : io_(io), config_(std::move(config)), dial_timer_(io), pump_timer_(io) {
  auto keys = ChannelKeys::load(config_, true);
  if (!keys) throw std::runtime_error(keys.error().reason);
  keys_ = *std::move(keys);
  core_ = keys_->core_config(config_);
  prefix_ = config_.prefix;
  TlsSettings settings;
  settings.use = TlsUse::peer_link;
  settings.certificate_path = config_.tls.certificate;
  settings.key_path = config_.tls.key;
  settings.expected_party = config_.peer;
  settings.trust_anchor = [this] { return keys_->peer_anchor(); };
  settings.utc_now = [] { return read_clocks().utc; };
  auto tls = TlsContext::create(std::move(settings));
  if (!tls) throw std::runtime_error(tls.error().reason);
  tls_ = *std::move(tls);
}

// ----------------------------------------------------------------------------------------------
// the link

void HostilePeer::start() {
  dial_next();
}

void HostilePeer::dial_later() {
  link_.reset();
  adopted_ = false;
  dial_timer_.expires_after(kDialAgain);
  dial_timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) dial_next();
  });
}

void HostilePeer::dial_next() {
  const Endpoint& address = config_.peer_addresses.front();
  attempt_ = dial(io_, address.host, address.port, tls_,
                  [this](Result<std::shared_ptr<FramedLink>> outcome) {
                    if (!outcome) {
                      last_end_ = outcome.error().reason;
                      return dial_later();
                    }
                    link_ = *std::move(outcome);
                    ++links_;
                    LinkCallbacks callbacks;
                    callbacks.on_frame = [this](const Bytes& frame) { on_frame(frame); };
                    callbacks.on_closed = [this](const LinkEnd& end) {
                      last_end_ = end.reason;
                      dial_later();
                    };
                    callbacks.on_writable = [this] { pump(); };
                    link_->start(std::move(callbacks));
                    say(hello_frame());
                  });
}

void HostilePeer::cut() {
  if (!link_) return;
  link_->abort();
  dial_later();
}

void HostilePeer::fork() {
  const Hash root = sha256({as_bytes(checkpoint_)});
  checkpoint_ =
      sign_checkpoint({transcript_origin(core_.channel, config_.party, 0), frontier_.size(), root},
                      core_.own_keys.log, *core_.log_signer);
  cut();
}

bool HostilePeer::say(const Bytes& frame) {
  return link_ && link_->send(frame) == SendOutcome::queued;
}

// Leaves room for what an honest peer says too: receipts and answers.
bool HostilePeer::may_say_more() const {
  return link_ && link_->is_open() && link_->queued_size() < kStrangeBytesMax;
}

Bytes HostilePeer::hello_frame() const {
  return make_frame([&](flatbuffers::FlatBufferBuilder& b) {
    auto note = [&b](const std::string& text) {
      return text.empty() ? flatbuffers::Offset<flatbuffers::String>() : b.CreateString(text);
    };
    wire::ChannelId channel = to_wire(config_.channel);
    wire::Digest agreement = to_digest(digest(config_.policy));
    auto from = b.CreateString(config_.party);
    auto to = b.CreateString(config_.peer);
    auto own_checkpoint = note(checkpoint_);
    auto own_receipt = note(own_receipt_);
    auto peer_receipt = note(peer_receipt_);
    auto prefix = b.CreateString(config_.prefix);
    auto peer_prefix = b.CreateString(config_.peer_prefix);
    return wire::CreateHello(b, kWireVersion, kWireVersion, &channel, config_.exercise, from, to,
                             &agreement, read_clocks().utc, own_checkpoint, own_receipt,
                             peer_receipt, false, false, prefix, peer_prefix);
  });
}

void HostilePeer::on_frame(const Bytes& bytes) {
  const auto& frame = *flatbuffers::GetRoot<wire::Frame>(bytes.data());
  if (const auto* hello = frame.body_as_Hello()) return on_hello(*hello);
  if (frame.body_as_Adopt() != nullptr) return adopted();
  if (const auto* messages = frame.body_as_Messages()) return on_messages(*messages);
  if (const auto* receipt = frame.body_as_Receipt()) return on_receipt(*receipt);
  if (const auto* offer = frame.body_as_JournalOffer()) return on_offer(*offer);
  if (const auto* close = frame.body_as_Close()) last_end_ = text_of(close->text());
  if (const auto* probe = frame.body_as_Probe()) {
    flash_only_ = probe->flash_only();
    if (!answers) return;
    say(make_frame([&](flatbuffers::FlatBufferBuilder& b) {
      return wire::CreateProbeReply(b, probe->sequence(), read_clocks().utc);
    }));
  }
}

void HostilePeer::on_hello(const wire::Hello& hello) {
  flash_only_ = hello.flash_only();
  const std::string note = text_of(hello.peer_receipt());
  if (!note.empty()) {
    const CheckpointTrust trust{transcript_origin(core_.channel, config_.party, 0),
                                core_.own_keys.log, core_.own_keys.log_verifier,
                                core_.peer_keys.receipt, core_.peer_keys.receipt_verifier};
    if (const auto receipt = open_cosigned_checkpoint(note, trust)) {
      own_receipt_ = note;
      receipted(receipt->checkpoint.size);
    }
  }
  if (config_.party > config_.peer) return;
  say(make_frame([](flatbuffers::FlatBufferBuilder& b) { return wire::CreateAdopt(b); }));
  adopted();
}

// Messages sent before and not receipted go again.
void HostilePeer::adopted() {
  adopted_ = true;
  next_sent_ = 0;
  in_flight_ = 0;
  pump();
}

std::string HostilePeer::cosigned(std::string_view note, const NoteKey& key, Signer& signer) const {
  const std::string_view text = note.substr(0, note.find("\n\n") + 1);
  const uint64_t time_s = static_cast<uint64_t>(read_clocks().utc) / 1000;
  return append_signature_line(note, cosign(text, time_s, key, signer));
}

void HostilePeer::on_messages(const wire::Messages& messages) {
  held_ = messages.first() + messages.messages()->size();
  for (const wire::Message* message : *messages.messages()) {
    const ByteView envelope(message->envelope()->data(), message->envelope()->size());
    const auto opened = open_envelope(envelope);
    if (!opened) continue;
    newest_known_ = {(*opened)->id()->str(), leaf_hash(envelope)};
    if (known_.size() < kKnownMax) known_[newest_known_.id] = newest_known_.leaf;
  }
  if (!receipts) return;
  peer_receipt_ =
      cosigned(messages.checkpoint()->string_view(), core_.own_keys.receipt, *core_.receipt_signer);
  say(make_frame([&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateReceipt(b, b.CreateString(peer_receipt_));
  }));
}

void HostilePeer::on_offer(const wire::JournalOffer& offer) {
  if (!answers) return;
  const std::string note =
      cosigned(offer.checkpoint()->string_view(), core_.own_keys.witness, *core_.witness_signer);
  say(make_frame([&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateJournalCosigned(b, b.CreateString(note));
  }));
}

void HostilePeer::on_receipt(const wire::Receipt& receipt) {
  own_receipt_ = receipt.note()->str();
  const auto checkpoint =
      parse_checkpoint_text(own_receipt_.substr(0, own_receipt_.find("\n\n") + 1));
  if (!checkpoint) throw std::runtime_error("the daemon sent a receipt that is none");
  receipted(checkpoint->size);
}

void HostilePeer::receipted(uint64_t size) {
  receipted_ = std::max(receipted_, size);
  while (!sent_.empty() && sent_.front().first + sent_.front().count <= size) {
    if (next_sent_ > 0) {
      --next_sent_;
      in_flight_ -= sent_.front().size;
    }
    last_receipted_frame_ = std::move(sent_.front().frame);
    sent_.pop_front();
  }
  while (!awaited_.empty() && awaited_.front().up_to <= receipted_) {
    const auto done = std::move(awaited_.front().done);
    awaited_.pop_front();
    done();
  }
  pump();
}

// ----------------------------------------------------------------------------------------------
// what is sent

void HostilePeer::add(Order order) {
  order.begun_ns = monotonic_ns();
  if (order.urgent) {
    orders_.push_front(std::move(order));
  } else {
    orders_.push_back(std::move(order));
  }
  pump();
}

void HostilePeer::stop() {
  orders_.clear();
  pump_timer_.cancel();
}

void HostilePeer::pump() {
  if (!adopted_ || !link_) return;
  while (link_->writable()) {
    const bool urgent = !orders_.empty() && orders_.front().urgent;
    if (in_flight_ >= in_flight_max && !urgent) return;
    if (next_sent_ < sent_.size()) {
      SentFrame& again = sent_[next_sent_++];
      in_flight_ += again.size;
      if (link_->send(again.frame) != SendOutcome::queued) return;
      continue;
    }
    if (orders_.empty() || !pump_order(orders_.front())) return;
  }
}

// One frame of the order. False when it is not its time yet.
bool HostilePeer::pump_order(Order& order) {
  const int64_t now = monotonic_ns();
  if (!order.writer) {
    order.writer =
        std::make_unique<MessageWriter>(order.plan, config_.party, config_.peer, order.about);
    order.first = last_serial_ + 1;
    order.due_from_ns = now;
  }
  uint64_t count = std::min(order.left, order.per_frame);
  if (order.per_second != 0) {
    const uint64_t due =
        static_cast<uint64_t>(now - order.due_from_ns) * order.per_second / 1'000'000'000;
    if (due <= order.written) {
      pump_timer_.expires_after(std::chrono::milliseconds(2));
      pump_timer_.async_wait([this](const boost::system::error_code& cancelled) {
        if (!cancelled) pump();
      });
      return false;
    }
    count = std::min(count, due - order.written);
  }
  std::vector<WrittenMessage> written;
  size_t bytes = 0;
  const int64_t utc = read_clocks().utc;
  while (written.size() < count) {
    const std::string id = format_serial(prefix_, ++last_serial_);
    written.push_back(
        order.writer->write(order.plan.same_serial ? format_serial(prefix_, 1) : id, utc));
    newest_own_ = {id, leaf_hash(written.back().envelope)};
    frontier_.append(newest_own_.leaf);
    bytes += written.back().envelope.size() + written.back().body.size() + kMessageOverhead;
    if (bytes > kMessagesFrameBytesMax - limits::kBodySizeMax - limits::kEnvelopeSizeMax) break;
  }
  order.written += written.size();
  if (order.left != UINT64_MAX) order.left -= written.size();
  checkpoint_ = sign_checkpoint(
      {transcript_origin(core_.channel, config_.party, 0), frontier_.size(), frontier_.root()},
      core_.own_keys.log, *core_.log_signer);
  std::vector<TravellingMessage> messages;
  messages.reserve(written.size());
  for (const WrittenMessage& one : written) messages.push_back({one.envelope, one.body, one.salt});
  const uint64_t first = frontier_.size() - written.size();
  put({first, written.size(), bytes, make_messages_frame(first, messages, checkpoint_)});
  if (order.left == 0) {
    if (order.done) {
      awaited_.push_back(
          {frontier_.size(), [done = order.done, from = order.first, to = last_serial_,
                              begun = order.begun_ns] { done(from, to, begun); }});
    }
    orders_.pop_front();
  }
  return true;
}

void HostilePeer::put(SentFrame frame) {
  in_flight_ += frame.size;
  ++next_sent_;
  const SendOutcome outcome = link_->send(frame.frame);
  if (outcome == SendOutcome::bad_size) throw std::runtime_error("a frame over the size limit");
  sent_.push_back(std::move(frame));
}

void HostilePeer::replay() {
  if (!last_receipted_frame_.empty()) say(last_receipted_frame_);
}

void HostilePeer::say_out_of_order() {
  MessageWriter writer({}, config_.party, config_.peer, {});
  const WrittenMessage one =
      writer.write(format_serial(prefix_, last_serial_ + 1000), read_clocks().utc);
  say(make_messages_frame(frontier_.size() + 1000, {{one.envelope, one.body, one.salt}},
                          checkpoint_));
}

// ----------------------------------------------------------------------------------------------
// what is known

std::optional<Known> HostilePeer::known(const std::string& id) const {
  const auto found = known_.find(id);
  if (found == known_.end()) return std::nullopt;
  return Known{found->first, found->second};
}

std::string HostilePeer::state() const {
  return "linked=" + std::to_string(adopted_ && link_ ? 1 : 0) +
         " sent=" + std::to_string(frontier_.size()) + " receipted=" + std::to_string(receipted_) +
         " held=" + std::to_string(held_) + " links=" + std::to_string(links_) +
         " flash_only=" + std::to_string(flash_only_ ? 1 : 0) + " end=" + last_end_;
}

}  // namespace hotline::hostile
