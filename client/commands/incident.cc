// hotline incident list, show, open and close: everything that both parties said about one event,
// and whether it is settled.
#include "client/commands/commands.h"
#include "client/compose/referred_message.h"
#include "client/compose/submitting.h"
#include "client/show/incident_rows.h"
#include "client/show/message_choice.h"
#include "client/show/row_limit.h"
#include "protocol/message/names.h"
#include "protocol/message/serial.h"

namespace hotline::client {
namespace {

constexpr uint64_t kIncidentsByDefault = 20;

void say_cut(Output& output, bool cut) {
  if (cut) output.talk("Not everything was looked at: this is not all. Older: hotline list.");
}

int incident_list(Invocation& invocation) {
  Output& output = invocation.output;
  const Arguments& arguments = invocation.arguments;
  const std::string what = "cannot list incidents";
  const bool all = arguments.has("--all");
  const IncidentsWish wish{.closed = all,
                           .limit = need(read_row_limit(arguments, kIncidentsByDefault)),
                           .skip = need(arguments.number("--after", 0))};
  const auto connection = need(invocation.connect(), what);
  const auto reply = need(connection->incidents(wish), what);
  const auto rows = tables(reply->rows());
  const uint64_t end = wish.skip + rows.size();
  const bool more = !rows.empty() && end < reply->total();
  if (output.json()) {
    output.document(json_document()
                        .add("incidents", json_each(rows,
                                                    [&](const wire::IncidentRow* row) {
                                                      return json_incident(*connection, *row);
                                                    }))
                        .add("total", reply->total())
                        .add("more", more)
                        .add("next", more ? JsonValue(std::to_string(end)) : JsonValue())
                        .add("cut", reply->cut()));
    return kExitDone;
  }
  if (!rows.empty()) print_incidents(output, *connection, *reply);
  say_cut(output, reply->cut());
  if (rows.empty()) {
    output.talk(wish.skip != 0 ? "No more incident."
                : all          ? "There is no incident."
                               : "No incident is open. Closed and cancelled ones: hotline incident "
                                 "list --all");
  } else if (more) {
    output.talk(cut_words(
        invocation, rows.size(), reply->total(),
        std::string("incident list") + (all ? " --all" : "") + " --after " + std::to_string(end)));
  }
  return kExitDone;
}

// The incident whose thread a person named, and all that belongs to it.
Result<Answer<wire::IncidentRows>> find_incident(Connection& connection, const std::string& typed) {
  const auto thread = resolve_thread(connection, typed);
  if (!thread) return thread.error();
  auto reply = connection.incidents({.id = *thread});
  if (!reply) return reply.error();
  if (!tables((*reply)->rows()).empty()) return reply;
  return make_error(ErrorCode::not_found, typed + " belongs to no incident",
                    "hotline incident list");
}

int incident_show(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string typed = *invocation.arguments.get("NAME");
  const std::string what = "cannot show the incident";
  const auto connection = need(invocation.connect(), what);
  const auto reply = need(find_incident(*connection, typed), what);
  const wire::IncidentRow& row = *tables(reply->rows()).front();
  if (output.json()) {
    JsonValue document = json_document();
    add_incident_to(document, *connection, *reply);
    output.document(document.add("cut", reply->cut()));
    return kExitDone;
  }
  print_incident(output, *connection, *reply);
  say_cut(output, reply->cut());
  const std::string id = as_typed(text(row.id()));
  output.talk(row.messages() == 1 ? "Its one message: " + output.command("thread " + id)
                                  : "All " + format_count(row.messages()) +
                                        " messages: " + output.command("thread " + id));
  for (const wire::SameEventRow* one : tables(reply->perhaps())) {
    output.offer("If it is the same event: " +
                 output.command("incident open " + id + " --with " + text(one->report()->id())));
  }
  if (row.cancelled()) {
    output.talk(
        "Cancelled: every report and opening of it was taken back. Nothing is to be closed.");
  }
  const bool only_theirs = row.peers()->closing() && !row.own()->closing();
  if (only_theirs && !row.cancelled()) {
    const std::string peer = upper_case(connection->peer());
    output.talk(output.may_give("incident close")
                    ? peer + " closed it. Next: " +
                          output.command("incident close " + id + " --reason \"...\"")
                    : peer + " closed it.");
  }
  return kExitDone;
}

// The SERVICE message by which we say something of an incident.
Result<DraftFields> draft_about(Invocation& invocation, Connection& connection,
                                const std::string& thread, ServiceFields fields) {
  DraftFields draft;
  draft.precedence = wire::Precedence::routine;
  if (const auto level = invocation.arguments.get("--precedence")) {
    const auto precedence = parse_precedence(*level);
    if (!precedence) return precedence.error();
    draft.precedence = *precedence;
  }
  draft.language = invocation.arguments.get("--language").value_or(connection.language());
  draft.incident = thread;
  draft.body.subject =
      word(fields.action, choose_language(draft.language)) + std::string(": ") + thread;
  draft.body.content = std::move(fields);
  return draft;
}

// A message that belongs to the incident already cannot be joined to it; and to open again what
// this watch closed is another thing than to join.
Status check_not_joined(Connection& connection, const std::string& message,
                        const wire::IncidentRow& row) {
  const auto known = connection.incidents({.id = message});
  const auto rows = known ? tables((*known)->rows()) : std::vector<const wire::IncidentRow*>{};
  if (rows.empty() || text(rows.front()->id()) != text(row.id())) return ok();
  const std::string id = as_typed(text(row.id()));
  const bool closed_by_us = !text(row.own()->closing()).empty();
  return make_error(ErrorCode::refused,
                    message + " belongs to it already; it is " + incident_state(connection, row),
                    closed_by_us ? "hotline incident open " + id + "    opens it again"
                                 : "hotline incident show " + id);
}

int incident_open(Invocation& invocation) {
  Output& output = invocation.output;
  output.set_sent(Sent::no);
  const Arguments& arguments = invocation.arguments;
  const std::string what = "the incident is not opened";
  const auto wait = need(read_wait_options(arguments));
  const auto connection = need(invocation.connect(), what);
  const std::string thread =
      need(resolve_thread_to_join(*connection, *arguments.get("NAME"),
                                  arguments.has("--new-thread"), "hotline incident open "),
           what);
  const auto known = connection->incidents({.id = thread});
  const auto rows = known ? tables((*known)->rows()) : std::vector<const wire::IncidentRow*>{};
  const bool is_open =
      !rows.empty() && !rows.front()->cancelled() && !rows.front()->own()->closing();
  if (is_open && !arguments.has("--with") && !arguments.has("--idempotency-key")) {
    return output.fail(what, make_error(ErrorCode::refused, "it is open",
                                        "hotline incident show " + as_typed(thread)));
  }
  ServiceFields fields;
  fields.action = wire::ServiceAction::incident_opened;
  fields.detail = arguments.get("--reason").value_or("");
  DraftFields draft = need(draft_about(invocation, *connection, thread, std::move(fields)), what);
  for (const std::string& typed : arguments.all("--with")) {
    const auto message = need(ReferredMessage::find(*connection, typed, NameUse::any), what);
    if (!rows.empty() && !arguments.has("--idempotency-key")) {
      const auto apart = check_not_joined(*connection, message.id(), *rows.front());
      if (!apart) return output.fail(what, apart.error());
    }
    message.say_heading(output);
    draft.references.push_back(message.id());
    output.talk("From now on its whole thread belongs to this one, and cannot be parted again.");
  }
  return submit_and_report(invocation, *connection, draft, "incident opened: " + thread, wait);
}

int incident_close(Invocation& invocation) {
  Output& output = invocation.output;
  output.set_sent(Sent::no);
  const Arguments& arguments = invocation.arguments;
  const std::string what = "the incident is not closed";
  const std::string typed = *arguments.get("NAME");
  const auto wait = need(read_wait_options(arguments));
  ServiceFields fields;
  fields.action = arguments.has("--disagree") ? wire::ServiceAction::incident_disputed
                                              : wire::ServiceAction::incident_closed;
  fields.detail = arguments.get("--reason").value_or("");
  if (fields.detail.empty()) {
    return output.fail(
        what, make_error(ErrorCode::usage, "it does not say why",
                         "hotline incident close " + as_typed(typed) + " --reason \"...\""));
  }
  const auto connection = need(invocation.connect(), what);
  const auto reply = need(find_incident(*connection, typed), what);
  const wire::IncidentRow& row = *tables(reply->rows()).front();
  const std::string id = text(row.id());
  // Under a key of the caller's own it may be this one, said again.
  if (row.own()->closing() && !arguments.has("--idempotency-key")) {
    return output.fail(what, make_error(ErrorCode::refused,
                                        "we closed it before, by " + text(row.own()->closing()),
                                        "hotline incident show " + as_typed(id)));
  }
  if (row.cancelled() && !arguments.has("--idempotency-key")) {
    return output.fail(what,
                       make_error(ErrorCode::refused,
                                  "it is cancelled: every report and opening of it was taken back",
                                  "hotline incident show " + as_typed(id)));
  }
  if (row.open_requests() != 0) {
    output.talk("Caution: " + format_count(row.open_requests()) +
                (row.open_requests() == 1 ? " request of it is" : " requests of it are") +
                " not answered.");
  }
  const auto draft = need(draft_about(invocation, *connection, id, std::move(fields)), what);
  const int code =
      submit_and_report(invocation, *connection, draft, "incident closed: " + id, wait);
  if (code == kExitDone && !row.peers()->closing()) {
    output.talk("It is closed once " + upper_case(connection->peer()) + " closes it too.");
  }
  return code;
}

std::vector<OptionSpec> saying_options(const char* reason_help) {
  std::vector<OptionSpec> options = {
      {"--reason", "TEXT", reason_help},
      {"-p,--precedence", "LEVEL", "ROUTINE without it"},
      {"--language", "TAG", "the language of the reason; the context's without it"}};
  for (OptionSpec& option : wait_options()) options.push_back(std::move(option));
  options.push_back(idempotency_option());
  return options;
}

constexpr const char* kNameHelp = "any message of its thread, or the word that --incident gave it";

}  // namespace

Command incident_list_command() {
  return {{.name = "incident list",
           .summary = "List the incidents that are not closed by both parties",
           .description =
               "An incident begins with a report of either party (INCIDENT, VIOLATION), or where a "
               "person opens it. Open ones come first, and of these the one to which something "
               "happened last. ! is one that the other side closed and this watch has not. One is "
               "cancelled once every report and opening of it was cancelled.",
           .examples = {"hotline incident list", "hotline incident list --all --json"},
           .options = {{"--all", "", "also those that both parties closed, and those cancelled"},
                       row_limit_option("20"),
                       after_option()}},
          incident_list};
}

Command incident_show_command() {
  return {{.name = "incident show",
           .summary = "Show an incident: how each party stands to it, reports, open questions",
           .description =
               "Reports of the other side that may be of the same event, within 30 minutes and 30 "
               "km, are shown with the command that joins them. At most 50 reports and 50 requests "
               "are shown, the newest; hotline thread has all messages.",
           .examples = {"hotline incident show S-87", "hotline incident show mine-field --json"},
           .positionals = {{"NAME", kNameHelp}}},
          incident_show};
}

Command incident_open_command() {
  std::vector<OptionSpec> options = saying_options("why, for people; the other watch reads it");
  options.insert(options.begin(),
                 {"--with", "ID", "a message that speaks of it too, with its whole thread", true});
  options.push_back({"--new-thread", "", "the word is a new one, though it is nearly another"});
  return {{.name = "incident open",
           .summary = "Open an incident, open it again, or join the reports of one event",
           .description =
               "A report opens its incident by itself. This opens one that has no report, opens "
               "one again that this watch closed, and makes one incident of several threads.",
           .examples = {"hotline incident open N-123 --with S-88",
                        "hotline incident open mine-field --reason \"a mine was seen again\""},
           .options = std::move(options),
           .positionals = {{"NAME", kNameHelp}}},
          incident_open};
}

Command incident_close_command() {
  std::vector<OptionSpec> options = saying_options("why, for people; the other watch reads it");
  options.insert(options.begin(),
                 {"--disagree", "", "it is settled for us, and a disagreement stays on record"});
  return {{.name = "incident close",
           .summary = "Close an incident for this watch; it is closed once both parties did",
           .description =
               "A report, a question or an opening by this watch opens it again. With --disagree "
               "by either party it ends as closed, disputed.",
           .examples = {"hotline incident close N-123 --reason \"both crews are safe\"",
                        "hotline incident close S-88 --disagree --reason \"it was not ours\""},
           .options = std::move(options),
           .positionals = {{"NAME", kNameHelp}}},
          incident_close};
}

}  // namespace hotline::client
