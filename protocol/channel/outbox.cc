#include "protocol/channel/outbox.h"

#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/message/envelope.h"

namespace hotline {

void Outbox::apply_durable(const wire::Entry& entry, Now at) {
  const wire::ReceiptHeld* fact = entry.fact_as_ReceiptHeld();
  if (fact == nullptr) return;
  const size_t bytes = recorder_.receipt_held(*fact);
  issued_.erase(issued_.begin(), issued_.upper_bound(fact->size()));
  if (!recorder_.is_live()) return;
  receipted_lately_.emplace_back(at.boot, bytes);
  receipted_lately_bytes_ += bytes;
}

// ----------------------------------------------------------------------------------------------
// places

bool Outbox::can_number() const {
  return evidence_.numbering_stopped().empty() && recorder_.own().has_waiting() &&
         !recorder_.own().next_to_number(1, window_left(), urgent_window_left()).empty();
}

// The bytes that may be numbered and unreceipted: about as much as the peer receipted in the last
// second, so that a FLASH never waits behind more than that. One message may always go when nothing
// else is on its way.
size_t Outbox::window_left() const {
  if (disk_.peer() != DiskLevel::plenty) return 0;
  if (recorder_.own().unreceipted_count() == 0)
    return limits::kEnvelopeSizeMax + limits::kBodySizeMax;
  size_t window = std::clamp(receipted_lately_bytes_, limits::kWindowFloor, limits::kWindowCap);
  return window > recorder_.own().unreceipted_bytes() ? window - recorder_.own().unreceipted_bytes()
                                                      : 0;
}

// A FLASH waits for nothing but the cap that bounds memory, which others never fill.
size_t Outbox::urgent_window_left() const {
  if (disk_.peer() == DiskLevel::own_only) return 0;
  return limits::kUrgentWindowCap > recorder_.own().unreceipted_bytes()
             ? limits::kUrgentWindowCap - recorder_.own().unreceipted_bytes()
             : 0;
}

void Outbox::tick(Now now) {
  while (!receipted_lately_.empty() && receipted_lately_.front().first + 1000 <= now.boot) {
    receipted_lately_bytes_ -= receipted_lately_.front().second;
    receipted_lately_.pop_front();
  }
}

void Outbox::link_lost() {
  receipted_lately_.clear();
  receipted_lately_bytes_ = 0;
}

void Outbox::number_messages(Now now) {
  while (can_number()) {
    const size_t frame_room = kMessagesFrameBytesMax;
    const std::vector<uint64_t> serials = recorder_.own().next_to_number(
        limits::kMessagesPerFrameMax, std::min(window_left(), frame_room),
        std::min(urgent_window_left(), frame_room));
    if (serials.empty()) return;
    number_frame(now, serials);
  }
}

void Outbox::number_frame(Now now, const std::vector<uint64_t>& serials) {
  const uint64_t first = recorder_.own().frontier().size();
  Frontier frontier = recorder_.own().frontier();
  std::vector<MessageRecord> read_back;
  std::vector<TravellingMessage> messages;
  read_back.reserve(serials.size());
  messages.reserve(serials.size());
  for (uint64_t serial : serials) {
    const Hash& leaf = recorder_.own().waiting_leaf_hash(serial);
    recorder_.gathering().leaves.push_back({LogId::own_transcript, frontier.size(), leaf, serial});
    frontier.append(leaf);
    const MessageRecord* record = releases_.gathering(serial);
    if (record == nullptr) record = &read_back.emplace_back(own_record(serial, leaf));
    messages.push_back({record->envelope, record->body, record->body_salt});
  }
  Issued& issued = issued_[frontier.size()];
  issued.root = frontier.root();
  issued.note = sign_checkpoint({trust_.own_origin(recorder_.own().epochs().of(frontier.size())),
                                 frontier.size(), issued.root},
                                config_.own_keys.log, *config_.log_signer);
  const std::string& checkpoint = issued.note;
  recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    auto vector = b.CreateVector(serials);
    auto note = b.CreateString(checkpoint);
    return wire::CreateNumbered(b, first, vector, note);
  });
  built_frames_.push_back(
      {first, serials.size(), make_messages_frame(first, messages, checkpoint)});
}

const wire::Entry& Outbox::begin_epoch(Now now, uint64_t serial) {
  const wire::Entry& entry = recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateEpochBegan(b, false, recorder_.own().epochs().newest() + 1,
                                  recorder_.own().frontier().size(), false);
  });
  number_frame(now, {serial});
  return entry;
}

void Outbox::take_places_back(Now now, const std::vector<uint64_t>& serials,
                              const std::string& receipt) {
  uint64_t index = recorder_.own().frontier().size();
  const uint64_t first = index;
  for (const uint64_t serial : serials) {
    recorder_.gathering().leaves.push_back(
        {LogId::own_transcript, index++, recorder_.own().waiting_leaf_hash(serial), serial});
  }
  const std::string checkpoint = *keep_signature(receipt, config_.own_keys.log);
  recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    auto vector = b.CreateVector(serials);
    auto note = b.CreateString(checkpoint);
    return wire::CreateNumbered(b, first, vector, note);
  });
}

// ----------------------------------------------------------------------------------------------
// frames

