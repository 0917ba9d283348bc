// VIOLATION: a monitored breach of a ceasefire or another agreement.
#include "protocol/base/limits.h"
#include "protocol/geometry/position_text.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/quantity.h"

namespace hotline {
namespace {

constexpr Wording kCount = {"Count", "Количество", "Кількість", "Jumlah"};
constexpr Wording kObserver = {"Observer's position", "Координаты наблюдателя",
                               "Координати спостерігача", "Posisi pengamat"};
constexpr Wording kBearing = {"Bearing and distance", "Пеленг и дальность", "Пеленг і відстань",
                              "Baringan dan jarak"};

void show_count(Describer& describer, const wire::Violation& violation) {
  std::string count = std::to_string(violation.count());
  const Phrases& phrases = describer.phrases();
  if (violation.exactness() == wire::Exactness::at_least) {
    count = std::string(phrases.at_least) + " " + count;
  } else if (violation.exactness() == wire::Exactness::about) {
    count = std::string(phrases.about) + " " + count;
  }
  describer.line(kCount, count);
}

void check_bearing(RuleChecker& checker, const wire::Violation& violation) {
  if (!violation.bearing()) return;
  const wire::Bearing& bearing = *violation.bearing();
  checker.check_direction("bearing", bearing.direction_deg10());
  if (bearing.farthest_m() == 0 || bearing.farthest_m() > limits::kDistanceMax_m) {
    checker.add("bearing", "needs the farthest distance in metres");
  }
  if (bearing.nearest_m() > bearing.farthest_m()) {
    checker.add("bearing", "has its nearest distance beyond its farthest");
  }
}

void show_bearing(Describer& describer, const wire::Violation& violation) {
  if (!violation.bearing()) return;
  const wire::Bearing& bearing = *violation.bearing();
  describer.line(kBearing, format_direction(bearing.direction_deg10()) + " " +
                               describer.phrases().degrees_true + ", " +
                               std::to_string(bearing.nearest_m()) + " - " +
                               describer.metres(bearing.farthest_m()));
}

class Violation final : public ContentOf<ViolationFields> {
  const std::vector<Row>& rows() const override {
    static const std::vector<Row> all = {
        coded("event", {"Event", "Событие", "Подія", "Kejadian"}, &Table::event, kMandatory)
            .typed(&Fields::event, "what happened"),
        field("count", kCount, kMandatory)
            .judged([](RuleChecker& checker, const Table& violation) {
              if (violation.count() != 0) return;
              checker.add("count", "is missing", "how many events, at least 1");
            })
            .shown(show_count)
            .written([](const Table& violation) { return std::to_string(violation.count()); })
            .typed(&Fields::count, parse_count, "number", "12", "how many"),
        coded("exactness",
              {"Exactness", "Точность счёта", "Точність підрахунку", "Ketepatan hitungan"},
              &Table::exactness, kMandatory)
            .typed(&Fields::exactness, "whether the number is exact")
            .shown(nullptr),  // Shown with the count.
        past("when", kWhen, &Table::event_at)
            .typed(&Fields::event_at, parse_time, "time", "-5m", "when it happened, in UTC"),
        position("where", kWhere, &Table::event_position)
            .shown([](Describer& describer, const Table& violation) {
              describer.position(kWhere, violation.event_position(),
                                 violation.accuracy_m().value_or(0));
            })
            .typed(&Fields::event_position, parse_position, "position", "48.34N 038.05E",
                   "position of the event; without it, give a bearing"),
        field("accuracy", kAccuracy, kOptional)
            .judged([](RuleChecker& checker, const Table& violation) {
              if (!violation.event_position() && !violation.accuracy_m()) return;
              checker.check_accuracy("accuracy", violation.accuracy_m().value_or(0));
            })
            .written([](const Table& violation) -> std::optional<std::string> {
              if (!violation.accuracy_m()) return std::nullopt;
              return typed_form::of_distance(*violation.accuracy_m());
            })
            .typed(&Fields::accuracy_m, parse_distance_m, "distance", "100m",
                   "radius that holds the true position in 95 of 100 cases"),
        position("observer", kObserver, &Table::observer_position)
            .judged([](RuleChecker& checker, const Table& violation) {
              if (!violation.observer_position()) {
                checker.add("observer", "is missing",
                            "the observer's position, like 48.31N 038.02E");
              }
              checker.check_position("observer", violation.observer_position());
            })
            .mandatory()
            .typed(&Fields::observer_position, parse_position, "position", "48.31N 038.02E",
                   "where the observer was"),
        field("bearing", kBearing, kOptional)
            .judged(check_bearing)
            .shown(show_bearing)
            .written([](const Table& violation) -> std::optional<std::string> {
              if (!violation.bearing()) return std::nullopt;
              return typed_form::of_bearing(*violation.bearing());
            })
            .typed(&Fields::bearing, parse_bearing, "direction and two distances", "135deg 2km 3km",
                   "direction true, nearest and farthest distance from the observer"),
        coded("means",
              {"Observed by", "Способ наблюдения", "Спосіб спостереження", "Cara pengamatan"},
              &Table::means, kMandatory)
            .typed(&Fields::means, "how it was observed"),
        coded("attribution", {"Attributed to", "Приписывается", "Приписується", "Diduga oleh"},
              &Table::attribution, kMandatory)
            .typed(&Fields::attribution,
                   "to which side it is attributed: own is yours, other is the receiver's"),
        text("weapon", {"Weapon", "Оружие", "Зброя", "Senjata"}, &Table::weapon, kOptional)
            .typed(&Fields::weapon, "undetermined", "weapon or calibre"),
        direction("direction", {"Direction", "Направление", "Напрямок", "Arah"},
                  &Table::direction_deg10)
            .typed(&Fields::direction_deg10, parse_direction_deg10, "direction", "90deg",
                   "of fire or movement, degrees true"),
        coded("training-area",
              {"In a training area", "На полигоне", "На полігоні", "Di daerah latihan"},
              &Table::in_training_area, kOptional)
            .typed(&Fields::in_training_area, "whether it lay in a training area"),
        text("damage", {"Damage", "Ущерб", "Шкода", "Kerusakan"}, &Table::damage, kOptional)
            .typed(&Fields::damage, "none seen", "damage seen"),
        coded("verification", {"Verification", "Проверка", "Перевірка", "Verifikasi"},
              &Table::verification, kOptional)
            .typed(&Fields::verification, "how far it has been verified"),
    };
    return all;
  }

