#include "client/language/sentences.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "protocol/message/names.h"

namespace hotline::client {
namespace {

constexpr int kDepthMax = 6;  // Sentences stand in sentences so deep.
// Longer than that no sentence of ours is that was put together from several.
constexpr size_t kComposedSizeMax = 1000;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "12", "1,042", "0.1", "-3": what a hole for numbers takes.
bool is_number(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_digit(c) || c == ',' || c == '.'; });
}

// Without separators; none where it is no whole number.
std::optional<uint64_t> whole_number(std::string_view text) {
  uint64_t value = 0;
  if (!is_number(text) || !is_digit(text.front()) || text.find('.') != std::string_view::npos) {
    return std::nullopt;
  }
  for (const char c : text) {
    if (is_digit(c)) value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  return value;
}

// "1,042" as 1,042 is written: a comma between thousands would be read as a decimal one.
std::string number_of(Language language, const std::string& number) {
  const char* const thousands = language == Language::id ? "." : "\u00a0";
  std::string written;
  for (const char c : number) {
    if (c == ',') {
      written += thousands;
    } else {
      written += c == '.' ? ',' : c;
    }
  }
  return written;
}

// Those that could be of a sentence: not 54.90N, 2026-11-22T14:10:00Z or NOV.
size_t count_words(std::string_view text) {
  size_t count = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    count += std::any_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return count;
}

// "[day|days]" as "day" and as "days".
std::vector<std::string> alternatives(const std::string& english) {
  const size_t open = english.find('[');
  const size_t close = open == std::string::npos ? open : english.find(']', open);
  const size_t bar = open == std::string::npos ? open : english.find('|', open);
  if (close == std::string::npos || bar == std::string::npos || bar > close) return {english};
  std::vector<std::string> all;
  for (size_t at = open; at < close;) {
    const size_t end = std::min(english.find('|', at + 1), close);
    const std::string one =
        english.substr(0, open) + english.substr(at + 1, end - at - 1) + english.substr(close + 1);
    for (std::string& whole : alternatives(one)) all.push_back(std::move(whole));
    at = end;
  }
  return all;
}

}  // namespace

// Text, hole, text, hole, ..., text.
struct Translator::Pattern {
  struct Hole {
    bool is_number = false;
    bool is_quoted = false;
  };
  std::vector<std::string> texts;
  std::vector<Hole> holes;
  std::string translation;
  size_t own_size = 0;  // Bytes of its texts together.
  size_t numbers = 0;   // A hole for numbers says more than one for anything.

  Pattern(const std::string& english, std::string words) : translation(std::move(words)) {
    std::string text;
    for (size_t at = 0; at < english.size();) {
      const bool any = english.compare(at, 2, "{}") == 0;
      const bool number = english.compare(at, 3, "{#}") == 0;
      if (!any && !number) {
        text += english[at++];
        continue;
      }
      at += any ? 2 : 3;
      const bool quoted = text.ends_with('"') && english.compare(at, 1, "\"") == 0;
      texts.push_back(std::exchange(text, {}));
      holes.push_back({number, quoted});
      numbers += number ? 1 : 0;
    }
    texts.push_back(text);
    for (const std::string& one : texts) own_size += one.size();
  }

  // Finds the text that each hole took; each takes as little as it can. Every place is tried once
  // at most.
  bool match(const std::string& words, std::vector<std::string>& taken) const {
    if (words.size() < own_size || !words.starts_with(texts.front())) return false;
    if (holes.empty()) return words == texts.front();
    if (!words.ends_with(texts.back()) || !has_texts_in_order(words)) return false;
    std::vector<bool> tried(holes.size() * (words.size() + 1));
    taken.assign(holes.size(), {});
    return fits(words, 0, texts.front().size(), tried, taken);
  }

 private:
  // Cheap, and hardly anything passes it that does not fit.
  bool has_texts_in_order(const std::string& words) const {
    size_t at = 0;
    for (const std::string& text : texts) {
      at = words.find(text, at);
      if (at == std::string::npos) return false;
      at += text.size();
    }
    return true;
  }

  bool fits(const std::string& words, size_t hole, size_t begin, std::vector<bool>& tried,
            std::vector<std::string>& taken) const {
    if (hole == holes.size()) return begin == words.size();
    if (tried[hole * (words.size() + 1) + begin]) return false;
    tried[hole * (words.size() + 1) + begin] = true;
    const std::string& next = texts[hole + 1];
    const bool is_last = hole + 1 == holes.size();
    for (size_t at = begin; at + next.size() <= words.size(); ++at) {
      at = is_last ? std::max(at, words.size() - next.size()) : words.find(next, at);
      if (at == std::string::npos || words.compare(at, next.size(), next) != 0) return false;
      taken[hole] = words.substr(begin, at - begin);
      const bool may_take = !holes[hole].is_number || is_number(taken[hole]);
      if (may_take && fits(words, hole + 1, at + next.size(), tried, taken)) {
        taken[hole] = words.substr(begin, at - begin);
        return true;
      }
    }
    return false;
  }
};

struct Translator::Search {
  std::unordered_map<std::string, int>& unknown;
  int depth = 0;

