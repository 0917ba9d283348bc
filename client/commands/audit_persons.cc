// hotline audit persons: who signed what with their own key, checked against the CA certificates.
#include <algorithm>
#include <thread>

#include "client/audit/person_check.h"
#include "client/audit/trust_directory.h"
#include "client/audit/verify.h"
#include "client/commands/commands.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"
#include "protocol/message/serial.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

using audit::PersonAccount;
using audit::PersonsAccount;

constexpr size_t kCertificateDigitsShown = 8;

bool is_complete(const PersonsAccount& account) {
  return account.erased == 0 && account.bodies_erased == 0;
}

const char* outcome_of(const PersonsAccount& account) {
  if (account.fault) return outcome_word(audit::Outcome::failed);
  return outcome_word(is_complete(account) ? audit::Outcome::verified : audit::Outcome::incomplete);
}

JsonValue json_opening(const PersonsAccount& account) {
  if (!account.opening) return {};
  return JsonValue()
      .add("salt", to_hex(ByteView(account.opening->salt)))
      .add("part", account.opening->part);
}

JsonValue json_account(const PersonsAccount& account, const std::string& party) {
  JsonValue::Array people;
  for (const PersonAccount& person : account.people) {
    people.push_back(JsonValue()
                         .add("person", person.name)
                         .add("certificate", to_hex(ByteView(person.certificate)))
                         .add("statements", person.statements)
                         .add("first_at", json_time(person.first_at))
                         .add("last_at", json_time(person.last_at)));
  }
  return json_document()
      .add("verdict", outcome_of(account))
      .add("fault", account.fault ? JsonValue(account.fault->name) : JsonValue())
      .add("reason", account.fault ? JsonValue(account.fault->reason) : JsonValue())
      .add("party", party)
      .add("people", std::move(people))
      .add("statements", account.statements)
      .add("messages_compared", account.compared)
      .add("not_signed", account.unsigned_acts)
      .add("erased", account.erased)
      .add("bodies_erased", account.bodies_erased)
      .add("opening", json_opening(account));
}

// A signature is wider than a terminal.
void print_signed(Output& output, const std::string& line) {
  const std::string indent = "    ";
  if (!output.terminal()) return output.line(indent + line);
  const size_t width = output.text_width() - indent.size();
  for (const std::string_view part : split(with_broken_words(line, width), '\n')) {
    output.line(indent + std::string(part));
  }
}

void print_account(Output& output, const PersonsAccount& account, const std::string& party,
                   const std::string& of) {
  for (const PersonAccount& person : account.people) {
    std::string name = person.name;
    name.resize(std::max<size_t>(name.size(), 12), ' ');
    output.line("  " + printable_line(name) + "  " + format_count(person.statements) +
                " signed, last " + format_rfc3339(person.last_at) + ", certificate " +
                to_hex(ByteView(person.certificate)).substr(0, kCertificateDigitsShown) + "…");
  }
  const auto count = [&](const char* label, uint64_t number) {
    if (number != 0) output.line("  " + std::string(label) + ": " + format_count(number));
  };
  count("not signed, over the socket of the daemon's machine", account.unsigned_acts);
  count("name and signature are erased", account.erased);
  count("the body is erased, so that nobody can compare it", account.bodies_erased);
  if (account.opening) {
    output.line("  " + of + ":");
    for (const std::string_view line : split(account.opening->part, '\n')) {
      if (!line.empty()) print_signed(output, printable_line(std::string(line)));
    }
    print_signed(output, "salt: " + to_hex(ByteView(account.opening->salt)));
  }
  if (account.fault) {
    return output.line(output.styled(Style::red, outcome_of(account)) + " at " +
                       printable_line(account.fault->name) + ": " +
                       printable_line(account.fault->reason));
  }
  output.line(
      output.styled(is_complete(account) ? Style::green : Style::yellow, outcome_of(account)) +
      "  signatures " + format_count(account.statements) + ", all hold; messages " +
      format_count(account.compared) + ", all as they were signed");
  output.line("Trusted: " + audit::TrustDirectory::file_name(party));
}

int audit_persons(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string path = *invocation.arguments.get("EXPORT");
  const std::string what = "cannot check who signed in " + path;
  const auto trust = invocation.arguments.get("--trust");
  if (!trust) {
    return output.fail(what, make_error(ErrorCode::usage, "nothing was said about whom to trust",
                                        "--trust DIR, with north-ca.crt and south-ca.crt in it"));
  }
  audit::VerifyOptions options;
  options.threads = std::clamp(std::thread::hardware_concurrency(), 1u, 4u);
  const auto verdict = need(audit::verify_export(path, *trust, options), what);
  if (verdict.fault) {
    return output.fail(what, make_error(ErrorCode::verification_failed,
                                        "the export is not what both parties signed for: " +
                                            printable_line(verdict.fault->reason),
                                        "hotline audit verify " + path + " --trust " + *trust));
  }
  std::optional<Serial> of;
  if (const auto id = invocation.arguments.get("--of")) {
    const auto serial = parse_serial(*id);
    if (!serial) {
      return output.fail(what, make_error(ErrorCode::usage, *id + " is no message of this party",
                                          "--of N-000123"));
    }
    of = *serial;
  }
  const auto account = need(audit::check_persons(path, *trust, of), what);
  if (of && !account.opening) {
    return output.fail(what, make_error(ErrorCode::not_found,
                                        "nobody of this party released " + format_serial(*of) +
                                            ", or nothing is held of who did"));
  }
  if (output.json()) {
    output.document(json_account(account, verdict.party));
  } else {
    print_account(output, account, verdict.party, of ? format_serial(*of) : "");
  }
  if (account.fault) return kExitVerificationFailed;
  return is_complete(account) ? kExitDone : kExitIncomplete;
}

}  // namespace

Command audit_persons_command() {
  return {
      {.name = "audit persons",
       .summary = "Check what each person signed with their own key, in an export",
       .description =
           "Verifies the export first. Then each signature is checked under the certificate "
           "that the journal keeps, each certificate under the CA of its party, and each "
           "message against what was signed of it. FAILED (exit code 10) names the first entry "
           "that does not hold. INCOMPLETE (12): names or bodies are erased.",
       .examples = {"hotline audit persons north.export --trust trust/",
                    "hotline audit persons north.export --trust trust/ --json"},
       .options = {{"--of", "MESSAGE", "also show what was signed of this message, and the salt"},
                   {"--trust", "DIR", "the CA certificate of each party, as PARTY-ca.crt"}},
       .positionals = {{"EXPORT", "a directory, as `hotline audit export` writes it"}}},
      audit_persons};
}

}  // namespace hotline::client
