// hotline conflicts: where the two parties' notices come too near to each other.
#include "client/commands/commands.h"
#include "client/compose/referred_message.h"
#include "client/compose/submitting.h"
#include "client/show/conflict_rows.h"
#include "client/show/link_caution.h"
#include "client/show/row_limit.h"
#include "protocol/message/draft.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

constexpr uint64_t kConflictsByDefault = 20;

// Two notices, ours and theirs, and the last corrections of both.
struct NoticePair {
  std::string own;
  std::string peers;
  std::vector<std::string> corrections = {};
};

Result<NoticePair> read_pair(Connection& connection, const std::string& typed) {
  const Error usage =
      make_error(ErrorCode::usage, "--accept " + typed + " names no conflict",
                 "--accept N-3,S-5    our notice and theirs, as hotline conflicts lists them");
  const size_t comma = typed.find(',');
  if (comma == std::string::npos) return usage;
  const auto first = resolve_name(connection, typed.substr(0, comma), NameUse::any);
  if (!first) return first.error();
  const auto second = resolve_name(connection, typed.substr(comma + 1), NameUse::any);
  if (!second) return second.error();
  const std::string prefix = text(connection.server().prefix()) + "-";
  const bool own_first = first->starts_with(prefix);
  if (own_first == second->starts_with(prefix)) return usage;
  return own_first ? NoticePair{*first, *second} : NoticePair{*second, *first};
}

// Reads of which state of both the conflict is. Refuses a pair that is in no open conflict, or was
// accepted by us before.
Status find_open(Connection& connection, NoticePair& pair) {
  const std::string both = pair.own + " and " + pair.peers;
  for (std::string after;;) {
    const auto reply = connection.conflicts(pair.own, limits::kListRowsMax, after);
    if (!reply) return reply.error();
    for (const wire::ConflictRow* row : tables((*reply)->rows())) {
      if (text(row->peers()) != pair.peers) continue;
      if (!row->accepted_by_us()) {
        for (const auto* correction : {row->peers_correction(), row->own_correction()}) {
          if (correction) pair.corrections.push_back(text(correction));
        }
        return ok();
      }
      return make_error(ErrorCode::refused, "we accepted the conflict of " + both + " before",
                        upper_case(connection.peer()) + " has to accept it too");
    }
    after = text((*reply)->next());
    if (after.empty()) break;
  }
  return make_error(ErrorCode::not_found, "there is no open conflict of " + both,
                    "hotline conflicts");
}

// An ANSWER to their notice that names ours beside it, and their last corrections, and says nothing
// but this word.
DraftFields acceptance(const Connection& connection, const ReferredMessage& theirs,
                       const NoticePair& pair) {
  DraftFields draft;
  draft.precedence = theirs.precedence();
  draft.language = connection.language();
  draft.references = {pair.peers, pair.own};
  draft.references.insert(draft.references.end(), pair.corrections.begin(), pair.corrections.end());
  draft.body.subject = made_subject(wire::MessageType::answer, draft.language,
                                    upper_case(connection.party()) + " accepts the conflict of " +
                                        pair.peers + " with " + pair.own,
                                    pair.peers + ", " + pair.own);
  draft.body.content = acceptance_of_conflict();
  return draft;
}

int accept(Invocation& invocation) {
  Output& output = invocation.output;
  output.set_sent(Sent::no);
  const std::string what = "the conflict is not accepted";
  const auto wait = need(read_wait_options(invocation.arguments));
  const auto connection = need(invocation.connect(), what);
  auto pair = need(read_pair(*connection, *invocation.arguments.get("--accept")), what);
  const auto theirs = need(ReferredMessage::find(*connection, pair.peers, NameUse::any), what);
  if (auto open = find_open(*connection, pair); !open) return output.fail(what, open.error());
  // The daemon refuses whoever may not, so that it is on record, and they read that alone.
  if (connection->may(Right::send, wire::MessageType::answer)) theirs.say_heading(output);
  return submit_and_report(invocation, *connection, acceptance(*connection, theirs, pair),
                           "acceptance of the conflict of " + pair.own + " with " + pair.peers,
                           wait);
}

// Those that both accepted stand no longer in the list, and the notices still come too near.
void say_accepted(Output& output, Connection& connection, const std::string& id) {
  const auto reply = connection.conflicts(id, 1, {}, true);
  const uint64_t count = reply ? (*reply)->total() : 0;
  if (count == 0) return;
  output.talk("Accepted by both: " + format_count(count) +
              ". See: " + output.command("conflicts" + (id.empty() ? "" : " " + id) + " --all"));
}

