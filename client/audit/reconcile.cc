#include "client/audit/reconcile.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "client/audit/bundle_check.h"
#include "client/audit/export_reader.h"
#include "protocol/base/limits.h"
#include "protocol/channel/journal.h"
#include "protocol/message/envelope.h"
#include "protocol/message/names.h"
#include "protocol/message/serial.h"

namespace hotline::audit {
namespace {

// Where the two transcripts part, so many entries are looked ahead for where they meet again.
constexpr uint64_t kLookAhead = 64;

Error unreadable(const std::string& directory, const std::string& path, const std::string& why) {
  return make_error(ErrorCode::malformed, directory + ": " + path + " " + why,
                    "hotline audit verify says what is wrong with it");
}

// One transcript as one party exported it. Entries that cannot be read are empty; to say why is for
// the verifier.
class Transcript {
 public:
  Transcript(const ExportReader& reader, ExportLog log, uint64_t size)
      : reader_(reader), log_(log), size_(size) {}

  uint64_t size() const { return size_; }

  // Borrowed until three other bundles were asked for.
  ByteView entry(uint64_t index) { return bundle_of(index).entry(index % kTileWidth); }
  ByteView leaf(uint64_t index) { return bundle_of(index).leaf(index % kTileWidth); }

  std::string name(uint64_t index) {
    const auto envelope = open_envelope(entry(index));
    const std::string id = envelope ? (*envelope)->id()->str() : "";
    return parse_written_serial(id) ? id : entry_name(log_, index);
  }

 private:
  struct Bundle {
    uint64_t number = UINT64_MAX;
    FileBuffer file;
    FileBuffer tile;
    std::vector<ByteView> entries;

    ByteView entry(size_t place) const {
      return place < entries.size() ? entries[place] : ByteView();
    }
    ByteView leaf(size_t place) const {
      const ByteView bytes = tile.bytes();
      const size_t at = place * sizeof(Hash);
      return at + sizeof(Hash) <= bytes.size() ? bytes.subspan(at, sizeof(Hash)) : ByteView();
    }
  };

  // Looking ahead goes to and fro between two neighbours.
  Bundle& bundle_of(uint64_t index) {
    const uint64_t number = index / kTileWidth;
    Bundle& bundle = bundles_[number % std::size(bundles_)];
    if (bundle.number == number) return bundle;
    const unsigned width = bundle_width(size_, number);
    bundle.number = number;
    bundle.entries.clear();
    if (reader_.read(entries_path(log_, number, width), kEntriesFileSizeMax, bundle.file)) {
      ByteView rest = bundle.file.bytes();
      bundle.entries = take_items(rest, kEntryLengthSize, kTileWidth);
    }
    if (!reader_.read(tile_path(log_, 0, number, width), kTileFileSizeMax, bundle.tile)) {
      bundle.tile = FileBuffer();
    }
    return bundle;
  }

  const ExportReader& reader_;
  const ExportLog log_;
  const uint64_t size_;
  Bundle bundles_[3];
};

// Places of the peer's transcript that a party took back because its store was lost, and with the
// store the receipts that it had given for them.
struct TakenBackPlaces {
  uint64_t first = 0;
  uint64_t end = 0;
};

// One export as far as reconciling needs it.
struct Side {
  explicit Side(ExportReader opened) : reader(std::move(opened)) {}

