// hotline draft: what is written now and sent later, by this watch or the next.
#include "protocol/message/draft.h"

#include <random>

#include "client/commands/commands.h"
#include "client/compose/accepted_conflict.h"
#include "client/compose/conflict_check.h"
#include "client/compose/draft_editing.h"
#include "client/compose/draft_view.h"
#include "client/compose/handing_in.h"
#include "client/compose/message_request.h"
#include "client/compose/saved_draft.h"
#include "client/compose/typed_correction.h"
#include "client/compose/typed_message.h"
#include "client/compose/typed_text.h"
#include "client/show/draft_rows.h"
#include "client/show/row_limit.h"
#include "protocol/base/limits.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/names.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

// Its nonce is this version's alone, so that its hash names no other one.
Bytes bytes_to_keep(const Connection& connection, DraftFields fields) {
  fields.nonce = std::random_device()();
  return build_marked_draft(std::move(fields), connection.server().exercise());
}

// Without what stands behind it for people: the problems are listed with that already.
std::string command_in(const std::string& hint) {
  return hint.substr(0, hint.find("    "));
}

// True: the daemon would not refuse it. Else says why.
bool say_whether_it_goes(Output& output, Connection& connection, ByteView draft) {
  const std::string refusal = why_refused(connection, draft);
  if (!refusal.empty()) output.talk(refusal + ". It would be refused.", Style::yellow);
  return refusal.empty();
}

// Shows the draft as it stands in the journal from now on, and names the rule it breaks.
int report_saved(Invocation& invocation, Connection& connection, const wire::DraftChanged& saved,
                 ByteView draft, const DraftFields& fields) {
  Output& output = invocation.output;
  const std::string name = format_draft_name(saved.number());
  const auto problems = problems_of_draft(connection, draft, invocation.now());
  if (output.json()) {
    JsonValue document = json_document();
    document.add("id", name)
        .add("number", saved.number())
        .add("version", saved.version())
        .add("saved_at", json_time(saved.committed_at()))
        .add("journal_index", saved.journal_index())
        .add("sha256", saved.hash() == nullptr ? "" : to_hex(to_hash(*saved.hash())));
    add_told_back(document, fields.told_back)
        .add("may_be_sent", problems.empty())
        .add("problems", json_problems(problems));
    output.document(add_conflicts_of(document, connection, draft));
    return kExitDone;
  }
  tell_back(output, fields.told_back);
  output.line(output.words(name + "  version " + std::to_string(saved.version()) + "  " +
                           std::string(fields.kind().key) + "  saved " +
                           output.time_of_day(saved.committed_at()) + "  journal " +
                           std::to_string(saved.journal_index())));
  say_problems(output, problems);
  if (problems.empty()) {
    const bool apart = say_conflicts_of(output, connection, draft);
    const bool goes = apart && say_whether_it_goes(output, connection, draft);
    const bool by_two = asks_two_people(connection, draft);
    const auto kept = SavedDraft::find(connection, saved.number());
    const auto open = goes && kept ? check_channel_takes(connection, *kept) : ok();
    if (!open) {
      output.talk(open.error().reason, Style::yellow);
      output.talk("Nothing was sent. It is kept until the channel is open: hotline channel status");
      return kExitDone;
    }
    output.talk("Nothing was sent. Next: " +
                (goes    ? output.command((by_two ? "draft submit " : "send --draft ") + name)
                 : apart ? hint_to_write_anew(name)
                         : hint_to_say_why(name, fields.kind())));
  } else {
    output.talk("Next: " + command_in(hint_to_edit(name, problems.front())));
  }
  return kExitDone;
}

// Where the answer was lost it may be saved all the same.
int fail_to_save(Invocation& invocation, const std::string& what, Error error) {
  if (error.code == ErrorCode::unreachable || error.code == ErrorCode::timed_out) {
    error.hint = "hotline draft list    says, when the daemon is back, whether it was saved";
  }
  return invocation.output.fail(what, error);
}

Result<DraftFields> read_to_save(const Invocation& invocation, Connection& connection) {
  if (is_correction(invocation.arguments)) return read_correction(invocation, connection);
  auto request = read_typed_message(invocation, connection);
  if (!request) return request.error();
  request->unfinished = true;
  const UtcMs now = invocation.now();
  return make_draft(*request, connection.party(), now, now);
}

int draft_save(Invocation& invocation) {
  const std::string what = "the draft was not saved";
  const auto connection = need(invocation.connect(), what);
  const DraftFields fields = need(read_to_save(invocation, *connection), what);
  const Bytes draft = bytes_to_keep(*connection, fields);
  const auto saved = connection->save_draft(0, std::nullopt, draft);
  if (!saved) return fail_to_save(invocation, what, saved.error());
  return report_saved(invocation, *connection, **saved, draft, fields);
}

