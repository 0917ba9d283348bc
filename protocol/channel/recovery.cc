#include "protocol/channel/recovery.h"

#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/channel/planted_bug.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"
#include "protocol/message/epochs.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

// Serials go on at a multiple of this, and so many are skipped at least: a lost store may have
// given them.
constexpr uint64_t kSerialStep = 1000;
constexpr uint64_t kSerialsSkippedMin = 500;

ByteView view(const flatbuffers::Vector<uint8_t>* bytes) {
  return bytes ? ByteView(bytes->data(), bytes->size()) : ByteView();
}

Error unproven(const std::string& reason) {
  return make_error(ErrorCode::verification_failed, reason);
}

std::string count_of(size_t count) {
  return std::to_string(count) + (count == 1 ? " message" : " messages");
}

}  // namespace

void Recovery::begin(LinkId link, const Proved& proved) {
  asked_by_peer_.clear();
  link_ = link;
  proved_ = proved;
  // A link may not last for all of it: what came on the one before stays.
  if (stage_ == Stage::asking && asked_) return ask(*asked_);
  if (stage_ != Stage::idle || !evidence_.is_recovering()) return;
  stage_ = Stage::asking;
  if (all_is_durable()) ask({false, recorder_.own().frontier().size()});
}

void Recovery::link_lost() {
  link_ = 0;
  asked_by_peer_.clear();
}

void Recovery::forget() {
  stage_ = Stage::idle;
  asked_.reset();
  own_ = peers_ = {};
}

bool Recovery::all_is_durable() const {
  return recorder_.sealed() == nullptr && recorder_.gathering().empty();
}

// ----------------------------------------------------------------------------------------------
// the peer's recovery

void Recovery::on_take_back(LinkId link, const wire::TakeBack& frame) {
  const Asked asked{frame.listeners(), frame.first()};
  // After this answer the peer gives those places to other messages.
  if (recorder_.peer().frontier().size() == recorder_.durable().peer_size ||
      planted(PlantedBug::places_before_durable)) {
    return answer(link, asked);
  }
  asked_by_peer_[link] = asked;
}

void Recovery::answer(LinkId link, const Asked& asked) {
  const Recorder::State& durable = recorder_.durable();
  const uint64_t size = asked.listeners ? durable.own_size : durable.peer_size;
  const std::string& note = asked.listeners ? durable.own_checkpoint : durable.peer_receipt;
  std::vector<MessageRecord> records;
  size_t bytes = 0;
  for (uint64_t i = asked.first; i < size && records.size() < limits::kMessagesPerFrameMax; ++i) {
    const auto number = asked.listeners ? recorder_.records().serial_at(i) : std::optional(i);
    auto record = number ? recorder_.records().message({!asked.listeners, *number}) : std::nullopt;
    if (!record) throw RecordsError("leaf " + std::to_string(i) + " is missing");
    bytes += record->envelope.size() + record->body.size() + kMessageOverhead;
    if (!records.empty() && bytes > kMessagesFrameBytesMax) break;
    records.push_back(*std::move(record));
  }
  std::vector<TravellingMessage> messages;
  for (const MessageRecord& record : records) {
    messages.push_back({record.envelope, record.body, record.body_salt});
  }
  recorder_.say(
      SendFrame{link, make_taken_back_frame(asked.listeners, asked.first, messages, note)});
}

// ----------------------------------------------------------------------------------------------
// ours: asking

void Recovery::ask(const Asked& what) {
  asked_ = what;
  if (link_ == 0) return;  // It is asked on the next one.
  if (taken().leaves.empty()) taken().first = what.first;
  recorder_.say(SendFrame{link_, make_frame([&](flatbuffers::FlatBufferBuilder& b) {
                            return wire::CreateTakeBack(b, what.listeners, what.first);
                          })});
}

