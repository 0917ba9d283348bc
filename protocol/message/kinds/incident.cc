// INCIDENT: something dangerous happened, or could be taken for it.
#include <algorithm>
#include <cstdio>

#include "protocol/base/limits.h"
#include "protocol/geometry/position_text.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/quantity.h"

namespace hotline {
namespace {

constexpr Wording kArea = {"Area", "Район", "Район", "Daerah"};
constexpr Wording kAltitude = {"Altitude", "Высота", "Висота", "Ketinggian"};

// ---------------------------------------------------------------------------------------------------------------------
// Actions

void check_actions(RuleChecker& checker, const wire::Incident& incident) {
  const auto* actions = incident.actions();
  if (!actions || actions->size() == 0) {
    return checker.add("action", "is missing",
                       "one or more of: " + vocabulary<wire::Action>().keys());
  }
  std::vector<wire::Action> seen;
  for (flatbuffers::uoffset_t i = 0; i < actions->size(); ++i) {
    auto action = static_cast<wire::Action>(actions->Get(i));
    checker.require_known("action", action);
    if (std::find(seen.begin(), seen.end(), action) != seen.end()) {
      return checker.add("action", "names the same action twice");
    }
    if (action == wire::Action::none && actions->size() > 1) {
      return checker.add("action", "is none and something else at once");
    }
    seen.push_back(action);
  }
}

constexpr Wording kAction = {"Action requested", "Просьба", "Прохання", "Tindakan yang diminta"};

void show_actions(Describer& describer, const wire::Incident& incident) {
  if (!incident.actions()) return;
  std::string actions;
  for (flatbuffers::uoffset_t i = 0; i < incident.actions()->size(); ++i) {
    if (!actions.empty()) actions += "; ";
    actions += word(static_cast<wire::Action>(incident.actions()->Get(i)), describer.language());
  }
  describer.line(kAction, actions);
}

std::optional<std::string> write_actions(const wire::Incident& incident) {
  std::string keys;
  for (flatbuffers::uoffset_t i = 0; incident.actions() && i < incident.actions()->size(); ++i) {
    const Word* action =
        vocabulary<wire::Action>().by_value(static_cast<uint64_t>(incident.actions()->Get(i)));
    if (action) keys += (keys.empty() ? "" : ",") + std::string(action->key);
  }
  return keys;
}

Status read_actions(std::string_view text, IncidentFields& fields) {
  while (true) {
    size_t comma = text.find(',');
    auto action = parse_code<wire::Action>(text.substr(0, comma));
    if (!action) return action.error();
    fields.actions.push_back(*action);
    if (comma == std::string_view::npos) return ok();
    text.remove_prefix(comma + 1);
  }
}

// ---------------------------------------------------------------------------------------------------------------------

constexpr Wording kMmsi = {"MMSI", "MMSI", "MMSI", "MMSI"};
constexpr Wording kIcao = {"ICAO address", "Адрес ICAO", "Адреса ICAO", "Alamat ICAO"};
constexpr Wording kSpeed = {"Speed", "Скорость", "Швидкість", "Kecepatan"};

class Incident final : public ContentOf<IncidentFields> {
  // Numbers that are absent are unknown; without the table nothing is said of casualties.
  static Row casualties(const char* key, Wording label,
                        std::optional<uint32_t> (wire::Casualties::*get)() const,
                        std::optional<uint32_t> CasualtiesFields::*member, const char* example,
                        const char* help) {
    Row row = field(key, label, kOptional);
    row.read_by("number or unknown", example, help,
                [member](std::string_view text, Fields& fields) {
                  if (!fields.casualties) fields.casualties = CasualtiesFields{};
                  if (text == "unknown") return ok();
                  return store(parse_count(text), (*fields.casualties).*member);
                });
    row.show = [=](Describer& describer, const Table& incident) {
      if (!incident.casualties()) return;
      const auto count = (incident.casualties()->*get)();
      describer.line(label, count ? std::to_string(*count) : describer.phrases().unknown);
    };
    row.write = [=](const Table& incident) -> std::optional<std::string> {
      if (!incident.casualties()) return std::nullopt;
      const auto count = (incident.casualties()->*get)();
      return count ? std::to_string(*count) : "unknown";
    };
    return row;
  }

