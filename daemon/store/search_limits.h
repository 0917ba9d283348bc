// The maxima of the search index (search_index.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace hotline::limits {

// It takes in what was committed by steps, each as long as one read of a list.
inline constexpr size_t kIndexStepMessages = 256;
inline constexpr size_t kIndexStepSize = 512 * 1024;  // Bytes of envelopes and bodies.
// It is looked after so often, for so long at most. A search waits longer, and says then that it is
// not done.
inline constexpr int64_t kIndexLook_ms = 1'000;
inline constexpr int64_t kIndexWork_ms = 200;
inline constexpr int64_t kIndexPatience_ms = 8'000;
// Reports of each party, and what else begins or ends an incident, that are looked at together.
inline constexpr size_t kIncidentEventsMax = 20'000;
inline constexpr size_t kIncidentRowsMax = 500;       // In one answer.
inline constexpr size_t kIncidentMessagesShown = 50;  // Reports, and as many requests, of one.
inline constexpr size_t kSameEventsShown = 5;
inline constexpr size_t kThreadWordsCompared = 2'000;  // The newest, with one that names none.
inline constexpr size_t kSearchWordsSizeMax = 1024;    // Typed for one search; more is refused.

}  // namespace hotline::limits
