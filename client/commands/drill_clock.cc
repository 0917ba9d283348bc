// hotline drill clock, speed, pause, resume and jump: the clock of an exercise, which a director
// sets: one side's daemon's, both of a drill that is played on this machine, or both sides' with
// the consent of the other's director (--joint).
#include <algorithm>
#include <string>

#include "client/commands/commands.h"
#include "client/compose/exercise_word.h"
#include "client/director/order_desk.h"
#include "protocol/base/time_text.h"
#include "protocol/channel/exercise_clock.h"
#include "protocol/channel/exercise_joint.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

using Change = wire::ExerciseClockChange;

// Between two looks at a jump that goes on.
constexpr int64_t kLookAtJump_ms = 100;

JsonValue json_stop(const wire::ExerciseClockReply& clock) {
  if (clock.stopped_by() == nullptr) return {};
  return JsonValue()
      .add("id", text(clock.stopped_by()))
      .add("at", json_time(clock.stopped_at()))
      .add("reason", json_text(text(clock.stopped_reason())));
}

JsonValue json_change(const wire::ClockProposal* change) {
  if (change == nullptr) return {};
  return JsonValue().add("id", text(change->id())).add("change", text(change->change()));
}

JsonValue json_clock(const wire::ExerciseClockReply& clock) {
  return json_document()
      .add("at", json_time(clock.at()))
      .add("ahead_ms", clock.ahead_ms())
      .add("speed_permille", clock.speed_permille())
      .add("paused", clock.paused())
      .add("jumping_to", json_time(clock.jumping_to()))
      .add("next_due", json_time(clock.next_due()))
      .add("next", json_text(text(clock.next())))
      .add("stopped", json_stop(clock))
      .add("own_proposal", json_change(clock.own_proposal()))
      .add("peers_proposal", json_change(clock.peers_proposal()))
      .add("agreed", json_change(clock.agreed()))
      .add("apart_ms", clock.apart_known() ? JsonValue(clock.apart_ms()) : JsonValue());
}

std::string words_of_next(const std::string& next) {
  if (next == "ladder") return "a message escalates, or is overdue";
  if (next == "test-call") return "a test call is judged";
  if (next == "case") return "a decision on a case";
  if (next == "agreement") return "an agreement begins, or is too late";
  if (next == "channel-state") return "the channel is declared otherwise";
  return "the watch has lasted too long";
}

void say_joint(Output& output, const wire::ExerciseClockReply& clock) {
  if (const auto* agreed = clock.agreed()) {
    output.say("Both directors agreed on it last in " + text(agreed->id()) + ": " +
               text(agreed->change()));
  }
  if (clock.apart_known() && clock.apart_ms() >= 1'000) {
    output.say("It was " + format_duration(clock.apart_ms()) +
               " ahead of the other side's clock of the exercise.");
  } else if (clock.apart_known() && clock.apart_ms() <= -1'000) {
    output.say("It was " + format_duration(-clock.apart_ms()) +
               " behind the other side's clock of the exercise.");
  }
  if (const auto* own = clock.own_proposal()) {
    output.say("Our director proposes in " + text(own->id()) + ": " + text(own->change()));
  }
  if (const auto* peers = clock.peers_proposal()) {
    output.say("Their director proposes in " + text(peers->id()) + ": " + text(peers->change()),
               Style::yellow);
    output.say("A director here answers: hotline drill agree, or hotline drill decline");
  }
}

