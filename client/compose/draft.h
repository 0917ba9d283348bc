// A message that a person asks to be sent, as the bytes of a wire::Draft.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/compose/typed_fields.h"
#include "protocol/api/client_generated.h"
#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/message/body.h"
#include "protocol/message/kinds/kinds.h"

namespace hotline::client {

// An empty string is an absent field.
struct DraftFields {
  wire::Precedence precedence = wire::Precedence::unset;
  std::string language;
  std::vector<std::string> references;  // The first is the message that this one speaks of.
  std::string correction_of;
  std::string incident;
  std::optional<UtcMs> reply_by;
  std::optional<UtcMs> expires_at;
  UtcMs drafted_at = 0;  // 0: when it is handed in.
  std::string handling;
  bool danger_to_life = false;
  uint64_t nonce = 0;  // This message's alone; 0 under an idempotency key.
  BodyFields body;  // Its content gives the type. Without the marks of an exercise, unless a person
                    // typed them.
  ToldBack told_back;  // To whoever typed it, and not sent.

  const Kind& kind() const { return kind_of(type_of(body.content)); }
};

// The subject that a program gives a message about another one, in the language of that message:
// "Decline of S-000001", "отклонение: S-000001". `english`: as it is in English.
std::string made_subject(wire::MessageType type, const std::string& language,
                         const std::string& english, const std::string& about);

// As the fields stand: without marks, and unchecked.
Bytes build_draft(const DraftFields& fields);

// As it would be sent, with the marks of an exercise, and unchecked: for one that is kept for
// later.
Bytes build_marked_draft(DraftFields fields, bool exercise);

// Every draft of every kind goes through here. On an exercise channel its texts are given the marks
// of an exercise, and a kind that is all coded fields elsewhere says its subject. Then it is held
// against the rules of protocol/message/message_rules.h, so that a mistake is found by the one who
// made it and not on the way. Error: refused, with the first rule that is broken and what to do.
Result<Bytes> finish_draft(DraftFields fields, bool exercise, UtcMs now);

}  // namespace hotline::client
