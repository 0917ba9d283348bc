#include "protocol/message/neutral_phrases.h"

#include "protocol/base/text.h"
#include "protocol/message/words.h"

namespace hotline {
namespace {

constexpr Wording kSentences[kNeutralPhrases] = {
    {"The morning is clear above the mountains.", "Утро над горами ясное.",
     "Ранок над горами ясний.", "Pagi cerah di atas pegunungan."},
    {"Rain falls on the quiet lake.", "На тихое озеро падает дождь.", "На тихе озеро падає дощ.",
     "Hujan turun di danau yang tenang."},
    {"The old library opens at nine.", "Старая библиотека открывается в девять.",
     "Стара бібліотека відчиняється о дев'ятій.", "Perpustakaan tua buka pukul sembilan."},
    {"Apples ripen in the garden in autumn.", "Осенью в саду созревают яблоки.",
     "Восени в саду достигають яблука.", "Apel matang di kebun pada musim gugur."},
    {"Ten and fifteen are twenty-five.", "Десять и пятнадцать будет двадцать пять.",
     "Десять і п'ятнадцять буде двадцять п'ять.",
     "Sepuluh tambah lima belas sama dengan dua puluh lima."},
    {"The river is wide near the old mill.", "У старой мельницы река широка.",
     "Біля старого млина річка широка.", "Sungai melebar di dekat kincir tua."},
};

constexpr const char* kTags[kLanguages] = {"en", "ru", "uk", "id"};

}  // namespace

std::optional<std::string_view> neutral_phrase(uint8_t number, std::string_view language_tag) {
  if (number == 0 || number > kNeutralPhrases) return std::nullopt;
  std::string_view primary = language_tag.substr(0, language_tag.find('-'));
  for (size_t i = 0; i < kLanguages; ++i) {
    if (same_language(primary, kTags[i])) return kSentences[number - 1][i];
  }
  return std::nullopt;
}

}  // namespace hotline
