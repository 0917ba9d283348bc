// A kind's content: one row a field, which says how it is typed, what the rules ask of it and how
// it is shown; then what looks at several fields. Each file of this room defines one of them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/message/body.h"
#include "protocol/message/describer.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/kinds/parse_field.h"
#include "protocol/message/rule_checker.h"
#include "protocol/message/typed_form.h"

namespace hotline {

enum Needed : bool { kOptional = false, kMandatory = true };

// A field as people are told of it.
struct FieldInfo {
  const char* key;  // Typed with --set, and named by problems: "where".
  Wording label;
  Needed needed;
  const char* looks = nullptr;  // "position"; nullptr where no template sets the field.
  // To be typed as it is on any day: its times count from now.
  const char* example = "";
  const char* help = "";
  const Vocabulary* choices = nullptr;  // The values of a coded field.
};

// The fields of a template as they were typed.
struct TypedFields {
  const std::string& template_name;
  UtcMs now;
  // Times may be said by it: "13:41Z", "-5m". Nothing in a record, which is read on another day.
  std::optional<UtcMs> typed_at;
  uint64_t transcript_size;
  std::optional<Hash> transcript_root;
  std::function<bool(std::string_view key)> has_default;
  // As it was typed, or as the template has it; nothing for a default that is computed.
  std::function<std::optional<std::string>(std::string_view key)> value;
  // Something may be missing yet; the rules will say so when it is to be sent.
  bool unfinished = false;
};

// A content as the rest of the program asks about it. The body holds a content of this kind.
class KindContent {
 public:
  virtual ~KindContent() = default;
  virtual void check(RuleChecker& checker, const wire::Body& body) const = 0;
  virtual void describe(Describer& describer, const wire::Body& body) const = 0;
  virtual EventPoint event_point(const wire::Body& body) const = 0;
  // The space and time that it announces, to be held against the other side's. The body keeps the
  // rules of its kind.
  virtual std::vector<Volume> volumes(const wire::Body& body) const = 0;
  // Why it is sent although what it announces comes too near; empty where it does not say.
  virtual std::string conflict_reason(const wire::Body& body) const = 0;
  virtual std::vector<const FieldInfo*> fields() const = 0;
  virtual Result<ContentFields> read(const TypedFields& typed) const = 0;
  // A field as it would be typed, so that read() gives it again; nothing where it is absent, or
  // where no template sets it.
  virtual std::optional<std::string> typed_form(const wire::Body& body,
                                                std::string_view key) const = 0;
  // To be done instead of this change, where the message had its effect as it was said, so that
  // nothing of it can be taken back; null where it may be corrected, or cancelled.
  virtual const char* instead_of(TargetEffect change, const wire::Body& body) const = 0;
  // For lists: what it is and where. Empty where only its text can say.
  virtual std::string subject(const ContentFields& fields, Language language) const = 0;
};

// A row.
template <class Fields>
struct Field : FieldInfo {
  using Table = typename Fields::Table;

  std::function<void(RuleChecker&, const Table&)> check = nullptr;
  std::function<void(Describer&, const Table&)> show = nullptr;
  std::function<Status(std::string_view, Fields&, std::optional<UtcMs> typed_at)> read = nullptr;
  std::function<std::optional<std::string>(const Table&)> write = nullptr;

