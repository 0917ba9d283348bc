// A message's coded fields in the reader's language: what a person sees, whichever language the
// sender wrote in.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/message/message_generated.h"
#include "protocol/message/words.h"

namespace hotline {

struct Kind;

// Label and value, in the order in which they are shown.
using Description = std::vector<std::pair<std::string, std::string>>;

// The header and the content, without subject and texts. Works for whatever opens, also if it
// breaks rules: free text is given as it came over the wire, so that a program gets what was said;
// for a screen it must be made printable (protocol/base/text.h). The language is a BCP 47 tag;
// English where we have none. `released_at`: some notices say how late they came; nothing where the
// envelope cannot be read.
Description describe_envelope(const wire::Envelope& envelope, const std::string& language);
Description describe_content(const wire::Body& body, const std::string& language,
                             std::optional<UtcMs> released_at);
Description describe_content(const wire::Body& body, const std::string& language,
                             std::optional<UtcMs> released_at,
                             const Kind& kind);  // Where the kind is another than the table's.

// The cautions alone, each as it is shown: "Caution: Announced less than 48 hours ahead".
std::vector<std::string> cautions_of(const wire::Body& body, const std::string& language,
                                     std::optional<UtcMs> released_at);

}  // namespace hotline
