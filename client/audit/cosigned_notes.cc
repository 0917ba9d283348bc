#include "client/audit/cosigned_notes.h"

#include <algorithm>
#include <span>
#include <utility>

#include "client/audit/ordered_work.h"
#include "protocol/base/limits.h"
#include "protocol/log/merkle.h"

namespace hotline::audit {
namespace {

constexpr size_t kPieceSize = size_t{1} << 20;  // Read at once.
constexpr size_t kNotesPerTurn = 16;            // Checked by one thread at once.

// A note on its way: as it stands, and what became of it.
struct Candidate {
  std::string_view text;
  SignedNote signed_note;
  uint64_t time_s = 0;
  std::string reason;  // Why it is refused; empty when it is good.
};

void check_note(Candidate& candidate, const CheckpointTrust& trust) {
  const std::string_view text = candidate.text;
  const uint64_t epoch = claimed_epoch(text, trust);
  auto opened = open_cosigned_checkpoint(text, in_epoch(trust, epoch));
  if (!opened) {
    candidate.reason = opened.error().reason;
    return;
  }
  candidate.time_s = opened->time_s;
  // It has exactly two signature lines, the log's and the cosigner's.
  const size_t last_line = text.rfind('\n', text.size() - 2) + 1;
  candidate.signed_note = {opened->checkpoint.size, opened->checkpoint.root,
                           sha256({as_bytes(text)}), sha256({as_bytes(text.substr(0, last_line))}),
                           epoch};
}

class Check {
 public:
  Check(ExportLog log, uint64_t log_size, const CheckpointTrust& trust, const Validity& validity,
        unsigned threads, FaultBook& faults)
      : log_(log),
        log_size_(log_size),
        trust_(trust),
        validity_(validity),
        threads_(threads),
        faults_(faults) {}

  CosignedNotes run(const ExportReader& reader) {
    auto stream = ExportReader::Stream::open(reader, cosigned_path(log_));
    if (!stream) return refuse(stream.error().reason), std::move(result_);
    Bytes bytes;
    bool any = false;
    while (true) {
      const size_t before = bytes.size();
      if (Status status = stream->read(kPieceSize, bytes); !status) {
        return refuse(status.error().reason), std::move(result_);
      }
      if (bytes.size() == before) break;
      any = true;
      const size_t used = take_whole_notes(bytes);
      if (refused_) return std::move(result_);
      bytes.erase(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(used));
    }
    if (!bytes.empty()) refuse("it ends within a note");
    if (!any) refuse("it is empty, and so should not be there");
    return std::move(result_);
  }

 private:
  void refuse(const std::string& reason) {
    refused_ = true;
    faults_.note(steps_of(log_).cosigned, result_.notes.size(), {cosigned_path(log_), reason});
  }

  // Checks the notes that are whole; returns how many bytes they take.
  size_t take_whole_notes(const Bytes& bytes) {
    std::vector<Candidate> candidates;
    size_t at = 0;
    while (bytes.size() - at >= kNoteLengthSize) {
      const size_t size = static_cast<size_t>(bytes[at]) << 8 | bytes[at + 1];
      if (size > limits::kNoteSizeMax) {
        candidates.emplace_back().reason = "it has more bytes than any note may have";
        at = bytes.size();
        break;
      }
      if (bytes.size() - at - kNoteLengthSize < size) break;
      candidates.emplace_back().text = as_text(ByteView(bytes).subspan(at + kNoteLengthSize, size));
      at += kNoteLengthSize + size;
    }
    check(candidates);
    return at;
  }

  void check(std::vector<Candidate>& candidates) {
    const uint64_t turns = (candidates.size() + kNotesPerTurn - 1) / kNotesPerTurn;
    const auto of_turn = [&](uint64_t turn) {
      const size_t first = turn * kNotesPerTurn;
      return std::span(candidates)
          .subspan(first, std::min(kNotesPerTurn, candidates.size() - first));
    };
    OrderedWork pieces;
    pieces.work = [&](unsigned, uint64_t turn, unsigned) {
      for (Candidate& one : of_turn(turn)) {
        if (one.reason.empty()) check_note(one, trust_);
      }
    };
    pieces.take = [&](uint64_t turn, unsigned) {
      for (const Candidate& one : of_turn(turn)) {
        if (!refused_) take(one);
      }
      return !refused_;
    };
    run_in_order(turns, threads_, pieces);
  }

  void take(const Candidate& candidate) {
    const SignedNote& note = candidate.signed_note;
    const std::string name = "note " + std::to_string(result_.notes.size()) + ": ";
    const uint64_t size_before = result_.notes.empty() ? 0 : result_.notes.back().size;
    if (!candidate.reason.empty()) return refuse(name + candidate.reason);
    if (note.size <= size_before) return refuse(name + "its size is not above the one before");
    if (note.size > log_size_) {
      return refuse(name + "it covers " + std::to_string(note.size) + " entries, and there are " +
                    std::to_string(log_size_));
    }
    const UtcMs time = static_cast<UtcMs>(std::min<uint64_t>(
                           candidate.time_s, static_cast<uint64_t>(limits::kTimeMax_ms) / 1000)) *
                       1000;
    if (time < validity_.from || time > validity_.until) {
      if (result_.outside_validity++ == 0) result_.first_outside = time;
    }
    result_.notes.push_back(note);
  }

  const ExportLog log_;
  const uint64_t log_size_;
  const CheckpointTrust& trust_;
  const Validity validity_;
  const unsigned threads_;
  FaultBook& faults_;
  bool refused_ = false;
  CosignedNotes result_;
};

}  // namespace

CosignedNotes check_cosigned(const ExportReader& reader, ExportLog log, uint64_t log_size,
                             const CheckpointTrust& trust, const Validity& validity,
                             unsigned threads, FaultBook& faults) {
  if (!reader.has(cosigned_path(log))) return {};
  return Check(log, log_size, trust, validity, threads, faults).run(reader);
}

}  // namespace hotline::audit