  Field& written(std::function<std::optional<std::string>(const Table&)> writer) {
    write = std::move(writer);
    return *this;
  }
  Field& mandatory() {
    needed = kMandatory;
    return *this;
  }
  Field& judged(void (*judge)(RuleChecker&, const Table&)) {
    check = judge;
    return *this;
  }
  Field& shown(void (*shows)(Describer&, const Table&)) {
    show = shows;
    return *this;
  }
  Field& read_by(const char* looks_like, const char* example_text, const char* help_text,
                 std::function<Status(std::string_view, Fields&)> reader) {
    return read_by(
        looks_like, example_text, help_text,
        [reader = std::move(reader)](std::string_view text, Fields& fields, std::optional<UtcMs>) {
          return reader(text, fields);
        });
  }
  // For what has times in it.
  Field& read_by(
      const char* looks_like, const char* example_text, const char* help_text,
      std::function<Status(std::string_view, Fields&, std::optional<UtcMs> typed_at)> reader) {
    looks = looks_like;
    example = example_text;
    help = help_text;
    read = std::move(reader);
    return *this;
  }
  template <class Enum>
  Field& typed(Enum Fields::*member, const char* help_text) {
    choices = &vocabulary<Enum>();
    return read_by("one of", choices->words[0].key, help_text,
                   [member](std::string_view text, Fields& fields) {
                     return store(parse_code<Enum>(text), fields.*member);
                   });
  }
  Field& typed(std::string Fields::*member, const char* example_text, const char* help_text) {
    return read_by("text", example_text, help_text,
                   [member](std::string_view text, Fields& fields) {
                     return store_text(text, fields.*member);
                   });
  }
  template <class Target, class Value>
  Field& typed(Target Fields::*member, Result<Value> (*parse)(std::string_view),
               const char* looks_like, const char* example_text, const char* help_text) {
    return read_by(looks_like, example_text, help_text,
                   [member, parse](std::string_view text, Fields& fields) {
                     return store(parse(text), fields.*member);
                   });
  }
  template <class Target, class Value>
  Field& typed(Target Fields::*member,
               Result<Value> (*parse)(std::string_view, std::optional<UtcMs> typed_at),
               const char* looks_like, const char* example_text, const char* help_text) {
    return read_by(
        looks_like, example_text, help_text,
        [member, parse](std::string_view text, Fields& fields, std::optional<UtcMs> typed_at) {
          return store(parse(text, typed_at), fields.*member);
        });
  }
};

template <class FieldsOfKind>
class ContentOf : public KindContent {
 public:
  using Fields = FieldsOfKind;
  using Table = typename Fields::Table;
  using Row = Field<Fields>;
  using String = const flatbuffers::String*;

  void check(RuleChecker& checker, const wire::Body& body) const final {
    for (const Row& row : rows()) {
      if (row.check) row.check(checker, in(body));
    }
    check_together(checker, in(body), body);
  }
  void describe(Describer& describer, const wire::Body& body) const final {
    for (const Row& row : rows()) {
      if (row.show) row.show(describer, in(body));
    }
  }
  EventPoint event_point(const wire::Body& body) const final { return event_of(in(body)); }
  std::vector<Volume> volumes(const wire::Body& body) const final { return volumes_in(in(body)); }
  std::string conflict_reason(const wire::Body& body) const final {
    if constexpr (requires(const Table& table) { table.conflict_reason(); }) {
      return text_of(in(body).conflict_reason());
    }
    return "";
  }
  std::vector<const FieldInfo*> fields() const final {
    std::vector<const FieldInfo*> found;
    for (const Row& row : rows()) found.push_back(&row);
    return found;
  }
  Result<ContentFields> read(const TypedFields& typed) const final {
    Fields fields;
    for (const Row& row : rows()) {
      if (!row.read) continue;
      const auto value = typed.value(row.key);
      if (!value && row.needed && !typed.unfinished && !typed.has_default(row.key)) {
        return missing_field(row, typed.template_name);
      }
      if (!value) continue;
      if (auto status = row.read(*value, fields, typed.typed_at); !status)
        return named(row, status.error());
    }
    if (auto status = complete(fields, typed); !status && !typed.unfinished) return status.error();
    return ContentFields(std::move(fields));
  }
  std::optional<std::string> typed_form(const wire::Body& body, std::string_view key) const final {
    for (const Row& row : rows()) {
      if (row.key == key) return row.read && row.write ? row.write(in(body)) : std::nullopt;
    }
    return std::nullopt;
  }
  const char* instead_of(TargetEffect change, const wire::Body& body) const final {
    return said_instead(change, in(body));
  }
  std::string subject(const ContentFields& fields, Language language) const final {
    return subject_of(std::get<Fields>(fields), language);
  }

 protected:
  // In the order in which they are judged, shown and listed.
  virtual const std::vector<Row>& rows() const = 0;
  // Rules that look at several fields.
  virtual void check_together(RuleChecker&, const Table&, const wire::Body&) const {}
  virtual EventPoint event_of(const Table&) const { return {}; }
  virtual std::vector<Volume> volumes_in(const Table&) const { return {}; }
  // As instead_of.
  virtual const char* said_instead(TargetEffect, const Table&) const { return nullptr; }
  // Computes the defaults, and judges what was typed together.
  virtual Status complete(Fields&, const TypedFields&) const { return ok(); }
  virtual std::string subject_of(const Fields&, Language) const { return {}; }

  static Row field(const char* key, Wording label, Needed needed) { return {{key, label, needed}}; }

