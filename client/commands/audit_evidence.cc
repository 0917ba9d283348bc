// hotline audit evidence: notes of one party that cannot both be honest, out of an export, as a
// file for somebody who trusts neither.
#include "client/commands/audit_evidence.h"

#include <algorithm>

#include "client/audit/evidence_check.h"
#include "client/audit/evidence_maker.h"
#include "client/audit/format_line.h"
#include "protocol/base/time_text.h"
#include "protocol/message/names.h"
#include "protocol/terminal/new_file.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

using audit::KeptEvidence;
using audit::ProvedFork;

// "fork-of-peer".
std::string kind_word(wire::EvidenceKind kind) {
  std::string word = wire::EnumNameEvidenceKind(kind);
  std::replace(word.begin(), word.end(), '_', '-');
  return word;
}

JsonValue json_kept(const KeptEvidence& kept) {
  return JsonValue()
      .add("journal_index", kept.entry)
      .add("at", json_time(kept.at))
      .add("kind", kind_word(kept.kind))
      .add("proves_fork", kept.file.has_value())
      .add("why_not", kept.file ? JsonValue() : JsonValue(kept.why_none));
}

int list_evidence(Output& output, const std::vector<KeptEvidence>& all,
                  const std::string& directory) {
  if (output.json()) {
    output.document(json_document().add("evidence", json_each(all, json_kept)));
    return kExitDone;
  }
  Table table({{"ENTRY", 0}, {"AT", 0}, {"KIND", 0}, {"PROVES", 0, Table::Fit::wrapped}});
  const KeptEvidence* first = nullptr;
  for (const KeptEvidence& kept : all) {
    if (kept.file && first == nullptr) first = &kept;
    table.add({"",
               {std::to_string(kept.entry), format_rfc3339(kept.at), kind_word(kept.kind),
                kept.file ? "a fork" : "nothing alone: " + kept.why_none},
               kept.file ? Style::red : Style::plain});
  }
  table.print(output);
  if (all.empty()) output.talk("This journal kept no evidence.");
  if (first != nullptr) {
    output.talk("Next: " + output.command("audit evidence " + directory + " --entry " +
                                          std::to_string(first->entry) + " -o fork.evidence"));
  }
  return kExitDone;
}

// The one that was asked for; else the first that proves a fork.
Result<const KeptEvidence*> wanted_evidence(const std::vector<KeptEvidence>& all,
                                            const std::optional<std::string>& typed) {
  for (const KeptEvidence& kept : all) {
    if (typed ? std::to_string(kept.entry) != *typed : !kept.file) continue;
    if (kept.file) return &kept;
    return make_error(ErrorCode::refused,
                      "journal entry " + *typed + " proves no fork: " + kept.why_none);
  }
  return make_error(ErrorCode::not_found,
                    typed ? "journal entry " + *typed + " is no evidence"
                          : "there is no evidence of a fork in this export",
                    "hotline audit evidence EXPORT    lists what there is");
}

int evidence(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string directory = *invocation.arguments.get("EXPORT");
  const std::string what = "cannot show the evidence in " + directory;
  const auto all = need(audit::kept_evidence(directory), what);
  const auto typed = invocation.arguments.get("--entry");
  const auto path = invocation.arguments.get("--output");
  if (!typed && !path) return list_evidence(output, all, directory);
  const KeptEvidence& kept = *need(wanted_evidence(all, typed), what);
  const std::string file = audit::format_evidence_file(*kept.file);
  if (path) need(write_new_file(*path, file), what);
  if (output.json()) {
    JsonValue document = json_kept(kept);
    path ? document.add("file", *path) : document.add("evidence", file);
    output.document(json_document().add("written", std::move(document)));
    return kExitDone;
  }
  if (!path) {
    output.text(file);
    return kExitDone;
  }
  output.line("The two notes of journal entry " + std::to_string(kept.entry) + " are in " +
              printable_line(*path) + ".");
  output.talk("Next: " + output.command("audit check " + *path + " --trust DIR"));
  return kExitDone;
}

JsonValue json_note(const Checkpoint& checkpoint) {
  return JsonValue().add("size", checkpoint.size).add("root", to_hex(checkpoint.root));
}

std::string log_word(const ProvedFork& fork) {
  return fork.is_journal ? "journal" : "transcript";
}

}  // namespace

bool is_evidence(std::string_view file) {
  return audit::has_format_line(file, audit::kEvidenceVersionLine);
}

Result<int> show_evidence(Output& output, std::string_view file,
                          const audit::TrustDirectory& trust) {
  const auto fork = audit::check_evidence(file, trust);
  if (!fork) return fork.error();
  const std::string trusted = audit::TrustDirectory::file_name(fork->party);
  const CheckedCertificate& certificate = fork->log_certificate;
  if (output.json()) {
    output.document(json_document()
                        .add("verdict", "VERIFIED")
                        .add("proves", "fork")
                        .add("signed_by", JsonValue()
                                              .add("party", fork->party)
                                              .add("serial", certificate.serial_hex)
                                              .add("sha256", to_hex(certificate.sha256))
                                              .add("dev_only", certificate.dev_only))
                        .add("origin", fork->smaller.origin)
                        .add("first", json_note(fork->smaller))
                        .add("second", json_note(fork->larger))
                        .add("root_in_second", to_hex(fork->root))
                        .add("trusted", std::vector{trusted}));
    return kExitDone;
  }
  const auto line = [&](std::string label, const std::string& value) {
    label.resize(12, ' ');
    output.line("  " + label + "  " + printable_line(value));
  };
  line("log", fork->smaller.origin);
  line("signed by", upper_case(fork->party) + ", log key of certificate " + certificate.serial_hex);
  line("first note",
       format_count(fork->smaller.size) + " entries, root " + to_hex(fork->smaller.root));
  line("second note",
       format_count(fork->larger.size) + " entries, root " + to_hex(fork->larger.root));
  line("in which",
       "the first " + format_count(fork->smaller.size) + " have the root " + to_hex(fork->root));
  output.line("");
  output.line(output.styled(Style::green, "VERIFIED") + ": " + upper_case(fork->party) +
              " signed two different " + log_word(*fork) + "s: a FORK.  Trusted: " + trusted +
              (certificate.dev_only ? " (" + std::string(kDevOnlyMark) + ")" : ""));
  return kExitDone;
}

Command audit_evidence_command() {
  return {
      {.name = "audit evidence",
       .summary = "Write two notes that cannot both be honest, for somebody who trusts neither",
       .description =
           "A daemon keeps in its journal every pair of signed notes that contradict each other. "
           "Without -o and --entry they are listed. The file holds both notes, the hashes that "
           "show that neither log begins as the other does, and the certificate of who signed "
           "both: all that `hotline audit check` needs beside one CA certificate. An old store is "
           "no fork, and proves nothing.",
       .examples = {"hotline audit evidence north.export",
                    "hotline audit evidence north.export -o fork.evidence",
                    "hotline audit evidence north.export --entry 1042 > fork.evidence"},
       .options = {{"--entry", "NUMBER", "the evidence in this journal entry; else the first"},
                   {"-o,--output", "FILE", "write it to a new file; else to standard output"}},
       .positionals = {{"EXPORT", "a directory, as `hotline audit export` writes it"}}},
      evidence};
}

}  // namespace hotline::client
