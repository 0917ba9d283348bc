#include "client/director/order_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

namespace hotline::client {
namespace {

constexpr size_t kOrderDepthMax = 4;

class OpenFile {
 public:
  OpenFile(const std::string& path, int flags) : number_(::open(path.c_str(), flags, 0600)) {}
  ~OpenFile() {
    if (number_ >= 0) close(number_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int number() const { return number_; }

 private:
  const int number_;
};

Error file_fault(const std::string& path) {
  return make_error(ErrorCode::failed, path + ": " + std::strerror(errno));
}

std::string content_from(const std::string& path, uint64_t begin) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(begin));
  std::ostringstream all;
  all << file.rdbuf();
  return all.str();
}

// Reads whole lines alone. `taken` becomes their size.
Result<std::vector<DrillOrder>> orders_in(const std::string& path, const std::string& content,
                                          size_t& taken) {
  std::vector<DrillOrder> orders;
  taken = 0;
  for (size_t end; (end = content.find('\n', taken)) != std::string::npos; taken = end + 1) {
    const auto line =
        parse_json(path, std::string_view(content).substr(taken, end - taken), kOrderDepthMax);
    // No order of ours is written so, and the drill goes on without it.
    if (!line) continue;
    auto order = read_order(*line);
    if (order) orders.push_back(*std::move(order));
  }
  return orders;
}

}  // namespace

Result<uint64_t> OrderFile::add(DrillOrder order) const {
  const OpenFile file(path_, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC);
  if (file.number() < 0 || flock(file.number(), LOCK_EX) != 0) return file_fault(path_);
  const std::string content = content_from(path_, 0);
  size_t whole = 0;
  const auto orders = orders_in(path_, content, whole);
  if (!orders) return orders.error();
  // Whoever wrote the torn one never heard that it was taken.
  if (whole < content.size() && ftruncate(file.number(), static_cast<off_t>(whole)) != 0) {
    return file_fault(path_);
  }
  order.number = orders->empty() ? 1 : orders->back().number + 1;
  JsonValue line;
  add_order(line, order);
  const std::string text = to_json(line) + "\n";
  const ssize_t written = write(file.number(), text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size()) || fdatasync(file.number()) != 0) {
    return file_fault(path_);
  }
  return order.number;
}

Result<std::vector<DrillOrder>> OrderFile::after(uint64_t number) {
  struct stat status {};
  if (stat(path_.c_str(), &status) != 0) {
    if (errno != ENOENT) return file_fault(path_);
    return std::vector<DrillOrder>();
  }
  if (static_cast<uint64_t>(status.st_size) <= read_bytes_) return std::vector<DrillOrder>();
  size_t taken = 0;
  auto orders = orders_in(path_, content_from(path_, read_bytes_), taken);
  if (!orders) return orders;
  read_bytes_ += taken;
  std::erase_if(*orders, [number](const DrillOrder& one) { return one.number <= number; });
  return orders;
}

}  // namespace hotline::client
