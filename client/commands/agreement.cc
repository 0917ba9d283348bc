// hotline agreement show, propose, diff, accept, reject, history: the numbers that both parties
// follow, which a supervisor of each signs.
#include <algorithm>
#include <optional>

#include "client/commands/commands.h"
#include "client/compose/referred_message.h"
#include "client/compose/submitting.h"
#include "client/show/agreement_terms.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"
#include "protocol/channel/agreements.h"
#include "protocol/channel/policy_text.h"
#include "protocol/message/body.h"
#include "protocol/message/names.h"
#include "protocol/policy_file/policy_file.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr size_t kDigestDigits = 8;  // The digest's first, as people compare and confirm it.

std::string digest_hex(const wire::Digest* digest) {
  return digest ? to_hex(to_hash(*digest)) : "";
}

// The policy of a text of either kind: the configured one has none around it.
Result<Policy> policy_in(uint32_t number, const std::string& text) {
  if (number == kFirstAgreement) return parse_policy(text);
  auto agreement = parse_agreement(text);
  if (!agreement) return agreement.error();
  return std::move(agreement->policy);
}

// The agreements and proposals that the daemon knows, to be looked up.
class Known {
 public:
  explicit Known(Answer<wire::AgreementRows> rows) : rows_(std::move(rows)) {}

  const wire::AgreementRows& rows() const { return *rows_; }
  const wire::AgreementRow& newest() const { return *tables(rows_->agreements()).back(); }
  const wire::AgreementRow& in_force() const { return *find_number(rows_->in_force()); }
  const wire::AgreementRow* find_number(uint32_t number) const {
    for (const wire::AgreementRow* row : tables(rows_->agreements())) {
      if (row->number() == number) return row;
    }
    return nullptr;
  }
  const wire::ProposalRow* find_proposal(const std::string& id) const {
    for (const wire::ProposalRow* row : tables(rows_->proposals())) {
      if (text(row->id()) == id) return row;
    }
    return nullptr;
  }

 private:
  Answer<wire::AgreementRows> rows_;
};

std::string state_word(const wire::ProposalRow& row) {
  switch (static_cast<ProposalState>(row.state())) {
    case ProposalState::open:
      return row.incoming() ? "waits for us" : "waits for the other side";
    case ProposalState::is_signed:
      return "signed, not concluded yet";
    case ProposalState::agreed:
      return "is agreed";
    case ProposalState::rejected:
      return "was rejected";
    case ProposalState::withdrawn:
      return "was withdrawn";
    case ProposalState::overtaken:
      return "was overtaken by another agreement";
    case ProposalState::expired:
      return "has expired";
  }
  return "of a later version";
}

const char* state_code(const wire::ProposalRow& row) {
  static constexpr const char* kCodes[] = {"unknown",  "open",      "signed",    "agreed",
                                           "rejected", "withdrawn", "overtaken", "expired"};
  return row.state() < std::size(kCodes) ? kCodes[row.state()] : kCodes[0];
}

bool is_open(const wire::ProposalRow& row) {
  return row.state() == static_cast<uint8_t>(ProposalState::open);
}

JsonValue json_agreement(const wire::AgreementRow& row, const wire::AgreementRows& all) {
  return JsonValue()
      .add("number", row.number())
      .add("in_force", row.number() == all.in_force())
      .add("digest", digest_hex(row.digest()))
      .add("from", json_time(row.from()))
      .add("began_at", json_time(row.began_at()))
      .add("proposal", json_text(text(row.proposal())))
      .add("concluded", json_text(text(row.concluded())));
}

// Why its proposer proposes it; empty where that was not said, or the text is here no more.
std::string reason_to_propose(Connection& connection, const std::string& proposal) {
  const auto detail = connection.show(proposal);
  const auto body = detail ? open_body(bytes((*detail)->body())) : Error{};
  const wire::Service* said = body ? (*body)->content_as_service() : nullptr;
  return said ? printable_line(text(said->detail())) : "";
}

