#include "tests/audit/tampering.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "client/audit/bundle_check.h"
#include "client/audit/export_writer.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/merkle.h"
#include "protocol/log/note.h"
#include "protocol/message/envelope.h"

namespace hotline::audit {
namespace {

namespace fs = std::filesystem;
using simulation::Seeded;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, const std::string& bytes) {
  fs::create_directories(fs::path(path).parent_path());
  // A new file, in case this one is linked to the original.
  fs::remove(path);
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

std::string big_endian(uint64_t number, size_t size) {
  std::string bytes;
  for (size_t i = size; i > 0; --i) bytes += static_cast<char>(number >> (8 * (i - 1)));
  return bytes;
}

uint64_t read_big_endian(const std::string& bytes, size_t at, size_t size) {
  uint64_t number = 0;
  for (size_t i = 0; i < size; ++i) number = number << 8 | static_cast<uint8_t>(bytes[at + i]);
  return number;
}

// Records with a length before each.
std::vector<std::string> split(const std::string& file, size_t length_size) {
  std::vector<std::string> records;
  for (size_t at = 0; at < file.size();) {
    const size_t size = read_big_endian(file, at, length_size);
    records.push_back(file.substr(at + length_size, size));
    at += length_size + size;
  }
  return records;
}

std::string join(const std::vector<std::string>& records, size_t length_size) {
  std::string file;
  for (const std::string& record : records) file += big_endian(record.size(), length_size) + record;
  return file;
}

std::string text_of(const Hash& hash) {
  return std::string(as_text(hash));
}

}  // namespace

// A log as the original has it.
struct Tampering::Log {
  ExportLog log = ExportLog::journal;
  uint64_t size = 0;
  uint64_t covered = 0;  // By its last cosigned note.
  std::vector<std::string> entries;
  std::vector<std::string> parts;  // With the salt; empty where none is held.
  std::vector<std::string> notes;  // Cosigned.
};

bool is_named(const Edit& edit, const std::string& fault) {
  if (std::find(edit.paths.begin(), edit.paths.end(), fault) != edit.paths.end()) return true;
  if (!edit.log) return false;
  const std::string log = log_name(*edit.log);
  uint64_t first = 0;
  uint64_t last = 0;
  if (fault.starts_with(log + " entry ")) {
    first = last = std::stoull(fault.substr(log.size() + 7));
    return first >= edit.first && last <= edit.last;
  }
  if (edit.exact || !fault.starts_with(log + " entries ")) return false;
  const std::string range = fault.substr(log.size() + 9);
  first = std::stoull(range);
  last = std::stoull(range.substr(range.find(" to ") + 4));
  return first <= edit.last && last >= edit.first;
}

std::string expectation(const Edit& edit) {
  std::string paths;
  for (const std::string& path : edit.paths) paths += (paths.empty() ? "" : "|") + path;
  return edit.kind + "\t" + edit.what + "\t" + (edit.log ? log_name(*edit.log) : "") + "\t" +
         std::to_string(edit.first) + "\t" + std::to_string(edit.last) + "\t" +
         (edit.exact ? "1" : "0") + "\t" + paths;
}

// One edit of one copy.
class Tampering::Editor {
 public:
  Editor(const Tampering& original, std::string copy, uint64_t seed)
      : original_(original), copy_(std::move(copy)), random_(seed * 0x9e3779b97f4a7c15u + 1) {}

  Edit run() {
    const std::function<bool()> kinds[] = {
        [&] { return flip_in_entry(); },       [&] { return flip_length(); },
        [&] { return flip_in_tile(); },        [&] { return flip_in_upper_tile(); },
        [&] { return flip_in_part(); },        [&] { return replace_part(); },
        [&] { return delete_entry(); },        [&] { return insert_entry(); },
        [&] { return reorder_entries(); },     [&] { return change_with_tile(); },
        [&] { return reorder_with_tile(); },   [&] { return truncate_file(); },
        [&] { return flip_in_signed_file(); }, [&] { return sign_anew(); },
        [&] { return drop_file(); },           [&] { return duplicate_file(); },
        [&] { return drop_note(); },           [&] { return duplicate_note(); },
        [&] { return reorder_notes(); },       [&] { return swap_certificates(); },
        [&] { return append_bytes(); },
    };
    // A kind that finds nothing to edit gives way to another.
    while (!kinds[random_.below(std::size(kinds))]()) {
    }
    return std::move(edit_);
  }

