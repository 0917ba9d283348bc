// hotline demo: the whole thing at work on one machine, in under a minute, nothing left behind.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "client/commands/commands.h"
#include "client/demo/story.h"

namespace hotline::client {
namespace {

volatile std::sig_atomic_t g_interrupted = 0;

void note_interrupt(int) {
  g_interrupted = 1;
}

// For as long as it lives an interrupt does not end the program: daemons must be stopped and the
// directory removed first.
class InterruptGuard {
 public:
  InterruptGuard() {
    g_interrupted = 0;
    struct sigaction action {};
    action.sa_handler = note_interrupt;
    sigaction(SIGINT, &action, &before_int_);
    sigaction(SIGTERM, &action, &before_term_);
  }
  ~InterruptGuard() {
    sigaction(SIGINT, &before_int_, nullptr);
    sigaction(SIGTERM, &before_term_, nullptr);
  }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  struct sigaction before_int_ {};
  struct sigaction before_term_ {};
};

// A directory for this run alone, removed with all that is in it.
class TemporaryDirectory {
 public:
  static Result<std::unique_ptr<TemporaryDirectory>> make(const Environment& environment) {
    std::string pattern = environment("TMPDIR").value_or("/tmp") + "/hotline-demo-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) {
      return make_error(ErrorCode::failed, pattern + ": " + std::strerror(errno),
                        "TMPDIR names a directory to write to");
    }
    return std::unique_ptr<TemporaryDirectory>(new TemporaryDirectory(pattern));
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
  const std::string path_;
};

Result<std::string> find_hotlined(const Invocation& invocation) {
  const std::string beside = invocation.around->program_directory;
  std::vector<std::string> candidates = {beside + "/../daemon/hotlined", beside + "/hotlined"};
  if (const auto given = invocation.arguments.get("--hotlined")) candidates = {*given};
  for (const std::string& candidate : candidates) {
    if (access(candidate.c_str(), X_OK) != 0) continue;
    std::error_code error;
    const auto whole = std::filesystem::canonical(candidate, error);
    if (!error) return whole.string();
  }
  return make_error(ErrorCode::not_found, "hotlined is not at " + candidates.front(),
                    "hotline demo --hotlined PATH");
}

int demo(Invocation& invocation) {
  Output& output = invocation.output;
  const auto hotlined = need(find_hotlined(invocation), "the demo cannot begin");
  const InterruptGuard guard;
  const auto directory =
      need(TemporaryDirectory::make(invocation.around->environment), "the demo cannot begin");

  output.line("Hotline: two parties who do not trust each other, on one machine.");
  output.line(output.styled(Style::yellow,
                            "DEVELOPMENT CERTIFICATES and a ladder in seconds: not for real use."));
  const auto begin = std::chrono::steady_clock::now();
  DemoStory story(invocation, all_commands(), directory->path(), hotlined,
                  [] { return g_interrupted != 0; });
  const Status told = story.tell();
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  if (g_interrupted != 0) {
    output.talk("Interrupted; daemons and files are removed.");
    return kExitInterrupted;
  }
  if (!told) {
    output.talk(story.logs());
    output.fail("the demo did not show what it should", told.error());
    return kExitFailed;
  }
  output.line("");
  output.line(output.styled(Style::green, "Every step was read back and is as it should be") +
              " (" + format_duration(took.count()) + "). Nothing is left behind.");
  output.line("Next: docs/set-up.md, a first real set-up.");
  return kExitDone;
}

}  // namespace

Command demo_command() {
  return {
      {.name = "demo",
       .summary =
           "Show it all at work: two daemons, a FLASH, an escalation, a cut link, a killed daemon",
       .description =
           "Takes less than a minute, needs no root and no fixed port, and leaves nothing behind. "
           "Ends with 0 only when every step was read back and found right.",
       .examples = {"hotline demo", "hotline demo --hotlined build/dev/daemon/hotlined"},
       .options = {{"--hotlined", "PATH", "the daemon's program (beside this one without it)"},
                   {"--incidents", "DIR",
                    "also send what stands in its files, as `hotline send -f` does"}}},
      demo};
}

}  // namespace hotline::client
