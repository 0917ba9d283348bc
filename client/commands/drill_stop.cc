// hotline drill stop and begin: STOP EXERCISE at both sides, and its end; or the end, at both
// sides, of the drill that another terminal plays.
#include "client/commands/commands.h"
#include "client/compose/exercise_word.h"
#include "client/director/order_desk.h"
#include "client/drill/standing_lines.h"

namespace hotline::client {
namespace {

constexpr char kNotStopped[] = "the drill was not stopped";
constexpr int64_t kLookForEnd_ms = 50;
constexpr int64_t kEndPatience_ms = 30'000;

int stop_drill(Invocation& invocation) {
  Output& output = invocation.output;
  const PlayedDrill drill = chosen_drill(invocation, kNotStopped);
  const int code = give_order(
      invocation,
      {.kind = DrillOrder::Kind::stop, .text = invocation.arguments.get("--reason").value_or("")},
      kNotStopped);
  if (code != kExitDone) return code;
  const int64_t until_ms = invocation.around->steady_ms() + kEndPatience_ms;
  while (drill.is_played()) {
    if (invocation.around->steady_ms() > until_ms) {
      return output.fail("the drill ends, and its daemons still run",
                         make_error(ErrorCode::timed_out, "they take longer than 30 s"));
    }
    invocation.around->pause(kLookForEnd_ms);
  }
  const DrillStanding standing = need(drill.standing(), kNotStopped);
  say_undone(output, drill.scenario(), standing.play);
  return standing.play.count(Outcome::Kind::missed) > 0 ? kExitExpectationsMissed : kExitDone;
}

int stop_or_begin(Invocation& invocation, wire::ServiceAction action, const std::string& subject,
                  const std::string& what) {
  const auto connection = need(invocation.connect(), what);
  const Status exercise =
      check_exercise(*connection, "this channel is live: there is no exercise to stop or to begin");
  if (!exercise) return invocation.output.fail(what, exercise.error());
  return say_of_exercise(invocation, *connection,
                         {action, "", invocation.arguments.get("--reason").value_or(""), ""},
                         subject, what);
}

// By a drill's own order where one is played here, and else by a word to both sides.
int stop_exercise(Invocation& invocation) {
  if (PlayedDrill::directory_of(invocation)) return stop_drill(invocation);
  return stop_or_begin(invocation, wire::ServiceAction::exercise_end, "STOP EXERCISE",
                       "the exercise was not stopped");
}

int begin_exercise(Invocation& invocation) {
  return stop_or_begin(invocation, wire::ServiceAction::exercise_start, "The exercise goes on",
                       "the exercise was not begun again");
}

}  // namespace

Command drill_stop_command() {
  return {
      {.name = "drill stop",
       .summary = "STOP EXERCISE: at both sides, by any player",
       .description =
           "Every person who plays may stop it, and no second one is asked. The clocks of both "
           "sides go as real time does, nobody is called of any message, and commands that "
           "call end. With the link down it is so here at once, and there when the link is "
           "back. A director of either side begins it again: hotline drill begin. A drill that "
           "is played on this machine (--directory) ends instead: both daemons end in order, "
           "and the record says who stopped it. What was left undone is told; it ends with 20 "
           "if an expectation was missed.",
       .examples = {"hotline drill stop --reason \"a real aircraft is in distress\"",
                    "hotline drill stop --wait delivered", "hotline drill stop --directory monday"},
       .options = order_options(exercise_word_options())},
      stop_exercise};
}

Command drill_begin_command() {
  return {{.name = "drill begin",
           .summary = "Let an exercise that was stopped go on, at both sides",
           .description =
               "A director of either side does it. What came due meanwhile is told at once, as "
               "after an outage. The clock stays real time until a director sets it.",
           .examples = {"hotline drill begin"},
           .options = exercise_word_options()},
          begin_exercise};
}

}  // namespace hotline::client
