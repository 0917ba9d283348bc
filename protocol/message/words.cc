#include "protocol/message/words.h"

#include "protocol/base/text.h"

namespace hotline {
namespace {

// Every table is: number, key, English, Russian, Ukrainian, Indonesian.

constexpr Word kPrecedences[] = {
    {1, "flash", {"FLASH", "FLASH (молния)", "FLASH (блискавка)", "FLASH (kilat)"}},
    {2,
     "immediate",
     {"IMMEDIATE", "IMMEDIATE (срочно)", "IMMEDIATE (терміново)", "IMMEDIATE (segera)"}},
    {3,
     "priority",
     {"PRIORITY", "PRIORITY (вне очереди)", "PRIORITY (позачергово)", "PRIORITY (prioritas)"}},
    {4, "routine", {"ROUTINE", "ROUTINE (обычное)", "ROUTINE (звичайне)", "ROUTINE (biasa)"}},
};

constexpr Word kModes[] = {
    {1, "live", {"live", "действительное", "дійсне", "sungguhan"}},
    {2, "exercise", {"EXERCISE", "УЧЕНИЕ", "НАВЧАННЯ", "LATIHAN"}},
    {3, "test", {"test", "проверка связи", "перевірка зв'язку", "uji sambungan"}},
};

constexpr Word kRoles[] = {
    {1, "operator", {"operator", "оператор", "оператор", "operator"}},
    {2, "releaser", {"releaser", "утверждающий", "затверджувач", "pengesah"}},
    {3, "supervisor", {"supervisor", "начальник смены", "начальник зміни", "pengawas"}},
    {4, "monitor", {"monitor", "датчик наблюдения", "датчик спостереження", "pemantau"}},
    {5,
     "director",
     {"director of exercises", "руководитель учений", "керівник навчань", "direktur latihan"}},
    {6, "auditor", {"auditor", "аудитор", "аудитор", "auditor"}},
    {7, "machine", {"machine", "автомат", "автомат", "mesin"}},
};

constexpr Word kAltitudeDatums[] = {
    {1,
     "hae",
     {"above the WGS-84 ellipsoid", "над эллипсоидом WGS-84", "над еліпсоїдом WGS-84",
      "di atas elipsoid WGS-84"}},
    {2,
     "amsl",
     {"above mean sea level", "над средним уровнем моря", "над середнім рівнем моря",
      "di atas permukaan laut rata-rata"}},
    {3, "agl", {"above ground", "над землёй", "над землею", "di atas tanah"}},
    {4, "fl", {"flight level", "эшелон полёта", "ешелон польоту", "tingkat penerbangan"}},
};

// Seen from the sender of the message.
constexpr Word kSides[] = {
    {1, "own", {"the sender's", "сторона отправителя", "сторона відправника", "pihak pengirim"}},
    {2, "other", {"the receiver's", "сторона получателя", "сторона одержувача", "pihak penerima"}},
    {3, "third", {"a third party's", "третья сторона", "третя сторона", "pihak ketiga"}},
    {4, "unknown", {"not known", "неизвестно", "невідомо", "tidak diketahui"}},
};

constexpr Word kCertainties[] = {
    {1, "observed", {"observed", "наблюдалось", "спостерігалося", "teramati"}},
    {2, "likely", {"likely", "вероятно", "ймовірно", "kemungkinan besar"}},
    {3, "possible", {"possible", "возможно", "можливо", "mungkin"}},
    {4, "unknown", {"not known", "неизвестно", "невідомо", "tidak diketahui"}},
};

constexpr Word kIntents[] = {
    {1, "accidental", {"accidental", "непреднамеренно", "ненавмисно", "tidak disengaja"}},
    {2, "unauthorised", {"unauthorised", "без разрешения", "без дозволу", "tanpa izin"}},
    {3, "intended", {"intended", "намеренно", "навмисно", "disengaja"}},
    {4, "unknown", {"not known", "неизвестно", "невідомо", "tidak diketahui"}},
};

constexpr Word kIncidentKinds[] = {
    {1,
     "airspace-crossing",
     {"Airspace crossing", "Пересечение границы воздушного пространства",
      "Перетин межі повітряного простору", "Pelintasan wilayah udara"}},
    {2,
     "unsafe-intercept",
     {"Unsafe intercept", "Опасное сближение при перехвате",
      "Небезпечне зближення при перехопленні", "Pencegatan tidak aman"}},
    {3,
     "stray-missile",
     {"Stray missile", "Отклонившаяся ракета", "Ракета, що відхилилася", "Rudal menyimpang"}},
    {4,
     "collision-at-sea",
     {"Collision at sea", "Столкновение на море", "Зіткнення на морі", "Tabrakan di laut"}},
    {5,
     "collision-in-air",
     {"Collision in the air", "Столкновение в воздухе", "Зіткнення в повітрі",
      "Tabrakan di udara"}},
    {6,
     "rocket-launch",
     {"Rocket launch", "Пуск ракеты-носителя", "Пуск ракети-носія", "Peluncuran roket"}},
    {7,
     "aircraft-shot-down",
     {"Aircraft shot down", "Сбит летательный аппарат", "Збито літальний апарат",
      "Pesawat ditembak jatuh"}},
    {8,
     "fire-on-wrong-target",
     {"Fire on a wrong target", "Огонь по ошибочной цели", "Вогонь по хибній цілі",
      "Tembakan ke sasaran yang salah"}},
    {9,
     "border-crossing",
     {"Border crossing on the ground", "Пересечение границы на земле", "Перетин кордону на землі",
      "Pelintasan perbatasan darat"}},
    {10,
     "loss-of-control",
     {"Loss of control", "Потеря управления", "Втрата керування", "Kehilangan kendali"}},
    {11, "other", {"Other incident", "Иной инцидент", "Інший інцидент", "Insiden lain"}},
    {12,
     "nuclear-event",
     {"Event that could detonate a nuclear weapon",
      "Событие, способное привести к взрыву ядерного оружия",
      "Подія, здатна спричинити вибух ядерної зброї",
      "Kejadian yang dapat meledakkan senjata nuklir"}},
    {13,
     "unidentified-objects",
     {"Unidentified objects seen by missile warning",
      "Неопознанные объекты, замеченные системой предупреждения о ракетном нападении",
      "Невпізнані об'єкти, помічені системою попередження про ракетний напад",
      "Objek tak dikenal terlihat oleh peringatan dini rudal"}},
    {14,
     "warning-interference",
     {"Interference with missile warning", "Помехи системе предупреждения о ракетном нападении",
      "Перешкоди системі попередження про ракетний напад",
      "Gangguan terhadap peringatan dini rudal"}},
};

constexpr Word kObserved[] = {
    {1, "aircraft", {"aircraft", "самолёт", "літак", "pesawat"}},
    {2, "helicopter", {"helicopter", "вертолёт", "вертоліт", "helikopter"}},
    {3,
     "unmanned-aircraft",
     {"unmanned aircraft", "беспилотный летательный аппарат", "безпілотний літальний апарат",
      "pesawat nirawak"}},
    {4, "balloon", {"balloon", "аэростат", "аеростат", "balon udara"}},
    {5, "missile", {"missile", "ракета (боевая)", "ракета (бойова)", "rudal"}},
    {6, "rocket", {"rocket", "ракета-носитель", "ракета-носій", "roket"}},
    {7, "vessel", {"vessel", "судно или корабль", "судно або корабель", "kapal"}},
    {8, "submarine", {"submarine", "подводная лодка", "підводний човен", "kapal selam"}},
    {9, "vehicle", {"vehicle", "машина", "машина", "kendaraan"}},
    {10, "persons", {"persons", "люди", "люди", "orang"}},
    {11, "explosion", {"explosion", "взрыв", "вибух", "ledakan"}},
    {12, "fire", {"fire", "пожар", "пожежа", "kebakaran"}},
    {13, "debris", {"debris", "обломки", "уламки", "puing"}},
    {14, "signal", {"signal", "сигнал", "сигнал", "sinyal"}},
    {15, "other", {"other", "иное", "інше", "lainnya"}},
};

constexpr Word kActions[] = {
    {1,
     "none",
     {"none, for information", "не требуется, для сведения", "не потрібно, до відома",
      "tidak ada, untuk diketahui"}},
    {2,
     "confirm",
     {"confirm what you see", "подтвердите, что наблюдаете", "підтвердьте, що спостерігаєте",
      "konfirmasikan yang Anda amati"}},
    {3, "explain", {"explain", "дайте пояснение", "дайте пояснення", "beri penjelasan"}},
    {4,
     "inform-units",
     {"inform your units", "оповестите свои подразделения", "сповістіть свої підрозділи",
      "beri tahu satuan Anda"}},
    {5,
     "hold-fire",
     {"hold fire", "не открывайте огонь", "не відкривайте вогонь", "jangan menembak"}},
    {6,
     "stop-activity",
     {"stop the activity", "прекратите эти действия", "припиніть ці дії", "hentikan kegiatan"}},
    {7, "keep-clear", {"keep clear", "держитесь в стороне", "тримайтеся осторонь", "jaga jarak"}},
    {8,
     "assist-rescue",
     {"assist search and rescue", "помогите в поиске и спасении", "допоможіть у пошуку й порятунку",
      "bantu pencarian dan penyelamatan"}},
    {9,
     "open-voice",
     {"open a voice line", "откройте голосовую связь", "відкрийте голосовий зв'язок",
      "buka sambungan suara"}},
    {10,
     "preserve-evidence",
     {"preserve evidence", "сохраните свидетельства", "збережіть докази", "jaga bukti"}},
    {11,
     "other",
     {"other, see text", "иное, см. текст", "інше, див. текст", "lainnya, lihat teks"}},
};

constexpr Word kMeans[] = {
    {1, "saw", {"saw", "видели", "бачили", "melihat"}},
    {2, "heard", {"heard", "слышали", "чули", "mendengar"}},
    {3, "camera", {"camera", "камера", "камера", "kamera"}},
    {4, "drone", {"drone", "беспилотник", "безпілотник", "drone"}},
    {5,
     "acoustic",
     {"acoustic sensor", "акустический датчик", "акустичний датчик", "sensor akustik"}},
    {6, "radar", {"radar", "радиолокатор", "радіолокатор", "radar"}},
    {7, "satellite", {"satellite", "спутник", "супутник", "satelit"}},
};

constexpr Word kExactnesses[] = {
    {1, "exact", {"exact", "точно", "точно", "tepat"}},
    {2, "at-least", {"at least", "не менее", "не менше", "sedikitnya"}},
    {3, "about", {"about", "около", "близько", "sekitar"}},
};

constexpr Word kViolationEvents[] = {
    {1, "explosion", {"explosion", "взрыв", "вибух", "ledakan"}},
    {2, "burst", {"burst", "очередь", "черга", "rentetan tembakan"}},
    {3, "shot", {"shot", "выстрел", "постріл", "tembakan"}},
    {4,
     "projectile",
     {"projectile in flight", "снаряд в полёте", "снаряд у польоті", "proyektil di udara"}},
    {5, "overflight", {"overflight", "пролёт", "проліт", "penerbangan lintas"}},
    {6, "movement", {"movement", "перемещение", "переміщення", "pergerakan"}},
    {7, "other", {"other", "иное", "інше", "lainnya"}},
};

constexpr Word kTernaries[] = {
    {1, "yes", {"yes", "да", "так", "ya"}},
    {2, "no", {"no", "нет", "ні", "tidak"}},
    {3, "unknown", {"not known", "неизвестно", "невідомо", "tidak diketahui"}},
};

constexpr Word kVerifications[] = {
    {1, "reported", {"reported", "сообщено", "повідомлено", "dilaporkan"}},
    {2,
     "corroborated",
     {"corroborated", "подкреплено другими данными", "підкріплено іншими даними",
      "didukung sumber lain"}},
    {3, "disputed", {"disputed", "оспаривается", "заперечується", "dipersengketakan"}},
    {4, "confirmed", {"confirmed", "подтверждено", "підтверджено", "terkonfirmasi"}},
};

constexpr Word kAnswerOutcomes[] = {
    {1, "answered", {"answered", "дан ответ", "дано відповідь", "dijawab"}},
    {2, "refused", {"refused", "в ответе отказано", "у відповіді відмовлено", "ditolak"}},
    {3, "later", {"later", "ответ позже", "відповідь пізніше", "nanti"}},
};

constexpr Word kDeclineCodes[] = {
    {1,
     "malformed",
     {"the message is malformed", "сообщение повреждено", "повідомлення пошкоджене",
      "pesan rusak"}},
    {2,
     "unknown-type",
     {"this kind of message is not known here", "такой вид сообщения здесь неизвестен",
      "такий вид повідомлення тут невідомий", "jenis pesan ini tidak dikenal"}},
    {3,
     "rule-broken",
     {"a rule of the channel is broken", "нарушено правило канала", "порушено правило каналу",
      "aturan saluran dilanggar"}},
    {4,
     "wrong-party",
     {"sender or receiver is not of this channel", "отправитель или получатель не этого канала",
      "відправник або одержувач не цього каналу", "pengirim atau penerima bukan dari saluran ini"}},
    {5,
     "wrong-mode",
     {"exercise, test and live do not mix", "учение, проверка и действительное не смешиваются",
      "навчання, перевірка й дійсне не змішуються",
      "latihan, uji, dan sungguhan tidak boleh bercampur"}},
    {6,
     "body-mismatch",
     {"the body is not the one that was signed for", "содержание не то, которое подписано",
      "зміст не той, що підписаний", "isi bukan yang ditandatangani"}},
    {7,
     "not-originator",
     {"only its originator may correct or cancel a message",
      "исправить или отменить сообщение может только отправитель",
      "виправити або скасувати повідомлення може лише відправник",
      "hanya pengirim asli yang boleh mengoreksi atau membatalkan"}},
    {8,
     "unknown-reference",
     {"it speaks of a message that is not known here", "речь о сообщении, которого здесь нет",
      "мова про повідомлення, якого тут немає", "merujuk pesan yang tidak dikenal"}},
    {9,
     "serial-reused",
     {"its serial was used before", "его номер уже использован", "його номер уже використано",
      "nomornya sudah dipakai"}},
    {10,
     "not-for-us",
     {"this watch cannot act on it", "эта смена не может по нему действовать",
      "ця зміна не може за ним діяти", "regu jaga ini tidak dapat menindaklanjuti"}},
};

constexpr Phrases kPhrases[kLanguages] = {
    {"within", "not known", "at least", "about", "radius", "polygon", "m", "FL", "kt", "m/s",
     "degrees true", "the message as a whole", "acknowledgement is not agreement"},
    {"в пределах", "неизвестно", "не менее", "около", "радиус", "многоугольник", "м", "FL", "уз",
     "м/с", "градусов (истинный)", "сообщение в целом", "подтверждение не означает согласия"},
    {"у межах", "невідомо", "не менше", "близько", "радіус", "багатокутник", "м", "FL", "вуз",
     "м/с", "градусів (істинний)", "повідомлення в цілому", "підтвердження не означає згоди"},
    {"dalam", "tidak diketahui", "sedikitnya", "sekitar", "radius", "poligon", "m", "FL", "kn",
     "m/s", "derajat sejati", "pesan secara keseluruhan", "tanda terima bukan persetujuan"},
};

}  // namespace

Language choose_language(std::string_view tag) {
  std::string_view primary = tag.substr(0, tag.find('-'));
  if (same_language(primary, "ru")) return Language::ru;
  if (same_language(primary, "uk")) return Language::uk;
  if (same_language(primary, "id")) return Language::id;
  return Language::en;
}

const Word* Vocabulary::by_value(uint64_t value) const {
  for (const Word& entry : words) {
    if (entry.value == value) return &entry;
  }
  return nullptr;
}

const Word* Vocabulary::by_key(std::string_view key) const {
  for (const Word& entry : words) {
    if (key == entry.key) return &entry;
  }
  return nullptr;
}

std::string Vocabulary::keys() const {
  std::string result;
  for (const Word& entry : words) {
    if (!result.empty()) result += ", ";
    result += entry.key;
  }
  return result;
}

#define HOTLINE_VOCABULARY(Enum, name, table)                \
  template <>                                                \
  const Vocabulary& vocabulary<wire::Enum>() {               \
    static constexpr Vocabulary kVocabulary = {name, table}; \
    return kVocabulary;                                      \
  }
HOTLINE_VOCABULARY(Precedence, "precedence", kPrecedences)
HOTLINE_VOCABULARY(Mode, "mode", kModes)
HOTLINE_VOCABULARY(Role, "role", kRoles)
HOTLINE_VOCABULARY(AltitudeDatum, "altitude datum", kAltitudeDatums)
HOTLINE_VOCABULARY(Side, "side", kSides)
HOTLINE_VOCABULARY(Certainty, "certainty", kCertainties)
HOTLINE_VOCABULARY(Intent, "intent", kIntents)
HOTLINE_VOCABULARY(IncidentKind, "kind of incident", kIncidentKinds)
HOTLINE_VOCABULARY(Observed, "observation", kObserved)
HOTLINE_VOCABULARY(Action, "action", kActions)
HOTLINE_VOCABULARY(Means, "means of observation", kMeans)
HOTLINE_VOCABULARY(Exactness, "exactness", kExactnesses)
HOTLINE_VOCABULARY(ViolationEvent, "event", kViolationEvents)
HOTLINE_VOCABULARY(Ternary, "yes, no or unknown", kTernaries)
HOTLINE_VOCABULARY(Verification, "verification", kVerifications)
HOTLINE_VOCABULARY(AnswerOutcome, "outcome", kAnswerOutcomes)
HOTLINE_VOCABULARY(DeclineCode, "decline code", kDeclineCodes)
#undef HOTLINE_VOCABULARY

std::string word(const Vocabulary& vocabulary, uint64_t value, Language language) {
  const Word* entry = vocabulary.by_value(value);
  if (!entry) return "? (" + std::to_string(value) + ")";
  return entry->wording[static_cast<size_t>(language)];
}

const Phrases& phrases(Language language) {
  return kPhrases[static_cast<size_t>(language)];
}

}  // namespace hotline
