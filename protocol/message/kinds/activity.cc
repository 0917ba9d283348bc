// ACTIVITY: an exercise, a flight or the like, announced before it happens.
#include <algorithm>

#include "protocol/message/kinds/content.h"
#include "protocol/message/kinds/volumes.h"
#include "protocol/message/quantity.h"

namespace hotline {

template <>
const Vocabulary& vocabulary<wire::ActivityKind>() {
  static constexpr Word kEntries[] = {
      {1,
       "exercise",
       {"Exercise of forces", "Войсковое учение", "Військове навчання", "Latihan pasukan"}},
      {2, "live-fire", {"Live fire", "Боевая стрельба", "Бойова стрільба", "Penembakan"}},
      {3, "flight", {"Flight", "Полёт", "Політ", "Penerbangan"}},
      {4, "naval", {"Naval activity", "Действия на море", "Дії на морі", "Kegiatan laut"}},
      {5,
       "unmanned",
       {"Unmanned craft", "Беспилотные средства", "Безпілотні засоби", "Wahana nirawak"}},
      {6, "jamming", {"Jamming", "Радиоподавление", "Радіоподавлення", "Pengacauan sinyal"}},
      {7, "laser", {"Laser", "Лазер", "Лазер", "Laser"}},
  };
  static constexpr Vocabulary kVocabulary = {"kind of activity", kEntries};
  return kVocabulary;
}

namespace {

constexpr Wording kActivityVolumes = {"Volume", "Объём", "Об'єм", "Volume"};
constexpr Wording kCraft = {"Count", "Количество", "Кількість", "Jumlah"};

// Where a volume's shape begins: its centre or its first point.
Position first_point(const Shape& shape) {
  if (const auto* circle = std::get_if<Circle>(&shape)) return circle->centre;
  const auto* polygon = std::get_if<Polygon>(&shape);
  return polygon ? polygon->border.front() : std::get<Corridor>(shape).route.front();
}

std::vector<Volume> read_volumes(const wire::Activity& activity) {
  std::vector<Volume> volumes;
  if (!activity.volumes()) return volumes;
  for (const wire::Volume* volume : *activity.volumes()) volumes.push_back(to_volume(*volume));
  return volumes;
}

class Activity final : public ContentOf<ActivityFields> {
  const std::vector<Row>& rows() const override {
    static const std::vector<Row> all = {
        coded("kind", {"Activity", "Деятельность", "Діяльність", "Kegiatan"}, &Table::kind,
              kMandatory)
            .typed(&Fields::kind, "what will be done"),
        field("volume", kActivityVolumes, kMandatory)
            .judged([](RuleChecker& checker, const Table& activity) {
              check_volumes(checker, "volume", activity.volumes());
            })
            .shown([](Describer& describer, const Table& activity) {
              show_volumes(describer, activity.volumes());
            })
            .written([](const Table& activity) {
              return typed_form::of_volumes(read_volumes(activity));
            })
            .typed(&Fields::volumes, parse_volumes, "shape / heights / times", kVolumeForm,
                   "where, how high and when; several parted by |"),
        text("contact", {"Contact", "Связь", "Зв'язок", "Kontak"}, &Table::contact, kMandatory)
            .typed(&Fields::contact, "range control, 123.450 MHz", "who can be reached meanwhile"),
        text("units", {"Units", "Силы", "Сили", "Satuan"}, &Table::units, kOptional)
            .typed(&Fields::units, "two frigates", "which units take part"),
        field("count", kCraft, kOptional)
            .shown([](Describer& describer, const Table& activity) {
              if (auto count = activity.count()) describer.line(kCraft, std::to_string(*count));
            })
            .written([](const Table& activity) -> std::optional<std::string> {
              if (!activity.count()) return std::nullopt;
              return std::to_string(*activity.count());
            })
            .typed(&Fields::count, parse_count, "number", "4", "how many craft take part"),
        text("frequency", {"Frequency", "Частота", "Частота", "Frekuensi"}, &Table::frequency,
             kOptional)
            .typed(&Fields::frequency, "243.000 MHz",
                   "on which they are reached, or which is jammed"),
        text("notice", kNoticeReference, &Table::notice, kOptional)
            .typed(&Fields::notice, "NOTAM A1234/26", "its NOTAM or NAVAREA reference"),
        text("abort-phrase",
             {"Abort phrase", "Сигнал прекращения", "Сигнал припинення", "Isyarat penghentian"},
             &Table::abort_phrase, kOptional)
            .typed(&Fields::abort_phrase, "STOP STOP STOP", "said by either side, it ends all"),
        text("conflict-reason", kConflictReason, &Table::conflict_reason, kOptional)
            .typed(&Fields::conflict_reason, "agreed by voice",
                   "why it is sent although it comes too near to what was announced"),
    };
    return all;
  }

  std::vector<Volume> volumes_in(const Table& activity) const override {
    return read_volumes(activity);
  }

  EventPoint event_of(const Table& activity) const override {
    EventPoint point;
    if (!activity.volumes() || activity.volumes()->size() == 0) return point;
    const wire::Volume& first = *activity.volumes()->Get(0);
    const bool drawn = first.centre() || (first.polygon() && first.polygon()->size() > 0) ||
                       (first.route() && first.route()->size() > 0);
    if (drawn) point.position = first_point(to_volume(first).shape);
    if (first.start() != 0) point.at = first.start();
    return point;
  }

  std::string subject_of(const Fields& fields, Language language) const override {
    return word(fields.kind, language) + ", " +
           format_position(first_point(fields.volumes.front().shape)) + ", " +
           format_date_time_group(fields.volumes.front().start);
  }
};

}  // namespace

template <>
const KindContent& content_of<ActivityFields>() {
  static const Activity content;
  return content;
}

}  // namespace hotline
