// hotline case list, show, note, and hotline decide: what the agreement asks this watch to decide
// about violations, and how its guarantors stand. Nothing is decided or sent by itself.
#include <algorithm>
#include <string>

#include "client/commands/commands.h"
#include "client/compose/referred_message.h"
#include "client/compose/submitting.h"
#include "client/show/case_rows.h"
#include "client/show/draft_rows.h"
#include "client/show/message_choice.h"
#include "client/show/row_limit.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"
#include "protocol/channel/case_clock.h"
#include "protocol/message/names.h"
#include "protocol/message/serial.h"
#include "protocol/message/template.h"

namespace hotline::client {
namespace {

constexpr uint64_t kCasesByDefault = 20;

// A message of its thread as the daemon names it, or the thread's word as it stands.
Result<std::string> resolve_case(Connection& connection, const std::string& typed) {
  const bool is_message =
      typed.starts_with('@') || parse_serial(upper_case(typed)) || parse_place(upper_case(typed));
  if (!is_message) return typed;
  return resolve_name(connection, typed, NameUse::any);
}

Result<Answer<wire::CaseRows>> find_case(Connection& connection, const std::string& typed) {
  const auto name = resolve_case(connection, typed);
  if (!name) return name.error();
  return connection.show_case(*name);
}

// Any other role is refused: the agreement names the one that decides.
bool may_decide(const Connection& connection, const wire::CaseRows& reply) {
  const auto* roles = connection.server().roles();
  return roles != nullptr &&
         std::find(roles->begin(), roles->end(), reply.decided_by()) != roles->end();
}

std::string decide_hint(const std::string& id, const std::string& rung) {
  return "decide " + as_typed(id) + " --rung " + rung + " --decision \"...\" --reason \"...\"";
}

// ---- list, show, note

int case_list(Invocation& invocation) {
  Output& output = invocation.output;
  const Arguments& arguments = invocation.arguments;
  const std::string what = "cannot list cases";
  const bool all = arguments.has("--all");
  const uint64_t limit = need(read_row_limit(arguments, kCasesByDefault));
  const uint64_t skip = need(arguments.number("--after", 0));
  const auto connection = need(invocation.connect(), what);
  const auto reply = need(connection->cases(all, limit, skip), what);
  const auto rows = tables(reply->rows());
  const uint64_t end = skip + rows.size();
  const bool more = !rows.empty() && end < reply->total();
  if (output.json()) {
    output.document(json_document()
                        .add("cases", json_each(rows,
                                                [&](const wire::CaseRow* row) {
                                                  return json_case(*connection, *row);
                                                }))
                        .add("total", reply->total())
                        .add("more", more)
                        .add("next", more ? JsonValue(std::to_string(end)) : JsonValue()));
    return kExitDone;
  }
  if (!rows.empty()) print_cases(output, *connection, *reply);
  if (rows.empty()) {
    output.talk(skip != 0 ? "No more case."
                : all     ? "No violation was reported."
                          : "No case is open. Those that are over: hotline case list --all");
  } else if (more) {
    output.talk(cut_words(
        invocation, rows.size(), reply->total(),
        std::string("case list") + (all ? " --all" : "") + " --after " + std::to_string(end)));
  }
  return kExitDone;
}

int print_one(Invocation& invocation, const Connection& connection, const wire::CaseRows& reply) {
  Output& output = invocation.output;
  if (output.json()) {
    JsonValue document = json_document();
    add_case_to(document, connection, reply);
    output.document(document);
    return kExitDone;
  }
  print_case(output, connection, reply);
  const wire::CaseRow& row = *tables(reply.rows()).front();
  if (!may_decide(connection, reply)) return kExitDone;
  for (const wire::CaseRungRow* rung : tables(row.rungs())) {
    if (rung->state() != static_cast<uint8_t>(RungState::due)) continue;
    output.offer("Next: " + output.command(decide_hint(
                                text(row.id()), rung_name(static_cast<CaseRung>(rung->rung())))));
  }
  return kExitDone;
}

int case_show(Invocation& invocation) {
  const std::string what = "cannot show the case";
  const auto connection = need(invocation.connect(), what);
  const auto reply = need(find_case(*connection, *invocation.arguments.get("NAME")), what);
  return print_one(invocation, *connection, *reply);
}

Result<wire::GuarantorStanding> read_standing(const Arguments& arguments) {
  using Standing = wire::GuarantorStanding;
  std::vector<Standing> typed;
  if (arguments.has("--asked")) typed.push_back(Standing::asked);
  if (arguments.has("--answered")) typed.push_back(Standing::answered);
  if (arguments.has("--silent")) typed.push_back(Standing::silent);
  if (typed.size() == 1) return typed.front();
  return make_error(ErrorCode::usage,
                    typed.empty() ? "it does not say how the guarantor stands"
                                  : "a guarantor stands in one way, and several were typed",
                    "--asked    or --answered    or --silent");
}

int case_note(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  const std::string what = "nothing was noted";
  const auto standing = need(read_standing(arguments), what);
  const auto guarantor = arguments.get("--guarantor");
  if (!guarantor) {
    return invocation.output.fail(what,
                                  make_error(ErrorCode::usage, "it does not say which guarantor",
                                             "--guarantor NAME    as the agreement names it"));
  }
  const auto connection = need(invocation.connect(), what);
  const auto name = need(resolve_case(*connection, *arguments.get("NAME")), what);
  const auto reply = need(connection->note_guarantor(name, *guarantor, standing,
                                                     arguments.get("--reason").value_or("")),
                          what);
  return print_one(invocation, *connection, *reply);
}

// ---- decide

Result<std::string> read_needed(const Arguments& arguments, const char* option,
                                const std::string& reason) {
  const std::string typed = arguments.get(option).value_or("");
  if (!is_blank(typed)) return typed;
  return make_error(ErrorCode::usage, reason, std::string(option) + " \"...\"");
}

Result<std::string> read_rung(const Arguments& arguments) {
  const std::string typed = arguments.get("--rung").value_or("");
  if (find_rung(typed)) return typed;
  return make_error(
      ErrorCode::usage,
      typed.empty() ? "it does not say on which rung" : "there is no rung " + printable_line(typed),
      "--rung first-response    or --rung consultation    or --rung joint-response");
}

// Makes what `hotline send -t decision` would make, from the few things that a person types here.
Result<DraftFields> draft_of_decision(Invocation& invocation, const Connection& connection,
                                      const wire::CaseRows& reply, const std::string& rung) {
  const Arguments& arguments = invocation.arguments;
  const auto decision = read_needed(arguments, "--decision", "it does not say what was decided");
  if (!decision) return decision.error();
  const auto reason = read_needed(arguments, "--reason", "it does not say why");
  if (!reason) return reason.error();
  const auto precedence = parse_precedence(arguments.get("--precedence").value_or("routine"));
  if (!precedence) return precedence.error();
  const wire::CaseRow& row = *tables(reply.rows()).front();
  TemplateInput input;
  input.set = {{"incident", text(row.first()->id())},
               {"rung", rung},
               {"decision", *decision},
               {"reason", *reason},
               {"decided-by", role_name(reply.decided_by())}};
  input.language = arguments.get("--language").value_or(connection.language());
  input.translated_by = connection.party();
  input.precedence = *precedence;
  input.now = invocation.now();
  const auto filled = fill_template("decision", input);
  if (!filled) return filled.error();
  DraftFields draft;
  draft.precedence = *precedence;
  draft.language = input.language;
  draft.incident = text(row.id());
  draft.body = filled->fields;
  return draft;
}

// The same as words to be typed while the channel takes no decision.
std::string command_to_keep(const Arguments& arguments, const wire::CaseRows& reply,
                            const std::string& rung) {
  const auto typed = [&](const char* option, const std::string& otherwise) {
    return as_typed(arguments.get(option).value_or(otherwise));
  };
  const std::string language =
      arguments.has("--language") ? " --language " + typed("--language", "") : "";
  return "hotline draft save -t decision -p " + typed("--precedence", "routine") +
         " --set incident=" + as_typed(text(tables(reply.rows()).front()->first()->id())) +
         " --set rung=" + rung + " --set decision=" + typed("--decision", "") +
         " --set reason=" + typed("--reason", "") +
         " --set decided-by=" + role_name(reply.decided_by()) + language;
}

// Whoever decides twice is told of the first, before the second goes.
void say_what_is_replaced(Output& output, const wire::CaseRows& reply, const std::string& rung) {
  for (const wire::CaseRungRow* one : tables(tables(reply.rows()).front()->rungs())) {
    const bool is_decided = one->state() == static_cast<uint8_t>(RungState::decided);
    if (!is_decided || rung_name(static_cast<CaseRung>(one->rung())) != rung) continue;
    for (const wire::CaseDecisionRow* made : tables(reply.decisions())) {
      if (text(made->id()) != text(one->decision())) continue;
      output.talk("This takes the place of " + printable_line(text(made->id())) + ", by " +
                  person_words(text(made->person()), made->decided_by()) + " at " +
                  format_rfc3339(made->at()) + ": " + printable_line(text(made->decision())));
    }
  }
}

// Whoever decides before anybody is asked learns it, before it goes.
void say_what_is_not_due(Output& output, const wire::CaseRows& reply, const std::string& rung) {
  for (const wire::CaseRungRow* one : tables(tables(reply.rows()).front()->rungs())) {
    if (rung_name(static_cast<CaseRung>(one->rung())) != rung) continue;
    if (one->state() == static_cast<uint8_t>(RungState::not_asked_for)) {
      output.talk("This case asks for no decision on " + rung + ". Yours goes all the same.");
    } else if (one->state() == static_cast<uint8_t>(RungState::to_come)) {
      output.talk("No decision on " + rung + " is due before " + format_rfc3339(one->due_at()) +
                  ". Yours counts for it.");
    }
  }
}

int decide(Invocation& invocation) {
  Output& output = invocation.output;
  output.set_sent(Sent::no);
  const std::string what = "nothing was decided";
  const auto wait = need(read_wait_options(invocation.arguments));
  const auto rung = need(read_rung(invocation.arguments), what);
  const auto connection = need(invocation.connect(), what);
  const auto reply = need(find_case(*connection, *invocation.arguments.get("NAME")), what);
  const auto draft = need(draft_of_decision(invocation, *connection, *reply, rung), what);
  auto finished = need(finish(invocation, *connection, draft, "decision on " + rung), what);
  finished.kept_by = command_to_keep(invocation.arguments, *reply, rung);
  if (may_decide(*connection, *reply)) {
    say_what_is_replaced(output, *reply, rung);
    say_what_is_not_due(output, *reply, rung);
  }
  return submit_finished(invocation, *connection, finished, wait);
}

constexpr const char* kCaseHelp = "any message of its thread, or the word that --incident gave it";

}  // namespace

Command case_list_command() {
  return {{.name = "case list",
           .summary = "List the cases of violations on which this watch decides",
           .description =
               "A report of a violation opens a case, and later ones of its thread belong to it. "
               "! is one on which a decision is due. COUNT is how many reports it has; the last "
               "three columns say when each decision is due, or which message has it.",
           .examples = {"hotline case list", "hotline case list --all --json"},
           .options = {{"--all", "", "also those on which nothing is to be decided any more"},
                       row_limit_option("20"),
                       after_option()}},
          case_list};
}

Command case_show_command() {
  return {{.name = "case show",
           .summary = "Show a case: what is to be decided, by whom, and how guarantors stand",
           .description = "Decisions of both parties are shown, and the newest 50 violations.",
           .examples = {"hotline case show N-123", "hotline case show mine-field --json"},
           .positionals = {{"NAME", kCaseHelp}}},
          case_show};
}

Command case_note_command() {
  return {{.name = "case note",
           .summary = "Record how a guarantor of the agreement stands to a case",
           .description = "It stands in the journal, with your name. Nothing is sent: a person "
                          "asks the guarantor, by whatever way was agreed on.",
           .examples = {"hotline case note N-123 --guarantor first-guarantor --asked",
                        "hotline case note N-123 --guarantor first-guarantor --silent --reason "
                        "\"nobody at the desk\""},
           .options = {{"--guarantor", "NAME", "as the agreement names it"},
                       {"--asked", "", "a person asked it"},
                       {"--answered", "", "it answered; say what with --reason"},
                       {"--silent", "", "it was asked and says nothing"},
                       {"--reason", "TEXT", "what else is to be known"}},
           .positionals = {{"NAME", kCaseHelp}}},
          case_note};
}

Command decide_command() {
  std::vector<OptionSpec> options = {
      {"--rung", "RUNG", "first-response, consultation or joint-response"},
      {"--decision", "TEXT", "what you decided; the other side reads it"},
      {"--reason", "TEXT", "why; the other side reads it"},
      {"-p,--precedence", "LEVEL", "ROUTINE without it"},
      {"--language", "TAG", "the language of the message; the context's without it"}};
  for (OptionSpec& option : wait_options()) options.push_back(std::move(option));
  return {{.name = "decide",
           .summary = "Send what you decided on a rung of a case",
           .description = "A DECISION by the role that the agreement names, a supervisor where it "
                          "names none. It ends the condition of this rung, and does nothing else.",
           .examples = {"hotline decide N-1 --rung first-response --decision wait --reason \"...\"",
                        "hotline decide N-123 --rung first-response --decision \"a protest by our "
                        "embassy\" --reason \"the first in a month\""},
           .options = std::move(options),
           .positionals = {{"NAME", kCaseHelp}}},
          decide};
}

}  // namespace hotline::client