 private:
  // Something to edit: an entry of some log, below its last cosigned size.
  const Log& some_log() { return original_.logs_[random_.below(original_.logs_.size())]; }
  uint64_t some_entry(const Log& log) { return random_.below(log.covered); }

  static std::string entries_of(const Log& log, uint64_t entry) {
    const uint64_t bundle = entry / kTileWidth;
    return entries_path(log.log, bundle, bundle_width(log.size, bundle));
  }
  static std::string parts_of(const Log& log, uint64_t entry) {
    const uint64_t bundle = entry / kTileWidth;
    return parts_path(log.log, bundle, bundle_width(log.size, bundle));
  }
  static std::string tile_of(const Log& log, uint64_t entry) {
    const uint64_t bundle = entry / kTileWidth;
    return tile_path(log.log, 0, bundle, bundle_width(log.size, bundle));
  }
  // The first entry of the bundle in which this one is.
  static uint64_t bundle_begin(uint64_t entry) { return entry / kTileWidth * kTileWidth; }
  static uint64_t bundle_last(const Log& log, uint64_t entry) {
    return std::min(bundle_begin(entry) + kTileWidth, log.size) - 1;
  }
  static size_t offset_of(const std::vector<std::string>& records, uint64_t record,
                          size_t length_size) {
    size_t offset = 0;
    for (uint64_t i = bundle_begin(record); i < record; ++i) {
      offset += length_size + records[i].size();
    }
    return offset;
  }

  std::string read(const std::string& path) const { return read_file(copy_ + "/" + path); }
  void write(const std::string& path, const std::string& bytes) {
    write_file(copy_ + "/" + path, bytes);
    edit_.changed.push_back(path);
  }
  void remove(const std::string& path) {
    fs::remove(copy_ + "/" + path);
    edit_.changed.push_back(path);
  }

  bool found_at_entries(const std::string& kind, std::string what, const Log& log, uint64_t first,
                        uint64_t last, bool exact) {
    edit_.kind = kind;
    edit_.what = std::move(what);
    edit_.log = log.log;
    edit_.first = first;
    edit_.last = last;
    edit_.exact = exact;
    return true;
  }
  bool found_at_paths(const std::string& kind, std::string what, std::vector<std::string> paths) {
    edit_.kind = kind;
    edit_.what = std::move(what);
    edit_.paths = std::move(paths);
    return true;
  }

  std::string flip(std::string bytes, size_t begin, size_t end, std::string& what) {
    const size_t at = begin + random_.below(end - begin);
    const unsigned bit = static_cast<unsigned>(random_.below(8));
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
    what = "bit " + std::to_string(bit) + " of byte " + std::to_string(at);
    return bytes;
  }

  bool flip_in_entry() {
    const Log& log = some_log();
    const uint64_t entry = some_entry(log);
    const std::string path = entries_of(log, entry);
    const size_t at = offset_of(log.entries, entry, kEntryLengthSize) + kEntryLengthSize;
    std::string what;
    write(path, flip(read(path), at, at + log.entries[entry].size(), what));
    return found_at_entries("flip entry", what + " of " + path, log, entry, entry, true);
  }

  bool flip_length() {
    const Log& log = some_log();
    const uint64_t entry = some_entry(log);
    const std::string path = entries_of(log, entry);
    const size_t at = offset_of(log.entries, entry, kEntryLengthSize);
    std::string what;
    write(path, flip(read(path), at, at + kEntryLengthSize, what));
    return found_at_entries("flip length", what + " of " + path, log, entry, entry, true);
  }

