// hotline-hostile: attacks on a daemon of ours, for tests and measurements. It speaks to loopback
// addresses only.
#include <csignal>
#include <cstdio>
#include <exception>

#include "tests/hostile/hostile.h"

namespace {

int usage() {
  std::fprintf(
      stderr,
      "usage: hotline-hostile peer CONFIGURATION      as the party of this file; commands come "
      "from standard input\n"
      "       hotline-hostile person WHAT NAME=VALUE… as a person with a certificate, until "
      "standard input ends\n"
      "       hotline-hostile strangers PORT NAME=VALUE…   connections that say nothing, likewise\n"
      "tests/hostile/README.md says what each can do.\n");
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  if (argc < 2) return usage();
  const std::string what = argv[1];
  const std::vector<std::string> arguments(argv + 2, argv + argc);
  try {
    if (what == "peer") return hotline::hostile::run_peer(arguments);
    if (what == "person") return hotline::hostile::run_person(arguments);
    if (what == "strangers") return hotline::hostile::run_strangers(arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "hotline-hostile: %s\n", error.what());
    return 1;
  }
  return usage();
}
