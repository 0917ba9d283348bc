// Writes an export, entry by entry, with memory that does not grow with it.
//
// Everything goes into DIR.partial, which becomes DIR in one step when finish() succeeds; a writer
// that is destroyed before removes what it wrote. It writes what it is given: the verifier finds
// out whether that is true.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/audit/export_directory.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace hotline::audit {

class ExportWriter {
 public:
  // Refuses (conflict) a directory that exists, and a DIR.partial left behind by another run.
  static Result<ExportWriter> create(const std::string& directory);

  ExportWriter(ExportWriter&&) noexcept;
  ExportWriter& operator=(ExportWriter&&) = delete;
  ~ExportWriter();

  // The certificate as OpenSSL writes it, PEM.
  Status add_certificate(std::string_view party, Purpose purpose, std::string_view pem);

  // The next entry of a log, and the leaf hash as its owner stored it. A part that the entry does
  // not name is left out, because nobody could check it.
  Status append(ExportLog log, ByteView entry, const Hash& leaf_hash,
                const std::optional<SaltedPart>& part);

  // A cosigned checkpoint: whole notes, ascending by size.
  Status append_cosigned(ExportLog log, std::string_view note);

  // The newest checkpoint of a log with its owner's signature alone; it covers exactly what was
  // appended. Every log with entries needs one.
  Status set_checkpoint(ExportLog log, std::string_view note);

  uint64_t size(ExportLog log) const;
  uint64_t parts(ExportLog log) const;  // How many of them are written with a part.

  // Nothing may be called afterwards.
  Status finish();

 private:
  class LogWriter;

  explicit ExportWriter(std::string directory);

  std::string directory_;  // Empty once finished, or moved from: nothing to remove.
  std::array<std::unique_ptr<LogWriter>, kExportLogCount> logs_;
};

}  // namespace hotline::audit
