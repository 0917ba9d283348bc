// hotline drill report: what came of a drill, judged anew from the journals of both sides.
#include "client/after_action/after_action.h"
#include "client/after_action/after_action_json.h"
#include "client/after_action/after_action_page.h"
#include "client/after_action/after_action_words.h"
#include "client/commands/commands.h"
#include "client/show/progress.h"
#include "protocol/terminal/new_file.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr char kNoReport[] = "cannot report on the drill";

enum class ReportFormat : uint8_t { markdown, json, html };

// By --format, else by the end of the file's name, else Markdown.
ReportFormat report_format(const Invocation& invocation) {
  const auto path = invocation.arguments.get("--output");
  std::string name = invocation.arguments.get("--format").value_or("");
  if (name.empty() && path && path->find('.') != std::string::npos) {
    name = path->substr(path->rfind('.') + 1);
  }
  if (name == "json" || (name.empty() && invocation.output.json())) return ReportFormat::json;
  if (name == "html" || name == "htm") return ReportFormat::html;
  if (name == "md" || name == "markdown" || name == "txt" || name.empty()) {
    return ReportFormat::markdown;
  }
  throw CommandFailed{kNoReport, make_error(ErrorCode::usage, "there is no format " + name,
                                            "--format md, html or json, or a file .md, .html or "
                                            ".json")};
}

std::string written_report(const AfterAction& report, ReportFormat format) {
  switch (format) {
    case ReportFormat::json:
      return to_json(after_action_json(report)) + "\n";
    case ReportFormat::html:
      return html_page(after_action_page(report));
    case ReportFormat::markdown:
      break;
  }
  return markdown_page(after_action_page(report));
}

int exit_code_of_report(Report::Standing standing) {
  switch (standing) {
    case Report::Standing::failed:
      return kExitVerificationFailed;
    case Report::Standing::not_reconciled:
      return kExitNotReconciled;
    case Report::Standing::incomplete:
    case Report::Standing::not_verified:
      return kExitIncomplete;
    case Report::Standing::verified:
      break;
  }
  return kExitDone;
}

int drill_report(Invocation& invocation) {
  Output& output = invocation.output;
  const Arguments& arguments = invocation.arguments;
  const ReportFormat format = report_format(invocation);
  Progress progress(*invocation.around, output);
  AfterActionWish wish;
  wish.directory = *arguments.get("DIRECTORY");
  wish.exports = arguments.all("--export");
  wish.trust = arguments.get("--trust");
  wish.compared = arguments.all("--compare");
  wish.now = invocation.around->now();
  wish.progress = [&](const std::string& what, unsigned percent) { progress.show(what, percent); };
  const AfterAction report = need(after_action_of(wish), kNoReport);
  progress.clear();
  const Report::Standing standing = report.standing();
  const auto path = arguments.get("--output");
  const bool is_failed = standing == Report::Standing::failed;
  if (!path || *path == "-" || is_failed) {
    output.text(written_report(report, format));
    if (path && is_failed) output.talk("Nothing was written to " + printable_line(*path) + ".");
    return exit_code_of_report(standing);
  }
  need(write_new_file(*path, written_report(report, format)), kNoReport);
  output.answer(std::string(standing_words(standing)) + ": the report is in " +
                    printable_line(*path) + ". " + result_words(report),
                json_document()
                    .add("file", *path)
                    .add("standing", standing_words(standing))
                    .add("finished", report.is_finished())
                    .add("points", report.points())
                    .add("points_max", report.points_max()));
  return exit_code_of_report(standing);
}

}  // namespace

Command drill_report_command() {
  return {
      {.name = "drill report",
       .summary = "Report on a drill: what was met and missed, and what proves it",
       .description =
           "Verifies the exports of both sides, which a drill leaves in its directory at its end, "
           "and judges each expectation anew from their journals; it asks no daemon. The first "
           "line says whether it can be relied on. It ends with 0 also where expectations were "
           "missed, with 10 if an export is FAILED (no value is given then), with 11 if the two "
           "records differ, and with 12 if not all could be checked, or an export is missing. "
           "docs/exercises.md.",
       .examples = {"hotline drill report monday -o monday.html",
                    "hotline drill report monday --compare sunday -o monday.md",
                    "hotline drill report monday --json"},
       .options = {{"-o,--output", "FILE", "a new file; else standard output"},
                   {"--format", "NAME", "md, html or json; else as the file's name ends, or md"},
                   {"--compare", "DIR", "an earlier drill of the same scenario; may come again",
                    true},
                   {"--export", "DIR", "of one side, instead of those in the directory; twice",
                    true},
                   {"--trust", "DIR",
                    "the CA certificate of each side, as SIDE-ca.crt; else those that the drill "
                    "made"}},
       .positionals = {{"DIRECTORY", "of a drill"}},
       .without = {"--local"}},
      drill_report};
}

}  // namespace hotline::client