int draft_edit(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string typed = *invocation.arguments.get("DRAFT");
  const std::string what = typed + " was not changed";
  const uint64_t number = need(read_draft_name(typed));
  const auto connection = need(invocation.connect(), what);
  const auto before = need(SavedDraft::find(*connection, number), what);
  if (auto open = before.check_open(); !open) return output.fail(what, open.error());
  const auto changes = need(
      read_typed_changes(invocation, *connection, before.kind(), text(before.draft().language())),
      what);
  if (!has_changes(changes)) {
    return output.fail(
        what, make_error(ErrorCode::usage, "nothing was typed to be changed",
                         "hotline draft edit " + typed + " -p flash    (or --set, --text, ...)"));
  }
  const auto edited =
      need(edit_draft(before, changes, connection->party(), invocation.now()), what);
  const Bytes draft = bytes_to_keep(*connection, edited.fields);
  const auto saved = connection->save_draft(number, before.hash(), draft);
  if (!saved) {
    return fail_to_save(invocation, what,
                        with_who_saved(*connection, number, before.hash(), saved.error()));
  }
  if (before.row().submitted_at() != 0) {
    output.talk("It waits for its release no more, because it was changed.");
  }
  for (const std::string& language : edited.texts_left_out) {
    output.talk("The text in " + printable_line(language) +
                " was left out: it translated what is no longer said.");
  }
  return report_saved(invocation, *connection, **saved, draft, edited.fields);
}

int draft_list(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string what = "cannot list drafts";
  const uint64_t limit = need(read_row_limit(invocation.arguments, limits::kDraftsOpenMax));
  uint64_t after = 0;
  if (const auto typed = invocation.arguments.get("--after")) after = need(read_draft_name(*typed));
  const auto connection = need(invocation.connect(), what);
  const auto reply = need(connection->drafts(limit, after), what);
  const auto rows = tables(reply->rows());
  const std::string next = rows.empty() ? "" : format_draft_name(rows.back()->number());
  if (output.json()) {
    output.document(json_document()
                        .add("drafts", json_drafts(rows))
                        .add("total", reply->total())
                        .add("more", reply->more())
                        .add("next", reply->more() ? JsonValue(next) : JsonValue()));
    return kExitDone;
  }
  print_drafts(output, rows);
  if (rows.empty()) {
    output.talk(after == 0 ? "No draft is kept. See: " + output.command("help draft save")
                           : "No more draft is kept.");
  } else if (reply->more()) {
    output.talk(cut_words(invocation, rows.size(), reply->total(), "draft list --after " + next));
  } else {
    output.talk("Next: " +
                output.command("draft show " + format_draft_name(rows.front()->number())));
  }
  return kExitDone;
}

// The fate of a draft, were it released now.
enum class DraftStanding { goes, refused_for_conflicts, refused };

std::string hint_to_mend(const SavedDraft& saved, DraftStanding standing) {
  if (accepts_conflict(saved.body())) return hint_to_accept_anew(saved.name());
  return standing == DraftStanding::refused_for_conflicts
             ? hint_to_say_why(saved.name(), saved.kind())
             : hint_to_write_anew(saved.name());
}

// The next command of this person, or whose turn it is.
void say_next(Output& output, Connection& connection, const SavedDraft& saved,
              const std::vector<Problem>& problems, DraftStanding standing) {
  const bool goes = standing == DraftStanding::goes;
  const std::string me = text(connection.server().person());
  const bool is_mine = text(saved.row().person()) == me || text(saved.row().submitted_by()) == me;
  const bool releases = !is_mine && connection.may(Right::release);
  const bool waits = saved.row().submitted_at() != 0;
  if (!problems.empty()) {
    return output.offer("Next: " + command_in(hint_to_edit(saved.name(), problems.front())));
  }
  const auto open = goes ? check_channel_takes(connection, saved) : ok();
  if (!open) {
    output.talk(open.error().reason, Style::yellow);
    return output.talk("It is kept until the channel is open: hotline channel status");
  }
  if (waits && goes && !releases) {
    output.talk("Next, by a releaser or a supervisor: " +
                Output::others_command("release " + saved.name()));
    // The agreement may have changed since it was handed in.
    if (!asks_two_people(connection, saved.bytes())) {
      output.offer("Or: " + hint_to_send_alone(saved.name()));
    }
    return;
  }
  if (goes) return output.offer("Next: " + output.command(next_step(connection, saved)));
  if (waits && releases) {
    return output.offer("Next: " + output.command("return " + saved.name() + " --reason \"...\""));
  }
  output.offer("Next: " + hint_to_mend(saved, standing));
}