JsonValue json_proposal(Connection& connection, const wire::ProposalRow& row) {
  return JsonValue()
      .add("id", text(row.id()))
      .add("incoming", row.incoming())
      .add("number", row.number())
      .add("digest", digest_hex(row.digest()))
      .add("from", json_time(row.from()))
      .add("committed_at", json_time(row.at()))
      .add("proposed_because", json_text(reason_to_propose(connection, text(row.id()))))
      .add("state", state_code(row))
      .add("decided_by", json_text(text(row.decided_by())))
      .add("reason", json_text(text(row.reason())));
}

// ---- show

void say_peer(Output& output, const Connection& connection, const wire::AgreementRows& rows) {
  const std::string peer = upper_case(connection.peer());
  if (rows.peers() == nullptr) {
    output.talk(peer + " has not said yet which agreement it follows.");
  } else if (rows.matches_peer()) {
    output.talk(peer + " follows the same agreement.");
  } else {
    output.talk(
        peer + " follows another agreement: " + digest_hex(rows.peers()).substr(0, kDigestDigits) +
            ". Compare the digests by voice.",
        Style::red);
  }
}

void say_agreement(Output& output, const wire::AgreementRow& row) {
  const std::string number = std::to_string(row.number());
  if (row.number() == kFirstAgreement) {
    output.say("Agreement 1, as this side has configured it");
  } else if (row.began_at() != 0) {
    output.say("Agreement " + number + ", in force since " + format_rfc3339(row.began_at()) +
               ", proposed in " + text(row.proposal()) + ", signed in " + text(row.concluded()));
  } else {
    output.say("Agreement " + number + ", to be in force from " + format_rfc3339(row.from()) +
               ", proposed in " + text(row.proposal()) + ", signed in " + text(row.concluded()));
  }
  output.say("digest " + digest_hex(row.digest()));
}

Result<uint32_t> read_number(const std::string& typed) {
  uint32_t number = 0;
  for (const char c : typed) {
    if (!is_digit(c) || number > 100'000'000) {
      return make_error(ErrorCode::usage,
                        "\"" + printable_line(typed) + "\" is not the number of an agreement",
                        "hotline agreement history");
    }
    number = number * 10 + static_cast<uint32_t>(c - '0');
  }
  return number;
}

// A time that is agreed promises nothing yet of what will be gone.
void say_nothing_is_erased(Output& output, const std::vector<AgreementDifference>& changes) {
  const bool speaks_of_it =
      std::any_of(changes.begin(), changes.end(),
                  [](const AgreementDifference& one) { return one.key.starts_with("retention "); });
  if (speaks_of_it) output.talk("All of it is kept for now: this version erases nothing.");
}

void print_changes(Output& output, const std::vector<AgreementDifference>& changes) {
  print_differences(output, changes);
  say_nothing_is_erased(output, changes);
}

int agreement_show(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string what = "cannot show the agreement";
  const auto typed = invocation.arguments.get("NUMBER");
  const auto number = typed ? std::optional(need(read_number(*typed), what)) : std::nullopt;
  const auto connection = need(invocation.connect(), what);
  const Known known(need(connection->agreements(), what));
  const wire::AgreementRow* row = number ? known.find_number(*number) : &known.in_force();
  if (row == nullptr) {
    return output.fail(
        what, make_error(ErrorCode::not_found, "there is no agreement " + std::to_string(*number),
                         "hotline agreement history"));
  }
  const Policy policy = need(policy_in(row->number(), text(row->text())), what);
  if (invocation.arguments.has("--toml")) {
    output.text(policy_as_toml(policy));
    return kExitDone;
  }
  if (output.json()) {
    output.document(json_document()
                        .add("agreement", json_agreement(*row, known.rows()))
                        .add("terms", json_terms(terms_of(policy)))
                        .add("text", text(row->text()))
                        .add("peer_digest", json_text(digest_hex(known.rows().peers())))
                        .add("matches_peer", known.rows().peers() == nullptr
                                                 ? JsonValue()
                                                 : JsonValue(known.rows().matches_peer())));
    return kExitDone;
  }
  say_agreement(output, *row);
  print_terms(output, terms_of(policy));
  say_nothing_is_erased(output, differences(default_policy(), policy));
  say_peer(output, *connection, known.rows());
  return kExitDone;
}

