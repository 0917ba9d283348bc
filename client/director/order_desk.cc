#include "client/director/order_desk.h"

#include <pwd.h>
#include <unistd.h>

#include "client/drill/play_lines.h"
#include "client/drill/standing_lines.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"

namespace hotline::client {
namespace {

constexpr size_t kOrderTextMax = 2'000;

std::string who_orders(const Invocation& invocation) {
  const auto& environment = invocation.around->environment;
  if (const auto typed = invocation.arguments.get("--by")) return *typed;
  if (const auto context = invocation.arguments.get("--context")) return *context;
  for (const char* variable : {"HOTLINE_CONTEXT", "USER", "LOGNAME"}) {
    const auto found = environment(variable);
    if (found && !found->empty()) return *found;
  }
  const passwd* user = getpwuid(geteuid());
  return user != nullptr && user->pw_name != nullptr ? user->pw_name : "-";
}

void say_answer(Output& output, const DrillOrder& order, const PlayedDrill::Answer& answer) {
  const std::string at = exercise_time(answer.at_ms);
  switch (order.kind) {
    case DrillOrder::Kind::inject:
      if (answer.message.empty()) return output.say(order.name + " happened at " + at + ".");
      return output.say(order.name + " went at " + at + " as " + answer.message + ".");
    case DrillOrder::Kind::skip:
      return output.say(order.name + " is skipped: it does not happen, and nothing waits for it.");
    case DrillOrder::Kind::note:
      return output.say("It is noted at " + at + ".");
    case DrillOrder::Kind::judge:
      return output.say(order.is_met ? order.name + " is judged as met."
                                     : order.name + " is judged as missed.");
    case DrillOrder::Kind::pause:
      return output.say("Both clocks are held at " + at + ".");
    case DrillOrder::Kind::resume:
      return output.say("It goes on from " + at + ".");
    case DrillOrder::Kind::speed:
      if (order.speed_permille == 1000) return output.say("Both clocks go as fast as real time.");
      return output.say("Both clocks go " + format_speed(order.speed_permille) +
                        " times as fast as real time.");
    case DrillOrder::Kind::jump:
      return output.say("Both clocks have come to " + at + ".");
    case DrillOrder::Kind::stop:
      return output.say("The drill is stopped at " + at + ".");
  }
}

int hand_in_to(const PlayedDrill& drill, Invocation& invocation, DrillOrder order,
               const std::string& what) {
  Output& output = invocation.output;
  order.who = who_orders(invocation);
  if (order.text.size() > kOrderTextMax || order.who.size() > kOrderTextMax) {
    return output.fail(
        what, make_error(ErrorCode::usage,
                         "a text has at most " + format_count(kOrderTextMax) + " bytes here",
                         "make two notes of it"));
  }
  const auto answer = drill.hand_in(order, *invocation.around);
  if (!answer) return output.fail(what, answer.error());
  if (!output.json()) {
    say_answer(output, order, *answer);
    return kExitDone;
  }
  order.number = answer->number;
  JsonValue document = json_document().add("directory", drill.directory());
  add_order(document, order);
  output.document(document.add("at_ms", answer->at_ms).add("message", json_text(answer->message)));
  return kExitDone;
}

}  // namespace

std::vector<OptionSpec> order_options(std::vector<OptionSpec> more) {
  more.push_back(
      {"--directory", "DIR", "the drill's; else where the contexts are (--config), or this one"});
  more.push_back({"--by", "NAME", "whoever orders it; else the context, or the user"});
  return more;
}

PlayedDrill chosen_drill(const Invocation& invocation, const std::string& what) {
  const auto directory = PlayedDrill::directory_of(invocation);
  if (!directory) {
    throw CommandFailed{what, make_error(ErrorCode::not_found, "no drill lies here",
                                         "--directory DIR, as hotline drill start printed it")};
  }
  return need(PlayedDrill::open(*directory, invocation.around->now()), what);
}

int give_order(Invocation& invocation, DrillOrder order, const std::string& what) {
  const PlayedDrill drill = chosen_drill(invocation, what);
  invocation.output.talk(std::string(kExerciseMark), Style::yellow);
  return hand_in_to(drill, invocation, std::move(order), what);
}

std::optional<int> give_order_if_played(Invocation& invocation, const DrillOrder& order,
                                        const std::string& what) {
  if (!PlayedDrill::directory_of(invocation)) return std::nullopt;
  return give_order(invocation, order, what);
}

}  // namespace hotline::client
