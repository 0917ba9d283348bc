#include "client/report/incident_record.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "client/report/message_threads.h"
#include "client/report/said_in_export.h"
#include "client/show/measures.h"
#include "protocol/channel/incidents.h"

namespace hotline::client {
namespace {

constexpr uint64_t kPageRows = 500;

RecordedStand recorded(const IncidentStand& stand) {
  if (!stand.closing) return {};
  return {stand.closed_at, stand.disputed};
}

RecordedIncident recorded(const Incident& incident, const std::string& subject) {
  return {.name = incident.name,
          .incoming = incident.first.incoming,
          .precedence = incident.precedence,
          .began_at = incident.began_at,
          .subject = subject,
          .own = recorded(incident.own),
          .peers = recorded(incident.peers),
          .cancelled = incident.cancelled};
}

// All that the messages of a record say of incidents.
class Told {
 public:
  // `name`: the message's serial. `thread` is that which it names: others may be joined with it
  // later.
  void take(const std::string& name, const std::string& subject, size_t thread,
            IncidentEvent event) {
    subjects_[event.key] = subject;
    threads_.push_back(thread);
    names_.push_back(name);
    events_.push_back(std::move(event));
  }

  // Its sender took this message back.
  void cancel(const std::string& name, bool incoming) {
    for (size_t i = 0; i < events_.size(); ++i) {
      if (names_[i] == name && events_[i].key.incoming == incoming) events_[i].cancelled = true;
    }
  }

  std::vector<RecordedIncident> incidents(const MessageThreads& threads) const {
    std::vector<IncidentEvent> events = events_;
    for (size_t i = 0; i < events.size(); ++i) {
      events[i].thread = std::to_string(threads.root(threads_[i]));
    }
    std::vector<RecordedIncident> all;
    for (const Incident& one : hotline::incidents_of(std::move(events))) {
      all.push_back(recorded(one, subjects_.at(one.first)));
    }
    return all;
  }

 private:
  std::vector<IncidentEvent> events_;
  std::vector<size_t> threads_;     // Of each event,
  std::vector<std::string> names_;  // and the name of its message.
  std::map<MessageKey, std::string> subjects_;
};

void sort_by_beginning(std::vector<RecordedIncident>& incidents) {
  std::sort(incidents.begin(), incidents.end(),
            [](const RecordedIncident& a, const RecordedIncident& b) {
              return std::tie(a.began_at, a.name) < std::tie(b.began_at, b.name);
            });
}

bool may_have_effect(uint8_t type) {
  const auto kind = static_cast<wire::MessageType>(type);
  return kind == wire::MessageType::incident || kind == wire::MessageType::violation ||
         kind == wire::MessageType::request || kind == wire::MessageType::service;
}

}  // namespace

bool RecordedIncident::is_of(const Period& period) const {
  if (period.until && began_at > *period.until) return false;
  if (cancelled) return !period.since || began_at >= *period.since;
  const bool was_over =
      is_closed() && period.since && std::max(*own.closed_at, *peers.closed_at) < *period.since;
  return !was_over;
}

void IncidentRecord::take(uint64_t index, const wire::Entry& entry) {
  if (const auto* released = entry.fact_as_Released()) {
    unnumbered_[released->serial()] = messages_.size();
    messages_.push_back({.journal_index = index,
                         .at = on_a_clock(entry.at()),
                         .serial = released->serial(),
                         .type = released->type(),
                         .precedence = released->precedence()});
  } else if (const auto* received = entry.fact_as_Received()) {
    messages_.push_back({.journal_index = index,
                         .at = on_a_clock(entry.at()),
                         .incoming = true,
                         .serial = received->serial(),
                         .place = received->index(),
                         .type = received->type(),
                         .precedence = received->precedence(),
                         .declined = received->decline_code() != 0});
  } else if (const auto* numbered = entry.fact_as_Numbered()) {
    uint64_t place = numbered->first();
    for (const uint64_t serial : *numbered->serials()) {
      if (const auto found = unnumbered_.extract(serial)) messages_[found.mapped()].place = place;
      ++place;
    }
  }
}

Result<RecordedIncidents> IncidentRecord::read(audit::ExportedLog& sent,
                                               audit::ExportedLog& received,
                                               CaseRecord& cases) const {
  RecordedIncidents all;
  MessageThreads threads;
  Told told;
  for (const Message& message : messages_) {
    audit::ExportedLog& log = message.incoming ? received : sent;
    const bool is_there = message.place && *message.place < log.size();
    audit::ExportedEntry exported;
    if (is_there) {
      const auto entry = log.entry(*message.place);
      if (!entry) return entry.error();
      exported = *entry;
    }
    if (!exported.part && may_have_effect(message.type)) ++all.not_readable;
    if (!is_there) continue;
    SaidInExport said = said_by(exported, message.serial, message.type);
    if (message.declined) said.take_as_declined();
    const std::string first = said.references.empty() ? "" : said.references.front();
    const auto thread = threads.place(said.name, said.incident, first);
    if (said.cancels) told.cancel(first, message.incoming);
    if (!message.declined) {
      cases.take({said.name, thread ? threads.name(*thread) : "", first, message.incoming,
                  message.type, message.at,
                  exported.part ? std::optional<ByteView>(exported.part->bytes) : std::nullopt},
                 [&threads](const std::string& name) { return threads.name_of(name); });
    }
    if (said.effect == IncidentEffect::none || !thread) continue;
    const bool joins = said.effect == IncidentEffect::opens && !said.references.empty();
    if (joins) {
      for (const std::string& named : said.references) threads.join(*thread, named);
    }
    const uint64_t number = message.incoming ? *message.place : message.serial;
    told.take(said.name, said.subject, *thread,
              {.thread = {},  // Known once all were joined.
               .own_thread = threads.name(*thread),
               .journal_index = message.journal_index,
               .key = {message.incoming, number},
               .serial = message.serial,
               .effect = said.effect,
               .precedence = message.precedence,
               .at = message.at,
               .released_at = said.released_at,
               .joins = joins,
               .peer_entries = said.peer_entries,
               .place = message.place});
  }
  all.incidents = told.incidents(threads);
  sort_by_beginning(all.incidents);
  return all;
}

Result<RecordedIncidents> incidents_of(Connection& connection) {
  const auto stand_of = [](const wire::IncidentStand& stand) {
    RecordedStand recorded;
    if (text(stand.closing()).empty()) return recorded;
    return RecordedStand{stand.closed_at(), stand.disputed()};
  };
  RecordedIncidents recorded;
  IncidentsWish wish{.closed = true, .limit = kPageRows};
  while (true) {
    const auto page = connection.incidents(wish);
    if (!page) return page.error();
    recorded.cut = recorded.cut || (*page)->cut();
    const auto rows = tables((*page)->rows());
    for (const wire::IncidentRow* row : rows) {
      recorded.incidents.push_back(
          {.name = text(row->id()),
           .incoming = row->first() != nullptr && row->first()->incoming(),
           .precedence = row->precedence(),
           .began_at = row->began_at(),
           .subject = row->first() != nullptr ? text(row->first()->subject()) : "",
           .own = stand_of(*row->own()),
           .peers = stand_of(*row->peers()),
           .cancelled = row->cancelled()});
    }
    wish.skip += rows.size();
    if (rows.empty() || wish.skip >= (*page)->total()) break;
  }
  sort_by_beginning(recorded.incidents);
  return recorded;
}

}  // namespace hotline::client