// ---- propose

Result<UtcMs> read_from(const Invocation& invocation) {
  const auto typed = invocation.arguments.get("--from");
  if (!typed) {
    return make_error(ErrorCode::usage, "it does not say from when it is to be in force",
                      "--from +24h    gives the other side time to sign");
  }
  return parse_time(*typed, invocation.now());
}

DraftFields agreement_draft(const Connection& connection, ServiceFields service,
                            const std::string& subject) {
  DraftFields draft;
  draft.precedence = wire::Precedence::priority;
  draft.language = connection.language();
  draft.body.subject = subject;
  draft.body.content = std::move(service);
  return draft;
}

int agreement_propose(Invocation& invocation) {
  Output& output = invocation.output;
  output.set_sent(Sent::no);
  const std::string what = "no agreement was proposed";
  const auto wait = need(read_wait_options(invocation.arguments, {"--from"}));
  Agreement agreement;
  agreement.policy = need(read_policy_file(*invocation.arguments.get("FILE")), what);
  const auto connection = need(invocation.connect(), what);
  agreement.from = need(read_from(invocation), what);
  const Known known(need(connection->agreements(), what));
  const wire::AgreementRow& newest = known.newest();
  agreement.number = newest.number() + 1;
  agreement.follows = to_hash(*newest.digest());
  const Policy before = need(policy_in(newest.number(), text(newest.text())), what);
  const auto changes = differences(before, agreement.policy);
  if (changes.empty()) {
    return output.fail(
        what, make_error(ErrorCode::refused,
                         "it says the same as agreement " + std::to_string(newest.number()),
                         "hotline agreement show --toml    is the file to change"));
  }
  // The daemon refuses whoever may not, and they read that alone.
  if (!output.json() && connection->may(Right::agree)) print_changes(output, changes);
  const std::string number = std::to_string(agreement.number);
  return submit_and_report(invocation, *connection,
                           agreement_draft(*connection,
                                           {wire::ServiceAction::agreement_proposed, "",
                                            invocation.arguments.get("--reason").value_or(""),
                                            agreement_text(agreement)},
                                           "Agreement " + number + " is proposed"),
                           "proposal of agreement " + number, wait);
}

// ---- diff, accept, reject

const wire::ProposalRow* need_proposal(const Known& known, const std::string& id,
                                       const std::string& what) {
  const wire::ProposalRow* row = known.find_proposal(id);
  if (row) return row;
  const Error missing =
      make_error(ErrorCode::not_found, id + " proposes no agreement that is known here",
                 "hotline agreement history");
  return need(Result<const wire::ProposalRow*>(missing), what);
}

// The terms of a proposal that differ from those of the newest agreement.
std::vector<AgreementDifference> changes_of(const Known& known, const wire::ProposalRow& row,
                                            const std::string& what) {
  const wire::AgreementRow& newest = known.newest();
  const Policy before = need(policy_in(newest.number(), text(newest.text())), what);
  const Agreement proposed = need(parse_agreement(text(row.text())), what);
  return differences(before, proposed.policy);
}

void print_proposal(Output& output, Connection& connection, const Known& known,
                    const wire::ProposalRow& row, const std::vector<AgreementDifference>& changes) {
  output.say(text(row.id()) + " proposes agreement " + std::to_string(row.number()) +
             ", in force from " + format_rfc3339(row.from()) + ", in place of agreement " +
             std::to_string(known.newest().number()));
  const std::string reason = reason_to_propose(connection, text(row.id()));
  if (!reason.empty()) output.line(output.words("because") + ": " + reason);
  output.say("digest " + digest_hex(row.digest()));
  if (changes.empty()) {
    output.say("It says the same as the newest agreement.");
  } else {
    print_changes(output, changes);
  }
}

