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

using WordList = std::vector<std::string>;

Completion completion_after(const WordList& typed) {
  return complete(program_of(all_commands()), typed);
}

bool is_offered(const WordList& typed, const std::string& word) {
  const WordList words = completion_after(typed).words;
  return std::find(words.begin(), words.end(), word) != words.end();
}

TEST(CompletionOfWords, NamesCommandsAndTheirSecondWords) {
  EXPECT_TRUE(is_offered({""}, "send"));
  EXPECT_EQ(completion_after({"templ"}).words, WordList{"template"});
  EXPECT_EQ(completion_after({"template", ""}).words, (WordList{"list", "show"}));
  EXPECT_EQ(completion_after({"--context", "north", "template", "sh"}).words, WordList{"show"});
  EXPECT_EQ(completion_after({"qwerty", ""}).words, WordList{});
  EXPECT_TRUE(is_offered({}, "inbox"));
}

TEST(CompletionOfWords, NamesTheOptionsThatTheCommandUses) {
  EXPECT_EQ(completion_after({"send", "--prec"}).words, WordList{"--precedence"});
  EXPECT_TRUE(is_offered({"version", "-"}, "--json"));
  EXPECT_FALSE(is_offered({"version", "-"}, "--local"));
  EXPECT_EQ(completion_after({"send", "--", "--prec"}).words, WordList{});
}

TEST(CompletionOfWords, NamesValues) {
  for (const char* option : {"-p", "--precedence"}) {
    EXPECT_EQ(completion_after({"send", option, ""}).words,
              (WordList{"routine", "priority", "immediate", "flash"}));
  }
  EXPECT_TRUE(is_offered({"send", "-t", "airspace"}, "airspace-crossing"));
  EXPECT_TRUE(is_offered({"template", "show", ""}, "activity"));
  EXPECT_TRUE(is_offered({"ack", "@"}, "@flash"));
  EXPECT_EQ(completion_after({"ack", "S-"}).values, Values::messages);
  EXPECT_EQ(completion_after({"reply", "S-1", ""}).values, Values::none) << "words of one's own";
  EXPECT_EQ(completion_after({"draft", "show", "D"}).values, Values::drafts);
  EXPECT_EQ(completion_after({"--context", ""}).values, Values::contexts);
  EXPECT_EQ(completion_after({"pki", "csr", "--party", ""}).values, Values::none);
  EXPECT_EQ(completion_after({"--context", "a", "-c=x", "ack", ""}).arguments.get("--context"),
            "a");
}

// Whatever is offered can be typed: the table names no option or positional that is not there.
TEST(CompletionOfWords, EveryOptionAndCommandIsOffered) {
  for (const CommandSpec& command : program_of(all_commands()).commands) {
    std::istringstream name(command.name);
    WordList typed = {std::istream_iterator<std::string>(name), {}};
    EXPECT_TRUE(is_offered(typed, typed.back())) << command.name;
    typed.push_back("--");
    for (const OptionSpec& option : command.options) {
      EXPECT_TRUE(is_offered(typed, option.long_name())) << command.name << option.names;
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
