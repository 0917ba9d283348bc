#include "daemon/process/kept_list.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "certs/certificate_limits.h"
#include "certs/key_file.h"

namespace hotline {
namespace {

bool write_whole(int file, const std::string& text) {
  size_t at = 0;
  while (at < text.size()) {
    const ssize_t written = write(file, text.data() + at, text.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    at += static_cast<size_t>(written);
  }
  return fsync(file) == 0;
}

bool flush_directory_of(const std::string& path) {
  const std::string directory = std::filesystem::path(path).parent_path().string();
  const int file = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool good = file >= 0 && fsync(file) == 0;
  if (file >= 0) close(file);
  return good;
}

}  // namespace

std::string kept_list_path(const std::string& store_path, const std::string& party) {
  return std::filesystem::path(store_path).parent_path() / (party + "-newest.crl");
}

Status keep_list(const std::string& path, const std::string& pem) {
  const auto known = read_bounded_file(path, limits::kCrlFileSizeMax);
  if (known && as_text(*known) == pem) return ok();
  const std::string unfinished = path + ".new";
  const int file =
      open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  bool good = file >= 0 && write_whole(file, pem);
  if (file >= 0) good = close(file) == 0 && good;
  good = good && rename(unfinished.c_str(), path.c_str()) == 0 && flush_directory_of(path);
  if (good) return ok();
  return make_error(
      ErrorCode::configuration,
      "the newest revocation list cannot be kept at " + path + ": " + std::strerror(errno),
      "check the disk (df); without it an older list could be loaded at a restart");
}

}  // namespace hotline
