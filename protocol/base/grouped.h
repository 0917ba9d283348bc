// Numbers for people.
#pragma once

#include <cstdint>
#include <string>

namespace hotline {

// "1,042".
inline std::string grouped(uint64_t count) {
  std::string digits = std::to_string(count);
  for (size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

}  // namespace hotline
