// hotline template list: what can be sent with coded fields.
#include "client/commands/commands.h"
#include "protocol/message/names.h"
#include "protocol/message/template.h"
#include "protocol/terminal/exit_code.h"

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
  Table table({{"TEMPLATE"}, {"TYPE"}, {"FOR"}});
  for (const TemplateInfo& info : templates()) {
    table.add({"", {info.name, type_name(static_cast<uint8_t>(info.type)), info.summary}});
  }
  table.print(invocation.output);
  invocation.output.talk("Its fields: " +
                         invocation.output.command("template show " + templates().front().name));
  return kExitDone;
}

}  // namespace

Command template_list_command() {
  return {{"template list",
           "List the templates of messages with coded fields",
           "",
           {"hotline template list"},
           {},
           {}},
          template_list};
}

}  // namespace hotline::client
