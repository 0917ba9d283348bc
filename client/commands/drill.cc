// hotline drill check: a scenario, read all the way through and played in a moment. hotline drill
// import: a spreadsheet's list of events, made a scenario of.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "client/commands/commands.h"
#include "client/drill/msel.h"
#include "client/drill/play_lines.h"
#include "client/drill/scenario_check.h"
#include "protocol/base/text.h"
#include "protocol/policy_file/policy_file.h"
#include "protocol/terminal/new_file.h"

namespace hotline::client {
namespace {

constexpr char kNotPlayed[] = "the scenario can't be played";

int drill_check(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string file = *invocation.arguments.get("FILE");
  const UtcMs now = invocation.now();
  const auto agreed = invocation.arguments.get("--agreement");
  const Policy policy = agreed ? need(read_policy_file(*agreed), kNotPlayed) : default_policy();
  ScenarioReading reading = need(read_scenario_file(file, now), kNotPlayed);
  if (invocation.arguments.has("--seed")) {
    reading.scenario.seed = need(invocation.arguments.number("--seed", 1));
  }
  const CheckedScenario checked = check_scenario(std::move(reading), policy, now);
  const size_t mistakes = checked.mistakes.count();
  if (output.json()) {
    JsonValue document = json_document()
                             .add("file", file)
                             .add("title", json_text(checked.scenario.title))
                             .add("can_be_played", mistakes == 0)
                             .add("mistakes_total", mistakes)
                             .add("mistakes", json_mistakes(checked.mistakes.in_order()));
    if (checked.play) add_play(document, checked.scenario, *checked.play);
    output.document(document);
  } else if (checked.play) {
    output.quote(printable_line(checked.scenario.title));
    print_time_line(output, checked.scenario, *checked.play);
    say_result(output, checked.scenario, *checked.play);
  }
  if (mistakes == 0) {
    if (!output.json()) output.talk("No mistakes: it can be played.", Style::green);
    return kExitDone;
  }
  say_mistakes(output, file, checked.mistakes);
  return output.fail(
      kNotPlayed, make_error(ErrorCode::configuration,
                             format_count(mistakes) + (mistakes == 1 ? " mistake" : " mistakes") +
                                 " in " + file,
                             "docs/scenarios/example.toml shows how each is written"));
}

// ---- import

constexpr char kNotMade[] = "no scenario was made";

Result<std::string> read_text(const std::string& path) {
  std::error_code fault;
  const auto size = std::filesystem::file_size(path, fault);
  if (fault) return make_error(ErrorCode::not_found, path + ": " + fault.message());
  if (size > scenario_limits::kSizeMax) {
    return make_error(
        ErrorCode::configuration,
        path + ": is larger than " + format_count(scenario_limits::kSizeMax >> 10) + " KiB",
        "make two tables of it");
  }
  std::ostringstream text;
  std::ifstream file(path, std::ios::binary);
  if (!file || !(text << file.rdbuf())) {
    if (size == 0) return std::string();
    return make_error(ErrorCode::configuration, path + ": cannot be read");
  }
  return text.str();
}

Result<std::array<std::string, kSides>> read_sides(const Arguments& arguments) {
  const std::string typed = arguments.get("--sides").value_or("north,south");
  const auto parts = split(typed, ',');
  if (parts.size() != kSides || parts[0] == parts[1] || parts[0].empty() || parts[1].empty()) {
    return make_error(ErrorCode::usage, "a drill has two sides with names of their own",
                      "--sides north,south");
  }
  return std::array<std::string, kSides>{std::string(trim(parts[0])), std::string(trim(parts[1]))};
}

int refuse_table(Output& output, const std::string& file, const Mistakes& mistakes) {
  if (output.json()) {
    output.document(json_document()
                        .add("file", file)
                        .add("mistakes_total", mistakes.count())
                        .add("mistakes", json_mistakes(mistakes.in_order())));
  }
  say_mistakes(output, file, mistakes);
  return output.fail(
      kNotMade, make_error(ErrorCode::configuration,
                           format_count(mistakes.count()) +
                               (mistakes.count() == 1 ? " mistake" : " mistakes") + " in " + file,
                           "docs/exercises.md says how a table is written"));
}

JsonValue json_doubts(const std::vector<MselImport::Doubt>& doubts) {
  return json_each(doubts, [](const MselImport::Doubt& doubt) {
    return JsonValue()
        .add("line", doubt.at.line)
        .add("column", doubt.at.column)
        .add("text", doubt.text)
        .add("did_you_mean", json_text(doubt.side));
  });
}

int drill_import(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string file = *invocation.arguments.get("FILE");
  const auto sides = need(read_sides(invocation.arguments), kNotMade);
  const std::string text = need(read_text(file), kNotMade);
  const auto rows = need(parse_csv(file, text), kNotMade);
  const std::string title =
      invocation.arguments.get("--title").value_or(std::filesystem::path(file).stem().string());
  const MselImport made = import_msel(rows, title, sides);
  if (made.mistakes.count() > 0) return refuse_table(output, file, made.mistakes);
  // It must be a scenario: a side's name that is none, say, shows here.
  const auto reading = need(parse_scenario(file, made.toml, invocation.now()), kNotMade);
  const CheckedScenario checked = check_scenario(reading, default_policy(), invocation.now());
  if (checked.mistakes.count() > 0) {
    const Mistake first = checked.mistakes.in_order().front();
    return output.fail(
        kNotMade, make_error(ErrorCode::configuration,
                             first.what + (first.why.empty() ? "" : ": ") + first.why, first.hint));
  }
  for (const std::string& column : made.unused) output.talk("Not used: the column " + column);
  for (const MselImport::Doubt& doubt : made.doubts) {
    const std::string line = std::to_string(doubt.at.line);
    const std::string column = std::to_string(doubt.at.column);
    output.talk(doubt.side.empty() ? file + ":" + line + ":" + column + ": " + doubt.text +
                                         " is not the other side: a note was made of this row"
                                   : file + ":" + line + ":" + column + ": " + doubt.text +
                                         " is neither side: did you mean " + doubt.side + "?",
                Style::yellow);
  }
  const std::string toml = "# Made of " + printable_line(file) +
                           " by hotline drill import. Give messages their template and "
                           "precedence,\n# and expectations the kind that a machine can judge: "
                           "docs/exercises.md\n" +
                           made.toml;
  const auto path = invocation.arguments.get("--output");
  if (path) need(write_new_file(*path, toml), kNotMade);
  if (output.json()) {
    JsonValue document = json_document()
                             .add("file", file)
                             .add("injects", made.injects)
                             .add("expectations", made.expectations)
                             .add("columns_not_used", made.unused)
                             .add("doubts", json_doubts(made.doubts));
    output.document(path ? document.add("output", *path) : document.add("scenario", toml));
    return kExitDone;
  }
  if (!path) output.text(toml);
  output.talk("Injects: " + format_count(made.injects) +
              ", expectations: " + format_count(made.expectations));
  if (path) output.talk("Next: " + output.command("drill check " + *path));
  return kExitDone;
}

}  // namespace

Command drill_import_command() {
  return {
      {.name = "drill import",
       .summary = "Make a scenario of a MSEL that a spreadsheet saved as CSV",
       .description =
           "The first row names the columns: number, time, event, from, to, expected, objective; "
           "time, "
           "event and from must be there. A row from one of the sides becomes a message of that "
           "side, any other a note to the director, and what is expected is for the director to "
           "judge. Commas, semicolons or tabs; the times of all rows alike. How they are written: "
           "docs/exercises.md.",
       .examples = {"hotline drill import msel.csv --sides north,south -o drill.toml",
                    "hotline drill import msel.csv --json"},
       .options = {{"--sides", "A,B", "the two parties, as the table names them; else north,south"},
                   {"--title", "TEXT", "of the scenario; else the file's name"},
                   {"-o,--output", "FILE", "a new file; else standard output"}},
       .positionals = {{"FILE", "a table"}},
       .without = {"--local"}},
      drill_import};
}

Command drill_check_command() {
  return {
      {.name = "drill check",
       .summary = "Read a scenario all the way through, and play it in a moment",
       .description =
           "Every mistake is told with its line and column, also an expectation that nobody can "
           "meet. Then the scenario is played without any daemon: scripted players do as the file "
           "says, and people are taken to do what is expected of them when it is due. Nothing is "
           "sent. It ends with 0 if the scenario can be played, and else with 3. How a scenario is "
           "written: docs/exercises.md.",
       .examples = {"hotline drill check crossing.toml", "hotline drill check crossing.toml --json",
                    "hotline drill check crossing.toml --agreement policy.toml --seed 7"},
       .options = {{"--agreement", "FILE",
                    "the numbers that both parties follow, as hotline agreement show --toml prints "
                    "them; else the default ladder"},
                   {"--seed", "N", "of the scripted players; else the file's"}},
       .positionals = {{"FILE", "a scenario"}}},
      drill_check};
}

}  // namespace hotline::client
