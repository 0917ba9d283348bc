// What is asked of a journal entry before it is applied at a start. The journal's root is compared
// only at its end, so until then a damaged store could say anything; what the state asserts while
// running is therefore checked here, and refused with the entry's number.
#include <set>
#include <tuple>

#include "protocol/base/limits.h"
#include "protocol/channel/core.h"
#include "protocol/message/envelope.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

// No message has a higher number than a log has places; an absent key names none.
bool is_key(const wire::MessageKey* key) {
  return key == nullptr || key->number() <= limits::kTreeSizeMax;
}

Error altered(const std::string& reason) {
  return make_error(ErrorCode::store_failed, "the store is damaged or was altered: " + reason,
                    kKeepAsEvidence);
}

}  // namespace

const char* Core::fault_in(const wire::Entry& entry) const {
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
    case wire::Fact::StepsDecided: {
      const wire::StepsDecided& fact = *entry.fact_as_StepsDecided();
      return fault_in_messages(fact.messages(), fact.precedence());
    }
    case wire::Fact::AttemptEnded: {
      const wire::AttemptEnded& fact = *entry.fact_as_AttemptEnded();
      return fault_in_messages(fact.messages(), fact.precedence());
    }
    default:
      break;
  }
  return nullptr;
}

Status Core::check_replayed(uint64_t index, const wire::Entry& entry) const {
  const char* fault = fault_in(entry);
  if (fault == nullptr) return ok();
  return altered("journal entry " + std::to_string(index) + " cannot be true: " + fault);
}

// Whether what was replayed is all of it, and the transcripts in the tables are those it tells of:
// what is signed from now on rests on both.
Status Core::compare_with_records(const Hash& stored_root) {
  if (journal_.root() != stored_root) {
    return altered("the journal does not have the root that the store recorded for it");
  }
  // They are one commit, so that no journal ends between them.
  if (peer_.receipted_size() != peer_.frontier().size()) {
    return altered("the journal ends with messages of the peer and without the receipt for them");
  }
  for (const auto& [name, log, frontier] :
       {std::tuple{"sent", LogId::own_transcript, &own_.frontier()},
        std::tuple{"received", LogId::peer_transcript, &peer_.frontier()}}) {
    if (root_at(records_.hashes(log), frontier->size()) != frontier->root()) {
      return altered("the " + std::string(name) +
                     " transcript in the store is not the one that the journal tells of");
    }
  }
  return ok();
}

// By its prefix every message is named, so that another one in the configuration would rename what
// was said. The peer's is compared in its hello.
Status Core::compare_prefix_with_records() {
  const auto record = records_.message({false, own_.last_serial()});
  const auto envelope = record ? open_envelope(record->envelope) : Error{};
  const auto serial = envelope ? parse_written_serial(text_of((*envelope)->id())) : std::nullopt;
  if (!serial || serial->prefix == config_.prefix) return ok();
  return make_error(ErrorCode::configuration,
                    "the messages of this store are named with the prefix " + serial->prefix +
                        ", and the configuration says " + config_.prefix,
                    "write the old prefix in [party] again: it is for the life of a channel");
}

// An own message as the journal tells of it, to be sent: nothing else may go out under our
// signature.
MessageRecord Core::own_record(uint64_t serial, const Hash& leaf) {
  std::optional<MessageRecord> record = records_.message({false, serial});
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

}  // namespace hotline
