#include "protocol/channel/peer_transcript.h"

#include <algorithm>

#include "protocol/base/check.h"
#include "protocol/channel/journal.h"

namespace hotline {

void PeerTranscript::received(const wire::Received& fact) {
  HOTLINE_CHECK(fact.index() == frontier_.size());
  frontier_.append(to_hash(*fact.leaf_hash()));
  highest_serial_ = std::max(highest_serial_, fact.serial());
}

void PeerTranscript::receipt_given(const wire::ReceiptGiven& fact) {
  HOTLINE_CHECK(fact.size() == frontier_.size());
  receipted_size_ = fact.size();
  receipt_ = fact.note()->str();
}

}  // namespace hotline
