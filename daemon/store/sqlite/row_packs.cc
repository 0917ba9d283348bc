#include "daemon/store/sqlite/row_packs.h"

#include <algorithm>
#include <limits>

#include "daemon/store/sqlite/little_endian.h"

namespace hotline {
namespace {

// Beyond it a pack is written. A reader takes a whole one to see a row of it.
constexpr size_t kPackSize = 32 * 1024;

constexpr char kWrittenTwice[] = "it was written twice";
constexpr char kLedAstray[] = "the database's tree leads to another place";

constexpr size_t kSizeSize = sizeof(uint32_t);
constexpr size_t kKeySize = sizeof(uint64_t);
constexpr size_t kSealSize = sizeof(uint64_t);

void append(Bytes& to, ByteView bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

void append_varint(Bytes& to, uint64_t number) {
  for (; number >= 0x80; number >>= 7) to.push_back(static_cast<uint8_t>(number | 0x80));
  to.push_back(static_cast<uint8_t>(number));
}

uint64_t seal_of(const char* table, ByteView key_and_columns) {
  RowSeal seal;
  seal.start(table);
  seal.add_blob(key_and_columns);
  return static_cast<uint64_t>(seal.value());
}

std::string select(const char* table, const char* rest) {
  return std::string("SELECT first, rows FROM ") + table + rest;
}

// A key as SQLite's integers hold it.
int64_t as_rowid(uint64_t key) {
  return static_cast<int64_t>(std::min<uint64_t>(key, std::numeric_limits<int64_t>::max()));
}

}  // namespace

std::string packs_schema(const char* table) {
  return std::string("CREATE TABLE ") + table +
         "(first INTEGER PRIMARY KEY, rows BLOB NOT NULL) STRICT";
}

PackWriter::PackWriter(Database& database, const char* table)
    : table_(table),
      insert_(database, table, std::string("INSERT INTO ") + table + " VALUES (?1, ?2)"),
      next_key_(PackReader(database, table).end_key()) {}

void PackWriter::flush() {
  if (pack_.empty()) return;
  insert_.run(first_, pack_);
  pack_.clear();
}

void PackWriter::begin(uint64_t key) {
  if (key < next_key_) throw StoreCorrupt(table_, key, kWrittenTwice);
  next_key_ = key + 1;
  if (pack_.empty()) first_ = key;
  row_begin_ = pack_.size();
  pack_.resize(row_begin_ + kSizeSize + kKeySize);
  store_number(pack_.data() + row_begin_ + kSizeSize, key);
}

void PackWriter::put_integer(int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  append_varint(pack_, bits << 1 ^ (value < 0 ? ~uint64_t{0} : 0));
}

void PackWriter::put_bytes(ByteView bytes) {
  append_varint(pack_, bytes.size());
  append(pack_, bytes);
}

void PackWriter::end() {
  const size_t sealed_begin = row_begin_ + kSizeSize;
  const uint64_t seal = seal_of(table_, ByteView(pack_).subspan(sealed_begin));
  pack_.resize(pack_.size() + kSealSize);
  store_number(pack_.data() + pack_.size() - kSealSize, seal);
  store_number(pack_.data() + row_begin_, static_cast<uint32_t>(pack_.size() - sealed_begin));
  if (pack_.size() >= kPackSize) flush();
}

int64_t PackedRow::integer() {
  const uint64_t number = take_number();
  return static_cast<int64_t>(number >> 1 ^ (~(number & 1) + 1));
}

ByteView PackedRow::blob() {
  const uint64_t size = take_number();
  if (size > left_.size()) malformed();
  const ByteView bytes = left_.first(size);
  left_ = left_.subspan(size);
  return bytes;
}

Hash PackedRow::hash() {
  return hash_of(blob());
}

Hash PackedRow::hash_or_zero() {
  const ByteView bytes = blob();
  return bytes.empty() ? Hash{} : hash_of(bytes);
}

Hash PackedRow::hash_of(ByteView bytes) const {
  Hash hash{};
  if (bytes.size() != hash.size()) {
    throw StoreCorrupt(table_, key_, "a hash in it has the wrong size");
  }
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

uint64_t PackedRow::take_number() {
  uint64_t number = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (left_.empty()) malformed();
    const uint8_t byte = left_.front();
    left_ = left_.subspan(1);
    number |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return number;
  }
  malformed();
}

void PackedRow::malformed() const {
  throw StoreCorrupt(table_, key_, "its columns cannot be read");
}

PackReader::PackReader(Database& database, const char* table)
    : table_(table),
      at_or_before_(database, table,
                    select(table, " WHERE first <= ?1 ORDER BY first DESC LIMIT 1")),
      after_(database, table, select(table, " WHERE first > ?1 ORDER BY first LIMIT 1")) {}

bool PackReader::seek(uint64_t key) {
  const bool is_here = !places_.empty() && places_.front().key <= key && key <= places_.back().key;
  if (!is_here && load(at_or_before_, key) && places_.back().key < key) {
    at_ = places_.size() - 1;
    if (!next()) return false;
    if (this->key() < key) throw StoreCorrupt(table_, key, kLedAstray);
    return true;
  }
  if (places_.empty()) return load(after_, key);  // Before the first of all.
  at_ = first_at_or_after(key);
  return true;
}

bool PackReader::seek_before(uint64_t key) {
  if (key == 0 || !load(at_or_before_, key - 1)) return false;
  at_ = first_at_or_after(key) - 1;
  return true;
}

bool PackReader::next() {
  if (at_ + 1 < places_.size()) {
    ++at_;
    return true;
  }
  const uint64_t last = places_.back().key;
  if (!load(after_, places_.front().key)) return false;
  if (key() <= last) throw StoreCorrupt(table_, key(), kWrittenTwice);
  return true;
}

bool PackReader::previous() {
  if (at_ != 0) {
    --at_;
    return true;
  }
  const uint64_t first = places_.front().key;
  if (!seek_before(first)) return false;
  if (places_.back().key >= first) throw StoreCorrupt(table_, first, kWrittenTwice);
  return true;
}

uint64_t PackReader::end_key() {
  return seek_before(std::numeric_limits<int64_t>::max()) ? key() + 1 : 0;
}

PackedRow PackReader::row() const {
  const Place& place = places_[at_];
  const ByteView sealed = ByteView(pack_).subspan(place.begin, place.end - kSealSize - place.begin);
  if (seal_of(table_, sealed) != load_number<uint64_t>(pack_.data() + place.end - kSealSize)) {
    throw StoreCorrupt(table_, place.key, "its content is not what was written");
  }
  return unchecked_row();
}

PackedRow PackReader::unchecked_row() const {
  const Place& place = places_[at_];
  const size_t columns = place.begin + kKeySize;
  return {table_, place.key, ByteView(pack_).subspan(columns, place.end - kSealSize - columns)};
}

// The pack that the statement finds for this key, standing at its first row. Without one it stands
// nowhere.
bool PackReader::load(Statement& statement, uint64_t key) {
  places_.clear();
  at_ = 0;
  Rows rows = statement.query(as_rowid(key));
  if (!rows.next()) return false;
  // A page that rotted inside SQLite's tree leads elsewhere, and SQLite does not look again.
  const bool is_after = rows.integer(0) > as_rowid(key);
  if (is_after != (&statement == &after_)) {
    throw StoreCorrupt(table_, key, kLedAstray);
  }
  const auto first = rows.as<uint64_t>(0);
  const ByteView bytes = rows.blob(1);
  pack_.assign(bytes.begin(), bytes.end());
  uint64_t next_key = first;
  size_t at = 0;
  while (at < pack_.size()) {
    const size_t begin = at + kSizeSize;
    const bool has_size = begin <= pack_.size();
    const size_t size = has_size ? load_number<uint32_t>(pack_.data() + at) : 0;
    if (size < kKeySize + kSealSize || size > pack_.size() - begin) break;
    const auto row_key = load_number<uint64_t>(pack_.data() + begin);
    if (row_key > std::numeric_limits<int64_t>::max()) break;
    if (places_.empty() ? row_key != first : row_key < next_key) break;
    places_.push_back({row_key, begin, begin + size});
    next_key = row_key + 1;
    at = begin + size;
  }
  if (at == pack_.size() && !places_.empty()) return true;
  places_.clear();
  throw StoreCorrupt(table_, next_key, "its content is not what was written");
}

size_t PackReader::first_at_or_after(uint64_t key) const {
  const auto found = std::lower_bound(places_.begin(), places_.end(), key,
                                      [](const Place& place, uint64_t k) { return place.key < k; });
  return static_cast<size_t>(found - places_.begin());
}

}  // namespace hotline
