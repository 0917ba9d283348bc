// hotline audit prove: one message of an export as a proof file.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "client/audit/proof_maker.h"
#include "client/commands/commands.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/note.h"
#include "protocol/message/names.h"
#include "protocol/terminal/exit_code.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

using audit::MadeProof;

// The message in clear: for its owner alone, until the owner says else.
constexpr mode_t kFileMode = 0600;

Status write_new_file(const std::string& path, std::string_view text) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode);
  if (descriptor < 0 && errno == EEXIST) {
    return make_error(ErrorCode::conflict, path + " exists already",
                      "a proof is never written over another file; choose a new name");
  }
  bool good = descriptor >= 0;
  while (good && !text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    good = written >= 0;
    if (good) text.remove_prefix(static_cast<size_t>(written));
  }
  const int error = errno;
  if (descriptor >= 0 && close(descriptor) == 0 && good) return ok();
  if (descriptor >= 0) unlink(path.c_str());
  return make_error(ErrorCode::failed,
                    path + " cannot be written: " + std::strerror(good ? errno : error),
                    "choose another place with -o FILE");
}

std::string said(const MadeProof& made) {
  const auto note = parse_note(made.proof.checkpoint_note);
  const auto checkpoint = parse_checkpoint_text(note->text);
  return made.id + " is leaf " + std::to_string(made.proof.index) + " of the " +
         format_count(checkpoint->size) + " that " + upper_case(made.names.sender) + " and " +
         upper_case(made.names.receiver) + " signed for" +
         (made.proof.body ? "" : "; its body is not held, so the proof does not show what it said");
}

int prove(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string message = *invocation.arguments.get("MESSAGE");
  const std::string what = "cannot prove " + message;
  const auto directory = invocation.arguments.get("--export");
  if (!directory) {
    return output.fail(what, make_error(ErrorCode::usage, "no export was named",
                                        "--export DIR, as `hotline audit export DIR` wrote it"));
  }
  const auto made = audit::make_proof(*directory, message);
  if (!made) return output.fail(what, made.error());
  const std::string file = audit::format_proof_file(made->proof);
  const auto path = invocation.arguments.get("--output");
  if (path) {
    if (auto status = write_new_file(*path, file); !status) {
      return output.fail(what, status.error());
    }
  }
  if (output.json()) {
    JsonValue document = json_document();
    document.add("id", made->id)
        .add("leaf", made->proof.index)
        .add("sent_by", made->names.sender)
        .add("received_by", made->names.receiver)
        .add("body_held", made->proof.body.has_value());
    if (path) {
      document.add("file", *path);
    } else {
      document.add("proof", file);
    }
    output.document(document);
    return kExitDone;
  }
  if (!path) {
    output.text(file);
    return kExitDone;
  }
  output.line(printable_line(said(*made)) + ".");
  output.talk("Next: " + output.command("audit check " + *path + " --trust DIR"));
  return kExitDone;
}

}  // namespace

Command audit_prove_command() {
  return {
      {"audit prove",
       "Write the proof of one message, for somebody who trusts neither party",
       "The file holds the message in clear, its place in the transcript, the sender's signature, "
       "the receiver's receipt and both certificates: all that `hotline audit check` needs beside "
       "the two CA certificates. Of the checkpoints that cover the message the smallest is "
       "taken.",
       {"hotline audit prove N-123 --export north.export -o N-000123.proof",
        "hotline audit prove S-87 --export north.export > S-000087.proof"},
       {{"--export", "DIR", "the export that has the message"},
        {"-o,--output", "FILE", "write it to a new file; else to standard output"}},
       {{"MESSAGE", "N-000123, N-123, or S-?12, which has no serial of its own"}}},
      prove};
}

}  // namespace hotline::client
