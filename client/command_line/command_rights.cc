#include "client/command_line/command_rights.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "protocol/message/roles.h"

namespace hotline::client {
namespace {

using Type = wire::MessageType;

struct Row {
  std::string_view words;  // With which the command begins.
  Right right;
  Type type = Type::unset;
};

// Where several fit, the first counts.
constexpr Row kRows[] = {
    {"ack --all", Right::take_flood},
    {"ack", Right::send, Type::acknowledgement},
    {"agreement accept", Right::agree},
    {"agreement propose", Right::agree},
    {"agreement reject", Right::agree},
    {"audit export", Right::export_record},
    {"case note", Right::keep_case},
    {"channel reopen", Right::declare},
    {"channel restrict", Right::declare},
    {"channel suspend", Right::declare},
    {"conflicts --accept", Right::send, Type::answer},
    {"decide", Right::send, Type::decision},
    {"decline", Right::send, Type::decline},
    {"disseminate", Right::send, Type::dissemination},
    {"draft discard", Right::draft},
    {"draft edit", Right::draft},
    {"draft save", Right::draft},
    {"draft submit", Right::draft},
    {"draft withdraw", Right::draft},
    {"drill agree", Right::direct},
    {"drill begin", Right::direct},
    {"drill decline", Right::direct},
    {"escalation pause", Right::pause},
    {"escalation raise", Right::escalate},
    {"escalation resume", Right::pause},
    {"escalation test", Right::escalate},
    {"handover accept", Right::hand_over},
    {"handover start", Right::hand_over},
    {"incident close", Right::send, Type::service},
    {"incident open", Right::send, Type::service},
    {"recover", Right::recover},
    {"release", Right::release},
    {"reply", Right::send, Type::answer},
    {"return", Right::release},
    {"send", Right::send},
    {"test-call", Right::send, Type::test},
};

bool begins_with(std::string_view words, std::string_view row) {
  return words.starts_with(row) && (words.size() == row.size() || words[row.size()] == ' ');
}

bool has(std::span<const uint8_t> roles, const Row& row) {
  if (row.right != Right::send || row.type != Type::unset) return may(roles, row.right, row.type);
  // A sensor feed sends messages of some types alone.
  const auto& types = wire::EnumValuesMessageType();
  return std::any_of(std::begin(types), std::end(types),
                     [&](Type type) { return may(roles, Right::send, type); });
}

}  // namespace

bool may_give(std::span<const uint8_t> roles, const std::string& words, bool exercise) {
  const auto* row = std::find_if(std::begin(kRows), std::end(kRows),
                                 [&](const Row& one) { return begins_with(words, one.words); });
  if (row == std::end(kRows) || (row->right == Right::direct && !exercise)) return true;
  return has(roles, *row);
}

}  // namespace hotline::client
