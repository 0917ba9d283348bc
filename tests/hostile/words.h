// A line of words, the first says what, the others `name=value`: how an attack is told to the
// programs here.
#pragma once

#include <cstdint>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace hotline::hostile {

struct Words {
  std::vector<std::string> plain;
  std::map<std::string, std::string> named;

  std::string text(const std::string& name, const std::string& otherwise = "") const {
    const auto found = named.find(name);
    return found == named.end() ? otherwise : found->second;
  }
  uint64_t number(const std::string& name, uint64_t otherwise) const {
    const auto found = named.find(name);
    return found == named.end() ? otherwise : std::stoull(found->second);
  }
  uint64_t count_at(size_t place) const {
    if (place >= plain.size()) throw std::runtime_error("a number is missing");
    return std::stoull(plain[place]);
  }
};

inline Words read_words(const std::vector<std::string>& words) {
  Words read;
  for (const std::string& word : words) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos) {
      read.plain.push_back(word);
    } else {
      read.named[word.substr(0, equals)] = word.substr(equals + 1);
    }
  }
  return read;
}

inline Words read_words(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return read_words(words);
}

}  // namespace hotline::hostile
