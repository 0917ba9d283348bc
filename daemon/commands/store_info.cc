// hotlined store info: sizes, roots and receipts.
#include "daemon/commands/commands.h"
#include "daemon/commands/store_look.h"
#include "protocol/terminal/exit_code.h"

namespace hotline {
namespace {

int print_store(Output& output, const std::string& path, Store& store) {
  StoreReader& reader = store.reader();
  const StoreHead head = reader.head();
  const StoreIdentity& identity = store.identity();
  std::string text = "store       " + path + "\nparty       " + identity.party + ", peer " +
                     identity.peer + (identity.exercise ? " (EXERCISE)" : " (live)") +
                     "\ncreated     " + format_rfc3339(identity.created_at) + "\njournal     " +
                     std::to_string(head.size) + " entries, root " + to_hex(head.root);
  JsonValue document = json_document();
  document.add("store", path)
      .add("party", identity.party)
      .add("peer", identity.peer)
      .add("exercise", identity.exercise)
      .add("created_at", format_rfc3339(identity.created_at))
      .add("journal", JsonValue().add("size", head.size).add("root", to_hex(head.root)));
  for (const auto& [name, log] : {std::pair<std::string, LogId>{"sent", LogId::own_transcript},
                                  {"received", LogId::peer_transcript}}) {
    const uint64_t size = reader.log_size(log);
    const auto receipt = reader.newest_receipt(log);
    const uint64_t receipted = receipt ? receipt->size : 0;
    const std::string root = to_hex(root_at(reader.hashes(log), size));
    text += "\n" + name + std::string(12 - name.size(), ' ') + std::to_string(size) +
            " messages, receipts up to " + std::to_string(receipted) + ", root " + root;
    document.add(name, JsonValue().add("size", size).add("receipted", receipted).add("root", root));
  }
  output.answer(text, document);
  return kExitDone;
}

int store_info(const Arguments& arguments, Output& output) {
  return look_into_store(arguments, output, "cannot look into the store", "",
                         [&output](const std::string& path, Store& store) {
                           return print_store(output, path, store);
                         });
}

}  // namespace

ServiceCommand store_info_command() {
  return {{"store info",
           "Sizes, roots and receipts of one that is not running; of one that is: hotline status",
           "",
           {"hotlined store info -c hotlined.toml"},
           {config_option(), json_option()},
           {}},
          store_info};
}

}  // namespace hotline