  bool flip_in_tile() {
    const Log& log = some_log();
    const uint64_t entry = some_entry(log);
    const std::string path = tile_of(log, entry);
    const size_t at = (entry - bundle_begin(entry)) * sizeof(Hash);
    std::string what;
    write(path, flip(read(path), at, at + sizeof(Hash), what));
    return found_at_entries("flip tile", what + " of " + path, log, entry, entry, true);
  }

  bool flip_in_upper_tile() {
    const Log& log = some_log();
    const uint64_t count = tile_hash_count(log.size, 1);
    if (count == 0) return false;
    const uint64_t hash = random_.below(count);
    const std::string path =
        tile_path(log.log, 1, hash / kTileWidth, bundle_width(count, hash / kTileWidth));
    const size_t at = hash % kTileWidth * sizeof(Hash);
    std::string what;
    write(path, flip(read(path), at, at + sizeof(Hash), what));
    edit_.paths = {path};
    return found_at_entries("flip upper tile", what + " of " + path, log, hash * kTileWidth,
                            (hash + 1) * kTileWidth - 1, false);
  }

  std::optional<uint64_t> some_held_part(const Log& log) {
    for (int attempt = 0; attempt < 20; ++attempt) {
      const uint64_t entry = some_entry(log);
      if (!log.parts[entry].empty()) return entry;
    }
    return std::nullopt;
  }

  bool flip_in_part() {
    const Log& log = some_log();
    const auto entry = some_held_part(log);
    if (!entry) return false;
    const std::string path = parts_of(log, *entry);
    const size_t at = offset_of(log.parts, *entry, kPartLengthSize) + kPartLengthSize;
    std::string what;
    write(path, flip(read(path), at, at + log.parts[*entry].size(), what));
    return found_at_entries("flip part", what + " of " + path, log, *entry, *entry, true);
  }

  bool replace_part() {
    const Log& log = some_log();
    const auto entry = some_held_part(log);
    const auto other = some_held_part(log);
    if (!entry || !other || log.parts[*entry] == log.parts[*other]) return false;
    std::vector<std::string> parts(
        log.parts.begin() + static_cast<ptrdiff_t>(bundle_begin(*entry)),
        log.parts.begin() + static_cast<ptrdiff_t>(bundle_last(log, *entry)) + 1);
    parts[*entry - bundle_begin(*entry)] = log.parts[*other];
    write(parts_of(log, *entry), join(parts, kPartLengthSize));
    return found_at_entries(
        "replace part", "part of " + entry_name(log.log, *other) + " in " + parts_of(log, *entry),
        log, *entry, *entry, true);
  }

  std::vector<std::string> bundle_entries(const Log& log, uint64_t entry) const {
    return {log.entries.begin() + static_cast<ptrdiff_t>(bundle_begin(entry)),
            log.entries.begin() + static_cast<ptrdiff_t>(bundle_last(log, entry)) + 1};
  }

  bool delete_entry() {
    const Log& log = some_log();
    const uint64_t entry = some_entry(log);
    std::vector<std::string> entries = bundle_entries(log, entry);
    entries.erase(entries.begin() + static_cast<ptrdiff_t>(entry - bundle_begin(entry)));
    write(entries_of(log, entry), join(entries, kEntryLengthSize));
    return found_at_entries("delete entry", "from " + entries_of(log, entry), log, entry, entry,
                            true);
  }

  bool insert_entry() {
    const Log& log = some_log();
    const uint64_t entry = some_entry(log);
    const uint64_t other = some_entry(log);
    if (other == entry) return false;
    std::vector<std::string> entries = bundle_entries(log, entry);
    entries.insert(entries.begin() + static_cast<ptrdiff_t>(entry - bundle_begin(entry)),
                   log.entries[other]);
    write(entries_of(log, entry), join(entries, kEntryLengthSize));
    return found_at_entries(
        "insert entry", entry_name(log.log, other) + " once more, into " + entries_of(log, entry),
        log, entry, entry, true);
  }

