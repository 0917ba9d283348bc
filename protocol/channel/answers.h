// The answers to each REQUEST: which of its questions are answered, by which message, and which are
// still open; and which of the peer's requests this watch still owes an answer, by when. A request
// is answered once all its questions are; what comes later changes nothing but the words.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/channel/corrections.h"
#include "protocol/channel/recorder.h"
#include "protocol/message/message_generated.h"

namespace hotline {

class Answers {
 public:
  // All of them outlive it.
  Answers(const CoreConfig& config, Recorder& recorder, Corrections& corrections)
      : config_(config), recorder_(recorder), corrections_(corrections) {}

  // Refuses an ANSWER to a question that the message does not ask, and a DISSEMINATION from before
  // there was the message; others always fit.
  Status check(MessageKey target, const wire::Body& body);
  // An entry whose message is recorded too: it gathers, or was read back.
  void apply(const wire::Entry& entry);
  // Nothing that the message asks is open. One that asks nothing is answered by any answer.
  bool is_answered(MessageKey target) const;

  // A question, and the message that answered it, refused to, or said when.
  struct Question {
    wire::AnswerOutcome outcome = wire::AnswerOutcome::unset;
    MessageKey answer;

    bool is_open() const {
      return outcome == wire::AnswerOutcome::unset || outcome == wire::AnswerOutcome::later;
    }
  };
  // In the order of the request; empty where nobody answered any.
  const std::vector<Question>& of(MessageKey request) const;

  // The words that belong to one of them.
  struct Said {
    std::string text;
    std::optional<UtcMs> later_at;
    std::string id;
    wire::Role role = wire::Role::unset;
    UtcMs released_at = 0;
  };
  // `number`: of the question, from 1. Nothing where it was not answered.
  std::optional<Said> said(MessageKey request, size_t number);

  // A request of the peer's that is not answered, by precedence, then by when its answer is due.
  struct OpenRequest {
    uint8_t precedence = 0;
    UtcMs due = 0;  // As it says, or as the policy does.
    MessageKey key;
    auto operator<=>(const OpenRequest&) const = default;
  };
  // From a place in their order on.
  std::vector<OpenRequest> open_requests(size_t skip, size_t limit) const;
  size_t open_count() const { return open_.size(); }
  // Nothing where no answer to it is owed.
  std::optional<UtcMs> due_of(MessageKey request) const;

 private:
  void open(const wire::Received& request, UtcMs at);
  void close(MessageKey request);
  void note(MessageKey answer, MessageKey target);
  size_t count_questions(MessageKey target);

  const CoreConfig& config_;
  Recorder& recorder_;
  Corrections& corrections_;
  std::map<MessageKey, std::vector<Question>> answered_;  // By request.
  std::map<MessageKey, OpenRequest> open_;
  std::set<OpenRequest> by_due_;  // The same.
};

// The message that an entry answers, if it is an ANSWER that stands.
std::optional<MessageKey> answered_by(const wire::Entry& entry);

}  // namespace hotline