// One that a draft accepts is not to be accepted again. Of the others that wait for us the first is
// offered; each row names what is to be typed for the rest.
void offer_to_accept(Output& output, const wire::ConflictRows& rows) {
  for (const wire::ConflictRow* one : tables(rows.rows())) {
    if (one->draft() == 0) continue;
    const std::string draft = format_draft_name(one->draft());
    output.talk(draft + " accepts the conflict of " + text(one->own()) + " and " +
                text(one->peers()) +
                ", and is not sent yet: " + output.command("draft show " + draft));
  }
  for (const wire::ConflictRow* one : tables(rows.rows())) {
    if (one->accepted_by_us() || one->draft() != 0) continue;
    return output.offer(
        "To accept the conflict: " +
        output.command("conflicts --accept " + text(one->own()) + "," + text(one->peers())));
  }
}

int list_conflicts(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string what = "cannot list conflicts";
  const uint64_t limit = need(read_row_limit(invocation.arguments, kConflictsByDefault));
  const std::string after = invocation.arguments.get("--after").value_or("");
  const auto connection = need(invocation.connect(), what);
  std::string id;
  if (const auto typed = invocation.arguments.get("ID")) {
    id = need(resolve_name(*connection, *typed, NameUse::any), what);
  }
  const bool all = invocation.arguments.has("--all");
  const auto reply = need(connection->conflicts(id, limit, after, all), what);
  const wire::ConflictRows& rows = *reply;
  const size_t shown = tables(rows.rows()).size();
  const std::string next = text(rows.next());
  const auto missing = missing_link(*connection);
  if (output.json()) {
    JsonValue document = json_conflicts(rows);
    document.add("more", !next.empty()).add("next", json_text(next));
    output.document(add_missing_link(document, missing));
    return kExitDone;
  }
  if (shown > 0) print_conflicts(output, rows);
  say_acceptances(output, *connection, rows);
  say_incomplete(output, rows.incomplete());
  if (shown == 0) {
    output.talk(!after.empty() ? "No more conflict is open."
                : !id.empty()  ? "No conflict of " + id + (all ? " is known." : " is open.")
                : all          ? "No conflict is known."
                               : "No conflict is open.");
    if (after.empty() && !all) say_accepted(output, *connection, id);
  } else if (!next.empty()) {
    const std::string command = "conflicts" + (id.empty() ? "" : " " + id) + (all ? " --all" : "");
    output.talk(cut_words(invocation, shown, rows.total(), command + " --after " + next));
  }
  say_compared(output, rows, upper_case(connection->peer()), !missing);
  say_announced_unknown(output, *connection, missing);
  offer_to_accept(output, rows);
  return kExitDone;
}

int conflicts(Invocation& invocation) {
  return invocation.arguments.has("--accept") ? accept(invocation) : list_conflicts(invocation);
}

}  // namespace

Command conflicts_command() {
  std::vector<OptionSpec> options = {
      {.names = "--accept",
       .value = "OURS,THEIRS",
       .help = "accept this conflict; it ends once the other side does too",
       .never_with = {"ID", "--limit", "--after", "--all"}},
      {"--all", "", "also those that both accepted, while the notices stand"},
      row_limit_option("20"),
      after_option()};
  std::vector<OptionSpec> sending = wait_options();
  sending.push_back(idempotency_option());
  for (OptionSpec& option : sending) {
    if (option.only_with.empty()) option.only_with = {"--accept"};
    options.push_back(std::move(option));
  }
  return {
      {.name = "conflicts",
       .summary = "List where notices of both parties come too near to each other",
       .description =
           "Of each two notices the volumes that come nearest, with the least distances, and "
           "the time at which both are there. A conflict stays open until a notice is "
           "corrected or cancelled, both parties accept it, or its time is over. What was accepted "
           "counts for the notices as they then were.",
       .examples = {"hotline conflicts", "hotline conflicts N-3 --json", "hotline conflicts --all",
                    "hotline conflicts --accept N-3,S-5"},
       .options = std::move(options),
       .positionals = {{"ID", "a notice of either party; only its conflicts", false}}},
      conflicts};
}

}  // namespace hotline::client
