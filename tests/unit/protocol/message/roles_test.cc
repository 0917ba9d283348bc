#include "protocol/message/roles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace hotline {
namespace {

// Every role, every right, every kind: as a person would read it.
TEST(Roles, WhoMayDoWhat) {
  struct Expected {
    wire::Role role;
    bool look, send, draft, release, take_flood, agree, hand_over, declare, pause, keep_case,
        escalate, export_record, direct, recover;
  };
  std::vector<Expected> table = {
      {wire::Role::operator_, true, true, true, false, false, false, true, false, false, true, true,
       false, false, false},
      {wire::Role::releaser, true, false, false, true, false, false, false, false, false, false,
       false, false, false, false},
      {wire::Role::supervisor, true, true, true, true, true, true, true, true, true, true, true,
       false, false, true},
      {wire::Role::director, true, false, false, false, false, false, false, false, false, false,
       false, false, true, false},
      {wire::Role::auditor, true, false, false, false, false, false, false, false, false, false,
       false, true, false, false},
  };
  for (int role = 0; role <= 255; ++role) {
    const auto other = static_cast<wire::Role>(role);
    if (std::none_of(table.begin(), table.end(),
                     [=](const Expected& row) { return row.role == other; }))
      table.push_back({other, false, false, false, false, false, false, false, false, false, false,
                       false, false, false, false});
  }
  for (const Expected& row : table) {
    EXPECT_EQ(may(row.role, Right::look), row.look);
    EXPECT_EQ(may(row.role, Right::draft), row.draft);
    EXPECT_EQ(may(row.role, Right::release), row.release);
    EXPECT_EQ(may(row.role, Right::take_flood), row.take_flood);
    EXPECT_EQ(may(row.role, Right::agree), row.agree);
    EXPECT_EQ(may(row.role, Right::hand_over), row.hand_over);
    EXPECT_EQ(may(row.role, Right::declare), row.declare);
    EXPECT_EQ(may(row.role, Right::pause), row.pause);
    EXPECT_EQ(may(row.role, Right::keep_case), row.keep_case);
    EXPECT_EQ(may(row.role, Right::escalate), row.escalate);
    EXPECT_EQ(may(row.role, Right::export_record), row.export_record);
    EXPECT_EQ(may(row.role, Right::direct), row.direct);
    EXPECT_EQ(may(row.role, Right::recover), row.recover);
    for (int kind = 0; kind <= 255; ++kind) {
      const auto type = static_cast<wire::MessageType>(kind);
      const bool observation =
          type == wire::MessageType::incident || type == wire::MessageType::violation;
      const bool by_monitor = row.role == wire::Role::monitor && observation;
      EXPECT_EQ(may(row.role, Right::send, type), row.send || by_monitor) << kind;
    }
  }
}

TEST(Roles, OneOfSeveralIsEnoughAndNoneIsNot) {
  const std::vector<uint8_t> both = {static_cast<uint8_t>(wire::Role::auditor),
                                     static_cast<uint8_t>(wire::Role::operator_)};
  EXPECT_TRUE(may(both, Right::send));
  EXPECT_TRUE(may(both, Right::export_record));
  EXPECT_FALSE(may(both, Right::take_flood));
  EXPECT_FALSE(may(std::vector<uint8_t>{}, Right::look));
}

TEST(Roles, APersonActsInTheFirstRoleThatMay) {
  const std::vector<uint8_t> roles = {static_cast<uint8_t>(wire::Role::auditor),
                                      static_cast<uint8_t>(wire::Role::operator_),
                                      static_cast<uint8_t>(wire::Role::supervisor)};
  EXPECT_EQ(acting_role(roles, 0, Right::send), wire::Role::operator_);
  EXPECT_EQ(acting_role(roles, 0, Right::release), wire::Role::supervisor);
  const auto supervisor = static_cast<uint8_t>(wire::Role::supervisor);
  EXPECT_EQ(acting_role(roles, supervisor, Right::send), wire::Role::supervisor);
  EXPECT_EQ(acting_role(roles, static_cast<uint8_t>(wire::Role::auditor), Right::send),
            std::nullopt);
  EXPECT_EQ(acting_role(roles, static_cast<uint8_t>(wire::Role::releaser), Right::release),
            std::nullopt);
}

}  // namespace
}  // namespace hotline
