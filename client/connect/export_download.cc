#include "client/connect/export_download.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "certs/certificate_limits.h"
#include "client/audit/export_writer.h"
#include "client/audit/pem.h"
#include "protocol/base/limits.h"
#include "protocol/message/envelope.h"

namespace hotline::audit {
namespace {

using client::bytes;

Error bad_answer(const std::string& reason) {
  return make_error(ErrorCode::malformed, "the daemon's answer makes no export: " + reason,
                    "is it a hotlined of the same release? (hotlined store check)");
}

wire::ExportLog on_wire(ExportLog log) {
  static_assert(static_cast<uint8_t>(wire::ExportLog::journal) == 0 &&
                static_cast<uint8_t>(wire::ExportLog::sent) == 1 &&
                static_cast<uint8_t>(wire::ExportLog::received) == 2);
  return static_cast<wire::ExportLog>(log_number(log));
}

std::string in_log(ExportLog log, const std::string& reason) {
  return std::string(log_name(log)) + ": " + reason;
}

class Download {
 public:
  Download(client::Connection& connection, ExportWriter writer, const DownloadProgress& progress)
      : connection_(connection), writer_(std::move(writer)), progress_(progress) {}

  Result<Downloaded> run() {
    auto head = connection_.export_head();
    if (!head) return head.error();
    if (auto status = take_head(**head); !status) {
      return status.error();
    }
    for (const ExportLog log : kExportLogs) {
      if (auto status = take_entries(log); !status) return status.error();
    }
    for (const ExportLog log : kExportLogs) {
      if (auto status = take_notes(log); !status) return status.error();
    }
    if (auto status = writer_.finish(); !status) return status.error();
    return downloaded_;
  }

 private:
  Status take_head(const wire::ExportHeadReply& head) {
    const struct {
      ExportLog log;
      uint64_t size;
      const flatbuffers::String* note;
    } logs[] = {{ExportLog::journal, head.journal_size(), head.journal_checkpoint()},
                {ExportLog::sent, head.sent_size(), head.sent_checkpoint()},
                {ExportLog::received, head.received_size(), head.received_checkpoint()}};
    for (const auto& one : logs) {
      if (auto status = take_log(one.log, one.size, one.note); !status) return status;
    }
    return take_certificates(head);
  }

  Status take_log(ExportLog log, uint64_t size, const flatbuffers::String* note) {
    if (size > limits::kTreeSizeMax) return bad_answer(in_log(log, "a size that no log can have"));
    sizes_[log] = size;
    total_ += size;
    if (size == 0) return ok();
    const auto checkpoint = unverified_checkpoint(client::text(note));
    if (!checkpoint || checkpoint->size != size) {
      return bad_answer(in_log(log, "no checkpoint of its " + std::to_string(size) + " entries"));
    }
    return writer_.set_checkpoint(log, client::text(note));
  }

  // The six that a verifier needs, each once; what else the daemon may have is not for an export.
  Status take_certificates(const wire::ExportHeadReply& head) {
    for (const std::string& party : {connection_.party(), connection_.peer()}) {
      for (const Purpose purpose : kSigningPurposes) {
        const std::string name = party + "-" + purpose_name(purpose);
        ByteView der;
        for (const wire::CertificateFile* file : *head.certificates()) {
          if (file->name()->str() == name) der = bytes(file->der());
        }
        if (der.empty() || der.size() > limits::kCertificateSizeMax) {
          return bad_answer("no certificate " + name);
        }
        const std::string pem = format_pem({"CERTIFICATE", to_bytes(der)});
        if (auto status = writer_.add_certificate(party, purpose, pem); !status) return status;
      }
    }
    return ok();
  }

  Status take_entries(ExportLog log) {
    const uint64_t size = sizes_[log];
    while (writer_.size(log) < size) {
      const uint64_t from = writer_.size(log);
      const auto page = connection_.export_entries(on_wire(log), from, size);
      if (!page) return page.error();
      const wire::ExportPage& rows = **page;
      if (rows.first() != from || rows.entries()->size() == 0 ||
          rows.entries()->size() > size - from) {
        return bad_answer(in_log(log, "other entries than from " + std::to_string(from) + " on"));
      }
      for (const wire::ExportEntry* entry : *rows.entries()) {
        if (auto status = take_entry(log, *entry); !status) return status;
      }
      done_ += rows.entries()->size();
      progress_(log_name(log), static_cast<unsigned>(done_ * 100 / total_));
    }
    downloaded_[log].entries = size;
    downloaded_[log].parts = writer_.parts(log);
    return ok();
  }

  Status take_entry(ExportLog log, const wire::ExportEntry& entry) {
    std::optional<SaltedPart> part;
    if (entry.salt() != nullptr) {
      part = SaltedPart{to_hash(*entry.salt()), bytes(entry.part())};
      if (part->bytes.size() > limits::kBodySizeMax) {
        return bad_answer(in_log(log, "a part larger than any message"));
      }
    }
    return writer_.append(log, bytes(entry.entry()), to_hash(*entry.leaf_hash()), part);
  }

  Status take_notes(ExportLog log) {
    uint64_t after = 0;
    for (bool more = sizes_[log] != 0; more;) {
      const auto page = connection_.export_notes(on_wire(log), after, sizes_[ExportLog::journal]);
      if (!page) return page.error();
      const wire::ExportNotePage& rows = **page;
      more = rows.more();
      if (more && rows.last_size() <= after) {
        return bad_answer(in_log(log, "the same cosigned checkpoints again and again"));
      }
      after = rows.last_size();
      for (const flatbuffers::String* note : *rows.notes()) {
        if (auto status = writer_.append_cosigned(log, note->string_view()); !status) {
          return status;
        }
        downloaded_[log].notes += 1;
      }
    }
    return ok();
  }

  client::Connection& connection_;
  ExportWriter writer_;
  const DownloadProgress& progress_;
  Downloaded downloaded_;
  LogSizes sizes_;
  uint64_t total_ = 0;  // Entries of all logs. Never 0 while there is one to fetch.
  uint64_t done_ = 0;
};

}  // namespace

Result<Downloaded> download_export(client::Connection& connection, const std::string& directory,
                                   const DownloadProgress& progress) {
  auto writer = ExportWriter::create(directory);
  if (!writer) return writer.error();
  return Download(connection, std::move(*writer), progress).run();
}

}  // namespace hotline::audit
