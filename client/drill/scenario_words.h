// The words of a scenario file: its kinds, and the keys that each table of it may have. The parser
// and the schema in docs/scenarios/ have the same, which a test holds them to.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "client/drill/scenario.h"

namespace hotline::client {

// A word that is typed, and what it means as people are told (translated).
struct KindWord {
  const char* key;
  const char* words;
};

// In the order of InjectContent.
inline constexpr std::array<KindWord, std::variant_size_v<InjectContent>> kInjectKinds = {{
    {"message", "message"},
    {"link-cut", "link cut"},
    {"daemon-killed", "daemon killed"},
    {"path-lost", "path lost"},
    {"certificate-revoked", "certificate revoked"},
    {"clock-wrong", "clock wrong"},
    {"player-absent", "player absent"},
    {"note", "note to the director"},
}};
// In the order of ExpectationContent.
inline constexpr std::array<KindWord, std::variant_size_v<ExpectationContent>> kExpectationKinds = {
    {
        {"acknowledged", "acknowledged"},
        {"read-back", "read back rightly"},
        {"disseminated", "disseminated"},
        {"answered", "answered"},
        {"escalated", "escalated"},
        {"conflict-found", "conflict found"},
        {"decision", "decision recorded"},
        {"nothing-sent", "nothing sent"},
        {"judgement", "judged by the director"},
    }};
// In the order of LinkCut::How and Script::Slip::Kind, whose first is 1.
inline constexpr std::array<const char*, 3> kCutKeys = {"whole", "one-way", "slow"};
inline constexpr std::array<const char*, 7> kSlipKeys = {
    "never-acknowledges", "acknowledges-late",  "misreads-position", "misreads-time",
    "declines",           "never-disseminates", "never-answers"};

// The tables of a file. The keys of injects, expectations and slips depend on the kind, and the
// index is that of the kind's word.
enum class ScenarioTable : uint8_t {
  file,
  objective,
  player,
  reply,
  slip,
  inject,
  expect,
  message
};
std::vector<std::string> scenario_keys(ScenarioTable table, size_t kind = 0);

}  // namespace hotline::client
