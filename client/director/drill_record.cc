#include "client/director/drill_record.h"

#include <fcntl.h>
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

// The lock of the whole file. It ends with the descriptor, and others can ask for it without taking
// it.
struct flock whole_lock() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

bool has_locked(int descriptor) {
  struct flock lock = whole_lock();
  return fcntl(descriptor, F_OFD_SETLK, &lock) == 0;
}

Result<DrillRecord::Sight> lines_from(const std::string& path, uint64_t from) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(from));
  std::ostringstream all;
  all << file.rdbuf();
  const std::string text = all.str();
  DrillRecord::Sight sight;
  size_t begin = 0;
  for (size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    auto line = parse_json(path, std::string_view(text).substr(begin, end - begin), kDepthMax);
    if (!line) return line.error();
    sight.lines.push_back(*std::move(line));
  }
  sight.end = from + begin;
  return sight;
}

Error no_record(const std::string& path) {
  return make_error(ErrorCode::not_found, path + ": " + std::strerror(errno),
                    "the directory of a drill that was begun");
}

}  // namespace

Result<DrillRecord> DrillRecord::create(const std::string& path) {
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) return fault(path);
  DrillRecord record(descriptor, path);
  if (!has_locked(descriptor)) return fault(path);
  return record;
}

Result<DrillRecord> DrillRecord::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (descriptor < 0) return no_record(path);
  DrillRecord record(descriptor, path);
  if (!has_locked(descriptor)) {
    return make_error(ErrorCode::conflict, "this drill is going on in another program",
                      "wait for its end, or interrupt it");
  }
  auto sight = lines_from(path, 0);
  if (!sight) return sight.error();
  record.lines_ = std::move(sight->lines);
  const off_t size = lseek(descriptor, 0, SEEK_END);
  const auto whole = static_cast<off_t>(sight->end);
  if (size < 0 || (whole < size && ftruncate(descriptor, whole) != 0)) return fault(path);
  return record;
}

Result<DrillRecord::Sight> DrillRecord::look(const std::string& path, uint64_t begin) {
  if (access(path.c_str(), R_OK) != 0) return no_record(path);
  return lines_from(path, begin);
}

bool DrillRecord::is_kept(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  struct flock lock = whole_lock();
  const bool asked = fcntl(descriptor, F_OFD_GETLK, &lock) == 0;
  close(descriptor);
  return asked && lock.l_type != F_UNLCK;
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
