// Rules of VIOLATION: a monitored breach of a ceasefire or another agreement.
#include "protocol/base/limits.h"
#include "protocol/message/body.h"
#include "protocol/message/rule_checker.h"

namespace hotline {
namespace {

void check_bearing(RuleChecker& checker, const wire::Bearing& bearing) {
  checker.check_direction("bearing", bearing.direction_deg10());
  if (bearing.farthest_m() == 0 || bearing.farthest_m() > limits::kDistanceMax_m) {
    checker.add("bearing", "needs the farthest distance in metres");
  }
  if (bearing.nearest_m() > bearing.farthest_m()) {
    checker.add("bearing", "has its nearest distance beyond its farthest");
  }
}

}  // namespace

void check_violation(RuleChecker& checker, const wire::Violation& violation) {
  if (!violation.observer_position()) {
    checker.add("observer", "is missing", "the observer's position, like 48.31N 038.02E");
  }
  checker.check_position("observer", violation.observer_position());
  if (!violation.event_position() && !violation.bearing()) {
    checker.add("where", "is missing, and there is no bearing",
                "the position of the event, or its bearing and distances from the observer");
  }
  checker.check_position("where", violation.event_position());
  if (violation.event_position() || violation.accuracy_m()) {
    checker.check_accuracy("accuracy", violation.accuracy_m().value_or(0));
  }
  if (violation.bearing()) check_bearing(checker, *violation.bearing());
  checker.require_past("when", violation.event_at());
  checker.require_known("means", violation.means());
  if (violation.count() == 0) checker.add("count", "is missing", "how many events, at least 1");
  checker.require_known("exactness", violation.exactness());
  checker.require_known("event", violation.event());
  checker.require_known("attribution", violation.attribution());

  checker.allow_text("weapon", violation.weapon());
  if (violation.direction_deg10()) {
    checker.check_direction("direction", *violation.direction_deg10());
  }
  checker.allow_known("training-area", violation.in_training_area());
  checker.allow_text("damage", violation.damage());
  checker.allow_known("verification", violation.verification());
}

}  // namespace hotline
