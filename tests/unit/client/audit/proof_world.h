// South sends to North over a channel with real certificates: a transcript of a few messages, and
// the proof file of one of them.
#pragma once

#include <map>
#include <string>

#include "client/audit/proof_file.h"
#include "protocol/base/clock.h"
#include "protocol/log/note.h"
#include "protocol/log/origin.h"
#include "protocol/message/envelope.h"
#include "tests/memory_hash_source.h"

namespace hotline::audit {

class ProofWorld {
 public:
  static constexpr uint64_t kSize = 13;
  static constexpr uint64_t kIndex = 5;

  // Makes a development PKI and the transcript in a temporary directory.
  ProofWorld();
  ~ProofWorld();
  ProofWorld(const ProofWorld&) = delete;
  ProofWorld& operator=(const ProofWorld&) = delete;

  // A proof that holds, for the message at kIndex; changed at will before it is written.
  ProofFile proof() const;
  // Checkpoint of what was sent, cosigned at `time_s`, under other keys if need be.
  std::string receipt(uint64_t time_s) const;
  std::string receipt(const std::string& origin, const std::string& log_key_file,
                      const std::string& receipt_key_file, uint64_t time_s) const;

  std::string trust() const { return directory_ + "/pki/trust"; }
  std::string path(const std::string& name) const { return directory_ + "/" + name; }
  Bytes der(const std::string& name) const;  // "south/log.crt"
  std::string write(const std::string& name, const std::string& content) const;

  ChannelName channel{{0x5a, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, false};
  UtcMs made_at;  // When the certificates begin to hold.
  Hash salt{};
  Bytes body;
  Bytes envelope;  // The envelope of the message at kIndex.

 private:
  std::string directory_;
  MemoryHashSource tree_;
};

// One for all tests of a program: making keys takes a while.
const ProofWorld& proof_world();

}  // namespace hotline::audit
