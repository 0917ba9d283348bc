#include "protocol/message/kinds/kinds.h"

#include <array>
#include <type_traits>

namespace hotline {
namespace {

using enum SpeaksOf;
using enum TargetEffect;
using Type = wire::MessageType;

constexpr bool yes = true, no = false;

// A table, kept as one.
// clang-format off
constexpr Kind kKinds[] = {
    //                       speaks                                                does to       its  ends test
    // type                  of       texts               awaits                   that one      prec wait call built
    {Type::unset,            nothing, Texts::always,      Awaits::nothing,         none,         no,  no,  no,  no,
     "unset", {}},
    {Type::text,             nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  yes,
     "text", {"text", "текст", "текст", "teks"}},
    {Type::incident,         nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  yes,
     "incident", {"incident", "инцидент", "інцидент", "insiden"}},
    {Type::violation,        nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  yes,
     "violation", {"violation", "нарушение", "порушення", "pelanggaran"}},
    {Type::activity,         nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  no,
     "activity", {"activity", "деятельность", "діяльність", "kegiatan"}},
    {Type::launch,           nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  no,
     "launch", {"launch", "пуск", "пуск", "peluncuran"}},
    {Type::protected_,       nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  no,
     "protected", {"protected site or movement", "защищённый объект или перемещение",
                   "захищений об'єкт або переміщення", "objek atau pergerakan yang dilindungi"}},
    {Type::request,          nothing, Texts::always,      Awaits::answer,          none,         no,  no,  no,  yes,
     "request", {"request", "запрос", "запит", "permintaan"}},
    {Type::answer,           theirs,  Texts::in_exercise, Awaits::acknowledgement, answers,      no,  no,  no,  yes,
     "answer", {"answer", "ответ", "відповідь", "jawaban"}},
    {Type::correction,       own,     Texts::in_exercise, Awaits::acknowledgement, corrects,     no,  no,  no,  yes,
     "correction", {"correction", "исправление", "виправлення", "koreksi"}},
    {Type::cancellation,     own,     Texts::in_exercise, Awaits::acknowledgement, cancels,      no,  yes, no,  yes,
     "cancellation", {"cancellation", "отмена", "скасування", "pembatalan"}},
    {Type::decision,         nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  no,
     "decision", {"decision", "решение", "рішення", "keputusan"}},
    {Type::status,           nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  no,
     "status", {"status of the channel", "состояние канала", "стан каналу", "status saluran"}},
    {Type::meeting,          nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  no,
     "meeting", {"meeting", "встреча", "зустріч", "pertemuan"}},
    {Type::acknowledgement,  theirs,  Texts::never,       Awaits::nothing,         acknowledges, yes, yes, no,  yes,
     "acknowledgement", {"acknowledgement", "подтверждение прочтения",
                         "підтвердження прочитання", "tanda sudah dibaca"}},
    {Type::dissemination,    theirs,  Texts::always,      Awaits::nothing,         none,         yes, yes, no,  no,
     "dissemination", {"dissemination", "доведение до исполнителей",
                       "доведення до виконавців", "penyebaran"}},
    {Type::decline,          theirs,  Texts::never,       Awaits::nothing,         declines,     yes, yes, no,  yes,
     "decline", {"decline", "отклонение", "відхилення", "penolakan"}},
    {Type::test,             nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  yes, yes,
     "test", {"test call", "проверка связи", "перевірка зв'язку", "uji sambungan"}},
    {Type::service,          nothing, Texts::always,      Awaits::nothing,         none,         no,  no,  no,  no,
     "service", {"service message", "служебное сообщение", "службове повідомлення", "pesan layanan"}},
};

constexpr Kind kFromTheFuture =
    {Type::unset,            nothing, Texts::always,      Awaits::acknowledgement, none,         no,  no,  no,  no,
     "", {}};
// clang-format on

constexpr size_t kTypes =
    std::extent_v<std::remove_reference_t<decltype(wire::EnumValuesMessageType())>>;
constexpr size_t kContents =
    std::extent_v<std::remove_reference_t<decltype(wire::EnumValuesContent())>>;

constexpr bool each_stands_in_its_place() {
  for (size_t i = 0; i < std::size(kKinds); ++i) {
    if (static_cast<size_t>(kKinds[i].type) != i) return false;
  }
  return true;
}

constexpr size_t count_built() {
  size_t count = 0;
  for (const Kind& kind : kKinds) count += kind.is_built;
  return count;
}

static_assert(std::size(kKinds) == kTypes, "a type of the schema has no row");
static_assert(each_stands_in_its_place(), "rows stand in the order of their types");
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
