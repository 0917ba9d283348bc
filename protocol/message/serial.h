// Serials: the human names of messages, given at release and never given twice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hotline {

// "N-000123". In an exercise the party's prefix gains an X: "XN-000123".
struct Serial {
  std::string prefix;   // 1 to 4 capital letters, the X of an exercise included.
  uint64_t number = 0;  // From 1.

  bool operator==(const Serial&) const = default;
};

// The one form in which a serial is written into an envelope: at least six digits.
std::string format_serial(std::string_view prefix, uint64_t number);
inline std::string format_serial(const Serial& serial) {
  return format_serial(serial.prefix, serial.number);
}

// True if a party may be configured with it: one to three capital letters, of which the first is
// not X, so that no live serial looks like one of an exercise.
bool is_party_prefix(std::string_view text);

// "XN" for the prefix "N" on an exercise channel.
std::string serial_prefix(std::string_view party_prefix, bool exercise);

// Reads what people type: the written form, or without leading zeros ("N-123"). Nothing else, so
// that a slip of the finger is refused rather than taken for another message.
std::optional<Serial> parse_serial(std::string_view text);

// A message of the peer that has no serial of its own, because none can be read or another message
// has it, is called by its place in the peer's transcript: "S-?12".
std::string format_place(std::string_view prefix, uint64_t index);
std::optional<Serial> parse_place(std::string_view text);

// A message of the peer by its serial, or by its place where it has none (0).
std::string format_peers_name(std::string_view prefix, uint64_t serial, uint64_t index);

// Reads the written form only, as an envelope must have it.
std::optional<Serial> parse_written_serial(std::string_view text);
// Likewise of a place.
std::optional<Serial> parse_written_place(std::string_view text);

}  // namespace hotline
