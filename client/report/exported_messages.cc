#include "client/report/exported_messages.h"

#include <utility>

#include "client/audit/exported_log.h"
#include "client/report/message_threads.h"
#include "client/report/said_in_export.h"
#include "client/show/measures.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/channel/journal.h"
#include "protocol/message/names.h"
#include "protocol/message/serial.h"

namespace hotline::client {

Result<ExportedMessages> ExportedMessages::read(const std::string& directory) {
  ExportedMessages read(directory);
  if (Status journal = read.read_journal(); !journal) return journal.error();
  if (Status words = read.read_transcripts(); !words) return words.error();
  return read;
}

// ----------------------------------------------------------------------------------------------
// the journal

Status ExportedMessages::read_journal() {
  const auto journal = journal_of_export(directory_);
  if (!journal) return journal.error();
  names_ = (*journal)->names();
  std::optional<Error> unreadable;
  const Status read = (*journal)->read(0, (*journal)->size(), [&](const JournalItem& item) {
    const auto entry = open_flatbuffer<wire::Entry>(item.entry, kJournalEntryIdentifier);
    if (entry) {
      take(item, **entry);
    } else {
      unreadable = audit::damaged("journal entry " + std::to_string(item.index) +
                                  " cannot be read: " + entry.error().reason);
    }
    return entry.has_value();
  });
  return unreadable ? Status(*unreadable) : read;
}

void ExportedMessages::take(const JournalItem& item, const wire::Entry& entry) {
  const UtcMs at = on_a_clock(entry.at());
  ExportedMessage message;
  message.journal_index = item.index;
  message.committed_at = at;
  taking_back_ = recovers_from(entry).value_or(taking_back_);
  if (const auto* released = entry.fact_as_Released()) {
    message.id = format_serial(names_.prefix, released->serial());
    message.type = released->type();
    message.precedence = released->precedence();
    message.role = released->role();
    message.person = item.person;
    message.taken_back = released->taken_back();
    unnumbered_[released->serial()] = messages_.size();
    serials_.push_back(released->serial());
    messages_.push_back(std::move(message));
  } else if (const auto* received = entry.fact_as_Received()) {
    message.incoming = true;
    message.id = format_peers_name(names_.peer_prefix, received->serial(), received->index());
    message.type = received->type();
    message.precedence = received->precedence();
    message.place = received->index();
    message.declined = received->decline_code() != 0;
    message.taken_back = taking_back_;
    if (received->index() == peers_.size()) peers_.push_back(messages_.size());
    serials_.push_back(received->serial());
    messages_.push_back(std::move(message));
  } else if (const auto* numbered = entry.fact_as_Numbered()) {
    uint64_t place = numbered->first();
    for (const uint64_t serial : *numbered->serials()) give_place(serial, place++);
  } else if (const auto* held = entry.fact_as_ReceiptHeld()) {
    receipt(false, held->size(), at);
  } else if (const auto* given = entry.fact_as_ReceiptGiven()) {
    receipt(true, given->size(), at);
  }
}

void ExportedMessages::give_place(uint64_t serial, uint64_t place) {
  const auto found = unnumbered_.extract(serial);
  if (!found) return;
  messages_[found.mapped()].place = place;
  if (place == own_.size()) own_.push_back(found.mapped());
}

void ExportedMessages::receipt(bool incoming, uint64_t size, UtcMs at) {
  const std::vector<size_t>& places = incoming ? peers_ : own_;
  uint64_t& receipted = incoming ? receipted_peers_ : receipted_own_;
  for (; receipted < size && receipted < places.size(); ++receipted) {
    messages_[places[receipted]].receipted_at = at;
  }
}

// ----------------------------------------------------------------------------------------------
// the words

Status ExportedMessages::read_transcripts() {
  const auto reader = audit::ExportReader::open_export(directory_);
  if (!reader) return reader.error();
  auto sent = audit::ExportedLog::open(*reader, audit::ExportLog::sent);
  if (!sent) return sent.error();
  auto received = audit::ExportedLog::open(*reader, audit::ExportLog::received);
  if (!received) return received.error();
  MessageThreads threads;
  std::vector<std::optional<size_t>> places;
  for (size_t i = 0; i < messages_.size(); ++i) {
    ExportedMessage& message = messages_[i];
    audit::ExportedLog& log = message.incoming ? *received : *sent;
    audit::ExportedEntry exported;
    if (message.place && *message.place < log.size()) {
      const auto entry = log.entry(*message.place);
      if (!entry) return entry.error();
      exported = *entry;
    }
    SaidInExport said = said_by(exported, serials_[i], message.type);
    if (message.declined) said.take_as_declined();
    const std::string first = said.references.empty() ? "" : said.references.front();
    places.push_back(
        threads.place(said.name.empty() ? message.id : said.name, said.incident, first));
    if (said.effect == IncidentEffect::opens && places.back()) {
      for (const std::string& named : said.references) threads.join(*places.back(), named);
    }
    if (said.role != 0) message.role = said.role;
    message.released_at = said.released_at;
    message.subject = std::move(said.subject);
    message.code = std::move(said.code);
    message.references = std::move(said.references);
  }
  for (size_t i = 0; i < messages_.size(); ++i) {
    if (!places[i]) continue;
    ExportedMessage& message = messages_[i];
    message.thread = threads.name(*places[i]);
    message.root = threads.root(*places[i]);
    thread_of_.try_emplace(message.id, message.thread);
    root_of_.try_emplace(message.thread, message.root);
  }
  return ok();
}

std::string ExportedMessages::written(const std::string& typed) const {
  const std::string upper = upper_case(typed);
  if (const auto serial = parse_serial(upper)) return format_serial(*serial);
  if (const auto place = parse_place(upper)) return format_place(place->prefix, place->number);
  return typed;
}

Result<const ExportedMessage*> ExportedMessages::find(const std::string& typed) const {
  const std::string upper = upper_case(typed);
  if (!parse_serial(upper) && !parse_place(upper)) {
    return make_error(ErrorCode::usage, "\"" + typed + "\" is no name of a message in an export",
                      "N-000123, N-123, or S-?12, which has no serial of its own");
  }
  const std::string name = written(typed);
  for (const ExportedMessage& one : messages_) {
    if (one.id == name) return &one;
  }
  return make_error(ErrorCode::not_found, "there is no message " + name + " in " + directory_,
                    "hotline audit list " + directory_);
}

bool ExportedMessages::is_of_thread(const ExportedMessage& message,
                                    const std::string& typed) const {
  const std::string name = written(typed);
  const auto message_of = thread_of_.find(name);
  const auto root = root_of_.find(message_of == thread_of_.end() ? name : message_of->second);
  return root != root_of_.end() && !message.thread.empty() && message.root == root->second;
}

Result<ExportedWords> ExportedMessages::words_of(const ExportedMessage& message) const {
  ExportedWords words;
  const auto reader = audit::ExportReader::open_export(directory_);
  if (!reader) return reader.error();
  auto log = audit::ExportedLog::open(
      *reader, message.incoming ? audit::ExportLog::received : audit::ExportLog::sent);
  if (!log) return log.error();
  if (!message.place || *message.place >= log->size()) return words;
  const auto entry = log->entry(*message.place);
  if (!entry) return entry.error();
  words.envelope = to_bytes(entry->bytes);
  if (entry->part) words.body = to_bytes(entry->part->bytes);
  return words;
}

}  // namespace hotline::client
