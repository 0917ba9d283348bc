// PROTECTED: a site, or a movement, that the law of war protects. It is protected whether or not
// anybody was told.
#include "protocol/message/kinds/content.h"
#include "protocol/message/quantity.h"

namespace hotline {

template <>
const Vocabulary& vocabulary<wire::ProtectedKind>() {
  static constexpr Word kEntries[] = {
      {1,
       "medical-site",
       {"Medical site", "Медицинский объект", "Медичний об'єкт", "Fasilitas kesehatan"}},
      {2,
       "medical-transport",
       {"Medical transport", "Санитарный транспорт", "Санітарний транспорт", "Angkutan medis"}},
      {3,
       "humanitarian-site",
       {"Humanitarian site", "Гуманитарный объект", "Гуманітарний об'єкт",
        "Fasilitas kemanusiaan"}},
      {4,
       "humanitarian-convoy",
       {"Humanitarian convoy", "Гуманитарный конвой", "Гуманітарний конвой", "Konvoi kemanusiaan"}},
      {5,
       "evacuation",
       {"Evacuation of civilians", "Эвакуация гражданских лиц", "Евакуація цивільних",
        "Evakuasi warga sipil"}},
      {6,
       "cultural-site",
       {"Cultural site", "Культурный объект", "Культурний об'єкт", "Situs budaya"}},
      {7,
       "dangerous-forces",
       {"Works that contain dangerous forces", "Сооружение, содержащее опасные силы",
        "Споруда, що містить небезпечні сили", "Instalasi yang mengandung tenaga berbahaya"}},
      {8,
       "essential-supply",
       {"Supply of the population", "Снабжение населения", "Постачання населення",
        "Pasokan penduduk"}},
      {9, "other", {"Other", "Другое", "Інше", "Lainnya"}},
  };
  static constexpr Vocabulary kVocabulary = {"kind of what is protected", kEntries};
  return kVocabulary;
}

namespace {

constexpr int64_t kHour_ms = 3'600'000;
constexpr int64_t kEarly_ms = 48 * kHour_ms;
constexpr int64_t kLate_ms = 24 * kHour_ms;

constexpr Wording kRoute = {"Route", "Маршрут", "Маршрут", "Rute"};
constexpr Wording kEmergency = {"Emergency", "Срочный случай", "Терміновий випадок", "Darurat"};
constexpr Wording kNoLegalEffect = {
    "Notification does not change legal status", "Уведомление не меняет правового статуса",
    "Повідомлення не змінює правового статусу", "Pemberitahuan tidak mengubah status hukum"};
constexpr Wording kNoticeIsLate = {
    "Announced less than 48 hours ahead", "Сообщено менее чем за 48 часов",
    "Повідомлено менш ніж за 48 годин", "Diberitahukan kurang dari 48 jam sebelumnya"};

void check_start(RuleChecker& checker, const wire::Protected& notice) {
  checker.require_time("start", notice.start());
  const bool late = starts_within(kLate_ms, notice.start(), checker.context().released_at);
  if (late && !notice.emergency()) {
    checker.add("start", "is less than 24 hours ahead, and this is no emergency",
                checker.context().by_correction
                    ? "move it later, or mark it: --change \"emergency -> yes\""
                    : "announce it earlier, or mark it: --set emergency=yes");
  }
}

class Protected final : public ContentOf<ProtectedFields> {
  static std::vector<Row> what_it_is() {
    return {
        coded("kind", {"Protected", "Под защитой", "Під захистом", "Dilindungi"}, &Table::kind,
              kMandatory)
            .typed(&Fields::kind, "what is protected"),
        text("organisation", {"Organisation", "Организация", "Організація", "Organisasi"},
             &Table::organisation, kMandatory)
            .typed(&Fields::organisation, "Red Cross", "who runs it"),
        text("purpose", {"Purpose", "Цель", "Мета", "Tujuan"}, &Table::purpose, kMandatory)
            .typed(&Fields::purpose, "medicine for the hospital", "what it is for"),
        position("where", kWhere, &Table::position)
            .typed(&Fields::position, parse_position, "position", "48.34N 038.05E",
                   "position of the site; of a movement, give a route"),
        field("route", kRoute, kOptional)
            .judged([](RuleChecker& checker, const Table& notice) {
              if (notice.route()) checker.check_route("route", *notice.route());
            })
            .shown([](Describer& describer, const Table& notice) {
              describer.route(kRoute, notice.route());
            })
            .written([](const Table& notice) -> std::optional<std::string> {
              if (!notice.route()) return std::nullopt;
              return typed_form::of_positions(to_positions(*notice.route()));
            })
            .typed(&Fields::route, parse_route, "positions", "48.34N 038.05E; 48.60N 038.00E",
                   "the way of a movement, its points parted by semicolons"),
    };
  }

