#include "client/command_line/completion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <sstream>

#include "client/command_line/command_line.h"
#include "client/commands/commands.h"
#include "protocol/terminal/exit_code.h"
#include "tests/unit/client/fake_daemon.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

using Words = std::vector<std::string>;

Completion after(const Words& typed) {
  return complete(program_of(all_commands()), typed);
}

bool offers(const Words& typed, const std::string& word) {
  const Words words = after(typed).words;
  return std::find(words.begin(), words.end(), word) != words.end();
}

TEST(CompletionOfWords, NamesCommandsAndTheirSecondWords) {
  EXPECT_TRUE(offers({""}, "send"));
  EXPECT_EQ(after({"templ"}).words, Words{"template"});
  EXPECT_EQ(after({"template", ""}).words, (Words{"list", "show"}));
  EXPECT_EQ(after({"--context", "north", "template", "sh"}).words, Words{"show"});
  EXPECT_EQ(after({"qwerty", ""}).words, Words{});
  EXPECT_TRUE(offers({}, "inbox"));
}

TEST(CompletionOfWords, NamesTheOptionsThatTheCommandUses) {
  EXPECT_EQ(after({"send", "--prec"}).words, Words{"--precedence"});
  EXPECT_TRUE(offers({"version", "-"}, "--json"));
  EXPECT_FALSE(offers({"version", "-"}, "--local"));
  EXPECT_EQ(after({"send", "--", "--prec"}).words, Words{});
}

TEST(CompletionOfWords, NamesValues) {
  for (const char* option : {"-p", "--precedence"}) {
    EXPECT_EQ(after({"send", option, ""}).words,
              (Words{"flash", "immediate", "priority", "routine"}));
  }
  EXPECT_TRUE(offers({"send", "-t", "airspace"}, "airspace-crossing"));
  EXPECT_TRUE(offers({"template", "show", ""}, "activity"));
  EXPECT_TRUE(offers({"ack", "@"}, "@flash"));
  EXPECT_EQ(after({"ack", "S-"}).values, Values::messages);
  EXPECT_EQ(after({"reply", "S-1", ""}).values, Values::none) << "words of one's own";
  EXPECT_EQ(after({"draft", "show", "D"}).values, Values::drafts);
  EXPECT_EQ(after({"--context", ""}).values, Values::contexts);
  EXPECT_EQ(after({"pki", "csr", "--party", ""}).values, Values::none);
  EXPECT_EQ(after({"--context", "a", "-c=x", "ack", ""}).arguments.get("--context"), "a");
}

// Whatever is offered can be typed: the table names no option or positional that is not there.
TEST(CompletionOfWords, EveryOptionAndCommandIsOffered) {
  for (const CommandSpec& command : program_of(all_commands()).commands) {
    std::istringstream name(command.name);
    Words typed = {std::istream_iterator<std::string>(name), {}};
    EXPECT_TRUE(offers(typed, typed.back())) << command.name;
    typed.push_back("--");
    for (const OptionSpec& option : command.options) {
      EXPECT_TRUE(offers(typed, option.long_name())) << command.name << option.names;
    }
  }
}

TEST(CompletionCommand, PrintsAScriptForEachShell) {
  Terminal terminal;
  for (const char* shell : {"bash", "zsh", "fish"}) {
    EXPECT_EQ(terminal.run({"completion", shell}), kExitDone);
    EXPECT_NE(terminal.out().find("completion values -- "), std::string::npos) << terminal.out();
  }
  EXPECT_EQ(terminal.run({"completion", "tcsh"}), kExitUsage);
  EXPECT_EQ(terminal.run({"completion", "bash", "x"}), kExitUsage);
}

TEST(CompletionCommand, OffersWhatTheDaemonAndTheFileHave) {
  FakeDaemon daemon;
  FakeMessage message;
  message.id = "S-000087";
  daemon.messages.push_back(message);
  Terminal terminal(daemon.connector());
  EXPECT_EQ(terminal.run({"completion", "values", "--", "show", "S"}), kExitDone);
  EXPECT_EQ(terminal.out(), "S-000087\n");
  EXPECT_EQ(terminal.run({"completion", "values", "--", "--context", ""}), kExitDone);
  EXPECT_EQ(terminal.out(), "north\n");
}

// Whoever presses a key is told of no fault.
TEST(CompletionCommand, IsSilentWhereThereIsNoDaemon) {
  Terminal terminal([](const Context&) -> Result<std::unique_ptr<FrameStream>> {
    return make_error(ErrorCode::unreachable, "no daemon");
  });
  EXPECT_EQ(terminal.run({"completion", "values", "--", "ack", "S"}), kExitDone);
  EXPECT_EQ(terminal.out() + terminal.err(), "");
}

}  // namespace
}  // namespace hotline::client
