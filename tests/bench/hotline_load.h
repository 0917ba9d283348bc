// The client of the real pipeline: one connection to the client API that submits without waiting
// for each answer and watches the journal. A message counts as delivered when a ReceiptHeld entry
// that covers its place in the transcript is seen: the peer's receipt was verified and is on disk
// here.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "client/connect/context.h"
#include "protocol/api/client_generated.h"
#include "protocol/base/bytes.h"
#include "protocol/channel/journal_generated.h"
#include "tests/bench/load.h"

namespace hotline::bench {

// A TEXT whose envelope and body together have `size` bytes, or as near as can be; `actual` says.
struct BenchMessage {
  Bytes draft;
  size_t envelope_size = 0;
  size_t body_size = 0;
};
BenchMessage make_bench_message(size_t size, wire::Precedence precedence);

class HotlineLoad {
 public:
  // Connects, and waits until the daemon has said hello. Throws when it cannot.
  explicit HotlineLoad(const client::Context& context);
  ~HotlineLoad();

  // Submits `count` times and waits until all are delivered.
  LoadResult run(const BenchMessage& message, uint64_t count, uint64_t in_flight);
  // Submits `count` times and waits for the answers only. Returns the last serial.
  uint64_t submit_only(const BenchMessage& message, uint64_t count, uint64_t in_flight);

  // Submits one and waits until it is delivered.
  struct Delivered {
    std::string id;
    Clock::time_point submitted;
    double latency_ms = 0;
  };
  Delivered deliver(const BenchMessage& message);
  // The FLASH of the peer that wait, as far as nothing of less precedence stands before them.
  std::vector<std::string> waiting_flash();
  // The entries from `from` on that are neither messages nor places nor receipts.
  struct Told {
    uint64_t entries = 0;
    uint64_t bytes = 0;
  };
  Told told_beside_messages(uint64_t from);

  // Watches until `count` messages are delivered beyond the `before` that were. From the first
  // receipt on it submits `probe` again and again, the next one when the last is delivered.
  struct Drain {
    std::vector<uint64_t> first_numbered;  // The serials that were numbered first of all.
    Clock::time_point first_receipt;
    Clock::time_point last_receipt;
    uint64_t delivered = 0;          // From the first message of all on, probes too.
    uint64_t cuts = 0;               // How often the link went down.
    std::vector<double> latency_ms;  // Each probe's, from submission to receipt.
  };
  Drain watch_drain(uint64_t before, uint64_t count, const BenchMessage& probe);
  // Reads the journal from 0 to the size that it has when this begins. Returns the entries read.
  uint64_t read_whole_journal(const std::function<bool()>& stop);
  // Takes away the journal and both transcripts, as an export does. Returns the entries read.
  uint64_t export_everything(const std::function<bool()>& stop);

  bool link_is_up();
  bool is_drained();  // Nothing of ours waits for the link or for a receipt.
  uint64_t journal_size();

 private:
  struct Wire;
  using Visit = std::function<void(const wire::Response& response)>;
  void turn(const Visit& visit);
  uint32_t request(
      wire::RequestBody type,
      const std::function<flatbuffers::Offset<void>(flatbuffers::FlatBufferBuilder&)>& build);
  void submit(const BenchMessage& message);
  // Only these `kinds` of facts, unless it is empty.
  void watch(uint64_t from, const std::vector<uint8_t>& kinds = {});
  template <class Body>
  void ask(wire::RequestBody type,
           const std::function<flatbuffers::Offset<void>(flatbuffers::FlatBufferBuilder&)>& build,
           const std::function<void(const Body&)>& visit);
  void ask_status(const std::function<void(const wire::StatusReply&)>& visit);

  std::unique_ptr<Wire> wire_;
  uint32_t last_request_ = 0;
  uint64_t last_counter_ = 0;
  uint64_t journal_size_ = 0;
};

}  // namespace hotline::bench
