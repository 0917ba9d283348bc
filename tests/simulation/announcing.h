// Notices of the simulator's parties, and how they change their minds: bodies of notices, all of
// them near each other and far ahead, so that many are in conflict and none is over.
#pragma once

#include "protocol/message/body.h"
#include "tests/simulation/seeded.h"

namespace hotline::simulation {

Volume some_volume(Seeded& random);
Bytes activity_body(const Volume& volume);
Bytes correction_body(const Volume& from, const Volume& to);
Bytes cancellation_body();
// Accepts a conflict: names the other party's notice, then one's own.
Bytes acceptance_body();

}  // namespace hotline::simulation
