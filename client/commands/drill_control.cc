// hotline drill inject, skip, note and judge: orders to a drill that another terminal plays.
#include "client/commands/commands.h"
#include "client/director/order_desk.h"
#include "protocol/base/nearest.h"
#include "protocol/base/text.h"

namespace hotline::client {
namespace {

int inject_now(Invocation& invocation) {
  return give_order(invocation,
                    {.kind = DrillOrder::Kind::inject, .name = *invocation.arguments.get("NAME")},
                    "the inject did not happen");
}

int skip_inject(Invocation& invocation) {
  return give_order(invocation,
                    {.kind = DrillOrder::Kind::skip, .name = *invocation.arguments.get("NAME")},
                    "the inject is not skipped");
}

int note_of_observer(Invocation& invocation) {
  std::string text;
  for (const std::string& word : invocation.arguments.all("TEXT")) {
    text += (text.empty() ? "" : " ") + word;
  }
  const std::string what = "the note was not taken";
  if (trim(text).empty()) {
    return invocation.output.fail(what, make_error(ErrorCode::usage, "a note without a word",
                                                   "hotline drill note \"Battery 3 is silent.\""));
  }
  return give_order(invocation, {.kind = DrillOrder::Kind::note, .text = text}, what);
}

int judge_expectation(Invocation& invocation) {
  const std::string what = "the expectation was not judged";
  const std::string typed = *invocation.arguments.get("OUTCOME");
  if (typed != "met" && typed != "missed") {
    return invocation.output.fail(
        what, make_error(ErrorCode::usage, typed + " is no judgement", "met, or missed"));
  }
  return give_order(invocation,
                    {.kind = DrillOrder::Kind::judge,
                     .name = *invocation.arguments.get("NAME"),
                     .text = invocation.arguments.get("--comment").value_or(""),
                     .is_met = typed == "met"},
                    what);
}

}  // namespace

Command drill_inject_command() {
  return {{.name = "drill inject",
           .summary = "Let an inject of the drill that is played happen now",
           .description =
               "One that comes only by hand, or one whose time is still to come. It happens at "
               "once, in a pause too. Answers with the message's number, where it has one. An "
               "order is written down first: it is done once, also after the program that plays "
               "was killed and goes on.",
           .examples = {"hotline drill inject surprise --directory monday",
                        "hotline drill inject surprise"},
           .options = order_options(),
           .positionals = {{"NAME", "the inject, as the scenario has it"}}},
          inject_now};
}

Command drill_skip_command() {
  return {{.name = "drill skip",
           .summary = "Leave an inject of the drill out",
           .description = "It does not happen, nothing is expected of it, and whatever comes after "
                          "it no longer keeps the drill open; that can still be injected by hand.",
           .examples = {"hotline drill skip second-shot --directory monday"},
           .options = order_options(),
           .positionals = {{"NAME", "the inject, as the scenario has it"}}},
          skip_inject};
}

Command drill_note_command() {
  return {{.name = "drill note",
           .summary = "Note what an observer sees, with the time of the exercise",
           .description = "It stands in the drill's record and on the lines of whoever plays it, "
                          "with who noted it. After the end of the drill, too.",
           .examples = {"hotline drill note \"Battery 3 was told by telephone.\" --by eve",
                        "hotline drill note \"They asked for the map.\" --directory monday"},
           .options = order_options(),
           .positionals = {{"TEXT", "the note", true, true}}},
          note_of_observer};
}

Command drill_judge_command() {
  return {{.name = "drill judge",
           .summary = "Judge an expectation that the scenario leaves to the director",
           .description = "While the drill is played or after its end. A later judgement replaces "
                          "an earlier one; the record keeps both.",
           .examples = {"hotline drill judge calm-voice met --comment \"Spoke slowly.\""},
           .options = order_options({{"--comment", "TEXT", "why, for the report"}}),
           .positionals = {{"NAME", "the expectation, as the scenario has it"},
                           {"OUTCOME", "met, or missed"}}},
          judge_expectation};
}

}  // namespace hotline::client