  Search deeper() const { return {unknown, depth + 1}; }
  bool is_too_deep() const { return depth > kDepthMax; }
  bool was_in_vain(const std::string& words) const {
    const auto at = unknown.find(words);
    return at != unknown.end() && at->second <= depth;
  }
};

std::span<const Sentence> catalogue_of(Language language) {
  switch (language) {
    case Language::ru:
      return catalogue_ru();
    case Language::uk:
      return catalogue_uk();
    case Language::id:
      return catalogue_id();
    case Language::en:
      break;
  }
  return {};
}

// As CLDR has it for whole numbers. Indonesian has one form.
PluralForm plural_form(Language language, uint64_t number) {
  if (language == Language::id) return PluralForm::one;
  if (language == Language::en) return number == 1 ? PluralForm::one : PluralForm::many;
  const uint64_t last = number % 10;
  const bool is_teen = number % 100 >= 11 && number % 100 <= 14;
  if (last == 1 && !is_teen) return PluralForm::one;
  return last >= 2 && last <= 4 && !is_teen ? PluralForm::few : PluralForm::many;
}

Translator::Translator(Language language, std::span<const Sentence> catalogue)
    : language_(language) {
  for (const Sentence& sentence : catalogue) {
    for (const std::string& english : alternatives(sentence.english)) {
      patterns_.emplace_back(english, sentence.translation);
    }
  }
  sort_patterns();
}

void Translator::sort_patterns() {
  std::sort(patterns_.begin(), patterns_.end(), [](const Pattern& a, const Pattern& b) {
    if (a.own_size != b.own_size) return a.own_size > b.own_size;
    if (a.holes.size() != b.holes.size()) return a.holes.size() < b.holes.size();
    if (a.numbers != b.numbers) return a.numbers > b.numbers;
    return a.texts < b.texts;
  });
}

Translator::~Translator() = default;

std::string Translator::translate(const std::string& text) const {
  std::unordered_map<std::string, int> unknown;
  return translate_text(text, Search{unknown});
}

std::string Translator::translate_text(const std::string& text, Search search) const {
  std::string found;
  if (search.is_too_deep()) return text;
  const size_t begin = text.find_first_not_of(" \n");
  if (begin == std::string::npos) return text;
  const size_t behind = text.find_last_not_of(" \n") + 1;
  if (find(text.substr(begin, behind - begin), search, found)) {
    return text.substr(0, begin) + found + text.substr(behind);
  }
  std::string lines;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    lines += translate_line(text.substr(at, end - at), search);
    if (end < text.size()) lines += '\n';
    at = end + 1;
  }
  return lines;
}

std::string Translator::translate_line(const std::string& line, Search search) const {
  const size_t begin = line.find_first_not_of(' ');
  if (begin == std::string::npos) return line;
  const size_t end = line.find_last_not_of(' ') + 1;
  const std::string words = line.substr(begin, end - begin);
  constexpr std::string_view kGap = "    ";
  const size_t gap = words.find(kGap);
  const size_t said = gap == std::string::npos ? gap : words.find_first_not_of(' ', gap);
  // A command is typed so in any language.
  if (gap == std::string::npos && words.starts_with("hotline ")) return line;
  return line.substr(0, begin) +
         (gap == std::string::npos
              ? translate_words(words, search)
              : words.substr(0, said) + translate_words(words.substr(said), search)) +
         line.substr(end);
}

// Whole; or, of "a: b", where it knows the reason; or a list of which it knows every member.
std::string Translator::translate_words(const std::string& words, Search search) const {
  std::string found;
  if (search.is_too_deep()) return words;
  if (find(words, search, found) || words.size() > kComposedSizeMax) {
    return found.empty() ? words : found;
  }
  // A piece that was appended to a sentence begins with a mark.
  for (size_t at = words.find_first_of(",.;:("); at != std::string::npos;
       at = words.find_first_of(",.;:(", at + 1)) {
    const std::string head = words.substr(0, at);
    if (find(words.substr(at), search.deeper(), found))
      return translate_line(head, search.deeper()) + found;
    // The last member of a list may have commas of its own.
    if (words.compare(at, 2, ", ") == 0 && find(words.substr(at + 2), search.deeper(), found)) {
      const std::string before = translate_words(head, search.deeper());
      if (before != head) return before + ", " + found;
    }
    if (words.compare(at, 2, ": ") != 0) continue;
    const std::string tail = words.substr(at + 2);
    // "up: 127.0.0.1:7400"
    const bool is_detail = tail.find(' ') == std::string::npos;
    if (is_detail && find(head, search.deeper(), found)) return found + ": " + tail;
    if (!find(tail, search.deeper(), found)) continue;
    // One word before the colon is what is typed: the name of a field.
    const bool is_name = head.find(' ') == std::string::npos;
    return (is_name ? head : translate_words(head, search.deeper())) + ": " + found;
  }
  constexpr std::string_view kComma = ", ";
  std::string list;
  for (size_t at = 0; at <= words.size();) {
    const size_t end = std::min(words.find(kComma, at), words.size());
    if (!find(words.substr(at, end - at), search.deeper(), found)) return words;
    list += (list.empty() ? "" : ", ") + found;
    at = end + kComma.size();
  }
  return list;
}

