#include "protocol/terminal/exit_code.h"

namespace hotline {

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::failed:
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
      return kExitRefused;
    case ErrorCode::malformed:
      return kExitRefused;
    case ErrorCode::conflict:
      return kExitRefused;
    case ErrorCode::verification_failed:
      return kExitVerificationFailed;
    case ErrorCode::not_reconciled:
      return kExitNotReconciled;
    case ErrorCode::incomplete:
      return kExitIncomplete;
    case ErrorCode::store_failed:
      return kExitFailed;
  }
  return kExitFailed;
}

}  // namespace hotline
