// Shared by the tests of the store in SQLite.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "daemon/store/sqlite/sqlite_store.h"
#include "tests/unit/daemon/store/store_fixture.h"

namespace hotline {

class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    const Status created = SqliteStore::create(path_, test_identity());
    ASSERT_TRUE(created) << created.error().reason;
  }

  std::unique_ptr<SqliteStore> open(const SqliteOptions& options = {}) {
    Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open(path_, options);
    if (!store) throw std::runtime_error("cannot open the store: " + store.error().reason);
    return *std::move(store);
  }

  StoreDirectory directory_;
  const std::string path_ = directory_ / "journal.db";
};

}  // namespace hotline