  static std::vector<Row> when_and_who() {
    return {
        time("start", {"Start", "Начало", "Початок", "Mulai"}, &Table::start)
            .judged(check_start)
            .typed(&Fields::start, parse_time, "time", "+50h",
                   "from when, in UTC: 48 hours ahead, and under 24 only with emergency=yes"),
        time("end", {"End", "Окончание", "Кінець", "Selesai"}, &Table::end)
            .typed(&Fields::end, parse_time, "time", "+62h", "until when, in UTC"),
        text("contact", {"Contact", "Связь", "Зв'язок", "Kontak"}, &Table::contact, kMandatory)
            .typed(&Fields::contact, "convoy leader, +00 000 000 002", "who can be reached"),
        text("markings", {"Markings", "Обозначения", "Позначення", "Tanda"}, &Table::markings,
             kOptional)
            .typed(&Fields::markings, "red cross on white", "how it is marked"),
        text("vehicles", {"Vehicles", "Транспорт", "Транспорт", "Kendaraan"}, &Table::vehicles,
             kOptional)
            .typed(&Fields::vehicles, "4 white trucks, 1 car", "how many, and of which kind"),
        field("emergency", kEmergency, kOptional)
            .shown([](Describer& describer, const Table& notice) {
              if (notice.emergency()) {
                describer.coded(kEmergency, wire::Ternary::yes);
              }
              const auto released = describer.released_at();
              if (released && starts_within(kEarly_ms, notice.start(), *released)) {
                describer.caution(kNoticeIsLate);
              }
              describer.caution(kNoLegalEffect);
            })
            .written([](const Table& notice) -> std::optional<std::string> {
              return notice.emergency() ? std::optional<std::string>("yes") : std::nullopt;
            })
            .typed(&Fields::emergency, parse_yes_no, "yes or no", "yes",
                   "it begins in less than 24 hours and cannot wait"),
    };
  }

  const std::vector<Row>& rows() const override {
    static const std::vector<Row> all = [] {
      std::vector<Row> rows = what_it_is();
      for (Row& row : when_and_who()) rows.push_back(std::move(row));
      return rows;
    }();
    return all;
  }

  void check_together(RuleChecker& checker, const Table& notice, const wire::Body&) const override {
    const bool has_route = notice.route() && notice.route()->size() > 0;
    if ((notice.position() != nullptr) == has_route) {
      checker.add("where", "needs either a position or a route",
                  "the position of a site, or the route of a movement");
    }
    const bool has_times = notice.start() != 0 && notice.end() != 0;
    if (has_times && notice.end() <= notice.start()) {
      checker.add("end", "is not after the start");
    } else if (notice.end() <= checker.context().released_at) {
      checker.add("end", "is over before the message is released");
    }
  }

  // The position or the way itself, as narrow as a volume can be. A route that no volume can have
  // is announced by its first point.
  std::vector<Volume> volumes_in(const wire::Protected& notice) const override {
    Volume volume;
    if (notice.position()) {
      volume.shape = Circle{to_position(*notice.position()), 1};
    } else {
      volume.shape = Corridor{to_positions(*notice.route()), 1};
    }
    volume.lower = volume.upper = {0, HeightDatum::ground};
    volume.start = notice.start();
    volume.end = notice.end();
    if (volume_fault(volume) && !notice.position()) {
      volume.shape = Circle{to_position(*notice.route()->Get(0)), 1};
    }
    return {volume};
  }

  // Its start, from which it must be known; where it is, or begins.
  EventPoint event_of(const Table& notice) const override {
    EventPoint point;
    if (notice.position()) {
      point.position = to_position(*notice.position());
    } else if (notice.route() && notice.route()->size() > 0) {
      point.position = to_position(*notice.route()->Get(0));
    }
    if (notice.start() != 0) point.at = notice.start();
    return point;
  }

  Status complete(Fields& fields, const TypedFields& typed) const override {
    if (fields.position || !fields.route.empty()) return ok();
    return make_error(ErrorCode::refused,
                      typed.template_name + " needs where, the position of the site, or route",
                      "--set where=\"48.34N 038.05E\"");
  }

  std::string subject_of(const Fields& fields, Language language) const override {
    const Position& where = fields.position ? *fields.position : fields.route.front();
    return word(fields.kind, language) + ", " + format_position(where);
  }
};

}  // namespace

template <>
const KindContent& content_of<ProtectedFields>() {
  static const Protected content;
  return content;
}

}  // namespace hotline
