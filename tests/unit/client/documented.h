// Examples of the documentation, so that a test follows them.
#pragma once

#include <fstream>
#include <sstream>
#include <string>

namespace hotline::client {

// The first block that begins with ```language after the heading.
inline std::string documented(const std::string& page, const std::string& heading,
                              const std::string& language) {
  std::ifstream file(HOTLINE_TEST_DATA "/../../docs/" + page);
  std::stringstream content;
  content << file.rdbuf();
  const std::string text = content.str();
  const std::string fence = "```" + language + "\n";
  const size_t from = text.find(fence, text.find("\n" + heading + "\n")) + fence.size();
  return text.substr(from, text.find("```", from) - from);
}

}  // namespace hotline::client
