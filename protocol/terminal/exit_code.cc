#include "protocol/terminal/exit_code.h"

namespace hotline {

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::failed:
    case ErrorCode::store_failed:
      return kExitFailed;
    case ErrorCode::usage:
      return kExitUsage;
    case ErrorCode::configuration:
      return kExitConfiguration;
    case ErrorCode::not_allowed:
      return kExitNotAllowed;
    case ErrorCode::unreachable:
      return kExitUnreachable;
    case ErrorCode::timed_out:
      return kExitTimedOut;
    case ErrorCode::not_found:
      return kExitNotFound;
    // To the person who typed it, content that no rule allows and content that is not even well
    // formed ask for the same: type it differently.
    case ErrorCode::refused:
    case ErrorCode::malformed:
    case ErrorCode::conflict:
      return kExitRefused;
    case ErrorCode::verification_failed:
      return kExitVerificationFailed;
    case ErrorCode::not_reconciled:
      return kExitNotReconciled;
    case ErrorCode::incomplete:
      return kExitIncomplete;
  }
  return kExitFailed;
}

}  // namespace hotline
