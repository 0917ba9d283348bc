// The two bare nodes as processes, A in front of B.
#pragma once

#include <memory>
#include <string>

#include "client/demo/child_process.h"
#include "tests/bench/load.h"
#include "tests/bench/tls_wire.h"
#include "tests/bench/world.h"

namespace hotline::bench {

class BarePipeline {
 public:
  enum class Kind { pipeline, pipeline_inline, echo };
  // Keys are those of `world`; `directory` is made.
  BarePipeline(const World& world, const std::string& directory, Kind kind);

  LoadResult run(uint64_t count, uint64_t in_flight) const;
  double processor_seconds() const;  // Both nodes'.
  uint64_t syncs() const { return counter_.count(); }

 private:
  struct Node {
    std::unique_ptr<client::ChildProcess> process;
    uint16_t port = 0;
  };
  Node start(const World& world, const std::string& name, Kind kind, uint16_t next_port) const;

  const std::string directory_;
  SyncCounter counter_;
  BareTls tls_;
  Node last_;
  Node first_;
};

}  // namespace hotline::bench
