#include "daemon/store/sqlite/search_index.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "daemon/store/search_limits.h"
#include "daemon/store/searched_text.h"
#include "daemon/store/sqlite/indexed_threads.h"
#include "daemon/store/sqlite/sqlite.h"
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/channel/journal.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/names.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

constexpr int32_t kIndexApplicationId = 0x484c5349;  // "HLSI", in the file's header.
// Raised with every change of the tables, and of what searched_text() finds: then it is made anew.
constexpr int32_t kIndexFormat = 5;

constexpr const char* kIndexTables[] = {
    "CREATE TABLE covered(id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL, "
    "last_leaf BLOB NOT NULL) STRICT",
    "INSERT INTO covered VALUES (1, 0, x'')",
    "CREATE TABLE message(journal_index INTEGER PRIMARY KEY, incoming INTEGER NOT NULL, "
    "number INTEGER NOT NULL, at INTEGER NOT NULL, type INTEGER NOT NULL, "
    "precedence INTEGER NOT NULL, name TEXT NOT NULL, thread INTEGER NOT NULL, code TEXT NOT NULL) "
    "STRICT",
    "CREATE INDEX message_name ON message(name)",
    "CREATE INDEX message_thread ON message(thread, journal_index)",
    "CREATE VIRTUAL TABLE words USING fts5(said, content='', columnsize=0, "
    "tokenize='unicode61 remove_diacritics 2')",
};

constexpr char kChosen[] =
    " (?1 = 2 OR m.incoming = ?1) AND (?2 = 0 OR m.type = ?2) AND (?3 = 0 OR m.precedence = ?3)"
    " AND (?5 = '' OR m.code = ?5) AND m.at >= ?6 AND m.at <= ?7";
constexpr char kOfThread[] = " AND m.thread IN (SELECT id FROM thread WHERE root = ?4)";
constexpr char kFromAll[] = " FROM message m WHERE";
constexpr char kFromWords[] =
    " FROM words CROSS JOIN message m ON m.journal_index = words.rowid WHERE words MATCH ?8 AND";
constexpr char kPlaces[] = "SELECT m.journal_index, m.incoming, m.number";
constexpr char kNewestFirst[] = " AND m.journal_index < ?9 ORDER BY m.journal_index DESC LIMIT ?10";
constexpr char kNewestWordsFirst[] = " AND words.rowid < ?9 ORDER BY words.rowid DESC LIMIT ?10";

struct IndexPlace {
  uint64_t journal_index = 0;
  MessageKey key;
};

// The connection and its statements.
struct OpenIndex {
  explicit OpenIndex(const std::string& path) : database(path, SQLITE_OPEN_READWRITE, "") {
    sqlite3_busy_timeout(database.handle(), 1000);
    database.execute("PRAGMA trusted_schema = 0");
    database.execute("PRAGMA cell_size_check = 1");
    database.execute("PRAGMA mmap_size = 0");
    database.execute("PRAGMA cache_size = -8192");
    database.execute("PRAGMA journal_mode = WAL");
    // A crash of the machine may undo what was taken in last, and with it how far it had come.
    // Whole flushes are rare, and no commit waits for them.
    database.execute("PRAGMA synchronous = NORMAL");
    database.execute("PRAGMA wal_autocheckpoint = 4096");
  }

  bool is_of_this_format() {
    return database.pragma("application_id") == kIndexApplicationId &&
           database.pragma("user_version") == kIndexFormat;
  }

  void make_tables() {
    database.execute("BEGIN IMMEDIATE");
    for (const char* statement : kIndexTables) database.execute(statement);
    for (const char* statement : IndexedThreads::tables()) database.execute(statement);
    database.execute("PRAGMA application_id = " + std::to_string(kIndexApplicationId));
    database.execute("PRAGMA user_version = " + std::to_string(kIndexFormat));
    database.execute("COMMIT");
  }

  Statement statement(const std::string& sql) { return {database, "search index", sql}; }

  Database database;
  IndexedThreads threads{database};
};

