// hotline draft submit, draft withdraw, release, return: what one person wrote, and another lets
// go.
#include "client/commands/commands.h"
#include "client/compose/conflict_check.h"
#include "client/compose/draft_view.h"
#include "client/compose/handing_in.h"
#include "client/compose/saved_draft.h"
#include "client/compose/submitting.h"
#include "client/show/draft_rows.h"
#include "protocol/base/sha256.h"
#include "protocol/base/text.h"
#include "protocol/message/names.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr size_t kConfirmedDigits = 8;  // The hash's first, so that a slip names no other version.

Result<SavedDraft> find_open(Connection& connection, const std::string& typed) {
  const auto number = read_draft_name(typed);
  if (!number) return number.error();
  auto saved = SavedDraft::find(connection, *number);
  if (!saved) return saved;
  if (auto open = saved->check_open(); !open) return open.error();
  return saved;
}

// The step that another person may have made meanwhile is named in its refusal.
Answer<wire::DraftChanged> need_step(Connection& connection, uint64_t number,
                                     Result<Answer<wire::DraftChanged>> changed,
                                     const std::string& what) {
  if (changed) return *std::move(changed);
  return need(
      Result<Answer<wire::DraftChanged>>(with_what_became(connection, number, changed.error())),
      what);
}

// One that breaks a rule would be refused at its release.
Status check_complete(const Connection& connection, const SavedDraft& saved, UtcMs now) {
  const auto problems = saved.problems(connection, now);
  if (problems.empty()) return ok();
  return make_error(ErrorCode::refused, to_string(problems.front()),
                    hint_to_edit(saved.name(), problems.front()));
}

int report_step(Invocation& invocation, const std::string& name, const char* step,
                const wire::DraftChanged& changed) {
  Output& output = invocation.output;
  if (output.json()) {
    output.document(json_document()
                        .add("id", name)
                        .add("step", step)
                        .add("at", json_time(changed.committed_at()))
                        .add("journal_index", changed.journal_index()));
    return kExitDone;
  }
  output.line(name + "  " + output.words(step) + "  " + output.time_of_day(changed.committed_at()) +
              "  " + output.words("journal " + std::to_string(changed.journal_index())));
  return kExitDone;
}

// Says what the draft is in conflict with. One that is refused for that now would be refused at its
// release as well.
Status tell_conflicts(Output& output, Connection& connection, const SavedDraft& saved) {
  ToldBack told_back;
  if (auto clear = check_conflicts(connection, saved.bytes(), told_back); !clear) {
    return make_error(clear.error().code, clear.error().reason,
                      hint_to_say_why(saved.name(), saved.kind()));
  }
  tell_back(output, told_back);
  return ok();
}

int draft_submit(Invocation& invocation) {
  const std::string typed = *invocation.arguments.get("DRAFT");
  const std::string what = typed + " was not handed in";
  const auto connection = need(invocation.connect(), what);
  const auto saved = need(find_open(*connection, typed), what);
  if (auto whole = check_complete(*connection, saved, invocation.now()); !whole) {
    return invocation.output.fail(what, whole.error());
  }
  if (auto clear = tell_conflicts(invocation.output, *connection, saved); !clear) {
    return invocation.output.fail(what, clear.error());
  }
  const auto changed = need(connection->submit_draft(saved.row().number(), saved.hash()), what);
  const int code = report_step(invocation, saved.name(), "handed in", *changed);
  invocation.output.talk("Next, by a releaser or a supervisor: " +
                         Output::others_command("release " + saved.name()));
  return code;
}

int draft_withdraw(Invocation& invocation) {
  const std::string typed = *invocation.arguments.get("DRAFT");
  const std::string what = typed + " was not withdrawn";
  const auto connection = need(invocation.connect(), what);
  const auto saved = need(find_open(*connection, typed), what);
  const auto changed =
      need_step(*connection, saved.row().number(),
                connection->return_draft(saved.row().number(), saved.hash(), ""), what);
  return report_step(invocation, saved.name(), "withdrawn", *changed);
}

int give_back(Invocation& invocation) {
  const std::string typed = *invocation.arguments.get("DRAFT");
  const std::string what = typed + " was not given back";
  const std::string reason = invocation.arguments.get("--reason").value_or("");
  if (is_blank(reason)) {
    return invocation.output.fail(
        what,
        make_error(ErrorCode::usage, "it does not say what is wrong with it", "--reason \"...\""));
  }
  const auto connection = need(invocation.connect(), what);
  const auto saved = need(find_open(*connection, typed), what);
  const auto changed =
      need_step(*connection, saved.row().number(),
                connection->return_draft(saved.row().number(), saved.hash(), reason), what);
  return report_step(invocation, saved.name(), "given back", *changed);
}

// Nobody is shown the words to release what they may not.
Status check_may_release(const Connection& connection, const SavedDraft& saved) {
  const wire::DraftRow& row = saved.row();
  if (!connection.may(Right::release)) {
    return make_error(ErrorCode::not_allowed, "you have no role here that may release",
                      "ask a releaser or a supervisor of this watch");
  }
  if (row.submitted_at() == 0 && row.returned_at() != 0) return saved.waits_no_more();
  if (row.submitted_at() == 0) {
    return make_error(
        ErrorCode::refused, "nobody has handed it in",
        Output::others_command("draft submit " + saved.name()) + "    by whoever wrote it");
  }
  const std::string me = text(connection.server().person());
  if (text(row.person()) == me || text(row.submitted_by()) == me) {
    return make_error(ErrorCode::not_allowed,
                      "you wrote it or handed it in: another person releases it",
                      "ask another releaser or supervisor of this watch");
  }
  return ok();
}

