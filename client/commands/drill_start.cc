// hotline drill start: a scenario played over two daemons on this machine, and judged.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "client/commands/commands.h"
#include "client/demo/interrupt_guard.h"
#include "client/director/drill.h"
#include "client/director/played_drill.h"
#include "client/drill/play_lines.h"
#include "client/drill/scenario_check.h"
#include "client/drill/standing_lines.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"
#include "protocol/channel/exercise_clock.h"
#include "protocol/terminal/new_file.h"

namespace hotline::client {
namespace {

constexpr char kNotBegun[] = "the drill was not begun";

// Refused before anything is made, rather than passed over in the drill.
Status check_playable(const Scenario& scenario, const DrillPace& pace) {
  for (const Inject& inject : scenario.injects) {
    if (!std::holds_alternative<ClockWrong>(inject.content) || !inject.enabled) continue;
    return make_error(ErrorCode::configuration,
                      inject.name +
                          ": a daemon's clock is its machine's, and cannot be set wrong "
                          "from outside",
                      "enabled = false under the inject " + inject.name);
  }
  for (const Player& player : scenario.players) {
    if (player.name == kDirectorPerson || player.name == kAuditorPerson) {
      return make_error(ErrorCode::configuration,
                        player.name + " is a person of the drill's own on each side",
                        "another name for that player");
    }
    if (pace.jumps && !player.script) {
      return make_error(ErrorCode::usage,
                        player.name + " is played by people, and a jump leaves them no time",
                        "--speed 10 instead of --jump, or scripted = true under each [[player]]");
    }
  }
  return ok();
}

DrillPace read_pace(const Arguments& arguments) {
  DrillPace pace;
  pace.jumps = arguments.has("--jump");
  if (const auto speed = arguments.get("--speed")) {
    if (pace.jumps) {
      throw CommandFailed{kNotBegun, make_error(ErrorCode::usage, "a clock that jumps has no speed",
                                                "--jump or --speed, not both")};
    }
    pace.speed_permille = need(parse_speed_permille(*speed), kNotBegun);
    need(ExerciseClock::check_speed(pace.speed_permille), kNotBegun);
  }
  return pace;
}

Scenario read_scenario(Invocation& invocation, const std::string& file,
                       std::optional<uint64_t> seed) {
  const UtcMs now = invocation.now();
  ScenarioReading reading = need(read_scenario_file(file, now), kNotBegun);
  if (seed) reading.scenario.seed = *seed;
  CheckedScenario checked = check_scenario(std::move(reading), default_policy(), now);
  const size_t mistakes = checked.mistakes.count();
  if (mistakes == 0) return std::move(checked.scenario);
  say_mistakes(invocation.output, file, checked.mistakes);
  throw CommandFailed{
      kNotBegun, make_error(ErrorCode::configuration,
                            format_count(mistakes) + (mistakes == 1 ? " mistake" : " mistakes") +
                                " in " + file,
                            invocation.output.command("drill check " + file))};
}

std::string whole_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream all;
  all << file.rdbuf();
  return all.str();
}

std::string joining(const DrillGround& ground, const Player& player) {
  return "hotline --config " + ground.contexts_path() + " --context " +
         ground.context(player.side, player.name).name + " watch";
}

void tell_places(Output& output, const Scenario& scenario, const DrillGround& ground) {
  output.talk("Parts that people play, and how each joins:");
  bool has_people = false;
  for (const Player& player : scenario.players) {
    if (player.script) continue;
    has_people = true;
    output.quote("  " + player.name + ": " + joining(ground, player));
  }
  if (!has_people) output.talk("  none: all are scripted");
}

// Without them the drill was played all the same.
void leave_exports(Invocation& invocation, DrillGround& ground) {
  const Status left = ground.leave_exports(*invocation.around);
  if (!left) invocation.output.talk("No export was left for the report: " + left.error().reason);
}

int play_drill(Invocation& invocation, const Scenario& scenario, const std::string& directory,
               DrillRecord record, const std::optional<DrillPace>& pace) {
  Output& output = invocation.output;
  const std::string hotlined =
      need(find_hotlined(invocation.around->program_directory,
                         invocation.arguments.get("--hotlined"), "--hotlined PATH"),
           kNotBegun);
  const InterruptGuard guard;
  const auto ground = need(DrillGround::lay_out(scenario, directory, hotlined), kNotBegun);
  if (pace) need(ground->make(invocation.around->now()), kNotBegun);
  Drill drill(
      *invocation.around, scenario, *ground, std::move(record),
      OrderFile(drill_orders_path(directory)),
      [&](const PlayedEvent& event) { tell_event(output, scenario, event); },
      InterruptGuard::is_interrupted);
  const std::string next = output.command("drill start --resume " + directory);
  output.talk(std::string(kExerciseMark), Style::yellow);
  try {
    pace ? drill.begin(*pace) : drill.resume();
    output.quote(printable_line(scenario.title));
    tell_places(output, scenario, *ground);
    output.talk("Orders from another terminal: " +
                output.command("drill status --directory " + directory));
    const Play play = drill.run();
    leave_exports(invocation, *ground);
    need(ground->stop(), "a daemon did not end as it should");
    if (output.json()) {
      JsonValue document = json_document()
                               .add("ended", true)
                               .add("stopped", drill.was_stopped())
                               .add("directory", directory);
      if (drill.was_stopped()) document.add("undone", json_undone(scenario, play));
      output.document(add_play(document, scenario, play));
    } else {
      if (drill.was_stopped()) say_undone(output, scenario, play);
      say_score(output, scenario, play);
      output.talk("Next: " + output.command("drill report " + directory + " -o report.html"));
    }
    return play.count(Outcome::Kind::missed) > 0 ? kExitExpectationsMissed : kExitDone;
  } catch (const CommandFailed& failed) {
    if (InterruptGuard::is_interrupted()) {
      output.talk("Interrupted. It goes on with " + next);
      return kExitInterrupted;
    }
    Error error = failed.error;
    drill.break_off(error.reason);
    if (error.hint.empty()) error.hint = next;
    return output.fail(failed.what.empty() ? "the drill was broken off" : failed.what, error);
  }
}

int drill_start(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  const auto file = arguments.get("FILE");
  const auto resumed = arguments.get("--resume");
  if (file.has_value() == resumed.has_value()) {
    throw CommandFailed{
        kNotBegun, make_error(ErrorCode::usage, "it takes a scenario, or a drill to go on with",
                              "hotline drill start FILE --both-sides, or --resume DIR")};
  }
  if (resumed) {
    const std::string directory = std::filesystem::absolute(*resumed);
    // Its lock keeps a second program away from the daemons.
    DrillRecord record = need(DrillRecord::open(drill_record_path(directory)), kNotBegun);
    for (const JsonInput& line : record.lines()) {
      if (text_in(line, "what") != "ended") continue;
      throw CommandFailed{kNotBegun, make_error(ErrorCode::refused, "this drill is over",
                                                "hotline drill status --directory " + directory)};
    }
    const Scenario scenario =
        read_scenario(invocation, drill_scenario_path(directory), drill_seed(record.lines()));
    return play_drill(invocation, scenario, directory, std::move(record), std::nullopt);
  }
  if (!arguments.has("--both-sides")) {
    throw CommandFailed{kNotBegun, make_error(ErrorCode::usage,
                                              "a drill is played with both daemons on one machine",
                                              "--both-sides")};
  }
  const DrillPace pace = read_pace(arguments);
  std::optional<uint64_t> seed;
  if (arguments.has("--seed")) seed = need(arguments.number("--seed", 1), kNotBegun);
  const Scenario scenario = read_scenario(invocation, *file, seed);
  need(check_playable(scenario, pace), kNotBegun);
  std::error_code fault;
  const std::string directory = std::filesystem::absolute(
      arguments.get("--directory")
          .value_or("drill-" + std::filesystem::path(*file).stem().string()));
  if (!std::filesystem::create_directories(directory, fault)) {
    throw CommandFailed{
        kNotBegun,
        make_error(ErrorCode::conflict,
                   directory + ": " + (fault ? fault.message() : "exists already"),
                   "--directory DIR names a new one; --resume DIR goes on with a drill")};
  }
  need(write_new_file(drill_scenario_path(directory), whole_file(*file)), kNotBegun);
  DrillRecord record = need(DrillRecord::create(drill_record_path(directory)), kNotBegun);
  return play_drill(invocation, scenario, directory, std::move(record), pace);
}

}  // namespace