// Undoes what was not committed.
class IndexTransaction {
 public:
  explicit IndexTransaction(Database& database) : database_(database) {
    database_.execute("BEGIN IMMEDIATE");
  }
  IndexTransaction(const IndexTransaction&) = delete;
  IndexTransaction& operator=(const IndexTransaction&) = delete;
  ~IndexTransaction() {
    if (sqlite3_get_autocommit(database_.handle()) != 0) return;
    sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
  void commit() { database_.execute("COMMIT"); }

 private:
  Database& database_;
};

bool has_full_text_search() {
  return sqlite3_compileoption_used("ENABLE_FTS5") != 0;
}

Error no_full_text_search() {
  return make_error(ErrorCode::configuration,
                    "the SQLite of this daemon (" + std::string(sqlite3_libversion()) +
                        ") has no full-text search (FTS5)",
                    "install the libsqlite3-0 of Debian, then start hotlined again");
}

// An index that is damaged is made anew; one that cannot be read or written just now is not.
bool may_pass(const SqliteError& error) {
  switch (error.code()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return true;
    default:
      return false;
  }
}

class SqliteSearchIndex : public SearchIndex {
 public:
  SqliteSearchIndex(StoreReader& reader, std::string path)
      : reader_(reader), path_(std::move(path)) {}

  Result<IndexProgress> progress() override {
    if (auto ready = make_ready(); !ready) return ready.error();
    return IndexProgress{.covered = covered_, .size = reader_.head().size};
  }

  Result<IndexProgress> catch_up() override {
    // Its size was read before the messages: what is committed meanwhile only adds to them.
    Result<IndexProgress> now = progress();
    if (!now || now->is_complete()) return now;
    const Step step = read_step(now->size);
    if (auto written = on_index([&] { write_step(step); }); !written) return written.error();
    now->covered = covered_;
    return now;
  }

  Result<SearchOutcome> search(const SearchQuery& query,
                               const StoreReader::VisitMessage& visit) override {
    if (auto ready = make_ready(); !ready) return ready.error();
    SearchOutcome outcome;
    std::vector<IndexPlace> places;
    auto found = on_index([&] { places = find(query, outcome.total); });
    if (!found) return found.error();
    for (size_t i = 0; i < places.size() && i < query.list.limit; ++i) {
      const auto stored = reader_.stored_message(places[i].key);
      if (!stored || stored->record.journal_index != places[i].journal_index)
        return made_anew("it leads to another message");
      if (visit(*stored)) continue;
      outcome.more = true;
      return outcome;
    }
    outcome.more = places.size() > query.list.limit;
    return outcome;
  }

  Result<std::string> thread_name(const std::string& name) override {
    std::string found;
    const auto read = when_ready([&](IndexedThreads& threads) {
      if (const auto root = threads.root_of(name)) found = threads.name_of(*root);
    });
    return read ? Result<std::string>(found) : read.error();
  }

  Result<std::string> near_thread(const std::string& word) override {
    std::string found;
    const auto read = when_ready([&](IndexedThreads& threads) {
      if (!threads.root_of(word)) found = threads.near(word);
    });
    return read ? Result<std::string>(found) : read.error();
  }

  Result<uint64_t> count_messages(const std::string& thread) override {
    uint64_t count = 0;
    const auto read = when_ready([&](IndexedThreads& threads) {
      if (const auto root = threads.root_of(thread)) count = threads.count_messages(*root);
    });
    return read ? Result<uint64_t>(count) : read.error();
  }

  Result<IncidentEvents> incident_events() override {
    IncidentEvents found;
    const auto read = when_ready([&](IndexedThreads& threads) {
      found.events = threads.events(limits::kIncidentEventsMax, found.cut);
    });
    return read ? Result<IncidentEvents>(std::move(found)) : read.error();
  }

 private:
  struct Taken {
    uint64_t journal_index = 0;
    MessageKey key;
    uint64_t serial = 0;
    UtcMs at = 0;
    uint8_t type = 0;
    uint8_t precedence = 0;
    SearchedText searched;
    std::optional<MovedEvent> moved;  // By this correction.
  };
  struct Step {
    std::vector<Taken> messages;
    uint64_t covered = 0;
    Hash last_leaf{};
  };