  ExportReader reader;
  std::string directory;
  std::string party;
  std::string peer;
  ChannelName channel;
  LogSizes sizes;
  std::vector<TakenBackPlaces> taken_back;
};

// A checkpoint may claim any size, and nobody has checked it here: its entries are looked for
// before they are counted, so that the work is no more than what is there.
Status find_bundles(const Side& side, ExportLog log, uint64_t size) {
  for (uint64_t bundle = 0; bundle < bundle_count(size); ++bundle) {
    const std::string path = entries_path(log, bundle, bundle_width(size, bundle));
    if (!side.reader.has(path)) return unreadable(side.directory, path, "is missing");
  }
  return ok();
}

Result<uint64_t> read_size(const Side& side, ExportLog log) {
  if (log != ExportLog::journal && !side.reader.has(log_name(log))) return uint64_t{0};
  const std::string path = checkpoint_path(log);
  const auto text = side.reader.read_text(path, limits::kNoteSizeMax);
  if (!text) return unreadable(side.directory, path, text.error().reason);
  const auto checkpoint = unverified_checkpoint(*text);
  if (!checkpoint) return unreadable(side.directory, path, checkpoint.error().reason);
  return checkpoint->size;
}

Status read_identity(Side& side) {
  const std::string path =
      entries_path(ExportLog::journal, 0, bundle_width(side.sizes[ExportLog::journal], 0));
  FileBuffer file;
  if (Status read = side.reader.read(path, kEntriesFileSizeMax, file); !read) {
    return unreadable(side.directory, path, read.error().reason);
  }
  ByteView rest = file.bytes();
  const auto entries = take_items(rest, kEntryLengthSize, 1);
  if (entries.empty()) return unreadable(side.directory, path, "has no entry");
  const auto entry = open_flatbuffer<wire::Entry>(entries.front(), kJournalEntryIdentifier);
  const wire::StoreCreated* created = entry ? (*entry)->fact_as_StoreCreated() : nullptr;
  if (created == nullptr || created->party() == nullptr || created->peer() == nullptr) {
    return unreadable(side.directory, path, "does not begin with StoreCreated");
  }
  side.party = created->party()->str();
  side.peer = created->peer()->str();
  if (!is_party_id(side.party) || !is_party_id(side.peer)) {
    return unreadable(side.directory, path, "names no two parties");
  }
  const auto* id = created->channel()->bytes();
  std::copy(id->begin(), id->end(), side.channel.id.begin());
  side.channel.exercise = created->exercise();
  return ok();
}

bool was_recovered(const Side& side) {
  const auto note =
      side.reader.read_text(checkpoint_path(ExportLog::journal), limits::kNoteSizeMax);
  const std::string first = journal_origin(side.channel, side.party, 0);
  return note && epoch_in(note->substr(0, note->find('\n')), first).value_or(0) > 0;
}

// Entries that cannot be read say nothing, so that no difference is explained by them.
class TakenBackStretches {
 public:
  void take(const wire::Entry& entry) {
    if (const auto* received = entry.fact_as_Received()) size_ = received->index() + 1;
    const auto recovers = recovers_from(entry);
    // A recovery that was broken off has taken back some of them.
    if (recovers == true && !first_) first_ = size_;
    if (recovers == false && first_) all_.push_back({*std::exchange(first_, {}), size_});
  }
  std::vector<TakenBackPlaces> all() && { return std::move(all_); }

 private:
  uint64_t size_ = 0;
  std::optional<uint64_t> first_;
  std::vector<TakenBackPlaces> all_;
};

Status read_taken_back(Side& side) {
  const uint64_t size = side.sizes[ExportLog::journal];
  TakenBackStretches stretches;
  FileBuffer file;
  for (uint64_t bundle = 0; bundle < bundle_count(size); ++bundle) {
    const std::string path = entries_path(ExportLog::journal, bundle, bundle_width(size, bundle));
    if (Status read = side.reader.read(path, kEntriesFileSizeMax, file); !read) {
      return unreadable(side.directory, path, read.error().reason);
    }
    ByteView rest = file.bytes();
    for (const ByteView bytes : take_items(rest, kEntryLengthSize, kTileWidth)) {
      const auto entry = open_flatbuffer<wire::Entry>(bytes, kJournalEntryIdentifier);
      if (entry) stretches.take(**entry);
    }
  }
  side.taken_back = std::move(stretches).all();
  return ok();
}

Result<std::unique_ptr<Side>> open_side(const std::string& directory) {
  auto reader = ExportReader::open_export(directory);
  if (!reader) return reader.error();
  auto side = std::make_unique<Side>(*std::move(reader));
  side->directory = directory;
  for (const ExportLog log : kExportLogs) {
    const auto size = read_size(*side, log);
    if (!size) return size.error();
    side->sizes[log] = *size;
  }
  if (Status status = read_identity(*side); !status) return status.error();
  for (const ExportLog log : {ExportLog::sent, ExportLog::received}) {
    if (Status status = find_bundles(*side, log, side->sizes[log]); !status) return status.error();
  }
  if (was_recovered(*side)) {
    if (Status status = read_taken_back(*side); !status) return status.error();
  }
  return side;
}

// Follows two transcripts that should be one.
class Comparison {
 public:
  Comparison(const std::array<std::string, 2>& parties, Transcript& first, Transcript& second,
             TranscriptComparison& result)
      : parties_(parties), both_{&first, &second}, result_(result) {}

