#include "daemon/store/sqlite/row_packs.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <limits>
#include <map>

#include "tests/simulation/seeded.h"
#include "tests/unit/daemon/store/sqlite/sqlite_fixture.h"

namespace hotline {
namespace {

constexpr char kTable[] = "thing";

struct Thing {
  int64_t number = 0;
  std::string text;
  Hash hash{};
  bool operator==(const Thing&) const = default;
};

Thing thing_from(PackedRow row) {
  Thing thing;
  thing.number = row.integer();
  thing.text = row.text();
  thing.hash = row.hash_or_zero();
  return thing;
}

class RowPacksTest : public ::testing::Test {
 protected:
  static Database with_table() {
    Database database(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "");
    database.execute(packs_schema(kTable));
    return database;
  }
  static void add(PackWriter& writer, uint64_t key, const Thing& thing) {
    writer.add(key, thing.number, thing.text,
               thing.hash == Hash{} ? ByteView() : ByteView(thing.hash));
  }
  int64_t packs() {
    Statement count(database_, kTable, std::string("SELECT count(*) FROM ") + kTable);
    Rows found = count.query();
    EXPECT_TRUE(found.next());
    return found.integer(0);
  }
  Bytes first_pack() {
    Statement statement(database_, kTable, std::string("SELECT rows FROM ") + kTable);
    Rows rows = statement.query();
    EXPECT_TRUE(rows.next());
    return to_bytes(rows.blob(0));
  }
  void set_first_pack(const Bytes& pack) {
    Statement(database_, kTable, std::string("UPDATE ") + kTable + " SET rows = ?1").run(pack);
  }
  // Everything, as a reader gives it that has seen nothing before.
  std::map<uint64_t, Thing> everything() {
    PackReader reader(database_, kTable);
    std::map<uint64_t, Thing> found;
    for (bool more = reader.seek(0); more; more = reader.next()) {
      found[reader.key()] = thing_from(reader.row());
    }
    return found;
  }

