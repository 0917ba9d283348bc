#include "tests/bench/bare_pipeline.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/bench/bare_load.h"

namespace hotline::bench {
namespace {

std::string make_directory(const std::string& path) {
  std::filesystem::create_directories(path);
  return path;
}

std::string own_program() {
  return std::filesystem::read_symlink("/proc/self/exe").string();
}

}  // namespace

BarePipeline::BarePipeline(const World& world, const std::string& directory, Kind kind)
    : directory_(make_directory(directory)),
      counter_(directory_ + "/syncs"),
      tls_(world.certificate(), world.key()) {
  if (kind != Kind::echo) last_ = start(world, "b", kind, 0);
  first_ = start(world, "a", kind, last_.port);
}

BarePipeline::Node BarePipeline::start(const World& world, const std::string& name, Kind kind,
                                       uint16_t next_port) const {
  const std::string home = make_directory(directory_ + "/" + name);
  const std::string port_file = home + "/port";
  const char* manner = kind == Kind::echo              ? "echo"
                       : kind == Kind::pipeline_inline ? "inline"
                                                       : "threads";
  Node node;
  node.process = start_counted(counter_,
                               {own_program(), "bare-node", home, world.certificate(), world.key(),
                                port_file, std::to_string(next_port), manner},
                               home + "/log");
  wait_for_file(port_file, *node.process, home + "/log");
  std::ifstream(port_file) >> node.port;
  return node;
}

LoadResult BarePipeline::run(uint64_t count, uint64_t in_flight) const {
  return run_bare_load(first_.port, tls_, count, in_flight);
}

double BarePipeline::processor_seconds() const {
  double seconds = 0;
  for (const Node* node : {&first_, &last_}) {
    if (node->process) seconds += bench::processor_seconds(node->process->pid());
  }
  return seconds;
}

}  // namespace hotline::bench
