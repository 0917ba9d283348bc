#include "client/compose/preview.h"

#include "client/compose/conflict_check.h"
#include "client/compose/handing_in.h"
#include "client/compose/saved_draft.h"
#include "client/show/draft_rows.h"
#include "client/show/message_view.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/message/draft.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

// By the roles that the daemon said they have: to ask it would put a refusal on record.
Status check_role(const Connection& connection, const FinishedDraft& draft, wire::MessageType type,
                  bool by_two) {
  const Right right = by_two                              ? Right::draft
                      : type == wire::MessageType::status ? Right::declare
                                                          : Right::send;
  if (draft.saved_as != 0 || connection.may(right, type)) return ok();
  return make_error(
      ErrorCode::not_allowed,
      text(connection.server().person()) + " has no role here that may send this message",
      "ask an operator or a supervisor of this watch");
}

}  // namespace

OptionSpec preview_option() {
  return {.names = "--dry-run",
          .value = "",
          .help = "show the message as it would go, and send nothing",
          .never_with = {"--wait", "--idempotency-key"}};
}

int show_preview(Invocation& invocation, Connection& connection, const FinishedDraft& draft) {
  Output& output = invocation.output;
  const auto opened = open_flatbuffer<wire::Draft>(draft.bytes, kDraftIdentifier);
  if (!opened) return output.fail("the message cannot be shown", opened.error());
  const bool by_two = draft.saved_as == 0 && asks_two_people(connection, draft.bytes);
  const auto type = static_cast<wire::MessageType>((*opened)->type());
  if (auto may = check_role(connection, draft, type, by_two); !may) {
    return output.fail("the message would not be sent", may.error());
  }
  const MessageContent content({}, bytes((*opened)->body()), connection.language());
  const auto problems = problems_of_draft(connection, draft.bytes, invocation.now());
  const std::string refusal = problems.empty() ? why_refused(connection, draft.bytes) : "";
  const bool goes = problems.empty() && refusal.empty();
  if (output.json()) {
    JsonValue document = json_document();
    document.add("sent", false)
        .add("precedence", precedence_label(draft.precedence))
        .add("type", type_name((*opened)->type()));
    content.add_body_to(document);
    add_told_back(document, draft.told_back)
        .add("may_be_sent", goes)
        .add("by_two", by_two)
        .add("problems", json_problems(problems))
        .add("refusal", json_text(refusal));
    output.document(document);
    return goes ? kExitDone : kExitRefused;
  }
  output.line(precedence_label(draft.precedence) + "  " + type_name((*opened)->type()) + "  " +
              output.words("PREVIEW, not sent"));
  content.print_body(output);
  tell_back(output, draft.told_back);
  say_problems(output, problems);
  if (!refusal.empty()) output.talk(refusal + ". It would be refused.", Style::yellow);
  if (goes && by_two) {
    output.talk("Nothing was sent. It would be handed in, and wait for another person's release.");
  } else if (goes) {
    output.talk("Nothing was sent. It would go as it stands.");
  }
  return goes ? kExitDone : kExitRefused;
}

}  // namespace hotline::client
