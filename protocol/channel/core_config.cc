#include "protocol/channel/core_config.h"

namespace hotline {
namespace {

uint64_t claimed_epoch(std::string_view note, const std::string& first_origin) {
  return epoch_in(note.substr(0, note.find('\n')), first_origin).value_or(0);
}

}  // namespace

std::string ChannelTrust::own_origin(uint64_t epoch) const {
  return transcript_origin(config_.channel, config_.party, epoch);
}

std::string ChannelTrust::peer_origin(uint64_t epoch) const {
  return transcript_origin(config_.channel, config_.peer, epoch);
}

CheckpointTrust ChannelTrust::own_receipts(uint64_t epoch) const {
  return {own_origin(epoch), config_.own_keys.log, config_.own_keys.log_verifier,
          config_.peer_keys.receipt, config_.peer_keys.receipt_verifier};
}

CheckpointTrust ChannelTrust::peer_receipts(uint64_t epoch) const {
  return {peer_origin(epoch), config_.peer_keys.log, config_.peer_keys.log_verifier,
          config_.own_keys.receipt, config_.own_keys.receipt_verifier};
}

CheckpointTrust ChannelTrust::own_journal(uint64_t epoch) const {
  return {journal_origin(config_.channel, config_.party, epoch), config_.own_keys.log,
          config_.own_keys.log_verifier, config_.peer_keys.witness,
          config_.peer_keys.witness_verifier};
}

std::string ChannelTrust::peer_journal_origin(uint64_t epoch) const {
  return journal_origin(config_.channel, config_.peer, epoch);
}

uint64_t ChannelTrust::epoch_of_own(std::string_view note) const {
  return claimed_epoch(note, own_origin(0));
}

uint64_t ChannelTrust::epoch_of_peers(std::string_view note) const {
  return claimed_epoch(note, peer_origin(0));
}

uint64_t ChannelTrust::epoch_of_own_journal(std::string_view note) const {
  return claimed_epoch(note, own_journal(0).origin);
}

uint64_t ChannelTrust::epoch_of_peers_journal(std::string_view note) const {
  return claimed_epoch(note, peer_journal_origin(0));
}

}  // namespace hotline
