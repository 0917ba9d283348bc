// hotline test-call: does the other watch answer? Says something that means nothing.
#include "client/commands/commands.h"
#include "client/compose/submitting.h"
#include "protocol/message/envelope.h"
#include "protocol/message/neutral_phrases.h"

namespace hotline::client {
namespace {

std::vector<TextFields> phrase_texts(uint8_t phrase, const std::string& language) {
  std::vector<TextFields> texts;
  const auto own = neutral_phrase(phrase, language);
  const std::string original = own ? language : "en";
  texts.push_back({original, std::string(*neutral_phrase(phrase, original)), true, ""});
  return texts;
}

int test_call(Invocation& invocation) {
  Output& output = invocation.output;
  output.set_sent(Sent::no);
  const auto wait = need(read_wait_options(invocation.arguments));
  const auto connection = need(invocation.connect(), "cannot make a test call");
  const auto status = need(connection->status(), "cannot make a test call");

  TestFields test;
  test.phrase = static_cast<uint8_t>(1 + status->own_size() % kNeutralPhrases);
  test.transcript_size = status->own_size();
  if (status->own_root() != nullptr) test.transcript_root = to_hash(*status->own_root());
  test.clock = status->clock();
  BodyFields body;
  body.texts = phrase_texts(test.phrase, connection->language());
  body.subject =
      made_subject(wire::MessageType::test, body.texts.front().language, "Test call", "");
  body.content = test;
  DraftFields draft;
  draft.precedence = wire::Precedence::routine;
  draft.language = body.texts.front().language;
  draft.body = std::move(body);
  return submit_and_report(invocation, *connection, draft, "test call", wait);
}

}  // namespace

Command test_call_command() {
  return {{.name = "test-call",
           .summary = "Call the other watch to see whether it answers",
           .description = "The text is one of a fixed set about nothing, so that a test can never "
                          "be read as a hint. It carries the size and root of our transcript. The "
                          "sides call by turns: the one whose id comes first in the alphabet in "
                          "even hours of UTC, the other in odd ones.",
           .examples = {"hotline test-call", "hotline test-call --wait acknowledged --timeout 10m"},
           .options = wait_options()},
          test_call};
}

}  // namespace hotline::client
