// The packed rows (row_packs.h) of journal entries and of messages: their columns, in the order in
// which they are written and read.
//
//     journal        entry, leaf hash, the name's salt, name       by index
//     *_message      serial, journal index, committed at, type, precedence, submitter, counter,
//                    body's salt, request hash, envelope, body     by MessageKey::number
//
// A column that a record does not have is empty: salt and name of an entry without one, the request
// hash of a machine's message.
#pragma once

#include "daemon/store/sqlite/row_packs.h"
#include "protocol/channel/records.h"

namespace hotline {

inline constexpr int64_t kNobody = 0;  // Persons (the table person) have numbers from 1.

void add_entry(PackWriter& journal, const JournalRecord& record);
// Throws StoreCorrupt where the entry does not have the hash that stands beside it.
JournalRecord entry_from(PackedRow row);
Hash leaf_hash_in_entry(PackedRow row);
ByteView entry_in(PackedRow row);  // Borrowed, as the row is.

// `submitter`: the person's number.
void add_message(PackWriter& messages, const MessageRecord& record, int64_t submitter);
struct ReadMessage {
  MessageRecord record;  // Without submitter.
  int64_t submitter = kNobody;
};
ReadMessage message_from(PackedRow row, bool incoming);
// The column of the table group_fact that says which messages it is about.
Bytes members_blob(const GroupFactRecord& fact);
bool is_member(ByteView members, uint64_t number);

ByteView envelope_in(PackedRow row);       // Borrowed, as the row is.
uint64_t journal_index_in(PackedRow row);  // A message's.

}  // namespace hotline
