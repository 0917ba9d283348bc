#include "client/compose/handing_in.h"

#include <algorithm>

#include "client/show/draft_rows.h"
#include "client/show/message_row.h"
#include "protocol/channel/exercise.h"
#include "protocol/message/draft.h"
#include "protocol/message/names.h"
#include "protocol/message/two_person.h"
#include "protocol/terminal/exit_code.h"

namespace hotline::client {
namespace {

// People release; a second more or less is nothing to them.
constexpr int64_t kReleaseLook_ms = 1000;

TwoPersonRule rule_of(const wire::ServerHello& server) {
  TwoPersonRule rule;
  // A name that this version does not know is the daemon's to judge.
  for (const std::string& name : texts(server.two_person())) (void)rule.add(name);
  rule.one_for_life = server.one_for_life();
  return rule;
}

Result<Submission> submission_of(Connection& connection, const std::string& id) {
  const auto detail = connection.show(id);
  if (!detail) return detail.error();
  const wire::MessageRow& row = *(*detail)->row();
  Submission submission;
  submission.id = id;
  submission.journal_index = row.journal_index();
  submission.committed_at = row.committed_at();
  return submission;
}

// The message that was made from it. Errors: timed_out; refused, with what became of it.
Result<Submission> wait_for_release(Invocation& invocation, Connection& connection, uint64_t number,
                                    int64_t timeout_ms) {
  const std::string name = format_draft_name(number);
  const int64_t begin_ms = invocation.around->steady_ms();
  while (true) {
    const auto saved = SavedDraft::find(connection, number);
    if (!saved) {
      Error error = saved.error();
      error.code = ErrorCode::timed_out;
      return error;
    }
    if (saved->state() == wire::DraftState::sent) {
      return submission_of(connection, text(saved->detail().sent_as()));
    }
    const int64_t left_ms = timeout_ms - (invocation.around->steady_ms() - begin_ms);
    const bool waits = saved->state() == wire::DraftState::open && saved->row().submitted_at() != 0;
    if (!waits || left_ms <= 0) invocation.output.set_handed_in(Sent::no, name);
    if (saved->state() == wire::DraftState::discarded) {
      return make_error(ErrorCode::refused, end_words(saved->detail()), "hotline draft list");
    }
    if (saved->row().submitted_at() == 0) {
      const std::string step = step_words(saved->row());
      return make_error(
          ErrorCode::refused,
          step.empty() ? name + " was changed, and waits no more" : name + ": " + step,
          "hotline draft show " + name);
    }
    if (left_ms <= 0) {
      return make_error(ErrorCode::timed_out,
                        "nobody released " + name + " in " + format_duration(timeout_ms),
                        "hotline draft show " + name + "    or ask a releaser or a supervisor");
    }
    invocation.around->pause(std::min(left_ms, kReleaseLook_ms));
  }
}

bool asks_two(Connection& connection, const wire::Draft& draft, bool danger_to_life) {
  if (right_about_exercise(draft)) return false;
  const TwoPersonRule rule = rule_of(connection.server());
  const Kind& kind = kind_of(draft.type());
  if (rule.asks_two(kind, draft.precedence(), danger_to_life)) return true;
  const std::string like = released_like(draft);
  if (like.empty() || rule == TwoPersonRule{}) return false;
  const auto other = connection.show(like);
  if (!other || (*other)->row()->incoming()) return false;
  const wire::MessageRow& row = *(*other)->row();
  return rule.asks_two(kind_of(row.type()), row.precedence(), danger_to_life);
}

// It may be there all the same.
Error with_where_to_look(Error error) {
  if (error.code == ErrorCode::unreachable || error.code == ErrorCode::timed_out) {
    error.hint = "hotline draft list    says, when the daemon is back, whether it was handed in";
  }
  return error;
}

}  // namespace

bool asks_two_people(Connection& connection, ByteView draft) {
  const auto opened = open_flatbuffer<wire::Draft>(draft, kDraftIdentifier);
  return opened && asks_two(connection, **opened, (*opened)->danger_to_life());
}

std::string hint_to_send_alone(const std::string& name) {
  return "hotline draft withdraw " + name +
         "    one person may send it by now: then hotline send --draft " + name;
}

bool is_excused_from_two(Connection& connection, ByteView draft) {
  const auto opened = open_flatbuffer<wire::Draft>(draft, kDraftIdentifier);
  return opened && (*opened)->danger_to_life() && asks_two(connection, **opened, false) &&
         !asks_two(connection, **opened, true);
}

Error with_words_to_keep(Error error, const FinishedDraft& draft) {
  if (draft.kept_by.empty() || !error.hint.starts_with("hotline draft save -t ")) return error;
  error.hint =
      draft.kept_by + error.hint.substr(std::min(error.hint.find("    "), error.hint.size()));
  return error;
}

std::string next_step(Connection& connection, const SavedDraft& saved) {
  if (saved.row().submitted_at() != 0) return "release " + saved.name();
  return (asks_two_people(connection, saved.bytes()) ? "draft submit " : "send --draft ") +
         saved.name();
}

int hand_in(Invocation& invocation, Connection& connection, const FinishedDraft& draft,
            const WaitOptions& wait) {
  Output& output = invocation.output;
  if (invocation.arguments.has("--idempotency-key")) {
    return output.fail(
        "the message was not handed in",
        make_error(ErrorCode::usage,
                   "two people release it, and an idempotency key is for what one person sends",
                   "leave --idempotency-key out, and look with hotline draft list before it is "
                   "written again"));
  }
  output.set_sent(Sent::no);
  // Nothing is kept of what nobody could release. Whoever may not draft is refused below, by the
  // daemon, so that it is on record.
  const auto goes = connection.may(Right::draft) ? connection.check_draft(draft.bytes) : ok();
  if (!goes) {
    return output.fail("the message was not handed in", with_words_to_keep(goes.error(), draft));
  }
  const auto saved = connection.save_draft(0, std::nullopt, draft.bytes);
  if (!saved) {
    return output.fail("the message was not handed in", with_where_to_look(saved.error()));
  }
  const uint64_t number = (*saved)->number();
  const std::string name = format_draft_name(number);
  const auto handed_in = connection.submit_draft(number, to_hash(*(*saved)->hash()));
  if (!handed_in) {
    return output.fail("the message was kept as " + name + ", and not handed in",
                       with_where_to_look(handed_in.error()));
  }
  // From now on somebody else may send it at any time.
  output.set_handed_in(Sent::unknown, name);
  if (!output.json()) {
    output.line(
        name + "  " +
        output.styled(precedence_style(draft.precedence), precedence_label(draft.precedence)) +
        "  " + output.words(draft.words));
    output.line(life_line(output, "handed in", (*handed_in)->committed_at(),
                          "journal " + std::to_string((*handed_in)->journal_index())));
    output.talk(
        "Nothing was sent yet: another person releases it. Next, by a releaser or a "
        "supervisor: " +
        Output::others_command("release " + name));
  }
  if (wait.until == WaitFor::committed) {
    if (output.json()) {
      JsonValue document = json_document();
      document.add("draft", name)
          .add("version", (*saved)->version())
          .add("sha256", to_hex(to_hash(*(*saved)->hash())))
          .add("waits_for", "release")
          .add("submitted_at", json_time((*handed_in)->committed_at()))
          .add("journal_index", (*handed_in)->journal_index());
      output.document(add_told_back(document, draft.told_back));
    }
    return kExitDone;
  }
  const auto sent = wait_for_release(invocation, connection, number, wait.timeout_ms);
  if (!sent) {
    const bool came_back = sent.error().code == ErrorCode::refused;
    return output.fail(
        came_back ? name + " was not sent" : name + " was handed in, and not seen to go",
        sent.error());
  }
  output.set_sent(Sent::yes, sent->id);
  if (!output.json()) {
    output.line(life_line(output, "released", sent->committed_at, sent->id));
  }
  return follow_message(invocation, connection, *sent, draft.told_back, wait);
}

}  // namespace hotline::client