JsonValue json_difference(Connection& connection, const Known& known, const wire::ProposalRow& row,
                          const std::vector<AgreementDifference>& changes) {
  return json_document()
      .add("proposal", json_proposal(connection, row))
      .add("against", known.newest().number())
      .add("differences", json_differences(changes));
}

std::string confirm_command(const wire::ProposalRow& row) {
  return "hotline agreement accept " + text(row.id()) + " --confirm " +
         digest_hex(row.digest()).substr(0, kDigestDigits);
}

// A file of one's own is held against what is in force, before it is proposed.
int diff_file(Invocation& invocation, const std::string& path, const std::string& what) {
  Output& output = invocation.output;
  const Policy policy = need(read_policy_file(path), what);
  const auto connection = need(invocation.connect(), what);
  const Known known(need(connection->agreements(), what));
  const wire::AgreementRow& newest = known.newest();
  const auto changes =
      differences(need(policy_in(newest.number(), text(newest.text())), what), policy);
  if (output.json()) {
    output.document(json_document()
                        .add("proposal", JsonValue())
                        .add("against", newest.number())
                        .add("differences", json_differences(changes)));
  } else if (changes.empty()) {
    output.say("It says the same as the newest agreement.");
  } else {
    print_changes(output, changes);
  }
  return kExitDone;
}

int agreement_diff(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string what = "cannot show the difference";
  const std::string typed = *invocation.arguments.get("ID");
  if (typed.ends_with(".toml")) return diff_file(invocation, typed, what);
  const auto connection = need(invocation.connect(), what);
  const std::string id = need(resolve_name(*connection, typed, NameUse::any), what);
  const Known known(need(connection->agreements(), what));
  const wire::ProposalRow& row = *need_proposal(known, id, what);
  if (row.text() == nullptr) {
    return output.fail(
        what, make_error(ErrorCode::refused, id + " waits for nothing any more: " + state_word(row),
                         "hotline show " + id + "    has what it said"));
  }
  const auto changes = changes_of(known, row, what);
  if (output.json()) {
    output.document(json_difference(*connection, known, row, changes));
    return kExitDone;
  }
  print_proposal(output, *connection, known, row, changes);
  if (row.incoming() && is_open(row)) {
    const std::string words = confirm_command(row).substr(std::string("hotline ").size());
    output.talk("Next, by a supervisor: " + (connection->may(Right::agree)
                                                 ? output.command(words)
                                                 : Output::others_command(words)));
  }
  return kExitDone;
}

int agreement_accept(Invocation& invocation) {
  Output& output = invocation.output;
  output.set_sent(Sent::no);
  const std::string typed = *invocation.arguments.get("ID");
  const std::string what = typed + " was not signed";
  const auto wait = need(read_wait_options(invocation.arguments));
  const auto connection = need(invocation.connect(), what);
  const std::string id = need(resolve_name(*connection, typed, NameUse::any), what);
  const Known known(need(connection->agreements(), what));
  const wire::ProposalRow& row = *need_proposal(known, id, what);
  if (!row.incoming()) {
    return output.fail(
        what, make_error(ErrorCode::refused, id + " is a proposal of ours: the other side signs it",
                         "hotline agreement history"));
  }
  if (!is_open(row)) {
    return output.fail(
        what, make_error(ErrorCode::refused, id + " waits for nothing any more: " + state_word(row),
                         "hotline agreement history"));
  }
  const auto confirmed = invocation.arguments.get("--confirm");
  if (!confirmed) {
    const auto changes = changes_of(known, row, what);
    if (output.json()) {
      output.document(json_difference(*connection, known, row, changes));
    } else {
      print_proposal(output, *connection, known, row, changes);
    }
  }
  // Whoever may not sign is refused by the daemon, so that it is on record, and is not shown the
  // words to sign.
  const bool may_sign = connection->may(Right::agree);
  if (!confirmed && may_sign) {
    return output.fail(id + " is not signed yet",
                       make_error(ErrorCode::usage, "nobody has confirmed that it was read",
                                  confirm_command(row) + "    or hotline agreement reject " + id +
                                      " --reason \"...\""));
  }
  if (may_sign && (confirmed->size() < kDigestDigits ||
                   !upper_case(digest_hex(row.digest())).starts_with(upper_case(*confirmed)))) {
    return output.fail(
        what, make_error(ErrorCode::refused,
                         printable_line(*confirmed) + " is not the beginning of its digest",
                         "hotline agreement diff " + id + "    shows it"));
  }
  DraftFields draft =
      agreement_draft(*connection, {wire::ServiceAction::agreement_signed, "", "", ""},
                      "Agreement " + std::to_string(row.number()) + " is signed");
  draft.references = {id};
  return submit_and_report(invocation, *connection, draft,
                           "signature of agreement " + std::to_string(row.number()), wait);
}

