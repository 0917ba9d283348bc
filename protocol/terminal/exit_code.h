// Exit codes. Scripts rely on them: never renumber.
#pragma once

#include "protocol/base/result.h"

namespace hotline {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitConfiguration = 3;
inline constexpr int kExitNotAllowed = 4;
inline constexpr int kExitUnreachable = 5;
inline constexpr int kExitTimedOut = 6;
inline constexpr int kExitNotFound = 7;
inline constexpr int kExitRefused = 8;
// It is done, a message sent say, and that could not be printed.
inline constexpr int kExitUnprinted = 9;
inline constexpr int kExitVerificationFailed = 10;
inline constexpr int kExitNotReconciled = 11;
inline constexpr int kExitIncomplete = 12;
// A drill was played to its end, and something that was expected did not happen.
inline constexpr int kExitExpectationsMissed = 20;
inline constexpr int kExitInterrupted = 130;

int exit_code(ErrorCode code);

}  // namespace hotline
