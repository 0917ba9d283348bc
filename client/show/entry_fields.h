// Every field of a journal entry by its name in protocol/channel/journal.fbs, for whoever wants to
// see all of it.
#pragma once

#include "protocol/channel/journal_generated.h"
#include "protocol/message/describe.h"

namespace hotline::client {

// Names as paths ("refers_to.number"), bytes as hex, notes and texts as they are. Fields that are
// absent are left out. The entry was opened by open_flatbuffer().
Description entry_fields(const wire::Entry& entry);

}  // namespace hotline::client
