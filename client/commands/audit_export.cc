// hotline audit export: the record of a running daemon as a directory that anybody can verify.
#include "client/commands/commands.h"
#include "client/connect/export_download.h"
#include "client/show/progress.h"
#include "protocol/message/names.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

using audit::Downloaded;
using audit::DownloadedLog;
using audit::ExportLog;

std::string counted(uint64_t count, const std::string& one, const std::string& more) {
  return format_count(count) + " " + (count == 1 ? one : more);
}

std::string entries_text(ExportLog log, const DownloadedLog& taken, const Connection& connection) {
  if (log == ExportLog::journal) {
    return counted(taken.entries, "entry", "entries") + ", " +
           counted(taken.notes, "checkpoint", "checkpoints") + " cosigned by " +
           upper_case(connection.peer());
  }
  const bool sent = log == ExportLog::sent;
  std::string text = counted(taken.entries, "message", "messages") + " of " +
                     upper_case(sent ? connection.party() : connection.peer());
  if (taken.parts != taken.entries) {
    text += " (" + format_count(taken.parts) + " with their bodies)";
  }
  return text + ", " + counted(taken.notes, "receipt", "receipts") + " of " +
         upper_case(sent ? connection.peer() : connection.party());
}

void print(Output& output, const Connection& connection, const std::string& directory,
           const Downloaded& downloaded) {
  if (output.json()) {
    JsonValue document = json_document();
    document.add("directory", directory).add("party", connection.party());
    for (const ExportLog log : audit::kExportLogs) {
      JsonValue json;
      json.add("entries", downloaded[log].entries)
          .add("parts", downloaded[log].parts)
          .add("cosigned", downloaded[log].notes);
      document.add(audit::log_name(log), std::move(json));
    }
    output.document(document);
    return;
  }
  for (const ExportLog log : audit::kExportLogs) {
    std::string name = audit::log_name(log);
    name.resize(10, ' ');
    output.line("  " + name + entries_text(log, downloaded[log], connection));
  }
  output.line("Written to " + printable_line(directory) + ". Nothing of it was checked yet.");
}

int take_export(Invocation& invocation) {
  const std::string directory = *invocation.arguments.get("DIR");
  const std::string what = "cannot export to " + directory;
  const auto connection = need(invocation.connect(), what);
  Progress progress(*invocation.around, invocation.output);
  const auto downloaded = audit::download_export(
      *connection, directory,
      [&](const auto& log, unsigned percent) { progress.show("fetching " + log, percent); });
  progress.clear();
  if (!downloaded) return invocation.output.fail(what, downloaded.error());
  print(invocation.output, *connection, directory, *downloaded);
  invocation.output.talk("Next: " +
                         invocation.output.command("audit verify " + directory + " --trust DIR"));
  return kExitDone;
}

}  // namespace

Command audit_export_command() {
  return {
      {.name = "audit export",
       .summary = "Write journal, transcripts and signatures to a directory",
       .description =
           "Only for a person with the role auditor; that an export was taken is itself written to "
           "the journal. The channel goes on meanwhile. What is written is what the daemon says: "
           "whether it is true, `hotline audit verify` finds out without the daemon. The directory "
           "holds every message in clear and is made for its owner alone.",
       .examples = {"hotline audit export north.export",
                    "hotline audit export north.export && hotline audit verify north.export "
                    "--trust trust/"},
       .positionals = {{"DIR", "the directory to write, which must not exist"}}},
      take_export};
}

}  // namespace hotline::client
