// A drill's acts: injects, the reactions of scripted players, and messages that are handed in once.
#include <utility>

#include "client/compose/flood.h"
#include "client/director/drill.h"
#include "client/drill/scenario_message.h"
#include "protocol/message/kinds/kinds.h"

namespace hotline::client {
namespace {

constexpr int64_t kDelivery_ms = 60'000;
constexpr int64_t kDeliveryInDoubt_ms = 2'000;
constexpr const char* kDone[] = {"acknowledge", "disseminate", "reply"};
constexpr int32_t kFarNorth_e5 = 80'00000;

// So many metres to the north, or in the far north to the south. A degree has 111,195 m.
Position moved(Position position, int64_t metres) {
  const auto by_e5 = static_cast<int32_t>(metres * 100'000 / 111'195);
  position.latitude_e5 += position.latitude_e5 > kFarNorth_e5 ? -by_e5 : by_e5;
  return position;
}

// The daemon, its disk or its store fails: nothing is said of the message itself.
bool may_pass(ErrorCode code) {
  return code == ErrorCode::unreachable || code == ErrorCode::timed_out ||
         code == ErrorCode::failed || code == ErrorCode::store_failed;
}

}  // namespace

// One thing that is due now. False: nothing is.
bool Drill::act() {
  for (size_t i = 0; i < scenario_.injects.size(); ++i) {
    const auto end_ms = fault_end_ms(scenario_.injects[i], standing_.play.injects[i]);
    if (end_ms && *end_ms <= standing_.now_ms && over_.insert(i).second) {
      note(JsonValue()
               .add("what", "over")
               .add("inject", scenario_.injects[i].name)
               .add("at_ms", *end_ms));
      emit({.at_ms = *end_ms,
            .what = PlayedEvent::What::fault_over,
            .side = scenario_.injects[i].from,
            .inject = i});
      return true;
    }
    const auto due = comes_at_ms(scenario_, standing_, i);
    if (due && *due <= standing_.now_ms) {
      happen(i);
      return true;
    }
  }
  const Faults now = faults();
  for (size_t place = 0; place < reactions_.size(); ++place) {
    const Coming coming = reactions_[place];
    if (coming.due_ms > standing_.now_ms || now.absent.count(coming.player) > 0) continue;
    reactions_.erase(reactions_.begin() + static_cast<ptrdiff_t>(place));
    react(coming);
    return true;
  }
  return false;
}

void Drill::happen(size_t i) {
  const Inject& inject = scenario_.injects[i];
  JsonValue line =
      JsonValue().add("what", "inject").add("inject", inject.name).add("at_ms", standing_.now_ms);
  Bytes draft;
  if (inject.message() != nullptr) {
    auto written = draft_of_inject(i, absolute(standing_.now_ms));
    if (!written) return pass_over(i, written.error().reason);
    draft = *std::move(written);
    const auto opened = open_body(bytes(flatbuffers::GetRoot<wire::Draft>(draft.data())->body()));
    if (opened) courses_[i].point = event_point(**opened);
    line.add("draft", to_hex(draft));
  } else if (const auto* revoked = std::get_if<CertificateRevoked>(&inject.content)) {
    need(ground_.revoke(inject.from, revoked->player, around_.now()));
  }
  note(line);
  standing_.play.injects[i] = {InjectFate::Kind::played, standing_.now_ms};
  if (!draft.empty()) outgoing_.push_back({inject.from, kDirectorPerson, draft, i, false, {}});
  // A message is told with its number, or at once where its daemon is down.
  if (inject.message() == nullptr || faults().is_down[inject.from]) tell_inject(i);
}

void Drill::tell_inject(size_t i) {
  if (std::exchange(courses_[i].is_told, true)) return;
  emit({.at_ms = standing_.play.injects[i].at_ms,
        .what = PlayedEvent::What::inject,
        .side = scenario_.injects[i].from,
        .inject = i,
        .message = courses_[i].id});
}

Result<Bytes> Drill::draft_of_inject(size_t i, UtcMs at) const {
  const Inject& inject = scenario_.injects[i];
  const auto fields = draft_of(scenario_, *inject.message(), inject.from, nullptr, at,
                               [this](size_t other) { return serial_of(other); });
  if (!fields) return fields.error();
  return finish_draft(*fields, true, at);
}

// ---- Scripted players

void Drill::foresee_reactions(size_t i, const Kind& kind) {
  using What = Coming::What;
  const int64_t delivered_ms = *courses_[i].delivered_ms;
  for (size_t p = 0; p < scenario_.players.size(); ++p) {
    const Player& player = scenario_.players[p];
    if (player.side == scenario_.injects[i].from || !player.script) continue;
    const Reaction reaction = reaction_of(scenario_, p, i);
    const auto add = [&](What what, int64_t after_ms, size_t reply) {
      reactions_.push_back({what, p, i, delivered_ms + after_ms, reaction, reply});
    };
    if (reaction.acknowledge_ms && kind.waits_for_acknowledgement() &&
        may_send(player, wire::MessageType::acknowledgement)) {
      add(What::acknowledge, *reaction.acknowledge_ms, 0);
    }
    if (reaction.disseminate_ms && kind.asks_for_dissemination &&
        may_send(player, wire::MessageType::dissemination)) {
      add(What::disseminate, *reaction.disseminate_ms, 0);
    }
    for (const Reaction::Reply& reply : reaction.replies) {
      add(What::reply, reply.after_ms, reply.place);
    }
  }
  std::stable_sort(reactions_.begin(), reactions_.end(),
                   [](const Coming& a, const Coming& b) { return a.due_ms < b.due_ms; });
}

UtcMs Drill::time_at(SideIndex side) {
  const auto clock = connection(side).exercise_clock();
  const UtcMs now = absolute(standing_.now_ms);
  return clock ? std::min<UtcMs>(now, (*clock)->at()) : now;
}

Result<DraftFields> Drill::draft_of_reaction(const Coming& coming) {
  const Course& course = courses_[coming.inject];
  const Player& player = scenario_.players[coming.player];
  const ScenarioMessage& asked = *scenario_.injects[coming.inject].message();
  DraftFields draft;
  draft.precedence = asked.request.precedence;
  draft.language = scenario_.language;
  draft.references = {course.id};
  if (coming.what == Coming::What::reply) {
    const ScenarioMessage& message = player.script->replies[coming.reply].message;
    auto reply = draft_of(scenario_, message, player.side, &asked, absolute(standing_.now_ms),
                          [this](size_t inject) { return serial_of(inject); });
    if (!reply) return reply;
    const wire::MessageType type = reply->kind().type;
    const bool refers = type == wire::MessageType::text || type == wire::MessageType::answer;
    if (refers && reply->references.empty()) reply->references = {course.id};
    return reply;
  }
  if (coming.what == Coming::What::disseminate) {
    draft.body.subject = made_subject(wire::MessageType::dissemination, draft.language,
                                      "Dissemination of " + course.id, course.id);
    draft.body.content =
        DisseminationFields{player.script->audience, time_at(player.side), std::string()};
    return draft;
  }
  if (coming.reaction.declines) {
    draft.body.subject = made_subject(wire::MessageType::decline, draft.language,
                                      "Decline of " + course.id, course.id);
    draft.body.content = DeclineFields{wire::DeclineCode::not_for_us, "not for this watch"};
    return draft;
  }
  EventPoint understood = course.point;
  if (understood.position) {
    understood.position = moved(*understood.position, coming.reaction.position_off_m);
  }
  if (understood.at) *understood.at += coming.reaction.time_off_ms;
  return acknowledgement_draft(course.id, draft.precedence, understood, player.role,
                               time_at(player.side));
}

void Drill::react(const Coming& coming) {
  const std::string& player = scenario_.players[coming.player].name;
  const std::string& inject = scenario_.injects[coming.inject].name;
  const std::string reaction = player + "/" + inject + "/" +
                               kDone[static_cast<size_t>(coming.what) - 1] + "/" +
                               std::to_string(coming.reply);
  // Somebody else was faster.
  const bool is_late =
      coming.what == Coming::What::acknowledge && courses_[coming.inject].has_ended;
  if (is_late || !done_.insert(reaction).second) return;
  const std::string what = player + " cannot react to " + inject;
  const Bytes draft = need(
      finish_draft(need(draft_of_reaction(coming), what), true, absolute(standing_.now_ms)), what);
  note(JsonValue()
           .add("what", "reaction")
           .add("reaction", reaction)
           .add("player", player)
           .add("inject", inject)
           .add("at_ms", standing_.now_ms)
           .add("draft", to_hex(draft)));
  outgoing_.push_back(
      {scenario_.players[coming.player].side, player, draft, std::nullopt, false, {}});
}

// ---- Messages

void Drill::hand_in_all() {
  const Faults now = faults();
  for (size_t place = 0; place < outgoing_.size(); ++place) {
    if (!outgoing_[place].is_done && !now.is_down[outgoing_[place].side]) hand_in(place);
  }
}

// Its place among all is its key: the same bytes under it are committed once.
void Drill::hand_in(size_t place) {
  Outgoing& message = outgoing_[place];
  // A daemon that another drill was played over has keys of that one.
  const std::string drill = standing_.start.empty() ? "" : standing_.start + "-";
  const auto submitted = connection(message.side, message.person)
                             .submit(message.draft, "drill-" + drill + std::to_string(place));
  JsonValue line = JsonValue().add("message", place);
  if (submitted) {
    note(line.add("what", "committed").add("id", submitted->id));
    return set_done(message, submitted->id, "");
  }
  const std::string& reason = submitted.error().reason;
  if (may_pass(submitted.error().code)) {
    const std::string of =
        message.inject ? scenario_.injects[*message.inject].name : message.person;
    throw CommandFailed{"the message of " + of + " was not committed", submitted.error()};
  }
  // So it goes for people, too. The drill is not the worse for it.
  if (message.inject) return pass_over(*message.inject, reason);
  note(line.add("what", "refused").add("reason", reason));
  set_done(message, "", reason);
  tell_refusal(message, reason);
}

// An inject whose message cannot go: nothing is expected of it, as nothing can come of it. One line
// of the record says both, so that a program killed in between leaves no half of it.
void Drill::pass_over(size_t inject, const std::string& reason) {
  const JsonValue line = JsonValue()
                             .add("what", "passed-over")
                             .add("inject", scenario_.injects[inject].name)
                             .add("at_ms", standing_.now_ms)
                             .add("reason", reason);
  note(line);
  leave_out(scenario_, standing_, scenario_.injects[inject].name, InjectFate::Kind::refused,
            standing_.now_ms);
  give_up(inject, reason);
  tell_refusal({.side = scenario_.injects[inject].from, .inject = inject}, reason);
}

void Drill::give_up(size_t inject, const std::string& reason) {
  courses_[inject].refusal = reason;
  for (Outgoing& message : outgoing_) {
    if (message.inject == inject) message.is_done = true;
  }
}

void Drill::tell_refusal(const Outgoing& message, const std::string& reason) {
  PlayedEvent event{.at_ms = standing_.now_ms,
                    .what = PlayedEvent::What::refused,
                    .side = message.side,
                    .inject = message.inject,
                    .text = reason};
  const size_t player = place_named(scenario_.players, message.person);
  if (!message.inject && player < scenario_.players.size()) event.player = player;
  if (event.inject || event.player) emit(std::move(event));
}

void Drill::set_done(Outgoing& message, const std::string& id, const std::string& refusal) {
  message.is_done = true;
  message.id = id;
  if (!message.inject) return;
  courses_[*message.inject].id = id;
  courses_[*message.inject].refusal = refusal;
  if (!id.empty()) tell_inject(*message.inject);
}

// Nothing is on its way any more, so that a jump leaves nothing behind.
void Drill::wait_for_delivery() {
  const Faults now = faults();
  const auto is_idle = [&](SideIndex side) {
    const auto status = need(connection(side).status());
    if (status->link() != wire::LinkState::up) return !now.lets_through();
    uint64_t queued = status->unreceipted();
    if (status->queued() != nullptr) {
      for (const uint32_t count : *status->queued()) queued += count;
    }
    return queued == 0;
  };
  const auto are_idle = [&] { return is_idle(0) && is_idle(1); };
  if (now.lets_through()) return wait_until("all is delivered", kDelivery_ms, are_idle);
  if (now.is_cut || now.is_down[0] || now.is_down[1]) return;
  // One way: until the daemons see it, as far as it goes.
  const int64_t until_ms = around_.steady_ms() + kDeliveryInDoubt_ms;
  while (!are_idle() && around_.steady_ms() < until_ms) around_.pause(20);
}

}  // namespace hotline::client
