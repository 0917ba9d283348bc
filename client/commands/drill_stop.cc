// hotline drill stop: the drill that another terminal plays ends, at both sides.
#include "client/commands/commands.h"
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
  const int code = give_order(invocation, {.kind = DrillOrder::Kind::stop}, kNotStopped);
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

}  // namespace

Command drill_stop_command() {
  return {{.name = "drill stop",
           .summary = "End the drill that is played, at both sides",
           .description =
               "Both daemons end in order within seconds, and the record says who stopped it. What "
               "was left undone is told; expectations that were judged until then count. It ends "
               "with 20 if one of them was missed.",
           .examples = {"hotline drill stop --directory monday"},
           .options = order_options()},
          stop_drill};
}

}  // namespace hotline::client
