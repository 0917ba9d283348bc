// A drill's sight: the rows of both daemons, as deeds that are judged.
#include <algorithm>

#include "client/director/drill.h"
#include "client/drill/deeds.h"
#include "protocol/message/envelope.h"
#include "protocol/message/kinds/kinds.h"

namespace hotline::client {
namespace {

// Clocks of the two sides may differ so much where a message is looked for.
constexpr int64_t kOtherClock_ms = 3'600'000;

}  // namespace

void Drill::observe() {
  const Faults now = faults();
  for (size_t i = 0; i < courses_.size(); ++i) {
    if (!courses_[i].id.empty() && !now.is_down[other_side(scenario_.injects[i].from)]) {
      observe_delivery(i);
    }
  }
  for (SideIndex side = 0; side < kSides; ++side) {
    if (now.is_down[side]) continue;
    for (size_t i = 0; reaches(side) && i < courses_.size(); ++i) observe_ladder(side, i);
    observe_messages(side);
  }
  for (size_t i = 0; i < courses_.size(); ++i) {
    const Course& course = courses_[i];
    if (course.has_ended && !now.is_down[0] && !now.is_down[1]) courses_[i].is_settled = true;
    if (course.delivered_ms) observe_conflict(i);
  }
}

void Drill::observe_delivery(size_t i) {
  Course& course = courses_[i];
  if (course.delivered_ms) return;
  auto detail = connection(seen_from(other_side(scenario_.injects[i].from))).show(course.id);
  if (!detail && detail.error().code == ErrorCode::not_found) return;
  const auto shown = need(std::move(detail));
  const wire::MessageRow& row = *shown->row();
  course.delivered_ms = happened_ms(other_side(scenario_.injects[i].from), row.committed_at());
  if (!standing_.side) foresee_reactions(i, hotline::kind_of(row.type()));
}

void Drill::observe_messages(SideIndex side) {
  Connection& daemon = connection(seen_from(side));
  const wire::Box box = reaches(side) ? wire::Box::outgoing : wire::Box::incoming;
  std::vector<std::string> ids;
  uint64_t newest = looked_at_[side];
  const int64_t wrong_ms = wrong_clock_ms(scenario_, standing_.play, side, standing_.now_ms);
  const UtcMs oldest = standing_.begin - kOtherClock_ms + std::min<int64_t>(wrong_ms, 0);
  need(daemon.list_each({.box = box}, [&](const wire::MessageRow& row) {
    const bool is_older = row.committed_at() < oldest;
    if (row.journal_index() <= looked_at_[side] || is_older) return false;
    newest = std::max(newest, row.journal_index());
    ids.push_back(text(row.id()));
    return true;
  }));
  for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
    const auto detail = need(daemon.show(*id));
    observe_message(side, *detail);
  }
  looked_at_[side] = newest;
}

void Drill::observe_message(SideIndex side, const wire::Detail& detail) {
  const std::string id = text(detail.row()->id());
  // The other side's clock may be ahead of ours, and its own says when it spoke.
  const bool is_ours = standing_.is_ours(side);
  const int64_t at_ms =
      happened_ms(side, is_ours ? detail.row()->committed_at() : detail.row()->released_at());
  const auto type = static_cast<wire::MessageType>(detail.row()->type());
  const auto envelope = open_envelope(bytes(detail.envelope()));
  const auto body = open_body(bytes(detail.body()));
  if (at_ms < 0 || !envelope || !body) return;
  const SideMessage message{side, type, **envelope, **body, bytes(detail.body())};
  if (!is_ours) recognize(message, id);
  const auto own_inject = inject_of(id);
  for (size_t e = 0; is_spoken(type) && e < scenario_.expectations.size(); ++e) {
    const bool is_in_time = is_running(scenario_, standing_.play, e) &&
                            at_ms >= standing_.play.injects[scenario_.expectations[e].of].at_ms &&
                            at_ms <= deadline_ms(scenario_, standing_.play, e);
    if (is_in_time && breaks_silence(scenario_.expectations[e], side, own_inject)) {
      settle(e, Outcome::Kind::missed, at_ms, id);
    }
  }
  if (own_inject) return;
  for (const size_t i : injects_spoken_of(scenario_, message_ids(), message)) {
    const ToldDeed told = deed_of(message, courses_[i].point);
    if (told.ends_the_wait()) courses_[i].has_ended = true;
    PlayedEvent event{.at_ms = at_ms, .what = told.what, .side = side, .inject = i};
    event.player = player_of(id);
    event.message = id;
    event.read_back_wrongly = told.deed && !told.deed->read_back_rightly;
    emit(event);
    if (told.deed) judge(i, *told.deed, at_ms, detail.row()->released_at(), id);
  }
}

