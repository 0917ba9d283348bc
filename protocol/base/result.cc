#include "protocol/base/result.h"

namespace hotline {

const char* error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::failed:
      return "failed";
    case ErrorCode::usage:
      return "usage";
    case ErrorCode::configuration:
      return "configuration";
    case ErrorCode::not_allowed:
      return "not_allowed";
    case ErrorCode::unreachable:
      return "unreachable";
    case ErrorCode::timed_out:
      return "timed_out";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::refused:
      return "refused";
    case ErrorCode::malformed:
      return "malformed";
    case ErrorCode::verification_failed:
      return "verification_failed";
    case ErrorCode::not_reconciled:
      return "not_reconciled";
    case ErrorCode::incomplete:
      return "incomplete";
    case ErrorCode::conflict:
      return "conflict";
    case ErrorCode::store_failed:
      return "store_failed";
  }
  return "failed";
}

}  // namespace hotline
