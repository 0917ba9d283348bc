#include "protocol/terminal/output.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <sstream>

#include "protocol/terminal/exit_code.h"

namespace hotline {
namespace {

struct Screen {
  std::ostringstream out;
  std::ostringstream err;
  Output with(OutputOptions options) { return {out, err, options}; }
};

TEST(Fail, SaysWhatWhyAndWhatToType) {
  Screen screen;
  auto output = screen.with({});
  const int code =
      output.fail("cannot send the message",
                  make_error(ErrorCode::refused, "the text has 204 words, FLASH takes 200",
                             "shorten it\nor send it as PRIORITY"));
  EXPECT_EQ(code, kExitRefused);
  EXPECT_EQ(screen.out.str(), "");
  EXPECT_EQ(screen.err.str(),
            "hotline: cannot send the message\n"
            "  why:  the text has 204 words, FLASH takes 200\n"
            "  try:  shorten it\n"
            "        or send it as PRIORITY\n");
}

TEST(Fail, UnderJsonIsOneObjectOnStandardError) {
  Screen screen;
  auto output = screen.with({.json = true});
  EXPECT_EQ(output.fail("cannot send", make_error(ErrorCode::not_allowed, "role", "ask")),
            kExitNotAllowed);
  EXPECT_EQ(screen.out.str(), "");
  EXPECT_EQ(screen.err.str(),
            "{\"v\":1,\"error\":{\"code\":\"not_allowed\",\"message\":\"cannot send\","
            "\"why\":\"role\",\"hint\":\"ask\"}}\n");
}

TEST(Fail, QuotesThePeerSafely) {
  Screen screen;
  auto output = screen.with({});
  output.fail("", make_error(ErrorCode::failed, "it said \x1b[2J"));
  EXPECT_EQ(screen.err.str(), "hotline: it said <U+001B>[2J\n");
}

TEST(Times, HaveTheLocalOneBesideThemWhereItIsAskedFor) {
  const char* const before = std::getenv("TZ");
  const std::string zone = before == nullptr ? "" : before;
  setenv("TZ", "EET-2", 1);
  tzset();
  const UtcMs time = *parse_rfc3339("2026-11-22T14:12:07.913Z");
  Screen screen;
  EXPECT_EQ(screen.with({}).date_time_group(time), "221412Z NOV 26");
  EXPECT_EQ(screen.with({.local_time = true}).date_time_group(time), "221412Z NOV 26 (16:12 EET)");
  EXPECT_EQ(screen.with({.local_time = true}).time_of_day(time), "14:12:07.913Z (16:12:07 EET)");
  before == nullptr ? unsetenv("TZ") : setenv("TZ", zone.c_str(), 1);
  tzset();
}

TEST(TableOutput, IsPaddedOnATerminalAndTabSeparatedInAPipe) {
  Table table({{"DUE", 6}, {"ID"}, {"SUBJECT"}});
  table.add({"!", {"02:48", "S-000087", "Unintended\ncrossing"}, Style::red});
  table.add({"", {"08:10", "S-9", ""}, Style::plain});

  Screen terminal;
  auto to_terminal = terminal.with({.terminal = true});
  table.print(to_terminal);
  EXPECT_EQ(terminal.out.str(),
            "  DUE     ID        SUBJECT\n"
            "! 02:48   S-000087  Unintended crossing\n"
            "  08:10   S-9\n");

  Screen pipe;
  auto to_pipe = pipe.with({});
  table.print(to_pipe);
  EXPECT_EQ(pipe.out.str(), "02:48\tS-000087\tUnintended crossing\n08:10\tS-9\t\n");
}

std::string printed(Table& table, size_t columns) {
  Screen screen;
  auto output = screen.with({.terminal = true, .columns = columns});
  table.print(output);
  return screen.out.str();
}

TEST(TableOutput, IsNeverWiderThanTheTerminal) {
  Table table({{"ID"},
               {"FROM", 0, Table::Fit::left_out},
               {"STATE", 0, Table::Fit::cut},
               {"SUBJECT", 0, Table::Fit::cut}});
  table.add({"", {"S-000087", "SOUTH", "closed, disputed", std::string(40, 'x')}});
  EXPECT_EQ(printed(table, 80),
            "  ID        FROM   STATE             SUBJECT\n"
            "  S-000087  SOUTH  closed, disputed  " +
                std::string(40, 'x') + "\n");
  EXPECT_EQ(printed(table, 61),
            "  ID        FROM   STATE             SUBJECT\n"
            "  S-000087  SOUTH  closed, disputed  " +
                std::string(23, 'x') + "\u2026\n");
  EXPECT_EQ(printed(table, 58),
            "  ID        STATE             SUBJECT\n"
            "  S-000087  closed, disputed  " +
                std::string(27, 'x') + "\u2026\n")
      << "what is left out makes room";
  EXPECT_EQ(printed(table, 50),
            "  ID        STATE         SUBJECT\n"
            "  S-000087  closed, dis\u2026  " +
                std::string(23, 'x') + "\u2026\n");
}

TEST(TableOutput, WrapsALastColumnThatIsToBeReadWhole) {
  Table table({{"FIELD"}, {"MEANING", 0, Table::Fit::wrapped}});
  table.add({"", {"where", "the position of the event, in degrees"}});
  EXPECT_EQ(printed(table, 35),
            "  FIELD  MEANING\n"
            "  where  the position of the event,\n"
            "         in degrees\n");
}

TEST(TableOutput, WrapsAnyColumnThatIsToBeReadWhole) {
  Table table({{"TERM", 0, Table::Fit::wrapped},
               {"CHANGE"},
               {"NOW", 0, Table::Fit::wrapped},
               {"THEN", 0, Table::Fit::wrapped}});
  table.add({"", {"contact duty officer", "changed", "the red telephone", "call 12 34"}});
  table.add({"", {"a", "new", "-", "7"}});
  EXPECT_EQ(printed(table, 45),
            "  TERM        CHANGE   NOW         THEN\n"
            "  contact     changed  the red     call 12 34\n"
            "  duty                 telephone\n"
            "  officer\n"
            "  a           new      -           7\n");
}

// A path is broken before a word of a sentence is.
TEST(TableOutput, BreaksTheLongestWordsFirst) {
  Table table({{"KIND", 0, Table::Fit::wrapped},
               {"SUBJECT", 0, Table::Fit::wrapped},
               {"WORDS", 0, Table::Fit::wrapped}});
  table.add({"", {"to be acknowledged", "-", "ended at 2026-11-30T21:00:58.039Z"}});
  table.add({"", {"wrong now", "/opt/hotline/commands/call-the-duty-director", "not there"}});
  const std::string shown = printed(table, 62);
  EXPECT_NE(shown.find("acknowledged"), std::string::npos) << shown;
  EXPECT_NE(shown.find("2026-11-30T21:00:58.039Z"), std::string::npos) << shown;
}

TEST(Talk, IsBrokenOnATerminalAndNowhereElse) {
  const std::string sentence = "one two three four five six seven: hotline ack @flash";
  for (const bool is_terminal : {false, true}) {
    Screen screen;
    auto output = screen.with({.terminal = true, .talk_terminal = is_terminal, .columns = 30});
    output.talk(sentence);
    output.line(sentence);
    const std::string broken = "one two three four five six\n  seven: hotline ack @flash\n";
    EXPECT_EQ(screen.err.str(), is_terminal ? broken : sentence + "\n");
    EXPECT_EQ(screen.out.str(), broken);
  }
}

TEST(Talk, BreaksErrorsUnderThemselves) {
  Screen screen;
  auto output = screen.with({.talk_terminal = true, .columns = 40});
  output.fail("the message was not sent",
              make_error(ErrorCode::refused, "one two three four five six",
                         "hotline show N-1    and read it back again"));
  EXPECT_EQ(screen.err.str(),
            "hotline: the message was not sent\n"
            "  why:  one two three four five six\n"
            "  try:  hotline show N-1    and read it\n"
            "          back again\n");
}

TEST(Words, HaveACommandForThoseAloneWhoMayGiveIt) {
  Screen screen;
  auto output =
      screen.with({.daemon_options = " --context north", .commands = {"release", "drill"}});
  const std::string waits = "D-6 waits for its release: hotline release D-6";
  EXPECT_EQ(output.offered(waits),
            "D-6 waits for its release: hotline --context north release D-6");
  output.set_may_give([](const std::string& words) { return words.find("release") != 0; });
  EXPECT_EQ(output.offered(waits), "D-6 waits for its release");
  EXPECT_EQ(
      output.offered("it was our turn; hotline drill agree, or hotline drill decline"),
      "it was our turn; hotline --context north drill agree, or hotline --context north drill "
      "decline");
  EXPECT_EQ(output.offered("nothing is wrong"), "nothing is wrong");
  EXPECT_EQ(output.offered("hotline release D-6"), "");
}

TEST(Words, EndAsASentenceWhereTheCommandIsCutOff) {
  Screen screen;
  auto output = screen.with({.commands = {"recover"}});
  output.set_may_give([](const std::string&) { return false; });
  EXPECT_EQ(
      output.offered("recovered: look through it, tell the other watch, then hotline recover"),
      "recovered: look through it, tell the other watch");
  EXPECT_EQ(output.offered("nobody can confirm it; make one, see hotline recover"),
            "nobody can confirm it; make one");
  EXPECT_EQ(output.offered("It waits. Then hotline recover"), "It waits.");
  EXPECT_EQ(output.offered("since 14:12, see hotline recover"), "since 14:12");
  EXPECT_EQ(output.offered("see hotline recover"), "");
}

TEST(Durations, AreReadAtAGlance) {
  EXPECT_EQ(format_duration(0), "0 ms");
  EXPECT_EQ(format_duration(99), "99 ms");
  EXPECT_EQ(format_duration(108), "0.1 s");
  EXPECT_EQ(format_duration(23'527), "23 s");
  EXPECT_EQ(format_duration(192'000), "3 min 12 s");
  EXPECT_EQ(format_duration(7'500'000), "2 h 05 min");
  EXPECT_EQ(format_duration(-5), "0 s");
  EXPECT_EQ(format_remaining(168'000), "02:48");
  EXPECT_EQ(format_remaining(3'768'000), "1:02:48");
  EXPECT_EQ(format_remaining(0), "now");
  EXPECT_EQ(format_count(1042), "1,042");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1234567), "1,234,567");
}

TEST(Json, EscapesAndKeepsTheOrder) {
  JsonValue document = json_document();
  document.add("text", "a\"b\n").add("none", JsonValue()).add("on", true).add("n", uint64_t{7});
  document.add("at", json_time(0)).add("then", json_time(1795356727913));
  document.add("list", JsonValue::Array{"x", -1});
  EXPECT_EQ(to_json(document),
            "{\"v\":1,\"text\":\"a\\\"b\\n\",\"none\":null,\"on\":true,\"n\":7,\"at\":null,"
            "\"then\":\"2026-11-22T14:12:07.913Z\",\"list\":[\"x\",-1]}");
  EXPECT_EQ(to_json(JsonValue(std::string("a\xFF"))), "\"a\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace hotline