  Step read_step(uint64_t size) {
    Step step;
    size_t bytes = 0;
    bool stopped = false;
    reader_.messages_from(covered_, limits::kIndexStepMessages, [&](const MessageRecord& record) {
      bytes += record.envelope.size() + record.body.size();
      step.messages.push_back({record.journal_index,
                               record.key,
                               record.serial,
                               record.committed_at,
                               record.type,
                               record.precedence,
                               searched_text(record),
                               {}});
      stopped = bytes >= limits::kIndexStepSize;
      return !stopped;
    });
    for (Taken& one : step.messages) {
      if (was_declined(one)) one.searched.take_as_declined();
      if (kind_of(one.type).effect == TargetEffect::corrects) {
        one.moved = event_moved_by(reader_, one.journal_index);
      }
    }
    const bool all = !stopped && step.messages.size() < limits::kIndexStepMessages;
    const uint64_t last = step.messages.empty() ? 0 : step.messages.back().journal_index + 1;
    step.covered = all ? std::max(size, last) : last;
    step.last_leaf = leaf_before(step.covered);
    return step;
  }

  // By the rules, of those that would do something to a thread.
  bool was_declined(const Taken& one) {
    const SearchedText& said = one.searched;
    const bool does_something =
        !said.incident.empty() || said.cancels || said.effect != IncidentEffect::none;
    if (!one.key.incoming || !does_something) return false;
    const auto record = reader_.journal_entry(one.journal_index);
    if (!record) return false;
    const auto entry = open_flatbuffer<wire::Entry>(record->entry, kJournalEntryIdentifier);
    const wire::Received* received = entry ? (*entry)->fact_as_Received() : nullptr;
    return received != nullptr && received->decline_code() != 0;
  }

  // That of the last entry which is covered: an index of another store has another one.
  Hash leaf_before(uint64_t covered) {
    const auto last = covered == 0 ? std::nullopt : reader_.journal_entry(covered - 1);
    return last ? last->leaf_hash : Hash{};
  }

