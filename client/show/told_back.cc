#include "client/show/told_back.h"

namespace hotline::client {
namespace {

JsonValue json_members(const Understood& understood) {
  JsonValue::Object members;
  for (const auto& [key, words] : understood) members.emplace_back(key, words);
  return members;
}

std::string joined(const Output& output, const Understood& understood, const char* is,
                   const char* between) {
  std::string words;
  for (const auto& [key, value] : understood) {
    if (!words.empty()) words += between;
    words += key + is + output.words(value);
  }
  return words;
}

}  // namespace

void ToldBack::append(const ToldBack& more) {
  typed.insert(typed.end(), more.typed.begin(), more.typed.end());
  filled_in.insert(filled_in.end(), more.filled_in.begin(), more.filled_in.end());
  if (more.still_open) still_open = more.still_open;
  if (more.conflicts) conflicts = more.conflicts;
  ended_acceptances.insert(ended_acceptances.end(), more.ended_acceptances.begin(),
                           more.ended_acceptances.end());
  if (!more.in_force_again.empty()) in_force_again = more.in_force_again;
  cautions.insert(cautions.end(), more.cautions.begin(), more.cautions.end());
}

std::string words_of_typed(const Output& output, const ToldBack& told) {
  return told.typed.empty() ? "" : "understood: " + joined(output, told.typed, " ", ", ");
}

std::string words_of_filled_in(const Output& output, const ToldBack& told) {
  return told.filled_in.empty() ? ""
                                : "from the template: " + joined(output, told.filled_in, "=", "; ");
}

std::string listed(const std::vector<size_t>& numbers) {
  std::string all;
  for (const size_t number : numbers) all += (all.empty() ? "" : ", ") + std::to_string(number);
  return all;
}

std::string words_of_still_open(const ToldBack& told) {
  if (!told.still_open) return "";
  return told.still_open->empty() ? "No question is open any more."
                                  : "Still open: question " + listed(*told.still_open) + ".";
}

void tell_back(Output& output, const ToldBack& told) {
  for (const std::string& words : {words_of_typed(output, told), words_of_filled_in(output, told),
                                   words_of_still_open(told)}) {
    if (!words.empty()) output.talk(words);
  }
  for (const ToldConflict& one : told.conflicts.value_or(std::vector<ToldConflict>())) {
    output.talk("IN CONFLICT with " + one.words, Style::yellow);
  }
  for (const ToldConflict& one : told.ended_acceptances) output.talk(one.words, Style::yellow);
  if (!told.in_force_again.empty()) {
    output.talk(told.in_force_again + " has expired. This correction brings it into force again.",
                Style::yellow);
  }
  for (const std::string& caution : told.cautions) output.quote(caution);
}

JsonValue& add_told_back(JsonValue& document, const ToldBack& told) {
  document.add("understood", json_members(told.typed))
      .add("from_template", json_members(told.filled_in));
  if (told.still_open) {
    document.add("still_open", json_each(*told.still_open, [](size_t number) {
                   return JsonValue(static_cast<uint64_t>(number));
                 }));
  }
  if (told.conflicts) {
    document.add("conflicts",
                 json_each(*told.conflicts, [](const ToldConflict& one) { return one.json; }));
  }
  if (told.link_down) {
    const bool is_known = *told.link_down && told.link_down_since != 0;
    document.add("link_down", *told.link_down)
        .add("link_down_since", is_known ? json_time(told.link_down_since) : JsonValue());
  }
  if (!told.in_force_again.empty()) document.add("in_force_again", told.in_force_again);
  if (!told.ended_acceptances.empty()) {
    document.add("ended_acceptances", json_each(told.ended_acceptances,
                                                [](const ToldConflict& one) { return one.json; }));
  }
  return document;
}

}  // namespace hotline::client
