// hotline-tamper: edits an export at random, a seed for each edit, and sees whether each is noticed
// and named.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "client/audit/verify.h"
#include "tests/audit/tampering.h"

namespace {

namespace fs = std::filesystem;
using hotline::audit::Edit;
using hotline::audit::Outcome;
using hotline::audit::Tampering;

int usage() {
  std::fputs(
      "hotline-tamper --export DIR --trust DIR [--edits 1000] [--from 1]\n"
      "    edits a copy, one seed for each edit, and verifies it: each must be FAILED, and the\n"
      "    fault must name what was edited. Exit status 1 when one is not.\n"
      "hotline-tamper --export DIR [--edits 1000] [--from 1] --out OUT\n"
      "    only writes the edited copies, OUT/1 and so on, and OUT/expected.tsv: directory, kind,\n"
      "    what was edited; log, first and last entry that may be named, whether the first must\n"
      "    be; paths that may be named. Small exports only.\n",
      stderr);
  return 2;
}

struct Options {
  std::string source;
  std::string trust;
  std::string out;
  uint64_t edits = 1000;
  uint64_t from = 1;
};

int write_out(const Options& options) {
  Tampering tampering(options.source);
  fs::create_directories(options.out);
  std::ofstream expected(options.out + "/expected.tsv");
  for (uint64_t seed = options.from; seed < options.from + options.edits; ++seed) {
    const std::string name = std::to_string(seed);
    fs::copy(options.source, options.out + "/" + name, fs::copy_options::recursive);
    const Edit edit = tampering.edit(options.out + "/" + name, seed);
    expected << name << "\t" << expectation(edit) << "\n";
  }
  return expected.flush() ? 0 : 1;
}

int verify_all(const Options& options) {
  Tampering tampering(options.source);
  const std::string copy =
      (fs::temp_directory_path() / ("hotline-tamper-" + std::to_string(getpid()))).string();
  fs::copy(options.source, copy, fs::copy_options::recursive);
  uint64_t missed = 0;
  std::map<std::string, uint64_t> kinds;
  for (uint64_t seed = options.from; seed < options.from + options.edits; ++seed) {
    const Edit edit = tampering.edit(copy, seed);
    ++kinds[edit.kind];
    const auto verdict = hotline::audit::verify_export(copy, options.trust, {});
    const std::string found = !verdict ? "error: " + verdict.error().reason
                              : verdict->fault
                                  ? verdict->fault->name + ": " + verdict->fault->reason
                                  : outcome_word(verdict->outcome);
    if (!verdict || !verdict->fault || !is_named(edit, verdict->fault->name)) {
      ++missed;
      std::printf("seed %llu: %s; found: %s\n", static_cast<unsigned long long>(seed),
                  expectation(edit).c_str(), found.c_str());
    }
    tampering.restore(copy, edit);
  }
  const auto whole = hotline::audit::verify_export(copy, options.trust, {});
  const bool restored = whole && !whole->fault;
  fs::remove_all(copy);
  for (const auto& [kind, count] : kinds) {
    std::printf("%6llu %s\n", static_cast<unsigned long long>(count), kind.c_str());
  }
  std::printf(
      "%llu edits, %llu not found or not named%s\n", static_cast<unsigned long long>(options.edits),
      static_cast<unsigned long long>(missed), restored ? "" : "; the copy was not restored");
  return missed == 0 && restored ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--export") {
      options.source = value;
    } else if (name == "--trust") {
      options.trust = value;
    } else if (name == "--out") {
      options.out = value;
    } else if (name == "--edits") {
      options.edits = std::strtoull(value.c_str(), nullptr, 10);
    } else if (name == "--from") {
      options.from = std::strtoull(value.c_str(), nullptr, 10);
    } else {
      return usage();
    }
  }
  if (argc % 2 == 0 || options.source.empty()) return usage();
  if (!options.out.empty()) return write_out(options);
  return options.trust.empty() ? usage() : verify_all(options);
}
