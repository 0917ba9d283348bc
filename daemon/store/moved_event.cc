#include "daemon/store/moved_event.h"

#include "protocol/base/limits.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/channel/journal.h"
#include "protocol/message/correcting.h"
#include "protocol/message/envelope.h"
#include "protocol/message/incidents.h"

namespace hotline {
namespace {

struct ChangedMessage {
  MessageKey by;
  MessageKey target;
};

std::optional<ChangedMessage> changed_by(StoreReader& reader, uint64_t journal_index) {
  const auto record = reader.journal_entry(journal_index);
  const auto entry =
      record ? open_flatbuffer<wire::Entry>(record->entry, kJournalEntryIdentifier) : Error{};
  if (!entry) return std::nullopt;
  if (const wire::Released* own = (*entry)->fact_as_Released()) {
    if (own->refers_to() == nullptr) return std::nullopt;
    return ChangedMessage{{false, own->serial()}, from_wire(own->refers_to())};
  }
  const wire::Received* peers = (*entry)->fact_as_Received();
  if (peers == nullptr || peers->refers_to() == nullptr || peers->decline_code() != 0) {
    return std::nullopt;
  }
  return ChangedMessage{{true, peers->index()}, from_wire(peers->refers_to())};
}

void apply_correction(StoreReader& reader, MessageKey key, CorrectedMessage& message) {
  const auto made = reader.message(key);
  const auto envelope = made ? open_envelope(made->envelope) : Error{};
  const auto body = made ? open_body(made->body) : Error{};
  if (!envelope || !body || (*body)->content_as_correction() == nullptr) return;
  auto after = correct(message, *(*body)->content_as_correction(), (*envelope)->released_at());
  if (after) message = *std::move(after);
}

}  // namespace

std::optional<MovedEvent> event_moved_by(StoreReader& reader, uint64_t journal_index) {
  const auto changed = changed_by(reader, journal_index);
  const auto report = changed ? reader.message(changed->target) : std::nullopt;
  const auto envelope = report ? open_envelope(report->envelope) : Error{};
  const auto said = report ? open_body(report->body) : Error{};
  if (!envelope || !said || incident_effect(**said) != IncidentEffect::reports) return std::nullopt;
  CorrectedMessage message =
      as_said(**envelope, report->body, (*envelope)->mode() == wire::Mode::exercise);
  for (const FactRecord& fact : reader.facts_of(changed->target, limits::kCorrectionsMax).facts) {
    const auto correction =
        fact.kind == FactKind::corrected ? changed_by(reader, fact.journal_index) : std::nullopt;
    if (correction) apply_correction(reader, correction->by, message);
  }
  const auto newest = open_body(message.body);
  if (!newest) return std::nullopt;
  return MovedEvent{report->journal_index, event_point(**newest)};
}

}  // namespace hotline