int agreement_reject(Invocation& invocation) {
  Output& output = invocation.output;
  output.set_sent(Sent::no);
  const std::string typed = *invocation.arguments.get("ID");
  const std::string what = typed + " was not rejected";
  const auto wait = need(read_wait_options(invocation.arguments));
  const std::string reason = invocation.arguments.get("--reason").value_or("");
  if (is_blank(reason)) {
    return output.fail(what,
                       make_error(ErrorCode::usage, "it does not say why", "--reason \"...\""));
  }
  const auto connection = need(invocation.connect(), what);
  const std::string id = need(resolve_name(*connection, typed, NameUse::any), what);
  const Known known(need(connection->agreements(), what));
  const wire::ProposalRow& row = *need_proposal(known, id, what);
  const std::string number = std::to_string(row.number());
  DraftFields draft =
      agreement_draft(*connection, {wire::ServiceAction::agreement_rejected, "", reason, ""},
                      row.incoming() ? "Agreement " + number + " is rejected"
                                     : "The proposal of agreement " + number + " is withdrawn");
  draft.references = {id};
  return submit_and_report(
      invocation, *connection, draft,
      row.incoming() ? "rejection of agreement " + number : "withdrawal of agreement " + number,
      wait);
}

// ---- history

int agreement_history(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string what = "cannot list the agreements";
  const auto connection = need(invocation.connect(), what);
  const Known known(need(connection->agreements(), what));
  const wire::AgreementRows& rows = known.rows();
  if (output.json()) {
    output.document(json_document()
                        .add("agreements", json_each(tables(rows.agreements()),
                                                     [&](const wire::AgreementRow* row) {
                                                       return json_agreement(*row, rows);
                                                     }))
                        .add("proposals",
                             json_each(tables(rows.proposals()), [&](const wire::ProposalRow* row) {
                               return json_proposal(*connection, *row);
                             })));
    return kExitDone;
  }
  Table table({{.title = "NUMBER"},
               {.title = "PROPOSED IN"},
               {.title = "STATE", .fit = Table::Fit::wrapped, .is_words = true},
               {.title = "IN FORCE FROM"},
               {.title = "DIGEST", .fit = Table::Fit::left_out},
               {.title = "REASON", .fit = Table::Fit::wrapped}});
  for (const wire::AgreementRow* row : tables(rows.agreements())) {
    const bool is_first = row->number() == kFirstAgreement;
    table.add({"",
               {std::to_string(row->number()), is_first ? "-" : text(row->proposal()),
                row->number() == rows.in_force()  ? "in force"
                : row->number() < rows.in_force() ? "ended"
                                                  : "to come",
                is_first ? "-" : format_date_time_group(row->from()),
                digest_hex(row->digest()).substr(0, kDigestDigits),
                is_first ? "" : reason_to_propose(*connection, text(row->proposal()))}});
  }
  for (const wire::ProposalRow* row : tables(rows.proposals())) {
    if (row->state() == static_cast<uint8_t>(ProposalState::agreed)) continue;
    // The reason of whoever decided it is the newer one.
    std::string why = text(row->reason());
    if (why.empty()) why = reason_to_propose(*connection, text(row->id()));
    table.add({"",
               {std::to_string(row->number()), text(row->id()), state_word(*row),
                format_date_time_group(row->from()),
                digest_hex(row->digest()).substr(0, kDigestDigits), why}});
  }
  table.print(output);
  return kExitDone;
}

