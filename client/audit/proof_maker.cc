#include "client/audit/proof_maker.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "certs/certificate_limits.h"
#include "client/audit/covering_note.h"
#include "client/audit/exported_log.h"
#include "client/audit/pem.h"
#include "protocol/log/merkle.h"
#include "protocol/message/envelope.h"
#include "protocol/message/names.h"
#include "protocol/message/serial.h"

namespace hotline::audit {
namespace {

// Where in one bundle of a transcript the envelope of this id stands, if it does.
Result<std::optional<uint64_t>> find_in_bundle(ExportedLog& log, uint64_t bundle,
                                               const std::string& id) {
  // An envelope that can be read has its id in it byte by byte; so has one that refers to it. To
  // look for that is ten times as fast as to read every envelope.
  const auto bytes = log.bundle_bytes(bundle);
  if (!bytes) return bytes.error();
  if (as_text(*bytes).find(id) == std::string_view::npos) return std::optional<uint64_t>();
  const uint64_t first = bundle * kTileWidth;
  for (uint64_t i = first; i < first + bundle_width(log.size(), bundle); ++i) {
    const auto entry = log.entry_bytes(i);
    if (!entry) return entry.error();
    const auto envelope = open_envelope(*entry);
    if (envelope && (*envelope)->id()->string_view() == id) return std::optional<uint64_t>(i);
  }
  return std::optional<uint64_t>();
}

// True: the log is the other party's, since there are serials in the bundle, and none begins so. A
// bundle in which nothing can be read says nothing.
Result<bool> is_of_another(ExportedLog& log, uint64_t bundle, const std::string& prefix) {
  bool another = false;
  const uint64_t first = bundle * kTileWidth;
  for (uint64_t i = first; i < first + bundle_width(log.size(), bundle); ++i) {
    const auto entry = log.entry_bytes(i);
    if (!entry) return entry.error();
    const auto envelope = open_envelope(*entry);
    if (!envelope) continue;
    if ((*envelope)->id()->string_view().starts_with(prefix + "-")) return false;
    another = true;
  }
  return another;
}

// Messages take their places nearly in the order of their serials, a FLASH before the others; so
// the search begins where the serial would stand without that, and goes outwards.
Result<std::optional<uint64_t>> find_in_log(ExportedLog& log, const Serial& wanted) {
  if (log.size() == 0) return std::optional<uint64_t>();
  const uint64_t bundles = bundle_count(log.size());
  const uint64_t guess = (std::min(wanted.number, log.size()) - 1) / kTileWidth;
  const std::string id = format_serial(wanted);
  for (uint64_t distance = 0; distance < bundles; ++distance) {
    for (const bool ahead : {false, true}) {
      if (ahead ? guess + distance >= bundles : distance > guess) continue;
      if (ahead && distance == 0) continue;
      auto found = find_in_bundle(log, ahead ? guess + distance : guess - distance, id);
      if (!found || *found) return found;
    }
    if (distance != 0) continue;
    const auto another = is_of_another(log, guess, wanted.prefix);
    if (!another) return another.error();
    if (*another) break;
  }
  return std::optional<uint64_t>();
}

// A log belongs to the party whose serials begin so. The exporter's own messages all do; any of the
// other party's may have an unusable serial.
Result<bool> is_log_of(ExportedLog& log, const std::string& prefix) {
  if (log.size() == 0) return false;
  const uint64_t bundles = log.log() == ExportLog::sent ? 1 : bundle_count(log.size());
  for (uint64_t bundle = 0; bundle < bundles; ++bundle) {
    const auto another = is_of_another(log, bundle, prefix);
    if (!another) return another.error();
    if (!*another) return true;
  }
  return false;
}

Result<std::optional<uint64_t>> find_place(ExportedLog& log, const Serial& place) {
  if (place.number >= log.size()) return std::optional<uint64_t>();
  const auto fits = is_log_of(log, place.prefix);
  if (!fits) return fits.error();
  return *fits ? std::optional<uint64_t>(place.number) : std::optional<uint64_t>();
}

Result<MadeProof> prove(const std::string& directory, const ExportReader& reader, ExportedLog& log,
                        uint64_t index, const std::string& id) {
  MadeProof made;
  made.log = log.log();
  made.id = id;
  ProofFile& proof = made.proof;
  proof.index = index;
  auto note = find_covering_note(directory, log.log(), log.checkpoint().origin, index);
  if (!note) return note.error();
  proof.checkpoint_note = std::move(*note);
  auto names = read_proof_names(proof.checkpoint_note);
  if (!names) return names.error();
  made.names = std::move(*names);
  const uint64_t size = unverified_checkpoint(proof.checkpoint_note)->size;
  if (size > log.size()) {
    return damaged("a receipt is for " + std::to_string(size) + " messages, and it has " +
                   std::to_string(log.size()));
  }
  const TileHashes hashes(reader, log.log(), log.size());
  proof.hashes = inclusion_proof(hashes, index, size);
  if (hashes.damage()) return *hashes.damage();
  const auto entry = log.entry(index);
  if (!entry) return entry.error();
  proof.envelope = to_bytes(entry->bytes);
  if (entry->part) proof.body = HeldPart{entry->part->salt, to_bytes(entry->part->bytes)};
  auto log_certificate = read_certificate_file(reader, made.names.sender, Purpose::log);
  if (!log_certificate) return log_certificate.error();
  proof.log_certificate = std::move(*log_certificate);
  auto receipt_certificate = read_certificate_file(reader, made.names.receiver, Purpose::receipt);
  if (!receipt_certificate) return receipt_certificate.error();
  proof.receipt_certificate = std::move(*receipt_certificate);
  if (auto status = check_under_own_keys(proof); !status) return status.error();
  return made;
}

}  // namespace

Result<Bytes> read_certificate_file(const ExportReader& reader, const std::string& party,
                                    Purpose purpose) {
  const std::string path = certificate_path(party, purpose);
  const auto text = reader.read_text(path, 2 * limits::kCertificateSizeMax);
  const auto blocks = text ? parse_pem(*text) : Result<std::vector<PemBlock>>(text.error());
  if (!blocks || blocks->size() != 1) {
    return damaged(path + " is not one certificate");
  }
  return blocks->front().bytes;
}

Result<MadeProof> make_proof(const std::string& directory, const std::string& id) {
  const std::string typed = upper_case(id);
  const auto serial = parse_serial(typed);
  const auto place = parse_place(typed);
  if (!serial && !place) {
    return make_error(ErrorCode::usage, "\"" + id + "\" is no name of a message in an export",
                      "N-000123, N-123, or S-?12, which has no serial of its own");
  }
  const std::string name =
      serial ? format_serial(*serial) : format_place(place->prefix, place->number);
  const auto reader = ExportReader::open_export(directory);
  if (!reader) return reader.error();
  for (const ExportLog which : {ExportLog::sent, ExportLog::received}) {
    auto log = ExportedLog::open(*reader, which);
    if (!log) return log.error();
    const auto index = serial ? find_in_log(*log, *serial) : find_place(*log, *place);
    if (!index) return index.error();
    if (*index) return prove(directory, *reader, *log, **index, name);
  }
  return make_error(ErrorCode::not_found, "there is no message " + name + " in " + directory,
                    "hotline audit log --export " + directory + "    lists what there is");
}

}  // namespace hotline::audit
