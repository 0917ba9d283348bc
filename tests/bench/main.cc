// hotline-bench: how far the channel stands from the bare disk and wire. See docs/performance.md.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/bench/bare_node.h"
#include "tests/bench/bench.h"

namespace hotline::bench {
namespace {

int usage() {
  std::fprintf(
      stderr,
      "usage: hotline-bench [pipeline | backlog | auditor | hostile] [--directory DIR] [--rounds "
      "N]\n"
      "                     [--scale X] [--backlog N] [--in-flight N] [--hotlined PROGRAM]\n"
      "                     [--only WORDS]     rows of hostile\n"
      "DIR must be on the disk that is to be measured. --scale multiplies the numbers of\n"
      "messages; figures mean something at 1 only.\n");
  return 2;
}

// Started by BarePipeline.
int run_node(const std::vector<std::string>& words) {
  if (words.size() != 7) return usage();
  BareNodeOptions options;
  options.directory = words[1];
  options.certificate = words[2];
  options.key = words[3];
  options.port_file = words[4];
  options.next_port = static_cast<uint16_t>(std::stoi(words[5]));
  options.echo = words[6] == "echo";
  options.commits_inline = words[6] != "threads";
  run_bare_node(options);
}

// Tries that everything still runs: for scripts/test, on any disk.
int run_smoke(BenchOptions options) {
  options.rounds = 1;
  options.scale = 0.01;
  options.backlog = 2000;
  options.counts = false;
  for (const auto& one : {run_pipeline_bench, run_backlog_bench, run_auditor_bench}) {
    if (const int code = one(options); code != 0) return code;
  }
  options.scale = 0.05;
  options.only = "ROUTINE";
  return run_hostile_bench(options);
}

int run(const std::vector<std::string>& words) {
  if (!words.empty() && words[0] == "bare-node") return run_node(words);
  BenchOptions options;
  const auto own = std::filesystem::read_symlink("/proc/self/exe");
  options.hotlined = (own.parent_path().parent_path() / "daemon" / "hotlined").string();
  std::string what = "pipeline";
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.rfind("--", 0) != 0) {
      what = word;
      continue;
    }
    if (i + 1 == words.size()) return usage();
    const std::string& value = words[++i];
    if (word == "--directory") {
      options.directory = value;
    } else if (word == "--only") {
      options.only = value;
    } else if (word == "--hotlined") {
      options.hotlined = value;
    } else if (word == "--rounds") {
      options.rounds = std::stoi(value);
    } else if (word == "--scale") {
      options.scale = std::stod(value);
    } else if (word == "--in-flight") {
      options.in_flight = std::stoull(value);
    } else if (word == "--backlog") {
      options.backlog = std::stoull(value);
    } else {
      return usage();
    }
  }
  options.directory = std::filesystem::absolute(options.directory).string();
  if (what == "pipeline") return run_pipeline_bench(options);
  if (what == "backlog") return run_backlog_bench(options);
  if (what == "auditor") return run_auditor_bench(options);
  if (what == "hostile") return run_hostile_bench(options);
  if (what == "load") return run_load(options);
  if (what == "smoke") return run_smoke(options);
  return usage();
}

}  // namespace
}  // namespace hotline::bench

int main(int argc, char** argv) {
  try {
    return hotline::bench::run(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "hotline-bench: %s\n", error.what());
    return 1;
  }
}
