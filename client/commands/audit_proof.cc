// hotline audit prove and hotline audit check: one message of an export as a proof file, and such a
// file checked offline against two CA certificates.
#include <filesystem>

#include "certs/key_file.h"
#include "client/audit/proof_check.h"
#include "client/audit/proof_maker.h"
#include "client/commands/audit_evidence.h"
#include "client/commands/commands.h"
#include "client/show/message_view.h"
#include "protocol/message/names.h"
#include "protocol/terminal/new_file.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

using audit::MadeProof;

std::string said(const MadeProof& made) {
  const auto checkpoint = audit::unverified_checkpoint(made.proof.checkpoint_note);
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
  const auto made = need(audit::make_proof(*directory, message), what);
  const std::string file = audit::format_proof_file(made.proof);
  const auto path = invocation.arguments.get("--output");
  if (path) {
    need(write_new_file(*path, file), what);
  }
  if (output.json()) {
    JsonValue document = json_document();
    document.add("id", made.id)
        .add("leaf", made.proof.index)
        .add("sent_by", made.names.sender)
        .add("received_by", made.names.receiver)
        .add("body_held", made.proof.body.has_value());
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
  output.line(printable_line(said(made)) + ".");
  output.talk("Next: " + output.command("audit check " + *path + " --trust DIR"));
  return kExitDone;
}

using audit::ProvedMessage;

constexpr const char* kVerified = "VERIFIED";
constexpr const char* kIncomplete = "INCOMPLETE";
constexpr const char* kFailed = "FAILED";

const char* verdict_of(const ProvedMessage& message) {
  return message.unchecked.empty() ? kVerified : kIncomplete;
}

int exit_code_of(const ProvedMessage& message) {
  return message.unchecked.empty() ? kExitDone : kExitIncomplete;
}

bool is_dev_only(const ProvedMessage& message) {
  return message.log_certificate.dev_only || message.receipt_certificate.dev_only;
}

std::string trusted_text(const ProvedMessage& message) {
  return "Trusted: " + audit::TrustDirectory::file_name(message.names.sender) + ", " +
         audit::TrustDirectory::file_name(message.names.receiver) +
         (is_dev_only(message) ? " (" + std::string(kDevOnlyMark) + ")" : "");
}

std::string signer_text(const std::string& party, const CheckedCertificate& certificate) {
  return upper_case(party) + ", " + purpose_name(certificate.identity.purpose) +
         " key of certificate " + certificate.serial_hex;
}

ByteView body_of(const ProvedMessage& message) {
  return message.proof.body ? ByteView(message.proof.body->bytes) : ByteView();
}

JsonValue json_signer(const std::string& party, const CheckedCertificate& certificate) {
  return JsonValue()
      .add("party", party)
      .add("purpose", purpose_name(certificate.identity.purpose))
      .add("serial", certificate.serial_hex)
      .add("sha256", to_hex(certificate.sha256))
      .add("dev_only", certificate.dev_only);
}

int print_json(Output& output, const ProvedMessage& message, const std::string& language) {
  const Checkpoint& checkpoint = message.signed_for.checkpoint;
  JsonValue document = json_document();
  document.add("verdict", verdict_of(message)).add("unchecked", message.unchecked);
  MessageContent(message.proof.envelope, body_of(message), language).add_to(document);
  document.add("sent_by", json_signer(message.names.sender, message.log_certificate))
      .add("received_by", json_signer(message.names.receiver, message.receipt_certificate))
      .add("received_at", json_time(message.receipted_at()))
      .add("origin", checkpoint.origin)
      .add("leaf", message.proof.index)
      .add("size", checkpoint.size)
      .add("root", to_hex(checkpoint.root))
      .add("trusted", std::vector{audit::TrustDirectory::file_name(message.names.sender),
                                  audit::TrustDirectory::file_name(message.names.receiver)});
  output.document(document);
  return exit_code_of(message);
}

int print(Output& output, const ProvedMessage& message, const std::string& language) {
  const auto line = [&](std::string label, const std::string& value) {
    label.resize(12, ' ');
    output.line("  " + label + "  " + printable_line(value));
  };
  const Checkpoint& checkpoint = message.signed_for.checkpoint;
  const MessageContent content(message.proof.envelope, body_of(message), language);
  message.proof.body ? content.print(output) : content.print_envelope(output);
  output.line("");
  line("sent by", signer_text(message.names.sender, message.log_certificate));
  line("received by", signer_text(message.names.receiver, message.receipt_certificate));
  line("received at", output.date_and_time(message.receipted_at()) + ", by the clock of " +
                          upper_case(message.names.receiver));
  line("stands at", "leaf " + std::to_string(message.proof.index) + " of the " +
                        std::to_string(checkpoint.size) + " that both signed for");
  line("root", to_hex(checkpoint.root));
  line("log", checkpoint.origin);
  output.line("");
  for (const std::string& what : message.unchecked) line("not checked", what);
  const Style style = message.unchecked.empty() ? Style::green : Style::yellow;
  output.line(output.styled(style, verdict_of(message)) + ": " + upper_case(message.names.sender) +
              " sent this and " + upper_case(message.names.receiver) +
              " signed that it holds it.  " + trusted_text(message));
  return exit_code_of(message);
}

// The verdict is data; why it fell is part of it.
int print_failed(Output& output, const Error& error) {
  if (output.json()) {
    output.document(json_document().add("verdict", kFailed).add("reason", error.reason));
  } else {
    output.line(output.styled(Style::red, kFailed) + ": " + printable_line(error.reason));
    if (!error.hint.empty()) output.talk("  " + printable_line(error.hint));
  }
  return kExitVerificationFailed;
}

// The reader's language, without a context too: a proof is checked by people who have none.
std::string language_of(const Invocation& invocation) {
  if (const auto typed = invocation.arguments.get("--language")) return *typed;
  const auto context = invocation.context();
  return context ? context->language : "en";
}

int check(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string path = *invocation.arguments.get("FILE");
  const std::string what = "cannot check " + path;
  const auto trust_path = invocation.arguments.get("--trust");
  if (!trust_path) {
    return output.fail(what, make_error(ErrorCode::usage, "nothing was said about whom to trust",
                                        "--trust DIR, with north-ca.crt and south-ca.crt in it"));
  }
  const auto trust = need(audit::TrustDirectory::open(*trust_path), what);
  const auto file = read_bounded_file(path, audit::proof_file_size_max());
  std::error_code unreadable;
  if (!file && std::filesystem::file_size(path, unreadable) > audit::proof_file_size_max() &&
      !unreadable) {
    return print_failed(output, make_error(ErrorCode::malformed, file.error().reason));
  }
  if (!file) {
    const bool is_directory = std::filesystem::is_directory(path, unreadable);
    return output.fail(
        what, make_error(ErrorCode::not_found, file.error().reason,
                         is_directory ? "a proof is one file; for an export: hotline audit verify"
                                      : "hotline audit prove MESSAGE --export DIR -o FILE"));
  }
  if (is_evidence(as_text(*file))) {
    const auto shown = show_evidence(output, as_text(*file), trust);
    if (shown) return *shown;
    return shown.error().code == ErrorCode::configuration ? output.fail(what, shown.error())
                                                          : print_failed(output, shown.error());
  }
  const auto message = audit::check_proof(as_text(*file), trust);
  if (!message && message.error().code == ErrorCode::configuration) {
    return output.fail(what, message.error());
  }
  if (!message) return print_failed(output, message.error());
  const std::string language = language_of(invocation);
  return output.json() ? print_json(output, *message, language) : print(output, *message, language);
}

}  // namespace

