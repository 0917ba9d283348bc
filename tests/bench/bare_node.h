// One node of the bare two-hop pipeline: what any channel with the same promise of durability must
// at least do, and nothing else. No signatures, no hashes, no rules, no lists.
//
//   client ─▶ A: commit ─▶ B: commit ─▶ A: commit ─▶ client
//
// Like hotlined a node has one thread for the wire and one for the store, commits in groups (while
// one transaction is on its way the next gathers), and copies the write-ahead log beside the
// commits. Each 512-byte record becomes one row of one table; an acknowledgement ("up to n") one
// row a batch.
#pragma once

#include <cstdint>
#include <string>

namespace hotline::bench {

struct BareNodeOptions {
  std::string directory;    // For its store.
  std::string certificate;  // And key: PEM files.
  std::string key;
  std::string port_file;        // Where it writes the port that it listens on.
  uint16_t next_port = 0;       // The node behind this one; 0: it is the last.
  bool echo = false;            // Nothing but the wire: every record is sent back.
  bool commits_inline = false;  // No second thread: fewer hops for one record at a time.
};

// Serves until it is killed.
[[noreturn]] void run_bare_node(const BareNodeOptions& options);

}  // namespace hotline::bench
