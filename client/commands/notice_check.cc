// hotline notice check: the conflicts that a notice would have, without sending it.
#include "client/commands/commands.h"
#include "client/compose/conflict_check.h"
#include "client/compose/incident_file.h"
#include "client/compose/typed_correction.h"
#include "client/compose/typed_volumes.h"
#include "client/show/conflict_rows.h"
#include "client/show/link_caution.h"

namespace hotline::client {
namespace {

Result<DraftFields> read_notice(const Invocation& invocation, Connection& connection) {
  const auto file = invocation.arguments.get("FILE");
  if (file.has_value() == is_correction(invocation.arguments)) {
    return make_error(ErrorCode::usage, "one notice is checked: a file, or a correction",
                      "hotline notice check FILE    or --corrects N-123 --change \"volume -> "
                      "@area.geojson\" --reason \"...\"");
  }
  if (!file) return read_correction(invocation, connection);
  auto request = read_incident_file(*file, invocation.now(), drawn_for(connection));
  if (!request) return request.error();
  if (request->language.empty()) request->language = connection.language();
  take_template_precedence(*request);
  return make_draft(*request, connection.party(), invocation.now(), invocation.now());
}

int notice_check(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string what = "the notice was not checked";
  const auto connection = need(invocation.connect(), what);
  const auto draft = need(read_notice(invocation, *connection), what);
  tell_back(output, draft.told_back);
  const auto reply = need(conflicts_of(*connection, draft, invocation.now()), what);
  const wire::ConflictRows& rows = *reply;
  const size_t shown = tables(rows.rows()).size();
  const bool is_refused = !text(rows.refusal()).empty();
  ToldBack ends;
  if (draft.kind().effect == TargetEffect::corrects && !draft.references.empty()) {
    ends.ended_acceptances = acceptances_that_end(*connection, draft.references.front());
  }
  const int code = is_refused ? kExitRefused : kExitDone;
  const auto missing = missing_link(*connection);
  if (output.json()) {
    JsonValue document = json_conflicts(rows);
    document.add("refusal", json_text(text(rows.refusal())))
        .add("ended_acceptances",
             json_each(ends.ended_acceptances, [](const ToldConflict& one) { return one.json; }));
    output.document(add_missing_link(document, missing));
    return code;
  }
  if (shown > 0) print_conflicts(output, rows);
  for (const wire::ConflictRow* one : tables(rows.rows())) {
    if (one->before() != nullptr) output.talk(conflict_words(*one));
  }
  tell_back(output, ends);
  say_incomplete(output, rows.incomplete());
  if (shown == 0) {
    output.talk(rows.incomplete() ? "No conflict was found. Nothing was sent."
                                  : "No conflict. Nothing was sent.");
  } else if (shown < rows.total()) {
    output.talk("The first " + format_count(shown) + " of " + format_count(rows.total()) +
                " conflicts are shown. Nothing was sent.");
  } else {
    output.talk(format_count(rows.total()) + (rows.total() == 1 ? " conflict" : " conflicts") +
                (is_refused ? ". Nothing was sent. To send it all the same, give its "
                              "conflict-reason."
                            : ". Nothing was sent. It needs no other reason to be sent."));
  }
  if (is_refused && invocation.arguments.has("FILE")) {
    output.offer("Next: " + output.command("send -f " + *invocation.arguments.get("FILE") +
                                           " --set conflict-reason=\"...\""));
  }
  say_announced_unknown(output, *connection, missing);
  return code;
}

}  // namespace

Command notice_check_command() {
  return {
      {.name = "notice check",
       .summary = "Ask which conflicts a notice would have, without sending it",
       .description =
           "The daemon holds it against all that the other party announced. It ends with 8 where "
           "hotline send would refuse it: it comes too near, and says no reason. A correction is "
           "checked as the notice would stand after it, with the distances before and after; it "
           "needs a reason of its own where it comes nearer than before.",
       .examples = {"hotline notice check exercise.toml", "hotline notice check launch.toml --json",
                    "hotline notice check --corrects N-123 --change \"volume -> "
                    "@area.geojson\" --reason \"moved\""},
       .options = correction_options(),
       .positionals = {{"FILE", "an activity or a launch, as hotline send -f reads it", false}}},
      notice_check};
}

}  // namespace hotline::client
