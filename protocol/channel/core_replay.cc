// What the store gives back as messages, compared with the configuration and the journal.
#include "protocol/channel/core.h"
#include "protocol/message/envelope.h"
#include "protocol/message/serial.h"

namespace hotline {

const char* Core::fault_in(const wire::Entry& entry) const {
  if (const char* fault = recorder_.fault_in(entry)) return fault;
  return Escalation::fault_in(entry);
}

// By its prefix every message is named, so that another one in the configuration would rename what
// was said. The peer's is compared in its hello.
Status Core::compare_prefix_with_records() {
  const auto record = recorder_.records().message({false, recorder_.own().last_serial()});
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

}  // namespace hotline