std::optional<Refusal> Recovery::on_taken_back(Now now, LinkId link, const wire::TakenBack& frame) {
  if (stage_ != Stage::asking || link != link_ || !asked_ ||
      frame.listeners() != asked_->listeners || frame.first() != asked_->first) {
    return Refusal{wire::CloseReason::protocol, "leaves that were not asked for"};
  }
  if (auto refusal = keep(frame)) return refusal;
  const size_t count = frame.messages()->size();
  if (count > 0) {
    ask({asked_->listeners, asked_->first + count});
    return std::nullopt;
  }
  if (!asked_->listeners) {
    ask({true, recorder_.peer().frontier().size()});
    return std::nullopt;
  }
  asked_.reset();
  Status proven = check_own();
  if (proven) proven = check_peers();
  if (proven) proven = put_in_order();
  if (!proven) {
    give_up(now, proven.error());
    return std::nullopt;
  }
  stage_ = Stage::taking;
  take(now);
  return std::nullopt;
}

std::optional<Refusal> Recovery::keep(const wire::TakenBack& frame) {
  Taken& to = taken();
  to.note = frame.note()->str();
  for (const wire::Message* message : *frame.messages()) {
    const ByteView envelope = view(message->envelope()), body = view(message->body());
    to.bytes += envelope.size() + body.size();
    if (envelope.size() > limits::kEnvelopeSizeMax || body.size() > limits::kBodySizeMax ||
        to.bytes > limits::kRecoveredBytesMax) {
      return Refusal{wire::CloseReason::protocol, "leaves over the size limit"};
    }
    Leaf leaf;
    leaf.message = {to_bytes(envelope), to_bytes(body),
                    message->body_salt() ? to_hash(*message->body_salt()) : Hash{},
                    leaf_hash(envelope)};
    if (const auto opened = open_envelope(envelope)) {
      leaf.id = (*opened)->id()->str();
      const auto* references = (*opened)->references();
      if (references && references->size() > 0) leaf.speaks_of = references->Get(0)->id()->str();
      const auto* parts = (*opened)->parts();
      if (parts->size() > 0 && !is_part(*parts->Get(0), leaf.message.body_salt, body)) {
        return Refusal{wire::CloseReason::claim, "a leaf without the body that it names"};
      }
    }
    to.leaves.push_back(std::move(leaf));
  }
  return std::nullopt;
}

Status Recovery::check_own() {
  epochs_.clear();
  const uint64_t end = own_.first + own_.leaves.size();
  if (end < proved_.own) return unproven("the peer gave back fewer messages than it receipted");
  if (own_.note.empty() && own_.leaves.empty()) return ok();
  const uint64_t claimed = trust_.epoch_of_own(own_.note);
  const auto receipt = open_cosigned_checkpoint(own_.note, trust_.own_receipts(claimed));
  if (!receipt) return unproven("the peer's receipt: " + receipt.error().reason);
  if (own_.leaves.empty() && receipt->checkpoint.size <= own_.first) return ok();
  uint64_t epoch = recorder_.own().epochs().newest();
  Frontier frontier = recorder_.own().frontier();
  for (const Leaf& leaf : own_.leaves) {
    const auto opened = open_envelope(leaf.message.envelope);
    if (opened && (*opened)->epoch() &&
        begins_epoch(**opened, epoch + 1, frontier.size(), frontier.root())) {
      epochs_.push_back(frontier.size());
      ++epoch;
    }
    frontier.append(leaf.message.leaf_hash);
  }
  if (receipt->checkpoint.size != end || receipt->checkpoint.root != frontier.root() ||
      epoch != claimed) {
    return unproven("the peer gave back other messages than those that it receipted");
  }
  return ok();
}