// Both directors have the same scenario, so that either can make the other's message for the moment
// at which it was drafted, and see that it is the same to the byte.
void Drill::recognize(const SideMessage& message, const std::string& id) {
  if (const auto known = inject_of(id)) {
    courses_[*known].point = event_point(message.body);
    return;
  }
  const int64_t at_ms = message.envelope.drafted_at() - standing_.begin;
  for (size_t i = 0; at_ms >= 0 && i < scenario_.injects.size(); ++i) {
    if (!is_inject(i, message)) continue;
    note(JsonValue()
             .add("what", "came")
             .add("inject", scenario_.injects[i].name)
             .add("at_ms", at_ms)
             .add("id", id));
    standing_.play.injects[i] = {InjectFate::Kind::played, at_ms};
    courses_[i].point = event_point(message.body);
    return take_came(i, at_ms, id);
  }
}

bool Drill::is_inject(size_t i, const SideMessage& message) const {
  const InjectFate::Kind fate = standing_.play.injects[i].kind;
  const bool is_to_come =
      fate == InjectFate::Kind::not_reached || fate == InjectFate::Kind::by_hand;
  return is_to_come && is_message_of(scenario_, i, message_ids(), message);
}

std::vector<std::string> Drill::message_ids() const {
  std::vector<std::string> ids;
  for (const Course& course : courses_) ids.push_back(course.id);
  return ids;
}

void Drill::take_came(size_t i, int64_t at_ms, const std::string& id) {
  courses_[i].id = id;
  emit({.at_ms = at_ms,
        .what = PlayedEvent::What::inject,
        .side = scenario_.injects[i].from,
        .inject = i,
        .message = id});
}

std::optional<size_t> Drill::inject_of(const std::string& id) const {
  for (size_t i = 0; i < courses_.size(); ++i) {
    if (!id.empty() && courses_[i].id == id) return i;
  }
  return std::nullopt;
}

// Scripted players alone: the drill hands their messages in itself.
std::optional<size_t> Drill::player_of(const std::string& id) const {
  for (const Outgoing& message : outgoing_) {
    for (size_t p = 0; message.id == id && p < scenario_.players.size(); ++p) {
      if (scenario_.players[p].name == message.person) return p;
    }
  }
  return std::nullopt;
}

void Drill::observe_ladder(SideIndex side, size_t i) {
  Course& course = courses_[i];
  course.climbs[side] = false;
  const bool has_it = side == scenario_.injects[i].from || course.delivered_ms;
  if (course.id.empty() || course.is_settled || !has_it) return;
  auto found = connection(side).escalations(course.id);
  if (!found && found.error().code != ErrorCode::unreachable) return;  // It has no ladder.
  const auto rows = need(std::move(found));
  for (const wire::EscalationRow* row : tables(rows->rows())) {
    course.climbs[side] = !text(row->next()).empty();
    for (const wire::ToldRung* one : tables(row->told())) {
      const std::string rung = text(one->rung());
      const int64_t at_ms = happened_ms(side, one->at());
      if (!told_.insert(std::to_string(side) + course.id + rung).second) continue;
      emit({.at_ms = at_ms,
            .what = PlayedEvent::What::escalated,
            .side = side,
            .inject = i,
            .rung = rung,
            .message = course.id});
      judge(i, {.kind = Deed::Kind::escalated, .side = side, .rung = rung}, at_ms, 0, course.id);
    }
  }
}

void Drill::observe_conflict(size_t i) {
  const auto is_asked = [&](size_t e) {
    return scenario_.expectations[e].of == i && is_running(scenario_, standing_.play, e) &&
           std::holds_alternative<ConflictFound>(scenario_.expectations[e].content);
  };
  for (size_t e = 0; e < scenario_.expectations.size(); ++e) {
    const SideIndex side = seen_from(scenario_.expectations[e].side);
    if (!is_asked(e) || faults().is_down[side]) continue;
    const std::string& id = courses_[i].id;
    const auto rows = need(connection(side).conflicts(id, 1, {}, true));
    if (rows->total() == 0) continue;
    if (told_.insert("conflict" + id).second) {
      emit({.at_ms = standing_.now_ms,
            .what = PlayedEvent::What::conflict,
            .side = side,
            .inject = i,
            .message = id});
    }
    judge(i, {.kind = Deed::Kind::conflict, .side = side}, standing_.now_ms, 0, id);
  }
}

void Drill::judge(size_t inject, const Deed& deed, int64_t at_ms, UtcMs now,
                  const std::string& message) {
  for (size_t e = 0; e < scenario_.expectations.size(); ++e) {
    const Expectation& expected = scenario_.expectations[e];
    if (expected.of != inject || !is_running(scenario_, standing_.play, e) ||
        at_ms > deadline_ms(scenario_, standing_.play, e) || !meets(expected, deed, now)) {
      continue;
    }
    settle(e, Outcome::Kind::met, at_ms, message);
  }
}

}  // namespace hotline::client
