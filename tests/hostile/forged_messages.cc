#include "tests/hostile/forged_messages.h"

#include "daemon/process/system_clock.h"
#include "protocol/base/limits.h"
#include "protocol/channel/policy.h"
#include "protocol/message/body.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"

namespace hotline::hostile {

const char* const kForgedWords =
    "x\n2026-01-01T00:00:00.000Z critical FORGED the link is down\x1b[2J";

namespace {

wire::MessageType read_kind(const std::string& word) {
  if (word == "text") return wire::MessageType::text;
  if (word == "acknowledgement") return wire::MessageType::acknowledgement;
  if (word == "decline") return wire::MessageType::decline;
  if (word == "answer") return wire::MessageType::answer;
  if (word == "request") return wire::MessageType::request;
  if (word == "correction") return wire::MessageType::correction;
  if (word == "cancellation") return wire::MessageType::cancellation;
  throw std::runtime_error("no kind of message: " + word);
}

wire::Precedence read_precedence(const std::string& word) {
  for (uint8_t one = kPrecedenceFirst; one <= kPrecedenceLast; ++one) {
    if (word == precedence_name(one)) return static_cast<wire::Precedence>(one);
  }
  throw std::runtime_error("no precedence: " + word);
}

ContentFields content_of(const MessagePlan& plan, int64_t now) {
  switch (plan.type) {
    case wire::MessageType::acknowledgement: {
      AcknowledgementFields read;
      read.role = wire::Role::operator_;
      read.at = now;
      return read;
    }
    case wire::MessageType::decline: {
      DeclineFields declined;
      declined.code = wire::DeclineCode::not_for_us;
      declined.reason = plan.forged == "reason" ? kForgedWords : "another watch";
      return declined;
    }
    case wire::MessageType::answer: {
      AnswersFields answers;
      AnswerItemFields item;
      item.outcome = wire::AnswerOutcome::answered;
      item.text = "yes";
      answers.items.push_back(item);
      return answers;
    }
    case wire::MessageType::request:
      return QuestionsFields{std::vector<std::string>(limits::kQuestionsMax, "Why?")};
    case wire::MessageType::correction:
      return CorrectionFields{{{"subject", "Flood", "Ebb"}}, "a slip"};
    case wire::MessageType::cancellation:
      return CancellationFields{"it was nothing"};
    default:
      return TextContentFields{};
  }
}

}  // namespace

MessagePlan read_plan(const Words& words) {
  MessagePlan plan;
  plan.type = read_kind(words.text("kind", "text"));
  const std::string precedence = words.text("precedence", "routine");
  plan.any_precedence = precedence == "any";
  if (!plan.any_precedence) plan.precedence = read_precedence(precedence);
  plan.subject_size = words.number("subject", 0);
  plan.text_size = words.number("text", 0);
  plan.forged = words.text("forge");
  plan.malformed = words.text("malformed") == "yes";
  plan.salted = words.text("salted") == "yes";
  plan.same_serial = words.text("same-serial") == "yes";
  return plan;
}

MessageWriter::MessageWriter(const MessagePlan& plan, std::string from, std::string to,
                             const Known& about)
    : plan_(plan) {
  envelope_.type = plan.type;
  envelope_.precedence = plan.precedence;
  envelope_.mode = wire::Mode::live;
  envelope_.from = plan.forged == "from" ? kForgedWords : std::move(from);
  envelope_.to = plan.forged == "to" ? kForgedWords : std::move(to);
  envelope_.drafter_role = envelope_.releaser_role = wire::Role::operator_;
  envelope_.person_hash = Hash{};
  envelope_.language = plan.forged == "language" ? kForgedWords : "en";
  if (kind_of(plan.type).speaks_of_another()) {
    envelope_.references.push_back(
        {plan.forged == "reference" ? kForgedWords : about.id, about.leaf});
  }
  BodyFields body;
  body.subject = plan.forged == "subject" ? kForgedWords : "Flood";
  if (plan.subject_size != 0) body.subject = std::string(plan.subject_size, 's');
  if (plan.type == wire::MessageType::text || plan.type == wire::MessageType::answer ||
      plan.type == wire::MessageType::request) {
    body.texts.push_back(
        {"en", std::string(plan.text_size == 0 ? 1 : plan.text_size, 'x'), true, ""});
  }
  body.content = content_of(plan, read_clocks().utc);
  body_ = build_body(body);
  if (plan.salted) salt_.fill(0x5a);
  envelope_.parts.push_back(describe_part(wire::PartKind::body, salt_, body_));
}

WrittenMessage MessageWriter::write(const std::string& id, int64_t released_at) {
  envelope_.id = id;
  envelope_.drafted_at = envelope_.released_at = released_at;
  // 0 is none, and 5 and on are not known.
  if (plan_.any_precedence) envelope_.precedence = static_cast<wire::Precedence>(written_ % 7);
  ++written_;
  WrittenMessage message{build_envelope(envelope_), body_, salt_};
  if (plan_.malformed) message.envelope.resize(message.envelope.size() / 2);
  return message;
}

}  // namespace hotline::hostile
