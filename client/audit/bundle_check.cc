#include "client/audit/bundle_check.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "protocol/base/sha256.h"
#include "protocol/channel/journal.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/merkle.h"
#include "protocol/message/envelope.h"
#include "protocol/message/serial.h"

namespace hotline::audit {
namespace {

Hash root_of(std::span<const Hash> leaves) {
  Frontier frontier;
  for (const Hash& leaf : leaves) frontier.append(leaf);
  return frontier.root();
}

// Only what a serial may look like is repeated on anybody's screen.
std::string printable_id(const wire::Envelope& envelope) {
  const std::string id = envelope.id()->str();
  return parse_written_serial(id) ? id : "";
}

}  // namespace

void BundleCheck::check(uint64_t bundle, BundleOutcome& outcome) {
  outcome_ = &outcome;
  bundle_ = bundle;
  first_ = bundle * kTileWidth;
  width_ = bundle_width(log_size_, bundle);
  outcome.width = width_;
  outcome.fault.reset();
  outcome.after.reset();
  outcome.fact_fault.reset();
  outcome.facts.clear();
  outcome.epochs.clear();
  outcome.bodies_missing = 0;
  if (!read_files(bundle)) return;
  split_entries();
  split_parts();
  parts_to_check_.clear();
  for (unsigned place = 0; place < readable_; ++place) open_entry(place);
  compare_hashes();
  if (width_ == kTileWidth && !outcome.fault) outcome.subtree_root = root_of(outcome.leaves);
}

bool BundleCheck::read_files(uint64_t bundle) {
  const struct {
    std::string path;
    size_t size_max;
    FileBuffer& buffer;
  } files[] = {
      {entries_path(log_, bundle, width_), kEntriesFileSizeMax, entries_file_},
      {parts_path(log_, bundle, width_), kPartsFileSizeMax, parts_file_},
      {tile_path(log_, 0, bundle, width_), kTileFileSizeMax, tile_file_},
  };
  for (const auto& file : files) {
    if (Status status = reader_.read(file.path, file.size_max, file.buffer); !status) {
      fail(0, file.path + " " + status.error().reason);
      return false;
    }
  }
  if (tile_file_.bytes().size() == width_ * sizeof(Hash)) return true;
  fail(0, files[2].path + " is not of its size");
  return false;
}

void BundleCheck::split_entries() {
  ByteView rest = entries_file_.bytes();
  readable_ = 0;
  hash_inputs_.clear();
  while (readable_ < width_) {
    if (rest.size() < kEntryLengthSize) return fail(readable_, "its bytes are missing");
    const size_t size = read_big_endian(rest.data(), kEntryLengthSize);
    if (rest.size() - kEntryLengthSize < size) return fail(readable_, "its bytes end too early");
    entries_[readable_] = rest.subspan(kEntryLengthSize, size);
    // The byte before the entry, the last of its length, becomes the prefix of a leaf (RFC 6962),
    // so that nothing need be copied to be hashed.
    uint8_t* const prefix =
        entries_file_.data() + (entries_[readable_].data() - entries_file_.data()) - 1;
    *prefix = 0x00;
    hash_inputs_.emplace_back(prefix, size + 1);
    rest = rest.subspan(kEntryLengthSize + size);
    ++readable_;
  }
  if (!rest.empty()) {
    outcome_->after =
        Fault{entries_path(log_, bundle_, width_),
              "it has " + std::to_string(rest.size()) + " bytes after its last entry"};
  }
}

void BundleCheck::split_parts() {
  ByteView rest = parts_file_.bytes();
  for (unsigned place = 0; place < width_; ++place) {
    parts_[place] = {};
    if (rest.size() < kPartLengthSize) return fail(place, "its part is missing");
    const size_t size = read_big_endian(rest.data(), kPartLengthSize);
    if (size > rest.size() - kPartLengthSize) return fail(place, "its part ends too early");
    if (size != 0 && (size < sizeof(Hash) || size > kPartSizeMax)) {
      return fail(place, "its part cannot have " + std::to_string(size) + " bytes with its salt");
    }
    parts_[place] = rest.subspan(kPartLengthSize, size);
    rest = rest.subspan(kPartLengthSize + size);
  }
  if (!rest.empty() && !outcome_->after) {
    outcome_->after = Fault{parts_path(log_, bundle_, width_),
                            "it has " + std::to_string(rest.size()) + " bytes after its last part"};
  }
}

void BundleCheck::open_entry(unsigned place) {
  if (log_ == ExportLog::journal) {
    open_journal_entry(place);
  } else {
    open_envelope_at(place);
  }
}

// Entries lie anywhere in a bundle; what is opened wants to be aligned, and would else be copied to
// memory allocated for it.
ByteView BundleCheck::aligned(ByteView entry) {
  auto* const bytes = reinterpret_cast<uint8_t*>(aligned_.data());
  if (!entry.empty()) std::memcpy(bytes, entry.data(), entry.size());
  return {bytes, entry.size()};
}

void BundleCheck::open_envelope_at(unsigned place) {
  const auto envelope = open_envelope(aligned(entries_[place]));
  expect_part(place, envelope ? named_part(**envelope) : std::nullopt);
  if (!envelope || (*envelope)->epoch() == nullptr) return;
  const wire::Epoch& epoch = *(*envelope)->epoch();
  if (begins_epoch(**envelope, epoch.number(), epoch.size(), to_hash(*epoch.root()))) {
    outcome_->epochs.push_back(
        {entry_at(place), epoch.number(), epoch.size(), to_hash(*epoch.root())});
  }
}

void BundleCheck::open_journal_entry(unsigned place) {
  const auto entry =
      open_flatbuffer<wire::Entry>(aligned(entries_[place]), kJournalEntryIdentifier);
  if (!entry) {
    expect_part(place, std::nullopt);
    return fail_fact(place, "it cannot be read: " + entry.error().reason);
  }
  outcome_->at[place] = machine_time(**entry);
  expect_part(place, named_part(**entry));
  read_fact(place, **entry);
}

void BundleCheck::expect_part(unsigned place, const std::optional<NamedPart>& named) {
  const ByteView part = parts_[place];
  if (part.empty()) {
    if (!named || log_ == ExportLog::journal) return;
    if (outcome_->bodies_missing++ == 0) outcome_->first_missing = entry_at(place);
    return;
  }
  if (!named) return fail(place, "a part is held that it does not name");
  if (named->size && *named->size != part.size() - sizeof(Hash)) {
    return fail(place, "its part is not as long as it says");
  }
  parts_to_check_.push_back({place, named->hash});
  hash_inputs_.push_back(part);
}

void BundleCheck::compare_hashes() {
  hashes_.resize(hash_inputs_.size());
  sha256_each(hash_inputs_, hashes_);
  const ByteView tile = tile_file_.bytes();
  for (unsigned place = 0; place < readable_; ++place) {
    outcome_->leaves[place] = hashes_[place];
    if (std::memcmp(hashes_[place].data(), tile.data() + place * sizeof(Hash), sizeof(Hash)) != 0) {
      fail(place, "its hash is not the one in " + tile_path(log_, 0, bundle_, width_));
      break;
    }
  }
  for (size_t i = 0; i < parts_to_check_.size(); ++i) {
    if (hashes_[readable_ + i] == parts_to_check_[i].hash) continue;
    fail(parts_to_check_[i].place, log_ == ExportLog::journal
                                       ? "the name held with it is not the one it was written with"
                                       : "its body is not the one it was sent with");
    break;
  }
}

// The lowest entry's fault is kept.
void BundleCheck::fail(unsigned place, std::string reason) {
  if (outcome_->fault && outcome_->fault->entry <= entry_at(place)) return;
  std::string id;
  if (log_ != ExportLog::journal && place < readable_) {
    if (const auto envelope = open_envelope(entries_[place])) id = printable_id(**envelope);
  }
  outcome_->fault = EntryFault{entry_at(place), std::move(reason), std::move(id)};
}

void BundleCheck::fail_fact(unsigned place, std::string reason) {
  if (outcome_->fact_fault && outcome_->fact_fault->entry <= entry_at(place)) return;
  outcome_->fact_fault = EntryFault{entry_at(place), std::move(reason), {}};
}

void BundleCheck::read_fact(unsigned place, const wire::Entry& entry) {
  JournalFact fact;
  fact.entry = entry_at(place);
  fact.at = machine_time(entry);
  const bool is_first = fact.entry == 0;
  if (is_first != (entry.fact_type() == wire::Fact::StoreCreated)) {
    return fail_fact(place, is_first ? "a journal begins with StoreCreated, and it is another"
                                     : "only entry 0 may be StoreCreated");
  }
  switch (entry.fact_type()) {
    case wire::Fact::StoreCreated: {
      const wire::StoreCreated& created = *entry.fact_as_StoreCreated();
      const auto* id = created.channel()->bytes();
      const bool same = created.party() != nullptr && created.party()->str() == trust_->party &&
                        created.peer() != nullptr && created.peer()->str() == trust_->peer &&
                        created.exercise() == trust_->channel.exercise &&
                        std::equal(id->begin(), id->end(), trust_->channel.id.begin());
      if (!same) fail_fact(place, "it names other parties or another channel than the checkpoint");
      return;
    }
    case wire::Fact::Released: {
      fact.kind = JournalFact::Kind::released;
      fact.number = entry.fact_as_Released()->serial();
      fact.hash = to_hash(*entry.fact_as_Released()->leaf_hash());
      outcome_->facts.push_back(std::move(fact));
      return;
    }
    case wire::Fact::Received: {
      fact.kind = JournalFact::Kind::received;
      fact.number = entry.fact_as_Received()->index();
      fact.hash = to_hash(*entry.fact_as_Received()->leaf_hash());
      outcome_->facts.push_back(std::move(fact));
      return;
    }
    case wire::Fact::Numbered:
      return read_numbered(std::move(fact), *entry.fact_as_Numbered());
    case wire::Fact::ReceiptHeld: {
      const wire::ReceiptHeld& receipt = *entry.fact_as_ReceiptHeld();
      fact.kind = JournalFact::Kind::receipt_held;
      return read_receipt(std::move(fact), receipt.size(), receipt.note()->string_view());
    }
    case wire::Fact::ReceiptGiven: {
      const wire::ReceiptGiven& receipt = *entry.fact_as_ReceiptGiven();
      fact.kind = JournalFact::Kind::receipt_given;
      return read_receipt(std::move(fact), receipt.size(), receipt.note()->string_view());
    }
    case wire::Fact::EpochBegan: {
      const wire::EpochBegan& began = *entry.fact_as_EpochBegan();
      fact.kind = began.incoming() ? JournalFact::Kind::peers_epoch : JournalFact::Kind::own_epoch;
      fact.number = began.first();
      fact.epoch = began.number();
      outcome_->facts.push_back(std::move(fact));
      if (!began.incoming()) outcome_->epochs.push_back({entry_at(place), began.number(), 0, {}});
      return;
    }
    case wire::Fact::RecoveryConfirmed:
      fact.kind = JournalFact::Kind::recovery_confirmed;
      fact.epoch = entry.fact_as_RecoveryConfirmed()->epoch();
      outcome_->facts.push_back(std::move(fact));
      return;
    default:
      return;
  }
}

// A checkpoint that was cosigned later was checked with its cosignature already; its signature need
// not be checked again.
void BundleCheck::read_numbered(JournalFact fact, const wire::Numbered& numbered) {
  const auto place = static_cast<unsigned>(fact.entry - first_);
  fact.kind = JournalFact::Kind::numbered;
  fact.number = numbered.first();
  fact.serials.assign(numbered.serials()->begin(), numbered.serials()->end());
  const std::string_view note = numbered.checkpoint()->string_view();
  const uint64_t size = fact.number + fact.serials.size();
  if (size < fact.number) return fail_fact(place, "it gives places that no log has");

  const std::vector<SignedNote>& cosigned = *trust_->sent_notes;
  const auto known = std::lower_bound(
      cosigned.begin(), cosigned.end(), size,
      [](const SignedNote& candidate, uint64_t wanted) { return candidate.size < wanted; });
  if (known != cosigned.end() && known->size == size &&
      known->signed_hash == sha256({as_bytes(note)})) {
    fact.hash = known->root;
    fact.root_is_cosigned = true;
  } else {
    fact.epoch = claimed_epoch(note, trust_->sent);
    const auto checkpoint = open_checkpoint(note, origin_in(trust_->sent.origin, fact.epoch),
                                            trust_->sent.log_key, *trust_->sent.log_verifier);
    if (!checkpoint) return fail_fact(place, "its checkpoint: " + checkpoint.error().reason);
    if (parse_note(note)->signatures.size() != 1) {
      return fail_fact(place, "its checkpoint bears more than one signature");
    }
    if (checkpoint->size != size) {
      return fail_fact(place, "its checkpoint has the size " + std::to_string(checkpoint->size) +
                                  ", not " + std::to_string(size));
    }
    fact.hash = checkpoint->root;
  }
  outcome_->facts.push_back(std::move(fact));
}

void BundleCheck::read_receipt(JournalFact fact, uint64_t size, std::string_view note) {
  const auto place = static_cast<unsigned>(fact.entry - first_);
  const auto checkpoint = unverified_checkpoint(note);
  if (!checkpoint || checkpoint->size != size) {
    return fail_fact(place, "its size is not that of the receipt in it");
  }
  fact.number = size;
  fact.hash = sha256({as_bytes(note)});
  outcome_->facts.push_back(std::move(fact));
}

std::string envelope_id(const ExportReader& reader, ExportLog log, uint64_t log_size,
                        uint64_t entry) {
  if (entry >= log_size) return {};
  const uint64_t bundle = entry / kTileWidth;
  FileBuffer file;
  const Status status = reader.read(entries_path(log, bundle, bundle_width(log_size, bundle)),
                                    kEntriesFileSizeMax, file);
  if (!status) return {};
  ByteView rest = file.bytes();
  const auto entries = take_items(rest, kEntryLengthSize, kTileWidth);
  if (entry % kTileWidth >= entries.size()) return {};
  const auto envelope = open_envelope(entries[entry % kTileWidth]);
  return envelope ? printable_id(**envelope) : "";
}

}  // namespace hotline::audit
