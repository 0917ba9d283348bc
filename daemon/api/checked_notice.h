// A notice that is held against the other side's before it is sent.
#pragma once

#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/geometry/volume.h"

namespace hotline {

// The volumes that this draft (wire::Draft) would announce if it were sent now. Errors: usage where
// it is no draft, refused where it announces none or breaks a rule.
Result<std::vector<Volume>> announced_by(ByteView draft, bool exercise, UtcMs now);

}  // namespace hotline
