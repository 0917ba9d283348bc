// hotline demo: the whole thing at work on one machine, in under a minute, nothing left behind.
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "client/commands/commands.h"
#include "client/demo/interrupt_guard.h"
#include "client/demo/local_daemon.h"
#include "client/demo/story.h"

namespace hotline::client {
namespace {

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

int demo(Invocation& invocation) {
  Output& output = invocation.output;
  const auto hotlined =
      need(find_hotlined(invocation.around->program_directory,
                         invocation.arguments.get("--hotlined"), "hotline demo --hotlined PATH"),
           "the demo cannot begin");
  const InterruptGuard guard;
  const auto directory =
      need(TemporaryDirectory::make(invocation.around->environment), "the demo cannot begin");

  output.line("Hotline: two parties who do not trust each other, on one machine.");
  output.line(output.styled(Style::yellow,
                            "DEVELOPMENT CERTIFICATES and a ladder in seconds: not for real use."));
  const auto begin = std::chrono::steady_clock::now();
  DemoStory story(invocation, all_commands(), directory->path(), hotlined,
                  InterruptGuard::is_interrupted);
  const Status told = story.tell();
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  if (InterruptGuard::is_interrupted()) {
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
                    "also send what stands in its files, as `hotline send -f` does"}},
       .without = {"--json", "--local"}},
      demo};
}

}  // namespace hotline::client
