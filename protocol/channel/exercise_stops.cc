#include "protocol/channel/exercise_stops.h"

#include "protocol/base/text.h"
#include "protocol/channel/journal.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"

namespace hotline {
namespace {

using Action = wire::ServiceAction;

Error refused_word(const std::string& reason, const std::string& hint) {
  return make_error(ErrorCode::refused, reason, hint);
}

bool is_about_exercise(Action action) {
  return action == Action::exercise_start || action == Action::exercise_end;
}

Right right_to_say(Action action) {
  return action == Action::exercise_end ? Right::stop_exercise : Right::direct;
}

}  // namespace

const ExerciseStop* ExerciseStops::standing() const {
  for (const Party& party : parties_) {
    if (party.stands) return &*party.newest;
  }
  return nullptr;
}

bool ExerciseStops::is_after(bool incoming, bool stop_incoming, uint64_t held) const {
  const Party& party = parties_[stop_incoming];
  return !party.newest || incoming == stop_incoming || (party.place && held > *party.place);
}

Status ExerciseStops::check(bool incoming, const wire::Envelope& envelope,
                            const wire::Body& body) const {
  const wire::Service* said = body.content_as_service();
  if (said == nullptr || !is_about_exercise(said->action())) return ok();
  if (!config_.channel.exercise) {
    return refused_word("this channel is live: there is no exercise to stop or to begin",
                        "name the context of an exercise: hotline context list");
  }
  if (!may(envelope.releaser_role(), right_to_say(said->action()))) {
    return said->action() == Action::exercise_end
               ? refused_word("a player or a director stops an exercise", "ask one of this watch")
               : refused_word("only a director begins an exercise again",
                              "ask a director of this exercise");
  }
  if (envelope.precedence() != wire::Precedence::flash) {
    return refused_word("an exercise is stopped, and begun again, at FLASH", "-p flash");
  }
  if (incoming || said->action() == Action::exercise_end) return ok();
  if (standing() == nullptr) {
    return refused_word("the exercise is not stopped", "hotline drill clock");
  }
  if (!is_after(false, true, envelope.peer_transcript_size())) {
    return refused_word("a stop of the other side has come this moment",
                        "hotline drill clock    then begin again");
  }
  return ok();
}

bool ExerciseStops::apply(const wire::Entry& entry) {
  const auto brought = message_in(entry);
  if (!config_.channel.exercise || !brought ||
      brought->type != static_cast<uint8_t>(wire::MessageType::service)) {
    return false;
  }
  const auto record = recorder_.message(brought->key);
  const auto envelope = record ? open_envelope(record->envelope) : Error{};
  const auto body = record ? open_body(record->body) : Error{};
  const wire::Service* said = body ? (*body)->content_as_service() : nullptr;
  if (!envelope || said == nullptr || !is_about_exercise(said->action())) return false;
  const bool incoming = brought->key.incoming;
  if (said->action() == Action::exercise_end) {
    Party& party = parties_[incoming];
    party.newest = {brought->key, (*envelope)->releaser_role(), (*envelope)->released_at(),
                    text_of(said->detail())};
    party.place = incoming ? std::optional(brought->key.number) : std::nullopt;
    return party.stands = true;
  }
  for (const bool stop_incoming : {false, true}) {
    if (is_after(incoming, stop_incoming, (*envelope)->peer_transcript_size())) {
      parties_[stop_incoming].stands = false;
    }
  }
  return false;
}

void ExerciseStops::apply_durable(const wire::Entry& entry) {
  const wire::Numbered* numbered = entry.fact_as_Numbered();
  Party& own = parties_[false];
  if (numbered == nullptr || !own.newest || own.place) return;
  for (flatbuffers::uoffset_t i = 0; i < numbered->serials()->size(); ++i) {
    if (numbered->serials()->Get(i) == own.newest->key.number) own.place = numbered->first() + i;
  }
}

}  // namespace hotline