  void run() {
    result_.sizes = {both_[0]->size(), both_[1]->size()};
    while (at_[0] < both_[0]->size() && at_[1] < both_[1]->size()) {
      if (same(at_[0], at_[1])) {
        ++at_[0];
        ++at_[1];
      } else {
        pass_difference();
      }
    }
    for (size_t side = 0; side < 2; ++side) {
      while (at_[side] < both_[side]->size()) note_only_at(side);
    }
  }

 private:
  bool same(uint64_t first, uint64_t second) {
    const ByteView a = both_[0]->entry(first);
    const ByteView b = both_[1]->entry(second);
    const ByteView a_leaf = both_[0]->leaf(first);
    const ByteView b_leaf = both_[1]->leaf(second);
    return !a.empty() && std::ranges::equal(a, b) && std::ranges::equal(a_leaf, b_leaf);
  }

  // The nearest place where the two are the same again decides what is only at one of them.
  void pass_difference() {
    for (uint64_t distance = 1; distance <= kLookAhead; ++distance) {
      for (size_t side = 0; side < 2; ++side) {
        std::array<uint64_t, 2> ahead = at_;
        ahead[side] += distance;
        if (ahead[side] >= both_[side]->size() || !same(ahead[0], ahead[1])) continue;
        while (at_[side] < ahead[side]) note_only_at(side);
        return;
      }
      if (at_[0] + distance < both_[0]->size() && at_[1] + distance < both_[1]->size() &&
          same(at_[0] + distance, at_[1] + distance)) {
        break;
      }
    }
    note(both_[0]->name(at_[0]) + " is another at " + upper_case(parties_[1]));
    ++at_[0];
    ++at_[1];
  }

  void note_only_at(size_t side) {
    note(result_.different < kDifferencesMax
             ? both_[side]->name(at_[side]) + " only at " + upper_case(parties_[side])
             : std::string());
    ++at_[side];
  }

  void note(std::string words) {
    if (result_.different++ < kDifferencesMax) result_.differences.push_back(std::move(words));
  }

  const std::array<std::string, 2>& parties_;
  std::array<Transcript*, 2> both_;
  std::array<uint64_t, 2> at_{};
  TranscriptComparison& result_;
};

// The notes of one LOG/cosigned, in order.
class NoteStream {
 public:
  NoteStream(const ExportReader& reader, ExportLog log) {
    if (!reader.has(cosigned_path(log))) return;
    if (auto stream = ExportReader::Stream::open(reader, cosigned_path(log))) {
      stream_.emplace(*std::move(stream));
    }
    advance();
  }

  bool done() const { return !size_; }
  uint64_t size() const { return *size_; }  // That the checkpoint says; its root likewise.
  const Hash& root() const { return root_; }
  const std::string& note() const { return note_; }
  uint64_t count() const { return count_; }

  void advance() {
    size_.reset();
    const auto length = take(kNoteLengthSize);
    if (!length) return;
    const auto note = take(static_cast<size_t>((*length)[0]) << 8 | (*length)[1]);
    if (!note) return;
    note_ = as_text(*note);
    const auto checkpoint = unverified_checkpoint(note_);
    if (!checkpoint) return;
    size_ = checkpoint->size;
    root_ = checkpoint->root;
    ++count_;
  }

 private:
  std::optional<Bytes> take(size_t size) {
    Bytes bytes;
    if (!stream_ || !stream_->read(size, bytes) || bytes.size() != size) return std::nullopt;
    return bytes;
  }