  // Two entries of one log change places, wherever they are.
  bool reorder_entries() {
    const Log& log = some_log();
    const uint64_t a = some_entry(log);
    const uint64_t b = some_entry(log);
    if (a == b) return false;
    put_entries(log, {{a, log.entries[b]}, {b, log.entries[a]}}, false);
    return found_at_entries(
        "reorder entries",
        std::to_string(a) + " and " + std::to_string(b) + " of " + log_name(log.log), log,
        std::min(a, b), std::min(a, b), true);
  }

  // The hash beside it is made to fit: only what both signed for tells.
  bool change_with_tile() {
    const Log& log = some_log();
    const uint64_t entry = some_entry(log);
    std::string what;
    std::string changed = flip(log.entries[entry], 0, log.entries[entry].size(), what);
    put_entries(log, {{entry, changed}}, true);
    // Where no other part is named, the part tells already.
    return found_at_entries("change with tile",
                            what + " of " + entry_name(log.log, entry) + " and its hash", log,
                            entry, entry, log.log != ExportLog::journal);
  }

  bool reorder_with_tile() {
    const Log& log = some_log();
    const uint64_t a = some_entry(log);
    const uint64_t b = some_entry(log);
    if (a == b) return false;
    put_entries(log, {{a, log.entries[b]}, {b, log.entries[a]}}, true);
    return found_at_entries("reorder with tile",
                            std::to_string(a) + " and " + std::to_string(b) + " of " +
                                log_name(log.log) + " and their hashes",
                            log, std::min(a, b), std::max(a, b), false);
  }

  void put_entries(const Log& log, const std::vector<std::pair<uint64_t, std::string>>& changes,
                   bool with_tile) {
    for (const auto& [entry, bytes] : changes) {
      const std::string path = entries_of(log, entry);
      std::vector<std::string> entries = split(read(path), kEntryLengthSize);
      entries[entry - bundle_begin(entry)] = bytes;
      write(path, join(entries, kEntryLengthSize));
      if (!with_tile) continue;
      std::string tile = read(tile_of(log, entry));
      tile.replace((entry - bundle_begin(entry)) * sizeof(Hash), sizeof(Hash),
                   text_of(leaf_hash(as_bytes(bytes))));
      write(tile_of(log, entry), tile);
    }
  }

  const std::string& some_file() {
    return original_.files_[random_.below(original_.files_.size())];
  }

  bool truncate_file() {
    const std::string& path = some_file();
    const std::string bytes = read(path);
    if (bytes.empty()) return false;
    const size_t size = random_.below(bytes.size());
    if (path == cosigned_path(ExportLog::journal) && is_note_boundary(bytes, size)) return false;
    write(path, bytes.substr(0, size));
    const std::string what = path + " to " + std::to_string(size) + " bytes";
    for (const Log& log : original_.logs_) {
      for (uint64_t first = 0; first < log.size; first += kTileWidth) {
        if (path == entries_of(log, first)) {
          return truncated_records("truncate", what, log, log.entries, first, size,
                                   kEntryLengthSize);
        }
        if (path == parts_of(log, first)) {
          return truncated_records("truncate", what, log, log.parts, first, size, kPartLengthSize);
        }
      }
    }
    return found_at_paths("truncate", what, {path});
  }

  bool truncated_records(const std::string& kind, const std::string& what, const Log& log,
                         const std::vector<std::string>& records, uint64_t first, size_t size,
                         size_t length_size) {
    uint64_t record = first;
    for (size_t end = 0; record < log.size; ++record) {
      end += length_size + records[record].size();
      if (end > size) break;
    }
    return found_at_entries(kind, what, log, record, record, true);
  }

  static bool is_note_boundary(const std::string& bytes, size_t size) {
    size_t at = 0;
    while (at < size) at += kNoteLengthSize + read_big_endian(bytes, at, kNoteLengthSize);
    return at == size && size != 0;
  }

