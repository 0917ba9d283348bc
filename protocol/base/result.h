// Errors as values.
//
// A function that can fail for a reason outside the program returns Result<T>: either a value or an
// Error that says what failed, why, and what the person should do. Exceptions are kept for bugs and
// for start-up. The names follow std::expected (C++23), so that this file can go when the compiler
// has it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace hotline {

// One code for each different thing a caller would do, no more. The values are part of the client
// API and of `--json` output: never renumber.
enum class ErrorCode : uint16_t {
  failed = 1,                // The operation failed; nothing more specific would help the caller.
  usage = 2,                 // The request itself makes no sense.
  configuration = 3,         // The configuration, or a file it names, must be mended first.
  not_allowed = 4,           // This person, key or certificate may not do this.
  unreachable = 5,           // The daemon cannot be reached.
  timed_out = 6,             // It did not happen in the time the caller gave.
  not_found = 7,             // No such message, template or person.
  refused = 8,               // A rule of the channel refuses the content.
  malformed = 9,             // Bytes from outside are not what their kind demands.
  verification_failed = 10,  // A signature, hash or proof is wrong.
  not_reconciled = 11,       // Two records that should be equal differ.
  incomplete = 12,           // Nothing wrong was found, but not everything could be checked.
  conflict = 13,             // The same name was used before for other bytes.
  store_failed = 14,         // The store can no longer be trusted to keep what it is given.
};

// The stable word for a code, as printed by --json ("refused", "not_found", ...).
const char* error_code_name(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::failed;
  std::string reason;  // The failure and why, one line, no trailing full stop.
  std::string hint;    // The way out, to do or type; may be empty.
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Error error)
      : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  // Asking for what is not there is a bug and throws std::bad_variant_access.
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  const Error& error() const { return std::get<1>(state_); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, Error> state_;
};

// Success without a value: `Status check(); ... return ok();`
using Status = Result<std::monostate>;
inline Status ok() {
  return Status(std::monostate{});
}

inline Error make_error(ErrorCode code, std::string reason, std::string hint = {}) {
  return Error{code, std::move(reason), std::move(hint)};
}

}  // namespace hotline
