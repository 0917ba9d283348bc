#include "client/show/message_choice.h"

#include <algorithm>
#include <cctype>

#include "protocol/base/nearest.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/names.h"
#include "protocol/message/serial.h"
#include "protocol/message/words.h"
#include "protocol/terminal/typed_time.h"

namespace hotline::client {
namespace {

// The codes by which the messages of one type differ, as templates set them: "airspace-crossing".
const Vocabulary* codes_of(wire::MessageType type) {
  const Kind& kind = kind_of(type);
  if (!kind.is_built()) return nullptr;
  for (const FieldInfo* field : kind.content().fields()) {
    if (std::string_view(field->key) == "kind") return field->choices;
  }
  return nullptr;
}

Status read_type(const std::string& typed, ListWish& wish) {
  const Vocabulary& types = vocabulary<wire::MessageType>();
  if (const Word* type = types.by_key(typed)) {
    wish.type = static_cast<wire::MessageType>(type->value);
    return ok();
  }
  bool is_code = false;
  for (const Word& type : types.words) {
    const Vocabulary* const codes = codes_of(static_cast<wire::MessageType>(type.value));
    is_code = is_code || (codes != nullptr && codes->by_key(typed) != nullptr);
  }
  if (is_code) {
    wish.code = typed;
    return ok();
  }
  return make_error(ErrorCode::usage, "there is no type \"" + typed + "\"",
                    "--type with one of: " + types.keys() +
                        "; or a kind as templates name it: airspace-crossing");
}

}  // namespace

OptionSpec type_option() {
  return {"--type", "TYPE",
          "only these: incident, request … or a kind: airspace-crossing, humanitarian-convoy …"};
}

Status read_choice(const Invocation& invocation, const TimeOptions& times, ListWish& wish) {
  const Arguments& arguments = invocation.arguments;
  if (const auto typed = arguments.get("--type")) {
    if (auto read = read_type(*typed, wish); !read) return read;
  }
  if (const auto typed = arguments.get("--precedence")) {
    const auto precedence = parse_precedence(*typed);
    if (!precedence) return precedence.error();
    wish.precedence = *precedence;
  }
  if (const auto typed = arguments.get("--incident")) {
    const auto serial = parse_serial(upper_case(*typed));
    if (!serial && (typed->empty() || typed->find(' ') != std::string::npos)) {
      return make_error(ErrorCode::usage,
                        "--incident " + *typed + " is neither the id of a message nor a word",
                        "--incident S-000087    or the word that --incident gave when it was sent");
    }
    wish.incident = serial ? format_serial(*serial) : *typed;
  }
  const auto period =
      parse_period(arguments.get(times.from), arguments.get(times.to), invocation.now());
  if (!period) return period.error();
  wish.since = period->since;
  wish.until = period->until;
  if (!wish.since || !wish.until || *wish.since <= *wish.until) return ok();
  return make_error(ErrorCode::usage, std::string(times.from) + " is after " + times.to);
}

bool is_chosen(const ListWish& wish) {
  return !wish.words.empty() || wish.type != wire::MessageType::unset || !wish.code.empty() ||
         !wish.incident.empty() || wish.since || wish.until;
}

std::string choice_words(const ListWish& wish, const TimeOptions& times) {
  std::string words;
  const auto add = [&words](const char* option, const std::string& value) {
    words += std::string(" ") + option + " " + as_typed(value);
  };
  if (wish.type != wire::MessageType::unset) {
    add("--type", type_name(static_cast<uint8_t>(wish.type)));
  }
  if (!wish.code.empty()) add("--type", wish.code);
  if (wish.precedence != wire::Precedence::unset) {
    add("--precedence", precedence_label(static_cast<uint8_t>(wish.precedence)));
  }
  if (!wish.incident.empty()) add("--incident", wish.incident);
  if (wish.since) add(times.from, format_rfc3339(*wish.since));
  if (wish.until) add(times.to, format_rfc3339(*wish.until));
  return words;
}

std::string as_typed(const std::string& value) {
  const auto is_plain = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || std::isalnum(byte) != 0 ||
           std::string_view("-_./:@+,").find(c) != std::string_view::npos;
  };
  if (!value.empty() && std::all_of(value.begin(), value.end(), is_plain)) return value;
  std::string quoted = "'";
  for (const char c : value) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace hotline::client
