#include "tests/simulation/announcing.h"

#include "protocol/message/message_rules.h"
#include "protocol/message/typed_form.h"
#include "tests/durations.h"

namespace hotline::simulation {
namespace {

constexpr UtcMs kFarAhead = 1'900'000'000'000;

Bytes body_of(const char* subject, bool with_text, ContentFields content) {
  BodyFields body{subject, {}, std::move(content)};
  if (with_text) body.texts.push_back({"en", subject, true, ""});
  return build_body(body);
}

}  // namespace

Volume some_volume(Seeded& random) {
  const auto near = [&random](int32_t degrees_e5) {
    return degrees_e5 + static_cast<int32_t>(random.below(40'000));
  };
  Volume volume;
  const Position corner{near(54'00000), near(20'00000)};
  if (random.chance(500)) {
    volume.shape = Circle{corner, static_cast<uint32_t>(500 + random.below(5'000))};
  } else {
    const int32_t side = 1'000 + static_cast<int32_t>(random.below(5'000));
    volume.shape = Polygon{{corner,
                            {corner.latitude_e5, corner.longitude_e5 + side},
                            {corner.latitude_e5 + side, corner.longitude_e5},
                            corner}};
  }
  volume.lower = {static_cast<int32_t>(random.below(5'000)), HeightDatum::mean_sea_level};
  volume.upper = {volume.lower.value + 500, HeightDatum::mean_sea_level};
  volume.start = kFarAhead + static_cast<UtcMs>(random.below(10)) * kHour_ms;
  volume.end = volume.start + kHour_ms;
  return volume;
}

namespace {

// Another one for each volume: a notice that moves needs a reason of its own.
std::string reason_for(const Volume& volume) {
  return "agreed for " + typed_form::of_volumes({volume});
}

}  // namespace

Bytes activity_body(const Volume& volume) {
  ActivityFields fields;
  fields.kind = wire::ActivityKind::flight;
  fields.contact = "tower";
  fields.volumes = {volume};
  fields.conflict_reason = reason_for(volume);
  return body_of("A flight", true, std::move(fields));
}

Bytes correction_body(const Volume& from, const Volume& to) {
  return body_of(
      "Correction", false,
      CorrectionFields{{{"volume", typed_form::of_volumes({from}), typed_form::of_volumes({to})},
                        {"conflict-reason", reason_for(from), reason_for(to)}},
                       "moved"});
}

Bytes cancellation_body() {
  return body_of("Cancellation", false, CancellationFields{"not flown"});
}

Bytes acceptance_body() {
  return body_of("Accepted", false, acceptance_of_conflict());
}

}  // namespace hotline::simulation
