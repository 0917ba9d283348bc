#include "daemon/store/sqlite/indexed_threads.h"

#include <optional>
#include <utility>

#include "daemon/store/search_limits.h"
#include "protocol/base/nearest.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

constexpr char kTable[] = "search index";

struct Coordinates {
  explicit Coordinates(const EventPoint& event) {
    if (!event.position) return;
    latitude = event.position->latitude_e5;
    longitude = event.position->longitude_e5;
  }
  std::optional<int64_t> latitude;
  std::optional<int64_t> longitude;
};

// A word without what tells one of a row from the next: area-1 is no slip of area-2, nor sector-n
// of sector-s.
std::string without_counters(const std::string& word) {
  constexpr size_t kCounterMax = 2;
  std::string kept;
  std::string part;
  for (const char c : word + '-') {
    if (c >= '0' && c <= '9') continue;
    if (c != '-' && c != '_' && c != '.') {
      part += c;
    } else {
      if (part.size() > kCounterMax) kept += part + '-';
      part.clear();
    }
  }
  return kept;
}

}  // namespace

const std::vector<const char*>& IndexedThreads::tables() {
  static const std::vector<const char*> tables = {
      // A thread that joined others names the one that stands for all of them; `size` counts the
      // threads that a root stands for.
      "CREATE TABLE thread(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
      "root INTEGER NOT NULL, size INTEGER NOT NULL, is_word INTEGER NOT NULL) STRICT",
      "CREATE INDEX thread_root ON thread(root)",
      "CREATE INDEX thread_word ON thread(id) WHERE is_word = 1",
      "CREATE TABLE incident_event(journal_index INTEGER PRIMARY KEY, incoming INTEGER NOT NULL, "
      "number INTEGER NOT NULL, thread INTEGER NOT NULL, effect INTEGER NOT NULL, "
      "at INTEGER NOT NULL, event_at INTEGER, latitude INTEGER, longitude INTEGER, "
      "serial INTEGER NOT NULL, precedence INTEGER NOT NULL, released_at INTEGER NOT NULL, "
      "joins INTEGER NOT NULL, peer_entries INTEGER NOT NULL, cancelled INTEGER NOT NULL) STRICT",
      "CREATE INDEX incident_event_side ON incident_event(incoming, journal_index)",
  };
  return tables;
}

int64_t IndexedThreads::place(const SearchedText& said) {
  for (const std::string& named : {said.incident, said.speaks_of(), said.name}) {
    if (!named.empty()) return make(named);
  }
  return 0;
}

void IndexedThreads::note(const IndexedMessage& message, const SearchedText& said, int64_t thread) {
  // Somebody spoke of it before it came: that is its thread too.
  if (const auto named = said.name.empty() ? std::nullopt : find_named(said.name)) {
    join(thread, *named);
  }
  if (said.cancels) cancel(said.speaks_of(), message.key.incoming);
  if (said.effect == IncidentEffect::none || thread == 0) return;
  const bool joins = said.effect == IncidentEffect::opens && !said.references.empty();
  if (joins) {
    for (const std::string& named : said.references) join(thread, make(named));
  }
  const Coordinates coordinates(said.event);
  Statement(database_, kTable,
            "INSERT INTO incident_event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
            "?13, ?14, 0)")
      .run(message.journal_index, message.key.incoming, message.key.number, thread, said.effect,
           message.at, said.event.at, coordinates.latitude, coordinates.longitude, message.serial,
           message.precedence, said.released_at, joins, said.peer_entries);
}

void IndexedThreads::move(const MovedEvent& moved) {
  const Coordinates coordinates(moved.event);
  Statement(database_, kTable,
            "UPDATE incident_event SET event_at = ?2, latitude = ?3, longitude = ?4 "
            "WHERE journal_index = ?1")
      .run(moved.journal_index, moved.event.at, coordinates.latitude, coordinates.longitude);
}

std::optional<int64_t> IndexedThreads::root_of(const std::string& name) {
  const auto thread = find(name);
  return thread ? std::optional(root(*thread)) : std::nullopt;
}

std::string IndexedThreads::name_of(int64_t root) {
  Statement statement(database_, kTable, "SELECT name FROM thread WHERE id = ?1");
  Rows rows = statement.query(root);
  return rows.next() ? std::string(rows.text(0)) : std::string();
}

