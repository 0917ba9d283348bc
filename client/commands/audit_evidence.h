// Evidence files, for `hotline audit check`, which takes them beside proofs.
#pragma once

#include <string_view>

#include "client/audit/trust_directory.h"
#include "client/commands/commands.h"

namespace hotline::client {

bool is_evidence(std::string_view file);
// The exit code; Error where it proves nothing, or nobody can know.
Result<int> show_evidence(Output& output, std::string_view file,
                          const audit::TrustDirectory& trust);

}  // namespace hotline::client
