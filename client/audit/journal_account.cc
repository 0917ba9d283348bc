#include "client/audit/journal_account.h"

#include <algorithm>
#include <utility>

namespace hotline::audit {

JournalAccount::JournalAccount(const ExportReader& reader, const LogSizes& sizes,
                               const std::vector<SignedNote>& sent_notes,
                               const std::vector<SignedNote>& received_notes,
                               const PerLog<Epochs>& epochs, FaultBook& faults)
    : reader_(reader),
      sizes_(sizes),
      epochs_(epochs),
      faults_(faults),
      sent_(reader, ExportLog::sent, sizes[ExportLog::sent], 0),
      received_(reader, ExportLog::received, sizes[ExportLog::received], 0),
      held_{sent_notes},
      given_{received_notes} {}

void JournalAccount::take(const JournalFact& fact) {
  switch (fact.kind) {
    case JournalFact::Kind::released:
      return take_released(fact);
    case JournalFact::Kind::numbered:
      return take_numbered(fact);
    case JournalFact::Kind::received:
      return take_received(fact);
    case JournalFact::Kind::receipt_held:
      return take_receipt(fact, ExportLog::sent);
    case JournalFact::Kind::receipt_given:
      return take_receipt(fact, ExportLog::received);
    case JournalFact::Kind::own_epoch:
      return take_epoch(fact, ExportLog::sent);
    case JournalFact::Kind::peers_epoch:
      return take_epoch(fact, ExportLog::received);
    case JournalFact::Kind::recovery_confirmed:
      return take_confirmed(fact);
  }
}

void JournalAccount::take_released(const JournalFact& fact) {
  if (fact.number <= last_serial_) {
    return fail(fact.entry, "its serial " + std::to_string(fact.number) +
                                " is not above those released before");
  }
  last_serial_ = fact.number;
  unnumbered_.push_back({fact.number, fact.hash, fact.at});
}

JournalAccount::Unnumbered* JournalAccount::find(uint64_t serial) {
  if (unnumbered_.empty() || serial < unnumbered_.front().serial) return nullptr;
  // Serials mostly have no gaps.
  auto found = unnumbered_.end();
  const uint64_t guess = serial - unnumbered_.front().serial;
  if (guess < unnumbered_.size() && unnumbered_[guess].serial == serial) {
    found = unnumbered_.begin() + static_cast<ptrdiff_t>(guess);
  } else {
    found = std::lower_bound(
        unnumbered_.begin(), unnumbered_.end(), serial,
        [](const Unnumbered& message, uint64_t wanted) { return message.serial < wanted; });
  }
  const bool is_there = found != unnumbered_.end() && found->serial == serial && !found->gone;
  return is_there ? &*found : nullptr;
}

void JournalAccount::take_numbered(const JournalFact& fact) {
  if (fact.number != numbered_) {
    return fail(fact.entry, "it begins at place " + std::to_string(fact.number) +
                                ", and the next is " + std::to_string(numbered_));
  }
  for (const uint64_t serial : fact.serials) {
    Unnumbered* message = find(serial);
    if (message == nullptr) {
      return fail(fact.entry, "it gives a place to serial " + std::to_string(serial) +
                                  ", which does not wait for one");
    }
    expect_leaf(ExportLog::sent, numbered_, message->leaf, fact.entry);
    unreceipted_sent_.push_back(message->at);
    ++numbered_;
    message->gone = true;
    while (!unnumbered_.empty() && unnumbered_.front().gone) unnumbered_.pop_front();
  }
  if (!fact.root_is_cosigned && !fact.serials.empty()) {
    numbered_roots_.push_back({fact.entry, numbered_, fact.hash, fact.epoch});
  }
}

void JournalAccount::take_received(const JournalFact& fact) {
  if (fact.number != received_count_) {
    return fail(fact.entry, "it is of place " + std::to_string(fact.number) + ", and the next is " +
                                std::to_string(received_count_));
  }
  expect_leaf(ExportLog::received, received_count_, fact.hash, fact.entry);
  unreceipted_received_.push_back(fact.at);
  ++received_count_;
}

void JournalAccount::take_receipt(const JournalFact& fact, ExportLog log) {
  const bool is_sent = log == ExportLog::sent;
  Receipts& receipts = is_sent ? held_ : given_;
  std::deque<UtcMs>& waiting = is_sent ? unreceipted_sent_ : unreceipted_received_;
  const Step step = is_sent ? Step::sent_receipts : Step::received_receipts;
  if (receipts.next < receipts.notes.size() && receipts.notes[receipts.next].hash == fact.hash) {
    ++receipts.next;
  } else {
    faults_.note(
        step, receipts.next,
        {cosigned_path(log), "note " + std::to_string(receipts.next) + " is not the receipt in " +
                                 entry_name(ExportLog::journal, fact.entry)});
  }
  const uint64_t covered = fact.number > receipts.size ? fact.number - receipts.size : 0;
  const auto done = std::min<uint64_t>(covered, waiting.size());
  waiting.erase(waiting.begin(), waiting.begin() + static_cast<ptrdiff_t>(done));
  receipts.size = std::max(receipts.size, fact.number);
}

void JournalAccount::take_epoch(const JournalFact& fact, ExportLog log) {
  const uint64_t number = ++epochs_told_[log];
  if (fact.epoch != number) return fail(fact.entry, "it is not the next epoch");
  // A transcript's epoch begins with its first leaf: a log that ends there is still of the last
  // one.
  if (epochs_[log].of(fact.number) == number - 1 && epochs_[log].of(fact.number + 1) == number) {
    return;
  }
  faults_.note(log == ExportLog::sent ? Step::sent_epochs : Step::received_epochs, fact.entry,
               {entry_name(ExportLog::journal, fact.entry),
                "no epoch begins at place " + std::to_string(fact.number) + " of " +
                    std::string(log_name(log))});
}

void JournalAccount::take_confirmed(const JournalFact& fact) {
  if (fact.epoch == 0 || fact.epoch != epochs_told_[ExportLog::sent] ||
      fact.epoch == confirmed_epoch_) {
    return fail(fact.entry, "it confirms no recovery that waits");
  }
  confirmed_epoch_ = fact.epoch;
}

void JournalAccount::expect_leaf(ExportLog log, uint64_t index, const Hash& hash,
                                 uint64_t journal_entry) {
  TileLevel& leaves = log == ExportLog::sent ? sent_ : received_;
  if (index < sizes_[log] && leaves.at(index) == hash) return;
  const std::string by = entry_name(ExportLog::journal, journal_entry);
  if (index == sizes_[log]) {
    fail_leaf(log, index, "it is missing; " + by + " speaks of it");
  } else if (index < sizes_[log]) {
    fail_leaf(log, index, "it is not the message that the journal has there; see " + by);
  }
}

void JournalAccount::finish() {
  if (numbered_ < sizes_[ExportLog::sent]) {
    fail_leaf(ExportLog::sent, numbered_, "no journal entry speaks of it");
  }
  if (received_count_ < sizes_[ExportLog::received]) {
    fail_leaf(ExportLog::received, received_count_, "no journal entry speaks of it");
  }
  for (const ExportLog log : {ExportLog::sent, ExportLog::received}) {
    if (epochs_told_[log] == epochs_[log].newest()) continue;
    const uint64_t first = epochs_[log].newest_first();
    // An entry that tells of an epoch which is none counts before it.
    faults_.note(log == ExportLog::sent ? Step::sent_epochs : Step::received_epochs, UINT64_MAX,
                 {entry_name(log, first, envelope_id(reader_, log, sizes_[log], first)),
                  "it begins an epoch of which no journal entry tells"});
  }
  const struct {
    const Receipts& receipts;
    Step step;
    ExportLog log;
  } both[] = {{held_, Step::sent_receipts, ExportLog::sent},
              {given_, Step::received_receipts, ExportLog::received}};
  for (const auto& one : both) {
    if (one.receipts.next == one.receipts.notes.size()) continue;
    faults_.note(one.step, one.receipts.next,
                 {cosigned_path(one.log),
                  "no journal entry has the receipt in note " + std::to_string(one.receipts.next)});
  }
}

void JournalAccount::check_numbered_roots() {
  TileRoots roots(reader_, ExportLog::sent, sizes_[ExportLog::sent]);
  for (const NumberedRoot& numbered : numbered_roots_) {
    if (numbered.size > sizes_[ExportLog::sent]) return;
    const bool is_root = roots.root_at(numbered.size) == numbered.root;
    if (is_root && epochs_[ExportLog::sent].of(numbered.size) == numbered.epoch) continue;
    faults_.note(Step::numbered_roots, numbered.entry,
                 {entry_name(ExportLog::journal, numbered.entry),
                  is_root ? "its checkpoint is of another epoch than the messages up to there"
                          : "the root in its checkpoint is not that of the messages up to there"});
    return;
  }
}

void JournalAccount::Waiting::count_since(UtcMs at, UtcMs before) {
  if (at >= before) return;
  if (count++ == 0 || at < since) since = at;
}

JournalAccount::Waiting JournalAccount::waiting_sent(UtcMs before) const {
  Waiting waiting;
  for (const UtcMs at : unreceipted_sent_) waiting.count_since(at, before);
  for (const Unnumbered& message : unnumbered_) {
    if (!message.gone) waiting.count_since(message.at, before);
  }
  return waiting;
}

JournalAccount::Waiting JournalAccount::waiting_received(UtcMs before) const {
  Waiting waiting;
  for (const UtcMs at : unreceipted_received_) waiting.count_since(at, before);
  return waiting;
}

void JournalAccount::fail(uint64_t entry, std::string reason) {
  faults_.note(Step::journal_facts, entry,
               {entry_name(ExportLog::journal, entry), std::move(reason)});
}

// They come in rising order: the first counts, and naming it costs a look into the export.
void JournalAccount::fail_leaf(ExportLog log, uint64_t index, std::string reason) {
  bool& failed = leaf_failed_[log];
  if (std::exchange(failed, true)) return;
  faults_.note(
      steps_of(log).entries, index,
      {entry_name(log, index, envelope_id(reader_, log, sizes_[log], index)), std::move(reason)});
}

}  // namespace hotline::audit
