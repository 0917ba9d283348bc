// English sentences in the language of whoever reads them. The record and the daemon are English: a
// journal is evidence that both parties' auditors read. A sentence is translated where it is shown
// to a person, by a catalogue of patterns, one catalogue a language (docs/languages.md).
//
//   {"{} is committed here but {} has not taken it{}", "{1} принято здесь, но {2} его не
//   получила{3}"}
//
// In English {} takes any text, also none, and {#} a number. The other side names what they took by
// its place: {1}. The words that a hole took are translated where the catalogue knows them, and
// stay as they are otherwise: names, ids, times, what is to be typed. They stay in any case between
// quotation marks, and as {1!}: they are somebody's own. {1|день|дня|дней} is the form for the
// number that the first hole took. [waits|wait] in English is one or the other, for numbers too.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "protocol/message/words.h"

namespace hotline::client {

struct Sentence {
  const char* english;
  const char* translation;
};

// Sorted by the folder where the English stands. The order means nothing.
std::span<const Sentence> catalogue_ru();
std::span<const Sentence> catalogue_uk();
std::span<const Sentence> catalogue_id();
std::span<const Sentence> catalogue_of(Language language);  // Empty for English.

// How a language puts a number into words: which of its plural forms goes with it.
enum class PluralForm : uint8_t { one, few, many };
PluralForm plural_form(Language language, uint64_t number);

class Translator {
 public:
  // With the catalogue of the language, and the coded words of protocol/message/words.h that stand
  // in sentences: roles, types of messages, codes of declines, who is told.
  explicit Translator(Language language);
  Translator(Language language, std::span<const Sentence> catalogue);
  ~Translator();

  // A text of several lines line by line, and of "COMMAND    what it does" what stands behind
  // the command. A text that the catalogue does not know comes back as it is. The pattern with the
  // most text of its own is taken among those that fit.
  std::string translate(const std::string& text) const;

 private:
  struct Pattern;
  // How deep in sentences within sentences, and at which depth each text was looked for in vain:
  // below that it is not found either.
  struct Search;

  void sort_patterns();
  std::string translate_text(const std::string& text, Search search) const;
  std::string translate_line(const std::string& line, Search search) const;
  std::string translate_words(const std::string& words, Search search) const;
  bool find(const std::string& words, Search search, std::string& found) const;
  bool knows(const std::string& text, Search search) const;
  bool may_take(const Pattern& pattern, const std::vector<std::string>& taken, Search search) const;
  std::string filled(const Pattern& pattern, const std::vector<std::string>& taken,
                     Search search) const;

  Language language_;
  std::vector<Pattern> patterns_;  // Those with the most text of their own first.
};

// For people who read that language; empty for English.
std::function<std::string(const std::string&)> translation_into(Language language);

}  // namespace hotline::client
