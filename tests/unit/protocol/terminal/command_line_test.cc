// The words of a service about slips. Programs for people:
// client/command_line/command_line_test.cc.
#include "protocol/terminal/command_line.h"

#include <gtest/gtest.h>

#include <sstream>

#include "protocol/terminal/exit_code.h"

namespace hotline {
namespace {

Program service() {
  Program program;
  program.name = "serviced";
  program.purpose = "does nothing.";
  program.usage = "COMMAND ...";
  program.options = {{"-h,--help", "", "explain the command"}};
  program.commands = {
      {"run",
       "Run",
       "",
       {},
       {{"-c,--config", "FILE", "the configuration", false, true}, {"-f,--fast", "", "at once"}},
       {{"NAME", "whose", false, true}}},
      {"store check", "Check", "", {}, {}, {}},
      {"store info", "Tell", "", {}, {}, {}}};
  program.is_service = true;
  return program;
}

// The printed words, or those understood: "run|config|fast|NAME NAME".
std::string said(const std::vector<std::string>& words, int expected = kExitUsage) {
  std::ostringstream out, err;
  Screen screen;
  screen.out = &out;
  screen.err = &err;
  const Program program = service();
  const int code = run_program(program, words, screen,
                               [&](size_t index, const Arguments& arguments, Output& output) {
                                 std::string line = program.commands[index].name + "|" +
                                                    arguments.get("--config").value_or("") + "|" +
                                                    (arguments.has("--fast") ? "fast" : "");
                                 for (const std::string& name : arguments.all("NAME"))
                                   line += "|" + name;
                                 output.line(line);
                                 return kExitDone;
                               });
  EXPECT_EQ(code, expected) << err.str();
  return out.str() + err.str();
}

TEST(ServiceCommandLine, TakesAValueInTheSameWordOrTheNext) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"run", "-c", "-x"},
                                                {"run", "-c-x"},
                                                {"run", "--config=-x"},
                                                {"run", "--config", "-x"}}) {
    EXPECT_EQ(said(words, kExitDone), "run|-x|\n");
  }
  EXPECT_EQ(said({"run", "--config=", "a", "-fcx"}),
            "serviced: --config was given more than once\n"
            "  try:  serviced run --help\n");
  EXPECT_EQ(said({"run", "-fcx", "a", "--", "-f", "--"}, kExitDone), "run|x|fast|a|-f|--\n");
  EXPECT_EQ(said({"run", "-cx", "-"}, kExitDone), "run|x||-\n");
}

TEST(ServiceCommandLine, ComplainsInOneLineAndSaysWhere) {
  EXPECT_EQ(said({"rum"}),
            "serviced: unknown command \"rum\" after serviced\n  try:  serviced run\n");
  EXPECT_EQ(said({"store", "chek"}),
            "serviced: unknown command \"chek\" after serviced store\n"
            "  try:  serviced store check\n");
  EXPECT_EQ(said({"run", "--confg=x"}),
            "serviced: unknown option \"--confg\" after serviced run\n"
            "  try:  did you mean --config?\n");
  EXPECT_EQ(said({}), "serviced: serviced wants a command\n  try:  serviced --help\n");
  EXPECT_EQ(said({"store"}),
            "serviced: serviced store wants a command\n  try:  serviced store --help\n");
  EXPECT_EQ(said({"run"}), "serviced: --config is required\n  try:  serviced run --help\n");
  EXPECT_EQ(said({"run", "-c"}),
            "serviced: --config wants FILE: the configuration\n"
            "  try:  serviced run --help\n");
  EXPECT_EQ(said({"run", "--fast=yes"}),
            "serviced: --fast takes no value\n  try:  serviced run --help\n");
  EXPECT_EQ(said({"store", "info", "x"}),
            "serviced: \"x\" is one word too many\n  try:  serviced store info --help\n");
}

// A hint that is followed as it stands would send its dots.
TEST(ServiceCommandLine, TakesNoPlaceholderForAValue) {
  for (const std::string placeholder : {"...", "volume -> ...", "conflict-reason=..."}) {
    EXPECT_EQ(said({"run", "-c", placeholder}), "serviced: --config " + placeholder +
                                                    " stands for words of your own\n" +
                                                    "  try:  serviced run --help\n");
  }
  EXPECT_EQ(said({"run", "-c", "wait..."}, kExitDone), "run|wait...|\n");
}

TEST(ServiceCommandLine, ExplainsItself) {
  EXPECT_TRUE(said({"--help"}, kExitDone).starts_with("serviced: does nothing.\n"));
  EXPECT_NE(said({"store", "--help"}, kExitDone).find("`serviced store check --help` explains"),
            std::string::npos);
  EXPECT_TRUE(said({"run", "-h"}, kExitDone).starts_with("Run.\n\nusage: serviced run [options]"));
}

}  // namespace
}  // namespace hotline
