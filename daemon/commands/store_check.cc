// hotlined store check: reads and compares everything.
#include "daemon/commands/commands.h"
#include "daemon/commands/store_look.h"
#include "daemon/store/account.h"
#include "daemon/store/failure.h"
#include "protocol/terminal/exit_code.h"

namespace hotline {
namespace {

int check_store(Output& output, const std::string& path, Store& store) {
  const std::vector<std::string> faults = all_faults(store.reader());
  std::string text;
  for (const std::string& fault : faults) text += (text.empty() ? "" : "\n") + fault;
  // The worst is said first: what follows may not be printable.
  const int code = faults.empty()
                       ? kExitDone
                       : output.fail("", make_error(ErrorCode::store_failed, path + " is damaged",
                                                    kKeepAsEvidence));
  output.answer(faults.empty() ? path + ": every row, hash and place agrees" : text,
                json_document().add("store", path).add("faults", faults));
  return code;
}

int store_check(const Arguments& arguments, Output& output) {
  return look_into_store(
      arguments, output, "cannot check the store",
      "hotlined looks at what it reads; all of it can be checked once hotlined has ended",
      [&output](const std::string& path, Store& store) {
        return check_store(output, path, store);
      });
}

}  // namespace

ServiceCommand store_check_command() {
  return {{"store check",
           "Read and compare everything",
           "",
           {"hotlined store check -c hotlined.toml"},
           {config_option(), json_option()},
           {}},
          store_check};
}

}  // namespace hotline
