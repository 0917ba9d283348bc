#include "tests/bench/measures.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace hotline::bench {
namespace {

// Beside the bench's own program.
std::string counting_library() {
  char program[4096];
  const ssize_t size = readlink("/proc/self/exe", program, sizeof program);
  const std::string path(program, size > 0 ? static_cast<size_t>(size) : 0);
  return path.substr(0, path.rfind('/') + 1) + HOTLINE_COUNT_SYNCS_LIBRARY;
}

}  // namespace

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double rank = std::ceil(share * static_cast<double>(values.size()));
  return values[std::min(static_cast<size_t>(std::max(rank, 1.0)), values.size()) - 1];
}

double processor_seconds(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  // The second field, the name in brackets, may hold anything.
  std::istringstream fields(text.substr(std::min(text.rfind(')') + 2, text.size())));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

Memory memory_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/status");
  Memory memory;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string name;
    double kib = 0;
    fields >> name >> kib;
    if (name == "VmRSS:") memory.now_mib = kib / 1024;
    if (name == "VmHWM:") memory.peak_mib = kib / 1024;
  }
  return memory;
}

std::optional<uint64_t> device_flushes(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  std::ifstream file("/proc/diskstats");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    unsigned major_number = 0, minor_number = 0;
    std::string name;
    fields >> major_number >> minor_number >> name;
    if (makedev(major_number, minor_number) != status.st_dev) continue;
    std::vector<uint64_t> numbers;
    for (uint64_t number = 0; fields >> number;) numbers.push_back(number);
    if (numbers.size() < 16) return std::nullopt;
    return numbers[15];  // Linux Documentation/admin-guide/iostats.rst: field 16.
  }
  return std::nullopt;
}

SyncCounter::SyncCounter(const std::string& path) : path_(path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0 || ftruncate(file, sizeof(uint64_t)) != 0) {
    throw std::runtime_error("cannot make " + path);
  }
  mapped_ = mmap(nullptr, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (mapped_ == MAP_FAILED) throw std::runtime_error("cannot map " + path);
}

SyncCounter::~SyncCounter() {
  munmap(mapped_, sizeof(uint64_t));
}

void SyncCounter::enter_environment() const {
  const std::string library = counting_library();
  if (access(library.c_str(), R_OK) != 0) throw std::runtime_error(library + " is missing");
  setenv("LD_PRELOAD", library.c_str(), 1);
  setenv("HOTLINE_COUNT_SYNCS", path_.c_str(), 1);
}

void SyncCounter::leave_environment() {
  unsetenv("LD_PRELOAD");
  unsetenv("HOTLINE_COUNT_SYNCS");
}

uint64_t SyncCounter::count() const {
  return static_cast<const std::atomic<uint64_t>*>(mapped_)->load();
}

}  // namespace hotline::bench