  StoreDirectory directory_;
  Database database_ = with_table();
};

TEST_F(RowPacksTest, AnEmptyTableHasNoRow) {
  PackReader reader(database_, kTable);
  EXPECT_FALSE(reader.seek(0));
  EXPECT_FALSE(reader.seek_before(7));
  EXPECT_FALSE(reader.seek_before(0));
  EXPECT_EQ(reader.end_key(), 0u);
  PackWriter(database_, kTable).flush();
  EXPECT_EQ(packs(), 0);
}

TEST_F(RowPacksTest, ABatchOfSmallRowsIsOneRowOfSqlite) {
  PackWriter writer(database_, kTable);
  for (uint64_t key = 0; key < 100; ++key) add(writer, key, {1, "a hundred bytes or so", {}});
  EXPECT_EQ(packs(), 0) << "nothing is written before flush()";
  writer.flush();
  EXPECT_EQ(packs(), 1);
  // More than a pack holds, and a row that is larger than one.
  for (uint64_t key = 100; key < 200; ++key) add(writer, key, {1, std::string(1000, 'x'), {}});
  add(writer, 200, {1, std::string(70'000, 'y'), {}});
  writer.flush();
  EXPECT_EQ(packs(), 1 + 4);
  EXPECT_EQ(everything().size(), 201u);
  EXPECT_EQ(everything().at(200).text, std::string(70'000, 'y'));
}

TEST_F(RowPacksTest, NumbersComeBackWhateverTheyAre) {
  constexpr int64_t kNumbers[] = {0,
                                  1,
                                  -1,
                                  63,
                                  64,
                                  -64,
                                  -65,
                                  1'795'000'000'000,
                                  std::numeric_limits<int64_t>::max(),
                                  std::numeric_limits<int64_t>::min()};
  PackWriter writer(database_, kTable);
  uint64_t key = 0;
  for (const int64_t number : kNumbers) add(writer, key++, {number, "", {}});
  writer.flush();
  key = 0;
  for (const int64_t number : kNumbers) EXPECT_EQ(everything().at(key++).number, number);
}

// Against a map, wherever one looks and whichever way one goes.
TEST_F(RowPacksTest, IsReadLikeAMapBothWays) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    database_.execute("DELETE FROM thing");
    simulation::Seeded random(seed);
    std::map<uint64_t, Thing> written;
    PackReader old_reader(database_, kTable);
    uint64_t key = random.below(3);
    for (int batch = 0; batch < 20; ++batch) {
      PackWriter writer(database_, kTable);  // As after a new start.
      for (uint64_t i = random.below(60); i > 0; --i, key += 1 + random.below(4) / 3 * 7) {
        Thing thing{static_cast<int64_t>(random.below(1 << 20)),
                    std::string(random.below(random.below(20) == 0 ? 40'000 : 900), 't'),
                    {}};
        if (random.below(2) == 0) thing.hash[3] = 7;
        add(writer, key, written[key] = thing);
      }
      writer.flush();
      old_reader.seek(random.below(key + 1));
    }
    ASSERT_EQ(everything(), written);
    PackReader new_reader(database_, kTable);
    EXPECT_EQ(new_reader.end_key(), written.rbegin()->first + 1);
    for (PackReader* reader : {&old_reader, &new_reader}) {
      for (int i = 0; i < 200; ++i) {
        const uint64_t wanted = random.below(key + 3);
        auto expected = written.lower_bound(wanted);
        bool found = reader->seek(wanted);
        const bool forwards = random.below(2) == 0;
        if (!forwards) {
          found = reader->seek_before(wanted);
          expected = expected == written.begin() ? written.end() : std::prev(expected);
        }
        for (int step = 0; step < 100 && found; ++step) {
          ASSERT_NE(expected, written.end()) << wanted;
          ASSERT_EQ(reader->key(), expected->first) << wanted;
          ASSERT_EQ(thing_from(reader->row()), expected->second) << wanted;
          if (forwards) {
            found = reader->next();
            ++expected;
          } else {
            found = reader->previous();
            expected = expected == written.begin() ? written.end() : std::prev(expected);
          }
        }
        if (!found) {
          ASSERT_EQ(expected, written.end()) << wanted;
        }
      }
    }
  }
}

TEST_F(RowPacksTest, AKeyThatDoesNotRiseIsRefused) {
  PackWriter writer(database_, kTable);
  add(writer, 5, {});
  EXPECT_THROW(add(writer, 5, {}), StoreCorrupt);
  writer.flush();
  EXPECT_THROW(add(writer, 4, {}), StoreCorrupt);
  PackWriter after_a_start(database_, kTable);
  EXPECT_THROW(add(after_a_start, 5, {}), StoreCorrupt);
  add(after_a_start, 6, {});
}

TEST_F(RowPacksTest, EveryFlippedBitAndEveryCutIsNoticedOrWithoutEffect) {
  PackWriter writer(database_, kTable);
  for (uint64_t key = 3; key < 6; ++key) {
    add(writer, key, {static_cast<int64_t>(key) * 1000, "text", Hash{1, 2, 3}});
  }
  writer.flush();
  const Bytes pack = first_pack();
  for (size_t bit = 0; bit < pack.size() * 8; ++bit) {
    Bytes flipped = pack;
    flipped[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    set_first_pack(flipped);
    EXPECT_THROW(everything(), StoreCorrupt) << "bit " << bit;
  }
  for (size_t size = 0; size < pack.size(); ++size) {
    set_first_pack(Bytes(pack.begin(), pack.begin() + static_cast<std::ptrdiff_t>(size)));
    // Cut between two rows it is a shorter pack: what is missing is missed by who counts.
    try {
      EXPECT_LT(everything().size(), 3u) << "cut to " << size;
      EXPECT_EQ(size % (pack.size() / 3), 0u) << "cut to " << size;
    } catch (const StoreCorrupt&) {
    }
  }
}

TEST_F(RowPacksTest, APackUnderAnotherKeyIsRefused) {
  PackWriter writer(database_, kTable);
  add(writer, 3, {});
  writer.flush();
  database_.execute("UPDATE thing SET first = 4");
  EXPECT_THROW(everything(), StoreCorrupt);
  database_.execute("UPDATE thing SET first = -1");
  EXPECT_THROW(everything(), StoreCorrupt);
}

// Somebody who can make seals can write a second row for a key: a walk over all rows finds it.
TEST_F(RowPacksTest, PacksThatOverlapAreRefused) {
  const auto add_pack = [this](uint64_t first, uint64_t end) {
    Database other(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "");
    other.execute(packs_schema(kTable));
    PackWriter writer(other, kTable);
    for (uint64_t key = first; key < end; ++key) add(writer, key, {});
    writer.flush();
    Statement read(other, kTable, std::string("SELECT rows FROM ") + kTable);
    Rows rows = read.query();
    ASSERT_TRUE(rows.next());
    Statement(database_, kTable, std::string("INSERT INTO ") + kTable + " VALUES (?1, ?2)")
        .run(first, rows.blob(0));
  };
  for (const auto& [first, end] : {std::pair{5u, 7u}, {5u, 30u}, {9u, 20u}}) {
    database_.execute("DELETE FROM thing");
    add_pack(0, 10);
    add_pack(first, end);
    add_pack(40, 50);
    EXPECT_THROW(everything(), StoreCorrupt) << first << " to " << end;
    PackReader reader(database_, kTable);
    ASSERT_TRUE(reader.seek_before(50));
    const auto walk_back = [&reader] {
      while (reader.previous()) {
      }
    };
    EXPECT_THROW(walk_back(), StoreCorrupt) << first << " to " << end;
  }
}

// A page inside SQLite's tree that rotted leads a search to the wrong place.
TEST_F(RowPacksTest, ATreeThatLeadsElsewhereIsRefusedAndEndsEveryWalk) {
  const std::string path = directory_ / "packs.db";
  {
    Database file(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "");
    file.execute(packs_schema(kTable));
    PackWriter writer(file, kTable);
    for (uint64_t key = 0; key < 2000; ++key) {
      add(writer, key, {7, std::string(300, 'x'), {}});
      if (key % 10 == 9) writer.flush();
    }
  }
  std::ifstream file(path, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(file), {}};
  constexpr size_t kPage = 4096;
  constexpr char kInteriorOfTable = 5;
  ASSERT_EQ(whole[kPage], kInteriorOfTable) << "the table's root is no longer the second page";
  size_t refused = 0;
  for (size_t bit = 0; bit < kPage * 8; bit += 61) {
    std::string damaged = whole;
    damaged[kPage + bit / 8] = static_cast<char>(damaged[kPage + bit / 8] ^ 1 << bit % 8);
    std::ofstream(path, std::ios::binary | std::ios::trunc) << damaged;
    Database database(path, SQLITE_OPEN_READONLY, "");
    PackReader reader(database, kTable);
    const auto walk = [&reader] {
      size_t steps = 0;
      for (bool more = reader.seek(0); more && steps <= 2000; more = reader.next()) ++steps;
      ASSERT_LE(steps, 2000u) << "it goes in circles";
      for (bool more = reader.seek_before(2000); more && steps <= 4000; more = reader.previous()) {
        ++steps;
      }
      ASSERT_LE(steps, 4000u) << "it goes in circles";
      for (uint64_t key = 1; key < 2000; key += 97) {
        if (reader.seek_before(key)) {
          EXPECT_LT(reader.key(), key);
        }
        if (reader.seek(key)) {
          EXPECT_GE(reader.key(), key);
        }
      }
    };
    try {
      walk();
    } catch (const StoreError&) {
      ++refused;
    }
    if (HasFailure()) FAIL() << "bit " << bit;
  }
  EXPECT_GT(refused, 0u);
}

// Somebody who can make seals can write any columns.
TEST_F(RowPacksTest, ColumnsThatCannotBeReadAreRefused) {
  PackWriter writer(database_, kTable);
  writer.add(0, 7);
  writer.add(1, 7, as_bytes("text"), as_bytes("no hash"));
  writer.flush();
  PackReader reader(database_, kTable);
  ASSERT_TRUE(reader.seek(0));
  EXPECT_THROW(thing_from(reader.row()), StoreCorrupt);
  ASSERT_TRUE(reader.next());
  EXPECT_THROW(thing_from(reader.row()), StoreCorrupt);
  for (const Bytes& columns : {Bytes(10, 0xff), Bytes{0x80}, Bytes{}, Bytes{0xff, 0x7f}}) {
    EXPECT_THROW(PackedRow(kTable, 0, columns).blob(), StoreCorrupt);
  }
}

}  // namespace
}  // namespace hotline
