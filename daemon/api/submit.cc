#include "daemon/api/api.h"
#include "protocol/message/serial.h"

namespace hotline {

void ClientApi::submit(ClientSession& session, uint32_t request, const wire::Submit& submit) {
  const Bytes draft(submit.draft()->begin(), submit.draft()->end());
  const uint64_t token = sessions_.wait_for_commit(session, request, draft.size());
  core_.submit(clock_.now(), token, session.actor, submit.counter(), draft,
               submit.key() ? submit.key()->string_view() : std::string_view(),
               submit.draft_number());
  changed_();
}

void ClientApi::answer(const AnswerSubmission& answer) {
  auto [session, request] = sessions_.take_asker(answer.token);
  if (session == nullptr) return;
  if (!answer.outcome) return sessions_.fail(*session, request, answer.outcome.error());
  const Submission& submission = *answer.outcome;
  sessions_.answer(*session, request, [&](flatbuffers::FlatBufferBuilder& b) {
    auto name = b.CreateString(format_serial(config_.prefix, submission.serial));
    return wire::CreateSubmitted(b, name, submission.journal_index, submission.committed_at,
                                 submission.repeated);
  });
}

}  // namespace hotline