void Outbox::pump(Now now, LinkId id, Lane& lane) {
  const uint64_t own_size = recorder_.durable().own_size;
  while (lane.sent_until() < own_size && lane.in_flight_bytes() < limits::kUrgentWindowCap) {
    const uint64_t first = lane.sent_until();
    while (!built_frames_.empty() && built_frames_.front().first < first) built_frames_.pop_front();
    BuiltFrame built;
    if (!built_frames_.empty() && built_frames_.front().first == first) {
      built = std::move(built_frames_.front());
      built_frames_.pop_front();
    } else {
      built = rebuild_frame(first, own_size);
    }
    const uint64_t end = first + built.count;
    lane.sent(now, end, built.frame.size(), recorder_.own().most_urgent(first, end));
    recorder_.say(SendFrame{id, std::move(built.frame), true});
  }
}

// Makes a frame of leaves that are in the store, as many as fit.
Outbox::BuiltFrame Outbox::rebuild_frame(uint64_t first, uint64_t end) {
  std::vector<MessageRecord> records;
  size_t bytes = 0;
  while (first + records.size() < end && records.size() < limits::kMessagesPerFrameMax) {
    const uint64_t index = first + records.size();
    auto serial = recorder_.records().serial_at(index);
    if (!serial) throw RecordsError("sent entry " + std::to_string(index) + " is missing");
    MessageRecord record =
        own_record(*serial, recorder_.records().hashes(LogId::own_transcript).subtree(0, index));
    bytes += record.envelope.size() + record.body.size() + kMessageOverhead;
    if (!records.empty() && bytes > kMessagesFrameBytesMax) break;
    records.push_back(std::move(record));
  }
  uint64_t size = first + records.size();
  std::string checkpoint =
      size == recorder_.durable().own_size
          ? recorder_.durable().own_checkpoint
          : sign_checkpoint(
                {trust_.own_origin(recorder_.own().epochs().of(size)), size, root_at(size)},
                config_.own_keys.log, *config_.log_signer);
  std::vector<TravellingMessage> messages;
  for (const MessageRecord& record : records)
    messages.push_back({record.envelope, record.body, record.body_salt});
  return {first, records.size(), make_messages_frame(first, messages, checkpoint)};
}

MessageRecord Outbox::own_record(uint64_t serial, const Hash& leaf) {
  std::optional<MessageRecord> record = recorder_.records().message({false, serial});
  const char* fault = nullptr;
  if (!record) {
    fault = "is missing";
  } else if (record->leaf_hash != leaf) {
    fault = "is not the one that the journal tells of";
  } else {
    auto envelope = open_envelope(record->envelope);
    const auto* parts = envelope ? (*envelope)->parts() : nullptr;
    if (!parts || parts->size() == 0 || !is_part(*parts->Get(0), record->body_salt, record->body)) {
      fault = "does not have the body that its envelope names";
    }
  }
  if (fault) throw RecordsError("own message " + std::to_string(serial) + " " + fault);
  return *std::move(record);
}

// ----------------------------------------------------------------------------------------------
// receipts

std::optional<Refusal> Outbox::on_receipt(Now now, LinkId id, Lane& lane,
                                          const wire::Receipt& frame) {
  std::string note = frame.note()->str();
  const uint64_t epoch = trust_.epoch_of_own(note);
  auto receipt = open_cosigned_checkpoint(note, trust_.own_receipts(epoch), issued_under(note));
  if (!receipt) {
    return Refusal{wire::CloseReason::protocol, "a receipt: " + receipt.error().reason};
  }
  uint64_t size = receipt->checkpoint.size;
  if (epoch != recorder_.own().epochs().of(size)) {
    return Refusal{wire::CloseReason::claim, "a receipt of another epoch"};
  }
  if (size > lane.sent_until()) {
    return Refusal{wire::CloseReason::claim, "a receipt for " + std::to_string(size) +
                                                 " messages where " +
                                                 std::to_string(lane.sent_until()) + " were sent"};
  }
  if (root_at(size) != receipt->checkpoint.root) {
    evidence_.keep(now, wire::EvidenceKind::fork_of_own, note, recorder_.durable().own_checkpoint,
                   "our key signed two different transcripts of size " + std::to_string(size));
    return Refusal{wire::CloseReason::claim, "a receipt for another transcript than ours"};
  }
  lane.receipted(size);
  hold_receipt(now, *receipt, note);
  pump(now, id, lane);
  return std::nullopt;
}

void Outbox::hold_receipt(Now now, const CosignedCheckpoint& receipt, const std::string& note) {
  uint64_t size = receipt.checkpoint.size;
  if (size <= receipt_recorded_) return;
  receipt_recorded_ = size;
  const auto build = [&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateReceiptHeld(b, size, b.CreateString(note));
  };
  evidence_.note_receipt(now, recorder_.record(now, build));
  recorder_.gathering().receipts.push_back(
      {LogId::own_transcript, size, now.utc, receipt.time_s, recorder_.last_index(), note});
}

std::string_view Outbox::issued_under(const std::string& receipt) const {
  for (const auto& [size, issued] : issued_) {
    if (receipt.starts_with(issued.note)) return issued.note;
  }
  return {};
}

Hash Outbox::root_at(uint64_t size) {
  auto issued = issued_.find(size);
  if (issued != issued_.end()) return issued->second.root;
  return size == recorder_.own().frontier().size()
             ? recorder_.own().frontier().root()
             : hotline::root_at(recorder_.records().hashes(LogId::own_transcript), size);
}

}  // namespace hotline