  void write_step(const Step& step) {
    IndexTransaction transaction(open_->database);
    Statement message =
        open_->statement("INSERT INTO message VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    Statement words = open_->statement("INSERT INTO words(rowid, said) VALUES (?1, ?2)");
    for (const Taken& one : step.messages) {
      const SearchedText& said = one.searched;
      const int64_t thread = open_->threads.place(said);
      message.run(one.journal_index, one.key.incoming, one.key.number, one.at, one.type,
                  one.precedence, said.name, thread, said.code);
      words.run(one.journal_index, said.words);
      open_->threads.note({one.key, one.journal_index, one.serial, one.precedence, one.at}, said,
                          thread);
      if (one.moved) open_->threads.move(*one.moved);
    }
    open_->statement("UPDATE covered SET size = ?1, last_leaf = ?2")
        .run(step.covered, ByteView(step.last_leaf));
    transaction.commit();
    covered_ = step.covered;
  }

  std::vector<IndexPlace> find(const SearchQuery& query, uint64_t& total) {
    const std::string expression = match_expression(query.words);
    const std::string from = expression.empty() ? kFromAll : kFromWords;
    const int side = query.list.box == ListBox::incoming   ? 1
                     : query.list.box == ListBox::outgoing ? 0
                                                           : 2;
    const UtcMs since = query.since.value_or(std::numeric_limits<UtcMs>::min());
    const UtcMs until = query.until.value_or(std::numeric_limits<UtcMs>::max());
    const uint64_t before = std::min<uint64_t>(
        query.list.before_journal_index.value_or(limits::kTreeSizeMax), limits::kTreeSizeMax);
    int64_t root = 0;
    if (!query.incident.empty()) {
      const auto known = open_->threads.root_of(query.incident);
      if (!known) return {};
      root = *known;
    }
    const std::string chosen = std::string(kChosen) + (root != 0 ? kOfThread : "");
    // ?8 stands in both, so that the numbers of the others do not depend on it.
    Statement count = open_->statement("SELECT count(*), ?8" + from + chosen);
    Rows counted =
        count.query(side, query.type, query.precedence, root, query.code, since, until, expression);
    if (counted.next()) total = counted.as<uint64_t>(0);
    Statement newest = open_->statement(std::string(kPlaces) + ", ?8" + from + chosen +
                                        (expression.empty() ? kNewestFirst : kNewestWordsFirst));
    Rows rows = newest.query(side, query.type, query.precedence, root, query.code, since, until,
                             expression, before, uint64_t{query.list.limit} + 1);
    std::vector<IndexPlace> places;
    while (rows.next()) {
      places.push_back({rows.as<uint64_t>(0),
                        {.incoming = rows.integer(1) != 0, .number = rows.as<uint64_t>(2)}});
    }
    return places;
  }

  // Opens the file, or makes it; and makes it anew where it is of another store.
  Status make_ready() {
    if (!has_full_text_search()) return no_full_text_search();
    // Somebody took it away while it was open.
    if (open_ && access(path_.c_str(), F_OK) != 0) open_.reset();
    if (open_) return ok();
    if (access(path_.c_str(), F_OK) != 0) return make_file();
    bool readable = false;
    Hash last_leaf{};
    Status opened = on_index([&] { readable = read_file(last_leaf); });
    if (opened && readable && is_of_this_store(last_leaf)) return ok();
    const bool is_there = access(path_.c_str(), F_OK) == 0;
    if (!opened && is_there) return opened;
    return make_file();
  }

  bool read_file(Hash& last_leaf) {
    open_ = std::make_unique<OpenIndex>(path_);
    if (!open_->is_of_this_format()) return false;
    Statement statement = open_->statement("SELECT size, last_leaf FROM covered WHERE id = 1");
    Rows rows = statement.query();
    if (!rows.next()) return false;
    covered_ = rows.as<uint64_t>(0);
    if (covered_ != 0) last_leaf = rows.hash(1);
    return true;
  }

  bool is_of_this_store(const Hash& last_leaf) {
    return covered_ <= reader_.head().size && last_leaf == leaf_before(covered_);
  }

  Status make_file() {
    remove_file();
    const int file = open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return describe_refusal("cannot make the search index " + path_, errno, "df -h");
    close(file);
    return on_index([&] {
      open_ = std::make_unique<OpenIndex>(path_);
      open_->make_tables();
      covered_ = 0;
    });
  }

  void remove_file() {
    open_.reset();
    covered_ = 0;
    for (const char* suffix : {"", "-wal", "-shm"}) unlink((path_ + suffix).c_str());
  }

  Error made_anew(const std::string& fault) {
    remove_file();
    return make_error(
        ErrorCode::incomplete,
        "the search index was damaged, and is being made anew from the store: " + fault,
        "ask again in a moment");
  }

  template <typename Work>
  Status when_ready(Work work) {
    if (auto ready = make_ready(); !ready) return ready;
    return on_index([&] { work(open_->threads); });
  }

  // Runs what touches the file alone. Where it fails, the index is opened again the next time; a
  // damaged one is taken away.
  template <typename Work>
  Status on_index(Work work) {
    try {
      work();
      return ok();
    } catch (const SqliteError& error) {
      const bool is_gone = access(path_.c_str(), F_OK) != 0;
      if (is_gone || !may_pass(error)) return made_anew(is_gone ? "it is gone" : error.what());
      open_.reset();
      const Diagnosis diagnosis = error.diagnose(path_);
      return make_error(ErrorCode::failed, "the search index cannot be used: " + diagnosis.cause,
                        diagnosis.remedy);
    } catch (const StoreCorrupt& error) {
      return made_anew(error.what());
    }
  }

  StoreReader& reader_;
  const std::string path_;
  std::unique_ptr<OpenIndex> open_;
  uint64_t covered_ = 0;
};

// A piece that stands between quotes, or a word.
void add_phrase(std::string& expression, std::string_view piece, bool is_word) {
  std::string text = fold_letters(piece);
  if (const auto serial = is_word ? parse_serial(upper_case(text)) : std::nullopt) {
    text = format_serial(*serial);
    is_word = false;
  }
  if (!expression.empty()) expression += ' ';
  expression += '"' + text + (is_word ? "\" *" : "\"");
}

}  // namespace

std::unique_ptr<SearchIndex> make_search_index(StoreReader& reader, const std::string& store_path) {
  return std::make_unique<SqliteSearchIndex>(reader, search_index_path(store_path));
}

std::string search_index_path(const std::string& store_path) {
  return store_path + "-search";
}

std::string match_expression(std::string_view typed) {
  std::string expression;
  std::string piece;
  bool quoted = false;
  const auto end_piece = [&] {
    if (!piece.empty()) add_phrase(expression, std::exchange(piece, {}), !quoted);
  };
  for (const char c : typed) {
    const bool is_space = static_cast<unsigned char>(c) <= ' ';
    if (c == '"') {
      end_piece();
      quoted = !quoted;
    } else if (is_space && !quoted) {
      end_piece();
    } else {
      piece += is_space ? ' ' : c;
    }
  }
  end_piece();
  // Quotes with nothing in them are found nowhere, which is not the same as no words.
  return expression.empty() && !is_blank(typed) ? "\"\"" : expression;
}

}  // namespace hotline
