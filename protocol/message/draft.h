// A draft (wire::Draft): what a person asks to be sent, before it is a message.
#pragma once

namespace hotline {

// Of its buffer, whose exact bytes are what a counter is bound to.
inline constexpr const char* kDraftIdentifier = "HLDR";

}  // namespace hotline
