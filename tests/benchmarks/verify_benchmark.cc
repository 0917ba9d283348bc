// How fast an export is verified, beside plain SHA-256 over the same files. Prints; judges nothing.
//
//     hotline-verify-benchmark DIRECTORY [ENTRIES]
//
// DIRECTORY is made, filled with an export of ENTRIES (1,000,000) entries of 512 bytes (a Released
// entry and an envelope with its body for each message, 1,024 messages a batch, as a queue is
// drained) and kept; if it is there already its export is used. Each measure is a process of its
// own, the median of five, interleaved. Processor time says more than the clock on a machine that
// does other things as well; for two threads only the clock tells.
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "client/audit/export_reader.h"
#include "client/audit/verify.h"
#include "protocol/base/sha256.h"
#include "tests/audit/made_exports.h"

namespace hotline::audit {
namespace {

constexpr int kRounds = 5;

struct Measure {
  double processor_s = 0;
  double clock_s = 0;
  double resident_mib = 0;
};

// Runs it in a process of its own, which ends with 0 when all is well.
Measure measure(const std::function<bool()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) _exit(work() ? 0 : 1);
  int status = 0;
  rusage usage{};
  if (child < 0 || wait4(child, &status, 0, &usage) < 0 || status != 0) {
    std::fputs("a measure failed\n", stderr);
    std::exit(1);
  }
  Measure measured;
  measured.clock_s =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  measured.processor_s = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  measured.resident_mib = static_cast<double>(usage.ru_maxrss) / 1024;
  return measured;
}

Measure median(std::vector<Measure> measures) {
  const auto middle = [&](double Measure::*member) {
    std::sort(measures.begin(), measures.end(),
              [member](const Measure& a, const Measure& b) { return a.*member < b.*member; });
    return measures[measures.size() / 2].*member;
  };
  return {middle(&Measure::processor_s), middle(&Measure::clock_s), middle(&Measure::resident_mib)};
}

// One hash over all files, read in large pieces: nobody who looks at all bytes is faster.
bool hash_plainly(const std::vector<std::string>& files) {
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  bool good = EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1;
  std::vector<uint8_t> buffer(size_t{1} << 18);
  for (const std::string& path : files) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    ssize_t got = 0;
    while ((got = read(file, buffer.data(), buffer.size())) > 0) {
      good = good && EVP_DigestUpdate(context, buffer.data(), static_cast<size_t>(got)) == 1;
    }
    good = good && got == 0;
    close(file);
  }
  std::array<uint8_t, 32> digest{};
  good = good && EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1;
  EVP_MD_CTX_free(context);
  return good;
}

bool verify(const std::string& directory, unsigned threads) {
  VerifyOptions options;
  options.threads = threads;
  const auto verdict = verify_export(directory + "/north.export", directory + "/trust", options);
  return verdict && verdict->outcome == Outcome::verified;
}

int run(const std::string& directory, uint64_t entries) {
  if (!std::filesystem::exists(directory + "/north.export")) {
    ExportPlan plan;
    plan.messages = entries / 2;
    plan.entry_bytes = 512;
    plan.batch_min = plan.batch_max = 1024;
    plan.north_per_mille = 1000;
    plan.with_south = false;
    measure([&] { return bool(make_exports(directory, plan)); });
  }
  const auto reader = ExportReader::open(directory + "/north.export");
  if (!reader) return 1;
  const ExportReader::Volume volume = reader->volume();
  std::vector<std::string> files;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(directory + "/north.export")) {
    if (file.is_regular_file()) files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());

  std::vector<Measure> plain, one, two;
  for (int round = 0; round < kRounds; ++round) {
    plain.push_back(measure([&] { return hash_plainly(files); }));
    one.push_back(measure([&] { return verify(directory, 1); }));
    two.push_back(measure([&] { return verify(directory, 2); }));
  }
  const Measure floor = median(plain);
  const Measure single = median(one);
  const Measure both = median(two);
  const double mib = static_cast<double>(volume.bytes) / (1024 * 1024);
  std::printf("%.0f MiB in %llu files; inputs are hashed %s\n", mib,
              static_cast<unsigned long long>(volume.files),
              hashes_in_pairs() ? "in pairs" : "one by one");
  std::printf("                   processor s   clock s   MiB/s   resident MiB\n");
  const auto row = [&](const char* name, const Measure& measured) {
    std::printf("%-18s %11.3f %9.3f %7.0f %14.1f\n", name, measured.processor_s, measured.clock_s,
                mib / measured.clock_s, measured.resident_mib);
  };
  row("plain SHA-256", floor);
  row("verify, 1 thread", single);
  row("verify, 2 threads", both);
  std::printf("verify to plain SHA-256, one core: %.2f by processor time, %.2f by the clock\n",
              floor.processor_s / single.processor_s, floor.clock_s / single.clock_s);
  std::printf("two threads to one, by the clock: %.2f\n", single.clock_s / both.clock_s);
  return 0;
}

}  // namespace
}  // namespace hotline::audit

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("hotline-verify-benchmark DIRECTORY [ENTRIES]\n", stderr);
    return 2;
  }
  return hotline::audit::run(argv[1], argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000);
}
