#include "tests/audit/resealed.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "certs/key_file.h"
#include "client/audit/bundle_check.h"
#include "client/audit/export_writer.h"
#include "protocol/channel/journal.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/merkle.h"
#include "protocol/log/note.h"
#include "protocol/message/envelope.h"
#include "tests/audit/export_fixture.h"

namespace hotline::audit {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> split(const std::string& file, size_t length_size) {
  std::vector<std::string> records;
  for (size_t at = 0; at < file.size();) {
    size_t size = 0;
    for (size_t i = 0; i < length_size; ++i) size = size << 8 | static_cast<uint8_t>(file[at + i]);
    records.push_back(file.substr(at + length_size, size));
    at += length_size + size;
  }
  return records;
}

Checkpoint checkpoint_of(const std::string& directory, ExportLog log) {
  const auto note = parse_note(read_whole(directory + "/" + checkpoint_path(log)));
  return *parse_checkpoint_text(note->text);
}

template <class Table>
wire::Fact fact_type(flatbuffers::Offset<Table>) {
  return wire::FactTraits<Table>::enum_value;
}

std::string entry_of(int64_t at, const auto& build) {
  flatbuffers::FlatBufferBuilder builder;
  const wire::Digest salt = to_digest(sha256({as_bytes("salt " + std::to_string(at))}));
  const auto fact = build(builder);
  builder.Finish(wire::CreateEntry(builder, at, &salt, fact_type(fact), fact.Union()),
                 kJournalEntryIdentifier);
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

void must(const Status& status) {
  if (!status) throw std::runtime_error(status.error().reason);
}

}  // namespace

LogContent read_log(const std::string& directory, ExportLog log) {
  const uint64_t size = checkpoint_of(directory, log).size;
  LogContent content;
  for (uint64_t bundle = 0; bundle < bundle_count(size); ++bundle) {
    const unsigned width = bundle_width(size, bundle);
    const auto add = [&](std::vector<std::string>& to, const std::string& path, size_t length) {
      for (std::string& one : split(read_whole(directory + "/" + path), length)) {
        to.push_back(std::move(one));
      }
    };
    add(content.entries, entries_path(log, bundle, width), kEntryLengthSize);
    add(content.parts, parts_path(log, bundle, width), kPartLengthSize);
  }
  return content;
}

void reseal_log(const std::string& directory, ExportLog log, const LogContent& content,
                const std::string& pki, const std::string& party) {
  const std::string beside = directory + ".resealed";
  fs::remove_all(beside);
  Frontier frontier;
  {
    auto writer = ExportWriter::create(beside);
    if (!writer) throw std::runtime_error(writer.error().reason);
    for (size_t i = 0; i < content.entries.size(); ++i) {
      const ByteView entry = as_bytes(content.entries[i]);
      const std::string& part = content.parts[i];
      std::optional<SaltedPart> salted;
      if (!part.empty()) {
        salted.emplace();
        std::copy_n(part.begin(), sizeof(Hash), salted->salt.begin());
        salted->bytes = as_bytes(std::string_view(part).substr(sizeof(Hash)));
      }
      must(writer->append(log, entry, leaf_hash(entry), salted));
      frontier.append(leaf_hash(entry));
    }
    must(writer->finish());
  }
  const std::string checkpoint =
      forged_checkpoint(directory, log, frontier.size(), frontier.root(), pki, party);
  write_whole(directory + "/" + checkpoint_path(log), checkpoint);
  for (const char* name : {"/tile", "/parts"}) {
    const std::string path = std::string("/") + log_name(log) + name;
    fs::remove_all(directory + path);
    fs::rename(beside + path, directory + path);
  }
  fs::remove_all(beside);
}

std::string forged_checkpoint(const std::string& directory, ExportLog log, uint64_t size,
                              const Hash& root, const std::string& pki, const std::string& party) {
  Checkpoint checkpoint = checkpoint_of(directory, log);
  checkpoint.size = size;
  checkpoint.root = root;
  const PkeyPtr key = *load_private_key(pki + "/" + party + "/log.key");
  auto signer = Ed25519Signer::create(*ed25519_seed(key.get()));
  const size_t end = checkpoint.origin.find("/" + party + "/") + 1 + party.size();
  return sign_checkpoint(checkpoint,
                         {checkpoint.origin.substr(0, end), kNoteTypeEd25519, signer->public_key()},
                         *signer);
}

std::string made_up_entry(int64_t at) {
  return entry_of(at, [](flatbuffers::FlatBufferBuilder& builder) {
    return wire::CreateLinkChanged(builder, wire::LinkChange::up,
                                   builder.CreateString("as if nothing had been"));
  });
}

std::string store_restored_entry() {
  return entry_of(0, [](flatbuffers::FlatBufferBuilder& builder) {
    return wire::CreateStoreRestored(builder);
  });
}

std::string epoch_began_entry() {
  return entry_of(0, [](flatbuffers::FlatBufferBuilder& builder) {
    return wire::CreateEpochBegan(builder, false, 1, 0, false);
  });
}

std::string recovery_confirmed_entry(uint64_t epoch) {
  return entry_of(kMadeHistoryBegins, [epoch](flatbuffers::FlatBufferBuilder& builder) {
    return wire::CreateRecoveryConfirmed(builder, epoch);
  });
}

std::string evidence_entry(wire::EvidenceKind kind, const std::string& first,
                           const std::string& second) {
  return entry_of(kMadeHistoryBegins, [&](flatbuffers::FlatBufferBuilder& builder) {
    const auto one = builder.CreateString(first);
    const auto other = builder.CreateString(second);
    return wire::CreateEvidenceKept(builder, kind, one, other);
  });
}

}  // namespace hotline::audit
