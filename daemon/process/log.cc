#include "daemon/process/log.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <mutex>
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"

namespace hotline {
namespace {

// The one entrance of the log. Much of what it is told was said by others, the peer above all: here
// it loses what could begin a line of its own, or steer the terminal of whoever reads.
class QueueSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit QueueSink(std::shared_ptr<LogQueue> lines) : lines_(std::move(lines)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const std::string_view words(message.payload.data(), message.payload.size());
    const std::string shown = shortened(printable_line(words), limits::kLogLineSizeMax);
    spdlog::details::log_msg line = message;
    line.payload = shown;
    spdlog::memory_buf_t formatted;
    formatter_->format(line, formatted);
    lines_->put({formatted.data(), formatted.size()});
  }
  void flush_() override {}

  std::shared_ptr<LogQueue> lines_;
};

}  // namespace

Log::Log(int file) : lines_(std::make_shared<LogQueue>(file)), former_(spdlog::default_logger()) {
  auto logger = std::make_shared<spdlog::logger>("hotlined", std::make_shared<QueueSink>(lines_));
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  // By itself spdlog would say on standard error that a line failed, and wait there.
  logger->set_error_handler([](const std::string&) {});
  spdlog::set_default_logger(std::move(logger));
}

Log::~Log() {
  spdlog::set_default_logger(std::move(former_));
}

}  // namespace hotline
