#include "daemon/store/sqlite/reader.h"

#include <algorithm>
#include <limits>

#include "daemon/store/sqlite/rows.h"
#include "daemon/store/sqlite/schema.h"
#include "daemon/store/sqlite/search_index.h"
#include "daemon/store/sqlite/thorough_check.h"
#include "protocol/base/check.h"
#include "protocol/log/merkle.h"

namespace hotline {
namespace {

// One consistent state for a read of several statements; commits go on meanwhile. One within
// another belongs to the outer one.
class ReadTransaction {
 public:
  explicit ReadTransaction(Database& database)
      : database_(database), outermost_(sqlite3_get_autocommit(database.handle()) != 0) {
    if (outermost_) database_.execute("BEGIN");
  }
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;
  // Ends what was only read: a failure here leaves nothing to do and nothing undone.
  ~ReadTransaction() {
    if (outermost_) sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }

 private:
  Database& database_;
  const bool outermost_;
};

// The columns from `kind` on.
FactRecord fact_from(const Rows& rows, MessageKey key, int kind) {
  FactRecord fact;
  fact.key = key;
  fact.kind = rows.as<FactKind>(kind);
  fact.at = rows.integer(kind + 1);
  fact.journal_index = rows.as<uint64_t>(kind + 2);
  fact.code = rows.as<uint16_t>(kind + 3);
  fact.detail = rows.text(kind + 4);
  return fact;
}

ReceiptRecord receipt_from(const Rows& rows, LogId log) {
  ReceiptRecord record;
  record.log = log;
  record.size = rows.as<uint64_t>(0);
  record.at = rows.integer(1);
  record.time_s = rows.as<uint64_t>(2);
  record.journal_index = rows.as<uint64_t>(3);
  record.note = rows.text(4);
  return record;
}

void add_fact(StoredMessage& message, const FactRecord& fact) {
  // The first of a kind counts; a repetition does not make it happen later.
  const auto set_once = [&fact](UtcMs& at) {
    const bool first = at == 0;
    if (first) at = fact.at;
    return first;
  };
  switch (fact.kind) {
    case FactKind::acknowledged:
      if (set_once(message.acknowledged_at)) message.acknowledged_role = fact.code;
      break;
    case FactKind::answered:
      set_once(message.answered_at);
      break;
    case FactKind::answered_in_part:
      set_once(message.answered_in_part_at);
      break;
    case FactKind::declined:
      if (set_once(message.declined_at)) message.decline_code = fact.code;
      break;
    case FactKind::corrected:
      set_once(message.corrected_at);
      break;
    case FactKind::cancelled:
      set_once(message.cancelled_at);
      break;
    case FactKind::disseminated:
      if (set_once(message.disseminated_at)) message.audience = fact.code;
      break;
    case FactKind::rung:
      // Other steps of the ladder have no name, and take none away.
      if (!fact.detail.empty()) message.rung = fact.detail;
      break;
    case FactKind::mismatch:
      message.mismatch = true;
      break;
    case FactKind::read_back:
      message.mismatch = false;
      break;
    case FactKind::alarm:
    case FactKind::attempt:
      break;
  }
}

void check_about(const Rows& rows, const char* table, MessageKey expected) {
  const MessageKey about{.incoming = rows.integer(1) != 0, .number = rows.as<uint64_t>(2)};
  if (about == expected) return;
  throw StoreCorrupt(table, rows.as<uint64_t>(0), "it is about another message");
}

LogId transcript_of(bool incoming) {
  return incoming ? LogId::peer_transcript : LogId::own_transcript;
}

std::string from(const char* table) {
  return std::string(" FROM ") + table;
}

constexpr char kFactColumns[] =
    "SELECT id, incoming, number, kind, at, journal_index, code, detail, seal FROM fact ";
const std::string kFactsOfKind =
    kFactColumns + std::string("WHERE incoming = ?1 AND number = ?2 AND kind = ?3 ");

// So many tell the state of a message: the first of each kind, and of its rungs, among which stand
// the alarms that sounded again, the last with a name.
constexpr size_t kFactsOfState = 32;

constexpr char kReceiptColumns[] = "SELECT size, at, time_s, journal_index, note, seal";

}  // namespace

SqliteReader::Side::Side(Database& database, bool incoming)
    : messages(database, message_table(incoming)),
      newest_receipt(database, receipt_table(transcript_of(incoming)),
                     kReceiptColumns + from(receipt_table(transcript_of(incoming))) +
                         " WHERE size >= ?1 ORDER BY size DESC LIMIT 1"),
      covering_receipt(database, receipt_table(transcript_of(incoming)),
                       kReceiptColumns + from(receipt_table(transcript_of(incoming))) +
                           " WHERE size > ?1 ORDER BY size LIMIT 1") {}

SqliteReader::SqliteReader(const std::string& path, const SqliteOptions& options)
    : path_(path),
      database_(open_for_reading(path, options)),
      own_(database_, false),
      peer_(database_, true),
      journal_hashes_(database_, LogId::journal),
      own_hashes_(database_, LogId::own_transcript),
      peer_hashes_(database_, LogId::peer_transcript),
      runs_(database_),
      person_(database_, "person",
              "SELECT id, certificate, seal FROM person WHERE certificate = ?1"),
      certificate_(database_, "person", "SELECT id, certificate, seal FROM person WHERE id = ?1"),
      facts_(database_, "fact",
             kFactColumns + std::string("WHERE incoming = ?1 AND number = ?2 ORDER BY kind, id "
                                        "LIMIT ?3")),
      first_facts_(database_, "fact", kFactsOfKind + std::string("ORDER BY id LIMIT ?4")),
      last_facts_(database_, "fact", kFactsOfKind + std::string("ORDER BY id DESC LIMIT ?4")),
      count_facts_(database_, "fact",
                   "SELECT count(*) FROM (SELECT 1 FROM fact WHERE incoming = ?1 AND number = ?2 "
                   "AND kind = ?3 LIMIT ?4)"),
      group_facts_(database_, "group_fact",
                   "SELECT id, incoming, first, members, kind, at, journal_index, code, detail, "
                   "seal FROM group_fact WHERE incoming = ?1 AND first = ?2 ORDER BY id LIMIT ?3"),
      journal_(database_, "journal"),
      head_(database_, "head", kHeadQuery) {}

std::optional<MessageRecord> SqliteReader::message(MessageKey key) {
  PackReader& messages = side(key.incoming).messages;
  if (!messages.seek(key.number) || messages.key() != key.number) return std::nullopt;
  ReadMessage read = message_from(messages.row(), key.incoming);
  if (read.submitter != kNobody) read.record.submitter = certificate_of(read.submitter);
  return std::move(read.record);
}

std::optional<MessageKey> SqliteReader::find_incoming(uint64_t serial) {
  const auto found = runs_.find(RunMap::peer_place_of, serial);
  if (!found) return std::nullopt;
  const MessageKey key{.incoming = true, .number = found->target};
  const std::optional<MessageRecord> record = message(key);
  if (!record || record->serial != serial) {
    throw StoreCorrupt("run", static_cast<uint64_t>(RunMap::peer_place_of),
                       "serial " + std::to_string(serial) + " leads to another message");
  }
  return key;
}

std::optional<MessageKey> SqliteReader::find_submission(const Hash& submitter, uint64_t counter) {
  const std::optional<int64_t> who = person(submitter);
  if (!who) return std::nullopt;
  const auto found = runs_.find(submissions_of(*who), counter);
  if (!found) return std::nullopt;
  return MessageKey{.incoming = false, .number = found->target};
}

std::optional<uint64_t> SqliteReader::serial_at(uint64_t index) {
  const auto found = runs_.find(RunMap::own_serial_at, index);
  if (!found) return std::nullopt;
  return found->target;
}

const HashSource& SqliteReader::hashes(LogId log) {
  switch (log) {
    case LogId::journal:
      return journal_hashes_;
    case LogId::own_transcript:
      return own_hashes_;
    case LogId::peer_transcript:
      return peer_hashes_;
  }
  HOTLINE_CHECK(false);
}

std::optional<StoredMessage> SqliteReader::stored_message(MessageKey key) {
  ReadTransaction transaction(database_);
  std::optional<StoredMessage> stored = message_and_place(key);
  if (!stored) return std::nullopt;
  if (stored->transcript_index) {
    const LogId transcript = transcript_of(key.incoming);
    if (const std::optional<ReceiptRecord> held =
            receipt(side(key.incoming).covering_receipt, transcript, *stored->transcript_index)) {
      stored->delivered_at = held->at;
      stored->receipt_time_s = held->time_s;
    }
  }
  for (const FactRecord& fact : facts_of(key, kFactsOfState).facts) add_fact(*stored, fact);
  return stored;
}

bool SqliteReader::list(const ListQuery& query, const VisitMessage& visit) {
  ReadTransaction transaction(database_);
  const std::vector<ListPlace> places = newest(query);
  for (size_t i = 0; i < places.size() && i < query.limit; ++i) {
    const std::optional<StoredMessage> stored = stored_message(places[i].key);
    if (!stored || stored->record.journal_index != places[i].journal_index) {
      throw StoreCorrupt(message_table(places[i].key.incoming), places[i].key.number,
                         "a list leads to it, but it is not there");
    }
    if (!visit(*stored)) return true;
  }
  return places.size() > query.limit;
}

void SqliteReader::messages_from(uint64_t journal_index, uint64_t limit, const VisitRecord& visit) {
  ReadTransaction transaction(database_);
  PackReader& own = own_.messages;
  PackReader& peers = peer_.messages;
  bool own_left = own.seek(first_not_before(own_, journal_index));
  bool peers_left = peers.seek(first_not_before(peer_, journal_index));
  for (uint64_t i = 0; i < limit && (own_left || peers_left); ++i) {
    const bool incoming =
        !own_left || (peers_left && journal_index_in(peers.row()) < journal_index_in(own.row()));
    PackReader& next = incoming ? peers : own;
    if (!visit(message_from(next.row(), incoming).record)) return;
    (incoming ? peers_left : own_left) = next.next();
  }
}

SearchIndex& SqliteReader::search_index() {
  if (!search_index_) search_index_ = make_search_index(*this, path_);
  return *search_index_;
}

// Most messages have few: these are read at once. Where there are more, each kind is asked for by
// its two ends.
Facts SqliteReader::facts_of(MessageKey key, size_t each_max) {
  ReadTransaction transaction(database_);
  Facts facts;
  std::vector<NumberedFact> found =
      numbered_facts(facts_.query(key.incoming, key.number, uint64_t{each_max} + 1), key);
  if (found.size() <= each_max) {
    facts.total = found.size();
  } else {
    found.clear();
    for (auto kind = FactKind::acknowledged; kind <= kFactKindLast;
         kind = static_cast<FactKind>(static_cast<uint8_t>(kind) + 1)) {
      add_facts_of_kind(key, kind, each_max, found, facts);
    }
  }
  std::sort(found.begin(), found.end(),
            [](const NumberedFact& a, const NumberedFact& b) { return a.first < b.first; });
  for (NumberedFact& one : found) facts.facts.push_back(std::move(one.second));
  add_group_facts(key, facts);
  // As the journal tells of them.
  std::stable_sort(
      facts.facts.begin(), facts.facts.end(),
      [](const FactRecord& a, const FactRecord& b) { return a.journal_index < b.journal_index; });
  return facts;
}

// A message climbs few rungs, each with few attempts, and shares these facts with its neighbours.
void SqliteReader::add_group_facts(MessageKey key, Facts& facts) {
  const uint64_t first = key.number / GroupFactRecord::kGroup * GroupFactRecord::kGroup;
  Rows rows = group_facts_.query(key.incoming, first, uint64_t{limits::kFactsCounted});
  while (rows.next_sealed()) {
    check_about(rows, "group_fact", {.incoming = key.incoming, .number = first});
    if (!is_member(rows.blob(3), key.number)) continue;
    facts.facts.push_back(fact_from(rows, key, 4));
    ++facts.total;
  }
}

void SqliteReader::add_facts_of_kind(MessageKey key, FactKind kind, size_t each_max,
                                     std::vector<NumberedFact>& found, Facts& facts) {
  std::vector<NumberedFact> first =
      numbered_facts(first_facts_.query(key.incoming, key.number, kind, uint64_t{each_max}), key);
  facts.total += first.size();
  if (first.size() == each_max) {
    Rows rows =
        count_facts_.query(key.incoming, key.number, kind, uint64_t{limits::kFactsCounted} + 1);
    const uint64_t count = rows.next() ? rows.as<uint64_t>(0) : 0;
    facts.total += std::min<uint64_t>(count, limits::kFactsCounted) - first.size();
    facts.uncounted = facts.uncounted || count > limits::kFactsCounted;
    for (NumberedFact& one : numbered_facts(
             last_facts_.query(key.incoming, key.number, kind, uint64_t{each_max}), key)) {
      if (one.first > first.back().first) found.push_back(std::move(one));
    }
  }
  std::move(first.begin(), first.end(), std::back_inserter(found));
}

std::vector<SqliteReader::NumberedFact> SqliteReader::numbered_facts(Rows rows, MessageKey key) {
  std::vector<NumberedFact> facts;
  while (rows.next_sealed()) {
    check_about(rows, "fact", key);
    facts.emplace_back(rows.integer(0), fact_from(rows, key, 3));
  }
  return facts;
}

std::optional<JournalRecord> SqliteReader::journal_entry(uint64_t index) {
  if (!journal_.seek(index) || journal_.key() != index) return std::nullopt;
  return entry_from(journal_.row());
}

void SqliteReader::journal_range(uint64_t from_index, uint64_t limit, const VisitEntry& visit) {
  ReadTransaction transaction(database_);
  bool found = journal_.seek(from_index);
  for (uint64_t index = from_index; found && index - from_index < limit; ++index) {
    if (journal_.key() != index) throw StoreCorrupt("journal", index, "it is missing");
    if (!visit(entry_from(journal_.row()))) return;
    found = journal_.next();
  }
}

void SqliteReader::transcript_range(LogId transcript, uint64_t from_index, uint64_t limit,
                                    const VisitLeaf& visit) {
  ReadTransaction transaction(database_);
  const bool incoming = transcript == LogId::peer_transcript;
  for (uint64_t index = from_index; index < from_index + limit; ++index) {
    uint64_t number = index;
    if (!incoming) {
      const std::optional<uint64_t> serial = serial_at(index);
      if (!serial) return;
      number = *serial;
    }
    const std::optional<StoredMessage> stored =
        message_and_place({.incoming = incoming, .number = number});
    if (!stored) {
      if (incoming && index >= log_size(transcript)) return;
      throw StoreCorrupt(leaf_table(transcript), index, "its message is missing");
    }
    if (stored->transcript_index != index) {
      throw StoreCorrupt(leaf_table(transcript), index, "its message stands at another place");
    }
    if (!visit(index, stored->record)) return;
  }
}

void SqliteReader::receipt_range(LogId log, uint64_t after_size, uint64_t limit,
                                 const VisitReceipt& visit) {
  const char* table = receipt_table(log);
  Statement statement(database_, table,
                      kReceiptColumns + from(table) + " WHERE size > ?1 ORDER BY size LIMIT ?2");
  Rows rows = statement.query(after_size, limit);
  while (rows.next_sealed()) {
    if (!visit(receipt_from(rows, log))) return;
  }
}

std::optional<ReceiptRecord> SqliteReader::newest_receipt(LogId transcript) {
  return receipt(side(transcript == LogId::peer_transcript).newest_receipt, transcript, 0);
}

std::optional<ReceiptRecord> SqliteReader::receipt_covering(LogId transcript, uint64_t index) {
  return receipt(side(transcript == LogId::peer_transcript).covering_receipt, transcript, index);
}

uint64_t SqliteReader::last_counter(const Hash& submitter) {
  const std::optional<int64_t> who = person(submitter);
  const uint64_t end = who ? runs_.end(submissions_of(*who)) : 0;
  return end == 0 ? 0 : end - 1;
}

StoreHead SqliteReader::head() {
  Rows rows = head_.query();
  if (!rows.next_sealed()) throw StoreCorrupt("head", 1, "it is missing");
  return {.size = rows.as<uint64_t>(1), .root = rows.hash(2)};
}

uint64_t SqliteReader::log_size(LogId log) {
  return static_cast<const StoreHashes&>(hashes(log)).size();
}

uint64_t SqliteReader::messages_end(bool incoming) {
  return side(incoming).messages.end_key();
}

std::vector<std::string> SqliteReader::check() {
  ReadTransaction transaction(database_);
  return check_store(database_, *this);
}

std::optional<StoredMessage> SqliteReader::message_and_place(MessageKey key) {
  std::optional<MessageRecord> record = message(key);
  if (!record) return std::nullopt;
  StoredMessage stored;
  stored.record = *std::move(record);
  stored.transcript_index = place_of(stored.record);
  return stored;
}

std::optional<uint64_t> SqliteReader::place_of(const MessageRecord& record) {
  if (record.key.incoming) return record.key.number;
  const auto found = runs_.find(RunMap::own_place_of, record.key.number);
  if (!found) return std::nullopt;
  if (serial_at(found->target) != record.key.number) {
    throw StoreCorrupt("run", static_cast<uint64_t>(RunMap::own_place_of),
                       "message " + std::to_string(record.key.number) +
                           " is said to stand where another one stands");
  }
  return found->target;
}

std::optional<int64_t> SqliteReader::person(const Hash& certificate) {
  Rows rows = person_.query(certificate);
  if (!rows.next_sealed()) return std::nullopt;
  return rows.integer(0);
}

const Hash& SqliteReader::certificate_of(int64_t person) {
  const auto known = certificates_.find(person);
  if (known != certificates_.end()) return known->second;
  Rows rows = certificate_.query(person);
  if (!rows.next_sealed()) {
    throw StoreCorrupt("person", static_cast<uint64_t>(person), "it is missing");
  }
  return certificates_[person] = rows.hash(1);
}

std::optional<ReceiptRecord> SqliteReader::receipt(Statement& statement, LogId transcript,
                                                   uint64_t bound) {
  Rows rows = statement.query(bound);
  if (!rows.next_sealed()) return std::nullopt;
  return receipt_from(rows, transcript);
}

// Messages are numbered in the order of their journal entries, with gaps, so that halving finds it.
uint64_t SqliteReader::first_not_before(Side& side, uint64_t bound) {
  uint64_t low = 0;
  uint64_t high = std::numeric_limits<int64_t>::max();
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    if (side.messages.seek(middle) && journal_index_in(side.messages.row()) < bound) {
      low = side.messages.key() + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::vector<SqliteReader::ListPlace> SqliteReader::newest(const ListQuery& query) {
  const uint64_t count = uint64_t{query.limit} + 1;  // One more tells whether there are more.
  std::vector<ListPlace> places;
  for (const bool incoming : {false, true}) {
    if (query.box == (incoming ? ListBox::outgoing : ListBox::incoming)) continue;
    const uint64_t end = query.before_journal_index
                             ? first_not_before(side(incoming), *query.before_journal_index)
                             : std::numeric_limits<int64_t>::max();
    PackReader& messages = side(incoming).messages;
    bool found = messages.seek_before(end);
    for (uint64_t i = 0; found && i < count; ++i, found = messages.previous()) {
      places.push_back({.journal_index = journal_index_in(messages.row()),
                        .key = {.incoming = incoming, .number = messages.key()}});
    }
  }
  std::sort(places.begin(), places.end(), [](const ListPlace& a, const ListPlace& b) {
    return a.journal_index > b.journal_index;
  });
  if (places.size() > count) places.resize(count);
  return places;
}

}  // namespace hotline
