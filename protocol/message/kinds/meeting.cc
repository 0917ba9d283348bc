// MEETING: proposed, accepted, answered with other times, or held.
#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/quantity.h"

namespace hotline {

template <>
const Vocabulary& vocabulary<wire::MeetingStep>() {
  static constexpr Word kSteps[] = {
      {1, "proposed", {"proposed", "предложена", "запропонована", "diusulkan"}},
      {2, "accepted", {"accepted", "принята", "прийнята", "diterima"}},
      {3,
       "counter-proposed",
       {"other times proposed", "предложено другое время", "запропоновано інший час",
        "waktu lain diusulkan"}},
      {4, "held", {"held", "проведена", "проведена", "dilaksanakan"}},
  };
  static constexpr Vocabulary kVocabulary = {"step of a meeting", kSteps};
  return kVocabulary;
}

namespace {

constexpr Wording kMeetingTimes = {"Time", "Время", "Час", "Waktu"};
constexpr Wording kMinutes = {"SHA-256 of the minutes", "SHA-256 протокола", "SHA-256 протоколу",
                              "SHA-256 notulen"};

bool proposes(wire::MeetingStep step) {
  return step == wire::MeetingStep::proposed || step == wire::MeetingStep::counter_proposed;
}

void check_times(RuleChecker& checker, const wire::Meeting& meeting) {
  const size_t count = meeting.times() ? meeting.times()->size() : 0;
  if (count == 0) return checker.add("times", "are missing", "a time like +24h");
  if (count > limits::kMeetingTimesMax) {
    return checker.add("times", "are more than " + std::to_string(limits::kMeetingTimesMax));
  }
  if (!proposes(meeting.step()) && count > 1) {
    checker.add("times", "are several, and the meeting is at one");
  }
  for (const int64_t time : *meeting.times()) {
    if (proposes(meeting.step())) {
      checker.check_later("times", time);
    } else {
      checker.require_time("times", time);
    }
  }
}

void show_times(Describer& describer, const wire::Meeting& meeting) {
  if (!meeting.times()) return;
  for (const int64_t time : *meeting.times()) describer.time(kMeetingTimes, time);
}

std::optional<std::string> write_times(const wire::Meeting& meeting) {
  std::string text;
  for (size_t i = 0; meeting.times() && i < meeting.times()->size(); ++i) {
    text += (text.empty() ? "" : ",") +
            format_rfc3339(meeting.times()->Get(static_cast<flatbuffers::uoffset_t>(i)));
  }
  return text;
}

Status read_times(std::string_view text, MeetingFields& fields, std::optional<UtcMs> typed_at) {
  while (true) {
    const size_t comma = text.find(',');
    auto time = parse_time(trim(text.substr(0, comma)), typed_at);
    if (!time) return time.error();
    fields.times.push_back(*time);
    if (comma == std::string_view::npos) return ok();
    text.remove_prefix(comma + 1);
  }
}

void check_minutes(RuleChecker& checker, const wire::Meeting& meeting) {
  const bool held = meeting.step() == wire::MeetingStep::held;
  if (held && !meeting.minutes_hash()) {
    checker.add("minutes", "are missing", "the SHA-256 of the minutes, 64 hexadecimal digits");
  } else if (!held && meeting.minutes_hash()) {
    checker.add("minutes", "are there, and the meeting was not held");
  }
}

void show_minutes(Describer& describer, const wire::Meeting& meeting) {
  const wire::Digest* hash = meeting.minutes_hash();
  if (hash) describer.line(kMinutes, to_hex({hash->bytes()->Data(), hash->bytes()->size()}));
}

Status read_minutes(std::string_view text, MeetingFields& fields) {
  const auto bytes = from_hex(text);
  Hash hash;
  if (!bytes || bytes->size() != hash.size()) {
    return make_error(ErrorCode::usage, "this is not a SHA-256", "64 hexadecimal digits");
  }
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  fields.minutes_hash = hash;
  return ok();
}

class Meeting final : public ContentOf<MeetingFields> {
  const std::vector<Row>& rows() const override {
    static const std::vector<Row> all = {
        coded("step", {"Meeting", "Встреча", "Зустріч", "Pertemuan"}, &Table::step, kMandatory)
            .typed(&Fields::step, "how far the meeting has come"),
        text("purpose", {"Purpose", "Цель", "Мета", "Tujuan"}, &Table::purpose, kMandatory)
            .typed(&Fields::purpose, "the incident of 22 November", "what it is about"),
        field("times", kMeetingTimes, kMandatory)
            .judged(check_times)
            .shown(show_times)
            .written(write_times)
            .read_by("one or more times", "+24h", "when, in UTC; several parted by commas",
                     read_times),
        text("place",
             {"Place or means", "Место или средство связи", "Місце або засіб зв'язку",
              "Tempat atau sarana"},
             &Table::place, kMandatory)
            .typed(&Fields::place, "voice line 2", "where, or by which means"),
        text("agenda", {"Agenda", "Повестка", "Порядок денний", "Agenda"}, &Table::agenda,
             kMandatory)
            .typed(&Fields::agenda, "tracks, causes, measures", "what will be spoken of"),
        field("minutes", kMinutes, kOptional)
            .judged(check_minutes)
            .shown(show_minutes)
            .written([](const Table& meeting) -> std::optional<std::string> {
              const wire::Digest* hash = meeting.minutes_hash();
              if (!hash) return std::nullopt;
              return to_hex({hash->bytes()->Data(), hash->bytes()->size()});
            })
            .read_by("64 hexadecimal digits",
                     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                     "SHA-256 of the minutes of what was held", read_minutes),
    };
    return all;
  }

  std::string subject_of(const Fields& fields, Language language) const override {
    return word(wire::MessageType::meeting, language) + ", " + word(fields.step, language) + ": " +
           fields.purpose;
  }
};

}  // namespace

template <>
const KindContent& content_of<MeetingFields>() {
  static const Meeting content;
  return content;
}

}  // namespace hotline