std::vector<IncidentEvent> IndexedThreads::events(size_t each_max, bool& cut) {
  Statement statement(
      database_, kTable,
      "SELECT e.journal_index, e.number, e.effect, e.at, e.event_at, e.latitude, e.longitude, "
      "r.name, t.name, e.serial, e.precedence, e.released_at, e.joins, e.peer_entries, "
      "e.cancelled FROM incident_event e JOIN thread t ON t.id = e.thread JOIN thread r ON r.id = "
      "t.root "
      "WHERE e.incoming = ?1 ORDER BY e.journal_index DESC LIMIT ?2");
  std::vector<IncidentEvent> events;
  for (const bool incoming : {false, true}) {
    Rows rows = statement.query(incoming, uint64_t{each_max} + 1);
    for (size_t count = 0; rows.next(); ++count) {
      if (count == each_max) {
        cut = true;
        break;
      }
      IncidentEvent event{.thread = std::string(rows.text(7)),
                          .own_thread = std::string(rows.text(8)),
                          .journal_index = rows.as<uint64_t>(0),
                          .key = {.incoming = incoming, .number = rows.as<uint64_t>(1)},
                          .serial = rows.as<uint64_t>(9),
                          .effect = rows.as<IncidentEffect>(2),
                          .precedence = rows.as<uint8_t>(10),
                          .at = rows.integer(3),
                          .released_at = rows.integer(11),
                          .joins = rows.integer(12) != 0,
                          .cancelled = rows.integer(14) != 0,
                          .peer_entries = rows.as<uint64_t>(13)};
      if (!rows.is_null(4)) event.event.at = rows.integer(4);
      if (!rows.is_null(5)) event.event.position = {rows.as<int32_t>(5), rows.as<int32_t>(6)};
      events.push_back(std::move(event));
    }
  }
  return events;
}

std::string IndexedThreads::near(const std::string& word) {
  Statement statement(database_, kTable,
                      "SELECT name FROM thread WHERE is_word = 1 ORDER BY id DESC LIMIT ?1");
  Rows rows = statement.query(uint64_t{limits::kThreadWordsCompared});
  std::vector<std::string> words;
  while (rows.next()) {
    std::string known(rows.text(0));
    if (without_counters(known) != without_counters(word)) words.push_back(std::move(known));
  }
  return nearest_word(word, words).value_or("");
}

uint64_t IndexedThreads::count_messages(int64_t root) {
  Statement statement(
      database_, kTable,
      "SELECT count(*) FROM message WHERE thread IN (SELECT id FROM thread WHERE root = ?1)");
  Rows rows = statement.query(root);
  return rows.next() ? rows.as<uint64_t>(0) : 0;
}

// A message's name stands for the thread that the message belongs to.
std::optional<int64_t> IndexedThreads::find(const std::string& name) {
  Statement statement(database_, kTable,
                      "SELECT thread FROM message WHERE name = ?1 AND thread <> 0 LIMIT 1");
  Rows rows = statement.query(name);
  return rows.next() ? std::optional(rows.integer(0)) : find_named(name);
}

std::optional<int64_t> IndexedThreads::find_named(const std::string& name) {
  Statement statement(database_, kTable, "SELECT id FROM thread WHERE name = ?1");
  Rows rows = statement.query(name);
  return rows.next() ? std::optional(rows.integer(0)) : std::nullopt;
}

int64_t IndexedThreads::make(const std::string& name) {
  if (const auto known = find(name)) return *known;
  Statement(database_, kTable,
            "INSERT INTO thread(name, root, size, is_word) VALUES (?1, 0, 1, ?2)")
      .run(name, !parse_serial(name));
  const int64_t id = sqlite3_last_insert_rowid(database_.handle());
  Statement(database_, kTable, "UPDATE thread SET root = ?1 WHERE id = ?1").run(id);
  return id;
}

int64_t IndexedThreads::root(int64_t thread) {
  Statement statement(database_, kTable, "SELECT root FROM thread WHERE id = ?1");
  Rows rows = statement.query(thread);
  return rows.next() ? rows.integer(0) : thread;
}

// The smaller one goes to the larger, so that no flood of joins moves many threads again and again.
void IndexedThreads::join(int64_t thread, int64_t other) {
  int64_t to = root(thread);
  int64_t from = root(other);
  if (to == from) return;
  const auto size = [this](int64_t root) {
    Statement statement(database_, kTable, "SELECT size FROM thread WHERE id = ?1");
    Rows rows = statement.query(root);
    return rows.next() ? rows.integer(0) : 0;
  };
  const int64_t both = size(to) + size(from);
  if (size(from) > size(to)) std::swap(to, from);
  Statement(database_, kTable, "UPDATE thread SET root = ?1 WHERE root = ?2").run(to, from);
  Statement(database_, kTable, "UPDATE thread SET size = ?2 WHERE id = ?1").run(to, both);
}

// Its sender took it back.
void IndexedThreads::cancel(const std::string& cancelled, bool incoming) {
  Statement(database_, kTable,
            "UPDATE incident_event SET cancelled = 1 WHERE journal_index IN "
            "(SELECT journal_index FROM message WHERE name = ?1 AND incoming = ?2)")
      .run(cancelled, incoming);
}

}  // namespace hotline
