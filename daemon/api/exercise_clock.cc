#include "daemon/api/api.h"

namespace hotline {

void ClientApi::show_exercise_clock(ClientSession& session, uint32_t request) {
  const Now now = clock_.now();
  const ExerciseClock& clock = core_.exercise_clock();
  const auto next = core_.next_due(now);
  sessions_.answer(session, request, [&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateExerciseClockReplyDirect(b, now.utc, now.ahead_ms, clock.speed_permille(),
                                                clock.is_paused(), clock.jumping_to().value_or(0),
                                                next ? next->at : 0, next ? next->of : "");
  });
}

void ClientApi::set_exercise_clock(ClientSession& session, uint32_t request,
                                   const wire::SetExerciseClock& wanted) {
  const uint64_t token = sessions_.wait_for_commit(session, request, 0);
  const ClockOrder order{static_cast<wire::ExerciseClockChange>(wanted.change()),
                         wanted.speed_permille(), wanted.by_ms(), wanted.until()};
  core_.set_exercise_clock(clock_.now(), token, session.actor, order);
  changed_();
}

void ClientApi::answer(const AnswerExerciseClock& answer) {
  auto [session, request] = sessions_.take_asker(answer.token);
  if (session == nullptr) return;
  if (!answer.outcome) return sessions_.fail(*session, request, answer.outcome.error());
  show_exercise_clock(*session, request);
}

}  // namespace hotline