  static std::vector<Row> what_happened() {
    using Sum = wire::Casualties;
    return {
        coded("kind", {"Kind", "Вид", "Вид", "Macam"}, &Table::kind, kMandatory)
            .typed(&Fields::kind, "what kind of incident it is"),
        past("when", kWhen, &Table::observed_at)
            .typed(&Fields::observed_at, parse_time, "time", "-5m", "when it was observed, in UTC"),
        position("where", kWhere, &Table::position)
            .typed(&Fields::position, parse_position, "position", "54.90N 020.10E",
                   "position of the event (WGS-84)")
            .shown([](Describer& describer, const Table& incident) {
              describer.position(kWhere, incident.position(), incident.accuracy_m());
            }),
        field("area", kArea, kOptional)
            .judged([](RuleChecker& checker, const Table& incident) {
              checker.check_area("area", incident.area());
            })
            .shown([](Describer& describer, const Table& incident) {
              describer.area(kArea, incident.area());
            })
            .written([](const Table& incident) -> std::optional<std::string> {
              if (!incident.area()) return std::nullopt;
              return typed_form::of_area(*incident.area());
            })
            .typed(&Fields::area, parse_area, "area", "54.90N 020.10E 5km",
                   "centre and radius, or corners parted by semicolons, instead of a position"),
        field("accuracy", kAccuracy, kMandatory)
            .judged([](RuleChecker& checker, const Table& incident) {
              checker.check_accuracy("accuracy", incident.accuracy_m());
            })
            .shown([](Describer& describer, const Table& incident) {
              if (incident.position()) return;  // Shown beside it.
              describer.line(kAccuracy, describer.metres(incident.accuracy_m()));
            })
            .written([](const Table& incident) {
              return typed_form::of_distance(incident.accuracy_m());
            })
            .typed(&Fields::accuracy_m, parse_distance_m, "distance", "500m",
                   "radius that holds the true position in 95 of 100 cases"),
        coded("who", {"Whose", "Чья сторона", "Чия сторона", "Milik pihak"}, &Table::who,
              kMandatory)
            .typed(&Fields::who, "whose it is: own is yours, other is the receiver's"),
        coded("what", {"Observed", "Наблюдалось", "Спостерігалося", "Yang teramati"},
              &Table::observed, kMandatory)
            .typed(&Fields::observed, "what was observed"),
        coded("certainty", {"Certainty", "Достоверность", "Достовірність", "Kepastian"},
              &Table::certainty, kMandatory)
            .typed(&Fields::certainty, "how sure you are"),
        coded("intent", {"Intent", "Умысел", "Намір", "Niat"}, &Table::intent, kMandatory)
            .typed(&Fields::intent, "what you state about intent"),
        actions(),
        casualties("casualties-own",
                   {"Casualties, sender", "Потери отправителя", "Втрати відправника",
                    "Korban pihak pengirim"},
                   &Sum::own, &CasualtiesFields::own, "0", "own casualties"),
        casualties("casualties-other",
                   {"Casualties, receiver", "Потери получателя", "Втрати одержувача",
                    "Korban pihak penerima"},
                   &Sum::other, &CasualtiesFields::other, "unknown", "the receiver's casualties"),
        casualties("casualties-civilian",
                   {"Casualties, civilian", "Потери среди гражданских", "Втрати серед цивільних",
                    "Korban sipil"},
                   &Sum::civilian, &CasualtiesFields::civilian, "unknown", "civilian casualties"),
    };
  }