Command drill_start_command() {
  return {
      {.name = "drill start",
       .summary = "Play a scenario over two daemons on this machine, and judge it",
       .description =
           "Makes certificates, two daemons of an exercise and the cables between them in a "
           "directory of its own; nothing else is needed. Injects come at their time, scripted "
           "players react through the same interface as people, and whoever plays another part is "
           "told how to join. Each expectation is judged by what the daemons recorded. With --jump "
           "both clocks go to whatever is due next, so that days pass in seconds. It ends with 0 "
           "if "
           "nothing was missed, and with 20 if something was. After it was broken off it goes on "
           "with --resume: nothing comes twice. docs/exercises.md.",
       .examples = {"hotline drill start crossing.toml --both-sides --jump",
                    "hotline drill start crossing.toml --both-sides --speed 10 --directory monday",
                    "hotline drill start --resume monday"},
       .options = {{"--both-sides", "", "both daemons run here"},
                   {"--directory", "DIR", "a new one, which stays; else drill-NAME here"},
                   {"--resume", "DIR", "go on with the drill in that directory"},
                   {"--seed", "N", "of the scripted players; else the file's"},
                   {"--speed", "N", "so many times as fast as real time, from 0.1 to 60"},
                   {"--jump", "", "both clocks jump to whatever is due next"},
                   {"--hotlined", "PATH", "the daemon's program (beside this one without it)"}},
       .positionals = {{"FILE", "a scenario", false}}},
      drill_start};
}

}  // namespace hotline::client