  static std::optional<std::string> text_of_field(String text) {
    return text ? std::optional<std::string>(text->str()) : std::nullopt;
  }
  template <class Enum>
  static Row coded(const char* key, Wording label, Enum (Table::*get)() const, Needed needed) {
    Row row = field(key, label, needed);
    row.check = [=](RuleChecker& checker, const Table& table) {
      checker.check_known(key, (table.*get)(), needed);
    };
    row.show = [=](Describer& describer, const Table& table) {
      describer.coded(label, (table.*get)());
    };
    row.write = [=](const Table& table) -> std::optional<std::string> {
      const Word* found = vocabulary<Enum>().by_value(static_cast<uint64_t>((table.*get)()));
      return found ? std::optional<std::string>(found->key) : std::nullopt;
    };
    return row;
  }
  static Row text(const char* key, Wording label, String (Table::*get)() const, Needed needed) {
    Row row = field(key, label, needed);
    row.check = [=](RuleChecker& checker, const Table& table) {
      if (needed) return checker.require_text(key, (table.*get)());
      checker.allow_text(key, (table.*get)());
    };
    row.show = [=](Describer& describer, const Table& table) {
      describer.text(label, (table.*get)());
    };
    row.write = [=](const Table& table) { return text_of_field((table.*get)()); };
    return row;
  }
  // A time that may lie on either side of the release.
  static Row time(const char* key, Wording label, int64_t (Table::*get)() const) {
    Row row = field(key, label, kMandatory);
    row.check = [=](RuleChecker& checker, const Table& table) {
      checker.require_time(key, (table.*get)());
    };
    row.show = [=](Describer& describer, const Table& table) {
      describer.time(label, (table.*get)());
    };
    row.write = [=](const Table& table) { return format_rfc3339((table.*get)()); };
    return row;
  }
  // A time that lies before the release.
  static Row past(const char* key, Wording label, int64_t (Table::*get)() const) {
    Row row = field(key, label, kMandatory);
    row.check = [=](RuleChecker& checker, const Table& table) {
      checker.require_past(key, (table.*get)());
    };
    row.show = [=](Describer& describer, const Table& table) {
      describer.time(label, (table.*get)());
    };
    row.write = [=](const Table& table) { return format_rfc3339((table.*get)()); };
    return row;
  }
  static Row position(const char* key, Wording label, const wire::Position* (Table::*get)() const) {
    Row row = field(key, label, kOptional);
    row.check = [=](RuleChecker& checker, const Table& table) {
      checker.check_position(key, (table.*get)());
    };
    row.show = [=](Describer& describer, const Table& table) {
      describer.position(label, (table.*get)());
    };
    row.write = [=](const Table& table) -> std::optional<std::string> {
      const wire::Position* value = (table.*get)();
      return value ? std::optional(format_position(to_position(*value))) : std::nullopt;
    };
    return row;
  }
  static Row direction(const char* key, Wording label,
                       std::optional<uint16_t> (Table::*get)() const) {
    Row row = field(key, label, kOptional);
    row.check = [=](RuleChecker& checker, const Table& table) {
      if (const auto value = (table.*get)()) checker.check_direction(key, *value);
    };
    row.show = [=](Describer& describer, const Table& table) {
      describer.direction(label, (table.*get)());
    };
    row.write = [=](const Table& table) -> std::optional<std::string> {
      const auto value = (table.*get)();
      return value ? std::optional(typed_form::of_direction(*value)) : std::nullopt;
    };
    return row;
  }

 private:
  static const Table& in(const wire::Body& body) {
    return *static_cast<const Table*>(body.content());
  }
};

// Said by several kinds that speak of a message of the other side.
inline constexpr char kSayAnew[] = "say anew what is right; the last one counts";

// Fields that several kinds have are called the same.
inline constexpr Wording kWhen = {"Time", "Время", "Час", "Waktu"};
inline constexpr Wording kWhere = {"Position", "Координаты", "Координати", "Posisi"};
inline constexpr Wording kAccuracy = {"Accuracy", "Точность", "Точність", "Ketelitian"};
inline constexpr Wording kReason = {"Reason", "Причина", "Причина", "Alasan"};
inline constexpr Wording kNoticeReference = {"NOTAM or NAVAREA", "NOTAM или NAVAREA",
                                             "NOTAM або NAVAREA", "NOTAM atau NAVAREA"};
inline constexpr Wording kConflictReason = {
    "Sent despite a conflict, because", "Отправлено несмотря на конфликт, потому что",
    "Надіслано попри конфлікт, тому що", "Dikirim meskipun ada konflik, karena"};

}  // namespace hotline
