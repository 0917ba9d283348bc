#include "protocol/channel/recorder.h"

#include <iterator>
#include <set>
#include <tuple>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/channel/person_part.h"
#include "protocol/channel/planted_bug.h"
#include "protocol/channel/wire_frames.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

// No message has a higher number than a log has places; an absent key names none.
bool is_key(const wire::MessageKey* key) {
  return key == nullptr || key->number() <= limits::kTreeSizeMax;
}

}  // namespace

Error store_altered(const std::string& reason) {
  return make_error(ErrorCode::store_failed, "the store is damaged or was altered: " + reason,
                    kKeepAsEvidence);
}

void Recorder::record_created(Now now, const CoreConfig& config) {
  record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    wire::ChannelId id = to_wire(config.channel.id);
    auto party = b.CreateString(config.party);
    auto peer = b.CreateString(config.peer);
    return wire::CreateStoreCreated(b, party, peer, &id, config.channel.exercise);
  });
}

void Recorder::alarm(Now now, MessageKey key, const std::string& text) {
  record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    wire::MessageKey wire_key = to_wire(key);
    auto words = b.CreateString(text);
    return wire::CreateAlarmRaised(b, &wire_key, 0, words);
  });
  say(Alarm{key, text});
}

void Recorder::say_once_durable(uint64_t journal_index, Effect effect) {
  const bool is_durable = journal_index < durable_.journal_size;
  const bool is_sealed = sealed_ && journal_index < sealed_state_.journal_size;
  (is_durable  ? effects_
   : is_sealed ? sealed_effects_
               : gathering_effects_)
      .push_back(std::move(effect));
}

std::string Recorder::person_at(uint64_t journal_index) {
  for (const Batch* batch : {&std::as_const(journal_).gathering(), sealed_.get()}) {
    if (batch == nullptr) continue;
    for (const JournalRecord& record : batch->journal) {
      if (record.index == journal_index) return record.name ? person_name(record.name->text) : "";
    }
  }
  return person_name(records_.person_at(journal_index));
}

std::optional<MessageRecord> Recorder::message(MessageKey key) {
  for (const Batch* batch : {&std::as_const(journal_).gathering(), sealed_.get()}) {
    if (batch == nullptr) continue;
    for (const MessageRecord& record : batch->messages) {
      if (record.key == key) return record;
    }
  }
  return records_.message(key);
}

std::optional<MessageKey> Recorder::find_named(const CoreConfig& config, std::string_view name) {
  if (const auto place = parse_place(name)) {
    if (place->prefix != config.peer_prefix) return std::nullopt;
    return MessageKey{true, place->number};
  }
  const auto serial = parse_serial(name);
  if (!serial) return std::nullopt;
  if (serial->prefix == config.prefix) return MessageKey{false, serial->number};
  if (serial->prefix != config.peer_prefix) return std::nullopt;
  if (const auto stored = records_.find_incoming(serial->number)) return stored;
  for (const Batch* batch :
       {static_cast<const Batch*>(sealed_.get()), &std::as_const(journal_).gathering()}) {
    if (batch == nullptr) continue;
    for (const MessageRecord& one : batch->messages) {
      if (one.key.incoming && one.serial == serial->number) return one.key;
    }
  }
  return std::nullopt;
}

std::string Recorder::name_of(const CoreConfig& config, MessageKey key) {
  if (!key.incoming) return format_serial(config.prefix, key.number);
  const auto record = message(key);
  return format_peers_name(config.peer_prefix, record ? record->serial : 0, key.number);
}

std::shared_ptr<const Batch> Recorder::seal() {
  HOTLINE_CHECK(!sealed_);
  Batch& batch = journal_.gathering();
  batch.add_subtrees(LogId::own_transcript, own_.take_kept_subtrees());
  batch.add_subtrees(LogId::peer_transcript, peer_.take_kept_subtrees());
  sealed_ = journal_.take();
  sealed_effects_ = std::exchange(gathering_effects_, {});
  sealed_state_ = current_state();
  if (planted(PlantedBug::receipt_before_durable)) {
    durable_.peer_receipt = sealed_state_.peer_receipt;
  }
  if (planted(PlantedBug::index_reused_after_crash)) durable_.own_size = sealed_state_.own_size;
  return sealed_;
}

void Recorder::give_out_sealed() {
  last_committed_ = sealed_->id;
  sealed_.reset();
  if (effects_.empty()) effects_.swap(sealed_effects_);
  std::move(sealed_effects_.begin(), sealed_effects_.end(), std::back_inserter(effects_));
  sealed_effects_.clear();
}

Recorder::State Recorder::current_state() const {
  return {.journal_size = journal_.size(),
          .own_size = own_.frontier().size(),
          .peer_size = peer_.frontier().size(),
          .own_checkpoint = own_.checkpoint(),
          .peer_receipt = peer_.receipt(),
          .peer_receipted = peer_.receipted_size(),
          .journal_root = journal_.root(),
          .own_root = own_.frontier().root(),
          .peer_root = peer_.frontier().root()};
}

