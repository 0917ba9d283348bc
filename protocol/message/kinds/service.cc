// SERVICE: about the channel itself, such as what became of a message.
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/incidents.h"
#include "protocol/message/kinds/content.h"

namespace hotline {

template <>
const Vocabulary& vocabulary<wire::ServiceAction>() {
  static constexpr Word kActions[] = {
      {1,
       "trace",
       {"What became of a message?", "Что стало с сообщением?", "Що сталося з повідомленням?",
        "Apa yang terjadi dengan pesan?"}},
      {2,
       "repeat",
       {"Say a message again", "Повторите сообщение", "Повторіть повідомлення", "Ulangi pesan"}},
      {3,
       "handover",
       {"The watch was handed over", "Дежурство передано", "Чергування передано",
        "Tugas jaga diserahterimakan"}},
      {4,
       "agreement-proposed",
       {"An agreement is proposed", "Предложено соглашение", "Запропоновано угоду",
        "Perjanjian diusulkan"}},
      {5,
       "agreement-signed",
       {"An agreement is signed", "Соглашение подписано", "Угоду підписано",
        "Perjanjian ditandatangani"}},
      {6, "key-change", {"A key is changed", "Ключ заменён", "Ключ замінено", "Kunci diganti"}},
      {7,
       "exercise-start",
       {"The exercise starts", "Учение начинается", "Навчання починається", "Latihan dimulai"}},
      {8,
       "exercise-end",
       {"The exercise ends", "Учение окончено", "Навчання закінчено", "Latihan selesai"}},
      {9,
       "incident-opened",
       {"An incident is opened", "Инцидент открыт", "Інцидент відкрито", "Insiden dibuka"}},
      {10,
       "incident-closed",
       {"An incident is closed", "Инцидент закрыт", "Інцидент закрито", "Insiden ditutup"}},
      {11,
       "incident-disputed",
       {"An incident is closed with a disagreement", "Инцидент закрыт с разногласием",
        "Інцидент закрито з розбіжністю", "Insiden ditutup dengan perselisihan"}},
      {12,
       "agreement-concluded",
       {"An agreement is concluded", "Соглашение заключено", "Угоду укладено",
        "Perjanjian disepakati"}},
      {13,
       "agreement-rejected",
       {"An agreement is rejected or withdrawn", "Соглашение отклонено или отозвано",
        "Угоду відхилено або відкликано", "Perjanjian ditolak atau ditarik"}},
      {14,
       "exercise-clock-proposed",
       {"A change of the exercise's clock is proposed", "Предложено изменить часы учения",
        "Запропоновано змінити годинник навчання", "Perubahan jam latihan diusulkan"}},
      {15,
       "exercise-clock-agreed",
       {"A change of the exercise's clock is agreed to", "Изменение часов учения согласовано",
        "Зміну годинника навчання погоджено", "Perubahan jam latihan disetujui"}},
      {16,
       "exercise-clock-declined",
       {"A change of the exercise's clock is declined or withdrawn",
        "Изменение часов учения отклонено или отозвано",
        "Зміну годинника навчання відхилено або відкликано",
        "Perubahan jam latihan ditolak atau ditarik"}},
      {17,
       "exercise-clock-concluded",
       {"A change of the exercise's clock is concluded", "Изменение часов учения принято",
        "Зміну годинника навчання ухвалено", "Perubahan jam latihan disepakati"}},
      {18,
       "epoch-begun",
       {"The record goes on in a new epoch", "Запись продолжается в новой эпохе",
        "Запис продовжується в новій епосі", "Catatan berlanjut dalam epoch baru"}},
  };
  static constexpr Vocabulary kVocabulary = {"service", kActions};
  return kVocabulary;
}

namespace {

constexpr Wording kMessage = {"Message", "Сообщение", "Повідомлення", "Pesan"};
constexpr Wording kClock = {"Clock", "Часы", "Годинник", "Jam"};
constexpr Wording kAgreement = {"Agreement", "Соглашение", "Угода", "Perjanjian"};

bool is_about_a_message(wire::ServiceAction action) {
  return action == wire::ServiceAction::trace || action == wire::ServiceAction::repeat;
}

void check_message(RuleChecker& checker, const wire::Service& service) {
  if (is_about_a_message(service.action())) {
    checker.require_serial("message", service.message());
  } else if (service.message()) {
    checker.add("message", "is named, and this is not about a message", "leave it out");
  }
}

// Its lines are read where the numbers are known (protocol/channel/agreements.h).
void check_agreement(RuleChecker& checker, const wire::Service& service) {
  const std::string_view said = view(service.agreement());
  if (service.action() != wire::ServiceAction::agreement_proposed) {
    if (service.agreement()) {
      checker.add("agreement", "is there, and this message proposes no agreement", "leave it out");
    }
  } else if (is_blank(said)) {
    checker.add("agreement", "is missing: what is proposed", "hotline agreement propose FILE");
  } else if (said.size() > limits::kAgreementSizeMax) {
    checker.add("agreement",
                "has more than " + std::to_string(limits::kAgreementSizeMax) + " bytes");
  } else if (!is_plain_text(said)) {
    checker.add("agreement", what_is_not_plain(said));
  }
}

// Its words are read where the exercise is known (protocol/channel/exercise_joint.h).
void check_clock(RuleChecker& checker, const wire::Service& service) {
  const std::string_view said = view(service.clock());
  if (service.action() != wire::ServiceAction::exercise_clock_proposed) {
    if (service.clock()) {
      checker.add("clock", "is there, and this message proposes no change of it", "leave it out");
    }
  } else if (is_blank(said)) {
    checker.add("clock", "is missing: what is proposed", "hotline drill speed 10 --joint");
  } else if (said.size() > limits::kClockChangeSizeMax || !is_plain_text(said)) {
    checker.add("clock", "is no change of a clock", "hotline drill speed 10 --joint");
  }
}

bool is_about_an_incident(wire::ServiceAction action) {
  return action == wire::ServiceAction::incident_opened || closes_incident(action);
}

class Service final : public ContentOf<ServiceFields> {
  const std::vector<Row>& rows() const override {
    static const std::vector<Row> all = {
        coded("action", {"Service", "Служебное", "Службове", "Layanan"}, &Table::action, kMandatory)
            .typed(&Fields::action, "what it is about"),
        field("message", kMessage, kOptional)
            .judged(check_message)
            .shown([](Describer& describer, const Table& service) {
              describer.text(kMessage, service.message());
            })
            .written([](const Table& service) { return text_of_field(service.message()); })
            .read_by("message", "N-000123", "the message to trace, or to say again",
                     [](std::string_view text, Fields& fields) {
                       return store_text(text, fields.message);
                     }),
        text("detail", {"Detail", "Подробности", "Подробиці", "Rincian"}, &Table::detail, kOptional)
            .typed(&Fields::detail, "the text is cut off", "more about it"),
        field("agreement", kAgreement, kOptional)
            .judged(check_agreement)
            .shown([](Describer& describer, const Table& service) {
              describer.text(kAgreement, service.agreement());
            }),
        field("clock", kClock, kOptional)
            .judged(check_clock)
            .shown([](Describer& describer, const Table& service) {
              describer.text(kClock, service.clock());
            }),
    };
    return all;
  }