  // Notes, certificates, and the line that says what this is.
  std::optional<std::string> some_signed_file() {
    std::vector<std::string> files;
    for (const std::string& path : original_.files_) {
      if (path.find("/tile/") == std::string::npos && path.find("/parts/") == std::string::npos) {
        files.push_back(path);
      }
    }
    return files[random_.below(files.size())];
  }

  bool flip_in_signed_file() {
    const std::string path = *some_signed_file();
    const std::string bytes = read(path);
    std::string what;
    write(path, flip(bytes, 0, bytes.size(), what));
    return found_at_paths("flip signed", what + " of " + path, {path});
  }

  // The same text, signed by another key under the same name and key id.
  bool sign_anew() {
    const Log& log = some_log();
    Hash seed;
    random_.fill(seed);
    auto signer = Ed25519Signer::create(seed);
    const bool checkpoint = log.notes.empty() || random_.chance(300);
    const size_t number = checkpoint ? 0 : random_.below(log.notes.size());
    Note note = *parse_note(checkpoint ? read(checkpoint_path(log.log)) : log.notes[number]);
    NoteSignature& forged = note.signatures[random_.below(note.signatures.size())];
    const bool is_cosignature = forged.signature.size() != kSignatureSize;
    std::string message = note.text;
    if (is_cosignature) {
      const std::string time_bytes(forged.signature.begin(), forged.signature.begin() + 8);
      message = "cosignature/v1\ntime " + std::to_string(read_big_endian(time_bytes, 0, 8)) + "\n" +
                note.text;
    }
    const Bytes signature = signer->sign(as_bytes(message));
    std::copy(signature.begin(), signature.end(), forged.signature.end() - kSignatureSize);
    if (checkpoint) {
      write(checkpoint_path(log.log), format_note(note));
      return found_at_paths("sign anew", checkpoint_path(log.log), {checkpoint_path(log.log)});
    }
    std::vector<std::string> notes = log.notes;
    notes[number] = format_note(note);
    write(cosigned_path(log.log), join(notes, kNoteLengthSize));
    return found_at_paths("sign anew",
                          "note " + std::to_string(number) + " of " + cosigned_path(log.log),
                          {cosigned_path(log.log)});
  }

  bool drop_file() {
    const std::string& path = some_file();
    if (path == cosigned_path(ExportLog::journal)) return false;
    remove(path);
    return found_at_paths("drop file", path, {path});
  }

  bool duplicate_file() {
    const std::string& path = some_file();
    static const std::string kEnds[] = {".1", "~", ".p/7", "0"};
    std::string copy = path + kEnds[random_.below(std::size(kEnds))];
    if (copy.find(".p/7") != std::string::npos && path.find("/tile/") == std::string::npos) {
      return false;
    }
    if (fs::exists(copy_ + "/" + copy) || path.find(".p/") != std::string::npos) return false;
    write(copy, read(path));
    std::vector<std::string> paths = {copy};
    if (copy.ends_with("/7")) paths.push_back(copy.substr(0, copy.size() - 2));
    return found_at_paths("duplicate file", copy, paths);
  }

  // The journal records receipts, so that one that is left out is missed. It cannot record what
  // witnesses cosigned.
  bool drop_note() {
    const Log& log = some_log();
    if (log.log == ExportLog::journal || log.notes.empty()) return false;
    std::vector<std::string> notes = log.notes;
    const size_t number = random_.below(notes.size());
    notes.erase(notes.begin() + static_cast<ptrdiff_t>(number));
    write(cosigned_path(log.log), join(notes, kNoteLengthSize));
    return found_at_paths("drop note",
                          "note " + std::to_string(number) + " of " + cosigned_path(log.log),
                          {cosigned_path(log.log)});
  }

  bool duplicate_note() {
    const Log& log = some_log();
    std::vector<std::string> notes = log.notes;
    const size_t from = random_.below(notes.size());
    const size_t to = random_.below(notes.size() + 1);
    notes.insert(notes.begin() + static_cast<ptrdiff_t>(to), std::string(notes[from]));
    write(cosigned_path(log.log), join(notes, kNoteLengthSize));
    return found_at_paths("duplicate note",
                          "note " + std::to_string(from) + " of " + cosigned_path(log.log),
                          {cosigned_path(log.log)});
  }

