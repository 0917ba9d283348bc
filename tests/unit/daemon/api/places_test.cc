#include "daemon/api/places.h"

#include <gtest/gtest.h>

#include "protocol/base/limits.h"

namespace hotline {
namespace {

TEST(ClientPlaces, SilentStrangersTakeNobodysPlace) {
  ClientPlaces places;
  uint64_t id = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string user = "user " + std::to_string(1000 + i % 300);
    EXPECT_TRUE(places.admit(++id, user, false, 0).admitted);
    EXPECT_LE(places.count(), limits::kStrangersMax);
  }
  for (size_t i = 0; i < limits::kClientsMax; ++i) {
    auto admission = places.admit(++id, "person " + std::to_string(i % 8), true, 0);
    EXPECT_TRUE(admission.admitted);
    EXPECT_FALSE(admission.gives_way);
    places.settle(id);
  }
}

TEST(ClientPlaces, OneUserHasFewPlacesAndTheOldestGivesWay) {
  ClientPlaces places;
  for (uint64_t id = 1; id <= limits::kStrangersPerUserMax; ++id)
    EXPECT_FALSE(places.admit(id, "user 1000", false, 0).gives_way);
  auto admission = places.admit(99, "user 1000", false, 0);
  EXPECT_TRUE(admission.admitted);
  EXPECT_EQ(admission.gives_way, 1u);
  EXPECT_FALSE(places.admit(100, "user 1001", false, 0).gives_way);
  places.settle(2);  // Without a role there is nothing to settle for.
  EXPECT_EQ(places.admit(101, "user 1000", false, 0).gives_way, 2u);
}

TEST(ClientPlaces, APersonIsToldWhenAllTheirPlacesAreInUse) {
  ClientPlaces places;
  for (uint64_t id = 1; id <= limits::kClientsPerPersonMax; ++id) {
    places.admit(id, "ann", true, 0);
    if (id != 7) places.settle(id);
  }
  auto admission = places.admit(100, "ann", true, 0);
  EXPECT_TRUE(admission.admitted);
  EXPECT_EQ(admission.gives_way, 7u);  // The only one that had not said hello.
  places.settle(100);
  admission = places.admit(101, "ann", true, 0);
  EXPECT_FALSE(admission.admitted);
  EXPECT_NE(admission.why.find("ann has 64 connections already"), std::string::npos);
  EXPECT_TRUE(places.admit(102, "bob", true, 0).admitted);
  places.leave(100);
  EXPECT_TRUE(places.admit(103, "ann", true, 0).admitted);
}

TEST(ClientPlaces, WhereAllAreInUseTheOldestOfWhoeverHasTheMostGivesWay) {
  ClientPlaces places;
  uint64_t id = 0;
  const auto fill = [&](const std::string& person, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      EXPECT_FALSE(places.admit(++id, person, true, 0).gives_way);
      places.settle(id);
    }
  };
  fill("bob", 60);
  const uint64_t first_of_ann = id + 1;
  fill("ann", limits::kClientsPerPersonMax);
  for (size_t i = 0; places.count() < limits::kClientsMax; ++i) fill("p" + std::to_string(i), 1);
  auto admission = places.admit(++id, "zoe", true, 0);
  EXPECT_TRUE(admission.admitted);
  EXPECT_EQ(admission.gives_way, first_of_ann);
}

TEST(ClientPlaces, WhoSaysNothingIsOverdue) {
  ClientPlaces places;
  places.admit(1, "ann", true, 1000);
  places.admit(2, "bob", true, 1000);
  places.admit(3, "user 1000", false, 2000);
  places.settle(2);
  EXPECT_TRUE(places.overdue(1000 + limits::kClientHelloDeadline_ms - 1).empty());
  EXPECT_EQ(places.overdue(1000 + limits::kClientHelloDeadline_ms), (std::vector<uint64_t>{1}));
  EXPECT_EQ(places.overdue(2000 + limits::kClientHelloDeadline_ms), (std::vector<uint64_t>{1, 3}));
}

TEST(ClientPlaces, OnlySoManyAreToldWhyAtOnce) {
  ClientPlaces places;
  for (size_t i = 0; i < limits::kFarewellsMax; ++i) EXPECT_TRUE(places.may_say_farewell(50));
  EXPECT_FALSE(places.may_say_farewell(50));
  EXPECT_TRUE(places.may_say_farewell(50 + limits::kGoodbyeDeadline_ms));
}

}  // namespace
}  // namespace hotline
