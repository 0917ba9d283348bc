#include "protocol/message/kinds/kinds.h"

#include <array>
#include <type_traits>

#include "protocol/message/body.h"

namespace hotline {

template <>
const KindContent& content_of<TextContentFields>();
template <>
const KindContent& content_of<IncidentFields>();
template <>
const KindContent& content_of<ViolationFields>();
template <>
const KindContent& content_of<ActivityFields>();
template <>
const KindContent& content_of<LaunchFields>();
template <>
const KindContent& content_of<ProtectedFields>();
template <>
const KindContent& content_of<QuestionsFields>();
template <>
const KindContent& content_of<AnswersFields>();
template <>
const KindContent& content_of<CorrectionFields>();
template <>
const KindContent& content_of<CancellationFields>();
template <>
const KindContent& content_of<DecisionFields>();
template <>
const KindContent& content_of<ChannelStatusFields>();
template <>
const KindContent& content_of<MeetingFields>();
template <>
const KindContent& content_of<AcknowledgementFields>();
template <>
const KindContent& content_of<DisseminationFields>();
template <>
const KindContent& content_of<DeclineFields>();
template <>
const KindContent& content_of<TestFields>();
template <>
const KindContent& content_of<ServiceFields>();

namespace {

using enum SpeaksOf;
using enum TargetEffect;
using Type = wire::MessageType;

constexpr bool yes = true, no = false;

constexpr Kind::Built later{};
template <class Fields>
concept AnnouncesVolumes = requires {
  requires Fields::kAnnouncesVolumes;
};
template <class Fields>
concept AnnouncesPlace = requires {
  requires Fields::kAnnouncesPlace;
};
template <class Fields>
constexpr Kind::Built by{content_of<Fields>,
                         wire::ContentTraits<typename Fields::Table>::enum_value,
                         AnnouncesVolumes<Fields>, AnnouncesPlace<Fields>};

// A table, kept as one.
// clang-format off
constexpr Kind kKinds[] = {
    //                       speaks                                                does to       its  ends test to be
    // type                  of       texts               awaits                   that one      prec wait call told
    {Type::unset,            nothing, Texts::always,      Awaits::nothing,         none,         no,  no,  no,  no,
     "unset", {}, later},
    {Type::text,             nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  no,
     "text", {"text", "текст", "текст", "teks"}, by<TextContentFields>},
    {Type::incident,         nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  yes,
     "incident", {"incident", "инцидент", "інцидент", "insiden"}, by<IncidentFields>},
    {Type::violation,        nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  yes,
     "violation", {"violation", "нарушение", "порушення", "pelanggaran"}, by<ViolationFields>},
    {Type::activity,         nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  yes,
     "activity", {"activity", "деятельность", "діяльність", "kegiatan"}, by<ActivityFields>},
    {Type::launch,           nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  yes,
     "launch", {"launch", "пуск", "пуск", "peluncuran"}, by<LaunchFields>},
    {Type::protected_,       nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  yes,
     "protected", {"protected site or movement", "защищённый объект или перемещение",
                   "захищений об'єкт або переміщення", "objek atau pergerakan yang dilindungi"}, by<ProtectedFields>},
    {Type::request,          nothing, Texts::always,      Awaits::answer,          none,         no,  no,  no,  no,
     "request", {"request", "запрос", "запит", "permintaan"}, by<QuestionsFields>},
    {Type::answer,           theirs,  Texts::in_exercise, Awaits::acknowledgement, answers,      no,  no,  no,  no,
     "answer", {"answer", "ответ", "відповідь", "jawaban"}, by<AnswersFields>},
    {Type::correction,       own,     Texts::in_exercise, Awaits::acknowledgement, corrects,     no,  no,  no,  no,
     "correction", {"correction", "исправление", "виправлення", "koreksi"}, by<CorrectionFields>},
    {Type::cancellation,     own,     Texts::in_exercise, Awaits::acknowledgement, cancels,      no,  yes, no,  no,
     "cancellation", {"cancellation", "отмена", "скасування", "pembatalan"}, by<CancellationFields>},
    {Type::decision,         nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  no,
     "decision", {"decision", "решение", "рішення", "keputusan"}, by<DecisionFields>},
    {Type::status,           nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  no,
     "status", {"status of the channel", "состояние канала", "стан каналу", "status saluran"}, by<ChannelStatusFields>},
    {Type::meeting,          nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  no,
     "meeting", {"meeting", "встреча", "зустріч", "pertemuan"}, by<MeetingFields>},
    {Type::acknowledgement,  theirs,  Texts::never,       Awaits::nothing,         acknowledges, yes, yes, no,  no,
     "acknowledgement", {"acknowledgement", "подтверждение прочтения",
                         "підтвердження прочитання", "tanda sudah dibaca"}, by<AcknowledgementFields>},
    {Type::dissemination,    theirs,  Texts::never,       Awaits::nothing,         disseminates, yes, yes, no,  no,
     "dissemination", {"dissemination", "доведение до исполнителей",
                       "доведення до виконавців", "penyebaran"}, by<DisseminationFields>},
    {Type::decline,          theirs,  Texts::never,       Awaits::nothing,         declines,     yes, yes, no,  no,
     "decline", {"decline", "отклонение", "відхилення", "penolakan"}, by<DeclineFields>},
    {Type::test,             nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  yes, no,
     "test", {"test call", "проверка связи", "перевірка зв'язку", "uji sambungan"}, by<TestFields>},
    {Type::service,          nothing, Texts::in_exercise, Awaits::nothing,         none,         no,  no,  no,  no,
     "service", {"service message", "служебное сообщение", "службове повідомлення", "pesan layanan"}, by<ServiceFields>},
};

constexpr Kind kFromTheFuture =
    {Type::unset,            nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  no,
     "", {}, later};
// clang-format on

constexpr size_t kTypes =
    std::extent_v<std::remove_reference_t<decltype(wire::EnumValuesMessageType())>>;
constexpr size_t kContents =
    std::extent_v<std::remove_reference_t<decltype(wire::EnumValuesContent())>>;

constexpr bool each_stands_in_its_place() {
  for (size_t i = 0; i < std::size(kKinds); ++i) {
    const auto content = static_cast<size_t>(kKinds[i].built.number);
    if (static_cast<size_t>(kKinds[i].type) != i || (content != 0 && content != i)) return false;
  }
  return true;
}

constexpr size_t count_built() {
  size_t count = 0;
  // By its number: under a sanitizer the address of a function is no constant.
  for (const Kind& kind : kKinds) count += kind.built.number != wire::Content::NONE;
  return count;
}

static_assert(std::size(kKinds) == kTypes, "a type of the schema has no row");
static_assert(each_stands_in_its_place(),
              "a row stands in the place of its type, with that type's content");
static_assert(count_built() == kContents - 1,
              "a content of the schema is not built, or the other way round");

constexpr auto kWords = [] {
  std::array<Word, kTypes - 1> words{};
  for (size_t i = 1; i < kTypes; ++i)
    words[i - 1] = {static_cast<uint16_t>(i), kKinds[i].key, kKinds[i].wording};
  return words;
}();

}  // namespace

const Kind& kind_of(uint8_t type) {
  return type < kTypes ? kKinds[type] : kFromTheFuture;
}

const Kind& kind_of(wire::MessageType type) {
  return kind_of(static_cast<uint8_t>(type));
}

template <>
const Vocabulary& vocabulary<wire::MessageType>() {
  static constexpr Vocabulary kVocabulary = {"message type", kWords};
  return kVocabulary;
}

}  // namespace hotline
