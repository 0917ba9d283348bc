#include "protocol/message/template.h"

#include <algorithm>
#include <functional>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/base/nearest.h"
#include "protocol/base/text.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/neutral_phrases.h"
#include "protocol/message/quantity.h"

namespace hotline {
namespace {

using wire::MessageType;

// ---------------------------------------------------------------------------------------------------------------------
// Fields: how each is read, and what is said about it

// Puts what a parser returned into a field; most of the functions below are one line because of it.
template <class T, class Field>
Status store(Result<T> value, Field& field) {
  if (!value) return value.error();
  field = std::move(*value);
  return ok();
}

template <class Enum>
Result<Enum> parse_code(std::string_view text) {
  const Vocabulary& words = vocabulary<Enum>();
  if (const Word* found = words.by_key(text)) return static_cast<Enum>(found->value);
  std::vector<std::string> keys;
  for (const Word& entry : words.words) keys.emplace_back(entry.key);
  std::string nearest = did_you_mean(text, keys);
  return make_error(ErrorCode::usage, "\"" + std::string(text) + "\" is no " + words.name,
                    (nearest.empty() ? "" : nearest + " ") + "one of: " + words.keys());
}

Status store_text(std::string_view text, std::string& field) {
  if (is_blank(text)) return make_error(ErrorCode::usage, "it is empty", "leave it out");
  field = text;
  return ok();
}

Status store_actions(std::string_view text, std::vector<wire::Action>& actions) {
  while (true) {
    size_t comma = text.find(',');
    auto action = parse_code<wire::Action>(text.substr(0, comma));
    if (!action) return action.error();
    actions.push_back(*action);
    if (comma == std::string_view::npos) return ok();
    text.remove_prefix(comma + 1);
  }
}

using CasualtyCount = std::optional<uint32_t> CasualtiesFields::*;

Status store_casualties(std::string_view text, IncidentFields& fields, CasualtyCount member) {
  if (!fields.casualties) fields.casualties = CasualtiesFields{};
  if (text == "unknown") return ok();
  return store(parse_count(text), (*fields.casualties).*member);
}

template <class Fields>
struct FieldSpec {
  const char* key;
  const char* kind;
  bool mandatory;
  const char* example;
  const char* help;
  const Vocabulary* choices;
  std::function<Status(std::string_view, Fields&)> read;
};

enum Needed : bool { kOptional = false, kMandatory = true };

template <class Fields, class Enum>
FieldSpec<Fields> coded(const char* key, Enum Fields::*member, Needed needed, const char* help) {
  const Vocabulary& words = vocabulary<Enum>();
  return {key,
          "one of",
          needed == kMandatory,
          words.words[0].key,
          help,
          &words,
          [member](std::string_view text, Fields& fields) {
            return store(parse_code<Enum>(text), fields.*member);
          }};
}

template <class Fields, class Target, class Value>
FieldSpec<Fields> value(const char* key, const char* kind, Target Fields::*member,
                        Result<Value> (*parse)(std::string_view), Needed needed,
                        const char* example, const char* help) {
  return {key,
          kind,
          needed == kMandatory,
          example,
          help,
          nullptr,
          [member, parse](std::string_view text, Fields& fields) {
            return store(parse(text), fields.*member);
          }};
}

template <class Fields>
FieldSpec<Fields> words(const char* key, std::string Fields::*member, const char* example,
                        const char* help) {
  return {
      key, "text", false, example, help, nullptr, [member](std::string_view text, Fields& fields) {
        return store_text(text, fields.*member);
      }};
}

FieldSpec<IncidentFields> casualties(const char* key, CasualtyCount member, const char* example,
                                     const char* help) {
  return {key,
          "number or unknown",
          false,
          example,
          help,
          nullptr,
          [member](std::string_view text, IncidentFields& fields) {
            return store_casualties(text, fields, member);
          }};
}

const std::vector<FieldSpec<IncidentFields>>& incident_specs() {
  using Fields = IncidentFields;
  static const std::vector<FieldSpec<Fields>> specs = {
      coded("kind", &Fields::kind, kMandatory, "what kind of incident it is"),
      value("where", "position", &Fields::position, parse_position, kOptional, "54.90N 020.10E",
            "position of the event (WGS-84)"),
      value("area", "area", &Fields::area, parse_area, kOptional, "54.90N 020.10E 5km",
            "centre and radius, or corners parted by semicolons, instead of a position"),
      value("accuracy", "distance", &Fields::accuracy_m, parse_distance_m, kOptional, "500m",
            "radius that holds the true position in 95 of 100 cases"),
      value("when", "time", &Fields::observed_at, parse_time, kOptional, "2026-11-22T14:11:00Z",
            "when it was observed, in UTC"),
      coded("who", &Fields::who, kMandatory, "whose it is: own is yours, other is the receiver's"),
      coded("what", &Fields::observed, kMandatory, "what was observed"),
      coded("certainty", &Fields::certainty, kMandatory, "how sure you are"),
      coded("intent", &Fields::intent, kMandatory, "what you state about intent"),
      {"action", "one or more of", true, "hold-fire,inform-units",
       "what you ask of the receiver; several parted by commas", &vocabulary<wire::Action>(),
       [](std::string_view text, Fields& fields) { return store_actions(text, fields.actions); }},
      casualties("casualties-own", &CasualtiesFields::own, "0", "own casualties"),
      casualties("casualties-other", &CasualtiesFields::other, "unknown",
                 "the receiver's casualties"),
      casualties("casualties-civilian", &CasualtiesFields::civilian, "unknown",
                 "civilian casualties"),
      words("platform", &Fields::platform, "transport aircraft, two engines",
            "type and marks of the craft"),
      value("mmsi", "nine digits", &Fields::mmsi, parse_mmsi, kOptional, "211000000",
            "Maritime Mobile Service Identity"),
      value("icao", "six hexadecimal digits", &Fields::icao_address, parse_icao_address, kOptional,
            "3C6444", "ICAO 24-bit address of the aircraft"),
      value("course", "direction", &Fields::course_deg10, parse_direction_deg10, kOptional,
            "270deg", "course over ground, degrees true"),
      value("speed", "speed", &Fields::speed_cm_s, parse_speed_cm_s, kOptional, "300kt",
            "speed over ground: kt, m/s or km/h"),
      value("altitude", "altitude", &Fields::altitude, parse_altitude, kOptional, "FL330",
            "altitude with its datum: FL330, 9000m amsl, 1500ft agl, 9000m hae"),
      words("evidence", &Fields::evidence, "radar track 14:02 to 14:09", "what evidence is kept"),
      words("weather", &Fields::weather, "fog, visibility 400 m", "weather at the place"),
  };
  return specs;
}

const std::vector<FieldSpec<ViolationFields>>& violation_specs() {
  using Fields = ViolationFields;
  static const std::vector<FieldSpec<Fields>> specs = {
      coded("event", &Fields::event, kMandatory, "what happened"),
      value("count", "number", &Fields::count, parse_count, kMandatory, "12", "how many"),
      coded("exactness", &Fields::exactness, kMandatory, "whether the number is exact"),
      value("when", "time", &Fields::event_at, parse_time, kOptional, "2026-11-22T14:11:00Z",
            "when it happened, in UTC"),
      value("observer", "position", &Fields::observer_position, parse_position, kMandatory,
            "48.31N 038.02E", "where the observer was"),
      value("where", "position", &Fields::event_position, parse_position, kOptional,
            "48.34N 038.05E", "position of the event; without it, give a bearing"),
      value("accuracy", "distance", &Fields::accuracy_m, parse_distance_m, kOptional, "100m",
            "radius that holds the true position in 95 of 100 cases"),
      value("bearing", "direction and two distances", &Fields::bearing, parse_bearing, kOptional,
            "135deg 2km 3km", "direction true, nearest and farthest distance from the observer"),
      coded("means", &Fields::means, kMandatory, "how it was observed"),
      coded("attribution", &Fields::attribution, kMandatory,
            "to which side it is attributed: own is yours, other is the receiver's"),
      words("weapon", &Fields::weapon, "undetermined", "weapon or calibre"),
      value("direction", "direction", &Fields::direction_deg10, parse_direction_deg10, kOptional,
            "90deg", "of fire or movement, degrees true"),
      coded("training-area", &Fields::in_training_area, kOptional,
            "whether it lay in a training area"),
      words("damage", &Fields::damage, "none seen", "damage seen"),
      coded("verification", &Fields::verification, kOptional, "how far it has been verified"),
  };
  return specs;
}

struct Preset {
  const char* key;
  const char* value;
};

struct TemplateSpec {
  const char* name;
  MessageType type;
  const char* summary;
  std::vector<Preset> fixed;     // Not to be set: they are what the template is.
  std::vector<Preset> defaults;  // Shown with the template, and printed with what was made of it.
};

// Defaults that are computed, in words.
constexpr char kNow[] = "now";
constexpr char kFromPosition[] = "one unit of the last decimal of the position";
constexpr char kIntentOfSide[] = "accidental if it is your own, unknown otherwise";

const std::vector<TemplateSpec>& template_specs() {
  static const std::vector<TemplateSpec> specs = {
      {"airspace-crossing",
       MessageType::incident,
       "an aircraft has crossed into the other side's airspace, or yours",
       {{"kind", "airspace-crossing"}},
       {{"who", "own"},
        {"what", "aircraft"},
        {"certainty", "observed"},
        {"intent", kIntentOfSide},
        {"action", "hold-fire,inform-units"},
        {"when", kNow},
        {"accuracy", kFromPosition}}},
      {"unsafe-intercept",
       MessageType::incident,
       "an aircraft or vessel came dangerously close to another",
       {{"kind", "unsafe-intercept"}},
       {{"what", "aircraft"},
        {"certainty", "observed"},
        {"intent", "unknown"},
        {"action", "keep-clear,explain"},
        {"when", kNow},
        {"accuracy", kFromPosition}}},
      {"stray-missile",
       MessageType::incident,
       "a missile left its course or was fired by accident",
       {{"kind", "stray-missile"}},
       {{"who", "own"},
        {"what", "missile"},
        {"certainty", "observed"},
        {"intent", kIntentOfSide},
        {"action", "hold-fire,inform-units,keep-clear"},
        {"when", kNow},
        {"accuracy", kFromPosition}}},
      {"collision-at-sea",
       MessageType::incident,
       "vessels have collided, or a vessel was struck",
       {{"kind", "collision-at-sea"}},
       {{"what", "vessel"},
        {"certainty", "observed"},
        {"intent", "unknown"},
        {"action", "assist-rescue,keep-clear"},
        {"when", kNow},
        {"accuracy", kFromPosition}}},
      {"incident",
       MessageType::incident,
       "any other incident: every field is yours to say",
       {},
       {{"when", kNow}, {"accuracy", kFromPosition}}},
      {"ceasefire-violation",
       MessageType::violation,
       "a monitored breach of a ceasefire or another agreement",
       {},
       {{"exactness", "exact"},
        {"attribution", "unknown"},
        {"when", kNow},
        {"accuracy", kFromPosition}}},
      {"text", MessageType::text, "free text, in one or more languages", {}, {}},
      {"test",
       MessageType::test,
       "a test call with a phrase of the neutral set",
       {},
       {{"phrase", "1"}}},
  };
  return specs;
}

const char* find_preset(const std::vector<Preset>& presets, std::string_view key) {
  for (const Preset& preset : presets) {
    if (key == preset.key) return preset.value;
  }
  return nullptr;
}

// ---------------------------------------------------------------------------------------------------------------------
// What is told about templates

template <class Fields>
void add_fields(TemplateInfo& info, const TemplateSpec& spec,
                const std::vector<FieldSpec<Fields>>& fields) {
  for (const FieldSpec<Fields>& field : fields) {
    if (find_preset(spec.fixed, field.key)) continue;
    const char* preset = find_preset(spec.defaults, field.key);
    info.fields.push_back({field.key, field.kind, field.mandatory && !preset, preset ? preset : "",
                           field.example, field.help, field.choices ? field.choices->keys() : ""});
  }
}

std::vector<TemplateInfo> make_infos() {
  std::vector<TemplateInfo> infos;
  for (const TemplateSpec& spec : template_specs()) {
    TemplateInfo info{spec.name, spec.type, spec.summary, {}};
    if (spec.type == MessageType::incident) add_fields(info, spec, incident_specs());
    if (spec.type == MessageType::violation) add_fields(info, spec, violation_specs());
    if (spec.type == MessageType::test) {
      info.fields.push_back({"phrase", "number", false, "1", "2",
                             "number of the phrase, 1 to " + std::to_string(kNeutralPhrases), ""});
    }
    infos.push_back(std::move(info));
  }
  return infos;
}

const TemplateSpec& spec_of(const TemplateInfo& info) {
  for (const TemplateSpec& spec : template_specs()) {
    if (info.name == spec.name) return spec;
  }
  HOTLINE_CHECK(!"every template that is listed has a specification");
  return template_specs().front();
}

// ---------------------------------------------------------------------------------------------------------------------
// Filling

std::string show_hint(const TemplateInfo& info) {
  return "hotline template show " + info.name;
}

Error unknown_key(const TemplateInfo& info, const std::string& key) {
  if (const char* fixed = find_preset(spec_of(info).fixed, key)) {
    return make_error(ErrorCode::usage,
                      info.name + " always has " + key + "=" + fixed + "; it cannot be set",
                      "leave it out, or use the template incident");
  }
  std::vector<std::string> keys;
  for (const TemplateField& field : info.fields) keys.push_back(field.key);
  std::string nearest = did_you_mean(key, keys);
  return make_error(ErrorCode::usage, info.name + " has no field \"" + key + "\"",
                    nearest.empty() ? show_hint(info) : nearest);
}

Status check_keys(const TemplateInfo& info, const TemplateInput& input) {
  for (const auto& [key, value] : input.set) {
    bool known = false;
    for (const TemplateField& field : info.fields) known = known || field.key == key;
    if (!known) return unknown_key(info, key);
  }
  return ok();
}

// What a field is given: what was typed, what the template fixes, or its default, where that is a
// plain value.
std::optional<std::string> value_of(const TemplateSpec& spec, const TemplateInput& input,
                                    const char* key) {
  if (const char* fixed = find_preset(spec.fixed, key)) return fixed;
  auto typed = input.set.find(key);
  if (typed != input.set.end()) return typed->second;
  const char* preset = find_preset(spec.defaults, key);
  bool computed =
      preset && (std::string_view(preset) == kNow || std::string_view(preset) == kFromPosition ||
                 std::string_view(preset) == kIntentOfSide);
  return preset && !computed ? std::optional<std::string>(preset) : std::nullopt;
}

template <class Fields>
Status read_fields(const TemplateInfo& info, const TemplateInput& input,
                   const std::vector<FieldSpec<Fields>>& specs, Fields& fields) {
  const TemplateSpec& spec = spec_of(info);
  for (const FieldSpec<Fields>& field : specs) {
    auto value = value_of(spec, input, field.key);
    if (!value) {
      const char* preset = find_preset(spec.defaults, field.key);
      if (!field.mandatory || preset) continue;
      std::string hint = "--set " + std::string(field.key) + "=\"" + field.example + "\"";
      if (field.choices) hint += "   one of: " + field.choices->keys();
      return make_error(ErrorCode::refused, info.name + " needs " + field.key + ": " + field.help,
                        hint);
    }
    if (auto status = field.read(*value, fields); !status) {
      return make_error(status.error().code, std::string(field.key) + ": " + status.error().reason,
                        status.error().hint);
    }
  }
  return ok();
}

Status read_incident(const TemplateInfo& info, const TemplateInput& input, IncidentFields& fields) {
  if (auto status = read_fields(info, input, incident_specs(), fields); !status) return status;
  if (!fields.position && !fields.area) {
    return make_error(ErrorCode::refused, info.name + " needs where: the position of the event",
                      "--set where=\"54.90N 020.10E\"");
  }
  if (fields.observed_at == 0) fields.observed_at = input.now;
  if (fields.intent == wire::Intent::unset) {
    fields.intent =
        fields.who == wire::Side::own ? wire::Intent::accidental : wire::Intent::unknown;
  }
  if (fields.accuracy_m == 0 && !input.set.contains("accuracy")) {
    auto where = input.set.find("where");
    fields.accuracy_m = where != input.set.end() ? accuracy_of_writing_m(where->second)
                                                 : accuracy_of_writing_m(input.set.at("area"));
  }
  return ok();
}

Status read_violation(const TemplateInfo& info, const TemplateInput& input,
                      ViolationFields& fields) {
  if (auto status = read_fields(info, input, violation_specs(), fields); !status) return status;
  if (!fields.event_position && !fields.bearing) {
    return make_error(ErrorCode::refused,
                      info.name + " needs where, the position of the event, or bearing",
                      "--set where=\"48.34N 038.05E\" or --set bearing=\"135deg 2km 3km\"");
  }
  if (fields.event_at == 0) fields.event_at = input.now;
  if (fields.event_position && !fields.accuracy_m) {
    fields.accuracy_m = accuracy_of_writing_m(input.set.at("where"));
  }
  return ok();
}

Status read_test(const TemplateInput& input, TestFields& fields) {
  auto typed = input.set.find("phrase");
  uint32_t phrase = 1;
  if (typed != input.set.end()) {
    auto count = parse_count(typed->second);
    if (!count) return count.error();
    phrase = *count;
  }
  if (phrase == 0 || phrase > kNeutralPhrases) {
    return make_error(ErrorCode::usage, "phrase: there is no phrase " + std::to_string(phrase),
                      "1 to " + std::to_string(kNeutralPhrases));
  }
  fields = {static_cast<uint8_t>(phrase), input.transcript_size, input.transcript_root, input.now};
  return ok();
}

Result<ContentFields> read_content(const TemplateInfo& info, const TemplateInput& input) {
  switch (info.type) {
    case MessageType::incident: {
      IncidentFields fields;
      if (auto status = read_incident(info, input, fields); !status) return status.error();
      return ContentFields(std::move(fields));
    }
    case MessageType::violation: {
      ViolationFields fields;
      if (auto status = read_violation(info, input, fields); !status) return status.error();
      return ContentFields(std::move(fields));
    }
    case MessageType::test: {
      TestFields fields;
      if (auto status = read_test(input, fields); !status) return status.error();
      return ContentFields(std::move(fields));
    }
    default:
      return ContentFields(TextContentFields{});
  }
}

// For lists: what it is and where, in the language of the original.
std::string compose_subject(const ContentFields& content, const TemplateInput& input) {
  Language language = choose_language(input.language);
  if (const auto* incident = std::get_if<IncidentFields>(&content)) {
    std::string subject = word(incident->kind, language);
    const auto& position = incident->position ? incident->position : incident->area->centre;
    return position ? subject + ", " + format_position(*position) : subject;
  }
  if (const auto* violation = std::get_if<ViolationFields>(&content)) {
    const auto& position =
        violation->event_position ? violation->event_position : violation->observer_position;
    return word(MessageType::violation, language) + ": " + word(violation->event, language) + ", " +
           format_position(*position);
  }
  if (std::holds_alternative<TestFields>(content)) return word(MessageType::test, language);
  auto original = input.texts.find(input.language);
  constexpr size_t kSubjectWords = 8;
  return original == input.texts.end() ? "" : subject_of(original->second, kSubjectWords);
}

Status add_texts(BodyFields& body, const TemplateInput& input) {
  std::map<std::string, std::string> texts = input.texts;
  if (const auto* test = std::get_if<TestFields>(&body.content)) {
    auto phrase = neutral_phrase(test->phrase, input.language);
    if (!texts.empty() || !phrase) {
      return make_error(ErrorCode::refused, "a test call says nothing but its phrase",
                        "leave the text out; phrases are there in en, ru, uk and id");
    }
    texts[input.language] = *phrase;
  } else if (texts.empty() && !std::holds_alternative<TextContentFields>(body.content)) {
    texts[input.language] = body.subject;
  }
  auto add = [&](const std::string& language, const std::string& text, bool original) {
    body.texts.push_back({language, text, original, original ? "" : input.translated_by});
  };
  auto original = texts.find(input.language);
  if (original == texts.end()) {
    return make_error(ErrorCode::refused,
                      "there is no text in " + input.language + ", the original",
                      "give the text, or say in which language the original is");
  }
  add(original->first, original->second, true);
  for (const auto& [language, text] : texts) {
    if (language != input.language) add(language, text, false);
  }
  return ok();
}

Error broken_rule(const std::vector<Problem>& problems) {
  const Problem& first = problems.front();
  return make_error(ErrorCode::refused, decline_reason(problems), first.hint);
}

}  // namespace

const std::vector<TemplateInfo>& templates() {
  static const std::vector<TemplateInfo> infos = make_infos();
  return infos;
}

Result<const TemplateInfo*> find_template(std::string_view name) {
  std::vector<std::string> names;
  for (const TemplateInfo& info : templates()) {
    if (info.name == name) return &info;
    names.push_back(info.name);
  }
  std::string nearest = did_you_mean(name, names);
  return make_error(ErrorCode::not_found, "there is no template \"" + std::string(name) + "\"",
                    nearest.empty() ? "hotline template list" : nearest);
}

std::string subject_of(std::string_view text, size_t words_max) {
  const std::string_view line = text.substr(0, text.find('\n'));
  size_t end = 0;
  for (size_t words = 0; words < words_max && end < line.size(); ++words) {
    end = line.find(' ', std::min(line.find_first_not_of(' ', end), line.size()));
    end = std::min(end, line.size());
  }
  bool cut = line.find_first_not_of(' ', end) != std::string_view::npos;
  size_t kept = 0;
  for (size_t characters = 0; kept < end; ++characters) {
    const size_t size = first_character(line.substr(kept, end - kept)).size;
    const bool last = kept + size == end && !cut;
    if (characters + (last ? 0 : 1) == limits::kSubjectCharactersMax) {
      cut = true;
      break;
    }
    kept += size;
  }
  std::string subject(line.substr(0, kept));
  if (!cut) return subject;
  // A joiner is plain between two letters only.
  while (subject.ends_with("\u200c") || subject.ends_with("\u200d"))
    subject.resize(subject.size() - 3);
  return subject + "\u2026";
}

Result<FilledTemplate> fill_template(std::string_view name, const TemplateInput& input) {
  auto info = find_template(name);
  if (!info) return info.error();
  const TemplateInfo& found = **info;
  if (auto status = check_keys(found, input); !status) return status.error();
  auto content = read_content(found, input);
  if (!content) return content.error();

  FilledTemplate filled;
  filled.type = found.type;
  filled.fields.content = std::move(*content);
  filled.fields.subject =
      input.subject.empty() ? compose_subject(filled.fields.content, input) : input.subject;
  if (auto status = add_texts(filled.fields, input); !status) return status.error();
  filled.body = build_body(filled.fields);

  auto opened = open_body(filled.body);
  if (!opened) {
    return make_error(ErrorCode::refused, opened.error().reason,
                      "texts are UTF-8, and a body has at most " +
                          std::to_string(limits::kBodySizeMax) + " bytes");
  }
  wire::Mode mode = found.type == MessageType::test ? wire::Mode::test : wire::Mode::live;
  auto problems =
      check_body(**opened, {found.type, input.precedence, mode, input.language, input.now});
  if (!problems.empty()) return broken_rule(problems);
  return filled;
}

}  // namespace hotline
