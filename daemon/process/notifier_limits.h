// The bounds of notifiers on the web (daemon/process/notifier_config.h, daemon/notify/).
#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/base/limits.h"

namespace hotline::limits {

inline constexpr size_t kNotifiersMax = 16;
inline constexpr size_t kWebAddressSizeMax = 2'000;
inline constexpr size_t kWebTrustSizeMax = 4 * 1024 * 1024;  // A file of CA certificates.
inline constexpr size_t kWebTokenSizeMax = 4 * 1024;
inline constexpr size_t kWebAnswerHeaderMax = 8 * 1024;
inline constexpr size_t kWebAnswerBufferMax = 16 * 1024;
inline constexpr size_t kWebLookupsMax = kLookupsMax / 2;  // The peer's names need the others.
inline constexpr int64_t kAlertLasts_ms = 60 * 60 * 1000;  // Then it ends by itself.
inline constexpr size_t kAlertsOpenMax = 64;  // That are ended once nothing of them waits.
inline constexpr size_t kAlertEndsMax = 4;    // Under way.
inline constexpr size_t kTrialsAtOnce = 4;    // Commands of one trial.
inline constexpr size_t kAlertLooksMax = 4'096;

}  // namespace hotline::limits