std::vector<OptionSpec> sent_options(std::vector<OptionSpec> options) {
  for (OptionSpec& option : wait_options()) options.push_back(std::move(option));
  options.push_back(idempotency_option());
  return options;
}

}  // namespace

Command agreement_show_command() {
  return {{.name = "agreement show",
           .summary = "Show the numbers that both sides follow",
           .description = "Deadlines, ladders, separation, test calls, who releases, contacts. "
                          "Agreement 1 is what each side has configured; the next ones are signed "
                          "by a supervisor of each side. The digest names an agreement: both sides "
                          "have the same.",
           .examples = {"hotline agreement show", "hotline agreement show --toml",
                        "hotline agreement show 2 --json"},
           .options = {{.names = "--toml",
                        .value = "",
                        .help = "as a file that can be changed and proposed",
                        .never_with = {"--json"}}},
           .positionals = {{"NUMBER", "another one than that in force", false}}},
          agreement_show};
}

Command agreement_propose_command() {
  return {{.name = "agreement propose",
           .summary = "Propose other numbers to the other side",
           .description =
               "FILE is what hotline agreement show --toml prints, changed. What differs is shown "
               "before it goes. Nothing changes until a supervisor of the other side signs it, and "
               "the time for it has come. A supervisor proposes.",
           .examples = {"hotline agreement propose new.toml --from=+2h --reason \"as we met\""},
           .options = sent_options({{"--from", "TIME", "when it is to be in force at both ends"},
                                    {"--reason", "TEXT", "why; the other side reads it"}}),
           .positionals = {{"FILE", "the numbers, in TOML"}}},
          agreement_propose};
}

Command agreement_diff_command() {
  return {{.name = "agreement diff",
           .summary = "Show in words what a proposal would change",
           .description = "Of a proposal of either side, or of a file that is not proposed yet. A "
                          "time that becomes later is a deadline that is relaxed, and a separation "
                          "that becomes smaller lets notices come nearer to each other.",
           .examples = {"hotline agreement diff S-12", "hotline agreement diff new.toml"},
           .positionals = {{"ID", "the message that proposes it, or FILE.toml"}}},
          agreement_diff};
}

Command agreement_accept_command() {
  return {
      {.name = "agreement accept",
       .summary = "Sign what the other side proposes",
       .description = "Without --confirm it shows what would change, and the words to sign "
                      "exactly that. A supervisor signs. From its time on both sides follow "
                      "it.",
       .examples = {"hotline agreement accept S-12",
                    "hotline agreement accept S-12 --confirm 3fa81c22"},
       .options = sent_options({{"--confirm", "DIGEST", "the first eight digits of its digest"}}),
       .positionals = {{"ID", "the message that proposes it: S-000012, S-12 or @last"}}},
      agreement_accept};
}

Command agreement_reject_command() {
  return {{.name = "agreement reject",
           .summary = "Reject what the other side proposes, or withdraw what we proposed",
           .examples = {"hotline agreement reject S-12 --reason \"15 minutes is too late\""},
           .options = sent_options({{"--reason", "TEXT", "why; the other side reads it"}}),
           .positionals = {{"ID", "the message that proposes it: S-000012, S-12 or @last"}}},
          agreement_reject};
}

Command agreement_history_command() {
  return {{.name = "agreement history",
           .summary = "List the agreements, and what was proposed",
           .examples = {"hotline agreement history", "hotline agreement history --json"}},
          agreement_history};
}

}  // namespace hotline::client
