#include "daemon/api/descriptors.h"

#include <gtest/gtest.h>

#include "protocol/base/limits.h"

namespace hotline {
namespace {

uint64_t all_of(const ConnectionsMax& max) {
  return 2 * (max.handshakes.strangers + max.handshakes.known) + max.clients.with_role +
         max.clients.strangers + max.clients.farewells;
}

TEST(Descriptors, B3_WithEnoughOfThemNothingIsBoundedByThem) {
  for (const uint64_t count : {descriptors_wanted(), uint64_t{1} << 40}) {
    const ConnectionsMax max = share_descriptors(count);
    EXPECT_EQ(max.handshakes.strangers, limits::kHandshakesMax);
    EXPECT_EQ(max.handshakes.known, limits::kHandshakesKnownMax);
    EXPECT_EQ(max.handshakes.per_network_when_full, limits::kHandshakesPerNetworkMax);
    EXPECT_EQ(max.clients.with_role, limits::kClientsMax);
    EXPECT_EQ(max.clients.per_person, limits::kClientsPerPersonMax);
    EXPECT_EQ(max.clients.strangers, limits::kStrangersMax);
    EXPECT_EQ(max.clients.per_user, limits::kStrangersPerUserMax);
    EXPECT_EQ(max.clients.farewells, limits::kFarewellsMax);
  }
  EXPECT_LE(descriptors_wanted(), 1'024u) << "the usual limit";
  EXPECT_LT(share_descriptors(descriptors_wanted() - 1).clients.with_role, limits::kClientsMax);
}

TEST(Descriptors, B3_WithFewOfThemTheDaemonsOwnStayAndNobodyHasNothing) {
  for (uint64_t count = 128; count <= descriptors_wanted(); ++count) {
    ASSERT_LE(all_of(share_descriptors(count)) + 64, count);
  }
  for (uint64_t count = 0; count < 128; ++count) {
    const ConnectionsMax max = share_descriptors(count);
    ASSERT_GE(max.handshakes.known, 4u);
    ASSERT_GE(max.clients.with_role, 8u);
    ASSERT_LE(all_of(max), 64u);
  }
}

}  // namespace
}  // namespace hotline
