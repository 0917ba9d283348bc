#include "client/drill/scripted_player.h"

#include <string_view>

#include "client/drill/scenario_words.h"

namespace hotline::client {
namespace {

// A draw of its own for each question, so that one more inject changes no other reaction. By names
// rather than places: an inject that is moved in the file keeps its reactions. FNV-1a, then mixed
// as SplitMix64 does.
uint64_t drawn(const Scenario& scenario, size_t player, size_t inject, std::string_view question) {
  uint64_t hash = 0xcbf29ce484222325 ^ scenario.seed;
  const auto take = [&hash](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
    hash = (hash ^ 0xff) * 0x100000001b3;
  };
  take(scenario.players[player].name);
  take(scenario.injects[inject].name);
  take(question);
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

void apply_slip(const Script::Slip& slip, Reaction& reaction) {
  using Kind = Script::Slip::Kind;
  reaction.has_slipped = true;
  switch (slip.kind) {
    case Kind::never_acknowledges:
      reaction.acknowledge_ms.reset();
      return;
    case Kind::acknowledges_late:
      if (reaction.acknowledge_ms) *reaction.acknowledge_ms += slip.by;
      return;
    case Kind::misreads_position:
      reaction.position_off_m = slip.by;
      return;
    case Kind::misreads_time:
      reaction.time_off_ms = slip.by;
      return;
    case Kind::declines:
      reaction.declines = true;
      return;
    case Kind::never_disseminates:
      reaction.disseminate_ms.reset();
      return;
    case Kind::never_answers:
      reaction.replies.clear();
      return;
  }
}

}  // namespace

Reaction reaction_of(const Scenario& scenario, size_t player, size_t inject) {
  const Script& script = *scenario.players[player].script;
  const auto varied = [&](int64_t after_ms, std::string_view question) {
    const auto span = static_cast<uint64_t>(script.vary_ms) + 1;
    return after_ms + static_cast<int64_t>(drawn(scenario, player, inject, question) % span);
  };
  Reaction reaction;
  if (script.acknowledge_ms)
    reaction.acknowledge_ms = varied(*script.acknowledge_ms, "acknowledge");
  if (script.disseminate_ms)
    reaction.disseminate_ms = varied(*script.disseminate_ms, "disseminate");
  for (size_t i = 0; i < script.replies.size(); ++i) {
    if (script.replies[i].to != inject) continue;
    reaction.replies.push_back({i, varied(script.replies[i].after_ms, "reply")});
  }
  for (const Script::Slip& slip : script.slips) {
    if (slip.about != inject) continue;
    const uint64_t dice =
        drawn(scenario, player, inject, kSlipKeys[static_cast<size_t>(slip.kind) - 1]);
    if (dice % 100 < slip.chance_percent) apply_slip(slip, reaction);
  }
  return reaction;
}

}  // namespace hotline::client
