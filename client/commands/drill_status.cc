// hotline drill status: how a drill stands that another terminal plays, or how it ended.
#include <sys/stat.h>

#include "client/commands/commands.h"
#include "client/director/order_desk.h"
#include "client/drill/faults.h"
#include "client/drill/standing_lines.h"
#include "protocol/base/text.h"

namespace hotline::client {
namespace {

constexpr char kNotShown[] = "the drill cannot be shown";

// The record knows the time of the newest line; the clocks know what time it is.
void read_clock(const Invocation& invocation, const PlayedDrill& drill, DrillView& view) {
  if (!view.is_played || !view.standing.clocks_go()) return;
  const auto contexts = read_context_file(drill_contexts_path(drill.directory()));
  if (!contexts) return;
  std::optional<UtcMs> first;
  const Scenario& scenario = drill.scenario();
  for (SideIndex side = 0; side < kSides; ++side) {
    const DrillStanding& at = view.standing;
    if (wrong_clock_ms(scenario, at.play, side, at.now_ms) != 0) continue;
    for (const Context& context : contexts->contexts) {
      if (context.name != scenario.sides[side] + "-director") continue;
      const auto connection =
          Connection::open({context, invocation.around->connect, invocation.around->pause});
      if (!connection) continue;  // That daemon is down, as the drill may have it.
      const auto clock = (*connection)->exercise_clock();
      if (!clock) continue;
      first = std::min(first.value_or((*clock)->at()), (*clock)->at());
      if (!view.standing.side) continue;
      // Both directors set it, and the record does not know.
      view.standing.is_paused = (*clock)->paused();
      view.standing.pace.speed_permille = (*clock)->speed_permille();
    }
  }
  if (!first) return;
  view.standing.now_ms = std::max(view.standing.now_ms, *first - view.standing.begin);
}

// At that time its program lived.
UtcMs written_at(const PlayedDrill& drill) {
  struct stat file {};
  if (stat(drill_record_path(drill.directory()).c_str(), &file) != 0) return 0;
  return static_cast<UtcMs>(file.st_mtim.tv_sec) * 1000 + file.st_mtim.tv_nsec / 1'000'000;
}

int drill_status(Invocation& invocation) {
  Output& output = invocation.output;
  const PlayedDrill drill = chosen_drill(invocation, kNotShown);
  const bool is_played = drill.is_played();
  const auto record = need(drill.record(), kNotShown);
  DrillView view = view_of(drill.scenario(), record.lines);
  if (view.standing.begin == 0) {
    return output.fail(kNotShown, make_error(ErrorCode::not_found, "the drill has not begun yet",
                                             "hotline drill status, in a moment"));
  }
  view.is_played = is_played;
  view.written_at = written_at(drill);
  view.machine_now = invocation.around->now();
  read_clock(invocation, drill, view);
  if (output.json()) {
    JsonValue document = json_document().add("directory", drill.directory());
    add_standing(document, drill.scenario(), view);
    output.document(document);
    return kExitDone;
  }
  // In the answer itself, which may be kept.
  output.say(std::string(kExerciseMark), Style::yellow);
  say_standing(output, drill.scenario(), view);
  if (!is_played && !view.standing.has_ended) {
    output.say("It goes on with: " + output.command("drill start --resume " + drill.directory()));
  }
  return kExitDone;
}

}  // namespace

Command drill_status_command() {
  return {{.name = "drill status",
           .summary = "Show how the drill stands: what happened, what is to come, what was met",
           .description =
               "Of a drill that is played now, or that ended: each inject and each expectation "
               "with its time since the beginning, the notes, and the points until now.",
           .examples = {"hotline drill status", "hotline drill status --directory monday --json"},
           .options = {{"--directory", "DIR",
                        "the drill's; else where the contexts are (--config), or this one"}}},
          drill_status};
}

}  // namespace hotline::client
