#include "protocol/message/serial.h"

#include <algorithm>

namespace hotline {
namespace {

constexpr char kExerciseLetter = 'X';
constexpr size_t kPrefixLettersMax = 4;  // A party's three, and the X of an exercise.
constexpr size_t kDigitsMin = 6;
constexpr size_t kDigitsMax = 18;  // Fits 64 bits; a message a second would take 30 billion years.

bool are_capitals(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

bool is_party_prefix(std::string_view text) {
  return !text.empty() && text.size() < kPrefixLettersMax && are_capitals(text) &&
         text.front() != kExerciseLetter;
}

std::string format_serial(std::string_view prefix, uint64_t number) {
  std::string digits = std::to_string(number);
  if (digits.size() < kDigitsMin) digits.insert(0, kDigitsMin - digits.size(), '0');
  return std::string(prefix) + "-" + digits;
}

std::string serial_prefix(std::string_view party_prefix, bool exercise) {
  return (exercise ? std::string(1, kExerciseLetter) : "") + std::string(party_prefix);
}

std::optional<Serial> parse_serial(std::string_view text) {
  size_t dash = text.find('-');
  if (dash == std::string_view::npos || dash == 0 || dash > kPrefixLettersMax) return std::nullopt;
  if (!are_capitals(text.substr(0, dash))) return std::nullopt;
  std::string_view digits = text.substr(dash + 1);
  if (digits.empty() || digits.size() > kDigitsMax) return std::nullopt;
  // A serial is padded to six digits or not at all.
  if (digits[0] == '0' && digits.size() != kDigitsMin) return std::nullopt;
  uint64_t number = 0;
  for (char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<uint64_t>(c - '0');
  }
  if (number == 0) return std::nullopt;
  return Serial{std::string(text.substr(0, dash)), number};
}

std::optional<Serial> parse_written_serial(std::string_view text) {
  auto serial = parse_serial(text);
  if (!serial || format_serial(*serial) != text) return std::nullopt;
  return serial;
}

std::string format_place(std::string_view prefix, uint64_t index) {
  return std::string(prefix) + "-?" + std::to_string(index);
}

std::string format_peers_name(std::string_view prefix, uint64_t serial, uint64_t index) {
  return serial != 0 ? format_serial(prefix, serial) : format_place(prefix, index);
}

std::optional<Serial> parse_place(std::string_view text) {
  const size_t mark = text.find("-?");
  if (mark == std::string_view::npos) return std::nullopt;
  const std::string_view digits = text.substr(mark + 2);
  if (digits.empty() || digits.size() > 15) return std::nullopt;
  Serial place{std::string(text.substr(0, mark)), 0};
  for (char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    place.number = place.number * 10 + static_cast<uint64_t>(c - '0');
  }
  // The prefix is one where it is one of a serial.
  if (!parse_serial(place.prefix + "-1")) return std::nullopt;
  return place;
}

std::optional<Serial> parse_written_place(std::string_view text) {
  auto place = parse_place(text);
  if (!place || format_place(place->prefix, place->number) != text) return std::nullopt;
  return place;
}

}  // namespace hotline
