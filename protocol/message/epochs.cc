#include "protocol/message/epochs.h"

#include "protocol/message/envelope.h"

namespace hotline {

bool begins_epoch(const wire::Envelope& envelope, uint64_t number, uint64_t size,
                  const Hash& root) {
  const wire::Epoch* epoch = envelope.epoch();
  return epoch != nullptr && envelope.type() == wire::MessageType::service &&
         envelope.releaser_role() == wire::Role::machine && epoch->number() == number &&
         epoch->size() == size && to_hash(*epoch->root()) == root;
}

}  // namespace hotline
