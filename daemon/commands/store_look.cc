#include "daemon/commands/store_look.h"

#include "daemon/process/config.h"
#include "daemon/store/failure.h"
#include "daemon/store/kinds.h"

namespace hotline {

int look_into_store(const Arguments& arguments, Output& output, const std::string& what,
                    const std::string& in_use,
                    const std::function<int(const std::string& path, Store& store)>& look) {
  const auto config = read_config(*arguments.get("--config"));
  if (!config) return output.fail(what, config.error());
  const auto store = open_store(kStoreKind, config->store_path);
  if (!store) {
    Error error = store.error();
    if (error.code == ErrorCode::conflict && !in_use.empty()) error.hint = in_use;
    return output.fail(what, error);
  }
  try {
    return look(config->store_path, **store);
  } catch (const StoreError& error) {
    return output.fail(what, describe_refusal("cannot read the store", error, config->store_path));
  }
}

}  // namespace hotline
