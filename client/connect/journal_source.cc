#include "client/connect/journal_source.h"

#include <map>
#include <utility>

#include "client/audit/exported_log.h"
#include "protocol/channel/journal.h"
#include "protocol/channel/person_part.h"
#include "protocol/message/envelope.h"
#include "protocol/message/names.h"
#include "protocol/message/serial.h"

namespace hotline::client {
namespace {

// How long a silence may be before we look whether the daemon is still there.
constexpr int64_t kSilence_ms = 60'000;

class DaemonJournal : public JournalSource {
 public:
  DaemonJournal(std::unique_ptr<Connection> connection, HearAlarm hear)
      : connection_(std::move(connection)),
        hear_(std::move(hear)),
        names_(names_of(*connection_)),
        size_(connection_->server().journal_size()) {}

  const ChannelNames& names() const override { return names_; }
  uint64_t size() const override { return size_; }

  Status read(uint64_t from, uint64_t to, const Visit& visit) override {
    if (from >= to) return ok();
    if (auto status = connection_->watch(from); !status) return status;
    uint64_t next = from;
    while (next < to) {
      auto reply = connection_->next_watched(kSilence_ms);
      if (!reply && reply.error().code == ErrorCode::timed_out) {
        // Over a link that was cut silently nothing would ever come: ask.
        if (const auto alive = connection_->status(); !alive) return alive.error();
        continue;
      }
      if (!reply) return reply.error();
      if (const auto* alarm = reply->as<wire::AlarmSounded>()) {
        if (hear_) hear_(*alarm);
        continue;
      }
      const auto* rows = reply->as<wire::JournalRows>();
      if (rows == nullptr) {
        return make_error(ErrorCode::failed, "the daemon gave an answer of another kind");
      }
      for (const wire::JournalRow* row : tables(rows->rows())) {
        if (row->index() >= to) return ok();
        if (!visit({row->index(), bytes(row->entry()), text(row->name())})) return ok();
        next = row->index() + 1;
      }
    }
    return ok();
  }

  // Asked for once each, while the entries go on arriving.
  std::string incoming_name(uint64_t place) override {
    auto [known, fresh] = incoming_names_.try_emplace(place);
    if (fresh) {
      const auto detail = connection_->show(format_place(names_.peer_prefix, place));
      if (detail) known->second = text((*detail)->row()->id());
    }
    return known->second;
  }

 private:
  const std::unique_ptr<Connection> connection_;
  HearAlarm hear_;
  ChannelNames names_;
  uint64_t size_;
  std::map<uint64_t, std::string> incoming_names_;
};

class ExportJournal : public JournalSource {
 public:
  static Result<std::unique_ptr<JournalSource>> open(const std::string& directory) {
    auto opened = audit::ExportReader::open_export(directory);
    if (!opened) return opened.error();
    auto source = std::unique_ptr<ExportJournal>(new ExportJournal(std::move(*opened)));
    for (audit::ExportLog log : audit::kExportLogs) {
      auto exported = audit::ExportedLog::open(source->reader_, log);
      if (!exported) return exported.error();
      source->logs_.push_back(std::move(*exported));
    }
    if (auto status = source->read_names(); !status) return status.error();
    return std::unique_ptr<JournalSource>(std::move(source));
  }

  const ChannelNames& names() const override { return names_; }
  uint64_t size() const override { return journal().size(); }

  Status read(uint64_t from, uint64_t to, const Visit& visit) override {
    for (uint64_t i = from; i < to && i < size(); ++i) {
      const auto entry = journal().entry(i);
      if (!entry) return entry.error();
      JournalItem item{i, entry->bytes, {}};
      if (entry->part) item.person = person_name(as_text(entry->part->bytes));
      if (!visit(item)) return ok();
    }
    return ok();
  }

  std::string incoming_name(uint64_t place) override {
    audit::ExportedLog& received = logs_[audit::log_number(audit::ExportLog::received)];
    return place < received.size() ? serial_at(received, place) : std::string();
  }

 private:
  explicit ExportJournal(audit::ExportReader reader) : reader_(std::move(reader)) {}

  audit::ExportedLog& journal() { return logs_[0]; }
  const audit::ExportedLog& journal() const { return logs_[0]; }

  // Written forms only: what is no serial could not be told from other words.
  static std::string serial_at(audit::ExportedLog& log, uint64_t place) {
    const auto entry = log.entry_bytes(place);
    if (!entry) return {};
    const auto envelope = open_envelope(*entry);
    if (!envelope || !parse_written_serial((*envelope)->id()->string_view())) return {};
    return (*envelope)->id()->str();
  }

  // The letters of the first message that has any; the party's name when there is none.
  static std::string prefix_of(audit::ExportedLog& log, const std::string& party) {
    constexpr uint64_t kLookedAt = 64;
    for (uint64_t i = 0; i < log.size() && i < kLookedAt; ++i) {
      const std::string serial = serial_at(log, i);
      if (!serial.empty()) return parse_written_serial(serial)->prefix;
    }
    return upper_case(party);
  }

  Status read_names() {
    using audit::damaged;
    if (size() == 0) return damaged("its journal has no checkpoint, or is empty");
    const auto first = journal().entry_bytes(0);
    if (!first) return first.error();
    const auto entry = open_flatbuffer<wire::Entry>(*first, kJournalEntryIdentifier);
    const auto* created = entry ? (*entry)->fact_as_StoreCreated() : nullptr;
    if (created == nullptr) return damaged("journal entry 0 does not say whose it is");
    names_.party = text(created->party());
    names_.peer = text(created->peer());
    names_.prefix = prefix_of(logs_[audit::log_number(audit::ExportLog::sent)], names_.party);
    names_.peer_prefix =
        prefix_of(logs_[audit::log_number(audit::ExportLog::received)], names_.peer);
    return ok();
  }

  audit::ExportReader reader_;
  std::vector<audit::ExportedLog> logs_;
  ChannelNames names_;
};

}  // namespace

ChannelNames names_of(const Connection& connection) {
  return {connection.party(), connection.peer(), text(connection.server().prefix()),
          text(connection.server().peer_prefix())};
}

std::unique_ptr<JournalSource> journal_of(std::unique_ptr<Connection> connection, HearAlarm hear) {
  return std::make_unique<DaemonJournal>(std::move(connection), std::move(hear));
}

Result<std::unique_ptr<JournalSource>> journal_of_export(const std::string& directory) {
  return ExportJournal::open(directory);
}

}  // namespace hotline::client
