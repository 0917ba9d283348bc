// A person's wish to send, gathered from the command line or from a file, and made into a draft
// that keeps the rules, or that is kept for later.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/compose/draft.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/message/body.h"

namespace hotline::client {

struct MessageRequest {
  std::string template_name;  // Empty: a free text, or questions.
  wire::Precedence precedence = wire::Precedence::unset;
  Settings settings;
  std::string language;           // The subject's, where there is no text.
  std::vector<TextFields> texts;  // The first is the original.
  std::vector<std::string> questions;
  std::string subject;  // Made from what it says when empty.
  std::string incident;
  bool danger_to_life = false;
  std::optional<UtcMs> reply_by;
  std::optional<UtcMs> expires_at;
  ToldBack told_back;       // How these times were typed, and what a file says.
  bool unfinished = false;  // A draft for later: something may be missing, or break a rule.
};

// `typed_at`: for times that are said by it, "13:41Z"; they are refused without it.
// Errors: not_found for the template, usage for fields, refused for a rule; each says what to type.
Result<DraftFields> make_draft(const MessageRequest& request, const std::string& own_party,
                               UtcMs now, std::optional<UtcMs> typed_at);

// Where nobody said how fast, as fast as the template says, if it does.
void take_template_precedence(MessageRequest& request);

// The text of a request that has no other: whoever reads texts only must see the questions too.
std::string questions_as_text(const std::vector<std::string>& questions);

// Its kind, for the line that confirms it: "airspace-crossing", "text", "request".
std::string requested_kind(const MessageRequest& request);

}  // namespace hotline::client
