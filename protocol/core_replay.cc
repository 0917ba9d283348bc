// What is asked of a journal entry before it is applied at a start. The journal's root is compared
// only at its end, so until then a damaged store could say anything; what the state asserts while
// running is therefore checked here, and refused with the entry's number.
#include <set>

#include "protocol/core.h"
#include "protocol/limits.h"

namespace hotline {
namespace {

bool is_precedence(uint8_t precedence) {
  return precedence >= kPrecedenceFirst && precedence <= kPrecedenceLast;
}

// No message has a higher number than a log has places; an absent key names none.
bool is_key(const wire::MessageKey* key) {
  return key == nullptr || key->number() <= limits::kTreeSizeMax;
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
      break;
    case wire::Fact::StepsDecided:
      if (!is_key(entry.fact_as_StepsDecided()->key())) return "it speaks of no message";
      break;
    case wire::Fact::AttemptEnded:
      if (!is_key(entry.fact_as_AttemptEnded()->key())) return "it speaks of no message";
      break;
    default:
      break;
  }
  return nullptr;
}

}  // namespace hotline
