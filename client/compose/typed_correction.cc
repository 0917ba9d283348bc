#include "client/compose/typed_correction.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "client/compose/referred_message.h"
#include "client/compose/typed_message.h"
#include "client/compose/typed_text.h"
#include "client/compose/typed_volumes.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"
#include "protocol/message/body.h"
#include "protocol/message/correcting.h"
#include "protocol/message/describe.h"
#include "protocol/message/names.h"
#include "protocol/message/quantity.h"

namespace hotline::client {
namespace {

constexpr std::string_view kArrow = " -> ";

struct TypedChange {
  std::string field;
  std::optional<std::string> old_value;  // Nothing: whatever the message says.
  std::string new_value;
};

// "where=54.90N 020.10E -> 54.95N 020.10E", "volume -> @area.geojson".
Result<TypedChange> parse_change(const std::string& typed) {
  const size_t equals = typed.find('=');
  const size_t arrow = typed.find(kArrow);
  if (equals == 0 || arrow == 0 || arrow == std::string::npos) {
    return make_error(ErrorCode::usage, "--change " + typed + " does not say what is right",
                      "--change where=\"54.90N 020.10E -> 54.95N 020.10E\"");
  }
  TypedChange change;
  change.field = trim(typed.substr(0, std::min(equals, arrow)));
  change.new_value = trim(typed.substr(arrow + kArrow.size()));
  if (equals < arrow) change.old_value = trim(typed.substr(equals + 1, arrow - equals - 1));
  return change;
}

// A date-time group has no seconds, and the message may have some.
bool is_minute_of(const std::string& typed, const std::string& said, UtcMs now) {
  constexpr int64_t kMinute_ms = 60'000;
  const auto time = parse_rfc3339(said);
  const auto minute = parse_time(typed, now);
  if (!time || !minute || parse_rfc3339(typed)) return false;
  return *time >= *minute && *time - *minute < kMinute_ms;
}

// The message states how exact this place is.
bool is_place_of_event(const std::string& field, const FieldValues& values) {
  if (!values.contains(kAccuracyKey)) return false;
  if (field == "where") return true;
  const auto where = values.find("where");
  return field == "area" && (where == values.end() || !where->second);
}

// As every reader understands it on any day.
Result<FieldChangeFields> complete_change(const TypedChange& typed, const ReferredMessage& message,
                                          const FieldValues& values, std::optional<UtcMs> typed_at,
                                          UtcMs now, const DrawnFor& drawn_for,
                                          ToldBack& told_back) {
  const auto type = static_cast<wire::MessageType>(message.row().type());
  const auto found = values.find(typed.field);
  const std::string said = found == values.end() ? "" : found->second.value_or("");
  FieldChangeFields change{typed.field, typed.old_value.value_or(said), typed.new_value};
  if (is_minute_of(change.old_value, said, now)) change.old_value = said;
  if (change.field == "volume") {
    auto drawn = read_typed_volumes(change.new_value, "", typed_at, drawn_for);
    if (!drawn) return drawn.error();
    change.new_value = *std::move(drawn);
  }
  for (std::string* value : {&change.old_value, &change.new_value}) {
    auto dated = corrected_value(type, change.field, *value, now);
    if (!dated) return dated.error();
    *value = *std::move(dated);
  }
  if (change.old_value != typed.old_value || change.new_value != typed.new_value) {
    told_back.add(change.field, change.old_value + " -> " + change.new_value);
  }
  return change;
}

// Under a key of the caller's own it must say the same whenever it is typed.
Status check_change(const Invocation& invocation, const TypedChange& typed,
                    const CorrectionFields& before) {
  for (const FieldChangeFields& other : before.changes) {
    if (other.field != typed.field) continue;
    return make_error(ErrorCode::usage, typed.field + " is changed twice", "change it once");
  }
  if (!invocation.arguments.has("--idempotency-key")) return ok();
  const UtcMs any_day = 0;
  const bool by_the_clock =
      parse_time(typed.new_value, any_day) && !parse_time(typed.new_value, std::nullopt);
  if (typed.old_value && !by_the_clock) return ok();
  return make_error(
      ErrorCode::usage, typed.field + " would be changed otherwise when it is sent again",
      "--change " + typed.field + "=\"OLD -> NEW\"    both in full, with --idempotency-key");
}

Result<CorrectionFields> read_changes(const Invocation& invocation, const DrawnFor& drawn_for,
                                      const ReferredMessage& message, ToldBack& told_back) {
  CorrectionFields correction;
  FieldValues values;
  if (message.newest() != nullptr && kind_of(message.row().type()).is_built()) {
    values = field_values(static_cast<wire::MessageType>(message.row().type()), *message.newest());
  }
  bool changes_accuracy = false;
  std::optional<uint32_t> accuracy_m;  // Claimed by the digits of a new place.
  for (const std::string& one : invocation.arguments.all("--change")) {
    const auto typed = parse_change(one);
    if (!typed) return typed.error();
    if (auto fits = check_change(invocation, *typed, correction); !fits) return fits.error();
    changes_accuracy = changes_accuracy || typed->field == kAccuracyKey;
    if (is_place_of_event(typed->field, values)) {
      accuracy_m = accuracy_of_writing_m(typed->new_value);
    }
    auto change = complete_change(*typed, message, values, typed_at(invocation), invocation.now(),
                                  drawn_for, told_back);
    if (!change) return change.error();
    correction.changes.push_back(*std::move(change));
  }
  if (accuracy_m && !changes_accuracy) {
    const std::string accuracy = std::to_string(*accuracy_m) + "m";
    const std::string before = values.find(kAccuracyKey)->second.value_or("");
    const bool is_stated = !before.empty() && before != "0m";
    if (is_stated && accuracy != before) {
      correction.changes.push_back({kAccuracyKey, before, accuracy});
      told_back.add(kAccuracyKey, before + " -> " + accuracy);
    }
  }
  if (correction.changes.empty()) {
    return make_error(ErrorCode::usage, "what is wrong in " + message.id() + "?",
                      "--change where=\"54.90N 020.10E -> 54.95N 020.10E\"");
  }
  return correction;
}

Result<ContentFields> read_content(const Invocation& invocation, const DrawnFor& drawn_for,
                                   const ReferredMessage& message, ToldBack& told_back) {
  const Arguments& arguments = invocation.arguments;
  const std::string reason = arguments.get("--reason").value_or("");
  const bool corrects = arguments.has("--corrects");
  if (reason.empty()) {
    return make_error(
        ErrorCode::usage,
        std::string("a ") + (corrects ? "correction" : "cancellation") + " needs a reason",
        "--reason \"...\"");
  }
  if (!corrects) {
    if (arguments.has("--change"))
      return make_error(ErrorCode::usage, "a cancellation changes no field",
                        "--corrects " + message.id() + " corrects it");
    return ContentFields(CancellationFields{reason});
  }
  auto correction = read_changes(invocation, drawn_for, message, told_back);
  if (!correction) return correction.error();
  correction->reason = reason;
  return ContentFields(*std::move(correction));
}

std::string original_language(const wire::Body& body) {
  if (body.texts() == nullptr) return "";
  for (const wire::Text* one : *body.texts()) {
    if (one->original()) return text(one->language());
  }
  return "";
}

// As the message will stand; nothing where the rules refuse the correction: the daemon says why.
std::optional<CorrectedMessage> corrected(const ReferredMessage& message,
                                          const BodyFields& correction, UtcMs now) {
  const Bytes written = build_body(correction);
  const auto opened = open_body(written);
  const wire::Correction* said = opened ? (*opened)->content_as_correction() : nullptr;
  if (said == nullptr || message.newest() == nullptr) return std::nullopt;
  const ByteView before = message.newest_bytes();
  CorrectedMessage as_it_stands;
  as_it_stands.type = static_cast<wire::MessageType>(message.row().type());
  as_it_stands.precedence = message.precedence();
  as_it_stands.language = original_language(*message.newest());
  as_it_stands.released_at = message.row().committed_at();
  as_it_stands.body.assign(before.begin(), before.end());
  auto after = correct(as_it_stands, *said, now);
  if (!after) return std::nullopt;
  return *std::move(after);
}

// The cautions that the reader of the message has after this correction, and had not before it.
std::vector<std::string> new_cautions(const ReferredMessage& message, const CorrectedMessage& after,
                                      const std::string& language, UtcMs now) {
  const auto body = open_body(after.body);
  if (!body) return {};
  std::vector<std::string> cautions = cautions_of(**body, language, now);
  const std::vector<std::string> known = cautions_of(*message.newest(), language, now);
  std::erase_if(cautions, [&](const std::string& caution) {
    return std::find(known.begin(), known.end(), caution) != known.end();
  });
  return cautions;
}

// Few of the options of a message go with a change of another one.
Status check_options_beside(const Arguments& arguments, const std::string& change) {
  constexpr std::string_view kUsed[] = {"--precedence", "--subject", "--language",
                                        "--danger-to-life"};
  std::vector<OptionSpec> options = message_options();
  for (OptionSpec& option : text_options()) options.push_back(std::move(option));
  std::vector<std::string> names = {"TEXT"};
  for (const OptionSpec& option : options) names.push_back(option.long_name());
  for (const std::string& name : names) {
    const bool is_used = std::find(std::begin(kUsed), std::end(kUsed), name) != std::end(kUsed);
    if (is_used || !arguments.has(name)) continue;
    return make_error(ErrorCode::usage, name + " does not go with " + change, "leave it out");
  }
  return ok();
}

}  // namespace

std::vector<OptionSpec> correction_options() {
  return {{"--corrects", "ID", "a CORRECTION of this own message, with --change and --reason"},
          {.names = "--change",
           .value = "FIELD=OLD -> NEW",
           .help = "what was wrong, and what is right; FIELD -> NEW, whatever was wrong",
           .repeated = true,
           .only_with = {"--corrects"}},
          {.names = "--reason",
           .value = "TEXT",
           .help = "why it is corrected or cancelled",
           .only_with = {"--corrects"}}};
}

std::vector<OptionSpec> change_options() {
  std::vector<OptionSpec> options = correction_options();
  for (OptionSpec& option : options) {
    if (!option.only_with.empty()) option.only_with.push_back("--cancels");
  }
  options.push_back({"--cancels", "ID", "a CANCELLATION of this own message, with --reason"});
  return options;
}

bool is_correction(const Arguments& arguments) {
  return arguments.has("--corrects") || arguments.has("--cancels");
}

Result<DraftFields> read_correction(const Invocation& invocation, Connection& connection) {
  const Arguments& arguments = invocation.arguments;
  if (arguments.has("--corrects") && arguments.has("--cancels")) {
    return make_error(ErrorCode::usage, "a message is corrected or cancelled, not both");
  }
  const bool corrects = arguments.has("--corrects");
  const std::string change = corrects ? "--corrects" : "--cancels";
  if (auto fits = check_options_beside(arguments, change); !fits) return fits.error();
  const std::string typed = *arguments.get(change);
  const auto message = ReferredMessage::find(connection, typed, NameUse::any);
  if (!message) return message.error();
  if (message->row().incoming()) {
    return make_error(ErrorCode::usage,
                      message->id() + " is a message of " + upper_case(connection.peer()) +
                          ": only who sent it can correct or cancel it",
                      "hotline reply " + message->id() + " \"...\"    says what is wrong with it");
  }
  if (message->body() != nullptr) {
    Status can = check_changeable(message->id(), *message->body(),
                                  corrects ? TargetEffect::corrects : TargetEffect::cancels,
                                  message->spoken_of());
    if (!can) return can.error();
  }
  DraftFields draft;
  auto content = read_content(invocation, drawn_for(connection), *message, draft.told_back);
  if (!content) return content.error();
  draft.language = typed_language(invocation, connection);
  draft.body.subject = made_subject(
      corrects ? wire::MessageType::correction : wire::MessageType::cancellation, draft.language,
      (corrects ? "Correction of " : "Cancellation of ") + message->id(), message->id());
  if (const auto subject = arguments.get("--subject")) draft.body.subject = *subject;
  draft.body.content = *std::move(content);
  draft.precedence = message->precedence();
  if (const auto level = arguments.get("--precedence")) {
    const auto precedence = parse_precedence(*level);
    if (!precedence) return precedence.error();
    draft.precedence = *precedence;
  }
  draft.danger_to_life = arguments.has("--danger-to-life");
  draft.references = {message->id()};
  if (corrects) {
    draft.correction_of = message->id();
    const UtcMs now = invocation.now();
    if (const auto after = corrected(*message, draft.body, now)) {
      draft.told_back.cautions = new_cautions(*message, *after, connection.language(), now);
      const bool lives = message->is_expired() && useful_until(*after).value_or(now) >= now;
      if (lives) draft.told_back.in_force_again = message->id();
    }
  }
  return draft;
}

}  // namespace hotline::client
