#include "daemon/store/incidents.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <tuple>
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/geometry/position.h"

namespace hotline {
namespace {

void take(const IncidentEvent& event, Incident& incident) {
  IncidentStand& stand = event.key.incoming ? incident.peers : incident.own;
  switch (event.effect) {
    case IncidentEffect::none:
      return;
    case IncidentEffect::reports:
      ++stand.reports;
      stand.closing.reset();
      break;
    case IncidentEffect::asks:
      incident.requests.push_back(event.key);
      stand.closing.reset();
      break;
    case IncidentEffect::opens:
      stand.closing.reset();
      break;
    case IncidentEffect::closes:
    case IncidentEffect::disputes:
      stand.closing = event.key;
      stand.closed_at = event.at;
      stand.disputed = event.effect == IncidentEffect::disputes;
      break;
  }
  incident.last_at = event.at;
  incident.last_index = event.journal_index;
}

bool begins(const IncidentEvent& event) {
  return event.effect == IncidentEffect::reports || event.effect == IncidentEffect::opens;
}

// A peer's time may be any 64 bits.
bool can_be_compared(const IncidentEvent& event) {
  return event.effect == IncidentEffect::reports && event.event.position && event.event.at &&
         *event.event.at >= 0 && *event.event.at <= limits::kTimeMax_ms;
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
  std::map<std::string, std::vector<const IncidentEvent*>> threads;
  for (const IncidentEvent& event : events) threads[event.thread].push_back(&event);
  std::vector<Incident> incidents;
  for (const auto& [thread, all] : threads) {
    const auto first =
        std::find_if(all.begin(), all.end(), [](const auto* event) { return begins(*event); });
    if (first == all.end()) continue;
    Incident incident{.thread = thread, .first = (*first)->key, .began_at = (*first)->at};
    for (const IncidentEvent* event : all) take(*event, incident);
    incidents.push_back(std::move(incident));
  }
  std::sort(incidents.begin(), incidents.end(), [](const Incident& a, const Incident& b) {
    return std::tuple(a.is_closed(), b.last_index) < std::tuple(b.is_closed(), a.last_index);
  });
  return incidents;
}

std::vector<SameEvent> same_events(const std::vector<IncidentEvent>& events,
                                   const std::string& thread, size_t limit) {
  std::vector<const IncidentEvent*> known;
  for (const IncidentEvent& event : events) {
    if (event.thread != thread || !can_be_compared(event)) continue;
    if (known.size() < kSameEventReportsMax) known.push_back(&event);
  }
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
    return std::tuple(a.distance_m, a.apart_ms, a.report.journal_index) <
           std::tuple(b.distance_m, b.apart_ms, b.report.journal_index);
  });
  if (found.size() > limit) found.resize(limit);
  return found;
}

}  // namespace hotline