Status Recovery::check_peers() const {
  if (peers_.first + peers_.leaves.size() < proved_.peers) {
    return unproven("the peer gave fewer messages of its own than we receipted");
  }
  if (peers_.note.empty() && peers_.leaves.empty()) return ok();
  const auto checkpoint =
      open_checkpoint(peers_.note, trust_.peer_origin(trust_.epoch_of_peers(peers_.note)),
                      config_.peer_keys.log, *config_.peer_keys.log_verifier);
  if (!checkpoint) return unproven("the peer's checkpoint: " + checkpoint.error().reason);
  if (peers_.leaves.empty() && checkpoint->size <= peers_.first) return ok();
  Frontier frontier = recorder_.peer().frontier();
  for (const Leaf& leaf : peers_.leaves) frontier.append(leaf.message.leaf_hash);
  if (checkpoint->size == frontier.size() && checkpoint->root == frontier.root()) return ok();
  return unproven("the peer gave other messages of its own than those that it signed");
}

// Own ones are recorded by their serials, as they were released; the peer's by their places.
Status Recovery::put_in_order() {
  by_serial_.clear();
  to_come_.clear();
  recorded_.clear();
  next_own_ = next_peers_ = 0;
  const OwnTranscript& own = recorder_.own();
  for (size_t i = 0; i < own_.leaves.size(); ++i) {
    Leaf& leaf = own_.leaves[i];
    const auto serial = parse_serial(leaf.id);
    if (!serial || serial->prefix != config_.prefix) {
      return unproven("a message of ours that cannot be read");
    }
    leaf.serial = serial->number;
    leaf.is_recorded =
        own.is_waiting(leaf.serial) && own.waiting_leaf_hash(leaf.serial) == leaf.message.leaf_hash;
    if (leaf.is_recorded) continue;
    if (leaf.serial <= own.last_serial()) {
      return unproven(leaf.id + " was sent before, and this store gave the same serial again");
    }
    by_serial_.push_back(i);
    to_come_.insert(leaf.id);
  }
  std::sort(by_serial_.begin(), by_serial_.end(), [&](size_t one, size_t other) {
    return own_.leaves[one].serial < own_.leaves[other].serial;
  });
  for (size_t i = 1; i < by_serial_.size(); ++i) {
    const Leaf& leaf = own_.leaves[by_serial_[i]];
    if (leaf.serial == own_.leaves[by_serial_[i - 1]].serial) return unproven(leaf.id + " twice");
  }
  for (const Leaf& leaf : peers_.leaves) to_come_.insert(leaf.id);
  return ok();
}

// ----------------------------------------------------------------------------------------------
// ours: taking

void Recovery::take(Now now) {
  const bool may_wait = !recorder_.gathering().empty() || recorder_.sealed() != nullptr;
  size_t left = limits::kRecoveredPerBatchMax;
  const auto take_all = [&](size_t& next, size_t end, bool is_own) {
    for (; next < end && left > 0; ++next, --left) {
      Leaf& leaf = is_own ? own_.leaves[by_serial_[next]] : peers_.leaves[next];
      if (!take_next(now, leaf, is_own)) return;
    }
  };
  const size_t before = next_own_ + next_peers_;
  take_all(next_own_, by_serial_.size(), true);
  take_all(next_peers_, peers_.leaves.size(), false);
  if (next_own_ == by_serial_.size() && next_peers_ == peers_.leaves.size()) return end(now);
  if (next_own_ + next_peers_ > before || may_wait) return;
  // It speaks of one that comes later, which no honest party can.
  Leaf& stuck = next_own_ < by_serial_.size() ? own_.leaves[by_serial_[next_own_]]
                                              : peers_.leaves[next_peers_];
  stuck.speaks_of.clear();
  take(now);
}

bool Recovery::take_next(Now now, Leaf& leaf, bool is_own) {
  if (!leaf.speaks_of.empty() && to_come_.contains(leaf.speaks_of)) return false;
  if (is_own) {
    releases_.take_back(now, leaf.serial, std::move(leaf.message));
  } else {
    inbox_.take_back(now, leaf.message);
  }
  recorded_.emplace_back(recorder_.gathering().id, leaf.id);
  return true;
}

