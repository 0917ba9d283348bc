#include "protocol/channel/core_config.h"

namespace hotline {
namespace {

constexpr uint64_t kEpoch = 0;

}  // namespace

ChannelTrust::ChannelTrust(const CoreConfig& config)
    : own_origin(transcript_origin(config.channel, config.party, kEpoch)),
      peer_origin(transcript_origin(config.channel, config.peer, kEpoch)),
      own_receipts{own_origin, config.own_keys.log, config.own_keys.log_verifier,
                   config.peer_keys.receipt, config.peer_keys.receipt_verifier},
      peer_receipts{peer_origin, config.peer_keys.log, config.peer_keys.log_verifier,
                    config.own_keys.receipt, config.own_keys.receipt_verifier},
      own_journal{journal_origin(config.channel, config.party, kEpoch), config.own_keys.log,
                  config.own_keys.log_verifier, config.peer_keys.witness,
                  config.peer_keys.witness_verifier},
      peer_journal_origin(journal_origin(config.channel, config.peer, kEpoch)) {}

}  // namespace hotline
