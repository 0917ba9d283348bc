// Whether the transcript of one direction is the same at both parties, and signed by both: with the
// certificates alone, not by what a daemon says of itself.
#pragma once

#include <cstdint>
#include <string>

#include "client/demo/demo_party.h"
#include "protocol/api/client_generated.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/log/checkpoint.h"

namespace hotline::client {

// What the two say of the transcript of what one of them sent.
struct TranscriptViews {
  uint64_t sender_size = 0;
  Hash sender_root{};
  uint64_t receipted_size = 0;
  std::string sender_receipt;  // The receiver's cosignature, as the sender holds it,
  uint64_t receiver_size = 0;
  Hash receiver_root{};
  std::string receiver_receipt;  // and as the receiver gave it.
};

void take_view(const wire::StatusReply& status, bool of_sender, TranscriptViews& views);

// Checks both signatures on both receipts, and that they speak of the size and root that both sides
// have. Errors: verification_failed, or what reading the certificates gave.
Result<Checkpoint> check_transcript(const DemoPlaces& places, const std::string& sender,
                                    const std::string& receiver, const TranscriptViews& views);

}  // namespace hotline::client
