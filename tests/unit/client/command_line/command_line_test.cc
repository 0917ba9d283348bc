#include "client/command_line/command_line.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <iterator>
#include <set>
#include <sstream>

#include "client/commands/commands.h"
#include "protocol/terminal/exit_code.h"
#include "protocol/terminal/printable.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

// A command that prints what it was given, to see what the command line makes of the words.
Command echo(const std::string& name) {
  return {{name,
           "Echo",
           "",
           {"hotline " + name + " -p flash hello"},
           {{"-p,--precedence", "LEVEL", "how fast"},
            {"--set", "KEY=VALUE", "a field", true},
            {"--dry-run", "", "only look"}},
           {{"ID", "the message"}, {"TEXT", "the text", false, true}}},
          [name](Invocation& invocation) {
            std::string line = name;
            const Arguments& arguments = invocation.arguments;
            for (const char* key : {"--precedence", "--set", "--dry-run", "ID", "TEXT"}) {
              for (const std::string& value : arguments.all(key)) {
                line += std::string("|") + key + "=" + value;
              }
            }
            if (const auto chosen = arguments.get("--context")) line += "|context=" + *chosen;
            invocation.output.line(line);
            return kExitDone;
          }};
}

struct Finished {
  int code;
  std::string out;
  std::string err;
};

Finished run(const std::vector<std::string>& words) {
  std::istringstream in;
  std::ostringstream out, err;
  Surroundings around;
  around.in = &in;
  around.out = &out;
  around.err = &err;
  around.environment = [](const std::string&) { return std::optional<std::string>(); };
  const std::vector<Command> commands = {echo("send"), echo("status"), echo("template list"),
                                         echo("template show")};
  const int code = run_command_line(words, commands, around);
  return {code, out.str(), err.str()};
}

TEST(CommandLine, GivesOptionsAndPositionalsToTheCommand) {
  const Finished one =
      run({"send", "-p", "flash", "--set", "a=1", "--set", "b=2", "N-1", "two", "words"});
  EXPECT_EQ(one.code, 0) << one.err;
  EXPECT_EQ(one.out, "send|--precedence=flash|--set=a=1|--set=b=2|ID=N-1|TEXT=two|TEXT=words\n");
}

TEST(CommandLine, TakesCommonOptionsBeforeAndAfterTheCommand) {
  EXPECT_EQ(run({"--context", "north", "send", "x"}).out, "send|ID=x|context=north\n");
  EXPECT_EQ(run({"send", "--context=north", "x"}).out, "send|ID=x|context=north\n");
  EXPECT_EQ(run({"--context", "a", "send", "--context", "b", "x"}).code, kExitUsage);
}

TEST(CommandLine, DoesNotTakeAWordOfAMessageForACommand) {
  EXPECT_EQ(run({"send", "status"}).out, "send|ID=status\n");
  EXPECT_EQ(run({"send", "template", "list"}).out, "send|ID=template|TEXT=list\n");
}

TEST(CommandLine, LeavesTheWordsOfAMessageAsTheyAre) {
  EXPECT_EQ(run({"send", "x", "[a,b]", "{}", "a,b", "%%"}).out,
            "send|ID=x|TEXT=[a,b]|TEXT={}|TEXT=a,b|TEXT=%%\n");
  EXPECT_EQ(run({"send", "--set", "[a,b]", "--set", "{}", "x"}).out,
            "send|--set=[a,b]|--set={}|ID=x\n");
  EXPECT_EQ(run({"send", "x", "--", "-5 degrees"}).out, "send|ID=x|TEXT=-5 degrees\n");
}

TEST(CommandLine, SuggestsTheNearestCommand) {
  const Finished wrong = run({"sned", "-p", "flash", "x"});
  EXPECT_EQ(wrong.code, kExitUsage);
  EXPECT_EQ(wrong.out, "");
  EXPECT_EQ(wrong.err, "hotline: unknown command \"sned\"\n  try:  hotline send\n");
  EXPECT_EQ(run({"template", "lsit"}).err,
            "hotline: unknown command \"template lsit\"\n  try:  hotline template list\n");
  EXPECT_EQ(run({"qwertyuiop"}).err,
            "hotline: unknown command \"qwertyuiop\"\n  try:  hotline help\n");
}

TEST(CommandLine, SuggestsTheNearestOption) {
  const Finished wrong = run({"send", "--precedance", "flash", "x"});
  EXPECT_EQ(wrong.code, kExitUsage);
  EXPECT_EQ(wrong.err,
            "hotline: unknown option \"--precedance\"\n  try:  did you mean --precedence?\n");
  EXPECT_EQ(run({"send", "--sett=a", "x"}).err,
            "hotline: unknown option \"--sett\"\n  try:  did you mean --set?\n");
}