int draft_show(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string typed = *invocation.arguments.get("DRAFT");
  const std::string what = "cannot show " + typed;
  const uint64_t number = need(read_draft_name(typed));
  const auto connection = need(invocation.connect(), what);
  const auto saved = need(SavedDraft::find(*connection, number), what);
  const auto problems = saved.problems(*connection, invocation.now());
  if (output.json()) {
    output.document(json_saved(*connection, saved, problems));
    return kExitDone;
  }
  DraftStanding standing = print_draft(output, *connection, saved)
                               ? DraftStanding::goes
                               : DraftStanding::refused_for_conflicts;
  if (saved.state() != wire::DraftState::open) {
    output.line("");
    output.line(output.styled(Style::yellow, output.words(end_words(saved.detail()))));
    return kExitDone;
  }
  say_problems(output, problems);
  if (problems.empty() && standing == DraftStanding::goes &&
      !say_whether_it_goes(output, *connection, saved.bytes())) {
    standing = DraftStanding::refused;
  }
  say_next(output, *connection, saved, problems, standing);
  return kExitDone;
}

int draft_discard(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string typed = *invocation.arguments.get("DRAFT");
  const std::string what = typed + " was not discarded";
  const uint64_t number = need(read_draft_name(typed));
  const auto connection = need(invocation.connect(), what);
  const auto reply = connection->discard_draft(number);
  if (!reply) return fail_to_save(invocation, what, reply.error());
  if (output.json()) {
    output.document(json_document()
                        .add("id", typed)
                        .add("discarded_at", json_time((*reply)->committed_at()))
                        .add("journal_index", (*reply)->journal_index()));
    return kExitDone;
  }
  output.line(output.words(typed + "  discarded " + output.time_of_day((*reply)->committed_at()) +
                           "  journal " + std::to_string((*reply)->journal_index())));
  return kExitDone;
}

}  // namespace

Command draft_save_command() {
  std::vector<OptionSpec> options = message_options();
  for (OptionSpec& option : change_options()) options.push_back(std::move(option));
  for (OptionSpec& option : text_options()) options.push_back(std::move(option));
  return {{.name = "draft save",
           .summary = "Keep a message for later, without sending it",
           .description =
               "The whole watch sees it, and the next one does. It may lack what a message needs: "
               "you are told what. Times that are typed are understood as of now, and so is a time "
               "that the template takes when none is typed.",
           .examples =
               {"hotline draft save -p flash -t stray-missile --set where=\"54.90N 020.10E\"",
                "hotline draft save -t activity --set kind=live-fire --subject \"Firing, week 49\"",
                "hotline draft save --corrects N-123 --change \"volume -> @area.geojson\" "
                "--reason \"moved\"",
                "hotline draft save -p routine \"The exercise of tomorrow begins at 0600Z.\""},
           .options = std::move(options),
           .positionals = {{"TEXT", "the text, or - for standard input", false, true}}},
          draft_save};
}

Command draft_list_command() {
  return {{.name = "draft list",
           .summary = "List what is kept for later and was not sent",
           .examples = {"hotline draft list", "hotline draft list --after D-3 --json"},
           .options = {row_limit_option(std::to_string(limits::kDraftsOpenMax)),
                       {"--after", "DRAFT", "go on after this one"}}},
          draft_list};
}

Command draft_show_command() {
  return {{.name = "draft show",
           .summary = "Show a draft as the message would read, and what it still lacks",
           .description = "The hash is that of the bytes that are sent: whoever compares it knows "
                          "that the draft is the one that was read.",
           .examples = {"hotline draft show D-3", "hotline draft show D-3 --json"},
           .positionals = {draft_positional()}},
          draft_show};
}

Command draft_edit_command() {
  std::vector<OptionSpec> options = changing_options();
  for (OptionSpec& option : text_options()) options.push_back(std::move(option));
  return {
      {.name = "draft edit",
       .summary = "Change a draft; only what is typed changes",
       .description =
           "Where somebody else saved the draft after it was read here, nothing is changed, and "
           "you are told who. A field is emptied with --set FIELD=. Subject and text that were "
           "made from the fields follow them; a translation of a text that changes is left out.",
       .examples = {"hotline draft edit D-3 --set where=\"54.95N 020.10E\" -p immediate",
                    "hotline draft edit D-3 --text en=\"We found a buoy.\"",
                    "hotline draft edit D-3 --set weather="},
       .options = std::move(options),
       .positionals = {draft_positional(),
                       {"TEXT", "the text, or - for standard input", false, true}}},
      draft_edit};
}

Command draft_discard_command() {
  return {{.name = "draft discard",
           .summary = "Give up a draft; the journal keeps what it said",
           .examples = {"hotline draft discard D-3"},
           .positionals = {draft_positional()}},
          draft_discard};
}

}  // namespace hotline::client
