// A message as people name it: "N-000123" of either party, or "S-?12".
#pragma once

#include <optional>
#include <string>

#include "daemon/store/store.h"
#include "protocol/base/result.h"

namespace hotline {

struct WantedMessage {
  bool incoming = false;
  bool by_place = false;
  uint64_t number = 0;
};

// The meaning of a name on this channel; absent for what names nothing here.
std::optional<WantedMessage> named(const std::string& name, const std::string& prefix,
                                   const std::string& peer_prefix);

std::optional<StoredMessage> find(StoreReader& reader, const WantedMessage& named);

Error not_found(const std::string& name);

}  // namespace hotline
