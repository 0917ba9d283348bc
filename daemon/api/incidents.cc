// Incidents, from what the search index knows of them; which of their questions are open the core
// knows.
#include <algorithm>

#include "daemon/api/index_asking.h"
#include "daemon/api/open_incidents.h"
#include "daemon/api/waiting_pages.h"
#include "daemon/store/search_limits.h"
#include "protocol/base/limits.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

// Pieces of the index, milliseconds each: others wait for the reading thread.
constexpr int kHandoverSteps = 16;
constexpr size_t kStandsSize = 512;  // Beside the row of its first message.

struct ListedIncident {
  Incident incident;
  std::optional<ListedMessage> first;
  std::string own_closing;
  std::string peers_closing;
  uint64_t messages = 0;
  std::vector<MessageKey> requests;  // The newest few, without those that were declined.
};

struct ListedSameEvent {
  SameEvent same;
  ListedMessage report;
  std::string other;
};

struct IncidentPage {
  std::vector<ListedIncident> incidents;
  uint64_t total = 0;
  bool cut = false;
  // Where one was asked for.
  std::vector<ListedMessage> reports;
  std::vector<ListedMessage> requests;
  std::vector<ListedSameEvent> perhaps;
};

struct IncidentsWanted {
  std::string id;  // Empty: all.
  bool closed = false;
  size_t limit = 0;
  size_t skip = 0;
  std::string prefix;
  std::string peer_prefix;
};

std::string name_of(StoreReader& reader, MessageKey key, const IncidentsWanted& wanted) {
  const auto message = reader.message(key);
  return message ? message_name(*message, wanted.prefix, wanted.peer_prefix) : "";
}

// The newest of them, oldest first.
std::vector<ListedMessage> newest(StoreReader& reader, const std::vector<MessageKey>& keys) {
  std::vector<ListedMessage> found;
  const size_t begin = keys.size() - std::min(keys.size(), limits::kIncidentMessagesShown);
  for (size_t i = begin; i < keys.size(); ++i) {
    if (auto message = reader.stored_message(keys[i])) found.emplace_back(*std::move(message));
  }
  return found;
}

Result<ListedIncident> listed(StoreReader& reader, const Incident& incident,
                              const IncidentsWanted& wanted) {
  ListedIncident one;
  const auto messages = reader.search_index().count_messages(incident.thread);
  if (!messages) return messages.error();
  one.messages = *messages;
  if (auto first = reader.stored_message(incident.first)) one.first.emplace(*std::move(first));
  const auto closing = [&](const IncidentStand& stand) {
    return stand.closing ? name_of(reader, *stand.closing, wanted) : std::string();
  };
  one.own_closing = closing(incident.own);
  one.peers_closing = closing(incident.peers);
  for (const ListedMessage& request : newest(reader, incident.requests)) {
    if (request.stored.declined_at == 0) one.requests.push_back(request.stored.record.key);
  }
  one.incident = incident;
  return one;
}

std::vector<MessageKey> reports_in(const std::vector<IncidentEvent>& events,
                                   const std::string& thread) {
  std::vector<const IncidentEvent*> found;
  for (const IncidentEvent& event : events) {
    const bool is_report = event.effect == IncidentEffect::reports && event.thread == thread;
    if (is_report) found.push_back(&event);
  }
  std::sort(found.begin(), found.end(),
            [](const auto* a, const auto* b) { return a->journal_index < b->journal_index; });
  std::vector<MessageKey> keys;
  for (const IncidentEvent* event : found) keys.push_back(event->key);
  return keys;
}

Error no_incident(const std::string& id, const std::string& near) {
  return make_error(ErrorCode::not_found,
                    id + " belongs to no incident: nobody reported or opened one there",
                    near.empty() ? "hotline incident list --all    or hotline incident open " + id
                                 : "did you mean " + near + "?    or hotline incident list --all");
}

