// hotline ack: a person of this watch has read the message. It is read back where and when the
// event was, so that a slip in between is noticed at both ends.
#include <sstream>

#include "client/commands/commands.h"
#include "client/compose/flood.h"
#include "client/compose/referred_message.h"
#include "client/compose/submitting.h"
#include "protocol/geometry/position_text.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

constexpr const char* kReadBackHint = "--read-back \"54.90N 020.10E 2026-11-22T14:10:00Z\"";

// What the operator understood: a position, a time, or both; what is not typed is taken from the
// message.
Result<EventPoint> typed_read_back(const std::string& typed, EventPoint understood) {
  std::istringstream words(typed);
  std::string position;
  for (std::string word; words >> word;) {
    const bool is_time = word.find('T') != std::string::npos;
    if (!is_time) {
      position += (position.empty() ? "" : " ") + word;
      continue;
    }
    const auto time = parse_rfc3339(word);
    if (!time) {
      return make_error(ErrorCode::usage, "\"" + word + "\" is no time", kReadBackHint);
    }
    understood.at = *time;
  }
  if (!position.empty()) {
    const auto parsed = parse_position(position);
    if (!parsed) return parsed.error();
    understood.position = *parsed;
  }
  return understood;
}

std::string read_back_words(const EventPoint& point) {
  std::string words;
  if (point.position) words += "  " + format_position(*point.position);
  if (point.at)
    words += "  " + format_rfc3339(*point.at) + "  " + format_date_time_group(*point.at);
  return words;
}

wire::Role role_of(const wire::ServerHello& server) {
  // The role in which this person acts; the daemon decides, this is what the body says.
  for (const auto wanted : {wire::Role::operator_, wire::Role::supervisor}) {
    if (server.roles() == nullptr) continue;
    for (const uint8_t role : *server.roles()) {
      if (role == static_cast<uint8_t>(wanted)) return wanted;
    }
  }
  return wire::Role::operator_;
}

int ack(Invocation& invocation) {
  Output& output = invocation.output;
  output.set_sent(Sent::no);
  need(check_flood_options(invocation.arguments));
  if (invocation.arguments.has("--all")) return acknowledge_all(invocation);
  const std::string typed = *invocation.arguments.get("ID");
  const std::string what = "cannot acknowledge " + typed;
  const auto wait = need(read_wait_options(invocation.arguments));
  const auto connection = need(invocation.connect(), what);
  const auto message =
      need(ReferredMessage::find(*connection, typed, NameUse::to_acknowledge), what);

  EventPoint understood;
  if (message.body() != nullptr) understood = event_point(*message.body());
  if (const auto read_back = invocation.arguments.get("--read-back")) {
    understood = need(typed_read_back(*read_back, understood), what);
  }
  output.talk(message.heading(output));
  const std::string words = read_back_words(understood);
  if (!words.empty()) output.talk("  read back" + words);
  if (message.row().acknowledged_at() != 0) {
    output.talk("  was acknowledged before, at " +
                output.time_of_day(message.row().acknowledged_at()));
  }
  const DraftFields draft = acknowledgement_draft(message.id(), message.precedence(), understood,
                                                  role_of(connection->server()), invocation.now());
  const int code =
      submit_and_report(invocation, *connection, draft, "acknowledgement of " + message.id(), wait);
  if (code == kExitDone) output.talk("Acknowledgement is not agreement.");
  return code;
}

}  // namespace

Command ack_command() {
  std::vector<OptionSpec> options = {
      {"--read-back", "WORDS",
       "position and time as you understood them, instead of the message's"}};
  for (OptionSpec& option : flood_options()) options.push_back(std::move(option));
  for (OptionSpec& option : wait_options()) options.push_back(std::move(option));
  return {
      {.name = "ack",
       .summary = "Acknowledge a message: a person of this watch has read it",
       .description =
           "Position and time of the event are read back; a difference of more than 100 m or 60 s "
           "alarms both ends. Acknowledgement is not agreement. A supervisor can take a flood as "
           "one: --all says how many wait, and then acknowledges those that were counted and none "
           "that came later, each by a message of its own.",
       .examples = {"hotline ack @flash", "hotline ack S-87",
                    std::string("hotline ack S-87 ") + kReadBackHint,
                    "hotline ack --all --precedence flash",
                    "hotline ack --all --precedence flash --confirm 1050@30412"},
       .options = std::move(options),
       .positionals = {{"ID", "S-000087, S-87, @last (the newest that waits) or @flash", false}}},
      ack};
}

}  // namespace hotline::client