void say_clock(Output& output, const wire::ExerciseClockReply& clock) {
  output.say("The clock of the exercise says " + format_rfc3339(clock.at()) + " (" +
             output.date_time_group(clock.at()) + ").");
  if (clock.stopped_by() != nullptr) {
    output.say("STOP EXERCISE: " + text(clock.stopped_by()) + " stopped it at " +
                   format_rfc3339(clock.stopped_at()),
               Style::yellow);
    const std::string reason = text(clock.stopped_reason());
    if (!reason.empty()) output.say("Why: " + printable_line(reason));
    output.line(output.offered("A director begins it again: hotline drill begin"));
  }
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
  say_joint(output, clock);
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

constexpr char kIsLive[] = "this channel is live: its clock is the machine's, and nobody sets it";

int show_clock(Invocation& invocation) {
  const std::string what = "cannot show the clock of the exercise";
  const auto connection = need(invocation.connect(), what);
  if (Status exercise = check_exercise(*connection, kIsLive); !exercise) {
    return invocation.output.fail(what, exercise.error());
  }
  const auto clock = need(connection->exercise_clock(), what);
  return answer_with(invocation.output, *clock);
}

constexpr char kNotSet[] = "the clock of the exercise was not set";

// A change of both sides' clocks, once a director of the other agrees to it.
int propose(Invocation& invocation, Connection& connection, const ClockChange& change) {
  const std::string what = "no change of the clock was proposed";
  if (Status exercise = check_exercise(connection, kIsLive); !exercise) {
    return invocation.output.fail(what, exercise.error());
  }
  const std::string text = clock_change_text(change);
  return say_of_exercise(invocation, connection,
                         {wire::ServiceAction::exercise_clock_proposed, "",
                          invocation.arguments.get("--reason").value_or(""), "", text},
                         "The clock of the exercise: " + text, what);
}

// --joint is for a drill with the other side, --directory for one that is played here: neither says
// anything of the other, and a reason is for the other side's director alone.
Status check_options(const Arguments& arguments) {
  const bool is_joint = arguments.has("--joint");
  for (const char* option : {"--directory", "--by"}) {
    if (!is_joint || !arguments.has(option)) continue;
    return make_error(ErrorCode::usage, std::string(option) + " does not go with --joint",
                      "leave one of them out");
  }
  for (const char* option : {"--reason", "--wait", "--timeout"}) {
    if (is_joint || !arguments.has(option)) continue;
    return make_error(ErrorCode::usage, std::string(option) + " goes with --joint alone",
                      "add --joint, or leave it out");
  }
  return ok();
}

// The clocks of both sides, those of a drill that is played here, or one daemon's.
int set_clock(Invocation& invocation, const ClockChange& change, const DrillOrder& order) {
  if (Status fit = check_options(invocation.arguments); !fit) {
    return invocation.output.fail(kNotSet, fit.error());
  }
  const bool is_joint = invocation.arguments.has("--joint");
  if (!is_joint) {
    if (const auto given = give_order_if_played(invocation, order, kNotSet)) return *given;
  }
  const auto connection = need(invocation.connect(), kNotSet);
  if (is_joint) return propose(invocation, *connection, change);
  const auto clock =
      need(connection->set_exercise_clock(change.change, change.speed_permille), kNotSet);
  return answer_with(invocation.output, *clock);
}

int set_speed(Invocation& invocation) {
  const uint32_t speed = need(parse_speed_permille(*invocation.arguments.get("SPEED")), kNotSet);
  return set_clock(invocation, {Change::speed, speed},
                   {.kind = DrillOrder::Kind::speed, .speed_permille = speed});
}

int pause_clock(Invocation& invocation) {
  return set_clock(invocation, {Change::paused}, {.kind = DrillOrder::Kind::pause});
}

int resume_clock(Invocation& invocation) {
  return set_clock(invocation, {Change::resumed}, {.kind = DrillOrder::Kind::resume});
}

// As it is typed: next, so far ahead, or a time, which `now` completes.
Result<DrillOrder> read_aim(const std::string& typed, UtcMs now) {
  const std::string hint = "next, 72h, or a time such as 281341Z NOV 26; 31 days ahead at most";
  DrillOrder order{.kind = DrillOrder::Kind::jump};
  if (typed == "next") {
    order.goes_to_next = true;
    return order;
  }
  if (typed.find_first_not_of("0123456789") == std::string::npos) {
    return make_error(ErrorCode::usage, typed + " has no unit",
                      typed + "s, " + typed + "min or " + typed + "h");
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

// The same time at both sides, whatever their clocks say.
Result<UtcMs> joint_end(const wire::ExerciseClockReply& clock, int64_t by_ms, UtcMs until) {
  if (by_ms != 0) return clock.at() + by_ms;
  if (until != 0) return until;
  if (clock.next_due() != 0) return std::max(clock.next_due(), clock.at() + 1'000);
  return make_error(ErrorCode::not_found, "nothing is due, so there is nowhere to jump to",
                    "hotline drill jump 1h --joint");
}

int propose_jump(Invocation& invocation, const std::string& typed) {
  const auto connection = need(invocation.connect(), kNotSet);
  const DrillOrder aim = need(read_aim(typed, invocation.now()), kNotSet);
  const auto stands = need(connection->exercise_clock(), kNotSet);
  return propose(invocation, *connection,
                 {Change::jump, 0, need(joint_end(*stands, aim.by_ms, aim.until), kNotSet)});
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
  if (Status fit = check_options(invocation.arguments); !fit) {
    return output.fail(kNotSet, fit.error());
  }
  if (invocation.arguments.has("--joint")) return propose_jump(invocation, typed);
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
    return output.fail("the jump was broken off",
                       clock->stopped_by() == nullptr
                           ? make_error(ErrorCode::refused, "the clock was paused on the way",
                                        "hotline drill resume")
                           : make_error(ErrorCode::refused, "the exercise was stopped on the way",
                                        "hotline drill begin"));
  }
  return answer_with(output, *clock);
}

// One of the other side's directors answers: hotline drill agree, or hotline drill decline.
int answer_change(Invocation& invocation, bool agrees) {
  const std::string what = "the change of the clock was not answered";
  const auto connection = need(invocation.connect(), what);
  if (Status exercise = check_exercise(*connection, kIsLive); !exercise) {
    return invocation.output.fail(what, exercise.error());
  }
  const auto clock = need(connection->exercise_clock(), what);
  const wire::ClockProposal* open = clock->peers_proposal();
  if (open == nullptr && !agrees) open = clock->own_proposal();
  if (open == nullptr) {
    return invocation.output.fail(
        what, make_error(ErrorCode::not_found, "no change of the clock is proposed",
                         "hotline drill speed 10 --joint    proposes one"));
  }
  const std::string change = text(open->change());
  return say_of_exercise(invocation, *connection,
                         {agrees ? wire::ServiceAction::exercise_clock_agreed
                                 : wire::ServiceAction::exercise_clock_declined,
                          "", invocation.arguments.get("--reason").value_or(""), ""},
                         agrees ? "Agreed: " + change : "Declined: " + change, what,
                         {text(open->id())});
}

std::vector<OptionSpec> joint_options() {
  std::vector<OptionSpec> options = exercise_word_options();
  for (OptionSpec& option : options) option.help = "with --joint: " + option.help;
  options = order_options(std::move(options));
  options.insert(options.begin(),
                 {"--joint", "", "propose it for both sides, to the other side's director"});
  return options;
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
           .examples = {"hotline drill speed 10", "hotline drill speed 0.5",
                        "hotline drill speed 60 --joint"},
           .options = joint_options(),
           .positionals = {{"SPEED", "10 for ten times as fast as real time"}}},
          set_speed};
}

Command drill_pause_command() {
  return {{.name = "drill pause",
           .summary = "Hold the clock of the exercise",
           .description = "A director holds it. Whatever is due comes due after the pause, by what "
                          "was left. A jump that goes on ends where it is.",
           .examples = {"hotline drill pause", "hotline drill pause --directory monday"},
           .options = joint_options()},
          pause_clock};
}

Command drill_resume_command() {
  return {{.name = "drill resume",
           .summary = "Let the clock of the exercise go on after a pause",
           .examples = {"hotline drill resume"},
           .options = joint_options()},
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
           .options = joint_options(),
           .positionals = {{"WHERE", "next, so far ahead (72h), or a time (281341Z NOV 26)"}}},
          jump};
}

Command drill_agree_command() {
  return {{.name = "drill agree",
           .summary = "Agree to a change of both sides' clocks that the other side proposes",
           .description =
               "A director does it. Both clocks take the change; the one that is behind afterwards "
               "goes after the other by itself, as in a jump, where that is less than an hour.",
           .examples = {"hotline drill agree"},
           .options = exercise_word_options()},
          [](Invocation& invocation) { return answer_change(invocation, true); }};
}

Command drill_decline_command() {
  return {
      {.name = "drill decline",
       .summary = "Decline such a change, or withdraw one of ours",
       .description = "A director does it: of the other side's change, and where none is open of "
                      "our own.",
       .examples = {"hotline drill decline --reason \"our players are not back\""},
       .options = exercise_word_options()},
      [](Invocation& invocation) { return answer_change(invocation, false); }};
}

}  // namespace hotline::client
