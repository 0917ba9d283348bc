#include "client/drill/scenario_words.h"

#include "client/compose/incident_file.h"

namespace hotline::client {
namespace {

using Keys = std::vector<std::string>;

Keys joined_keys(Keys keys, const Keys& more) {
  keys.insert(keys.end(), more.begin(), more.end());
  return keys;
}

// In the order of kInjectKinds.
const Keys kInjectKeys[] = {
    {"message"}, {"how", "delay", "for"},  {"for"},           {"path", "for"},
    {"player"},  {"ahead", "slow", "for"}, {"player", "for"}, {"text"}};

// In the order of kExpectationKinds.
const Keys kExpectationKeys[] = {
    {"role"}, {}, {"audience"}, {"type", "words", "fields"}, {"rung"}, {}, {"role"}, {}, {}};

}  // namespace

std::vector<std::string> scenario_keys(ScenarioTable table, size_t kind) {
  switch (table) {
    case ScenarioTable::file:
      return {"title",     "summary", "language", "sides", "seed",
              "objective", "player",  "inject",   "expect"};
    case ScenarioTable::objective:
      return {"name", "text"};
    case ScenarioTable::player:
      return {"name",        "side",     "role", "scripted", "acknowledge",
              "disseminate", "audience", "vary", "reply",    "slip"};
    case ScenarioTable::reply:
      return {"to", "after", "message"};
    case ScenarioTable::slip:
      return {"about", "kind", "by", "chance"};
    case ScenarioTable::inject:
      return joined_keys({"name", "kind", "from", "enabled", "at", "after", "after_met",
                          "after_missed", "by_hand", "wait"},
                         kInjectKeys[kind]);
    case ScenarioTable::expect:
      return joined_keys(
          {"name", "kind", "of", "side", "within", "points", "objective", "judged_by", "comment"},
          kExpectationKeys[kind]);
    case ScenarioTable::message:
      return joined_keys(incident_file_keys(),
                         {"questions", "answers", "danger_to_life", "reply_by", "expires"});
  }
  return {};
}

}  // namespace hotline::client