  void check_together(RuleChecker& checker, const Table& violation,
                      const wire::Body&) const override {
    if (violation.event_position() || violation.bearing()) return;
    checker.add("where", "is missing, and there is no bearing",
                "the position of the event, or its bearing and distances from the observer");
  }

  EventPoint event_of(const Table& violation) const override {
    EventPoint point;
    if (violation.event_position()) {
      point.position = to_position(*violation.event_position());
    } else if (violation.observer_position()) {
      point.position = to_position(*violation.observer_position());
    }
    if (violation.event_at() != 0) point.at = violation.event_at();
    return point;
  }

  Status complete(Fields& fields, const TypedFields& typed) const override {
    if (fields.event_at == 0) fields.event_at = typed.now;
    if (!fields.event_position && !fields.bearing) {
      return make_error(ErrorCode::refused,
                        typed.template_name + " needs where, the position of the event, or bearing",
                        "--set where=\"48.34N 038.05E\" or --set bearing=\"135deg 2km 3km\"");
    }
    if (fields.event_position && !fields.accuracy_m) {
      fields.accuracy_m = accuracy_of_writing_m(*typed.value("where"));
    }
    return ok();
  }

  std::string subject_of(const Fields& fields, Language language) const override {
    const std::string what =
        word(wire::MessageType::violation, language) + ": " + word(fields.event, language) + ", ";
    if (fields.event_position) {
      return what + position_in_words(*fields.event_position, fields.accuracy_m.value_or(0));
    }
    // The event was elsewhere, so that the position says whose it is.
    return what + kObserver[static_cast<size_t>(language)] + " " +
           format_position(*fields.observer_position);
  }
};

}  // namespace

template <>
const KindContent& content_of<ViolationFields>() {
  static const Violation content;
  return content;
}

}  // namespace hotline
