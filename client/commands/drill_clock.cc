// hotline drill clock, speed, pause, resume and jump: the clock of an exercise, which a director
// sets: one side's daemon's, or both of a drill that is played on this machine.
#include <string>

#include "client/commands/commands.h"
#include "client/director/order_desk.h"
#include "protocol/base/time_text.h"
#include "protocol/channel/exercise_clock.h"

namespace hotline::client {
namespace {

using Change = wire::ExerciseClockChange;

// Between two looks at a jump that goes on.
constexpr int64_t kLookAtJump_ms = 100;

JsonValue json_clock(const wire::ExerciseClockReply& clock) {
  return json_document()
      .add("at", json_time(clock.at()))
      .add("ahead_ms", clock.ahead_ms())
      .add("speed_permille", clock.speed_permille())
      .add("paused", clock.paused())
      .add("jumping_to", json_time(clock.jumping_to()))
      .add("next_due", json_time(clock.next_due()))
      .add("next", json_text(text(clock.next())));
}

std::string words_of_next(const std::string& next) {
  if (next == "ladder") return "a message escalates, or is overdue";
  if (next == "test-call") return "a test call is judged";
  if (next == "case") return "a decision on a case";
  if (next == "agreement") return "an agreement begins, or is too late";
  if (next == "channel-state") return "the channel is declared otherwise";
  return "the watch has lasted too long";
}

void say_clock(Output& output, const wire::ExerciseClockReply& clock) {
  output.say("The clock of the exercise says " + format_rfc3339(clock.at()) + " (" +
             format_date_time_group(clock.at()) + ").");
  if (clock.paused()) {
    output.say("It is paused.", Style::yellow);
  } else if (clock.speed_permille() == 1000) {
    output.say("It goes as fast as real time.");
  } else {
    output.say("It goes " + format_speed(clock.speed_permille()) + " times as fast as real time.");
  }
  if (clock.jumping_to() != 0) {
    output.say("It jumps to " + format_rfc3339(clock.jumping_to()) + " now.", Style::yellow);
  }
  if (clock.ahead_ms() > 0) {
    output.say("It is " + format_duration(clock.ahead_ms()) + " ahead of the daemon's machine.");
  } else if (clock.ahead_ms() < 0) {
    output.say("It is " + format_duration(-clock.ahead_ms()) + " behind the daemon's machine.");
  }
  if (clock.next_due() == 0) return output.say("Nothing is due.");
  output.say("Next is due at " + format_rfc3339(clock.next_due()) + ": " +
             output.words(words_of_next(text(clock.next()))));
}

int answer_with(Output& output, const wire::ExerciseClockReply& clock) {
  if (output.json()) {
    output.document(json_clock(clock));
  } else {
    say_clock(output, clock);
  }
  return kExitDone;
}

// A live daemon has no such clock to show; it refuses to set one by itself.
Status check_exercise(const Connection& connection) {
  if (connection.server().exercise()) return ok();
  return make_error(ErrorCode::refused,
                    "this channel is live: its clock is the machine's, and nobody sets it",
                    "name the context of an exercise: hotline context list");
}

int show_clock(Invocation& invocation) {
  const std::string what = "cannot show the clock of the exercise";
  const auto connection = need(invocation.connect(), what);
  if (Status exercise = check_exercise(*connection); !exercise) {
    return invocation.output.fail(what, exercise.error());
  }
  const auto clock = need(connection->exercise_clock(), what);
  return answer_with(invocation.output, *clock);
}

constexpr char kNotSet[] = "the clock of the exercise was not set";

int set_speed(Invocation& invocation) {
  const uint32_t speed = need(parse_speed_permille(*invocation.arguments.get("SPEED")), kNotSet);
  const DrillOrder order{.kind = DrillOrder::Kind::speed, .speed_permille = speed};
  if (const auto given = give_order_if_played(invocation, order, kNotSet)) return *given;
  const auto connection = need(invocation.connect(), kNotSet);
  const auto clock = need(connection->set_exercise_clock(Change::speed, speed), kNotSet);
  return answer_with(invocation.output, *clock);
}

int pause_clock(Invocation& invocation) {
  const DrillOrder order{.kind = DrillOrder::Kind::pause};
  if (const auto given = give_order_if_played(invocation, order, kNotSet)) return *given;
  const auto connection = need(invocation.connect(), kNotSet);
  const auto clock = need(connection->set_exercise_clock(Change::paused), kNotSet);
  return answer_with(invocation.output, *clock);
}

int resume_clock(Invocation& invocation) {
  const DrillOrder order{.kind = DrillOrder::Kind::resume};
  if (const auto given = give_order_if_played(invocation, order, kNotSet)) return *given;
  const auto connection = need(invocation.connect(), kNotSet);
  const auto clock = need(connection->set_exercise_clock(Change::resumed), kNotSet);
  return answer_with(invocation.output, *clock);
}

// As it is typed: next, so far ahead, or a time, which `now` completes.
Result<DrillOrder> read_aim(const std::string& typed, UtcMs now) {
  const std::string hint = "next, 72h, or a time such as 281341Z NOV 26; 31 days ahead at most";
  DrillOrder order{.kind = DrillOrder::Kind::jump};
  if (typed == "next") {
    order.goes_to_next = true;
    return order;
  }
  if (const auto duration = parse_duration_ms(typed)) {
    order.by_ms = *duration;
    if (order.by_ms != 0) return order;
    return make_error(ErrorCode::usage, typed + " is no jump", hint);
  }
  const auto time = parse_time(typed, now);
  if (!time) return make_error(time.error().code, time.error().reason, hint);
  order.until = *time;
  return order;
}

int jump_drill(Invocation& invocation, const std::string& typed) {
  const PlayedDrill drill = chosen_drill(invocation, kNotSet);
  const DrillStanding standing = need(drill.standing(), kNotSet);
  return give_order(invocation, need(read_aim(typed, standing.begin + standing.now_ms), kNotSet),
                    kNotSet);
}

// Until it has arrived: what is due on the way is done at its time, and commands that tell people
// take theirs.
int jump(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string typed = *invocation.arguments.get("WHERE");
  if (PlayedDrill::directory_of(invocation)) return jump_drill(invocation, typed);
  const auto connection = need(invocation.connect(), kNotSet);
  const DrillOrder aim = need(read_aim(typed, invocation.now()), kNotSet);
  auto clock = need(connection->set_exercise_clock(Change::jump, 0, aim.by_ms, aim.until), kNotSet);
  const UtcMs wanted = clock->jumping_to();
  while (clock->jumping_to() != 0) {
    invocation.around->pause(kLookAtJump_ms);
    clock = need(connection->exercise_clock(),
                 "the clock of the exercise jumps; nobody knows how far it came");
  }
  if (clock->at() < wanted) {
    return output.fail(
        "the jump was broken off",
        make_error(ErrorCode::refused, "the clock was paused on the way", "hotline drill resume"));
  }
  return answer_with(output, *clock);
}

}  // namespace

Command drill_clock_command() {
  return {{.name = "drill clock",
           .summary = "Show the clock of the exercise, and what is due next by it",
           .examples = {"hotline drill clock", "hotline drill clock --json"}},
          show_clock};
}

Command drill_speed_command() {
  return {{.name = "drill speed",
           .summary = "Let the clock of the exercise go faster or slower",
           .description =
               "A director sets it, from 0.1 to 60 times as fast as real time. Deadlines, ladders, "
               "cases, test calls and the times of messages follow it; links and certificates do "
               "not. Of a drill that is played on this machine (--directory) both clocks.",
           .examples = {"hotline drill speed 10", "hotline drill speed 0.5"},
           .options = order_options(),
           .positionals = {{"SPEED", "10 for ten times as fast as real time"}}},
          set_speed};
}

Command drill_pause_command() {
  return {{.name = "drill pause",
           .summary = "Hold the clock of the exercise",
           .description = "A director holds it. Whatever is due comes due after the pause, by what "
                          "was left. A jump that goes on ends where it is.",
           .examples = {"hotline drill pause", "hotline drill pause --directory monday"},
           .options = order_options()},
          pause_clock};
}

Command drill_resume_command() {
  return {{.name = "drill resume",
           .summary = "Let the clock of the exercise go on after a pause",
           .examples = {"hotline drill resume"},
           .options = order_options()},
          resume_clock};
}

Command drill_jump_command() {
  return {{.name = "drill jump",
           .summary = "Move the clock of the exercise ahead",
           .description =
               "A director moves it, 31 days at most. Whatever is due on the way is done at its "
               "time, one after the other, and nothing is passed over: the clock waits for each "
               "command that tells people. `next` is the next thing that is due on this side.",
           .examples = {"hotline drill jump next", "hotline drill jump 72h",
                        "hotline drill jump 2026-12-01T06:00:00Z"},
           .options = order_options(),
           .positionals = {{"WHERE", "next, so far ahead (72h), or a time (281341Z NOV 26)"}}},
          jump};
}

}  // namespace hotline::client