std::string confirmation(const SavedDraft& saved) {
  return to_hex(saved.hash()).substr(0, kConfirmedDigits);
}

// Whoever releases says by the hash which version it was that they saw.
int show_what_is_released(Invocation& invocation, Connection& connection, const SavedDraft& saved) {
  Output& output = invocation.output;
  if (output.json()) {
    output.document(json_saved(connection, saved, {}));
  } else {
    print_draft(output, connection, saved);
  }
  const std::string refusal = why_refused(connection, saved.bytes());
  if (!refusal.empty()) {
    return output.fail(saved.name() + " was not released",
                       make_error(ErrorCode::refused, refusal,
                                  "hotline return " + saved.name() + " --reason \"...\""));
  }
  if (auto open = check_channel_takes(connection, saved); !open) {
    return output.fail(saved.name() + " was not released", open.error());
  }
  return output.fail(
      saved.name() + " is not released yet",
      make_error(ErrorCode::usage, "nobody has confirmed that it was read",
                 "hotline release " + saved.name() + " --confirm " + confirmation(saved) +
                     "    or hotline return " + saved.name() + " --reason \"...\""));
}

int release(Invocation& invocation) {
  Output& output = invocation.output;
  output.set_sent(Sent::no);
  const std::string typed = *invocation.arguments.get("DRAFT");
  const std::string what = typed + " was not released";
  const auto wait = need(read_wait_options(invocation.arguments));
  const auto connection = need(invocation.connect(), what);
  const auto saved = need(find_open(*connection, typed), what);
  const auto confirmed = invocation.arguments.get("--confirm");
  if (auto allowed = check_may_release(*connection, saved); !allowed) {
    Error error = allowed.error();
    if (error.code == ErrorCode::not_allowed) {
      put_refused_release_on_record(*connection, saved.row().number());
    }
    const bool is_for_one =
        saved.row().submitted_at() != 0 && !asks_two_people(*connection, saved.bytes());
    if (is_for_one && connection->may(Right::draft)) error.hint = hint_to_send_alone(saved.name());
    return output.fail(what, error);
  }
  if (auto whole = check_complete(*connection, saved, invocation.now()); !whole) {
    return output.fail(what, make_error(whole.error().code, whole.error().reason,
                                        "hotline return " + saved.name() +
                                            " --reason \"...\"    its writer mends it"));
  }
  if (!confirmed) return show_what_is_released(invocation, *connection, saved);
  const std::string hash = to_hex(saved.hash());
  if (confirmed->size() < kConfirmedDigits ||
      !upper_case(hash).starts_with(upper_case(*confirmed))) {
    put_refused_release_on_record(*connection, saved.row().number());
    return output.fail(what,
                       make_error(ErrorCode::refused,
                                  "it is not the version " + printable_line(*confirmed) +
                                      " that was read: it was changed, or the digits are wrong",
                                  "hotline release " + saved.name() + "    shows it"));
  }
  ToldBack told_back;
  if (auto clear = check_conflicts(*connection, saved.bytes(), told_back); !clear) {
    return output.fail(
        what, make_error(clear.error().code, clear.error().reason,
                         "hotline return " + saved.name() + " --reason \"it is in conflict\""));
  }
  const ByteView bytes = saved.bytes();
  return submit_finished(invocation, *connection,
                         {Bytes(bytes.begin(), bytes.end()), saved.kind(), saved.row().precedence(),
                          std::string(saved.kind().key) + ", was " + saved.name(),
                          std::move(told_back), saved.row().number(), true},
                         wait);
}

}  // namespace

Command draft_submit_command() {
  return {
      {.name = "draft submit",
       .summary = "Hand a draft in, so that another person releases it",
       .description = "FLASH, and what the two sides have agreed on, is released by another "
                      "person than the one who wrote it. hotline send hands such a message in by "
                      "itself.",
       .examples = {"hotline draft submit D-3"},
       .positionals = {draft_positional()}},
      draft_submit};
}

Command draft_withdraw_command() {
  return {{.name = "draft withdraw",
           .summary = "Take a draft back that waits for its release, to change it",
           .examples = {"hotline draft withdraw D-3"},
           .positionals = {draft_positional()}},
          draft_withdraw};
}

Command release_command() {
  std::vector<OptionSpec> options = {
      {"--confirm", "HASH", "the first eight digits of the hash of the version that you read"}};
  for (OptionSpec& option : wait_options()) options.push_back(std::move(option));
  return {
      {.name = "release",
       .summary = "Let go what another person wrote and handed in",
       .description =
           "Without --confirm it shows the message as it would go, and the words to release "
           "exactly that. A releaser or a supervisor releases, and never what they wrote or "
           "handed in themselves, in whatever role. Where two release at once one does, and the "
           "other is told who.",
       .examples = {"hotline release D-3",
                    "hotline release D-3 --confirm 3fa81c22 --wait delivered"},
       .options = std::move(options),
       .positionals = {draft_positional()}},
      release};
}

Command return_command() {
  return {{.name = "return",
           .summary = "Give back what was handed in, with what is wrong with it",
           .examples = {"hotline return D-3 --reason \"the position is that of the observer\""},
           .options = {{"--reason", "TEXT", "what is wrong with it; the watch reads it"}},
           .positionals = {draft_positional()}},
          give_back};
}

}  // namespace hotline::client