  void check_together(RuleChecker& checker, const Table& service,
                      const wire::Body&) const override {
    const bool is_rejection = service.action() == wire::ServiceAction::agreement_rejected;
    if (is_rejection && is_blank(view(service.detail()))) {
      checker.add("detail", "does not say why", "--reason \"...\"");
    }
    if (!is_about_an_incident(service.action())) return;
    if (checker.context().incident.empty()) {
      checker.add("incident", "is not named, and this is about one", "--incident S-000087");
    }
    if (closes_incident(service.action()) && is_blank(view(service.detail()))) {
      checker.add("detail", "does not say why the incident is closed", "--reason \"...\"");
    }
  }

  // An opening and a closing of an incident count as long as nobody takes them back.
  const char* said_instead(TargetEffect change, const Table& service) const override {
    const bool can_be_cancelled = is_about_an_incident(service.action());
    if (change == TargetEffect::cancels && can_be_cancelled) return nullptr;
    return can_be_cancelled ? "cancel it, and say it anew" : "say anew what holds now";
  }

  Status complete(Fields& fields, const TypedFields& typed) const override {
    if (!is_about_a_message(fields.action) || !fields.message.empty()) return ok();
    return make_error(ErrorCode::refused,
                      typed.template_name + " needs message: which one is meant",
                      "--set message=N-000123");
  }

  std::string subject_of(const Fields& fields, Language language) const override {
    std::string subject = word(fields.action, language);
    return fields.message.empty() ? subject : subject + " " + fields.message;
  }
};

}  // namespace

template <>
const KindContent& content_of<ServiceFields>() {
  static const Service content;
  return content;
}

}  // namespace hotline
