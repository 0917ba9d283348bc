// Lines of a description, in the reader's language. For describe.cc and the files of kinds; others
// use protocol/message/describe.h.
#pragma once

#include <optional>
#include <string>

#include "protocol/base/clock.h"
#include "protocol/message/describe.h"
#include "protocol/message/words.h"

namespace hotline {

std::string show_time(UtcMs time);  // "2026-11-22T14:11:00Z  (221411Z NOV 26)"

class Describer {
 public:
  explicit Describer(const std::string& language_tag)
      : language_(choose_language(language_tag)), phrases_(hotline::phrases(language_)) {}

  Language language() const { return language_; }
  const Phrases& phrases() const { return phrases_; }
  Description take() { return std::move(lines_); }

  void line(const Wording& label, std::string value) {
    lines_.emplace_back(label[static_cast<size_t>(language_)], std::move(value));
  }
  // "Question 2".
  void numbered(const Wording& label, const std::string& number, std::string value) {
    lines_.emplace_back(label[static_cast<size_t>(language_)] + (" " + number), std::move(value));
  }
  // A value that is absent has no line.
  void text(const Wording& label, const flatbuffers::String* value);
  void time(const Wording& label, std::optional<UtcMs> value);
  void direction(const Wording& label, std::optional<uint16_t> deg10);
  void position(const Wording& label, const wire::Position* value, uint32_t accuracy_m = 0);
  template <class Enum>
  void coded(const Wording& label, Enum value) {
    if (value != Enum::unset) line(label, word(value, language_));
  }
  std::string metres(uint64_t value) const { return std::to_string(value) + " " + phrases_.metres; }

 private:
  Language language_;
  const Phrases& phrases_;
  Description lines_;
};

}  // namespace hotline
