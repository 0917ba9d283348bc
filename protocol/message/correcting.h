// Corrections, held against what they correct, and what a message says after them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/message/body.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"

namespace hotline {

// A message as it stands: with the words and fields of its newest state.
struct CorrectedMessage {
  wire::MessageType type = wire::MessageType::unset;
  wire::Precedence precedence = wire::Precedence::unset;
  wire::Mode mode = wire::Mode::unset;
  std::string language;  // Its original text's.
  UtcMs released_at = 0;
  bool exercise_channel = false;
  Bytes body;
  // As its envelope says; no correction changes them.
  std::optional<UtcMs> expires_at = std::nullopt;
  std::string incident = {};
};

// Refuses to correct or to cancel a message that nothing can be taken back of, and says what to do
// instead. `change`: it is corrected, or cancelled. `spoken_of`: the message that it speaks of
// itself, for a command; may be empty.
Status check_changeable(const std::string& name, const wire::Body& body, TargetEffect change,
                        const std::string& spoken_of);

// As it was said. The envelope and the body keep their rules.
CorrectedMessage as_said(const wire::Envelope& envelope, ByteView body, bool exercise_channel);

// A notice's volumes as it stands; nothing where it breaks the rules of its kind.
std::vector<Volume> announced_volumes(const CorrectedMessage& message);
// From then on it is of no use. A notice is in force until all that it announces is over, whatever
// its envelope says (check_expiry); of another message its envelope may say when.
std::optional<UtcMs> useful_until(const CorrectedMessage& message);

// Every field of a message as it would be typed, by its key, with "subject" and "text"; nothing for
// one that is absent.
using FieldValues = std::map<std::string, std::optional<std::string>, std::less<>>;
FieldValues field_values(wire::MessageType type, const wire::Body& body);

// Finds what is wrong with a correction of this message: a field that does not exist, an old value
// that is not what the message says, or a new one that its rules do not accept. Empty if it can be
// made. Its fields are those of the message's template, "subject" and "text"; an empty old value
// says that the field was absent, an empty new one that it is to be. `corrected_at`: the release of
// the correction; what it changes is judged as of then.
std::vector<Problem> check_correction(const CorrectedMessage& message,
                                      const wire::Correction& correction, UtcMs corrected_at);

// The message after the correction. Error: refused, with the first problem.
Result<CorrectedMessage> correct(const CorrectedMessage& message,
                                 const wire::Correction& correction, UtcMs corrected_at);

}  // namespace hotline
