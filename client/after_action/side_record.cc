#include "client/after_action/side_record.h"

#include <utility>

#include "protocol/base/strict_flatbuffer.h"
#include "protocol/channel/journal.h"
#include "protocol/channel/key_blocks.h"
#include "protocol/channel/policy_text.h"
#include "protocol/log/merkle.h"
#include "protocol/message/envelope.h"
#include "protocol/message/serial.h"

namespace hotline::client {

SideReading::SideReading(ChannelNames names, uint64_t cosigned, Period drill)
    : cosigned_(cosigned), drill_(drill) {
  record_.names = std::move(names);
  record_.statistics = JournalStatistics(Period{.since = drill.since, .until = {}});
}

std::string SideReading::name_of(const wire::MessageKey& key, const NameOf& incoming_name) const {
  return key.incoming() ? incoming_name(key.number())
                        : format_serial(record_.names.prefix, key.number());
}

void SideReading::take(const JournalItem& item, const wire::Entry& entry,
                       const NameOf& incoming_name) {
  const UtcMs at = on_a_clock(entry.at());
  const UtcMs wall = on_a_clock(at - on_a_clock(entry.ahead_ms()));
  const EntryProof proof{item.index, leaf_hash(item.entry), item.index < cosigned_, item.person};
  ++record_.entries;
  record_.not_cosigned += !proof.cosigned;
  if (drill_.has(at)) {
    if (record_.first_wall == 0) record_.first_wall = wall;
    record_.last_wall = wall;
  }
  record_.last_at = at;
  record_.statistics.take(entry);
  record_.link.take(entry);
  if (const auto* released = entry.fact_as_Released()) {
    take_released(*released, at, proof);
  } else if (const auto* numbered = entry.fact_as_Numbered()) {
    uint64_t place = numbered->first();
    for (const uint64_t serial : *numbered->serials()) {
      if (const auto found = by_serial_.extract(serial)) by_place_[place] = found.mapped();
      ++place;
    }
  } else if (const auto* received = entry.fact_as_Received()) {
    if (const std::string id = incoming_name(received->index()); !id.empty()) {
      record_.received.emplace(id, at);
    }
    const auto* of = received->refers_to();
    if (received->mismatch() && of != nullptr && !of->incoming()) {
      record_.misread.push_back({name_of(*of, incoming_name), at, proof});
    }
  } else if (const auto* decided = entry.fact_as_StepsDecided()) {
    take_steps(*decided, at, proof, incoming_name);
  } else if (const auto* found = entry.fact_as_ConflictFound()) {
    record_.conflicts.push_back({name_of(*found->own(), incoming_name),
                                 name_of(*found->peers(), incoming_name), at, proof});
  } else if (const auto* set = entry.fact_as_ExerciseClockSet()) {
    record_.clock_changes.push_back(
        {set->change(), set->speed_permille(), at, item.person, set->until()});
  } else if (const auto* began = entry.fact_as_AgreementBegan()) {
    if (auto policy = parse_policy(text_of(began->text()))) record_.policy = *std::move(policy);
  }
}

void SideReading::take_released(const wire::Released& released, UtcMs at, EntryProof proof) {
  by_serial_[released.serial()] = record_.messages.size();
  record_.messages.push_back({.id = {},
                              .type = released.type(),
                              .role = static_cast<wire::Role>(released.role()),
                              .at = at,
                              .entry = std::move(proof),
                              .envelope = {},
                              .body = {}});
}

void SideReading::take_steps(const wire::StepsDecided& decided, UtcMs at, const EntryProof& proof,
                             const NameOf& incoming_name) {
  for (const wire::Step* step : *decided.steps()) {
    const auto kind = static_cast<StepKind>(step->kind());
    if (kind == StepKind::alarm_again) continue;
    from_blocks(decided.messages()).visit([&](uint64_t number) {
      const wire::MessageKey key(decided.incoming(), number);
      record_.told.push_back({name_of(key, incoming_name), kind, text_of(step->rung()), at, proof});
      return true;
    });
  }
}

Result<SideRecord> SideReading::finish(audit::ExportedLog& sent) {
  for (const auto& [place, message_place] : by_place_) {
    if (place >= sent.size()) continue;
    const auto entry = sent.entry(place);
    if (!entry) return entry.error();
    SideRecord::Message& message = record_.messages[message_place];
    if (const auto envelope = open_envelope(entry->bytes)) message.id = text_of((*envelope)->id());
    message.envelope.assign(entry->bytes.begin(), entry->bytes.end());
    if (entry->part) message.body.assign(entry->part->bytes.begin(), entry->part->bytes.end());
  }
  return std::move(record_);
}

Result<SideRecord> read_side(const std::string& directory, uint64_t cosigned, const Period& drill) {
  const auto journal = journal_of_export(directory);
  if (!journal) return journal.error();
  SideReading reading((*journal)->names(), cosigned, drill);
  std::optional<Error> unreadable;
  const Status read = (*journal)->read(0, (*journal)->size(), [&](const JournalItem& item) {
    const auto entry = open_flatbuffer<wire::Entry>(item.entry, kJournalEntryIdentifier);
    if (!entry) {
      unreadable =
          make_error(ErrorCode::verification_failed,
                     "journal entry " + std::to_string(item.index) + ": " + entry.error().reason);
      return false;
    }
    // The entry's bytes are the journal's, which looking up a name leaves alone.
    reading.take(item, **entry, [&](uint64_t place) { return (*journal)->incoming_name(place); });
    return true;
  });
  if (unreadable) return *unreadable;
  if (!read) return read.error();
  const auto files = audit::ExportReader::open_export(directory);
  if (!files) return files.error();
  auto sent = audit::ExportedLog::open(*files, audit::ExportLog::sent);
  if (!sent) return sent.error();
  return reading.finish(*sent);
}

}  // namespace hotline::client