  static std::vector<Row> particulars() {
    return {
        text("platform", {"Platform", "Средство", "Засіб", "Wahana"}, &Table::platform, kOptional)
            .typed(&Fields::platform, "transport aircraft, two engines",
                   "type and marks of the craft"),
        field("mmsi", kMmsi, kOptional)
            .judged([](RuleChecker& checker, const Table& incident) {
              auto mmsi = incident.mmsi();
              if (!mmsi || (*mmsi != 0 && *mmsi <= 999'999'999)) return;
              checker.add("mmsi", "is not nine digits");
            })
            .shown([](Describer& describer, const Table& incident) {
              if (auto mmsi = incident.mmsi())
                describer.line(kMmsi, typed_form::of_number("%09u", *mmsi));
            })
            .written([](const Table& incident) -> std::optional<std::string> {
              if (!incident.mmsi()) return std::nullopt;
              return typed_form::of_number("%09u", *incident.mmsi());
            })
            .typed(&Fields::mmsi, parse_mmsi, "nine digits", "211000000",
                   "Maritime Mobile Service Identity"),
        field("icao", kIcao, kOptional)
            .judged([](RuleChecker& checker, const Table& incident) {
              // ICAO Annex 10, volume III, chapter 9: all zeros and all ones are never given to
              // an aircraft.
              auto icao = incident.icao_address();
              if (!icao || (*icao != 0 && *icao < 0xffffff)) return;
              checker.add("icao", "is not a 24-bit address between 000001 and FFFFFE");
            })
            .shown([](Describer& describer, const Table& incident) {
              if (auto icao = incident.icao_address()) {
                describer.line(kIcao, typed_form::of_number("%06X", *icao));
              }
            })
            .written([](const Table& incident) -> std::optional<std::string> {
              if (!incident.icao_address()) return std::nullopt;
              return typed_form::of_number("%06X", *incident.icao_address());
            })
            .typed(&Fields::icao_address, parse_icao_address, "six hexadecimal digits", "3C6444",
                   "ICAO 24-bit address of the aircraft"),
        direction("course", {"Course", "Курс", "Курс", "Haluan"}, &Table::course_deg10)
            .typed(&Fields::course_deg10, parse_direction_deg10, "direction", "270deg",
                   "course over ground, degrees true"),
        field("speed", kSpeed, kOptional)
            .judged([](RuleChecker& checker, const Table& incident) {
              auto speed = incident.speed_cm_s();
              if (!speed || *speed <= limits::kSpeedMax_cm_s) return;
              checker.add("speed", "is more than escape velocity");
            })
            .shown([](Describer& describer, const Table& incident) {
              const Phrases& phrases = describer.phrases();
              auto speed = incident.speed_cm_s();
              if (!speed) return;
              describer.line(kSpeed,
                             format_speed(*speed, phrases.knots, phrases.metres_per_second));
            })
            .written([](const Table& incident) -> std::optional<std::string> {
              if (!incident.speed_cm_s()) return std::nullopt;
              return typed_form::of_speed(*incident.speed_cm_s());
            })
            .typed(&Fields::speed_cm_s, parse_speed_cm_s, "speed", "300kt",
                   "speed over ground: kt, m/s or km/h"),
        field("altitude", kAltitude, kOptional)
            .judged([](RuleChecker& checker, const Table& incident) {
              if (incident.altitude()) checker.check_altitude("altitude", *incident.altitude());
            })
            .shown([](Describer& describer, const Table& incident) {
              if (incident.altitude()) describer.altitude(kAltitude, *incident.altitude());
            })
            .written([](const Table& incident) -> std::optional<std::string> {
              if (!incident.altitude()) return std::nullopt;
              return typed_form::of_altitude(to_height(*incident.altitude()));
            })
            .typed(&Fields::altitude, parse_altitude, "altitude", "FL330",
                   "altitude with its datum: FL330, 9000m amsl, 1500ft agl, 9000m hae"),
        text("evidence", {"Evidence", "Свидетельства", "Докази", "Bukti"}, &Table::evidence,
             kOptional)
            .typed(&Fields::evidence, "radar track 14:02 to 14:09", "what evidence is kept"),
        text("weather", {"Weather", "Погода", "Погода", "Cuaca"}, &Table::weather, kOptional)
            .typed(&Fields::weather, "fog, visibility 400 m", "weather at the place"),
    };
  }

  const std::vector<Row>& rows() const override {
    static const std::vector<Row> all = [] {
      std::vector<Row> rows = what_happened();
      for (Row& row : particulars()) rows.push_back(std::move(row));
      return rows;
    }();
    return all;
  }

  static Row actions() {
    Row row = field("action", kAction, kMandatory)
                  .judged(check_actions)
                  .shown(show_actions)
                  .written(write_actions)
                  .read_by("one or more of", "hold-fire,inform-units",
                           "what you ask of the receiver; several parted by commas", read_actions);
    row.choices = &vocabulary<wire::Action>();
    return row;
  }

  void check_together(RuleChecker& checker, const Table& incident,
                      const wire::Body&) const override {
    if (incident.position() || incident.area()) return;
    checker.add("where", "is missing, and there is no area",
                "a position like 54.90N 020.10E, or an area");
  }

  EventPoint event_of(const Table& incident) const override {
    EventPoint point = point_of(incident.area());
    if (incident.position()) point.position = to_position(*incident.position());
    if (incident.observed_at() != 0) point.at = incident.observed_at();
    return point;
  }

  Status complete(Fields& fields, const TypedFields& typed) const override {
    if (fields.observed_at == 0) fields.observed_at = typed.now;
    if (fields.intent == wire::Intent::unset) {
      fields.intent =
          fields.who == wire::Side::own ? wire::Intent::accidental : wire::Intent::unknown;
    }
    if (!fields.position && !fields.area) {
      return make_error(ErrorCode::refused,
                        typed.template_name + " needs where: the position of the event",
                        "--set where=\"54.90N 020.10E\"");
    }
    if (fields.accuracy_m == 0 && !typed.value("accuracy")) {
      const auto where = typed.value("where");
      fields.accuracy_m = accuracy_of_writing_m(where ? *where : *typed.value("area"));
    }
    return ok();
  }

  std::string subject_of(const Fields& fields, Language language) const override {
    const auto& position = fields.position ? fields.position : fields.area->centre;
    const std::string kind = word(fields.kind, language);
    return position ? kind + ", " + position_in_words(*position, fields.accuracy_m) : kind;
  }
};

}  // namespace

template <>
const KindContent& content_of<IncidentFields>() {
  static const Incident content;
  return content;
}

}  // namespace hotline
