#include "daemon/api/api.h"

namespace hotline {

void ClientApi::show_exercise_clock(ClientSession& session, uint32_t request) {
  const Now now = clock_.now();
  const ExerciseClock& clock = core_.exercise_clock();
  const auto next = core_.next_due(now);
  const Exercise& exercise = core_.exercise();
  const ExerciseStop* stop = exercise.stopped();
  const JointClock& joint = exercise.joint();
  sessions_.answer(session, request, [&](flatbuffers::FlatBufferBuilder& b) {
    const auto put = [&](MessageKey key, const ClockChange& change) {
      return wire::CreateClockProposal(b, b.CreateString(core_.name_of(key)),
                                       b.CreateString(clock_change_text(change)));
    };
    const auto put_proposal = [&](bool incoming) {
      const auto& open = joint.proposed(incoming);
      return open ? put(open->key, open->change) : 0;
    };
    const auto own = put_proposal(false), peers = put_proposal(true);
    const auto& last = joint.agreed();
    const auto agreed = last ? put(last->concluded, last->change) : 0;
    const auto apart_ms = exercise.apart_ms();
    const auto stopped_by = stop ? b.CreateString(core_.name_of(stop->key)) : 0;
    const auto reason = stop ? b.CreateString(stop->reason) : 0;
    return wire::CreateExerciseClockReply(b, now.utc, now.ahead_ms, clock.speed_permille(),
                                          clock.is_paused(), clock.jumping_to().value_or(0),
                                          next ? next->at : 0, b.CreateString(next ? next->of : ""),
                                          stopped_by, stop ? stop->at : 0, reason, own, peers,
                                          agreed, apart_ms.has_value(), apart_ms.value_or(0));
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