TEST(CommandLine, ComplainsOfWhatIsMissingOrTooMuch) {
  EXPECT_EQ(run({"send"}).err,
            "hotline: hotline send wants ID\n  try:  hotline send -p flash hello\n");
  EXPECT_EQ(run({"send", "-p"}).code, kExitUsage);
  EXPECT_EQ(run({"send", "-p", "flash", "-p", "routine", "x"}).err,
            "hotline: --precedence was given more than once\n  try:  hotline help send\n");
  EXPECT_EQ(run({"template"}).code, kExitUsage);
  EXPECT_EQ(run({"--color", "blue", "send", "x"}).code, kExitUsage);
}

TEST(CommandLine, ComplainsInJsonWhenAskedTo) {
  const Finished wrong = run({"sned", "--json"});
  EXPECT_EQ(wrong.code, kExitUsage);
  EXPECT_EQ(wrong.err,
            "{\"v\":1,\"error\":{\"code\":\"usage\",\"message\":\"unknown command \\\"sned\\\"\","
            "\"hint\":\"hotline send\"}}\n");
}

TEST(CommandLine, HelpHasTheExamples) {
  const Finished help = run({"send", "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_NE(help.out.find("examples:\n  hotline send -p flash hello\n"), std::string::npos)
      << help.out;
  EXPECT_NE(help.out.find("  -p, --precedence LEVEL   how fast\n"), std::string::npos) << help.out;
}

TEST(CommandLine, OutputThatIsLostIsAFailure) {
  Terminal terminal;
  for (const int error : {ENOSPC, EPIPE}) {
    terminal.out_error = error;
    EXPECT_EQ(terminal.run({"version"}), kExitFailed);
    if (error == EPIPE) {
      EXPECT_EQ(terminal.err(), "") << "who closed a pipe has seen enough";
    } else {
      EXPECT_EQ(terminal.err(),
                "hotline: not all could be printed\n"
                "  why:  the output: No space left on device\n"
                "  try:  df -h, or print it elsewhere\n");
    }
  }
}

TEST(Commands, EachHasASummaryAnExampleAndANameOfItsOwn) {
  std::vector<std::string> names;
  for (const CommandSpec& command : program_of(all_commands()).commands) {
    EXPECT_FALSE(command.summary.empty()) << command.name;
    EXPECT_NE(command.summary.back(), '.') << command.name;
    EXPECT_FALSE(command.examples.empty()) << command.name;
    for (const std::string& name : names) EXPECT_NE(name, command.name);
    names.push_back(command.name);
  }
}

std::vector<std::string> split_name(const std::string& name) {
  std::istringstream words(name);
  return {std::istream_iterator<std::string>(words), {}};
}

// The words that type this option of a command, with anything for its value.
std::vector<std::string> words_typing(const CommandSpec& command, const std::string& option) {
  std::vector<OptionSpec> options = program_of(all_commands()).options;
  options.insert(options.end(), command.options.begin(), command.options.end());
  for (const OptionSpec& one : options) {
    if (one.long_name() != option) continue;
    if (one.value.empty()) return {option};
    return {option, option == "--color" ? "never" : "x"};
  }
  // An option of another command, or a positional.
  if (option.starts_with("--")) return {option};
  return {"x"};
}

// Refused before anything is done: no daemon is asked, for there is none here.
void expect_useless(Terminal& terminal, const CommandSpec& command,
                    const std::vector<std::string>& options, const std::string& reason) {
  std::vector<std::string> words = split_name(command.name);
  for (const std::string& option : options) {
    for (std::string& word : words_typing(command, option)) words.push_back(std::move(word));
  }
  EXPECT_EQ(terminal.run(words), kExitUsage) << command.name << ": " << terminal.err();
  EXPECT_NE(terminal.err().find(reason), std::string::npos) << command.name << terminal.err();
}

// Every command with every option that there is: one that it would drop is refused.
TEST(Commands, RefuseAnOptionThatTheyDoNotUse) {
  Terminal terminal;
  terminal.columns = 200;
  const Program program = program_of(all_commands());
  std::set<std::string> every;
  for (const CommandSpec& command : program.commands) {
    for (const OptionSpec& option : command.options) every.insert(option.long_name());
  }
  for (const OptionSpec& option : program.options) every.erase(option.long_name());
  for (const CommandSpec& command : program.commands) {
    std::set<std::string> others = every;
    for (const OptionSpec& option : command.options) others.erase(option.long_name());
    for (const std::string& other : others) {
      expect_useless(terminal, command, {other}, "unknown option \"" + other + "\"");
    }
    for (const std::string& useless : command.without) {
      expect_useless(terminal, command, {useless}, useless + " is of no use to " + command.name);
    }
  }
}

TEST(Commands, RefuseAnOptionWithoutTheOneThatItSpeaksOf) {
  Terminal terminal;
  terminal.columns = 200;
  for (const CommandSpec& command : program_of(all_commands()).commands) {
    for (const OptionSpec& option : command.options) {
      const std::string name = option.long_name();
      EXPECT_LE(option.only_with.size(), 2u) << "the words name two";
      for (const std::string& wanted : option.only_with) {
        if (&wanted == &option.only_with.front())
          expect_useless(terminal, command, {name}, name + " goes with " + wanted);
        EXPECT_NE(words_typing(command, wanted).front(), "x") << wanted << " is no option";
      }
      for (const std::string& other : option.never_with) {
        expect_useless(terminal, command, {name, other}, name + " does not go with " + other);
      }
    }
  }
}

TEST(Commands, NoOptionIsDroppedInSilence) {
  Terminal terminal;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"send", "-p", "routine", "x", "--timeout", "5s"},
        {"send", "-p", "routine", "x", "--reason", "why"},
        {"send", "-p", "routine", "x", "--change", "a -> b"},
        {"send", "-p", "routine", "x", "--new-thread"},
        {"notice", "check", "-t", "activity", "--reason", "why"},
        {"ack", "S-1", "--as-understood"},
        {"ack", "--all", "--wait", "delivered"},
        {"agreement", "show", "--toml", "--json"},
        {"drill", "start", "--resume", "monday", "--speed", "10"},
        {"version", "--local"},
        {"--json", "completion", "bash"}}) {
    EXPECT_EQ(terminal.run(words), kExitUsage) << words.front() << terminal.out();
    EXPECT_EQ(terminal.out(), "");
  }
}