Error not_all(const std::string& id) {
  return make_error(
      ErrorCode::failed,
      "not everything was looked at: it is not known whether " + id + " belongs to an incident",
      "hotline thread " + id);
}

// In the transcript of its sender; nothing while it waits for one.
std::optional<uint64_t> place_of(StoreReader& reader, MessageKey key) {
  if (key.incoming) return key.number;
  const auto message = reader.stored_message(key);
  return message ? message->transcript_index : std::nullopt;
}

Result<IncidentPage> find_one(StoreReader& reader, const std::vector<IncidentEvent>& events,
                              const std::vector<Incident>& all, const IncidentsWanted& wanted) {
  const auto thread = reader.search_index().thread_name(wanted.id);
  if (!thread) return thread.error();
  const auto found = std::find_if(
      all.begin(), all.end(), [&](const Incident& incident) { return incident.thread == *thread; });
  if (found == all.end()) {
    const auto near = reader.search_index().near_thread(wanted.id);
    return near ? no_incident(wanted.id, *near) : near.error();
  }
  IncidentPage page;
  auto row = listed(reader, *found, wanted);
  if (!row) return row.error();
  page.incidents.push_back(*std::move(row));
  page.total = 1;
  page.reports = newest(reader, reports_in(events, *thread));
  page.requests = newest(reader, found->requests);
  for (const SameEvent& same : same_events(events, *thread, limits::kSameEventsShown)) {
    auto report = reader.stored_message(same.report.key);
    if (!report) continue;
    page.perhaps.push_back(
        {same, ListedMessage(*std::move(report)), name_of(reader, same.other, wanted)});
  }
  return page;
}

Result<IncidentPage> find_page(StoreReader& reader, const std::vector<Incident>& all,
                               const IncidentsWanted& wanted) {
  IncidentPage page;
  page.total = all.size();
  size_t size = 0;
  for (size_t i = wanted.skip; i < all.size() && page.incidents.size() < wanted.limit; ++i) {
    auto row = listed(reader, all[i], wanted);
    if (!row) return row.error();
    size += kStandsSize + (row->first ? row->first->row_size() : 0);
    if (!page.incidents.empty() && size > limits::kRowsSizeMax) break;
    page.incidents.push_back(*std::move(row));
  }
  return page;
}

Result<IncidentPage> find_incidents(StoreReader& reader, const IndexProgress& progress,
                                    const IncidentsWanted& wanted) {
  auto known = reader.search_index().incident_events();
  if (!known) return known.error();
  for (IncidentEvent& event : known->events) {
    if (event.joins) event.place = place_of(reader, event.key);
  }
  std::vector<Incident> all = incidents_of(known->events);
  if (wanted.id.empty() && !wanted.closed) {
    std::erase_if(all, [](const Incident& one) { return one.is_over(); });
  }
  auto page = wanted.id.empty() ? find_page(reader, all, wanted)
                                : find_one(reader, known->events, all, wanted);
  const bool cut = known->cut || !progress.is_complete();
  if (page) page->cut = cut;
  if (!page && page.error().code == ErrorCode::not_found && cut) return not_all(wanted.id);
  return page;
}

flatbuffers::Offset<wire::IncidentStand> build_stand(flatbuffers::FlatBufferBuilder& b,
                                                     const IncidentStand& stand,
                                                     const std::string& closing) {
  auto name = stand.closing ? b.CreateString(closing) : 0;
  return wire::CreateIncidentStand(b, static_cast<uint32_t>(stand.reports), name,
                                   stand.closing ? stand.closed_at : 0,
                                   stand.closing && stand.disputed);
}

}  // namespace

