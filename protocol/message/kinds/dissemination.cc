// DISSEMINATION: the receiver's own people were told of a message.
#include "protocol/message/kinds/content.h"
#include "protocol/message/quantity.h"

namespace hotline {

template <>
const Vocabulary& vocabulary<wire::Audience>() {
  static constexpr Word kAudiences[] = {
      {1,
       "watch-officers",
       {"watch officers", "дежурные офицеры", "чергові офіцери", "perwira jaga"}},
      {2,
       "air-defence",
       {"air defence", "противовоздушная оборона", "протиповітряна оборона", "pertahanan udara"}},
      {3,
       "missile-warning",
       {"missile warning", "предупреждение о ракетном нападении", "попередження про ракетний напад",
        "peringatan dini rudal"}},
      {4,
       "air-operations",
       {"air operations", "управление полётами", "управління польотами", "operasi udara"}},
      {5,
       "naval-operations",
       {"naval operations", "военно-морские силы", "військово-морські сили", "operasi laut"}},
      {6,
       "ground-forces",
       {"ground forces", "сухопутные войска", "сухопутні війська", "pasukan darat"}},
      {7,
       "strategic-forces",
       {"strategic forces", "стратегические силы", "стратегічні сили", "pasukan strategis"}},
      {8,
       "civil-authorities",
       {"civil authorities", "гражданские власти", "цивільна влада", "otoritas sipil"}},
      {9,
       "political-leadership",
       {"political leadership", "политическое руководство", "політичне керівництво",
        "pimpinan politik"}},
      {10, "other", {"others", "другие", "інші", "pihak lain"}},
  };
  static constexpr Vocabulary kVocabulary = {"audience", kAudiences};
  return kVocabulary;
}

namespace {

class Dissemination final : public ContentOf<DisseminationFields> {
  const std::vector<Row>& rows() const override {
    static const std::vector<Row> all = {
        coded("audience", {"Told", "Доведено до", "Доведено до", "Disampaikan kepada"},
              &Table::audience, kMandatory),
        past("at", kWhen, &Table::at),
        text("detail", {"Which", "Кто именно", "Хто саме", "Siapa"}, &Table::detail, kOptional),
    };
    return all;
  }

  const char* said_instead(TargetEffect, const Table&) const override { return kSayAnew; }
};

}  // namespace

template <>
const KindContent& content_of<DisseminationFields>() {
  static const Dissemination content;
  return content;
}

std::vector<Problem> check_told_after(const wire::Dissemination& told, UtcMs released_at) {
  if (told.at() + kTimeTolerance_ms >= released_at) return {};
  return {{"at",
           format_rfc3339(told.at()) + " is before the message was released, " +
               format_rfc3339(released_at),
           "check the date, and that the time is UTC", DeclineCode::rule_broken}};
}

}  // namespace hotline
