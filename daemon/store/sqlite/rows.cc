#include "daemon/store/sqlite/rows.h"

#include "daemon/store/sqlite/little_endian.h"
#include "protocol/log/merkle.h"

namespace hotline {
namespace {

ByteView unless_zero(const Hash& hash) {
  return hash == Hash{} ? ByteView() : ByteView(hash);
}

}  // namespace

void add_entry(PackWriter& journal, const JournalRecord& record) {
  const ByteView salt = record.name ? ByteView(record.name->salt) : ByteView();
  const std::string_view name = record.name ? record.name->text : std::string_view();
  journal.add(record.index, record.entry, record.leaf_hash, salt, name);
}

JournalRecord entry_from(PackedRow row) {
  JournalRecord record;
  record.index = row.key();
  record.entry = to_bytes(row.blob());
  record.leaf_hash = row.hash();
  const Hash salt = row.hash_or_zero();
  const std::string_view name = row.text();
  if (salt != Hash{}) record.name = SaltedText{.salt = salt, .text = std::string(name)};
  if (leaf_hash(record.entry) != record.leaf_hash) {
    throw StoreCorrupt("journal", record.index, "its entry does not have the hash of its leaf");
  }
  return record;
}

Hash leaf_hash_in_entry(PackedRow row) {
  row.blob();  // The entry.
  return row.hash();
}

ByteView entry_in(PackedRow row) {
  return row.blob();
}

void add_message(PackWriter& messages, const MessageRecord& record, int64_t submitter) {
  messages.add(record.key.number, record.serial, record.journal_index, record.committed_at,
               record.type, record.precedence, submitter, record.counter, record.body_salt,
               unless_zero(record.request_hash), record.envelope, record.body);
}

ReadMessage message_from(PackedRow row, bool incoming) {
  ReadMessage read;
  MessageRecord& record = read.record;
  record.key = {.incoming = incoming, .number = row.key()};
  record.serial = row.as<uint64_t>();
  record.journal_index = row.as<uint64_t>();
  record.committed_at = row.integer();
  record.type = row.as<uint8_t>();
  record.precedence = row.as<uint8_t>();
  read.submitter = row.integer();
  record.counter = row.as<uint64_t>();
  record.body_salt = row.hash();
  record.request_hash = row.hash_or_zero();
  record.envelope = to_bytes(row.blob());
  record.body = to_bytes(row.blob());
  record.leaf_hash = leaf_hash(record.envelope);
  return read;
}

Bytes members_blob(const GroupFactRecord& fact) {
  Bytes bytes(GroupFactRecord::kGroup / 8);
  for (size_t i = 0; i < fact.members.size(); ++i) {
    store_number(bytes.data() + i * sizeof(uint64_t), fact.members[i]);
  }
  return bytes;
}

bool is_member(ByteView members, uint64_t number) {
  const uint64_t bit = number % GroupFactRecord::kGroup;
  return bit / 8 < members.size() && (members[bit / 8] >> bit % 8 & 1) != 0;
}

ByteView envelope_in(PackedRow row) {
  constexpr int kIntegersBefore = 7;
  for (int i = 0; i < kIntegersBefore; ++i) row.integer();
  row.blob();  // The body's salt.
  row.blob();  // The request hash.
  return row.blob();
}

uint64_t journal_index_in(PackedRow row) {
  row.integer();  // The serial.
  return row.as<uint64_t>();
}

}  // namespace hotline