void Recovery::end(Now now) {
  for (const uint64_t first : epochs_) {
    recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
      return wire::CreateEpochBegan(b, false, recorder_.own().epochs().newest() + 1, first, true);
    });
  }
  if (!own_.leaves.empty()) {
    std::vector<uint64_t> serials;
    for (const Leaf& leaf : own_.leaves) serials.push_back(leaf.serial);
    outbox_.take_places_back(now, serials, own_.note);
    const auto receipt =
        open_cosigned_checkpoint(own_.note, trust_.own_receipts(trust_.epoch_of_own(own_.note)));
    outbox_.hold_receipt(now, *receipt, own_.note);
  }
  if (inbox_.lacks_receipt()) inbox_.hold_checkpoint(peers_.note);
  if (Status begun = begin_epoch(now); !begun) return give_up(now, begun.error());
  recorder_.alarm(now, {},
                  "this store was recovered from the peer: " + count_of(own_.leaves.size()) +
                      " of ours and " + count_of(peers_.leaves.size()) +
                      " of the peer's were taken back; who read them, drafts and notes since then "
                      "are lost: look through what waits, and tell the other watch");
  after_.note_conditions(now);
  stage_ = Stage::ending;
  ended_in_ = recorder_.gathering().id;
}

Status Recovery::begin_epoch(Now now) {
  const OwnTranscript& own = recorder_.own();
  const uint64_t last = own.last_serial();
  Release release = releases_.by_machine(now, wire::MessageType::service, kPrecedencePriority);
  release.serial = planted(PlantedBug::void_serials_given)
                       ? last + 1
                       : ((last + kSerialsSkippedMin) / kSerialStep + 1) * kSerialStep;
  EpochFields epoch{own.epochs().newest() + 1, own.frontier().size(), own.frontier().root(), 0, 0};
  epoch.void_from = last + 1;
  epoch.void_to = release.serial - 1;
  release.envelope.epoch = epoch;
  BodyFields body;
  body.subject = "This store was recovered: epoch " + std::to_string(epoch.number);
  body.content = ServiceFields{wire::ServiceAction::epoch_begun, "", "", ""};
  if (config_.channel.exercise) {
    body.texts.push_back({"en", mark_exercise(body.subject), true, ""});
  }
  release.body = build_body(body);
  const uint64_t serial = release.serial;
  const auto released = releases_.release(now, std::move(release));
  if (!released) return released.error();
  const wire::Entry& begun = outbox_.begin_epoch(now, serial);
  evidence_.apply(begun);
  after_.apply(begun);
  witness_.apply(begun);
  return ok();
}

void Recovery::give_up(Now now, const Error& why) {
  forget();
  noise_.alarm(
      now, NoiseKind::evidence, {},
      "this store could not be recovered: " + why.reason +
          "; use voice; keep the whole directory of the store as evidence, and put another "
          "in its place: hotlined store restore, or hotlined init --recover");
}

bool Recovery::committed(Now now) {
  const uint64_t durable = recorder_.last_committed();
  const auto first_left = std::find_if(recorded_.begin(), recorded_.end(),
                                       [&](const auto& one) { return one.first > durable; });
  for (auto one = recorded_.begin(); one != first_left; ++one) to_come_.erase(one->second);
  recorded_.erase(recorded_.begin(), first_left);
  if (recorder_.peer().frontier().size() == recorder_.durable().peer_size) {
    for (const auto& [link, asked] : std::exchange(asked_by_peer_, {})) answer(link, asked);
  }
  if (stage_ == Stage::asking && !asked_ && all_is_durable()) {
    ask({false, recorder_.own().frontier().size()});
  }
  if (stage_ == Stage::taking) take(now);
  if (stage_ != Stage::ending || durable < ended_in_) return false;
  forget();
  return true;
}

}  // namespace hotline
