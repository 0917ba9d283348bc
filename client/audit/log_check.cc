#include "client/audit/log_check.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "client/audit/ordered_work.h"

namespace hotline::audit {
namespace {

// The root of whole bundles and of what stands in the next one.
Hash joined_root(const Frontier& bundles, const Frontier& within) {
  std::vector<Hash> hashes = bundles.hashes();
  hashes.insert(hashes.end(), within.hashes().begin(), within.hashes().end());
  const auto joined =
      Frontier::from_hashes(bundles.size() * kTileWidth + within.size(), std::move(hashes));
  return joined->root();
}

// The tiles above level 0: each hash must be the root of the tile below it.
class UpperTiles {
 public:
  UpperTiles(const ExportReader& reader, ExportLog log, uint64_t size, FaultBook& faults)
      : reader_(reader), log_(log), size_(size), faults_(faults) {}

  void append(const Hash& bundle_root) { append(1, bundle_root); }

 private:
  struct Level {
    uint64_t count = 0;  // Hashes so far.
    Frontier tile;       // The tile that is not full.
    FileBuffer file;
  };

  void append(unsigned level, const Hash& hash) {
    if (level > levels_.size()) levels_.push_back(std::make_unique<Level>());
    Level& at = *levels_[level - 1];
    const uint64_t index = at.count++;
    compare(level, at, index, hash);
    at.tile.append(hash);
    if (at.tile.size() < kTileWidth) return;
    const Hash above = at.tile.root();
    at.tile = Frontier();
    append(level + 1, above);
  }

  void compare(unsigned level, Level& at, uint64_t index, const Hash& hash) {
    const uint64_t tile = index / kTileWidth;
    const unsigned width = bundle_width(tile_hash_count(size_, level), tile);
    const std::string path = tile_path(log_, level, tile, width);
    Status status = ok();
    if (index % kTileWidth == 0) status = reader_.read(path, kTileFileSizeMax, at.file);
    const ByteView bytes = at.file.bytes();
    const size_t place = index % kTileWidth * sizeof(Hash);
    if (status && bytes.size() == width * sizeof(Hash) &&
        std::memcmp(bytes.data() + place, hash.data(), sizeof(Hash)) == 0) {
      return;
    }
    const unsigned shift = kTileHeight * level;
    const uint64_t first = index << shift;
    const uint64_t last = first + (uint64_t{1} << shift) - 1;
    faults_.note(steps_of(log_).tiles, first,
                 {entries_name(log_, first, last),
                  "their hash in " + path + " does not follow from the level below"});
  }

  const ExportReader& reader_;
  const ExportLog log_;
  const uint64_t size_;
  FaultBook& faults_;
  std::vector<std::unique_ptr<Level>> levels_;  // From level 1.
};

class LogCheck {
 public:
  LogCheck(const ExportReader& reader, const LogCheckOptions& options, FaultBook& faults)
      : reader_(reader),
        options_(options),
        steps_(steps_of(options.log)),
        faults_(faults),
        tiles_(reader, options.log, options.size, faults) {}

  Epochs run() {
    const unsigned threads = std::max(1u, options_.threads);
    std::vector<std::unique_ptr<BundleCheck>> checks;
    for (unsigned i = 0; i < threads; ++i) {
      checks.push_back(
          std::make_unique<BundleCheck>(reader_, options_.log, options_.size, options_.trust));
    }
    std::vector<BundleOutcome> outcomes(slot_count(threads));
    OrderedWork pieces;
    pieces.work = [&](unsigned thread, uint64_t bundle, unsigned slot) {
      checks[thread]->check(bundle, outcomes[slot]);
    };
    pieces.take = [&](uint64_t bundle, unsigned slot) { return take(bundle, outcomes[slot]); };
    run_in_order(bundle_count(options_.size), threads, pieces);
    return std::move(epochs_);
  }

