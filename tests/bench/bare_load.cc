#include "tests/bench/bare_load.h"

#include <poll.h>

#include <cstring>
#include <stdexcept>

namespace hotline::bench {

LoadResult run_bare_load(uint16_t port, const BareTls& tls, uint64_t count, uint64_t in_flight) {
  constexpr int kHang_ms = 60'000;
  const auto wire = TlsWire::connect(port, tls);
  InFlight books(count, in_flight);
  Bytes record(kRecordSize);
  for (size_t i = 0; i < record.size(); ++i) record[i] = static_cast<uint8_t>(i * 37 + 11);
  while (!books.done()) {
    while (books.may_submit()) {
      const uint64_t number = books.submit() + 1;
      std::memcpy(record.data(), &number, sizeof number);
      wire->send(record);
    }
    wire->flush();
    pollfd event{wire->descriptor(), wire->wanted_events(), 0};
    if (poll(&event, 1, kHang_ms) <= 0) throw std::runtime_error("the bare pipeline hangs");
    const bool open = wire->receive([&books](ByteView answer) {
      uint64_t number = 0;
      std::memcpy(&number, answer.data(), sizeof number);
      const auto now = Clock::now();
      while (books.delivered_count() < number) books.delivered(books.delivered_count(), now);
    });
    if (!open) throw std::runtime_error("the bare pipeline closed the connection");
  }
  return books.take();
}

}  // namespace hotline::bench