  std::optional<ExportReader::Stream> stream_;
  std::optional<uint64_t> size_;
  Hash root_{};
  std::string note_;
  uint64_t count_ = 0;
};

// The receiver gave a receipt of this size before its store was lost, as far as it says itself.
bool was_lost(const Side& receiver, uint64_t size) {
  return std::ranges::any_of(receiver.taken_back, [&](const TakenBackPlaces& stretch) {
    return stretch.first < size && size <= stretch.end;
  });
}

// Compares the receipts that the sender holds with those that the receiver gave.
void compare_receipts(const Side& sender, const Side& receiver, uint64_t& held_count,
                      uint64_t& given_count, TranscriptComparison& transcript,
                      Reconciliation& result) {
  uint64_t receipted = 0;
  NoteStream held(sender.reader, ExportLog::sent);
  NoteStream given(receiver.reader, ExportLog::received);
  const auto note = [&](const std::string& words) {
    if (result.receipts_different++ < kDifferencesMax) {
      result.receipt_differences.push_back("receipt for " + std::to_string(held.size()) + " of " +
                                           upper_case(sender.party) + " " + words);
    }
  };
  while (!held.done()) {
    while (!given.done() && given.size() < held.size()) given.advance();
    if (given.done() || given.size() > held.size()) {
      // A receipt given after the receiver's export was taken cannot be in it.
      if (held.size() > receiver.sizes[ExportLog::received]) {
        // Nothing is said of it.
      } else if (was_lost(receiver, held.size())) {
        ++transcript.receipts_lost;
      } else {
        note("only at " + upper_case(sender.party));
      }
    } else if (held.note() == given.note()) {
      // The same.
    } else if (was_lost(receiver, held.size()) && held.root() == given.root()) {
      ++transcript.receipts_lost;  // It gave another one for the same.
    } else {
      note("is another at " + upper_case(receiver.party));
    }
    receipted = std::max(receipted, held.size());
    held.advance();
  }
  const uint64_t both = std::min(transcript.sizes[0], transcript.sizes[1]);
  transcript.unreceipted = both - std::min(both, receipted);
  while (!given.done()) given.advance();
  held_count += held.count();
  given_count += given.count();
}

}  // namespace

uint64_t Reconciliation::differences() const {
  return transcripts[0].different + transcripts[1].different + receipts_different;
}

Result<Reconciliation> reconcile_exports(const std::string& first, const std::string& second) {
  std::array<std::unique_ptr<Side>, 2> sides;
  for (size_t i = 0; i < 2; ++i) {
    auto side = open_side(i == 0 ? first : second);
    if (!side) return side.error();
    sides[i] = *std::move(side);
  }
  const Side& a = *sides[0];
  const Side& b = *sides[1];
  if (a.channel != b.channel) {
    return make_error(ErrorCode::usage, first + " and " + second + " are of different channels",
                      "name one export of each party of one channel");
  }
  if (a.party != b.peer || a.peer != b.party) {
    return make_error(ErrorCode::usage,
                      first + " is " + upper_case(a.party) + "'s and " + second + " is " +
                          upper_case(b.party) + "'s: not the two parties of one channel",
                      "name one export of each party");
  }
  Reconciliation result;
  result.parties = {a.party, b.party};
  for (size_t sender = 0; sender < 2; ++sender) {
    TranscriptComparison& transcript = result.transcripts[sender];
    transcript.sender = result.parties[sender];
    const ExportLog log_of_a = sender == 0 ? ExportLog::sent : ExportLog::received;
    const ExportLog log_of_b = sender == 0 ? ExportLog::received : ExportLog::sent;
    Transcript at_a(a.reader, log_of_a, a.sizes[log_of_a]);
    Transcript at_b(b.reader, log_of_b, b.sizes[log_of_b]);
    Comparison(result.parties, at_a, at_b, transcript).run();
  }
  compare_receipts(a, b, result.receipts[0], result.receipts[1], result.transcripts[0], result);
  compare_receipts(b, a, result.receipts[1], result.receipts[0], result.transcripts[1], result);
  return result;
}

}  // namespace hotline::audit
