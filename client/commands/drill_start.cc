// hotline drill start: a scenario played over two daemons on this machine, or with the other side's
// director over the daemon of each, and judged.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "client/commands/commands.h"
#include "client/compose/exercise_word.h"
#include "client/demo/interrupt_guard.h"
#include "client/director/drill.h"
#include "client/director/inject_rights.h"
#include "client/director/joint_start.h"
#include "client/director/local_ground.h"
#include "client/director/peer_ground.h"
#include "client/director/played_drill.h"
#include "client/drill/one_side.h"
#include "client/drill/play_lines.h"
#include "client/drill/scenario_check.h"
#include "client/drill/standing_lines.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"
#include "protocol/channel/exercise_clock.h"
#include "protocol/message/names.h"
#include "protocol/terminal/new_file.h"

namespace hotline::client {
namespace {

constexpr char kNotBegun[] = "the drill was not begun";

// Refused before anything is made, rather than passed over in the drill.
Status check_playable(const Scenario& scenario, const DrillPace& pace) {
  if (const auto wrong = wrong_clock_unjudged(scenario, before_drill(scenario), pace);
      !wrong.empty()) {
    return make_error(ErrorCode::usage,
                      wrong + ": a wrong clock cannot be judged at another speed than 1",
                      "--jump, or --speed 1");
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

std::string joining(const LocalGround& ground, const Player& player) {
  return "hotline --config " + ground.contexts_path() + " --context " +
         ground.context(player.side, player.name).name + " watch";
}

void tell_places(Output& output, const Scenario& scenario, const LocalGround& ground) {
  output.talk("Parts that people play, and how each joins:");
  bool has_people = false;
  for (const Player& player : scenario.players) {
    if (player.script) continue;
    has_people = true;
    output.quote("  " + player.name + ": " + joining(ground, player));
  }
  if (!has_people) output.talk("  none: all are scripted");
}

// A new one, with the scenario in it as it is.
std::string make_directory(const Arguments& arguments, const std::string& file) {
  std::error_code fault;
  const std::string directory = std::filesystem::absolute(
      arguments.get("--directory")
          .value_or("drill-" + std::filesystem::path(file).stem().string()));
  if (!std::filesystem::create_directories(directory, fault)) {
    throw CommandFailed{
        kNotBegun,
        make_error(ErrorCode::conflict,
                   directory + ": " + (fault ? fault.message() : "exists already"),
                   "--directory DIR names a new one; --resume DIR goes on with a drill")};
  }
  need(write_new_file(drill_scenario_path(directory), whole_file(file)), kNotBegun);
  return directory;
}

// Without them the drill was played all the same.
void leave_exports(Invocation& invocation, DrillGround& ground) {
  const Status left = ground.leave_exports(*invocation.around);
  if (left) return;
  invocation.output.talk("No export was left for the report: " + left.error().reason);
  if (!left.error().hint.empty()) invocation.output.quote(left.error().hint);
}

// A drill of either kind: it begins, or goes on, by `begin`.
int play_drill(Invocation& invocation, const Scenario& scenario, const std::string& directory,
               DrillGround& ground, DrillRecord record, const std::function<void(Drill&)>& begin) {
  Output& output = invocation.output;
  const InterruptGuard guard;
  Drill drill(
      *invocation.around, scenario, ground, std::move(record),
      OrderFile(drill_orders_path(directory)),
      [&](const PlayedEvent& event) { tell_event(output, scenario, event); },
      InterruptGuard::is_interrupted);
  const std::string next = output.command("drill start --resume " + directory);
  output.talk(std::string(kExerciseMark), Style::yellow);
  try {
    begin(drill);
    output.talk("Orders from another terminal: " +
                output.command("drill status --directory " + directory));
    const Play play = drill.run();
    leave_exports(invocation, ground);
    need(ground.stop(), "a daemon did not end as it should");
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
      drill.break_off("it was interrupted");
      output.talk("Interrupted. It goes on with " + next);
      return kExitInterrupted;
    }
    Error error = failed.error;
    drill.break_off(error.reason);
    if (error.hint.empty()) error.hint = next;
    return output.fail(failed.what.empty() ? "the drill was broken off" : failed.what, error);
  }
}

// `pace`: of one that begins; nothing: it goes on.
int play_both_sides(Invocation& invocation, const Scenario& scenario, const std::string& directory,
                    DrillRecord record, const std::optional<DrillPace>& pace) {
  const std::string hotlined =
      need(find_hotlined(invocation.around->program_directory,
                         invocation.arguments.get("--hotlined"), "--hotlined PATH"),
           kNotBegun);
  const auto ground = need(LocalGround::lay_out(scenario, directory, hotlined), kNotBegun);
  if (pace) need(ground->make(invocation.around->now()), kNotBegun);
  return play_drill(invocation, scenario, directory, *ground, std::move(record), [&](Drill& drill) {
    pace ? drill.begin(*pace) : drill.resume();
    invocation.output.quote(printable_line(scenario.title));
    tell_places(invocation.output, scenario, *ground);
  });
}

// ---- With the other side's director

// Its first line: the own side, and what both directors had agreed on before.
constexpr char kWithPeer[] = "with-peer";

const JsonInput* line_called(const std::vector<JsonInput>& lines, const std::string& what) {
  for (const JsonInput& line : lines) {
    if (text_in(line, "what") == what) return &line;
  }
  return nullptr;
}

Result<SideIndex> side_at(const Scenario& scenario, const Connection& daemon) {
  for (SideIndex side = 0; side < kSides; ++side) {
    if (scenario.sides[side] == daemon.party() &&
        scenario.sides[other_side(side)] == daemon.peer()) {
      return side;
    }
  }
  return make_error(ErrorCode::configuration,
                    "the scenario is for " + scenario.sides[0] + " and " + scenario.sides[1] +
                        ", and this channel is between " + daemon.party() + " and " + daemon.peer(),
                    "sides = [\"" + daemon.party() + "\", \"" + daemon.peer() + "\"]");
}

void tell_own_part(Output& output, const Scenario& scenario, SideIndex side) {
  output.quote(printable_line(scenario.title));
  output.talk(
      "It is played with the other side's director; here are only the injects and "
      "expectations of " +
      upper_case(scenario.sides[side]) + ".");
  for (const Player& player : scenario.players) {
    if (player.side != side || !player.script) continue;
    output.talk("People play " + player.name + ": with the other side nothing is scripted.");
  }
}

// `wish.scenario` is filled in here.
int play_with_peer(Invocation& invocation, const Scenario& scenario, const std::string& directory,
                   DrillRecord record, SideIndex side, StartWish wish) {
  const bool has_begun = line_called(record.lines(), "begun") != nullptr;
  const ContextFile contexts = need(read_context_file(drill_contexts_path(directory)), kNotBegun);
  PeerGround ground(side, contexts.contexts.front(),
                    drill_export_path(directory, scenario.sides[side]));
  return play_drill(invocation, scenario, directory, ground, std::move(record), [&](Drill& drill) {
    tell_own_part(invocation.output, scenario, side);
    if (has_begun) return drill.resume();
    const std::string file = whole_file(drill_scenario_path(directory));
    wish.scenario = sha256({ByteView(reinterpret_cast<const uint8_t*>(file.data()), file.size())});
    const auto daemon =
        need(Connection::open({ground.context(side, kDirectorPerson), invocation.around->connect,
                               invocation.around->pause}),
             kNotBegun);
    const JointStart start =
        agree_on_start(invocation, *daemon, wish, InterruptGuard::is_interrupted);
    drill.begin_with_peer(side, start);
    invocation.output.talk("Both directors began it in " + start.id + ": it starts at " +
                           format_rfc3339(start.begin) + " of the exercise's clock.");
  });
}

// The other side declined it, say: the next try may take the same name.
void remove_if_not_begun(const std::string& directory) {
  const auto sight = DrillRecord::look(drill_record_path(directory));
  if (!sight || line_called(sight->lines, "begun") != nullptr) return;
  std::error_code none;
  std::filesystem::remove_all(directory, none);
}

int start_with_peer(Invocation& invocation, const Scenario& scenario, const std::string& file) {
  const Arguments& arguments = invocation.arguments;
  for (const char* option : {"--jump", "--seed", "--hotlined"}) {
    if (!arguments.has(option)) continue;
    throw CommandFailed{
        kNotBegun,
        make_error(ErrorCode::usage, std::string(option) + " does not go with --with-peer",
                   "both directors set the clock: hotline drill jump 1h --joint")};
  }
  StartWish wish;
  if (arguments.has("--speed")) wish.speed_permille = read_pace(arguments).speed_permille;
  need(check_playable_with_peer(scenario), kNotBegun);
  const auto daemon = need(invocation.connect(), kNotBegun);
  need(check_exercise(*daemon, "this channel is live, and a drill is an exercise"), kNotBegun);
  if (!daemon->may(Right::direct)) {
    throw CommandFailed{
        kNotBegun, make_error(ErrorCode::not_allowed, "only a director of this exercise starts it",
                              "hotline context list")};
  }
  const SideIndex side = need(side_at(scenario, *daemon), kNotBegun);
  need(check_inject_rights(*daemon, scenario, side, invocation.now()), kNotBegun);
  const auto clock = need(daemon->exercise_clock(), kNotBegun);
  if (clock->agreed() != nullptr) wish.after = text(clock->agreed()->id());
  Context context = need(invocation.context(), kNotBegun);
  context.name = scenario.sides[side] + "-" + kDirectorPerson;
  const std::string directory = make_directory(arguments, file);
  need(write_contexts(drill_contexts_path(directory), {context}), kNotBegun);
  DrillRecord record = need(DrillRecord::create(drill_record_path(directory)), kNotBegun);
  need(record.add(JsonValue()
                      .add("what", kWithPeer)
                      .add("side", scenario.sides[side])
                      .add("after", wish.after)),
       kNotBegun);
  const int code = play_with_peer(invocation, scenario, directory, std::move(record), side, wish);
  if (code != kExitInterrupted) remove_if_not_begun(directory);
  return code;
}

// Its program was killed at its end, before it left them. Without them nothing can be reported.
int leave_missing_exports(Invocation& invocation, const Scenario& scenario,
                          const std::string& directory) {
  Output& output = invocation.output;
  const std::string what = "the exports of the drill cannot be made";
  const std::string hotlined =
      need(find_hotlined(invocation.around->program_directory,
                         invocation.arguments.get("--hotlined"), "--hotlined PATH"),
           what);
  const auto ground = need(LocalGround::lay_out(scenario, directory, hotlined), what);
  need(ground->leave_exports(*invocation.around), what);
  need(ground->stop(), "a daemon did not end as it should");
  if (output.json()) {
    output.document(json_document().add("ended", true).add("directory", directory));
  } else {
    output.talk("This drill was over. Its exports had not been made, and are there now.");
    output.talk("Next: " + output.command("drill report " + directory + " -o report.html"));
  }
  return kExitDone;
}

bool has_exports(const Scenario& scenario, const std::string& directory) {
  return std::all_of(scenario.sides.begin(), scenario.sides.end(), [&](const std::string& side) {
    return std::filesystem::exists(drill_export_path(directory, side));
  });
}

int resume_drill(Invocation& invocation, const std::string& directory) {
  // Its lock keeps a second program away from the daemons.
  DrillRecord record = need(DrillRecord::open(drill_record_path(directory)), kNotBegun);
  const Scenario scenario =
      read_scenario(invocation, drill_scenario_path(directory), drill_seed(record.lines()));
  if (line_called(record.lines(), "ended") != nullptr) {
    const bool is_ours = line_called(record.lines(), kWithPeer) == nullptr;
    if (is_ours && !has_exports(scenario, directory)) {
      return leave_missing_exports(invocation, scenario, directory);
    }
    throw CommandFailed{kNotBegun, make_error(ErrorCode::refused, "this drill is over",
                                              "hotline drill status --directory " + directory)};
  }
  if (const JsonInput* first = line_called(record.lines(), kWithPeer)) {
    const SideIndex side = text_in(*first, "side") == scenario.sides[0] ? 0 : 1;
    const StartWish wish{.after = text_in(*first, "after")};
    return play_with_peer(invocation, scenario, directory, std::move(record), side, wish);
  }
  return play_both_sides(invocation, scenario, directory, std::move(record), std::nullopt);
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
  if (resumed) return resume_drill(invocation, std::filesystem::absolute(*resumed));
  const bool with_peer = arguments.has("--with-peer");
  if (arguments.has("--both-sides") == with_peer) {
    throw CommandFailed{
        kNotBegun,
        make_error(ErrorCode::usage,
                   "a drill is played over both sides' daemons on this machine, or with the other "
                   "side's director",
                   "--both-sides, or --with-peer")};
  }
  const DrillPace pace = read_pace(arguments);
  std::optional<uint64_t> seed;
  if (arguments.has("--seed")) seed = need(arguments.number("--seed", 1), kNotBegun);
  const Scenario scenario = read_scenario(invocation, *file, seed);
  if (with_peer) return start_with_peer(invocation, scenario, *file);
  need(check_playable(scenario, pace), kNotBegun);
  const std::string directory = make_directory(arguments, *file);
  DrillRecord record = need(DrillRecord::create(drill_record_path(directory)), kNotBegun);
  return play_both_sides(invocation, scenario, directory, std::move(record), pace);
}

}  // namespace

Command drill_start_command() {
  return {
      {.name = "drill start",
       .summary = "Play a scenario over two daemons, and judge it",
       .description =
           "With --both-sides it makes certificates, two daemons of an exercise and the cables "
           "between them in a "
           "directory of its own; nothing else is needed. Injects come at their time, scripted "
           "players react through the same interface as people, and whoever plays another part is "
           "told how to join. Each expectation is judged by what the daemons recorded. With --jump "
           "both clocks go to whatever is due next, so that days pass in seconds. With --with-peer "
           "it is played over the exercise daemon that the context names: the other side's "
           "director "
           "starts the same file there, each gives and judges the own side's part alone, and both "
           "set the clock (--joint). It ends with 0 "
           "if "
           "nothing was missed, and with 20 if something was. After it was broken off it goes on "
           "with --resume: nothing comes twice. docs/exercises.md.",
       .examples = {"hotline drill start crossing.toml --both-sides --jump",
                    "hotline drill start crossing.toml --both-sides --speed 10 --directory monday",
                    "hotline drill start crossing.toml --with-peer --directory monday",
                    "hotline drill start --resume monday"},
       .options = {{"--both-sides", "", "both daemons run here"},
                   {"--with-peer", "", "over a daemon that runs, with the other side's director"},
                   {"--directory", "DIR", "a new one, which stays; else drill-NAME here"},
                   {.names = "--resume",
                    .value = "DIR",
                    .help = "go on with the drill in that directory",
                    .never_with = {"--both-sides", "--with-peer", "--directory", "--seed",
                                   "--speed", "--jump"}},
                   {"--seed", "N", "of the scripted players; else the file's"},
                   {"--speed", "N", "so many times as fast as real time, from 0.1 to 60"},
                   {"--jump", "", "both clocks jump to whatever is due next"},
                   {"--hotlined", "PATH", "the daemon's program (beside this one without it)"}},
       .positionals = {{"FILE", "a scenario", false}}},
      drill_start};
}

}  // namespace hotline::client
