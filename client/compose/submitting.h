// Submit a message and tell the person how far it has come: what send, reply, ack, decline and
// test-call have in common.
#pragma once

#include <cstdint>
#include <string>

#include "client/command_line/command_line.h"
#include "client/compose/draft.h"
#include "client/connect/connection.h"
#include "protocol/base/result.h"

namespace hotline::client {

enum class WaitFor { committed, delivered, acknowledged };

struct WaitOptions {
  WaitFor until = WaitFor::committed;
  int64_t timeout_ms = 10 * 60 * 1000;
};

// --wait and --timeout, for the commands that take them. `timed_options`: those with a time in
// them. Error: usage, also where such a time would make the repetition under a key another message.
std::vector<OptionSpec> wait_options();
Result<WaitOptions> read_wait_options(const Arguments& arguments,
                                      const std::vector<std::string>& timed_options = {});

// --idempotency-key, for the commands that take it: a message that is sent twice under one key goes
// once.
OptionSpec idempotency_option();

// A draft as it goes: nothing is added to its bytes.
struct FinishedDraft {
  Bytes bytes;
  const Kind& kind;
  uint8_t precedence = 0;
  std::string words;  // "airspace-crossing", for the line that confirms it.
  ToldBack told_back;
  uint64_t saved_as = 0;  // The number of the saved draft that this is; 0: none.
  bool by_two = false;    // Another person handed it in.
  std::string kept_by{};  // The command that keeps it for later; empty: the daemon's words say.
};
// Checked, and made this message alone unless it goes under an idempotency key. Errors: those of
// finish_draft().
Result<FinishedDraft> finish(const Invocation& invocation, const Connection& connection,
                             DraftFields draft, const std::string& words);

// Prints
//   N-000123  FLASH  airspace-crossing
//     committed     14:12:07.913Z  journal 1042
// and each further step of the wait as it happens; the whole row as one object under --json. Before
// it goes, it is told how what was typed was understood, where that is not what was typed.
// Returns the exit code: once the message is committed 6 when it did not come as far as was waited
// for, whatever stood in the way, and 8 when it was declined meanwhile; before that 5 when it is
// not known whether it was committed, and the daemon's reason otherwise. An error under --json says
// which of these it is, and the id; so does whatever cuts the command short (Output::set_sent).
int submit_finished(Invocation& invocation, Connection& connection, const FinishedDraft& draft,
                    const WaitOptions& wait);
// The rest of that, of a message that is committed.
int follow_message(Invocation& invocation, Connection& connection, const Submission& submission,
                   const ToldBack& told_back, const WaitOptions& wait);
// The same, once it is finished.
int submit_and_report(Invocation& invocation, Connection& connection, const DraftFields& draft,
                      const std::string& words, const WaitOptions& wait);

}  // namespace hotline::client
