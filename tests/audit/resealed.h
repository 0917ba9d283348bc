// Exports as somebody who holds a party's log key can make them: logs rewritten, with hashes, tiles
// and checkpoints that fit. They cannot make what the other party signed.
#pragma once

#include <string>
#include <vector>

#include "client/audit/export_directory.h"
#include "protocol/channel/journal_generated.h"

namespace hotline::audit {

struct LogContent {
  std::vector<std::string> entries;
  std::vector<std::string> parts;  // With the salt; empty where none is held.
};

LogContent read_log(const std::string& directory, ExportLog log);

// Replaces entries, parts, tiles and checkpoint of the log; signed with the key of `party`, whose
// log it is, in the development PKI. Cosigned checkpoints stay what they are.
void reseal_log(const std::string& directory, ExportLog log, const LogContent& content,
                const std::string& pki, const std::string& party);

// Another checkpoint of the log, of that size and root.
std::string forged_checkpoint(const std::string& directory, ExportLog log, uint64_t size,
                              const Hash& root, const std::string& pki, const std::string& party);

// A journal entry that says nothing of messages.
std::string made_up_entry(int64_t at);

// Those of a party whose store was lost, and whose next epoch is its first but one.
std::string store_restored_entry();
std::string epoch_began_entry();
std::string recovery_confirmed_entry(uint64_t epoch);

// Two notes that the journal kept as evidence.
std::string evidence_entry(wire::EvidenceKind kind, const std::string& first,
                           const std::string& second);

}  // namespace hotline::audit
