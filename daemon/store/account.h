// The tables of a store, compared with what its journal tells of. Seals notice what rots; this
// notices what somebody changed who can make seals.
#pragma once

#include <string>
#include <vector>

#include "daemon/store/store.h"

namespace hotline {

// A fault at the ends: rows that the journal does not tell of, a journal that is shorter than the
// peer cosigned. A few short reads, for every start. Empty when all is well.
std::string fault_at_the_ends(StoreReader& reader, const StoreHead& head, uint64_t own_size,
                              uint64_t last_serial, uint64_t peer_size);

// Every fault, a line each: those that StoreReader::check() finds, else the first one below.
std::vector<std::string> all_faults(StoreReader& reader);

// The first row that is damaged, or is another than the journal tells of. Reads all of the journal
// and the transcripts: for a start that was refused, and `hotlined store check`. Empty when none is
// found.
std::string first_fault(StoreReader& reader);

}  // namespace hotline
