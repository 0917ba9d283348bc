#include "client/show/told_back.h"

namespace hotline::client {
namespace {

JsonValue json_members(const Understood& understood) {
  JsonValue::Object members;
  for (const auto& [key, words] : understood) members.emplace_back(key, words);
  return members;
}

std::string joined(const Understood& understood, const char* is, const char* between) {
  std::string words;
  for (const auto& [key, value] : understood) {
    if (!words.empty()) words += between;
    words += key + is + value;
  }
  return words;
}

}  // namespace

void ToldBack::append(const ToldBack& more) {
  typed.insert(typed.end(), more.typed.begin(), more.typed.end());
  filled_in.insert(filled_in.end(), more.filled_in.begin(), more.filled_in.end());
}

std::string words_of_typed(const ToldBack& told) {
  return told.typed.empty() ? "" : "understood: " + joined(told.typed, " ", ", ");
}

std::string words_of_filled_in(const ToldBack& told) {
  return told.filled_in.empty() ? "" : "from the template: " + joined(told.filled_in, "=", "; ");
}

void tell_back(Output& output, const ToldBack& told) {
  for (const std::string& words : {words_of_typed(told), words_of_filled_in(told)}) {
    if (!words.empty()) output.talk(words);
  }
}

JsonValue& add_told_back(JsonValue& document, const ToldBack& told) {
  return document.add("understood", json_members(told.typed))
      .add("from_template", json_members(told.filled_in));
}

}  // namespace hotline::client
