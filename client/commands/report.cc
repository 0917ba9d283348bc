// hotline report: what the record says of a period, for the joint meeting of both parties.
#include "client/report/report.h"

#include "client/commands/commands.h"
#include "client/report/report_html.h"
#include "client/report/report_json.h"
#include "client/report/report_text.h"
#include "client/show/progress.h"
#include "protocol/terminal/new_file.h"
#include "protocol/terminal/printable.h"
#include "protocol/terminal/typed_time.h"

namespace hotline::client {
namespace {

constexpr char kWhat[] = "cannot report";

enum class Format : uint8_t { text, json, html };

CommandFailed usage(const std::string& reason, const std::string& hint) {
  return {kWhat, make_error(ErrorCode::usage, reason, hint)};
}

// By --format, else by the end of the file's name, else text.
Format format_of(const Invocation& invocation) {
  const auto path = invocation.arguments.get("--output");
  std::string name = invocation.arguments.get("--format").value_or("");
  if (name.empty() && path && path->find('.') != std::string::npos) {
    name = path->substr(path->rfind('.') + 1);
  }
  if (name == "json" || (name.empty() && invocation.output.json())) return Format::json;
  if (name == "html" || name == "htm") return Format::html;
  if (name == "text" || name == "txt" || name.empty()) return Format::text;
  throw usage("there is no format " + name,
              "--format text, json or html, or a file .txt, .json or .html");
}

ReportWish wish_of(const Invocation& invocation) {
  ReportWish wish;
  const auto moment = [&](const char* option) -> std::optional<UtcMs> {
    const auto typed = invocation.arguments.get(option);
    if (!typed) return std::nullopt;
    return need(parse_moment(*typed, invocation.around->now()), kWhat);
  };
  wish.from = moment("--from");
  wish.to = moment("--to");
  if (wish.from && wish.to && *wish.from >= *wish.to) {
    throw usage("the period ends before it begins",
                "--from 2026-10-01 --to 2027-01-01; the second is not in it");
  }
  return wish;
}

std::vector<std::string> directories_of(const Invocation& invocation) {
  const std::vector<std::string> exports = invocation.arguments.all("EXPORT");
  const bool is_joint = invocation.arguments.has("--joint");
  if (is_joint && exports.size() != 2) {
    throw usage("a joint report needs the exports of both parties",
                "hotline report --joint north.export south.export --trust trust/");
  }
  if (!is_joint && exports.size() > 1) {
    throw usage("several exports were named",
                "--joint, for the exports of both parties of one channel");
  }
  return exports;
}

Result<Report> make_report(Invocation& invocation, const ReportWish& wish) {
  const std::vector<std::string> directories = directories_of(invocation);
  const auto trust = invocation.arguments.get("--trust");
  if (!directories.empty()) return report_of_exports(directories, trust, wish);
  if (trust) {
    throw usage(
        "a running daemon's journal cannot be verified: it is its own word",
        "hotline audit export north.export, and hotline report north.export --trust " + *trust);
  }
  auto connection = invocation.connect();
  if (!connection) return connection.error();
  return report_of_daemon(*std::move(connection), wish);
}

int exit_code_of(const Report& report) {
  switch (report.standing()) {
    case Report::Standing::failed:
      return kExitVerificationFailed;
    case Report::Standing::not_reconciled:
      return kExitNotReconciled;
    case Report::Standing::incomplete:
      return kExitIncomplete;
    case Report::Standing::not_verified:
      // A daemon is asked as `status` asks it; an export is evidence, and should have been checked.
      return report.records.front().directory.empty() ? kExitDone : kExitIncomplete;
    case Report::Standing::verified:
      break;
  }
  return kExitDone;
}

std::string written(const Report& report, Format format) {
  switch (format) {
    case Format::json:
      return to_json(json_report(report)) + "\n";
    case Format::html:
      return html_report(report);
    case Format::text:
      break;
  }
  return text_report(report);
}

int run_report(Invocation& invocation) {
  Output& output = invocation.output;
  const Format format = format_of(invocation);
  ReportWish wish = wish_of(invocation);
  Progress progress(*invocation.around, output);
  wish.progress = [&](const std::string& what, unsigned percent) { progress.show(what, percent); };
  const Report report = need(make_report(invocation, wish), kWhat);
  progress.clear();
  const auto path = invocation.arguments.get("--output");
  const bool is_failed = report.standing() == Report::Standing::failed;
  if (!path || *path == "-" || is_failed) {
    output.text(written(report, format));
    if (path && is_failed) output.talk("Nothing was written to " + printable_line(*path) + ".");
    return exit_code_of(report);
  }
  need(write_new_file(*path, written(report, format)), kWhat);
  output.answer(
      std::string(standing_words(report.standing())) + ": the report is in " +
          printable_line(*path) + ".",
      json_document().add("file", *path).add("standing", standing_words(report.standing())));
  return exit_code_of(report);
}

}  // namespace

Command report_command() {
  return {
      {.name = "report",
       .summary = "Report on a period for the joint meeting: times, test calls, outages, cases",
       .description =
           "What one journal says of a period, or with --joint the exports of both parties beside "
           "each other. Exports are verified first: with --trust, up to the last entry that the "
           "other party cosigned, and the first line says so. Exit code 10: an export is FAILED, "
           "and no number of it is given. 11: the two differ. 12: not all could be checked, or "
           "an export was not verified. A running daemon's report is its own word: NOT VERIFIED, "
           "exit code 0. Every number is defined in docs/report.md.",
       .examples = {"hotline report --from 2026-10-01 --to 2027-01-01",
                    "hotline report north.export --trust trust/ --from 2026-10-01 --to 2027-01-01",
                    "hotline report --joint north.export south.export --trust trust/ -o "
                    "report.html"},
       .options = {{"--from", "TIME", "the period begins then; else with the record"},
                   {"--to", "TIME", "it ends before then; else with the record"},
                   {"--joint", "", "two exports, one of each party"},
                   {"--trust", "DIR", "the CA certificate of each party, as PARTY-ca.crt"},
                   {"--format", "NAME",
                    "text, json or html; else as the file's name ends, or text"},
                   {"-o,--output", "FILE", "a new file; else standard output"}},
       .positionals = {{"EXPORT", "an export; without one the running daemon is asked", false,
                        true}},
       .without = {"--local"}},
      run_report};
}

}  // namespace hotline::client
