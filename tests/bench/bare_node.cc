#include "tests/bench/bare_node.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "tests/bench/bare_store.h"
#include "tests/bench/tls_wire.h"

namespace hotline::bench {
namespace {

uint64_t number_in(ByteView bytes) {
  uint64_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

void send_number(TlsWire& wire, uint64_t number) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(&number);
  wire.send(ByteView(bytes, sizeof number));
}

void write_port(const std::string& path, uint16_t port) {
  {
    std::ofstream file(path + ".new");
    file << port << "\n";
  }
  std::rename((path + ".new").c_str(), path.c_str());
}

class BareNode {
 public:
  explicit BareNode(const BareNodeOptions& options)
      : options_(options),
        tls_(options.certificate, options.key),
        done_event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!options.echo) store_ = std::make_unique<BareStore>(options.directory);
    if (options.next_port != 0) next_ = TlsWire::connect(options.next_port, tls_);
    uint16_t port = 0;
    listener_ = listen_on_loopback(port);
    write_port(options.port_file, port);
    if (!options.commits_inline) writer_ = std::thread([this] { write_batches(); });
  }

  [[noreturn]] void run() {
    while (true) turn();
  }

 private:
  void turn() {
    pollfd events[4] = {{listener_, POLLIN, 0}, {done_event_, POLLIN, 0}, {-1, 0, 0}, {-1, 0, 0}};
    if (client_) events[2] = {client_->descriptor(), client_->wanted_events(), 0};
    if (next_) events[3] = {next_->descriptor(), next_->wanted_events(), 0};
    if (poll(events, 4, -1) < 0) throw std::runtime_error("bare node: poll failed");
    if (events[0].revents != 0) client_ = TlsWire::accept(listener_, tls_);
    if (events[1].revents != 0) {
      uint64_t unused = 0;
      if (read(done_event_, &unused, sizeof unused) > 0) finish(*under_way_);
    }
    if (events[2].revents != 0 && events[0].revents == 0) read_client();
    if (events[3].revents != 0) {
      const bool open =
          next_->receive([this](ByteView r) { gathering_.acknowledged = number_in(r); });
      if (!open) throw std::runtime_error("bare node: the next node is gone");
    }
    begin_commit();
    if (client_) client_->flush();
    if (next_) next_->flush();
  }

  void read_client() {
    const bool open = client_->receive([this](ByteView record) {
      if (options_.echo) {
        client_->send(record);
      } else {
        gathering_.records.emplace_back(record.begin(), record.end());
      }
    });
    if (!open) client_.reset();
  }

  void begin_commit() {
    if (under_way_ || gathering_.empty()) return;
    under_way_ = std::make_unique<BareBatch>(std::exchange(gathering_, {}));
    if (options_.commits_inline) {
      store_->commit(*under_way_);
      finish(*under_way_);
      return;
    }
    {
      const std::lock_guard lock(mutex_);
      handed_over_ = under_way_.get();
    }
    changed_.notify_one();
  }

  // It is durable: what follows may be said.
  void finish(const BareBatch& batch) {
    if (next_) {
      for (const Bytes& record : batch.records) next_->send(record);
      if (batch.acknowledged != 0 && client_) send_number(*client_, batch.acknowledged);
    } else if (!batch.records.empty() && client_) {
      send_number(*client_, number_in(batch.records.back()));
    }
    under_way_.reset();
  }

  void write_batches() {
    while (true) {
      const BareBatch* batch = nullptr;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return handed_over_ != nullptr; });
        batch = std::exchange(handed_over_, nullptr);
      }
      store_->commit(*batch);
      const uint64_t one = 1;
      if (write(done_event_, &one, sizeof one) < 0) std::abort();
    }
  }

  const BareNodeOptions options_;
  BareTls tls_;
  int listener_ = -1;
  int done_event_;
  std::unique_ptr<BareStore> store_;
  std::unique_ptr<TlsWire> client_;  // The one before this node.
  std::unique_ptr<TlsWire> next_;
  BareBatch gathering_;
  std::unique_ptr<BareBatch> under_way_;

  std::mutex mutex_;
  std::condition_variable changed_;
  const BareBatch* handed_over_ = nullptr;
  std::thread writer_;
};

}  // namespace

void run_bare_node(const BareNodeOptions& options) {
  BareNode node(options);
  node.run();
}

}  // namespace hotline::bench
