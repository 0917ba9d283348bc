#include "daemon/store/account.h"

#include <map>
#include <optional>
#include <vector>

#include "daemon/store/failure.h"
#include "daemon/store/sqlite/schema.h"
#include "protocol/channel/journal.h"
#include "protocol/message/envelope.h"

namespace hotline {
namespace {

std::string row(const char* table, uint64_t index, const std::string& what) {
  return StoreCorrupt(table, index, what).what();
}

// Where it is written that a message has a place in this transcript.
const char* place_table(LogId log) {
  return log == LogId::own_transcript ? "run" : leaf_table(log);
}

// A leaf, and the entry that tells of it.
struct ToldLeaf {
  Hash hash{};
  uint64_t journal_index = 0;
  uint64_t number = 0;  // Its message's.
};

// The leaves of both transcripts as the journal tells of them.
struct Account {
  std::map<uint64_t, ToldLeaf> released;
  std::vector<ToldLeaf> sent;
  std::vector<ToldLeaf> received;
  std::optional<uint64_t> unreceipted;  // The first Received entry without the receipt for it.
  bool recovers = false;                // A recovery gives one receipt for all, at its end.

  void add(uint64_t index, const wire::Entry& entry) {
    if (const auto* fact = entry.fact_as_Released()) {
      released[fact->serial()] = {to_hash(*fact->leaf_hash()), index, fact->serial()};
    } else if (const auto* numbered = entry.fact_as_Numbered()) {
      for (const uint64_t serial : *numbered->serials()) {
        const auto found = released.find(serial);
        if (found == released.end()) {
          throw StoreCorrupt("journal", index, "it numbers a message that was never released");
        }
        sent.push_back(found->second);
      }
    } else if (const auto* arrived = entry.fact_as_Received()) {
      received.push_back({to_hash(*arrived->leaf_hash()), index, arrived->index()});
      if (!unreceipted && !recovers) unreceipted = index;
    } else if (entry.fact_as_ReceiptGiven()) {
      unreceipted.reset();
    }
    recovers = recovers_from(entry).value_or(recovers);
  }
};

void compare(StoreReader& reader, LogId log, const std::vector<ToldLeaf>& leaves) {
  for (uint64_t index = 0; index < leaves.size(); ++index) {
    if (reader.hashes(log).subtree(0, index) != leaves[index].hash) {
      throw StoreCorrupt(leaf_table(log), leaves[index].number,
                         "it is not the message that journal entry " +
                             std::to_string(leaves[index].journal_index) + " tells of");
    }
  }
  if (reader.log_size(log) != leaves.size()) {
    throw StoreCorrupt(place_table(log), leaves.size(), "the journal tells of no such message");
  }
}

}  // namespace

std::string fault_at_the_ends(StoreReader& reader, const StoreHead& head, uint64_t own_size,
                              uint64_t last_serial, uint64_t peer_size) {
  std::string fault;
  reader.receipt_range(LogId::journal, head.size, 1, [&](const ReceiptRecord& receipt) {
    fault = row("journal", head.size,
                "it is missing: the peer cosigned " + std::to_string(receipt.size) +
                    " entries of this journal");
    return false;
  });
  if (!fault.empty()) return fault;
  for (const auto& [log, size] :
       {std::pair{LogId::own_transcript, own_size}, {LogId::peer_transcript, peer_size}}) {
    const uint64_t found = reader.log_size(log);
    if (found > size) {
      return row(place_table(log), size, "the journal tells of no such message");
    }
    if (found < size) return row(place_table(log), found, "it is missing");
  }
  for (const auto& [incoming, end] : {std::pair{false, last_serial + 1}, {true, peer_size}}) {
    const uint64_t found = reader.messages_end(incoming);
    if (found > end) {
      return row(message_table(incoming), found - 1, "the journal tells of no such message");
    }
  }
  return {};
}

std::vector<std::string> all_faults(StoreReader& reader) {
  std::vector<std::string> faults = reader.check();
  if (!faults.empty()) return faults;
  if (std::string fault = first_fault(reader); !fault.empty()) faults.push_back(fault);
  return faults;
}

std::string first_fault(StoreReader& reader) {
  try {
    Account account;
    const StoreHead head = reader.head();
    Frontier frontier;
    reader.journal_range(0, head.size + 1, [&](const JournalRecord& record) {
      const auto entry = open_flatbuffer<wire::Entry>(record.entry, kJournalEntryIdentifier);
      if (!entry) throw StoreCorrupt("journal", record.index, entry.error().reason);
      account.add(record.index, **entry);
      frontier.append(record.leaf_hash);
      return true;
    });
    if (frontier.size() != head.size) {
      throw StoreCorrupt("journal", frontier.size(), "it is missing");
    }
    if (account.unreceipted) {
      throw StoreCorrupt("journal", *account.unreceipted,
                         "the receipt that was stored with what it tells of is missing");
    }
    compare(reader, LogId::own_transcript, account.sent);
    compare(reader, LogId::peer_transcript, account.received);
  } catch (const RecordsError& error) {
    if (!is_damage(error)) throw;  // Then nothing is known of the rows.
    return error.what();
  }
  return {};
}

}  // namespace hotline
