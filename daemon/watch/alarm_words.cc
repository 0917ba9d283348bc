#include "daemon/watch/alarm_words.h"

#include <algorithm>
#include <cstdio>

#include "protocol/message/names.h"

namespace hotline {
namespace {

std::string words_of(const Step& step) {
  switch (step.kind) {
    case StepKind::undelivered:
      return "UNDELIVERED";
    case StepKind::rung:
      return "ESCALATED to " + step.rung;
    case StepKind::alarm_again:
      return "still not acknowledged";
    case StepKind::first_answer_due:
      return "first answer overdue";
    case StepKind::full_answer_due:
      return "full answer overdue";
    case StepKind::dissemination_due:
      return "own people were not told in time: hotline disseminate";
  }
  return "";
}

std::string clock_text(int64_t time_ms) {
  const long long seconds = time_ms / 1000;
  char text[40];
  std::snprintf(text, sizeof text, "%02lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60,
                seconds % 60);
  return text;
}

bool proposes_voice(const SoundStep& sound, const Policy& policy) {
  for (const Rung& rung : policy.at(sound.precedence).rungs) {
    const Step climbed{StepKind::rung, rung.name};
    const auto& steps = sound.steps;
    if (rung.proposes_voice && std::find(steps.begin(), steps.end(), climbed) != steps.end())
      return true;
  }
  return false;
}

std::string voice_words(const Policy& policy) {
  if (policy.contacts.empty()) return "call by voice, or ask an intermediary";
  std::string contacts;
  for (const Contact& one : policy.contacts) {
    contacts += (contacts.empty() ? "" : "; ") + one.name + " " + one.how;
  }
  return "call by voice, or ask an intermediary: " + contacts;
}

}  // namespace

AlarmWords alarm_words(const SoundStep& sound, const std::string& sender, const Policy& policy,
                       const std::function<std::string(MessageKey)>& name_of) {
  std::string steps;
  for (const Step& step : sound.steps) {
    if (sound.count > 0 && step.kind == StepKind::alarm_again) continue;  // Said by the count.
    steps += (steps.empty() ? "" : ", ") + words_of(step);
  }
  if (proposes_voice(sound, policy)) steps += ": " + voice_words(policy);
  const Situation& all = sound.situation;
  const auto name = [&](uint64_t number) { return name_of({sound.incoming, number}); };
  const bool about_one = sound.count <= 1 && all.count <= 1 &&
                         (sound.count == 0 || all.count == 0 || sound.first == all.oldest);
  if (about_one) return {name(sound.count == 1 ? sound.first : all.oldest), steps};

  const std::string level = upper_case(precedence_name(sound.precedence));
  const std::string from = upper_case(sender);
  std::string text;
  if (all.count > 0) {
    text = std::to_string(all.count) + " " + level + " of " + from +
           (all.count == 1 ? " waits" : " wait") + " for an acknowledgement, the oldest " +
           name(all.oldest) + " for " + clock_text(all.oldest_ms);
  }
  if (sound.count == 0) return {"", text};
  if (all.count != sound.count || all.oldest != sound.first) {
    const std::string count = std::to_string(sound.count);
    text += text.empty() ? count + " " + level + " of " + from : "; " + count;
    text += ", the oldest " + name(sound.first);
  }
  return {"", text + ": " + steps};
}

}  // namespace hotline
