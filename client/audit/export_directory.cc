#include "client/audit/export_directory.h"

#include <algorithm>

#include "protocol/channel/journal.h"
#include "protocol/log/note.h"
#include "protocol/message/envelope.h"

namespace hotline::audit {
namespace {

std::string numbered_file(std::string directory, uint64_t number, unsigned width) {
  directory += number_path(number);
  if (width < kTileWidth) directory += ".p/" + std::to_string(width);
  return directory;
}

std::string in_log(ExportLog log, std::string_view name) {
  return std::string(log_name(log)) + "/" + std::string(name);
}

// The salted name of a person, in whatever fact has one; a new fact that is not listed does not
// compile.
template <class... Facts>
struct FactList {
  static_assert(sizeof...(Facts) == static_cast<size_t>(wire::Fact::MAX));
};
using AllFacts =
    FactList<wire::StoreCreated, wire::Started, wire::Stopped, wire::ClockStepped,
             wire::LinkChanged, wire::Released, wire::Numbered, wire::ReceiptHeld, wire::Received,
             wire::ReceiptGiven, wire::StepsDecided, wire::AttemptEnded, wire::RequestRefused,
             wire::LinkRefused, wire::AlarmRaised, wire::EvidenceKept, wire::SignedOn,
             wire::JournalWitnessed, wire::Exported, wire::TestCallMissed, wire::ConflictFound,
             wire::ConflictEnded, wire::DraftSaved, wire::DraftDiscarded, wire::DraftSubmitted,
             wire::DraftReturned, wire::ConditionBegan, wire::ConditionEnded, wire::AgreementBegan,
             wire::HandoverStarted, wire::HandoverAccepted, wire::LadderPaused,
             wire::GuarantorNoted, wire::ExerciseClockSet, wire::LadderRaised, wire::NotifiersTried,
             wire::StoreRestored, wire::EpochBegan, wire::RecoveryConfirmed, wire::ForkResolved>;

template <class Fact>
const wire::Digest* name_hash(const wire::Entry& entry) {
  if constexpr (requires(const Fact& fact) { fact.name_hash(); }) {
    if (const auto* fact = entry.fact_as<Fact>()) return fact->name_hash();
  }
  return nullptr;
}

template <class... Facts>
std::optional<NamedPart> part_of(const wire::Entry& entry, FactList<Facts...>) {
  const wire::Digest* hash = nullptr;
  ((hash = hash != nullptr ? hash : name_hash<Facts>(entry)), ...);
  if (hash == nullptr) return std::nullopt;
  return NamedPart{to_hash(*hash), std::nullopt};
}

}  // namespace

std::string number_path(uint64_t number) {
  std::string digits = std::to_string(number);
  digits.insert(0, (3 - digits.size() % 3) % 3, '0');
  std::string path;
  for (size_t i = 0; i < digits.size(); i += 3) {
    const bool is_last = i + 3 == digits.size();
    path += (is_last ? "" : "x") + digits.substr(i, 3) + (is_last ? "" : "/");
  }
  return path;
}

const char* log_name(ExportLog log) {
  switch (log) {
    case ExportLog::journal:
      return "journal";
    case ExportLog::sent:
      return "sent";
    case ExportLog::received:
      return "received";
  }
  return "unknown";
}

// The only place where an origin is taken apart; it is put together again and compared whole.
std::optional<OriginNames> names_in_origin(const std::string& origin, OriginOf& origin_of) {
  std::vector<std::string> pieces(1);
  for (const char c : origin) {
    if (c == '/') {
      pieces.emplace_back();
    } else {
      pieces.back() += c;
    }
  }
  if (pieces.size() < 4) return std::nullopt;  // hotline/CHANNEL/MODE/PARTY/...
  const auto id = from_hex(pieces[1]);
  OriginNames read;
  if (!id || id->size() != read.channel.id.size() || !is_party_id(pieces[3])) return std::nullopt;
  std::copy(id->begin(), id->end(), read.channel.id.begin());
  read.channel.exercise = pieces[2] == "exercise";
  read.party = pieces[3];
  const auto epoch = epoch_in(origin, origin_of(read.channel, read.party, 0));
  if (!epoch) return std::nullopt;
  read.epoch = *epoch;
  return read;
}

uint64_t claimed_epoch(std::string_view note, const CheckpointTrust& first) {
  return epoch_in(note.substr(0, note.find('\n')), first.origin).value_or(0);
}

CheckpointTrust in_epoch(const CheckpointTrust& first, uint64_t epoch) {
  CheckpointTrust trust = first;
  trust.origin = origin_in(first.origin, epoch);
  return trust;
}

size_t read_big_endian(const uint8_t* bytes, size_t size) {
  size_t number = 0;
  for (size_t i = 0; i < size; ++i) number = number << 8 | bytes[i];
  return number;
}

std::vector<ByteView> take_items(ByteView& file, size_t length_size, size_t count_max) {
  std::vector<ByteView> items;
  while (file.size() >= length_size && items.size() < count_max) {
    const size_t size = read_big_endian(file.data(), length_size);
    if (file.size() - length_size < size) break;
    items.push_back(file.subspan(length_size, size));
    file = file.subspan(length_size + size);
  }
  return items;
}

Result<Checkpoint> unverified_checkpoint(std::string_view note) {
  const auto parsed = parse_note(note);
  if (!parsed) return parsed.error();
  return parse_checkpoint_text(parsed->text);
}

uint64_t tile_hash_count(uint64_t size, unsigned level) {
  const unsigned shift = kTileHeight * level;
  return shift < 64 ? size >> shift : 0;
}

uint64_t bundle_count(uint64_t size) {
  return size / kTileWidth + (size % kTileWidth != 0 ? 1 : 0);
}

unsigned bundle_width(uint64_t size, uint64_t bundle) {
  return static_cast<unsigned>(std::min(kTileWidth, size - bundle * kTileWidth));
}

std::string tile_path(ExportLog log, unsigned level, uint64_t tile, unsigned width) {
  return numbered_file(in_log(log, "tile/") + std::to_string(level) + "/", tile, width);
}

std::string entries_path(ExportLog log, uint64_t bundle, unsigned width) {
  return numbered_file(in_log(log, "tile/entries/"), bundle, width);
}

std::string parts_path(ExportLog log, uint64_t bundle, unsigned width) {
  return numbered_file(in_log(log, "parts/"), bundle, width);
}

std::string checkpoint_path(ExportLog log) {
  return in_log(log, "checkpoint");
}

std::string cosigned_path(ExportLog log) {
  return in_log(log, "cosigned");
}

std::string certificate_path(std::string_view party, Purpose purpose) {
  return std::string(kCertificatesDirectory) + "/" + std::string(party) + "-" +
         purpose_name(purpose) + ".crt";
}

std::optional<NamedPart> named_part(const wire::Entry& entry) {
  return part_of(entry, AllFacts());
}

std::optional<NamedPart> named_part(const wire::Envelope& envelope) {
  if (envelope.parts()->size() == 0) return std::nullopt;
  const wire::Part& body = *envelope.parts()->Get(0);
  return NamedPart{to_hash(*body.hash()), body.size()};
}

std::optional<NamedPart> named_part(ExportLog log, ByteView entry) {
  if (log == ExportLog::journal) {
    const auto opened = open_flatbuffer<wire::Entry>(entry, kJournalEntryIdentifier);
    return opened ? named_part(**opened) : std::nullopt;
  }
  const auto envelope = open_envelope(entry);
  return envelope ? named_part(**envelope) : std::nullopt;
}

}  // namespace hotline::audit
