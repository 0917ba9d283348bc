#include "protocol/message/roles.h"

#include <algorithm>
#include <iterator>

namespace hotline {
namespace {

constexpr wire::MessageType kEvery = wire::MessageType::unset;

struct Row {
  wire::Role role;
  Right right;
  wire::MessageType kind = kEvery;
};

constexpr Row kRows[] = {
    {wire::Role::operator_, Right::look},
    {wire::Role::operator_, Right::send},
    {wire::Role::operator_, Right::draft},
    {wire::Role::operator_, Right::hand_over},
    {wire::Role::operator_, Right::keep_case},
    {wire::Role::operator_, Right::escalate},
    {wire::Role::operator_, Right::stop_exercise},
    {wire::Role::releaser, Right::look},
    {wire::Role::releaser, Right::release},
    {wire::Role::releaser, Right::stop_exercise},
    {wire::Role::supervisor, Right::look},
    {wire::Role::supervisor, Right::send},
    {wire::Role::supervisor, Right::draft},
    {wire::Role::supervisor, Right::release},
    {wire::Role::supervisor, Right::take_flood},
    {wire::Role::supervisor, Right::agree},
    {wire::Role::supervisor, Right::hand_over},
    {wire::Role::supervisor, Right::declare},
    {wire::Role::supervisor, Right::pause},
    {wire::Role::supervisor, Right::escalate},
    {wire::Role::supervisor, Right::keep_case},
    {wire::Role::supervisor, Right::recover},
    {wire::Role::supervisor, Right::stop_exercise},
    {wire::Role::monitor, Right::send, wire::MessageType::incident},
    {wire::Role::monitor, Right::send, wire::MessageType::violation},
    {wire::Role::monitor, Right::stop_exercise},
    {wire::Role::director, Right::look},
    {wire::Role::director, Right::direct},
    {wire::Role::director, Right::stop_exercise},
    {wire::Role::auditor, Right::look},
    {wire::Role::auditor, Right::export_record},
};

}  // namespace

bool may(wire::Role role, Right right, wire::MessageType kind) {
  return std::any_of(std::begin(kRows), std::end(kRows), [=](const Row& row) {
    return row.role == role && row.right == right && (row.kind == kEvery || row.kind == kind);
  });
}

bool may(std::span<const uint8_t> roles, Right right, wire::MessageType kind) {
  return std::any_of(roles.begin(), roles.end(),
                     [=](uint8_t role) { return may(static_cast<wire::Role>(role), right, kind); });
}

std::optional<wire::Role> acting_role(std::span<const uint8_t> roles, uint8_t wanted, Right right,
                                      wire::MessageType kind) {
  const auto acts = [=](uint8_t role) {
    return (wanted == 0 || wanted == role) && may(static_cast<wire::Role>(role), right, kind);
  };
  const auto found = std::find_if(roles.begin(), roles.end(), acts);
  return found == roles.end() ? std::nullopt : std::optional(static_cast<wire::Role>(*found));
}

}  // namespace hotline
