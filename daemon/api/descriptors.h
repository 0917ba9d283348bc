// The open files (descriptors) that this process may have, and what may be taken of them by those
// who connect. Whatever comes to the ports, enough stay for the store, the commands that tell
// people, and the links to the peer.
#pragma once

#include <cstdint>

#include "daemon/api/places.h"
#include "protocol/transport/handshake_places.h"

namespace hotline {

// With so many nothing is bounded but by limits.h.
uint64_t descriptors_wanted();

// Asks the system for as many as this process wants, as far as its hard limit allows. How many it
// may have then.
uint64_t raise_descriptor_limit();

struct ConnectionsMax {
  HandshakePlacesMax handshakes;  // Each of the two ports'.
  ClientPlacesMax clients;
};

// With fewer than are wanted each has less, in proportion, and nobody has nothing.
ConnectionsMax share_descriptors(uint64_t count);

}  // namespace hotline
