// Makes a proof file for one message out of an export, reading only what the proof needs: a few
// tiles of hashes, one bundle of entries and its parts, one receipt.
#pragma once

#include <string>

#include "client/audit/export_directory.h"
#include "client/audit/export_reader.h"
#include "client/audit/proof_check.h"
#include "client/audit/proof_file.h"
#include "protocol/base/result.h"

namespace hotline::audit {

struct MadeProof {
  ProofFile proof;
  ProofNames names;
  ExportLog log = ExportLog::sent;
  std::string id;  // As its envelope says it; or its place.
};

// `id` is a serial or a place (protocol/message/serial.h) as people type it. Errors: usage,
// not_found, incomplete when no receipt in the export covers the message, verification_failed when
// the export does not hold together there.
Result<MadeProof> make_proof(const std::string& directory, const std::string& id);

// A certificate that goes with an export, in DER.
Result<Bytes> read_certificate_file(const ExportReader& reader, const std::string& party,
                                    Purpose purpose);

}  // namespace hotline::audit
