// LAUNCH: a missile or rocket that will rise, announced so that nobody takes it for an attack.
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/kinds/volumes.h"
#include "protocol/message/quantity.h"

namespace hotline {

template <>
const Vocabulary& vocabulary<wire::VehicleClass>() {
  static constexpr Word kClasses[] = {
      {1,
       "ballistic-missile",
       {"Ballistic missile, from land", "Баллистическая ракета наземного базирования",
        "Балістична ракета наземного базування", "Rudal balistik dari darat"}},
      {2,
       "submarine-launched",
       {"Ballistic missile, from a submarine", "Баллистическая ракета подводной лодки",
        "Балістична ракета підводного човна", "Rudal balistik dari kapal selam"}},
      {3,
       "space-launch",
       {"Space launch vehicle", "Космическая ракета-носитель", "Космічна ракета-носій",
        "Roket peluncur antariksa"}},
      {4,
       "sounding-rocket",
       {"Sounding rocket", "Исследовательская ракета", "Дослідницька ракета", "Roket penelitian"}},
      {5,
       "cruise-missile",
       {"Cruise missile", "Крылатая ракета", "Крилата ракета", "Rudal jelajah"}},
      {6, "interceptor", {"Interceptor", "Противоракета", "Протиракета", "Rudal pencegat"}},
      {7, "other", {"Other", "Другое", "Інше", "Lainnya"}},
  };
  static constexpr Vocabulary kVocabulary = {"class of vehicle", kClasses};
  return kVocabulary;
}

namespace {

constexpr int64_t kAhead_ms = 24 * int64_t{3'600'000};

constexpr Wording kLaunchArea = {"Launch area", "Район пуска", "Район пуску", "Daerah peluncuran"};
constexpr Wording kImpactArea = {"Impact area", "Район падения", "Район падіння", "Daerah jatuh"};
constexpr Wording kLaunchIsLate = {
    "Announced less than 24 hours ahead", "Сообщено менее чем за 24 часа",
    "Повідомлено менш ніж за 24 години", "Diberitahukan kurang dari 24 jam sebelumnya"};
constexpr Wording kLateReason = {"Reason for late notice", "Причина позднего уведомления",
                                 "Причина пізнього повідомлення", "Alasan keterlambatan"};

void check_window(RuleChecker& checker, const wire::Launch& launch) {
  checker.require_time("start", launch.window_start());
  const bool late = starts_within(kAhead_ms, launch.window_start(), checker.context().released_at);
  if (late && !launch.late_reason()) {
    checker.add("start", "is less than 24 hours ahead, and no reason is given",
                checker.context().by_correction
                    ? "move it later, or say why it was late: --change \"late-reason -> ...\""
                    : "announce it earlier, or say why it could not be: --set late-reason=\"...\"");
  }
}

void check_impact_areas(RuleChecker& checker, const wire::Launch& launch) {
  const size_t count = launch.impact_areas() ? launch.impact_areas()->size() : 0;
  if (count == 0) {
    return checker.add("impact-areas", "are missing", "areas parted by |: 60.00N 020.10E 20km");
  }
  if (count > limits::kImpactAreasMax) {
    return checker.add("impact-areas", "are more than " + std::to_string(limits::kImpactAreasMax));
  }
  for (const wire::Area* area : *launch.impact_areas()) checker.check_area("impact-areas", area);
}

std::optional<std::string> write_impact_areas(const wire::Launch& launch) {
  std::string text;
  for (flatbuffers::uoffset_t i = 0; launch.impact_areas() && i < launch.impact_areas()->size();
       ++i) {
    text += (text.empty() ? "" : " | ") + typed_form::of_area(*launch.impact_areas()->Get(i));
  }
  return text;
}

Status read_impact_areas(std::string_view text, LaunchFields& fields) {
  for (std::string_view one : split(text, '|')) {
    auto area = parse_area(trim(one));
    if (!area) return area.error();
    fields.impact_areas.push_back(std::move(*area));
  }
  return ok();
}

// From the deepest ground to above everything.
Volume above(const wire::Area& area, const wire::Launch& launch) {
  Volume volume;
  if (area.centre()) {
    volume.shape = Circle{to_position(*area.centre()), area.radius_m()};
  } else {
    volume.shape = Polygon{to_positions(*area.polygon())};
  }
  volume.lower = {-limits::kDepthMax_m, HeightDatum::mean_sea_level};
  volume.upper = {limits::kAltitudeMax_m, HeightDatum::mean_sea_level};
  volume.start = launch.window_start();
  volume.end = launch.window_end();
  return volume;
}

class Launch final : public ContentOf<LaunchFields> {
  static std::vector<Row> what_and_when() {
    return {
        coded("vehicle", {"Vehicle", "Ракета", "Ракета", "Wahana"}, &Table::vehicle, kMandatory)
            .typed(&Fields::vehicle, "which class of vehicle it is"),
        time("start", {"Window opens", "Начало окна", "Початок вікна", "Jendela dibuka"},
             &Table::window_start)
            .judged(check_window)
            .typed(&Fields::window_start, parse_time, "time", "+48h",
                   "from when it may be launched, in UTC; 24 hours ahead"),
        time("end", {"Window closes", "Конец окна", "Кінець вікна", "Jendela ditutup"},
             &Table::window_end)
            .typed(&Fields::window_end, parse_time, "time", "+52h",
                   "until when it may be launched, in UTC"),
        text("late-reason", kLateReason, &Table::late_reason, kOptional)
            .typed(&Fields::late_reason, "weather window moved",
                   "why it is announced less than 24 hours ahead")
            .shown([](Describer& describer, const Table& launch) {
              const auto released = describer.released_at();
              if (released && starts_within(kAhead_ms, launch.window_start(), *released)) {
                describer.caution(kLaunchIsLate);
              }
              describer.text(kLateReason, launch.late_reason());
            }),
    };
  }

