#include "client/report/incident_record.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "client/report/message_threads.h"
#include "client/show/measures.h"
#include "protocol/base/limits.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"
#include "protocol/message/incidents.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/serial.h"

namespace hotline::client {
namespace {

constexpr uint64_t kPageRows = 500;

// A message, by its effect on the incident of its thread.
struct Event {
  size_t thread = 0;
  std::string own_thread;  // As the message names it.
  std::string name;
  uint64_t journal_index = 0;
  bool incoming = false;
  uint64_t serial = 0;
  IncidentEffect effect = IncidentEffect::none;
  uint8_t precedence = 0;
  UtcMs at = 0;
  UtcMs released_at = 0;
  std::string subject;
  bool joins = false;
  uint64_t peer_entries = 0;  // So many messages of the other party its sender held.
  std::optional<uint64_t> place;
};
using Events = std::vector<const Event*>;

// Its sender had heard of all that the other party brought together.
bool knew_all_joins(const Event& closing, const Events& all) {
  return std::none_of(all.begin(), all.end(), [&](const Event* one) {
    const bool others = one->joins && one->incoming != closing.incoming;
    return others && (!one->place || *one->place >= closing.peer_entries);
  });
}

void take_event(const Event& event, const Events& all, RecordedStand& stand) {
  const bool closes =
      event.effect == IncidentEffect::closes || event.effect == IncidentEffect::disputes;
  if (!closes) {
    stand = {};  // A report, a question or an opening opens it again.
  } else if (knew_all_joins(event, all)) {
    stand = {event.at, event.effect == IncidentEffect::disputes};
  }
}

// How a party stands, from its own words in the order in which it spoke.
RecordedStand stand_in(bool incoming, const Events& all) {
  Events said;
  for (const Event* one : all) {
    if (one->incoming == incoming) said.push_back(one);
  }
  std::sort(said.begin(), said.end(), [](const Event* a, const Event* b) {
    return std::pair(a->serial, a->journal_index) < std::pair(b->serial, b->journal_index);
  });
  RecordedStand stand;
  for (const Event* one : said) take_event(*one, all, stand);
  return stand;
}

// The one with which it began: a report rather than an opening, and the earliest.
const Event* first_event(const Events& all) {
  const auto rank = [](const Event* one) {
    return std::tuple(one->effect != IncidentEffect::reports, one->released_at, one->own_thread,
                      one->serial);
  };
  const Event* first = nullptr;
  for (const Event* one : all) {
    const bool begins =
        one->effect == IncidentEffect::reports || one->effect == IncidentEffect::opens;
    if (begins && (first == nullptr || rank(one) < rank(first))) first = one;
  }
  return first;
}

RecordedIncident incident_in(const Event& first, const Events& all) {
  RecordedIncident incident{.name = first.own_thread,
                            .incoming = first.incoming,
                            .precedence = known_precedence(first.precedence),
                            .began_at = first.at,
                            .subject = first.subject,
                            .own = stand_in(false, all),
                            .peers = stand_in(true, all)};
  for (const Event* one : all) {
    const bool counts = one->effect <= IncidentEffect::opens;
    if (counts)
      incident.precedence = std::min(incident.precedence, known_precedence(one->precedence));
  }
  return incident;
}

void sort_by_beginning(std::vector<RecordedIncident>& incidents) {
  std::sort(incidents.begin(), incidents.end(),
            [](const RecordedIncident& a, const RecordedIncident& b) {
              return std::tie(a.began_at, a.name) < std::tie(b.began_at, b.name);
            });
}

// The words of a message as far as incidents ask for them.
struct Said {
  std::string name;      // Its serial; empty where it has none of its own.
  std::string incident;  // The thread that it says it belongs to; mostly empty.
  std::vector<std::string> references;
  IncidentEffect effect = IncidentEffect::none;
  bool cancels = false;
  UtcMs released_at = 0;
  uint64_t peer_entries = 0;
  std::string subject;
};

Said said_by(const audit::ExportedEntry& entry, uint64_t serial, uint8_t type) {
  Said said;
  if (const auto envelope = open_envelope(entry.bytes)) {
    const auto written = parse_serial(text_of((*envelope)->id()));
    if (written && written->number == serial) said.name = format_serial(*written);
    said.released_at = (*envelope)->released_at();
    said.peer_entries = (*envelope)->peer_transcript_size();
    said.incident = text_of((*envelope)->incident());
    if (const auto* references = (*envelope)->references()) {
      for (const wire::Reference* one : *references) {
        if (said.references.size() == limits::kReferencesMax) break;
        said.references.push_back(text_of(one->id()));
      }
    }
  }
  if (!entry.part) return said;
  if (const auto body = open_body(entry.part->bytes)) {
    const Kind& kind = kind_of(type);
    said.subject = text_of((*body)->subject());
    if (kind.is_built() && (*body)->content_type() == kind.built.number) {
      said.effect = incident_effect(**body);
      said.cancels = kind.effect == TargetEffect::cancels;
    }
  }
  return said;
}

// The rules declined it: it stands in its thread, and a report is one, and it does nothing else.
void take_as_declined(Said& said) {
  if (!parse_serial(said.incident)) said.incident.clear();
  if (said.references.size() > 1) said.references.resize(1);
  if (said.effect != IncidentEffect::reports) said.effect = IncidentEffect::none;
  said.cancels = false;
}

bool may_have_effect(uint8_t type) {
  const auto kind = static_cast<wire::MessageType>(type);
  return kind == wire::MessageType::incident || kind == wire::MessageType::violation ||
         kind == wire::MessageType::request || kind == wire::MessageType::service;
}

}  // namespace

bool RecordedIncident::is_of(const Period& period) const {
  if (period.until && began_at > *period.until) return false;
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
                                               audit::ExportedLog& received) const {
  RecordedIncidents recorded;
  MessageThreads threads;
  std::vector<Event> events;
  for (const Message& message : messages_) {
    audit::ExportedLog& log = message.incoming ? received : sent;
    const bool is_there = message.place && *message.place < log.size();
    audit::ExportedEntry exported;
    if (is_there) {
      const auto entry = log.entry(*message.place);
      if (!entry) return entry.error();
      exported = *entry;
    }
    if (!exported.part && may_have_effect(message.type)) ++recorded.not_readable;
    if (!is_there) continue;
    Said said = said_by(exported, message.serial, message.type);
    if (message.declined) take_as_declined(said);
    const std::string first = said.references.empty() ? "" : said.references.front();
    const auto thread = threads.place(said.name, said.incident, first);
    if (said.cancels) {
      std::erase_if(events, [&](const Event& event) {
        return event.name == first && event.incoming == message.incoming;
      });
    }
    if (said.effect == IncidentEffect::none || !thread) continue;
    const bool joins = said.effect == IncidentEffect::opens && !said.references.empty();
    if (joins) {
      for (const std::string& named : said.references) threads.join(*thread, named);
    }
    events.push_back({.thread = *thread,
                      .own_thread = threads.name(*thread),
                      .name = said.name,
                      .journal_index = message.journal_index,
                      .incoming = message.incoming,
                      .serial = message.serial,
                      .effect = said.effect,
                      .precedence = message.precedence,
                      .at = message.at,
                      .released_at = said.released_at,
                      .subject = said.subject,
                      .joins = joins,
                      .peer_entries = said.peer_entries,
                      .place = message.place});
  }
  std::map<size_t, Events> by_thread;
  for (const Event& event : events) by_thread[threads.root(event.thread)].push_back(&event);
  for (const auto& [thread, all] : by_thread) {
    if (const Event* first = first_event(all)) {
      recorded.incidents.push_back(incident_in(*first, all));
    }
  }
  sort_by_beginning(recorded.incidents);
  return recorded;
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
           .peers = stand_of(*row->peers())});
    }
    wish.skip += rows.size();
    if (rows.empty() || wish.skip >= (*page)->total()) break;
  }
  sort_by_beginning(recorded.incidents);
  return recorded;
}

}  // namespace hotline::client
