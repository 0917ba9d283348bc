// The beginning of every look at an export: whose it is, whose keys sign for it, and how large its
// logs are, all of that under signatures.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/audit/cosigned_notes.h"
#include "client/audit/export_reader.h"
#include "client/audit/trust_directory.h"
#include "client/audit/verdict.h"
#include "protocol/base/result.h"
#include "protocol/base/signing.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/cosignature.h"
#include "protocol/log/origin.h"

namespace hotline::audit {

// One party's keys, as its certificates name them.
struct PartyCertificates {
  struct Key {
    TrustedCertificate certificate;
    std::unique_ptr<Ed25519Verifier> verifier;
  };
  Key log;
  Key receipt;
  Key witness;
};

// The signers of one log, and its newest checkpoint; nothing where the log is empty.
struct OpenedLog {
  CheckpointTrust trust;  // Borrows from the ExportOpening.
  Validity validity;      // Both keys' certificates together hold so long.
  std::optional<Checkpoint> checkpoint;
  uint64_t epoch = 0;  // That it claims.
};

struct ExportOpening {
  std::string party;  // The one that exported.
  std::string peer;
  ChannelName channel;
  std::vector<std::string> parties;  // Both, sorted.
  PartyCertificates own;
  PartyCertificates other;
  PerLog<OpenedLog> logs;
  LogSizes sizes;
  bool dev_only = false;
};

// The steps version, certificates and checkpoints. Null when there is a fault. Error:
// configuration, where the trust directory does not have what is needed.
Result<std::unique_ptr<ExportOpening>> open_export(const ExportReader& reader,
                                                   const std::string& trust_directory,
                                                   FaultBook& faults);

}  // namespace hotline::audit
