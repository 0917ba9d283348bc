// A message's coded fields in the reader's language: what a person sees, whichever language the
// sender wrote in.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "protocol/message/message_generated.h"
#include "protocol/message/words.h"

namespace hotline {

struct Kind;

// Label and value, in the order in which they are shown.
using Description = std::vector<std::pair<std::string, std::string>>;

// The header, without subject and texts, then the content. Works for whatever opens, also if it
// breaks rules: free text is given as it came over the wire, so that a program gets what was said;
// for a screen it must be made printable (protocol/base/text.h). The language is a BCP 47 tag;
// English where we have none.
Description describe(const wire::Envelope& envelope, const wire::Body& body,
                     const std::string& language);
Description describe_envelope(const wire::Envelope& envelope, const std::string& language);
Description describe_content(const wire::Body& body, const std::string& language);
Description describe_content(const wire::Body& body, const std::string& language,
                             const Kind& kind);  // Where the kind is another than the table's.

}  // namespace hotline