TEST(VersionCommand, PrintsTheVersion) {
  Terminal terminal;
  EXPECT_EQ(terminal.run({"version"}), 0);
  EXPECT_EQ(terminal.out(), "hotline 0.1.0 (client API 2)\n");
  EXPECT_EQ(terminal.run({"--version", "--json"}), 0);
  EXPECT_EQ(terminal.out(),
            "{\"v\":1,\"program\":\"hotline\",\"version\":\"0.1.0\",\"client_api\":2}\n");
}

TEST(HelpCommand, ExplainsOneCommandOrSuggestsOne) {
  Terminal terminal;
  EXPECT_EQ(terminal.run({"help", "version"}), 0);
  EXPECT_EQ(terminal.out().rfind("Print the version.\n\nusage: hotline version\n", 0), 0u)
      << terminal.out();
  EXPECT_EQ(terminal.run({"help", "context", "list"}), 0);
  EXPECT_NE(terminal.out().find("usage: hotline context list\n"), std::string::npos);
  EXPECT_EQ(terminal.run({"help", "vresion"}), kExitUsage);
  EXPECT_NE(terminal.err().find("try:  hotline help version"), std::string::npos);
}

TEST(HelpCommand, ListsTheCommandsOfAGroup) {
  Terminal terminal;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"help", "audit"}, {"audit", "--help"}, {"audit", "-h"}}) {
    EXPECT_EQ(terminal.run(words), 0);
    EXPECT_EQ(terminal.out().rfind("usage: hotline audit COMMAND ...\n", 0), 0u) << terminal.out();
    EXPECT_NE(terminal.out().find("\n  audit verify "), std::string::npos);
    EXPECT_EQ(terminal.out().find("\n  send "), std::string::npos);
  }
  EXPECT_EQ(terminal.run({"audit"}), kExitUsage);
  EXPECT_NE(terminal.out().find("\n  audit verify "), std::string::npos);
  EXPECT_EQ(terminal.run({"audit", "--hlep"}), kExitUsage);
}

// An example is broken as a shell takes it; a word that is longer than a line has its own.
TEST(HelpCommand, FitsEightyColumns) {
  for (const Command& command : all_commands()) {
    Terminal terminal;
    terminal.columns = 80;
    std::vector<std::string> words = {"help"};
    std::istringstream names(command.spec.name);
    for (std::string word; names >> word;) words.push_back(word);
    EXPECT_EQ(terminal.run(words), 0) << command.spec.name;
    std::istringstream lines(terminal.out());
    for (std::string line; std::getline(lines, line);) EXPECT_LE(column_count(line), 80u) << line;
  }
}

// With the example that it shows to follow.
TEST(Commands, AUsageErrorFitsEightyColumns) {
  for (const Command& command : all_commands()) {
    std::vector<std::string> name;
    std::istringstream words(command.spec.name);
    for (std::string word; words >> word;) name.push_back(word);
    std::vector<std::vector<std::string>> wrong = {name};
    wrong.front().push_back("--bogus");
    const auto& positionals = command.spec.positionals;
    if (!positionals.empty() && positionals.front().required) wrong.push_back(name);
    for (const auto& typed : wrong) {
      Terminal terminal;
      terminal.columns = 80;
      EXPECT_EQ(terminal.run(typed), kExitUsage) << command.spec.name;
      std::istringstream lines(terminal.err());
      for (std::string line; std::getline(lines, line);) EXPECT_LE(column_count(line), 80u) << line;
    }
  }
}

}  // namespace
}  // namespace hotline::client