 private:
  bool take(uint64_t bundle, const BundleOutcome& outcome) {
    if (outcome.after) faults_.note(steps_.after, bundle, *outcome.after);
    if (outcome.fault) {
      faults_.note(steps_.entries, outcome.fault->entry,
                   {entry_name(options_.log, outcome.fault->entry, outcome.fault->id),
                    outcome.fault->reason});
      return false;
    }
    for (const EpochWord& word : outcome.epochs) take_epoch(bundle, outcome, word);
    check_roots(bundle, outcome);
    if (outcome.width == kTileWidth) {
      tiles_.append(outcome.subtree_root);
      bundles_.append(outcome.subtree_root);
    }
    if (options_.on_bundle) options_.on_bundle(bundle, outcome);
    return true;
  }

  // In a transcript, an epoch that does not follow from what stands before it is a message as
  // others.
  void take_epoch(uint64_t bundle, const BundleOutcome& outcome, const EpochWord& word) {
    const bool is_next = word.number == epochs_.newest() + 1;
    if (options_.log == ExportLog::journal) {
      if (is_next) return epochs_.begin(word.entry);
      return faults_.note(Step::journal_facts, word.entry,
                          {entry_name(options_.log, word.entry), "it is not the next epoch"});
    }
    Frontier within;
    if (is_next && word.size == word.entry &&
        root_within(bundle * kTileWidth, word.entry, outcome, within) == word.root) {
      epochs_.begin(word.entry);
    }
  }

  // The signed sizes that end within this bundle, or with it.
  void check_roots(uint64_t bundle, const BundleOutcome& outcome) {
    const uint64_t first = bundle * kTileWidth;
    const uint64_t end = first + outcome.width;
    Frontier within;
    for (; next_root_ < options_.roots.size(); ++next_root_) {
      const SignedRoot& signed_root = options_.roots[next_root_];
      if (signed_root.size > end) return;
      if (root_failed_) continue;
      const Hash root = signed_root.size == first + kTileWidth
                            ? whole_root(outcome.subtree_root)
                            : root_within(first, signed_root.size, outcome, within);
      const uint64_t epoch = epochs_.of(signed_root.size);
      if (root == signed_root.root && epoch != signed_root.epoch) {
        root_failed_ = true;
        faults_.note(steps_.roots, signed_root.size,
                     {entries_name(options_.log, held_until_, signed_root.size - 1),
                      "they are of epoch " + std::to_string(epoch) + ", and were signed as of " +
                          std::to_string(signed_root.epoch)});
        continue;
      }
      if (root == signed_root.root) {
        held_until_ = signed_root.size;
        continue;
      }
      root_failed_ = true;
      faults_.note(
          steps_.roots, signed_root.size,
          {entries_name(options_.log, held_until_, signed_root.size - 1),
           "they are not those whose root was signed at size " + std::to_string(signed_root.size)});
    }
  }

  // `within` goes on from the size that was asked for before.
  Hash root_within(uint64_t first, uint64_t size, const BundleOutcome& outcome,
                   Frontier& within) const {
    while (first + within.size() < size) within.append(outcome.leaves[within.size()]);
    return joined_root(bundles_, within);
  }

  Hash whole_root(const Hash& subtree_root) const {
    Frontier bundles = bundles_;
    bundles.append(subtree_root);
    return bundles.root();
  }

  const ExportReader& reader_;
  const LogCheckOptions& options_;
  const LogSteps steps_;
  FaultBook& faults_;
  UpperTiles tiles_;
  Frontier bundles_;
  Epochs epochs_;
  size_t next_root_ = 0;
  uint64_t held_until_ = 0;  // The size of the last root that is the signed one.
  bool root_failed_ = false;
};

}  // namespace

Epochs check_log(const ExportReader& reader, const LogCheckOptions& options, FaultBook& faults) {
  return options.size == 0 ? Epochs() : LogCheck(reader, options, faults).run();
}

Hash TileRoots::root_at(uint64_t size) {
  const uint64_t whole = size / kTileWidth;
  if (bundles_.size() < whole) within_ = Frontier();
  while (bundles_.size() < whole) {
    const auto hash = bundle_roots_.at(bundles_.size());
    if (!hash) return empty_root();
    bundles_.append(*hash);
  }
  while (within_.size() < size % kTileWidth) {
    const auto hash = leaves_.at(whole * kTileWidth + within_.size());
    if (!hash) return empty_root();
    within_.append(*hash);
  }
  return joined_root(bundles_, within_);
}

}  // namespace hotline::audit
