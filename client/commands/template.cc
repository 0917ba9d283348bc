// hotline template list and hotline template show: what can be sent with coded fields, and how each
// is typed.
#include "protocol/message/template.h"

#include <algorithm>

#include "client/commands/commands.h"
#include "client/compose/referred_message.h"
#include "client/compose/typed_fields.h"
#include "protocol/base/time_text.h"
#include "protocol/geometry/position_text.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

int template_list(Invocation& invocation) {
  if (invocation.output.json()) {
    const auto json_template = [](const TemplateInfo& info) {
      return JsonValue()
          .add("name", info.name)
          .add("type", type_name(static_cast<uint8_t>(info.type)))
          .add("summary", info.summary);
    };
    invocation.output.document(
        json_document().add("templates", json_each(templates(), json_template)));
    return kExitDone;
  }
  Table table({{"TEMPLATE"},
               {"TYPE", 0, Table::Fit::left_out, true},
               {"FOR", 0, Table::Fit::wrapped, true}});
  for (const TemplateInfo& info : templates()) {
    table.add({"", {info.name, type_name(static_cast<uint8_t>(info.type)), info.summary}});
  }
  table.print(invocation.output);
  invocation.output.talk("Its fields: " +
                         invocation.output.command("template show " + templates().front().name));
  return kExitDone;
}

JsonValue json_template(const TemplateInfo& info) {
  const auto json_field = [](const TemplateField& field) {
    return JsonValue()
        .add("key", field.key)
        .add("kind", field.kind)
        .add("mandatory", field.mandatory)
        .add("default", json_text(field.default_text))
        .add("example", json_text(field.example))
        .add("choices", json_text(field.choices))
        .add("help", field.help);
  };
  return json_document()
      .add("name", info.name)
      .add("type", type_name(static_cast<uint8_t>(info.type)))
      .add("summary", info.summary)
      .add("fields", json_each(info.fields, json_field));
}

// Beside what must be typed, since one of several must: the place of an event or a site, and the
// message that is traced.
bool is_one_of_several(const TemplateField& field) {
  return field.key == "where" || field.kind == kMessageName;
}

// The words to type for all that must be typed. A test call is made by a command of its own.
std::string example_command(const Output& output, const TemplateInfo& info) {
  if (hotline::kind_of(info.type).is_test_call) return output.command("test-call");
  if (info.type == wire::MessageType::status) {
    return output.command("channel restrict --reason \"maintenance of both paths\"");
  }
  const bool is_urgent =
      info.type == wire::MessageType::incident || info.type == wire::MessageType::violation;
  const bool says_how_fast = info.precedence != wire::Precedence::unset;
  std::string command = "send";
  if (!says_how_fast) command += is_urgent ? " -p flash" : " -p routine";
  command += " -t " + info.name;
  for (const TemplateField& field : info.fields) {
    if (!field.mandatory && !is_one_of_several(field)) continue;
    const std::string example = field.kind == kMessageName ? "@last" : field.example;
    command += " --set " + field.key + "=\"" + example + "\"";
  }
  return output.command(info.fields.empty() ? command + " \"All quiet.\"" : command);
}

int template_show(Invocation& invocation) {
  Output& output = invocation.output;
  const TemplateInfo& shown = *need(find_template(*invocation.arguments.get("NAME")));
  if (output.json()) {
    output.document(json_template(shown));
    return kExitDone;
  }
  output.quote(shown.name + ": " + output.words(shown.summary));
  Table table({{"FIELD"},
               {"MUST", 0, Table::Fit::whole, true},
               {"DEFAULT", 0, Table::Fit::left_out},
               {"EXAMPLE", 0, Table::Fit::cut},
               {"MEANING", 0, Table::Fit::wrapped}});
  // Beside what is typed, as values are. Piped, it stays English as the table does.
  const auto said = [&output](const std::string& english) {
    const bool is_value = english.find(' ') == std::string::npos;
    return is_value || !output.terminal() ? english : output.words(english);
  };
  for (const TemplateField& field : shown.fields) {
    table.add({"",
               {field.key, field.mandatory ? "yes" : "",
                field.default_text.empty() ? "-" : said(field.default_text),
                field.example.empty() ? "-" : field.example,
                (output.terminal() ? output.words(field.help) : field.help) +
                    (field.choices.empty() ? "" : " (" + field.choices + ")")},
               field.mandatory ? Style::bold : Style::plain});
  }
  table.print(output);
  const auto any = [&shown](bool (*has)(std::string_view)) {
    return std::any_of(shown.fields.begin(), shown.fields.end(),
                       [has](const TemplateField& field) { return has(field.kind); });
  };
  if (any(has_times)) output.talk(std::string("Times: ") + kTimeForms);
  if (any(has_places)) output.talk(std::string("Positions: ") + kPositionForms + ", MGRS or UTM");
  output.talk("To send: " + example_command(output, shown));
  return kExitDone;
}

}  // namespace

Command template_list_command() {
  return {{.name = "template list",
           .summary = "List the templates of messages with coded fields",
           .examples = {"hotline template list"},
           .without = {"--local"}},
          template_list};
}

Command template_show_command() {
  return {{.name = "template show",
           .summary = "Show the fields of a template, and how each is typed",
           .examples = {"hotline template show airspace-crossing",
                        "hotline template show stray-missile --json"},
           .positionals = {{"NAME", "a template: hotline template list"}},
           .without = {"--local"}},
          template_show};
}

}  // namespace hotline::client
