#include "daemon/store/sqlite/runs.h"

#include <gtest/gtest.h>

#include <map>

#include "daemon/store/sqlite/little_endian.h"
#include "daemon/store/sqlite/schema.h"
#include "tests/simulation/seeded.h"
#include "tests/unit/daemon/store/sqlite/sqlite_fixture.h"

namespace hotline {
namespace {

class StoreRunsTest : public ::testing::Test {
 protected:
  static Database with_tables() {
    Database database(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "");
    create_store_tables(database, test_identity());
    return database;
  }
  // The head as the store's writer leaves it.
  void flush(RunWriter& writer) {
    Statement head(database_, "head", "UPDATE head SET open_runs = ?4, seal = ?5 WHERE id = ?1");
    head.run_sealed(1, 0, sha256({}), writer.take_open());
  }
  void flush() { flush(writer_); }
  int64_t rows() {
    Statement count(database_, "run", "SELECT count(*) FROM run");
    Rows found = count.query();
    EXPECT_TRUE(found.next());
    return found.integer(0);
  }

  Database database_ = with_tables();
  RunWriter writer_{database_};
  StoreRuns runs_{database_};
};

TEST_F(StoreRunsTest, NeighboursAreOneRow) {
  EXPECT_EQ(runs_.end(RunMap::own_serial_at), 0u);
  EXPECT_FALSE(runs_.find(RunMap::own_serial_at, 0));
  for (uint64_t i = 0; i < 500; ++i) {
    writer_.add(RunMap::own_serial_at, i, 1000 + i);
    writer_.add(submissions_of(1), 7 + i, 1000 + i);
  }
  writer_.add(RunMap::own_serial_at, 500, 3);
  flush();
  EXPECT_EQ(rows(), 1) << "of the three two still grow";
  EXPECT_EQ(runs_.find(RunMap::own_serial_at, 0)->target, 1000u);
  EXPECT_EQ(runs_.find(RunMap::own_serial_at, 0)->left, 500u);
  EXPECT_EQ(runs_.find(RunMap::own_serial_at, 499)->target, 1499u);
  EXPECT_EQ(runs_.find(RunMap::own_serial_at, 499)->left, 1u);
  EXPECT_EQ(runs_.find(RunMap::own_serial_at, 500)->target, 3u);
  EXPECT_FALSE(runs_.find(RunMap::own_serial_at, 501));
  EXPECT_FALSE(runs_.find(submissions_of(1), 6));
  EXPECT_FALSE(runs_.find(submissions_of(2), 7));
  EXPECT_EQ(runs_.end(RunMap::own_serial_at), 501u);
  EXPECT_EQ(runs_.end(submissions_of(1)), 507u);
}

// As precedence brings it about.
TEST_F(StoreRunsTest, AnyOrderIsRemembered) {
  simulation::Seeded random(1);
  std::map<uint64_t, uint64_t> expected;
  for (uint64_t place = 0; place < 2000; ++place) {
    uint64_t serial = random.chance(20) ? random.below(4000) : 4000 + place;
    while (expected.contains(serial)) ++serial;
    expected[serial] = place;
    writer_.add(RunMap::own_place_of, serial, place);
    if (random.chance(5)) flush();
  }
  flush();
  for (uint64_t serial = 0; serial < 7000; ++serial) {
    const auto found = runs_.find(RunMap::own_place_of, serial);
    const auto known = expected.find(serial);
    ASSERT_EQ(found.has_value(), known != expected.end()) << serial;
    if (found) {
      ASSERT_EQ(found->target, known->second) << serial;
    }
  }
}

// A message that took two places would be sent twice.
TEST_F(StoreRunsTest, ASecondPlaceIsRefused) {
  for (uint64_t i = 10; i < 20; ++i) writer_.add(RunMap::own_place_of, i, i);
  flush();
  for (const auto& [first, end] : {std::pair{15, 16}, {5, 11}, {19, 25}, {5, 25}}) {
    RunWriter another(database_);
    const auto add_all = [&another, first = first, end = end] {
      for (int i = first; i < end; ++i) {
        another.add(RunMap::own_place_of, static_cast<uint64_t>(i), static_cast<uint64_t>(100 + i));
      }
    };
    database_.execute("SAVEPOINT before");
    EXPECT_THROW(add_all(), StoreCorrupt) << first;
    database_.execute("ROLLBACK TO before");
  }
}

TEST_F(StoreRunsTest, OfThePeersSerialsTheFirstUseCounts) {
  for (uint64_t i = 0; i < 10; ++i) writer_.add(RunMap::peer_place_of, 10 + i, i);
  flush();
  for (uint64_t i = 0; i < 20; ++i) writer_.add(RunMap::peer_place_of, 5 + i, 100 + i);
  writer_.add(RunMap::peer_place_of, 12, 200);
  flush();
  for (uint64_t serial = 5; serial < 25; ++serial) {
    const bool first = serial >= 10 && serial < 20;
    EXPECT_EQ(runs_.find(RunMap::peer_place_of, serial)->target,
              first ? serial - 10 : serial - 5 + 100)
        << serial;
  }
}

// Old readers and new ones, new starts of the writer, and more people than the head has room for.
TEST_F(StoreRunsTest, WhatGrowsIsFoundByEverybody) {
  constexpr int64_t kPersons = 25;
  simulation::Seeded random(3);
  auto writer = std::make_unique<RunWriter>(database_);
  std::map<std::pair<int64_t, uint64_t>, uint64_t> expected;
  std::map<int64_t, uint64_t> counters;
  for (uint64_t serial = 1; serial <= 3000; ++serial) {
    const auto person = static_cast<int64_t>(random.below(kPersons) * random.below(kPersons) / 20);
    uint64_t& counter = counters[person];
    counter += random.chance(30) ? 7 : 1;
    writer->add(submissions_of(person), counter, serial);
    expected[{person, counter}] = serial;
    if (!random.chance(100)) continue;
    flush(*writer);
    if (random.chance(300)) writer = std::make_unique<RunWriter>(database_);
    const StoreRuns new_reader(database_);
    for (const StoreRuns* reader : {&std::as_const(runs_), &new_reader}) {
      for (const auto& [key, target] : expected) {
        const auto found = reader->find(submissions_of(key.first), key.second);
        ASSERT_TRUE(found) << key.first << " " << key.second;
        ASSERT_EQ(found->target, target);
      }
      for (const auto& [known, last] : counters) {
        ASSERT_FALSE(reader->find(submissions_of(known), last + 1));
        ASSERT_EQ(reader->end(submissions_of(known)), last + 1);
      }
    }
  }
}

// Somebody who can make seals wrote them: a loop over such a run would not end.
TEST_F(StoreRunsTest, NumbersBeyondAllNumbersAreRefused) {
  constexpr int64_t kLast = INT64_MAX;
  const int64_t bad[][3] = {{0, 1, -1},    {0, -1, 0},    {0, 0, 0},
                            {0, kLast, 1}, {1, kLast, 0}, {0, INT64_MIN, 0}};
  for (const auto& [first, count, target] : bad) {
    database_.execute("DELETE FROM run");
    {
      Statement insert(database_, "run", "INSERT INTO run VALUES (?1, ?2, ?3, ?4, ?5)");
      insert.run_sealed(RunMap::own_serial_at, first, count, target);
    }
    EXPECT_THROW(static_cast<void>(runs_.find(RunMap::own_serial_at, 3)), StoreCorrupt);
    EXPECT_THROW(static_cast<void>(runs_.end(RunMap::own_serial_at)), StoreCorrupt);
  }
  database_.execute("DELETE FROM run");
  for (const auto& [first, count, target] : bad) {
    Bytes open(4 * sizeof(int64_t));  // Map 0, own_serial_at.
    store_number(open.data() + 8, first);
    store_number(open.data() + 16, count);
    store_number(open.data() + 24, target);
    Statement head(database_, "head", "UPDATE head SET open_runs = ?4, seal = ?5 WHERE id = ?1");
    head.run_sealed(1, 0, sha256({}), open);
    EXPECT_THROW(static_cast<void>(runs_.find(RunMap::own_serial_at, 3)), StoreCorrupt);
    EXPECT_THROW(static_cast<void>(runs_.end(RunMap::own_serial_at)), StoreCorrupt);
    head.run_sealed(1, 0, sha256({}), Bytes(open.begin(), open.end() - 1));
    EXPECT_THROW(static_cast<void>(runs_.end(RunMap::own_serial_at)), StoreCorrupt);
  }
}

// A client's counter may be any number; it must not be taken for damage.
TEST_F(StoreRunsTest, ACounterAboveAllSignedNumbersIsKept) {
  writer_.add(submissions_of(1), UINT64_MAX - 1, 7);
  flush();
  ASSERT_TRUE(runs_.find(submissions_of(1), UINT64_MAX - 1));
  EXPECT_EQ(runs_.find(submissions_of(1), UINT64_MAX - 1)->target, 7u);
}

}  // namespace
}  // namespace hotline
