#include "client/director/drill_record.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

namespace hotline::client {
namespace {

constexpr size_t kDepthMax = 8;

Error fault(const std::string& path) {
  return make_error(ErrorCode::failed, path + ": " + std::strerror(errno));
}

}  // namespace

Result<DrillRecord> DrillRecord::create(const std::string& path) {
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) return fault(path);
  DrillRecord record(descriptor, path);
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) return fault(path);
  return record;
}

Result<DrillRecord> DrillRecord::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (descriptor < 0) {
    return make_error(ErrorCode::not_found, path + ": " + std::strerror(errno),
                      "the directory of a drill that was begun");
  }
  DrillRecord record(descriptor, path);
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return make_error(ErrorCode::conflict, "this drill is going on in another program",
                      "wait for its end, or interrupt it");
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream all;
  all << file.rdbuf();
  const std::string text = all.str();
  size_t begin = 0;
  for (size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    auto line = parse_json(path, std::string_view(text).substr(begin, end - begin), kDepthMax);
    if (!line) return line.error();
    record.lines_.push_back(*std::move(line));
  }
  if (begin < text.size() && ftruncate(descriptor, static_cast<off_t>(begin)) != 0) {
    return fault(path);
  }
  return record;
}

DrillRecord::~DrillRecord() {
  if (descriptor_ >= 0) close(descriptor_);
}

DrillRecord::DrillRecord(DrillRecord&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      lines_(std::move(other.lines_)) {}

Status DrillRecord::add(const JsonValue& line) {
  const std::string text = to_json(line) + "\n";
  // One write, so that only the last line can be torn.
  const ssize_t written = write(descriptor_, text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size()) || fdatasync(descriptor_) != 0) {
    return fault(path_);
  }
  return ok();
}

}  // namespace hotline::client