  static std::vector<Row> where() {
    return {
        field("launch-area", kLaunchArea, kMandatory)
            .judged([](RuleChecker& checker, const Table& launch) {
              if (!launch.launch_area()) checker.add("launch-area", "is missing");
              checker.check_area("launch-area", launch.launch_area());
            })
            .shown([](Describer& describer, const Table& launch) {
              describer.area(kLaunchArea, launch.launch_area());
            })
            .written([](const Table& launch) -> std::optional<std::string> {
              if (!launch.launch_area()) return std::nullopt;
              return typed_form::of_area(*launch.launch_area());
            })
            .typed(&Fields::launch_area, parse_area, "area", "62.93N 040.57E 5km",
                   "centre and radius, or corners parted by semicolons"),
        field("impact-areas", kImpactArea, kMandatory)
            .judged(check_impact_areas)
            .shown([](Describer& describer, const Table& launch) {
              for (flatbuffers::uoffset_t i = 0;
                   launch.impact_areas() && i < launch.impact_areas()->size(); ++i) {
                describer.area(kImpactArea, launch.impact_areas()->Get(i));
              }
            })
            .written(write_impact_areas)
            .read_by("one or more areas", "57.00N 161.50E 50km", "where stages fall; parted by |",
                     read_impact_areas),
        direction("azimuth", {"Azimuth", "Азимут", "Азимут", "Azimut"}, &Table::azimuth_deg10)
            .typed(&Fields::azimuth_deg10, parse_direction_deg10, "direction", "72deg",
                   "of the launch, degrees true"),
        text("notice", kNoticeReference, &Table::notice, kOptional)
            .typed(&Fields::notice, "NOTAM A1234/26", "its NOTAM or NAVAREA reference"),
        text("conflict-reason", kConflictReason, &Table::conflict_reason, kOptional)
            .typed(&Fields::conflict_reason, "agreed by voice",
                   "why it is sent although it comes too near to what was announced"),
    };
  }

  const std::vector<Row>& rows() const override {
    static const std::vector<Row> all = [] {
      std::vector<Row> rows = what_and_when();
      for (Row& row : where()) rows.push_back(std::move(row));
      return rows;
    }();
    return all;
  }

  // An area must also be one that volumes can have, for it is compared as one.
  void check_together(RuleChecker& checker, const Table& launch, const wire::Body&) const override {
    const bool has_window = launch.window_start() != 0 && launch.window_end() != 0;
    if (has_window && launch.window_end() <= launch.window_start()) {
      return checker.add("end", "is not after the start");
    }
    if (launch.window_end() != 0 && launch.window_end() <= checker.context().released_at) {
      return checker.add("end", "is over before the message is released");
    }
    if (checker.found_problems()) return;
    for (const Volume& volume : volumes_in(launch)) {
      if (const auto fault = volume_fault(volume)) {
        checker.add("launch-area", "or an impact area: " + words_of(*fault));
      }
    }
  }

  std::vector<Volume> volumes_in(const Table& launch) const override {
    std::vector<Volume> volumes = {above(*launch.launch_area(), launch)};
    for (const wire::Area* area : *launch.impact_areas()) volumes.push_back(above(*area, launch));
    return volumes;
  }

  EventPoint event_of(const Table& launch) const override {
    EventPoint point = point_of(launch.launch_area());
    if (launch.window_start() != 0) point.at = launch.window_start();
    return point;
  }

  std::string subject_of(const Fields& fields, Language language) const override {
    const AreaFields& area = *fields.launch_area;
    const Position& where = area.centre ? *area.centre : area.polygon.front();
    return word(wire::MessageType::launch, language) + ": " + word(fields.vehicle, language) +
           ", " + format_position(where) + ", " + format_date_time_group(fields.window_start);
  }
};

}  // namespace

template <>
const KindContent& content_of<LaunchFields>() {
  static const Launch content;
  return content;
}

}  // namespace hotline
