#include "protocol/message/statement.h"

#include "protocol/base/sha256.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"
#include "protocol/message/draft.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/names.h"

namespace hotline {
namespace {

class Lines {
 public:
  Lines(const Addressed& addressed, const char* action) : text_("Hotline: I sign what I do, 1\n") {
    add("from", addressed.from);
    add("to", addressed.to);
    add("channel", addressed.exercise ? "exercise" : "live");
    add("action", action);
  }

  void add(const char* key, std::string_view value) {
    if (value.empty()) return;
    text_.append(key).append(": ").append(value).append("\n");
  }
  void add(const char* key, const Hash& hash) { add(key, to_hex(ByteView(hash))); }
  void add_time(const char* key, UtcMs at) {
    if (at != 0) add(key, format_rfc3339(at));
  }
  void add_draft(uint64_t number) {
    if (number != 0) add("draft", format_draft_name(number));
  }

  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

template <class Message>
StatedRelease stated(const Message& message, uint8_t type, uint8_t precedence) {
  StatedRelease stated;
  stated.type = type;
  stated.precedence = kind_of(type).takes_precedence ? 0 : precedence;
  stated.danger_to_life = message.danger_to_life();
  stated.correction_of = text_of(message.correction_of());
  stated.incident = text_of(message.incident());
  return stated;
}

}  // namespace

StatedRelease stated_release(const wire::Draft& draft, ByteView draft_bytes, uint64_t number) {
  StatedRelease release = stated(draft, draft.type(), draft.precedence());
  if (draft.references() != nullptr) {
    for (const auto* id : *draft.references()) release.references.push_back(id->str());
  }
  release.reply_by = draft.reply_by();
  release.expires_at = draft.expires_at();
  release.body = sha256({ByteView(draft.body()->data(), draft.body()->size())});
  release.draft = sha256({draft_bytes});
  release.number = number;
  return release;
}

StatedRelease stated_release(const wire::Envelope& envelope, ByteView body, const Hash& draft,
                             uint64_t number) {
  StatedRelease release = stated(envelope, static_cast<uint8_t>(envelope.type()),
                                 static_cast<uint8_t>(envelope.precedence()));
  if (envelope.references() != nullptr) {
    for (const auto* reference : *envelope.references()) {
      release.references.push_back(reference->id()->str());
    }
  }
  release.reply_by = envelope.reply_by().value_or(0);
  release.expires_at = envelope.expires_at().value_or(0);
  release.body = sha256({body});
  release.draft = draft;
  release.number = number;
  return release;
}

std::string release_statement(const Addressed& addressed, const StatedRelease& release) {
  Lines lines(addressed, "release");
  lines.add("type", type_name(release.type));
  if (release.precedence != 0) lines.add("precedence", precedence_label(release.precedence));
  if (release.danger_to_life) lines.add("danger-to-life", "yes");
  for (const std::string& id : release.references) lines.add("refers-to", id);
  lines.add("correction-of", release.correction_of);
  lines.add("incident", release.incident);
  lines.add_time("reply-by", release.reply_by);
  lines.add_time("expires", release.expires_at);
  lines.add("body-sha256", release.body);
  lines.add_draft(release.number);
  lines.add("draft-sha256", release.draft);
  return lines.take();
}

std::string save_statement(const Addressed& addressed, const Hash& draft,
                           const std::optional<Hash>& replaced) {
  Lines lines(addressed, "save draft");
  lines.add("draft-sha256", draft);
  if (replaced) lines.add("replaces-sha256", *replaced);
  return lines.take();
}

std::string discard_statement(const Addressed& addressed, uint64_t number) {
  Lines lines(addressed, "discard draft");
  lines.add_draft(number);
  return lines.take();
}

std::string hand_in_statement(const Addressed& addressed, uint64_t number, const Hash& draft) {
  Lines lines(addressed, "hand in draft");
  lines.add_draft(number);
  lines.add("draft-sha256", draft);
  return lines.take();
}

std::string return_statement(const Addressed& addressed, uint64_t number, const Hash& draft,
                             std::string_view reason) {
  Lines lines(addressed, reason.empty() ? "withdraw draft" : "return draft");
  lines.add_draft(number);
  lines.add("draft-sha256", draft);
  if (!reason.empty()) lines.add("reason-sha256", sha256({as_bytes(reason)}));
  return lines.take();
}

std::string pause_statement(const Addressed& addressed, std::string_view id, UtcMs until,
                            std::string_view reason) {
  Lines lines(addressed, until == 0 ? "end pause of ladder" : "pause ladder");
  lines.add("refers-to", id);
  lines.add_time("until", until);
  if (!reason.empty()) lines.add("reason-sha256", sha256({as_bytes(reason)}));
  return lines.take();
}

std::string exercise_clock_statement(const Addressed& addressed, uint8_t change,
                                     uint32_t speed_permille, int64_t by_ms, UtcMs until) {
  Lines lines(addressed, "set the clock of the exercise");
  lines.add("change", std::to_string(change));
  if (speed_permille != 0) lines.add("speed-permille", std::to_string(speed_permille));
  if (by_ms != 0) lines.add("by-ms", std::to_string(by_ms));
  lines.add_time("until", until);
  return lines.take();
}

std::string raise_statement(const Addressed& addressed, std::string_view id,
                            std::string_view reason) {
  Lines lines(addressed, "escalate");
  lines.add("refers-to", id);
  if (!reason.empty()) lines.add("reason-sha256", sha256({as_bytes(reason)}));
  return lines.take();
}

std::string trial_statement(const Addressed& addressed) {
  return Lines(addressed, "try notifiers").take();
}

std::string recovery_statement(const Addressed& addressed, uint64_t epoch) {
  Lines lines(addressed, "confirm recovery");
  lines.add("epoch", std::to_string(epoch));
  return lines.take();
}

std::string fork_statement(const Addressed& addressed, bool journal) {
  Lines lines(addressed, "resolve fork");
  lines.add("log", journal ? "journal" : "transcript");
  return lines.take();
}

std::string guarantor_statement(const Addressed& addressed, std::string_view id,
                                std::string_view guarantor, uint8_t standing,
                                std::string_view reason) {
  Lines lines(addressed, "note guarantor");
  lines.add("refers-to", id);
  lines.add("guarantor", guarantor);
  lines.add("standing", std::to_string(standing));
  if (!reason.empty()) lines.add("reason-sha256", sha256({as_bytes(reason)}));
  return lines.take();
}

std::string hand_over_statement(const Addressed& addressed, std::string_view note,
                                const Hash& list) {
  Lines lines(addressed, "hand over the watch");
  if (!note.empty()) lines.add("note-sha256", sha256({as_bytes(note)}));
  lines.add("list-sha256", list);
  return lines.take();
}

std::string take_over_statement(const Addressed& addressed, const Hash& list) {
  Lines lines(addressed, "take over the watch");
  lines.add("list-sha256", list);
  return lines.take();
}

}  // namespace hotline
