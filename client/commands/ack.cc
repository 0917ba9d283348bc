// hotline ack: a person of this watch has read the message. It is read back where and when the
// event was, so that a slip in between is noticed at both ends.
#include <iterator>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "client/commands/commands.h"
#include "client/compose/flood.h"
#include "client/compose/grid_position.h"
#include "client/compose/referred_message.h"
#include "client/compose/submitting.h"
#include "protocol/base/time_text.h"
#include "protocol/geometry/position_text.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

constexpr const char* kReadBackHint = "--read-back \"54.90N 020.10E 2026-11-22T14:10:00Z\"";

std::string with_spaces(std::span<const std::string> words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// Either may be empty, and stays as it was understood.
std::optional<EventPoint> read_point(std::span<const std::string> position_words,
                                     std::span<const std::string> time_words, EventPoint understood,
                                     UtcMs now) {
  if (!position_words.empty()) {
    const auto in_degrees = grid_places_in_degrees(with_spaces(position_words));
    if (!in_degrees) return std::nullopt;
    const auto position = parse_position(*in_degrees);
    if (!position) return std::nullopt;
    understood.position = *position;
  }
  if (!time_words.empty()) {
    const auto time = parse_time(with_spaces(time_words), now);
    if (!time) return std::nullopt;
    understood.at = *time;
  }
  return understood;
}

// The operator understood a position, a time, or both in either order; the rest is taken from the
// message. Both may be several words, so that every place between two is tried.
Result<EventPoint> typed_read_back(const std::string& typed, const EventPoint& understood,
                                   UtcMs now) {
  std::istringstream stream(typed);
  const std::vector<std::string> words{std::istream_iterator<std::string>(stream), {}};
  const std::span<const std::string> all(words);
  for (size_t i = 0; !words.empty() && i <= words.size(); ++i) {
    if (auto point = read_point(all.first(i), all.subspan(i), understood, now)) return *point;
    if (auto point = read_point(all.subspan(i), all.first(i), understood, now)) return *point;
  }
  // Beside a time that can be read it is the position that cannot.
  std::string position = typed;
  for (size_t i = 1; i < words.size(); ++i) {
    if (parse_time(with_spaces(all.subspan(i)), now)) position = with_spaces(all.first(i));
  }
  const auto fault = parse_position(position);
  return make_error(ErrorCode::usage, fault ? "it is not understood" : fault.error().reason,
                    kReadBackHint);
}

std::string read_back_words(const EventPoint& point) {
  std::string words;
  if (point.position) words += "  " + format_position(*point.position);
  if (point.at)
    words += "  " + format_rfc3339(*point.at) + "  " + format_date_time_group(*point.at);
  return words;
}

// Told before it is signed: afterwards the other watch would be alarmed.
void need_agreement(const EventPoint& said, const EventPoint& understood, const std::string& what,
                    const std::string& id) {
  const bool reads_what_is_not_said =
      (understood.position && !said.position) || (understood.at && !said.at);
  if (reads_what_is_not_said) {
    throw CommandFailed{what,
                        make_error(ErrorCode::refused, id + " does not say what was read back",
                                   "hotline show " + id)};
  }
  const ReadBackDifference difference = compare_read_back(said, understood);
  if (!difference.mismatch) return;
  throw CommandFailed{
      what,
      make_error(
          ErrorCode::refused,
          "the read-back is " + format_count(static_cast<uint64_t>(difference.metres)) + " m and " +
              format_count(static_cast<uint64_t>(difference.seconds)) + " s off what " + id +
              " says\nit says:" + read_back_words(said) +
              "\nread back:" + read_back_words(understood),
          "hotline show " + id + "    and read back again; --as-understood sends it all the same")};
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
  if (message.newest() != nullptr) understood = event_point(*message.newest());
  const EventPoint said = understood;
  if (const auto read_back = invocation.arguments.get("--read-back")) {
    understood = need(typed_read_back(*read_back, understood, invocation.now()), what);
    if (!invocation.arguments.has("--as-understood")) {
      need_agreement(said, understood, what, message.id());
    }
  }
  message.say_heading(output);
  const std::string words = read_back_words(understood);
  if (!words.empty()) output.talk("  read back" + words);
  const bool differs = compare_read_back(said, understood).mismatch;
  if (differs) output.talk("  it says  " + read_back_words(said));
  if (message.row().corrected_at() != 0) output.talk("  as it stands after its last correction");
  if (message.row().acknowledged_at() != 0) {
    output.talk("  was acknowledged before, at " +
                output.time_of_day(message.row().acknowledged_at()));
  }
  // A workstation whose clock is fast acknowledges by the daemon's.
  const UtcMs at = connection->by_daemons_clock(invocation.now());
  const DraftFields draft = acknowledgement_draft(message.id(), message.precedence(), understood,
                                                  role_of(connection->server()), at);
  const int code =
      submit_and_report(invocation, *connection, draft, "acknowledgement of " + message.id(), wait);
  if (code == kExitDone && differs) {
    output.talk("MISMATCH: it was read back otherwise than it says. Both watches are alarmed.",
                Style::red);
  }
  if (code == kExitDone) output.talk("Acknowledgement is not agreement.");
  return code;
}

}  // namespace

Command ack_command() {
  std::vector<OptionSpec> options = {
      {"--read-back", "WORDS",
       "position and time as you understood them, instead of the message's"},
      {.names = "--as-understood",
       .value = "",
       .help = "send a read-back that differs; both watches are alarmed",
       .only_with = {"--read-back"}}};
  for (OptionSpec& option : flood_options()) options.push_back(std::move(option));
  for (OptionSpec& option : wait_options()) options.push_back(std::move(option));
  return {
      {.name = "ack",
       .summary = "Acknowledge a message: a person of this watch has read it",
       .description =
           "Position and time of the event are read back as they stand. A read-back that is typed, "
           "and "
           "is more than 100 m or 60 s off, is not sent, unless it is to be sent as it was "
           "understood; both watches are alarmed then. Acknowledgement is not agreement. A "
           "supervisor can take a flood as one: --all says how many wait, and then acknowledges "
           "those that were counted and none "
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
