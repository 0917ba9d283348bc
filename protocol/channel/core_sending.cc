// The own messages on their way: the places that they take in the transcript, the window, the
// frames in which they leave, and the receipts that come back.
#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/channel/core.h"
#include "protocol/channel/wire_frames.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/serial.h"

namespace hotline {

bool Core::can_number() const {
  return adopted_ && evidence_.numbering_stopped().empty() && recorder_.own().has_waiting() &&
         !recorder_.own().next_to_number(1, window_left(), urgent_window_left()).empty();
}

// What may be numbered and unreceipted: about as much as the peer receipted in the last second, so
// that a FLASH never waits behind more than that. One message may always go when nothing else is on
// its way.
size_t Core::window_left() const {
  if (disk_.peer() != DiskLevel::plenty) return 0;
  if (recorder_.own().unreceipted_count() == 0)
    return limits::kEnvelopeSizeMax + limits::kBodySizeMax;
  size_t window = std::clamp(receipted_lately_bytes_, limits::kWindowFloor, limits::kWindowCap);
  return window > recorder_.own().unreceipted_bytes() ? window - recorder_.own().unreceipted_bytes()
                                                      : 0;
}

// A FLASH waits for nothing but the cap that bounds memory, which others never fill.
size_t Core::urgent_window_left() const {
  if (disk_.peer() == DiskLevel::own_only) return 0;
  return limits::kUrgentWindowCap > recorder_.own().unreceipted_bytes()
             ? limits::kUrgentWindowCap - recorder_.own().unreceipted_bytes()
             : 0;
}

void Core::number_messages(Now now) {
  while (can_number()) {
    size_t frame_room = kMessagesFrameBytesMax;
    std::vector<uint64_t> serials = recorder_.own().next_to_number(
        limits::kMessagesPerFrameMax, std::min(window_left(), frame_room),
        std::min(urgent_window_left(), frame_room));
    if (serials.empty()) return;
    Frontier frontier = recorder_.own().frontier();
    std::vector<MessageRecord> read_back;
    std::vector<TravellingMessage> messages;
    read_back.reserve(serials.size());
    messages.reserve(serials.size());
    for (uint64_t serial : serials) {
      const Hash& leaf = recorder_.own().waiting_leaf_hash(serial);
      recorder_.gathering().leaves.push_back(
          {LogId::own_transcript, frontier.size(), leaf, serial});
      frontier.append(leaf);
      const MessageRecord* record = gathering_own(serial);
      if (record == nullptr) record = &read_back.emplace_back(own_record(serial, leaf));
      messages.push_back({record->envelope, record->body, record->body_salt});
    }
    Issued& issued = issued_[frontier.size()];
    issued.root = frontier.root();
    issued.note = sign_checkpoint({trust_.own_origin, frontier.size(), issued.root},
                                  config_.own_keys.log, *config_.log_signer);
    const std::string& checkpoint = issued.note;
    uint64_t first = recorder_.own().frontier().size();
    record(now, [&](flatbuffers::FlatBufferBuilder& b) {
      auto vector = b.CreateVector(serials);
      auto note = b.CreateString(checkpoint);
      return wire::CreateNumbered(b, first, vector, note);
    });
    built_frames_.push_back(
        {first, serials.size(), make_messages_frame(first, messages, checkpoint)});
  }
}

// Puts on the adopted link what is durable and was not sent on it, within the cap for what is under
// way.
void Core::pump(Now now) {
  if (!adopted_) return;
  Link& link = links_.at(*adopted_);
  while (link.sent_until < recorder_.durable().own_size &&
         link.in_flight_bytes < limits::kUrgentWindowCap) {
    while (!built_frames_.empty() && built_frames_.front().first < link.sent_until)
      built_frames_.pop_front();
    BuiltFrame built;
    if (!built_frames_.empty() && built_frames_.front().first == link.sent_until) {
      built = std::move(built_frames_.front());
      built_frames_.pop_front();
    } else {
      built = rebuild_frame(link.sent_until, recorder_.durable().own_size);
    }
    note_sent(now, link, link.sent_until, link.sent_until + built.count);
    link.sent_until += built.count;
    link.in_flight.emplace_back(link.sent_until, built.frame.size());
    link.in_flight_bytes += built.frame.size();
    recorder_.say(SendFrame{*adopted_, std::move(built.frame), true});
  }
}

// Makes a frame of leaves that are in the store, as many as fit.
Core::BuiltFrame Core::rebuild_frame(uint64_t first, uint64_t end) {
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
  std::string checkpoint = size == recorder_.durable().own_size
                               ? recorder_.durable().own_checkpoint
                               : sign_checkpoint({trust_.own_origin, size, own_root_at(size)},
                                                 config_.own_keys.log, *config_.log_signer);
  std::vector<TravellingMessage> messages;
  for (const MessageRecord& record : records)
    messages.push_back({record.envelope, record.body, record.body_salt});
  return {first, records.size(), make_messages_frame(first, messages, checkpoint)};
}

void Core::on_receipt(Now now, LinkId id, Link& link, const wire::Receipt& frame) {
  std::string note = frame.note()->str();
  auto receipt = open_cosigned_checkpoint(note, trust_.own_receipts, issued_under(note));
  if (!receipt) {
    return refuse_link(now, id, wire::CloseReason::protocol,
                       "a receipt: " + receipt.error().reason);
  }
  uint64_t size = receipt->checkpoint.size;
  if (size > link.sent_until) {
    return refuse_link(now, id, wire::CloseReason::claim,
                       "a receipt for " + std::to_string(size) + " messages where " +
                           std::to_string(link.sent_until) + " were sent");
  }
  if (own_root_at(size) != receipt->checkpoint.root) {
    evidence_.keep(now, wire::EvidenceKind::fork_of_own, note, recorder_.durable().own_checkpoint,
                   "our key signed two different transcripts of size " + std::to_string(size));
    return refuse_link(now, id, wire::CloseReason::claim,
                       "a receipt for another transcript than ours");
  }
  while (!link.in_flight.empty() && link.in_flight.front().first <= size) {
    link.in_flight_bytes -= link.in_flight.front().second;
    link.in_flight.pop_front();
  }
  note_receipted(link, size);
  hold_receipt(now, *receipt, note);
  pump(now);
}

void Core::hold_receipt(Now now, const CosignedCheckpoint& receipt, const std::string& note) {
  uint64_t size = receipt.checkpoint.size;
  if (size <= receipt_recorded_) return;
  receipt_recorded_ = size;
  uint64_t index = record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateReceiptHeld(b, size, b.CreateString(note));
  });
  recorder_.gathering().receipts.push_back(
      {LogId::own_transcript, size, now.utc, receipt.time_s, index, note});
}

std::string_view Core::issued_under(const std::string& receipt) const {
  for (const auto& [size, issued] : issued_) {
    if (receipt.starts_with(issued.note)) return issued.note;
  }
  return {};
}

Hash Core::own_root_at(uint64_t size) {
  auto issued = issued_.find(size);
  if (issued != issued_.end()) return issued->second.root;
  return size == recorder_.own().frontier().size()
             ? recorder_.own().frontier().root()
             : root_at(recorder_.records().hashes(LogId::own_transcript), size);
}

}  // namespace hotline
