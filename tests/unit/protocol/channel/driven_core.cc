#include "tests/unit/protocol/channel/driven_core.h"

#include "protocol/base/check.h"
#include "protocol/message/serial.h"

namespace hotline {

TestPartyKeys::TestPartyKeys(const ChannelName& channel, const std::string& name)
    : party(name),
      log(log_key_name(channel, name), kNoteTypeEd25519),
      receipt(receipt_key_name(channel, name), kNoteTypeCosignatureV1),
      witness(witness_key_name(channel, name), kNoteTypeCosignatureV1) {}

PartyKeys TestPartyKeys::keys() const {
  return {log.key, receipt.key, witness.key, &log.verifier, &receipt.verifier, &witness.verifier};
}

CoreConfig test_core_config(const ChannelName& channel, TestPartyKeys& own,
                            const TestPartyKeys& peer) {
  const auto prefix = [](const std::string& party) {
    return std::string(1, static_cast<char>(party.front() - 'a' + 'A'));
  };
  CoreConfig config;
  config.party = own.party;
  config.peer = peer.party;
  config.prefix = serial_prefix(prefix(own.party), channel.exercise);
  config.peer_prefix = serial_prefix(prefix(peer.party), channel.exercise);
  config.channel = channel;
  config.own_keys = own.keys();
  config.peer_keys = peer.keys();
  config.log_signer = &own.log.signer;
  config.receipt_signer = &own.receipt.signer;
  config.witness_signer = &own.witness.signer;
  config.policy = default_policy();
  config.version = "test";
  return config;
}

Status DrivenCore::start(const CoreConfig& config, const std::vector<Bytes>& journal) {
  crash();
  runner_ = std::make_unique<ChannelRunner>(config, disk_, random_, *this, *this);
  Status status = ok();
  for (uint64_t i = 0; i < journal.size() && status; ++i) status = core().replay(i, journal[i]);
  if (status) status = core().start(disk_.journal_root());
  if (!status) {
    crash();
    return status;
  }
  settle();
  return ok();
}

void DrivenCore::crash() {
  runner_.reset();
  pending_.reset();
}

void DrivenCore::advance(int64_t ms) {
  now_.boot += ms;
  now_.utc += ms;
}

void DrivenCore::settle() {
  runner_->settle();
  while (pending_ && !hold_commits) end_commit();
}

void DrivenCore::commit() {
  HOTLINE_CHECK(pending_);
  end_commit();
  settle();
}

void DrivenCore::end_commit() {
  disk_.persist(*std::exchange(pending_, nullptr));
  runner_->commit_ended();
  runner_->settle();
}

}  // namespace hotline
