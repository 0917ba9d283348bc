// Numbers of fixed size in stored bytes, lowest byte first.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace hotline {

template <typename Number>
Number little_endian(Number number) {
  if constexpr (std::endian::native == std::endian::big) {
    auto* bytes = reinterpret_cast<uint8_t*>(&number);
    std::reverse(bytes, bytes + sizeof number);
  }
  return number;
}

template <typename Number>
void store_number(uint8_t* at, Number number) {
  number = little_endian(number);
  std::memcpy(at, &number, sizeof number);
}

template <typename Number>
Number load_number(const uint8_t* at) {
  Number number = 0;
  std::memcpy(&number, at, sizeof number);
  return little_endian(number);
}

}  // namespace hotline
