// Verifies that an export is what both parties signed for: everything of docs/protocol.md,
// "Exports".
//
// Nothing is trusted but the CA certificates in the trust directory and the code of certs/ and
// protocol/. Memory does not grow with the export, but for about a hundred bytes for each cosigned
// checkpoint and fifty for each message that waits for a place or a receipt.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "client/audit/verdict.h"
#include "protocol/base/result.h"

namespace hotline::audit {

// A tail of the journal, and a message without its receipt, may be this old before nobody can say
// any more that all was checked.
inline constexpr int64_t kUncosignedMax_ms = 20 * 60 * 1000;

struct VerifyOptions {
  unsigned threads = 1;
  // Told now and then, on any thread but one at a time: what is looked at, and how much of the
  // whole is done, in per cent.
  std::function<void(const std::string& what, unsigned percent)> progress;
};

// Errors are those of the call: not_found where there is no such directory, configuration where the
// trust directory has no CA certificate for a party. The verdict says what is wrong with the
// export.
Result<Verdict> verify_export(const std::string& directory, const std::string& trust_directory,
                              const VerifyOptions& options);

}  // namespace hotline::audit
