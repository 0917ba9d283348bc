#include "daemon/message_rows.h"

#include "protocol/body.h"
#include "protocol/envelope.h"
#include "protocol/serial.h"

namespace hotline {

std::string message_name(const MessageRecord& record, const RowContext& context) {
  const std::string& prefix = record.key.incoming ? context.peer_prefix : context.prefix;
  if (record.serial == 0) return format_place(prefix, record.key.number);
  return format_serial(prefix, record.serial);
}

flatbuffers::Offset<wire::MessageRow> build_row(flatbuffers::FlatBufferBuilder& builder,
                                                const StoredMessage& message,
                                                const RowContext& context) {
  const MessageRecord& record = message.record;
  std::string subject = "(cannot be read)";
  std::string language;
  UtcMs released_at = 0;
  if (auto envelope = open_envelope(record.envelope)) {
    language = (*envelope)->language()->str();
    released_at = (*envelope)->released_at();
  }
  if (auto body = open_body(record.body)) subject = (*body)->subject()->str();
  LadderKey key{record.key.incoming, record.key.number};
  bool waits = context.ladder.waits(key);
  auto next = context.ladder.next_rung(key);

  auto id = builder.CreateString(message_name(record, context));
  auto subject_text = builder.CreateString(subject);
  auto rung = builder.CreateString(message.rung);
  auto language_text = builder.CreateString(language);
  wire::MessageRowBuilder row(builder);
  row.add_id(id);
  row.add_incoming(record.key.incoming);
  row.add_number(record.key.number);
  row.add_type(record.type);
  row.add_precedence(record.precedence);
  row.add_subject(subject_text);
  row.add_released_at(released_at);
  row.add_committed_at(record.committed_at);
  row.add_journal_index(record.journal_index);
  row.add_numbered(message.transcript_index.has_value());
  row.add_transcript_index(message.transcript_index.value_or(0));
  row.add_delivered_at(message.delivered_at);
  row.add_receipt_time_s(static_cast<int64_t>(message.receipt_time_s));
  row.add_acknowledged_at(message.acknowledged_at);
  row.add_acknowledged_role(static_cast<uint8_t>(message.acknowledged_role));
  row.add_answered_at(message.answered_at);
  row.add_declined_at(message.declined_at);
  row.add_decline_code(message.decline_code);
  row.add_corrected_at(message.corrected_at);
  row.add_cancelled_at(message.cancelled_at);
  row.add_waits(waits);
  row.add_due_in_ms(next ? next->due - context.now.boot : 0);
  row.add_rung(rung);
  row.add_language(language_text);
  row.add_mismatch(message.mismatch);
  return row.Finish();
}

}  // namespace hotline