OpenIncidents read_open_incidents(StoreReader& reader, size_t limit, bool as_it_is) {
  SearchIndex& index = reader.search_index();
  auto progress = as_it_is ? index.progress() : index.catch_up();
  for (int step = 1; progress && !progress->is_complete() && !as_it_is; ++step) {
    if (step == kHandoverSteps) break;
    progress = index.catch_up();
  }
  const auto known = index.incident_events();
  OpenIncidents open;
  open.cut = !progress || !progress->is_complete() || !known || known->cut;
  if (!known) return open;
  std::vector<IncidentEvent> events = known->events;
  for (IncidentEvent& event : events) {
    if (event.joins) event.place = place_of(reader, event.key);
  }
  for (const Incident& one : incidents_of(std::move(events))) {
    if (one.is_over() || ++open.total > limit) continue;
    const auto first = reader.stored_message(one.first);
    open.first.push_back({one.name, one.precedence, one.began_at, one.first,
                          first ? ListedMessage(*first).subject : ""});
  }
  return open;
}

void ClientApi::incidents(ClientSession& session, uint32_t request, const wire::Incidents& asked) {
  IncidentsWanted wanted{.id = text_of(asked.id()),
                         .closed = asked.closed(),
                         .limit = std::min(rows_wanted(asked.limit()), limits::kIncidentRowsMax),
                         .skip = asked.skip(),
                         .prefix = config_.prefix,
                         .peer_prefix = config_.peer_prefix};
  if (const auto serial = parse_serial(wanted.id)) wanted.id = format_serial(*serial);
  ask_index<IncidentPage>(
      session, request,
      [wanted = std::move(wanted)](StoreReader& reader, const IndexProgress& progress) {
        return find_incidents(reader, progress, wanted);
      },
      [this, request](ClientSession& asker, const IncidentPage& found) {
        IncidentPage page = found;
        for (ListedIncident& one : page.incidents) {
          if (one.first) renew(*one.first, nullptr);
        }
        for (ListedMessage& report : page.reports) renew(report, nullptr);
        for (ListedSameEvent& one : page.perhaps) renew(one.report, nullptr);
        const RowContext context = row_context();
        sessions_.answer(asker, request, [&](flatbuffers::FlatBufferBuilder& b) {
          std::vector<flatbuffers::Offset<wire::IncidentRow>> rows;
          for (const ListedIncident& one : page.incidents) {
            const Incident& incident = one.incident;
            const auto open =
                std::count_if(one.requests.begin(), one.requests.end(), [this](MessageKey key) {
                  return core_.answers().of(key).empty() || !core_.answers().is_answered(key);
                });
            auto id = b.CreateString(incident.name);
            auto first = one.first ? build_row(b, *one.first, context)
                                   : flatbuffers::Offset<wire::MessageRow>();
            auto own = build_stand(b, incident.own, one.own_closing);
            auto peers = build_stand(b, incident.peers, one.peers_closing);
            rows.push_back(wire::CreateIncidentRow(
                b, id, first, incident.began_at, incident.last_at, own, peers, one.messages,
                static_cast<uint32_t>(incident.requests.size()), static_cast<uint32_t>(open),
                incident.precedence, incident.cancelled));
          }
          const auto build_all = [&](const std::vector<ListedMessage>& messages) {
            std::vector<flatbuffers::Offset<wire::MessageRow>> built;
            for (const ListedMessage& one : messages) built.push_back(build_row(b, one, context));
            return b.CreateVector(built);
          };
          auto reports = build_all(page.reports);
          auto requests = build_all(page.requests);
          std::vector<flatbuffers::Offset<wire::SameEventRow>> perhaps;
          for (const ListedSameEvent& one : page.perhaps) {
            auto report = build_row(b, one.report, context);
            auto other = b.CreateString(one.other);
            perhaps.push_back(wire::CreateSameEventRow(b, report, other,
                                                       static_cast<uint64_t>(one.same.distance_m),
                                                       static_cast<uint64_t>(one.same.apart_ms)));
          }
          return wire::CreateIncidentRows(b, b.CreateVector(rows), page.total, page.cut, reports,
                                          requests, b.CreateVector(perhaps));
        });
      },
      read_clocks().boot + limits::kIndexPatience_ms);
}

}  // namespace hotline