Command audit_prove_command() {
  return {
      {.name = "audit prove",
       .summary = "Write the proof of one message, for somebody who trusts neither party",
       .description = "The file holds the message in clear, its place in the transcript, the "
                      "sender's signature, the receiver's receipt and both certificates: all that "
                      "`hotline audit check` needs beside the two CA certificates. Of the "
                      "checkpoints that cover the message the smallest is taken.",
       .examples = {"hotline audit prove N-123 --export north.export -o N-000123.proof",
                    "hotline audit prove S-87 --export north.export > S-000087.proof"},
       .options = {{"--export", "DIR", "the export that has the message"},
                   {"-o,--output", "FILE", "write it to a new file; else to standard output"}},
       .positionals = {{"MESSAGE", "N-000123, N-123, or S-?12, which has no serial of its own"}}},
      prove};
}

Command audit_check_command() {
  return {
      {.name = "audit check",
       .summary = "Check a proof or evidence file offline, and show what it proves",
       .description =
           "VERIFIED: the sender signed for a transcript in which this message stands at this "
           "place, and the receiver signed that it holds that transcript; of an evidence file, "
           "that its party signed two different logs. FAILED (exit code 10): "
           "the file proves nothing. INCOMPLETE (12): nothing wrong was found, but something could "
           "not be checked, and is named. Nothing is trusted but the CA certificates in the "
           "directory. docs/audit.md shows how to check the same with openssl and a pencil.",
       .examples = {"hotline audit check S-000087.proof --trust trust/",
                    "hotline audit check S-000087.proof --trust trust/ --json"},
       .options = {{"--trust", "DIR", "the CA certificate of each party, as PARTY-ca.crt"},
                   {"--language", "TAG",
                    "show coded fields in it; else the context's, else English"}},
       .positionals = {{"FILE", "as `hotline audit prove` or `hotline audit evidence` writes it"}}},
      check};
}

}  // namespace hotline::client
