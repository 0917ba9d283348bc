#include "daemon/api/wanted_message.h"

#include "protocol/base/text.h"
#include "protocol/message/serial.h"

namespace hotline {

std::optional<WantedMessage> named(const std::string& name, const std::string& prefix,
                                   const std::string& peer_prefix) {
  if (const auto place = parse_place(name)) {
    if (place->prefix != peer_prefix) return std::nullopt;
    return WantedMessage{true, true, place->number};
  }
  const auto serial = parse_serial(name);
  if (!serial) return std::nullopt;
  if (serial->prefix == peer_prefix) return WantedMessage{true, false, serial->number};
  if (serial->prefix == prefix) return WantedMessage{false, false, serial->number};
  return std::nullopt;
}

std::optional<StoredMessage> find(StoreReader& reader, const WantedMessage& named) {
  std::optional<MessageKey> key = MessageKey{named.incoming, named.number};
  if (named.incoming && !named.by_place) key = reader.find_incoming(named.number);
  return key ? reader.stored_message(*key) : std::nullopt;
}

Error not_found(const std::string& name) {
  return make_error(ErrorCode::not_found, "there is no message " + shortened(name, 40),
                    "hotline list");
}

}  // namespace hotline
