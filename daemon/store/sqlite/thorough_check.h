// Compares everything in a store with everything else. See StoreReader::check().
#pragma once

#include <string>
#include <vector>

#include "daemon/store/sqlite/sqlite.h"
#include "daemon/store/store.h"

namespace hotline {

// The caller holds a read transaction open, so that commits meanwhile do not look like faults.
std::vector<std::string> check_store(Database& database, StoreReader& reader);

}  // namespace hotline
