#include "protocol/channel/incidents.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <tuple>
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/geometry/position.h"

namespace hotline {
namespace {

using Events = std::vector<const IncidentEvent*>;

// Its sender had not heard of what the other party brought together since.
bool knew_all_joins(const IncidentEvent& closing, const Events& all) {
  return std::none_of(all.begin(), all.end(), [&](const IncidentEvent* one) {
    const bool others = one->joins && !one->cancelled && one->key.incoming != closing.key.incoming;
    return others && (!one->place || *one->place >= closing.peer_entries);
  });
}

// Takes the events of one party, in its own order.
void take(const IncidentEvent& event, const Events& all, IncidentStand& stand) {
  switch (event.effect) {
    case IncidentEffect::none:
      return;
    case IncidentEffect::reports:
      ++stand.reports;
      [[fallthrough]];
    case IncidentEffect::asks:
    case IncidentEffect::opens:
      stand.closing.reset();
      return;
    case IncidentEffect::closes:
    case IncidentEffect::disputes:
      if (!knew_all_joins(event, all)) return;
      stand.closing = event.key;
      stand.closed_at = event.at;
      stand.disputed = event.effect == IncidentEffect::disputes;
      return;
  }
}

IncidentStand stand_of(bool incoming, const Events& all) {
  Events said;
  for (const IncidentEvent* one : all) {
    if (one->key.incoming == incoming && !one->cancelled) said.push_back(one);
  }
  std::sort(said.begin(), said.end(), [](const auto* a, const auto* b) {
    return std::pair(a->serial, a->journal_index) < std::pair(b->serial, b->journal_index);
  });
  IncidentStand stand;
  for (const IncidentEvent* one : said) take(*one, all, stand);
  return stand;
}

// The one with which it began: what stands rather than what was taken back, a report rather than an
// opening, and the earliest.
const IncidentEvent* first_of(const Events& all) {
  const auto rank = [](const IncidentEvent* one) {
    return std::tuple(one->cancelled, one->effect != IncidentEffect::reports, one->released_at,
                      one->own_thread, one->serial);
  };
  const IncidentEvent* first = nullptr;
  for (const IncidentEvent* one : all) {
    const bool begins =
        one->effect == IncidentEffect::reports || one->effect == IncidentEffect::opens;
    if (begins && (first == nullptr || rank(one) < rank(first))) first = one;
  }
  return first;
}

Incident incident_of(const IncidentEvent& first, const Events& all) {
  Incident incident{.thread = first.thread,
                    .name = first.own_thread,
                    .first = first.key,
                    .precedence = known_precedence(first.precedence),
                    .began_at = first.at,
                    .own = stand_of(false, all),
                    .peers = stand_of(true, all),
                    .cancelled = first.cancelled};
  for (const IncidentEvent* one : all) {
    const bool stands = !one->cancelled || first.cancelled;
    if (stands && one->effect == IncidentEffect::asks) incident.requests.push_back(one->key);
    if (stands && one->effect <= IncidentEffect::opens) {
      incident.precedence = std::min(incident.precedence, known_precedence(one->precedence));
    }
    incident.last_at = one->at;
    incident.last_index = one->journal_index;
  }
  return incident;
}

// A peer's time may be any 64 bits.
bool can_be_compared(const IncidentEvent& event) {
  return !event.cancelled && event.effect == IncidentEffect::reports && event.event.position &&
         event.event.at && *event.event.at >= 0 && *event.event.at <= limits::kTimeMax_ms;
}

// An order that both parties see: the journals of the two have theirs.
auto alike_at_both(const IncidentEvent& event) {
  return std::tie(event.released_at, event.own_thread, event.serial);
}

// Nothing where they are too far apart to be the same.
std::optional<SameEvent> compare(const IncidentEvent& report, const IncidentEvent& other) {
  const int64_t apart_ms = std::abs(*report.event.at - *other.event.at);
  if (report.key.incoming == other.key.incoming || apart_ms > kSameEventWithin_ms) return {};
  const int64_t distance = distance_m(*report.event.position, *other.event.position);
  if (distance > kSameEventWithin_m) return {};
  return SameEvent{report, other.key, distance, apart_ms};
}

}  // namespace

std::vector<Incident> incidents_of(std::vector<IncidentEvent> events) {
  std::sort(events.begin(), events.end(), [](const IncidentEvent& a, const IncidentEvent& b) {
    return a.journal_index < b.journal_index;
  });
  std::map<std::string, Events> threads;
  for (const IncidentEvent& event : events) threads[event.thread].push_back(&event);
  std::vector<Incident> incidents;
  for (const auto& [thread, all] : threads) {
    if (const IncidentEvent* first = first_of(all)) incidents.push_back(incident_of(*first, all));
  }
  std::sort(incidents.begin(), incidents.end(), [](const Incident& a, const Incident& b) {
    return std::tuple(a.is_over(), b.last_index) < std::tuple(b.is_over(), a.last_index);
  });
  return incidents;
}

std::vector<SameEvent> same_events(const std::vector<IncidentEvent>& events,
                                   const std::string& thread, size_t limit) {
  std::vector<const IncidentEvent*> known;
  for (const IncidentEvent& event : events) {
    if (event.thread == thread && can_be_compared(event)) known.push_back(&event);
  }
  std::sort(known.begin(), known.end(),
            [](const auto* a, const auto* b) { return alike_at_both(*b) < alike_at_both(*a); });
  known.resize(std::min(known.size(), kSameEventReportsMax));
  std::vector<SameEvent> found;
  for (const IncidentEvent& report : events) {
    if (report.thread == thread || !can_be_compared(report)) continue;
    std::optional<SameEvent> nearest;
    for (const IncidentEvent* other : known) {
      const auto same = compare(report, *other);
      if (same && (!nearest || same->distance_m < nearest->distance_m)) nearest = same;
    }
    if (nearest) found.push_back(*nearest);
  }
  std::sort(found.begin(), found.end(), [](const SameEvent& a, const SameEvent& b) {
    return std::tuple(a.distance_m, a.apart_ms, alike_at_both(a.report)) <
           std::tuple(b.distance_m, b.apart_ms, alike_at_both(b.report));
  });
  if (found.size() > limit) found.resize(limit);
  return found;
}

}  // namespace hotline
