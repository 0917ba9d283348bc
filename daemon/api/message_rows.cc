#include "daemon/api/message_rows.h"

#include <charconv>
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/body.h"
#include "protocol/message/correcting.h"
#include "protocol/message/envelope.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/serial.h"

namespace hotline {

std::string message_name(const MessageRecord& record, const std::string& own_prefix,
                         const std::string& peer_prefix) {
  return format_peers_name(record.key.incoming ? peer_prefix : own_prefix, record.serial,
                           record.key.number);
}

std::string message_name(const MessageRecord& record, const RowContext& context) {
  return message_name(record, context.prefix, context.peer_prefix);
}

const Rung* find_rung(const Policy& policy, uint8_t precedence, const std::string& name) {
  if (!is_precedence(precedence)) return nullptr;  // A peer's, and against the rules.
  for (const Rung& one : policy.at(precedence).rungs) {
    if (one.name == name) return &one;
  }
  return nullptr;  // The ladder was another when the message climbed.
}

bool tells_nobody(const Policy& policy, uint8_t precedence, const std::string& rung) {
  const Rung* found = find_rung(policy, precedence, rung);
  return found != nullptr && found->commands.empty();
}

std::string rung_before(const Policy& policy, uint8_t precedence, const std::string& next) {
  std::string climbed;
  for (const Rung& one : policy.at(precedence).rungs) {
    if (one.name == next) break;
    climbed = one.name;
  }
  return climbed;
}

ListedMessage::ListedMessage(StoredMessage message) : stored(std::move(message)) {
  MessageRecord& record = stored.record;
  const auto keep = [this](const std::string& whole, size_t size_max) {
    cut = cut || whole.size() > size_max;
    return shortened(whole, size_max);
  };
  subject = "(cannot be read)";
  if (auto envelope = open_envelope(record.envelope)) {
    language = keep((*envelope)->language()->str(), limits::kRowLanguageSizeMax);
    released_at = (*envelope)->released_at();
    reply_by = (*envelope)->reply_by().value_or(0);
    expires_at = useful_until = (*envelope)->expires_at().value_or(0);
    if (kind_of((*envelope)->type()).is_notice()) {
      const bool is_exercise = (*envelope)->mode() == wire::Mode::exercise;
      useful_until =
          hotline::useful_until(as_said(**envelope, record.body, is_exercise)).value_or(0);
    }
  }
  if (auto body = open_body(record.body)) {
    subject = keep((*body)->subject()->str(), limits::kRowSubjectSizeMax);
    event = event_point(**body);
  }
  record.envelope = {};
  record.body = {};
}

size_t ListedMessage::row_size() const {
  constexpr size_t kFields = 512;  // All numbers, and what surrounds the strings.
  return kFields + subject.size() + language.size() + stored.rung.size();
}

bool ListPage::add(const StoredMessage& message) {
  ListedMessage row(message);
  size_ += row.row_size();
  if (!messages.empty() && size_ > limits::kRowsSizeMax) return false;
  messages.push_back(std::move(row));
  return true;
}

flatbuffers::Offset<wire::MessageRow> build_row(flatbuffers::FlatBufferBuilder& builder,
                                                const ListedMessage& listed,
                                                const RowContext& context) {
  const StoredMessage& message = listed.stored;
  const MessageRecord& record = message.record;
  MessageKey key = record.key;
  bool waits = context.ladder.waits(key);
  auto next = context.ladder.next_rung(key);

  auto id = builder.CreateString(message_name(record, context));
  auto subject_text = builder.CreateString(listed.subject);
  auto rung = builder.CreateString(message.rung);
  auto language_text = builder.CreateString(listed.language);
  wire::MessageRowBuilder row(builder);
  row.add_id(id);
  row.add_incoming(record.key.incoming);
  row.add_number(record.key.number);
  row.add_type(record.type);
  row.add_precedence(record.precedence);
  row.add_subject(subject_text);
  row.add_released_at(listed.released_at);
  row.add_committed_at(record.committed_at);
  row.add_journal_index(record.journal_index);
  row.add_numbered(message.transcript_index.has_value());
  row.add_transcript_index(message.transcript_index.value_or(0));
  row.add_delivered_at(message.delivered_at);
  row.add_receipt_time_s(static_cast<int64_t>(message.receipt_time_s));
  row.add_acknowledged_at(message.acknowledged_at);
  row.add_acknowledged_role(static_cast<uint8_t>(message.acknowledged_role));
  row.add_answered_at(message.answered_at);
  row.add_answered_in_part_at(message.answered_in_part_at);
  row.add_reply_by(listed.reply_by);
  row.add_expires_at(listed.expires_at);
  row.add_expired(listed.useful_until != 0 && listed.useful_until < context.now.utc);
  if (context.answers) row.add_answer_due_at(context.answers->due_of(key).value_or(0));
  row.add_disseminated_at(message.disseminated_at);
  row.add_audience(message.audience);
  row.add_declined_at(message.declined_at);
  row.add_decline_code(message.decline_code);
  row.add_corrected_at(message.corrected_at);
  row.add_cancelled_at(message.cancelled_at);
  row.add_waits(waits);
  // 0 is for those that have climbed every rung.
  const int64_t left_ms = next ? next->due - context.now.timer() : 0;
  row.add_due_in_ms(next && left_ms == 0 ? -1 : left_ms);
  const Pause* pause = context.pauses ? context.pauses->find(key, context.now.utc) : nullptr;
  row.add_paused_until(pause ? pause->until : 0);
  row.add_rung(rung);
  row.add_language(language_text);
  row.add_mismatch(message.mismatch);
  row.add_cut(listed.cut);
  row.add_rung_tells_nobody(tells_nobody(context.policy, record.precedence, message.rung));
  row.add_event_at(listed.event.at.value_or(0));
  if (const auto& position = listed.event.position) {
    row.add_has_position(true);
    row.add_latitude(position->latitude_e5);
    row.add_longitude(position->longitude_e5);
  }
  return row.Finish();
}

std::string format_cursor(const WaitingPlace& place) {
  return std::to_string(place.precedence) + "." + std::to_string(place.since) + "." +
         (place.key.incoming ? "i" : "o") + std::to_string(place.key.number);
}

std::optional<WaitingPlace> parse_cursor(std::string_view text) {
  WaitingPlace place;
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto number = [&](auto& value) {
    const auto parsed = std::from_chars(at, end, value);
    at = parsed.ptr;
    return parsed.ec == std::errc();
  };
  const auto sign = [&](char wanted) { return at != end && *at++ == wanted; };
  if (!number(place.precedence) || !sign('.') || !number(place.since) || !sign('.')) return {};
  place.key.incoming = at != end && *at == 'i';
  if (!sign(place.key.incoming ? 'i' : 'o') || !number(place.key.number) || at != end) return {};
  const bool is_place = is_precedence(place.precedence) && place.key.number <= limits::kTreeSizeMax;
  return is_place ? std::optional(place) : std::nullopt;
}

}  // namespace hotline
