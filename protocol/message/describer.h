// Lines of a description, in the reader's language. For describe.cc and the files of kinds; others
// use protocol/message/describe.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/message/body.h"
#include "protocol/message/describe.h"
#include "protocol/message/words.h"

namespace hotline {

std::string show_time(UtcMs time);  // "2026-11-22T14:11:00Z  (221411Z NOV 26)"

class Describer {
 public:
  // `released_at` where the envelope is known: some notices say how late they came.
  explicit Describer(const std::string& language_tag,
                     std::optional<UtcMs> released_at = std::nullopt)
      : language_(choose_language(language_tag)),
        phrases_(hotline::phrases(language_)),
        released_at_(released_at) {}

  Language language() const { return language_; }
  const Phrases& phrases() const { return phrases_; }
  std::optional<UtcMs> released_at() const { return released_at_; }
  Description take() { return std::move(lines_); }
  std::vector<std::string> take_cautions() { return std::move(cautions_); }

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
  void area(const Wording& label, const wire::Area* value);
  void altitude(const Wording& label, const wire::Altitude& value) {
    line(label, words_of(to_height(value)));
  }
  std::string words_of(const Height& height) const;
  std::string words_of(const flatbuffers::Vector<const wire::Position*>& points) const;
  void route(const Wording& label, const flatbuffers::Vector<const wire::Position*>* points);
  void caution(const Wording& words) {
    const auto language = static_cast<size_t>(language_);
    line(kCaution, words[language]);
    cautions_.push_back(std::string(kCaution[language]) + ": " + words[language]);
  }
  template <class Enum>
  void coded(const Wording& label, Enum value) {
    if (value != Enum::unset) line(label, word(value, language_));
  }
  std::string metres(uint64_t value) const { return std::to_string(value) + " " + phrases_.metres; }

 private:
  static constexpr Wording kCaution = {"Caution", "Внимание", "Увага", "Perhatian"};

  Language language_;
  const Phrases& phrases_;
  std::optional<UtcMs> released_at_;
  Description lines_;
  std::vector<std::string> cautions_;
};

}  // namespace hotline
