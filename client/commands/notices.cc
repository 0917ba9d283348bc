// hotline notices: what both parties have announced and is not over.
#include "client/commands/commands.h"
#include "client/compose/grid_position.h"
#include "client/show/conflict_rows.h"
#include "client/show/link_caution.h"
#include "client/show/message_row.h"
#include "client/show/row_limit.h"
#include "protocol/base/time_text.h"
#include "protocol/geometry/position.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/names.h"
#include "protocol/message/quantity.h"

namespace hotline::client {
namespace {

constexpr uint64_t kNoticesByDefault = 20;

Result<wire::MessageType> read_notice_type(const std::string& typed) {
  const Word* word = vocabulary<wire::MessageType>().by_key(typed);
  const auto type = static_cast<wire::MessageType>(word == nullptr ? 0 : word->value);
  if (hotline::kind_of(type).is_notice()) return type;
  return make_error(ErrorCode::usage, "--type " + typed + " is no notice",
                    "--type activity, launch or protected");
}

Result<wire::NoticeSide> read_side(const Connection& connection, const std::string& typed) {
  if (typed == connection.party()) return wire::NoticeSide::own;
  if (typed == connection.peer()) return wire::NoticeSide::peers;
  return make_error(ErrorCode::usage, "--from " + typed + " is no party of this channel",
                    "--from " + connection.party() + " or --from " + connection.peer());
}

// The daemon keeps nothing of what is over.
Result<UtcMs> read_at(const std::string& typed, UtcMs now) {
  const auto at = parse_time(typed, now);
  if (!at || *at >= now) return at;
  return make_error(ErrorCode::usage, "--at " + typed + " has passed, and what is over is not here",
                    "hotline list    has every message");
}

Status read_place(const Arguments& arguments, NoticesWish& wish) {
  const auto near = arguments.get("--near");
  const auto within = arguments.get("--within");
  if (!near || !within) return ok();
  const auto in_degrees = grid_places_in_degrees(*near);
  if (!in_degrees) return in_degrees.error();
  const auto position = parse_position(*in_degrees);
  if (!position) return position.error();
  const auto distance = parse_distance_m(*within);
  if (!distance) return distance.error();
  wish.near = *position;
  wish.within_m = *distance;
  return ok();
}

Result<NoticesWish> read_notices_wish(const Invocation& invocation, const Connection& connection) {
  const Arguments& arguments = invocation.arguments;
  NoticesWish wish;
  if (const auto typed = arguments.get("--type")) {
    const auto type = read_notice_type(*typed);
    if (!type) return type.error();
    wish.type = *type;
  }
  if (const auto typed = arguments.get("--from")) {
    const auto side = read_side(connection, *typed);
    if (!side) return side.error();
    wish.side = *side;
  }
  if (const auto typed = arguments.get("--at")) {
    const auto at = read_at(*typed, invocation.now());
    if (!at) return at.error();
    wish.at = *at;
  }
  if (auto place = read_place(arguments, wish); !place) return place.error();
  const auto limit = read_row_limit(arguments, kNoticesByDefault);
  if (!limit) return limit.error();
  wish.limit = *limit;
  wish.after = arguments.get("--after").value_or("");
  return wish;
}

std::string place_of(const wire::NoticeRow& row) {
  if (row.position() == nullptr) return "-";
  return format_position({row.position()->latitude(), row.position()->longitude()});
}

JsonValue json_notice(const Connection& connection, const wire::NoticeRow& row) {
  const auto e5 = [](int32_t value) { return JsonValue(static_cast<int64_t>(value)); };
  const wire::Position* where = row.position();
  return JsonValue()
      .add("id", text(row.row()->id()))
      .add("type", type_name(row.row()->type()))
      .add("from", sender_of(connection, *row.row()))
      .add("subject", text(row.subject()))
      .add("start", json_time(row.start()))
      .add("end", json_time(row.end()))
      .add("latitude_deg_e5", where == nullptr ? JsonValue() : e5(where->latitude()))
      .add("longitude_deg_e5", where == nullptr ? JsonValue() : e5(where->longitude()))
      .add("conflicts", row.conflicts())
      .add("conflicts_accepted", row.accepted())
      .add("state", state_word(*row.row()));
}

// "!" on a terminal and a number elsewhere say that a notice is in conflict.
void print_notices(Output& output, const Connection& connection, const wire::NoticeRows& rows) {
  Table table({{"ID", 8},
               {"TYPE", 0, Table::Fit::left_out, true},
               {"FROM", 0, Table::Fit::left_out},
               {"START", 14},
               {"END", 14},
               {"WHERE", 20, Table::Fit::left_out},
               {"CONFLICTS", 0, Table::Fit::left_out},
               {"SUBJECT", 0, Table::Fit::cut}});
  for (const wire::NoticeRow* one : tables(rows.rows())) {
    const wire::MessageRow& message = *one->row();
    table.add(
        {one->conflicts() > 0 ? "!" : "",
         {text(message.id()), type_name(message.type()), upper_case(sender_of(connection, message)),
          output.date_time_group(one->start()), output.date_time_group(one->end()), place_of(*one),
          std::to_string(one->conflicts()), text(one->subject())},
         one->conflicts() > 0 ? Style::yellow : Style::plain});
  }
  table.print(output);
}

// The options that choose, so that the next page is one of the same list.
std::string next_notices(const Arguments& arguments, const std::string& next) {
  std::string command = "notices";
  for (const char* option : {"--type", "--from", "--at", "--near", "--within"}) {
    const auto value = arguments.get(option);
    if (!value) continue;
    const bool quoted = value->find(' ') != std::string::npos;
    command += std::string(" ") + option + " " + (quoted ? "\"" + *value + "\"" : *value);
  }
  return command + " --after " + next;
}

int notices(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string what = "cannot list notices";
  const auto connection = need(invocation.connect(), what);
  const auto wish = need(read_notices_wish(invocation, *connection));
  const auto reply = need(connection->notices(wish), what);
  const wire::NoticeRows& rows = *reply;
  for (const wire::NoticeRow* one : tables(rows.rows())) {
    if (one->row() != nullptr) continue;
    return output.fail(what, make_error(ErrorCode::failed, "the daemon's answer has no message",
                                        "is it a hotlined of the same release?"));
  }
  const size_t shown = tables(rows.rows()).size();
  const std::string next = text(rows.next());
  const bool more = !next.empty();
  if (output.json()) {
    JsonValue document = json_document();
    document
        .add("notices",
             json_each(tables(rows.rows()),
                       [&](const wire::NoticeRow* row) { return json_notice(*connection, *row); }))
        .add("total", rows.total())
        .add("incomplete", rows.incomplete())
        .add("more", more)
        .add("next", json_text(next));
    output.document(add_missing_link(document, missing_link(*connection)));
    return kExitDone;
  }
  if (shown > 0) print_notices(output, *connection, rows);
  say_incomplete(output, rows.incomplete());
  if (shown == 0) {
    const bool chosen = wish.near || wish.at || wish.type != wire::MessageType::unset ||
                        wish.side != wire::NoticeSide::both;
    output.talk(!wish.after.empty() ? "No more notice is active."
                : chosen ? "No notice like that is active. All: " + output.command("notices")
                         : "No notice is active.");
  } else if (more) {
    output.talk(
        cut_words(invocation, shown, rows.total(), next_notices(invocation.arguments, next)));
  }
  say_announced_unknown(output, *connection, missing_link(*connection));
  return kExitDone;
}

}  // namespace

Command notices_command() {
  return {{.name = "notices",
           .summary = "List what both parties have announced and is not over",
           .description =
               "Activities, launches and protected sites and movements, by their start. What was "
               "cancelled, has expired or is over is left out. \"!\" marks those in conflict: "
               "hotline conflicts. Where a terminal is narrow, TYPE, FROM, WHERE and CONFLICTS are "
               "left out and subjects are cut.",
           .examples = {"hotline notices", "hotline notices --type launch --from south",
                        "hotline notices --at +2h",
                        "hotline notices --near \"54.90N 020.10E\" --within 50km --json"},
           .options = {{"--type", "TYPE", "activity, launch or protected only"},
                       {"--from", "PARTY", "those of this party only"},
                       {"--at", "TIME", "those that go on then: 2026-11-29T10:00:00Z or +2h"},
                       {.names = "--near",
                        .value = "POSITION",
                        .help = "those that reach into a circle around it",
                        .only_with = {"--within"}},
                       {.names = "--within",
                        .value = "DISTANCE",
                        .help = "the radius of that circle: 500m, 50km, 30nm",
                        .only_with = {"--near"}},
                       row_limit_option("20"),
                       after_option()}},
          notices};
}

}  // namespace hotline::client
