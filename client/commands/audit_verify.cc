// hotline audit verify: an export, checked against nothing but two CA certificates.
#include <algorithm>
#include <thread>

#include "certs/check.h"
#include "client/audit/verify.h"
#include "client/commands/commands.h"
#include "client/show/progress.h"
#include "protocol/message/names.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

using audit::ExportLog;
using audit::Outcome;
using audit::Verdict;

constexpr uint64_t kThreadsMax = 64;
constexpr size_t kRootDigitsShown = 8;

int exit_code_of_outcome(Outcome outcome) {
  switch (outcome) {
    case Outcome::verified:
      return kExitDone;
    case Outcome::incomplete:
      return kExitIncomplete;
    case Outcome::failed:
      break;
  }
  return kExitVerificationFailed;
}

uint64_t size_of(const Verdict& verdict, ExportLog log) {
  return verdict.sizes[audit::log_number(log)];
}

std::string trusted_files_text(const Verdict& verdict) {
  std::string text;
  for (const std::string& file : verdict.trusted) text += (text.empty() ? "" : ", ") + file;
  if (text.empty()) return "Trusted: nothing";
  return "Trusted: " + text + (verdict.dev_only ? " (" + std::string(kDevOnlyMark) + ")" : "");
}

JsonValue json_verdict(const Verdict& verdict) {
  JsonValue entries;
  for (const ExportLog log : audit::kExportLogs)
    entries.add(audit::log_name(log), size_of(verdict, log));
  const bool covered = !verdict.fault && verdict.cosigned_size != 0;
  return json_document()
      .add("verdict", audit::outcome_word(verdict.outcome))
      .add("fault", verdict.fault ? JsonValue(verdict.fault->name) : JsonValue())
      .add("reason", verdict.fault ? JsonValue(verdict.fault->reason) : JsonValue())
      .add("unchecked", verdict.not_checked)
      .add("party", verdict.party)
      .add("peer", verdict.peer)
      .add("channel", to_hex(verdict.channel.id))
      .add("exercise", verdict.channel.exercise)
      .add("entries", std::move(entries))
      .add("checkpoints", verdict.checkpoints)
      .add("up_to", covered ? JsonValue(verdict.cosigned_size - 1) : JsonValue())
      .add("root", covered ? JsonValue(to_hex(verdict.root)) : JsonValue())
      .add("dev_only", verdict.dev_only)
      .add("trusted", verdict.trusted);
}

class VerdictReport {
 public:
  VerdictReport(Output& output, const Verdict& verdict) : output_(output), verdict_(verdict) {}

  void print() {
    if (verdict_.channel.exercise) output_.line(output_.styled(Style::yellow, "EXERCISE"));
    if (verdict_.fault) return print_fault();
    const uint64_t entries = size_of(verdict_, ExportLog::journal);
    const uint64_t covered = verdict_.cosigned_size;
    line("journal", format_count(entries) + " of " + format_count(entries) + " entries, gap-free");
    line("transcripts",
         upper_case(verdict_.party) + " " + format_count(size_of(verdict_, ExportLog::sent)) +
             ", " + upper_case(verdict_.peer) + " " +
             format_count(size_of(verdict_, ExportLog::received)) + ", every leaf in its place");
    const std::string checkpoints = format_count(verdict_.checkpoints);
    line("checkpoints", checkpoints + " of " + checkpoints +
                            (covered == 0 ? ", none cosigned by " + upper_case(verdict_.peer)
                                          : ", cosigned by " + upper_case(verdict_.peer) +
                                                " up to entry " + std::to_string(covered - 1)));
    if (covered < entries) {
      line("not covered", entries - covered == 1 ? "entry " + std::to_string(covered)
                                                 : "entries " + std::to_string(covered) + "-" +
                                                       std::to_string(entries - 1));
    }
    for (const std::string& what : verdict_.not_checked) line("not checked", what);
    const Style style = verdict_.outcome == Outcome::verified ? Style::green : Style::yellow;
    const std::string extent = covered == 0
                                   ? " up to nothing"
                                   : " up to entry " + std::to_string(covered - 1) + ", root " +
                                         to_hex(verdict_.root).substr(0, kRootDigitsShown) + "…";
    output_.line(output_.styled(style, audit::outcome_word(verdict_.outcome)) + extent + "  " +
                 trusted_files_text(verdict_));
  }

 private:
  void print_fault() {
    output_.line(output_.styled(Style::red, audit::outcome_word(verdict_.outcome)) + " at " +
                 printable_line(verdict_.fault->name) + ": " +
                 printable_line(verdict_.fault->reason) + "  " + trusted_files_text(verdict_));
    if (verdict_.fault->name == audit::kVersionFile) {
      output_.talk("  Is this the directory that `hotline audit export` wrote?");
    }
  }

  void line(std::string label, const std::string& value) {
    label.resize(12, ' ');
    output_.line("  " + label + "  " + printable_line(value));
  }

  Output& output_;
  const Verdict& verdict_;
};

int verify(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string path = *invocation.arguments.get("EXPORT");
  const std::string what = "cannot verify " + path;
  const auto trust = invocation.arguments.get("--trust");
  if (!trust) {
    return output.fail(what, make_error(ErrorCode::usage, "nothing was said about whom to trust",
                                        "--trust DIR, with north-ca.crt and south-ca.crt in it"));
  }
  const uint64_t processors = std::max(1u, std::thread::hardware_concurrency());
  const auto threads =
      need(invocation.arguments.number("--threads", std::min<uint64_t>(processors, 4), 1), what);
  if (threads > kThreadsMax) {
    return output.fail(
        what, make_error(ErrorCode::usage, "--threads is at most " + std::to_string(kThreadsMax)));
  }
  Progress progress(*invocation.around, output);
  audit::VerifyOptions options;
  options.threads = static_cast<unsigned>(threads);
  options.progress = [&](const std::string& log, unsigned percent) {
    progress.show("checking " + log, percent);
  };
  const auto verdict = audit::verify_export(path, *trust, options);
  progress.clear();
  if (!verdict) return output.fail(what, verdict.error());
  if (output.json()) {
    output.document(json_verdict(*verdict));
  } else {
    VerdictReport(output, *verdict).print();
  }
  return exit_code_of_outcome(verdict->outcome);
}

}  // namespace

Command audit_verify_command() {
  return {{.name = "audit verify",
           .summary = "Verify an export: every entry, hash, signature and receipt",
           .description =
               "VERIFIED: both parties signed for exactly this, up to the entry named (entries are "
               "counted from 0). FAILED (exit code 10): it was altered or is not theirs, and the "
               "first place is named. INCOMPLETE (12): nothing wrong was found, but not all could "
               "be checked. Nothing is trusted but the CA certificates in the directory; time and "
               "revocation are not asked of the clock, because a record is verified for years.",
           .examples = {"hotline audit verify north.export --trust trust/",
                        "hotline audit verify north.export --trust trust/ --threads 2 --json"},
           .options = {{"--trust", "DIR", "the CA certificate of each party, as PARTY-ca.crt"},
                       {"--threads", "N",
                        "how many processors to use; else up to 4 of this machine's"}},
           .positionals = {{"EXPORT", "a directory, as `hotline audit export` writes it"}}},
          verify};
}

}  // namespace hotline::client
