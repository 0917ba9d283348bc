// The kinds of stores that there are, by name. Nothing outside daemon/store/ names a kind of its
// own accord: it takes kStoreKind, or what it was told.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/store.h"

namespace hotline {

struct StoreKind {
  using Finish = std::function<Status(Store&)>;

  const char* name;
  Status (*create)(const std::string& path, const StoreIdentity& identity,
                   const std::shared_ptr<const Batch>& first);
  Status (*copy)(const std::string& from, const std::string& path, const Finish& finish);
  Result<std::unique_ptr<Store>> (*open)(const std::string& path);
  // The files that grow with a store at this path; some may not be there.
  std::vector<std::string> (*growing_files)(const std::string& path);
};

std::span<const StoreKind> store_kinds();

// The kind of every store of hotlined.
inline constexpr std::string_view kStoreKind = "sqlite";

// Makes a store where there is none, with its first batch if one is given. Its
// directory is made, readable by nobody else, where only the last step of the path is missing. The
// store is complete or not there at all, whenever the power fails.
Status create_store(std::string_view kind, const std::string& path, const StoreIdentity& identity,
                    const std::shared_ptr<const Batch>& first = nullptr);

// Makes a store at `path`, where there is none, that is another one as it stands at this moment; a
// daemon may run on that one. `finish` is done to the copy before it has its name. As
// create_store(), it is complete or not there at all.
Status copy_store(std::string_view kind, const std::string& from, const std::string& path,
                  const StoreKind::Finish& finish);

// Refuses a store that is missing, foreign, written by a newer program, open to the writes of other
// users, in use by another daemon, or damaged where that shows at once.
Result<std::unique_ptr<Store>> open_store(std::string_view kind, const std::string& path);

// Empty for a kind that there is not.
std::vector<std::string> growing_files(std::string_view kind, const std::string& path);

}  // namespace hotline
