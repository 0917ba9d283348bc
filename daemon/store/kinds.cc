#include "daemon/store/kinds.h"

#include <algorithm>

#include "daemon/store/sqlite/sqlite_store.h"

namespace hotline {
namespace {

constexpr StoreKind kKinds[] = {
    {"sqlite", SqliteStore::create, SqliteStore::copy,
     [](const std::string& path) -> Result<std::unique_ptr<Store>> {
       auto store = SqliteStore::open(path);
       if (!store) return store.error();
       return {std::unique_ptr<Store>(*std::move(store))};
     },
     SqliteStore::growing_files},
};

Result<const StoreKind*> find_kind(std::string_view name) {
  const auto found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                  [name](const StoreKind& kind) { return kind.name == name; });
  if (found != std::end(kKinds)) return found;
  std::string names;
  for (const StoreKind& kind : kKinds)
    names += (names.empty() ? "" : ", ") + std::string(kind.name);
  return make_error(ErrorCode::configuration,
                    "there is no kind of store named " + std::string(name), "one of: " + names);
}

}  // namespace

std::span<const StoreKind> store_kinds() {
  return kKinds;
}

Status create_store(std::string_view kind, const std::string& path, const StoreIdentity& identity,
                    const std::shared_ptr<const Batch>& first) {
  const auto found = find_kind(kind);
  return found ? (*found)->create(path, identity, first) : found.error();
}

Status copy_store(std::string_view kind, const std::string& from, const std::string& path,
                  const StoreKind::Finish& finish) {
  const auto found = find_kind(kind);
  return found ? (*found)->copy(from, path, finish) : found.error();
}

Result<std::unique_ptr<Store>> open_store(std::string_view kind, const std::string& path) {
  const auto found = find_kind(kind);
  return found ? (*found)->open(path) : found.error();
}

std::vector<std::string> growing_files(std::string_view kind, const std::string& path) {
  const auto found = find_kind(kind);
  return found ? (*found)->growing_files(path) : std::vector<std::string>();
}

}  // namespace hotline