  bool reorder_notes() {
    const Log& log = some_log();
    std::vector<std::string> notes = log.notes;
    const size_t a = random_.below(notes.size());
    const size_t b = random_.below(notes.size());
    if (a == b) return false;
    std::swap(notes[a], notes[b]);
    write(cosigned_path(log.log), join(notes, kNoteLengthSize));
    return found_at_paths(
        "reorder notes",
        std::to_string(a) + " and " + std::to_string(b) + " of " + cosigned_path(log.log),
        {cosigned_path(log.log)});
  }

  bool swap_certificates() {
    std::vector<std::string> certificates;
    for (const std::string& path : original_.files_) {
      if (path.starts_with(kCertificatesDirectory)) certificates.push_back(path);
    }
    const std::string& a = certificates[random_.below(certificates.size())];
    const std::string& b = certificates[random_.below(certificates.size())];
    if (a == b) return false;
    const std::string bytes = read(a);
    write(a, read(b));
    if (random_.chance(500)) {
      write(b, bytes);
      return found_at_paths("swap certificates", a + " and " + b, {std::min(a, b)});
    }
    return found_at_paths("copy certificate", b + " over " + a, {a});
  }

  bool append_bytes() {
    const std::string& path = some_file();
    std::string more =
        random_.chance(500) ? std::string("\n") : std::string(1 + random_.below(40), 'x');
    write(path, read(path) + more);
    return found_at_paths("append", std::to_string(more.size()) + " bytes to " + path, {path});
  }

  const Tampering& original_;
  const std::string copy_;
  Seeded random_;
  Edit edit_;
};

Tampering::Tampering(const std::string& original) : original_(original) {
  for (const auto& file : fs::recursive_directory_iterator(original)) {
    if (!file.is_regular_file()) continue;
    files_.push_back(fs::relative(file.path(), original).string());
  }
  std::sort(files_.begin(), files_.end());
  for (const ExportLog name : kExportLogs) {
    if (!fs::exists(original + "/" + checkpoint_path(name))) continue;
    Log log;
    log.log = name;
    const auto note = parse_note(read_file(original + "/" + checkpoint_path(name)));
    log.size = parse_checkpoint_text(note->text)->size;
    for (uint64_t bundle = 0; bundle < bundle_count(log.size); ++bundle) {
      const unsigned width = bundle_width(log.size, bundle);
      for (std::string& entry :
           split(read_file(original + "/" + entries_path(name, bundle, width)), kEntryLengthSize)) {
        log.entries.push_back(std::move(entry));
      }
      for (std::string& part :
           split(read_file(original + "/" + parts_path(name, bundle, width)), kPartLengthSize)) {
        log.parts.push_back(std::move(part));
      }
    }
    if (fs::exists(original + "/" + cosigned_path(name))) {
      log.notes = split(read_file(original + "/" + cosigned_path(name)), kNoteLengthSize);
      log.covered = parse_checkpoint_text(parse_note(log.notes.back())->text)->size;
    }
    if (log.covered != 0) logs_.push_back(std::move(log));
  }
}

Tampering::~Tampering() = default;

Edit Tampering::edit(const std::string& copy, uint64_t seed) {
  return Editor(*this, copy, seed).run();
}

void Tampering::restore(const std::string& copy, const Edit& edit) const {
  for (const std::string& path : edit.changed) {
    const std::string to = copy + "/" + path;
    if (std::binary_search(files_.begin(), files_.end(), path)) {
      write_file(to, read_file(original_ + "/" + path));
    } else {
      fs::remove(to);
      const fs::path directory = fs::path(to).parent_path();
      if (fs::is_empty(directory)) fs::remove(directory);
    }
  }
}

}  // namespace hotline::audit
