#include "client/compose/exercise_word.h"

#include <utility>

#include "client/compose/submitting.h"

namespace hotline::client {

Status check_exercise(const Connection& connection, const std::string& reason) {
  if (connection.server().exercise()) return ok();
  return make_error(ErrorCode::refused, reason,
                    "name the context of an exercise: hotline context list");
}

std::vector<OptionSpec> exercise_word_options() {
  std::vector<OptionSpec> options = wait_options();
  options.insert(options.begin(), {"--reason", "TEXT", "why; the other side reads it"});
  return options;
}

int say_of_exercise(Invocation& invocation, Connection& connection, ServiceFields said,
                    const std::string& subject, const std::string& what,
                    const std::vector<std::string>& references) {
  invocation.output.set_sent(Sent::no);
  const auto wait = need(read_wait_options(invocation.arguments), what);
  DraftFields draft;
  draft.precedence = wire::Precedence::flash;
  draft.language = connection.language();
  draft.references = references;
  draft.body.subject = subject;
  draft.body.content = std::move(said);
  return submit_and_report(invocation, connection, draft, subject, wait);
}

}  // namespace hotline::client
