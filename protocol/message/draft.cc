#include "protocol/message/draft.h"

#include <algorithm>
#include <charconv>

#include "protocol/base/strict_flatbuffer.h"
#include "protocol/message/body.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

constexpr std::string_view kNamePrefix = "D-";

}  // namespace

EnvelopeFields envelope_fields_of(const wire::Draft& draft, bool exercise, UtcMs now) {
  const Kind& kind = kind_of(draft.type());
  EnvelopeFields fields;
  fields.type = static_cast<wire::MessageType>(draft.type());
  fields.precedence = static_cast<wire::Precedence>(draft.precedence());
  fields.mode = draft.test_mode() ? wire::Mode::test : kind.mode(exercise);
  // The daemon's time counts: a workstation whose clock is fast drafted it now.
  fields.drafted_at = draft.drafted_at() != 0 ? std::min(draft.drafted_at(), now) : now;
  fields.language = text_of(draft.language());
  fields.correction_of = text_of(draft.correction_of());
  fields.incident = text_of(draft.incident());
  if (draft.reply_by() != 0) fields.reply_by = draft.reply_by();
  if (draft.expires_at() != 0) fields.expires_at = draft.expires_at();
  fields.danger_to_life = draft.danger_to_life();
  if (draft.handling()) fields.handling = HandlingFields{draft.handling()->str(), std::nullopt};
  return fields;
}

std::string released_like(const wire::Draft& draft) {
  const auto body = open_body(ByteView(draft.body()->data(), draft.body()->size()));
  const auto* references = draft.references();
  // An acceptance names the other side's notice first.
  const bool accepts = body && accepts_conflict(**body);
  const flatbuffers::uoffset_t place = accepts ? 1 : 0;
  if (!accepts && !kind_of(draft.type()).changes_another()) return "";
  return references != nullptr && references->size() > place ? references->Get(place)->str() : "";
}

// The daemon will say the rest, so that only the draft is judged.
Result<std::vector<Problem>> check_draft(const wire::Draft& draft, const RulesContext& context,
                                         UtcMs now) {
  const auto body = open_body(ByteView(draft.body()->data(), draft.body()->size()));
  if (!body) return body.error();
  EnvelopeFields fields = envelope_fields_of(draft, context.exercise, now);
  const bool takes_another = kind_of(draft.type()).takes_precedence && draft.precedence() == 0;
  if (takes_another) fields.precedence = wire::Precedence::routine;
  fields.from = context.from;
  fields.to = context.to;
  fields.id = format_serial(context.from_prefix, 1);
  fields.released_at = now;
  fields.drafter_role = fields.releaser_role = wire::Role::operator_;
  fields.person_hash = Hash{};
  fields.parts = {{wire::PartKind::body, draft.body()->size(), Hash{}}};
  if (draft.references()) {
    for (const flatbuffers::String* id : *draft.references()) {
      fields.references.push_back({id->str(), Hash{}});
    }
  }
  const Bytes bytes = build_envelope(fields);
  const auto envelope = open_envelope(bytes);
  if (!envelope) return envelope.error();
  auto problems = check_message(**envelope, **body, context);
  return problems.empty() ? check_expiry(**envelope, **body) : problems;
}

std::string format_draft_name(uint64_t number) {
  return std::string(kNamePrefix) + std::to_string(number);
}

std::optional<uint64_t> parse_draft_name(std::string_view text) {
  if (!text.starts_with(kNamePrefix)) return std::nullopt;
  text.remove_prefix(kNamePrefix.size());
  uint64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_written = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() &&
                          number != 0 && text.front() != '0';
  return is_written ? std::optional(number) : std::nullopt;
}

}  // namespace hotline
