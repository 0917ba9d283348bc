// For auditors: the record, page by page, as docs/protocol.md says under
// "Exports". Pages are read on the store's reading thread; the channel does not wait for them.
#include <algorithm>

#include "daemon/api/api.h"
#include "daemon/api/response.h"
#include "protocol/base/limits.h"
#include "protocol/message/roles.h"

namespace hotline {
namespace {

constexpr size_t kPageBytes = limits::kFrameSizeMax / 2;
constexpr uint64_t kPageEntries = 1024;
constexpr uint64_t kPageNotes = 128;

LogId log_of(wire::ExportLog log) {
  return log == wire::ExportLog::journal ? LogId::journal
         : log == wire::ExportLog::sent  ? LogId::own_transcript
                                         : LogId::peer_transcript;
}

// One place of a log with the part that is kept beside it.
struct Entry {
  Bytes bytes;
  Hash leaf_hash{};
  Hash salt{};
  Bytes part;
  bool has_part = false;
};

// As many entries from `from` on as fit a frame.
std::vector<Entry> read_entries(StoreReader& reader, LogId log, uint64_t from, uint64_t count) {
  std::vector<Entry> entries;
  size_t bytes = 0;
  auto take = [&](Entry entry) {
    bytes += entry.bytes.size() + entry.part.size() + 128;
    if (!entries.empty() && bytes > kPageBytes) return false;
    entries.push_back(std::move(entry));
    return true;
  };
  if (log == LogId::journal) {
    reader.journal_range(from, count, [&](const JournalRecord& record) {
      Entry entry{record.entry, record.leaf_hash, {}, {}, record.name.has_value()};
      if (record.name) {
        entry.salt = record.name->salt;
        entry.part = to_bytes(as_bytes(record.name->text));
      }
      return take(std::move(entry));
    });
  } else {
    // The writer of the export sees in the envelope if it names a body. Body and salt do not say
    // it: they are as the peer sent them, and may be empty, or of zeros.
    reader.transcript_range(log, from, count, [&](uint64_t, const MessageRecord& message) {
      return take({message.envelope, message.leaf_hash, message.body_salt, message.body, true});
    });
  }
  return entries;
}

}  // namespace

bool ClientApi::may_export(ClientSession& session, uint32_t request) {
  if (may(session.actor.roles, Right::export_record)) return true;
  const Error error =
      make_error(ErrorCode::not_allowed, session.actor.name + " is not an auditor on this channel",
                 "ask an auditor, or add the role to [[person]] in the daemon's "
                 "configuration");
  record_refusal(session.actor, error);
  sessions_.fail(session, request, error);
  return false;
}

void ClientApi::export_head(ClientSession& session, uint32_t request) {
  if (!may_export(session, request)) return;
  if (core_.is_recovering()) {
    return sessions_.fail(
        session, request,
        make_error(ErrorCode::refused, "this store takes back from the peer what it lacks",
                   "export it after that: hotline status"));
  }
  const uint64_t token = sessions_.wait_for_commit(session, request);
  core_.record_export(clock_.now(), token, session.actor);
  changed_();
}

void ClientApi::answer(const AnswerExport& answer) {
  auto [session, request] = sessions_.take_asker(answer.token);
  if (session == nullptr) return;
  const ExportHead& head = answer.head;
  sessions_.answer(*session, request, [&](flatbuffers::FlatBufferBuilder& b) {
    auto note = [&b](const std::string& text) {
      return text.empty() ? flatbuffers::Offset<flatbuffers::String>() : b.CreateString(text);
    };
    std::vector<flatbuffers::Offset<wire::CertificateFile>> files;
    for (const SigningCertificate& certificate : certificates_) {
      auto name = b.CreateString(certificate.name);
      files.push_back(wire::CreateCertificateFile(b, name, b.CreateVector(certificate.der)));
    }
    auto journal = note(head.journal_checkpoint);
    auto sent = note(head.own_checkpoint);
    auto received = note(head.peer_checkpoint);
    return wire::CreateExportHeadReply(b, head.journal_size, head.own_size, head.peer_size, journal,
                                       sent, received, b.CreateVector(files));
  });
}

void ClientApi::export_entries(ClientSession& session, uint32_t request,
                               const wire::ExportEntries& wanted) {
  if (!may_export(session, request)) return;
  LogId log = log_of(wanted.log());
  uint64_t from = std::min<uint64_t>(wanted.from(), limits::kTreeSizeMax);
  uint64_t count = std::min(wanted.to() > from ? wanted.to() - from : uint64_t{0}, kPageEntries);
  sessions_.read_then<std::vector<Entry>>(
      session, request,
      [log, from, count](StoreReader& reader) { return read_entries(reader, log, from, count); },
      [this, request, from](ClientSession& asker, std::vector<Entry> entries) {
        sessions_.answer(asker, request, [&](flatbuffers::FlatBufferBuilder& b) {
          std::vector<flatbuffers::Offset<wire::ExportEntry>> rows;
          for (const Entry& entry : entries) {
            auto bytes = b.CreateVector(entry.bytes);
            auto part = entry.has_part ? b.CreateVector(entry.part) : 0;
            wire::Digest hash = to_digest(entry.leaf_hash);
            wire::Digest salt = to_digest(entry.salt);
            rows.push_back(
                wire::CreateExportEntry(b, bytes, &hash, entry.has_part ? &salt : nullptr, part));
          }
          return wire::CreateExportPage(b, from, b.CreateVector(rows));
        });
      },
      ReadTurns::Rank::in_the_back);
}

void ClientApi::export_notes(ClientSession& session, uint32_t request,
                             const wire::ExportNotes& wanted) {
  if (!may_export(session, request)) return;
  struct Page {
    std::vector<std::string> notes;
    uint64_t last_size = 0;
    bool more = false;
  };
  LogId log = log_of(wanted.log());
  uint64_t after = std::min<uint64_t>(wanted.after_size(), limits::kTreeSizeMax);
  uint64_t journal_end = wanted.up_to_journal_size();
  sessions_.read_then<Page>(
      session, request,
      [log, after, journal_end](StoreReader& reader) {
        Page page;
        page.last_size = after;
        reader.receipt_range(log, after, kPageNotes + 1, [&](const ReceiptRecord& receipt) {
          // The exported part of the journal must tell of it, or cover it if it is of the journal.
          bool told = log == LogId::journal ? receipt.size <= journal_end
                                            : receipt.journal_index < journal_end;
          if (!told) return false;
          if (page.notes.size() == kPageNotes) {
            page.more = true;
            return false;
          }
          page.notes.push_back(receipt.note);
          page.last_size = receipt.size;
          return true;
        });
        return page;
      },
      [this, request](ClientSession& asker, Page page) {
        sessions_.answer(asker, request, [&](flatbuffers::FlatBufferBuilder& b) {
          auto notes = b.CreateVectorOfStrings(page.notes);
          return wire::CreateExportNotePage(b, notes, page.last_size, page.more);
        });
      },
      ReadTurns::Rank::in_the_back);
}

}  // namespace hotline