bool Translator::find(const std::string& words, Search search, std::string& found) const {
  if (search.was_in_vain(words)) return false;
  std::vector<std::string> taken;
  for (const Pattern& pattern : patterns_) {
    if (!pattern.match(words, taken) || !may_take(pattern, taken, search)) continue;
    found = filled(pattern, taken, search);
    return true;
  }
  search.unknown[words] = search.depth;
  return false;
}

// As one sentence, and not only pieces of it.
bool Translator::knows(const std::string& text, Search search) const {
  const size_t begin = text.find_first_not_of(' ');
  std::string found;
  return begin != std::string::npos && !search.is_too_deep() &&
         find(text.substr(begin, text.find_last_not_of(' ') + 1 - begin), search, found);
}

// A hole takes no more than its line, unless it is quoted: the next line is a sentence of its
// own.
//
// "{} and {}" would fit half of all English. With so little text of its own a pattern takes names,
// numbers and what the catalogue knows, and no other sentences, unless they are to stay as they
// are.
bool Translator::may_take(const Pattern& pattern, const std::vector<std::string>& taken,
                          Search search) const {
  for (size_t i = 0; i < taken.size(); ++i) {
    if (!pattern.holes[i].is_quoted && taken[i].find('\n') != std::string::npos) return false;
  }
  constexpr size_t kLittleSize = 12;
  constexpr size_t kWordsOfNamesMax = 3;
  if (pattern.own_size > kLittleSize) return true;
  for (size_t i = 0; i < taken.size(); ++i) {
    const std::string& value = taken[i];
    const std::string as_it_is = "{" + std::to_string(i + 1) + "!}";
    if (count_words(value) <= kWordsOfNamesMax) continue;
    if (pattern.translation.find(as_it_is) != std::string::npos) continue;
    if (!value.starts_with("hotline ") && !knows(value, search.deeper())) return false;
  }
  return true;
}

// The translation with what its holes took.
std::string Translator::filled(const Pattern& pattern, const std::vector<std::string>& taken,
                               Search search) const {
  const std::string_view translation = pattern.translation;
  std::string words;
  for (size_t at = 0; at < translation.size(); ++at) {
    const size_t close = translation.find('}', at);
    const bool is_hole = translation[at] == '{' && close != std::string_view::npos &&
                         at + 1 < close && is_digit(translation[at + 1]);
    if (!is_hole) {
      words += translation[at];
      continue;
    }
    const std::string_view inside = translation.substr(at + 1, close - at - 1);
    at = close;
    const size_t index = static_cast<size_t>(inside.front() - '1');
    if (index >= taken.size()) continue;
    const std::string& value = taken[index];
    if (const size_t bar = inside.find('|'); bar != std::string_view::npos) {
      const auto number = whole_number(value);
      // A number that is not whole goes with the form for few: "0,5 часа".
      const PluralForm form = number             ? plural_form(language_, *number)
                              : is_number(value) ? PluralForm::few
                                                 : PluralForm::many;
      size_t begin = bar + 1;
      for (int skipped = 0; skipped < static_cast<int>(form); ++skipped) {
        const size_t next = inside.find('|', begin);
        if (next == std::string_view::npos) break;
        begin = next + 1;
      }
      words += inside.substr(begin, inside.find('|', begin) - begin);
    } else if (pattern.holes[index].is_number) {
      words += number_of(language_, value);
    } else if (pattern.holes[index].is_quoted || inside.ends_with('!')) {
      words += value;
    } else {
      words += translate_text(value, search.deeper());
    }
  }
  return words;
}

Translator::Translator(Language language) : Translator(language, catalogue_of(language)) {
  const char* const link = language == Language::ru   ? ", к {1}"
                           : language == Language::uk ? ", до {1}"
                                                      : ", untuk {1}";
  const auto add = [&](const Word& word, const std::string& before) {
    const char* const wording = word.wording[static_cast<size_t>(language)];
    if (wording != nullptr) patterns_.emplace_back(before + word.key, before + wording);
  };
  for (const Word& role : vocabulary<wire::Role>().words) add(role, "");
  for (const Word& code : vocabulary<wire::DeclineCode>().words) add(code, "");
  for (const Word& audience : vocabulary<wire::Audience>().words) add(audience, "");
  for (const Word& type : vocabulary<wire::MessageType>().words) {
    if (type.wording[static_cast<size_t>(language)] == nullptr) continue;
    add(type, "");
    for (const Word& precedence : vocabulary<wire::Precedence>().words) {
      const std::string label = upper_case(precedence.key) + " ";
      add(type, label);
      patterns_.emplace_back(label + type.key + " of {}",
                             label + type.wording[static_cast<size_t>(language)] + link);
    }
  }
  sort_patterns();
}

std::function<std::string(const std::string&)> translation_into(Language language) {
  if (language == Language::en) return {};
  return [translator = std::make_shared<const Translator>(language)](const std::string& text) {
    return translator->translate(text);
  };
}

}  // namespace hotline::client
