// A core's identity, and the persons who ask it for something: its parts are given these and never
// change them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/channel/policy.h"
#include "protocol/log/cosignature.h"
#include "protocol/log/origin.h"

namespace hotline {

// One party's public keys on this channel, with who verifies under them; borrowed, and outliving
// the core.
struct PartyKeys {
  NoteKey log;
  NoteKey receipt;
  NoteKey witness;
  const SignatureVerifier* log_verifier = nullptr;
  const SignatureVerifier* receipt_verifier = nullptr;
  const SignatureVerifier* witness_verifier = nullptr;
};

// This core's identity. Pointers are borrowed and outlive the core.
struct CoreConfig {
  std::string party;
  std::string peer;
  std::string prefix;  // "N", in an exercise "XN".
  std::string peer_prefix;
  ChannelName channel;
  PartyKeys own_keys;
  PartyKeys peer_keys;
  Signer* log_signer = nullptr;
  Signer* receipt_signer = nullptr;
  Signer* witness_signer = nullptr;
  Policy policy;
  std::string version;
  bool has_supervisor = true;  // Somebody here may confirm a recovery.
};

// A person as the daemon knows them from certificate and configuration.
struct Actor {
  std::string name;
  Hash certificate{};  // SHA-256 of the certificate's DER: with a counter, the idempotency key.
  std::vector<uint8_t> roles;  // wire::Role
  // Their name with what they signed of what they ask now (person_part.h); empty: nothing.
  std::string signed_part = {};
  std::shared_ptr<const Bytes> certificate_der = nullptr;
};

// Under whose keys the notes of this channel stand, each in its epoch (protocol/message/epochs.h).
class ChannelTrust {
 public:
  explicit ChannelTrust(const CoreConfig& config) : config_(config) {}  // Borrowed.

  std::string own_origin(uint64_t epoch) const;  // The transcript of what we send; the peer's so.
  std::string peer_origin(uint64_t epoch) const;
  CheckpointTrust own_receipts(uint64_t epoch) const;   // The peer's, on our transcript.
  CheckpointTrust peer_receipts(uint64_t epoch) const;  // Ours, on the peer's.
  CheckpointTrust own_journal(uint64_t epoch) const;    // Cosigned by the peer, as our witness.
  std::string peer_journal_origin(uint64_t epoch) const;

  // The epoch that a note claims, before anything in it is verified; 0 where it claims none.
  uint64_t epoch_of_own(std::string_view note) const;
  uint64_t epoch_of_peers(std::string_view note) const;
  uint64_t epoch_of_own_journal(std::string_view note) const;
  uint64_t epoch_of_peers_journal(std::string_view note) const;

 private:
  const CoreConfig& config_;
};

}  // namespace hotline
