// hotline drill check: a scenario, read all the way through and played in a moment.
#include "client/commands/commands.h"
#include "client/drill/play_lines.h"
#include "client/drill/scenario_check.h"
#include "protocol/base/text.h"
#include "protocol/policy_file/policy_file.h"

namespace hotline::client {
namespace {

constexpr char kWhat[] = "the scenario can't be played";

void say_mistakes(Output& output, const std::string& file, const Mistakes& mistakes) {
  const std::vector<Mistake> shown = mistakes.in_order();
  if (output.json()) return;
  for (const Mistake& mistake : shown) {
    output.fail(file + ":" + std::to_string(mistake.at.line) + ":" +
                    std::to_string(mistake.at.column) + ": " + mistake.what,
                make_error(ErrorCode::configuration, mistake.why, mistake.hint));
  }
  if (shown.size() < mistakes.count()) {
    output.talk("The first " + format_count(shown.size()) + " of " +
                format_count(mistakes.count()) + " mistakes are shown.");
  }
}

int drill_check(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string file = *invocation.arguments.get("FILE");
  const UtcMs now = invocation.now();
  const auto agreed = invocation.arguments.get("--agreement");
  const Policy policy = agreed ? need(read_policy_file(*agreed), kWhat) : default_policy();
  ScenarioReading reading = need(read_scenario_file(file, now), kWhat);
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
      kWhat, make_error(ErrorCode::configuration,
                        format_count(mistakes) + (mistakes == 1 ? " mistake" : " mistakes") +
                            " in " + file,
                        "docs/scenarios/example.toml shows how each is written"));
}

}  // namespace

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
