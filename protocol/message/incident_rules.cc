// Rules of INCIDENT.
#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/message/body.h"
#include "protocol/message/rule_checker.h"

namespace hotline {
namespace {

void check_area(RuleChecker& checker, const wire::Area& area) {
  bool polygon = area.polygon() != nullptr && area.polygon()->size() > 0;
  if (polygon == (area.centre() != nullptr)) {
    return checker.add("area", "needs either a polygon or a centre with a radius");
  }
  if (!polygon) {
    checker.check_position("area", area.centre());
    if (area.radius_m() == 0 || area.radius_m() > limits::kDistanceMax_m) {
      checker.add("area", "needs a radius in metres");
    }
    return;
  }
  if (area.polygon()->size() > limits::kPolygonPointsMax) {
    return checker.add("area",
                       "has more than " + std::to_string(limits::kPolygonPointsMax) + " points");
  }
  std::vector<Position> points;
  for (const wire::Position* point : *area.polygon()) points.push_back(to_position(*point));
  std::string fault = polygon_fault(points);
  if (!fault.empty()) checker.add("area", fault);
}

void check_actions(RuleChecker& checker, const flatbuffers::Vector<wire::Action>* actions) {
  if (!actions || actions->size() == 0) {
    return checker.add("action", "is missing",
                       "one or more of: " + vocabulary<wire::Action>().keys());
  }
  std::vector<uint8_t> seen;
  for (flatbuffers::uoffset_t i = 0; i < actions->size(); ++i) {
    auto action = static_cast<wire::Action>(actions->Get(i));
    auto value = static_cast<uint8_t>(action);
    checker.require_known("action", action);
    if (std::find(seen.begin(), seen.end(), value) != seen.end()) {
      return checker.add("action", "names the same action twice");
    }
    if (action == wire::Action::none && actions->size() > 1) {
      return checker.add("action", "is none and something else at once");
    }
    seen.push_back(value);
  }
}

void check_altitude(RuleChecker& checker, const wire::Altitude& altitude) {
  checker.require_known("altitude", altitude.datum());
  int64_t value = altitude.value();
  bool good = true;
  switch (altitude.datum()) {
    case wire::AltitudeDatum::flight_level:
      good = value >= 0 && value <= 999;
      break;
    case wire::AltitudeDatum::ground:
      good = value >= 0 && value <= limits::kAltitudeMax_m;
      break;
    default:
      good = value >= -limits::kDepthMax_m && value <= limits::kAltitudeMax_m;
      break;
  }
  if (!good) checker.add("altitude", "is not one that anything can have with this datum");
}

}  // namespace

void check_incident(RuleChecker& checker, const wire::Incident& incident) {
  checker.require_known("kind", incident.kind());
  checker.require_past("when", incident.observed_at());
  if (!incident.position() && !incident.area()) {
    checker.add("where", "is missing, and there is no area",
                "a position like 54.90N 020.10E, or an area");
  }
  checker.check_position("where", incident.position());
  if (incident.area()) check_area(checker, *incident.area());
  checker.check_accuracy("accuracy", incident.accuracy_m());
  checker.require_known("who", incident.who());
  checker.require_known("what", incident.observed());
  checker.require_known("certainty", incident.certainty());
  checker.require_known("intent", incident.intent());
  check_actions(checker, incident.actions());

  checker.allow_text("platform", incident.platform());
  if (auto mmsi = incident.mmsi(); mmsi && (*mmsi == 0 || *mmsi > 999'999'999)) {
    checker.add("mmsi", "is not nine digits");
  }
  if (auto icao = incident.icao_address(); icao && (*icao == 0 || *icao >= 0xffffff)) {
    // ICAO Annex 10, volume III, chapter 9: all zeros and all ones are never given to an aircraft.
    checker.add("icao", "is not a 24-bit address between 000001 and FFFFFE");
  }
  if (incident.course_deg10()) checker.check_direction("course", *incident.course_deg10());
  if (auto speed = incident.speed_cm_s(); speed && *speed > limits::kSpeedMax_cm_s) {
    checker.add("speed", "is more than escape velocity");
  }
  if (incident.altitude()) check_altitude(checker, *incident.altitude());
  checker.allow_text("evidence", incident.evidence());
  checker.allow_text("weather", incident.weather());
}

}  // namespace hotline