void Recorder::apply(const wire::Entry& entry) {
  switch (entry.fact_type()) {
    case wire::Fact::Released:
      return own_.released(*entry.fact_as_Released());
    case wire::Fact::Numbered:
      return own_.numbered(*entry.fact_as_Numbered());
    case wire::Fact::Received:
      return peer_.received(*entry.fact_as_Received());
    case wire::Fact::ReceiptGiven:
      return peer_.receipt_given(*entry.fact_as_ReceiptGiven());
    case wire::Fact::EpochBegan: {
      const wire::EpochBegan& fact = *entry.fact_as_EpochBegan();
      if (fact.incoming()) return peer_.epoch_began(fact);
      journal_epochs_.begin(last_index());
      return own_.epoch_began(fact);
    }
    default:
      return;
  }
}

size_t Recorder::receipt_held(const wire::ReceiptHeld& fact) {
  const uint64_t bytes_before = own_.unreceipted_bytes();
  own_.receipt_held(fact);
  return static_cast<size_t>(bytes_before - own_.unreceipted_bytes());
}

// ----------------------------------------------------------------------------------------------
// Asked of an entry before it is applied at a start. The journal's root is compared only at its
// end, so until then a damaged store could say anything; here stands what the state asserts while
// running.

const char* Recorder::fault_in(const wire::Entry& entry) const {
  if (entry.at() < -limits::kTimeMax_ms || entry.at() > limits::kTimeMax_ms) {
    return "its time is none";
  }
  switch (entry.fact_type()) {
    case wire::Fact::Released: {
      const wire::Released& fact = *entry.fact_as_Released();
      if (fact.serial() <= own_.last_serial()) return "its serial was given before";
      if (fact.serial() > limits::kTreeSizeMax) return "its serial is none";
      if (!is_key(fact.refers_to())) return "it speaks of no message";
      if (!is_precedence(fact.precedence())) return "its precedence is none";
      break;
    }
    case wire::Fact::Numbered: {
      const wire::Numbered& fact = *entry.fact_as_Numbered();
      if (fact.first() != own_.frontier().size()) return "its place is not the next one";
      if (fact.checkpoint()->size() == 0) return "its checkpoint is missing";
      std::set<uint64_t> serials(fact.serials()->begin(), fact.serials()->end());
      if (serials.size() != fact.serials()->size()) return "it numbers a message twice";
      for (uint64_t serial : serials) {
        if (!own_.is_waiting(serial)) return "it numbers a message that does not wait";
      }
      break;
    }
    case wire::Fact::ReceiptHeld: {
      uint64_t size = entry.fact_as_ReceiptHeld()->size();
      if (size < own_.receipted_size() || size > own_.frontier().size()) {
        return "its receipt does not fit the transcript";
      }
      break;
    }
    case wire::Fact::Received: {
      const wire::Received& fact = *entry.fact_as_Received();
      if (fact.index() != peer_.frontier().size()) return "its place is not the next one";
      if (!is_key(fact.refers_to())) return "it speaks of no message";
      if (fact.decline_code() == 0 && !is_precedence(fact.precedence())) {
        return "its precedence is none";
      }
      break;
    }
    case wire::Fact::ReceiptGiven:
      if (entry.fact_as_ReceiptGiven()->size() != peer_.frontier().size()) {
        return "its receipt does not fit the transcript";
      }
      if (entry.fact_as_ReceiptGiven()->note()->size() == 0) return "its receipt is missing";
      break;
    case wire::Fact::EpochBegan: {
      const wire::EpochBegan& fact = *entry.fact_as_EpochBegan();
      const Epochs& before = fact.incoming() ? peer_.epochs() : own_.epochs();
      if (fact.number() != before.newest() + 1) return "it is not the next epoch";
      if (fact.number() > 1 && fact.first() <= before.newest_first()) return "its place is before";
      break;
    }
    default:
      break;
  }
  return nullptr;
}

Status Recorder::compare_with_records(const Hash& stored_root, bool may_owe_receipt) {
  if (journal_.root() != stored_root) {
    return store_altered("the journal does not have the root that the store recorded for it");
  }
  // They are one commit, so that no journal ends between them.
  if (peer_.receipted_size() != peer_.frontier().size() && !may_owe_receipt) {
    return store_altered(
        "the journal ends with messages of the peer and without the receipt for them");
  }
  for (const auto& [name, log, frontier] :
       {std::tuple{"sent", LogId::own_transcript, &own_.frontier()},
        std::tuple{"received", LogId::peer_transcript, &peer_.frontier()}}) {
    if (root_at(records_.hashes(log), frontier->size()) != frontier->root()) {
      return store_altered("the " + std::string(name) +
                           " transcript in the store is not the one that the journal tells of");
    }
  }
  return ok();
}

void Recorder::go_live() {
  durable_ = current_state();
  live_ = true;
  journal_.replayed();
  own_.take_kept_subtrees();
  peer_.take_kept_subtrees();
  // Effects of the replay were performed long ago, or the ladder asks for them again.
  effects_.clear();
}

}  // namespace hotline
