// Signatures of people, in exports of a party that tells the truth and of one that does not: a
// journal can be made to say anything, and its own people's signatures say otherwise.
#include "client/audit/person_check.h"

#include <gtest/gtest.h>

#include "protocol/base/sha256.h"
#include "protocol/message/envelope.h"
#include "tests/audit/export_fixture.h"

namespace hotline::audit {
namespace {

PersonsAccount account_of(const ExportPlan& plan, const std::optional<Serial>& of = {}) {
  const MadeExports exports(plan);
  EXPECT_EQ(verdict_on(exports.north(), exports.trust()),
            plan.erased_per_mille == 0 ? "VERIFIED" : "INCOMPLETE");
  auto account = check_persons(exports.north(), exports.trust(), of);
  EXPECT_TRUE(account) << account.error().reason;
  return *std::move(account);
}

ExportPlan plan_with(PeopleSign people) {
  ExportPlan plan;
  plan.messages = 40;
  plan.north_per_mille = 1000;
  plan.with_south = false;
  plan.people = people;
  return plan;
}

TEST(PersonCheck, EverySignatureHoldsWhereEverybodyIsHonest) {
  const PersonsAccount account = account_of(plan_with(PeopleSign::all), Serial{"N", 1});
  EXPECT_FALSE(account.fault) << account.fault->name << ": " << account.fault->reason;
  EXPECT_EQ(account.people.size(), 2u);
  EXPECT_GE(account.statements, 40u);
  EXPECT_EQ(account.compared, account.statements);
  EXPECT_EQ(account.unsigned_acts, 0u);
  EXPECT_EQ(account.erased, 0u);
  ASSERT_TRUE(account.opening);
  EXPECT_NE(account.opening->part.find("\naction: release\n"), std::string::npos);
}

TEST(PersonCheck, ShowsNoMessageOfAnotherName) {
  for (const char* prefix : {"S", "XN", "D"}) {
    EXPECT_FALSE(account_of(plan_with(PeopleSign::all), Serial{prefix, 1}).opening) << prefix;
  }
}

TEST(PersonCheck, AnExerciseIsSignedAsOne) {
  ExportPlan plan = plan_with(PeopleSign::all);
  plan.exercise = true;
  const PersonsAccount account = account_of(plan);
  EXPECT_FALSE(account.fault) << account.fault->name << ": " << account.fault->reason;
}

TEST(PersonCheck, WhoSignedNothingIsCounted) {
  const PersonsAccount account = account_of(plan_with(PeopleSign::nothing));
  EXPECT_FALSE(account.fault);
  EXPECT_EQ(account.statements, 0u);
  EXPECT_GE(account.unsigned_acts, 40u);
}

TEST(PersonCheck, ABodyThatIsErasedIsNotCompared) {
  ExportPlan plan = plan_with(PeopleSign::all);
  plan.erased_per_mille = 500;
  const PersonsAccount account = account_of(plan);
  EXPECT_FALSE(account.fault) << account.fault->name << ": " << account.fault->reason;
  EXPECT_GT(account.bodies_erased, 0u);
  EXPECT_EQ(account.compared + account.bodies_erased, account.statements);
}

TEST(PersonCheck, EachLieIsFound) {
  const struct {
    PeopleSign people;
    const char* reason;
  } lies[] = {
      {PeopleSign::other_words, "something else was signed than was sent"},
      {PeopleSign::other_key, "its signature does not hold"},
      {PeopleSign::other_name, "it names another person than its certificate"},
      {PeopleSign::no_certificate, "no certificate is kept for its signature"},
      {PeopleSign::other_certificate, "its certificate: "},
  };
  for (const auto& lie : lies) {
    SCOPED_TRACE(lie.reason);
    const PersonsAccount account = account_of(plan_with(lie.people));
    ASSERT_TRUE(account.fault);
    EXPECT_TRUE(account.fault->name.starts_with("journal entry ")) << account.fault->name;
    EXPECT_TRUE(account.fault->reason.starts_with(lie.reason)) << account.fault->reason;
  }
}

}  // namespace
}  // namespace hotline::audit
