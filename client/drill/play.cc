#include "client/drill/play.h"

#include <algorithm>
#include <functional>
#include <queue>

#include "client/drill/judge.h"
#include "client/drill/scripted_player.h"
#include "protocol/base/text.h"
#include "protocol/geometry/conflict.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/roles.h"

namespace hotline::client {
namespace {

constexpr int64_t kNever = INT64_MAX;
constexpr int64_t kOnItsWay_ms = 100;              // Of a message on a link that is up.
constexpr int64_t kRevocationNoticed_ms = 60'000;  // At the latest.

int64_t later(int64_t at_ms, int64_t by_ms) {
  return at_ms > kNever - by_ms ? kNever : at_ms + by_ms;
}

// An end of 0 is none.
int64_t end_of(int64_t at_ms, int64_t for_ms) {
  return for_ms == 0 ? kNever : later(at_ms, for_ms);
}

class Stage {
 public:
  Stage(const Scenario& scenario, const ScenarioDrafts& drafts, const Policy& policy)
      : scenario_(scenario), drafts_(drafts), policy_(policy) {}

  Play run() {
    play_ = not_begun(scenario_);
    sent_.resize(scenario_.injects.size());
    is_foreseen_.resize(scenario_.injects.size());
    expected_of_.resize(scenario_.injects.size());
    lay_out();
    while (open_ > 0 && !agenda_.empty()) {
      const Event event = agenda_.top();
      agenda_.pop();
      now_ms_ = event.at_ms;
      event.act();
    }
    play_.ends_ms = now_ms_;
    return std::move(play_);
  }

 private:
  struct Event {
    int64_t at_ms = 0;
    uint64_t number = 0;  // Of two at once the one that was foreseen first comes first.
    std::function<void()> act;
    bool operator<(const Event& other) const {
      return std::pair(other.at_ms, other.number) < std::pair(at_ms, number);
    }
  };
  // The message of an inject, on its way.
  struct Sent {
    std::optional<int64_t> delivered_ms;
    std::optional<int64_t> ended_ms[kSides];  // Its wait, as each side knows.
    std::vector<Volume> volumes;              // Where it is a notice that is out.
    uint32_t ladder[kSides] = {0, 0};         // The one that counts: a later base begins another.
  };
  struct Outage {
    int64_t from_ms = 0;
    int64_t until_ms = 0;
    bool stops[kSides] = {false, false};  // Messages of these sides.
    int64_t delay_ms = 0;                 // Slow, and stops none.
    std::optional<SideIndex> daemon;      // Its people can do nothing either.
  };
  struct Absence {
    size_t player = 0;
    int64_t from_ms = 0;
    int64_t until_ms = 0;
  };

  void at(int64_t at_ms, std::function<void()> act) {
    if (at_ms != kNever) agenda_.push({at_ms, next_++, std::move(act)});
  }

  void lay_out() {
    for (size_t e = 0; e < scenario_.expectations.size(); ++e) {
      if (play_.expectations[e].kind != Outcome::Kind::off) {
        expected_of_[scenario_.expectations[e].of].push_back(e);
      }
    }
    foresee();
  }

  // Injects whose time is known by now.
  void foresee() {
    for (size_t i = 0; i < scenario_.injects.size(); ++i) {
      if (is_foreseen_[i] || play_.injects[i].kind != InjectFate::Kind::not_reached) continue;
      const auto due = due_ms(scenario_, play_, i);
      if (!due) continue;
      is_foreseen_[i] = true;
      ++open_;
      at(*due, [this, i] { happen(i); });
    }
  }

  void add(PlayedEvent event) {
    event.at_ms = now_ms_;
    play_.events.push_back(std::move(event));
  }

  // ---- Injects

  void happen(size_t i) {
    --open_;
    const Inject& inject = scenario_.injects[i];
    play_.injects[i] = {InjectFate::Kind::played, now_ms_};
    add({.what = PlayedEvent::What::inject, .side = inject.from, .inject = i});
    foresee();
    for (const size_t e : expected_of_[i]) begin(e);
    std::visit([&](const auto& content) { begin(i, content); }, inject.content);
  }

  void last(size_t inject, int64_t for_ms) {
    if (for_ms == 0) return;
    at(later(now_ms_, for_ms), [this, inject] {
      add({.what = PlayedEvent::What::fault_over,
           .side = scenario_.injects[inject].from,
           .inject = inject});
    });
  }

  void begin(size_t i, const MessageSent&) {
    const SideIndex from = scenario_.injects[i].from;
    if (!drafts_.injects[i]) return;
    say_something(from, i);
    start_ladder(i, from, now_ms_);
    travel(i);
  }
  void begin(size_t i, const LinkCut& cut) {
    const SideIndex from = scenario_.injects[i].from;
    Outage outage{now_ms_, end_of(now_ms_, cut.for_ms), {}, cut.delay_ms, {}};
    outage.stops[from] = cut.how != LinkCut::How::slow;
    outage.stops[other_side(from)] = cut.how == LinkCut::How::whole;
    outages_.push_back(outage);
    last(i, cut.for_ms);
  }
  void begin(size_t i, const DaemonKilled& killed) {
    const SideIndex from = scenario_.injects[i].from;
    outages_.push_back({now_ms_, end_of(now_ms_, killed.for_ms), {true, true}, 0, from});
    last(i, killed.for_ms);
  }
  void begin(size_t i, const PathLost& lost) { last(i, lost.for_ms); }
  void begin(size_t, const CertificateRevoked& revoked) {
    const int64_t from_ms = later(now_ms_, kRevocationNoticed_ms);
    if (revoked.player) {
      absences_.push_back({*revoked.player, from_ms, kNever});
    } else {
      outages_.push_back({from_ms, kNever, {true, true}, 0, {}});
    }
  }
  void begin(size_t i, const ClockWrong& wrong) { last(i, wrong.for_ms); }
  void begin(size_t i, const PlayerAbsent& absent) {
    absences_.push_back({absent.player, now_ms_, end_of(now_ms_, absent.for_ms)});
    last(i, absent.for_ms);
  }
  void begin(size_t, const DirectorNote&) {}

  // ---- The link

  // When a message of this side that goes now gets through.
  int64_t through_ms(SideIndex from, int64_t at_ms) const {
    int64_t delay_ms = kOnItsWay_ms;
    for (bool again = true; again && at_ms != kNever;) {
      again = false;
      for (const Outage& outage : outages_) {
        if (!outage.stops[from] || at_ms < outage.from_ms || at_ms >= outage.until_ms) continue;
        at_ms = outage.until_ms;
        again = true;
      }
    }
    for (const Outage& outage : outages_) {
      if (at_ms >= outage.from_ms && at_ms < outage.until_ms) delay_ms += outage.delay_ms;
    }
    return later(at_ms, delay_ms);
  }

  void travel(size_t i) {
    const SideIndex from = scenario_.injects[i].from;
    at(through_ms(from, now_ms_), [this, i, from] {
      // Another fault may have come meanwhile.
      const bool is_stopped = std::any_of(outages_.begin(), outages_.end(), [&](const Outage& one) {
        return one.stops[from] && now_ms_ >= one.from_ms && now_ms_ < one.until_ms;
      });
      if (is_stopped) return travel(i);
      deliver(i);
    });
  }

  void deliver(size_t i) {
    const Inject& inject = scenario_.injects[i];
    const SideIndex to = other_side(inject.from);
    const DraftFields& draft = *drafts_.injects[i];
    sent_[i].delivered_ms = now_ms_;
    if (draft.precedence != wire::Precedence::flash) start_ladder(i, inject.from, now_ms_);
    start_ladder(i, to, now_ms_);
    compare(i);
    for (size_t p = 0; p < scenario_.players.size(); ++p) {
      const Player& player = scenario_.players[p];
      if (player.side == to && player.script) react(i, p);
    }
  }

  void compare(size_t i) {
    const Inject& inject = scenario_.injects[i];
    const DraftFields& draft = *drafts_.injects[i];
    if (!draft.kind().announces_volumes()) return;
    const Bytes bytes = build_body(draft.body);
    const auto body = open_body(bytes);
    if (!body) return;
    // As they would be if it was made at its time.
    sent_[i].volumes = draft.kind().content().volumes(**body);
    for (Volume& volume : sent_[i].volumes) {
      volume.start += play_.injects[i].at_ms;
      volume.end += play_.injects[i].at_ms;
    }
    for (size_t other = 0; other < sent_.size(); ++other) {
      if (scenario_.injects[other].from == inject.from || !are_in_conflict(i, other)) continue;
      add({.what = PlayedEvent::What::conflict, .side = other_side(inject.from), .inject = i});
      judge(i, {.kind = Deed::Kind::conflict});
      judge(other, {.kind = Deed::Kind::conflict});
    }
  }

  bool are_in_conflict(size_t a, size_t b) const {
    for (const Volume& one : sent_[a].volumes) {
      for (const Volume& two : sent_[b].volumes) {
        if (conflict_between(one, two, policy_.separation)) return true;
      }
    }
    return false;
  }

  // ---- The ladder

  void start_ladder(size_t i, SideIndex side, int64_t base_ms) {
    const DraftFields& draft = *drafts_.injects[i];
    if (!draft.kind().waits_for_acknowledgement()) return;
    const uint32_t ladder = ++sent_[i].ladder[side];
    for (const Rung& rung : policy_.at(static_cast<uint8_t>(draft.precedence)).rungs) {
      at(later(base_ms, rung.after_ms), [this, i, side, ladder, name = rung.name] {
        if (sent_[i].ladder[side] != ladder) return;
        const auto& ended_ms = sent_[i].ended_ms[side];
        if (ended_ms && *ended_ms <= now_ms_) return;
        add({.what = PlayedEvent::What::escalated, .side = side, .inject = i, .rung = name});
        judge(i, {.kind = Deed::Kind::escalated, .side = side, .rung = name});
      });
    }
  }

  // ---- Players

  // From when on the player can do something again.
  int64_t able_ms(size_t player, int64_t at_ms) const {
    for (bool again = true; again && at_ms != kNever;) {
      again = false;
      for (const Absence& one : absences_) {
        if (one.player != player || at_ms < one.from_ms || at_ms >= one.until_ms) continue;
        at_ms = one.until_ms;
        again = true;
      }
      for (const Outage& one : outages_) {
        const bool is_own = one.daemon == scenario_.players[player].side;
        if (!is_own || at_ms < one.from_ms || at_ms >= one.until_ms) continue;
        at_ms = one.until_ms;
        again = true;
      }
    }
    return at_ms;
  }

  void act(size_t player, int64_t at_ms, std::function<void()> what) {
    at(at_ms, [this, player, what = std::move(what)] {
      const int64_t able = able_ms(player, now_ms_);
      if (able == now_ms_) return what();
      act(player, able, what);
    });
  }

  void react(size_t i, size_t p) {
    const Player& player = scenario_.players[p];
    const Reaction reaction = reaction_of(scenario_, p, i);
    const Kind& kind = drafts_.injects[i]->kind();
    if (reaction.acknowledge_ms && kind.waits_for_acknowledgement() &&
        may_send(player, wire::MessageType::acknowledgement)) {
      act(p, later(now_ms_, *reaction.acknowledge_ms), [this, i, p, reaction] {
        if (reaction.declines) return decline(i, p);
        acknowledge(i, p, reaction.reads_back_rightly());
      });
    }
    if (reaction.disseminate_ms && kind.asks_for_dissemination &&
        may_send(player, wire::MessageType::dissemination)) {
      act(p, later(now_ms_, *reaction.disseminate_ms),
          [this, i, p, player] { disseminate(i, p, player.script->audience); });
    }
    for (const Reaction::Reply& reply : reaction.replies) {
      act(p, later(now_ms_, reply.after_ms),
          [this, i, p, reply] { reply_with(i, p, reply.place); });
    }
  }

  bool is_over(size_t i) const {
    return sent_[i].ended_ms[other_side(scenario_.injects[i].from)].has_value();
  }

  void end_wait(size_t i) {
    const SideIndex from = scenario_.injects[i].from;
    sent_[i].ended_ms[other_side(from)] = now_ms_;
    sent_[i].ended_ms[from] = through_ms(other_side(from), now_ms_);
  }

  void acknowledge(size_t i, size_t p, bool rightly) {
    if (is_over(i)) return;
    end_wait(i);
    const Player& player = scenario_.players[p];
    add({.what = PlayedEvent::What::acknowledged,
         .side = player.side,
         .inject = i,
         .player = p,
         .read_back_wrongly = !rightly});
    judge(i, {.kind = Deed::Kind::acknowledged,
              .side = player.side,
              .role = player.role,
              .read_back_rightly = rightly});
  }

  void decline(size_t i, size_t p) {
    if (is_over(i)) return;
    end_wait(i);
    add({.what = PlayedEvent::What::declined,
         .side = scenario_.players[p].side,
         .inject = i,
         .player = p});
  }

  void disseminate(size_t i, size_t p, wire::Audience audience) {
    const SideIndex side = scenario_.players[p].side;
    add({.what = PlayedEvent::What::disseminated, .side = side, .inject = i, .player = p});
    judge(i, {.kind = Deed::Kind::disseminated, .side = side, .audience = audience});
  }

  void reply_with(size_t i, size_t p, size_t place) {
    const auto& draft = drafts_.replies[p][place];
    if (!draft) return;
    const Player& player = scenario_.players[p];
    add({.what = PlayedEvent::What::replied, .side = player.side, .inject = i, .player = p});
    say_something(player.side, std::nullopt);
    judge(i, {.kind = Deed::Kind::replied,
              .side = player.side,
              .role = player.role,
              .said = said_in(*draft)});
  }

  // ---- Expectations

  bool is_open(size_t e) const { return running_.size() > e && running_[e]; }

  void begin(size_t e) {
    const Expectation& expected = scenario_.expectations[e];
    running_.resize(scenario_.expectations.size());
    running_[e] = true;
    ++open_;
    const int64_t deadline_ms = later(now_ms_, expected.within_ms);
    at(deadline_ms, [this, e] {
      if (is_open(e)) do_as_people(e);
      if (is_open(e)) end(e);
    });
  }

  void judge(size_t inject, const Deed& deed) {
    for (const size_t e : expected_of_[inject]) {
      if (is_open(e) && meets(scenario_.expectations[e], deed, 0)) settle(e, Outcome::Kind::met);
    }
  }

  // Any message of a side: what is expected to be silence is over.
  void say_something(SideIndex side, std::optional<size_t> inject,
                     std::optional<size_t> expectation = std::nullopt) {
    using Cause = Outcome::Cause;
    for (size_t e = 0; e < running_.size(); ++e) {
      if (!running_[e] || !breaks_silence(scenario_.expectations[e], side, inject)) continue;
      play_.expectations[e].inject = inject.value_or(0);
      play_.expectations[e].expectation = expectation.value_or(0);
      settle(e, Outcome::Kind::missed,
             inject        ? Cause::inject
             : expectation ? Cause::expectation
                           : Cause::player);
    }
  }

  void settle(size_t e, Outcome::Kind kind, Outcome::Cause cause = Outcome::Cause::player) {
    const Expectation& expected = scenario_.expectations[e];
    running_[e] = false;
    --open_;
    play_.expectations[e].kind = kind;
    play_.expectations[e].cause = cause;
    play_.expectations[e].at_ms = now_ms_;
    add({.what = kind == Outcome::Kind::met      ? PlayedEvent::What::met
                 : kind == Outcome::Kind::missed ? PlayedEvent::What::missed
                                                 : PlayedEvent::What::to_judge,
         .side = expected.side,
         .inject = expected.of,
         .expectation = e});
    foresee();
  }

  // At the deadline: it was not seen until now.
  void end(size_t e) {
    const Expectation& expected = scenario_.expectations[e];
    const Outcome::Kind kind = at_deadline(expected);
    if (kind != Outcome::Kind::missed) return settle(e, kind);
    const Sent& sent = sent_[expected.of];
    Outcome::Cause cause = Outcome::Cause::player;
    if (std::holds_alternative<Escalated>(expected.content)) {
      if (sent.ended_ms[expected.side]) cause = Outcome::Cause::acknowledged_before;
    } else if (!sent.delivered_ms && scenario_.injects[expected.of].message()) {
      cause = Outcome::Cause::not_delivered;
    } else if (!is_anybody_there(expected)) {
      cause = Outcome::Cause::nobody_there;
    }
    settle(e, Outcome::Kind::missed, cause);
  }

  bool is_anybody_there(const Expectation& expected) const {
    const int64_t from_ms = play_.injects[expected.of].at_ms;
    for (size_t p = 0; p < scenario_.players.size(); ++p) {
      if (scenario_.players[p].side == expected.side && able_ms(p, from_ms) <= now_ms_) return true;
    }
    return false;
  }

  // The first of the people who play the side, is there, and may do it.
  std::optional<size_t> somebody(const Expectation& expected, wire::MessageType type,
                                 std::optional<wire::Role> role) const {
    for (size_t p = 0; p < scenario_.players.size(); ++p) {
      const Player& player = scenario_.players[p];
      if (player.side != expected.side || player.script || (role && *role != player.role)) continue;
      if (may_send(player, type) && able_ms(p, now_ms_) == now_ms_) return p;
    }
    return std::nullopt;
  }

  void do_as_people(size_t e) {
    using Type = wire::MessageType;
    const Expectation& expected = scenario_.expectations[e];
    const size_t i = expected.of;
    if (!sent_[i].delivered_ms && scenario_.injects[i].message() &&
        scenario_.injects[i].from != expected.side) {
      return;
    }
    if (const auto* one = std::get_if<Acknowledged>(&expected.content)) {
      if (const auto p = somebody(expected, Type::acknowledgement, one->role)) {
        acknowledge(i, *p, true);
      }
    } else if (std::holds_alternative<ReadBackRightly>(expected.content)) {
      if (const auto p = somebody(expected, Type::acknowledgement, {})) acknowledge(i, *p, true);
    } else if (const auto* told = std::get_if<Disseminated>(&expected.content)) {
      if (!drafts_.injects[i] || !drafts_.injects[i]->kind().asks_for_dissemination) return;
      if (const auto p = somebody(expected, Type::dissemination, {})) {
        disseminate(i, *p, told->audience.value_or(wire::Audience::unset));
      }
    } else if (const auto* answered = std::get_if<Answered>(&expected.content)) {
      people_reply(e, somebody(expected, answered->type.value_or(Type::text), {}));
    } else if (const auto* decided = std::get_if<DecisionRecorded>(&expected.content)) {
      people_reply(e, somebody(expected, Type::decision, decided->role));
    }
  }

  void people_reply(size_t e, std::optional<size_t> player) {
    if (!player) return;
    const Expectation& expected = scenario_.expectations[e];
    add({.what = PlayedEvent::What::replied,
         .side = expected.side,
         .inject = expected.of,
         .player = player});
    say_something(expected.side, std::nullopt, e);
    if (is_open(e) && !expected.by_director) settle(e, Outcome::Kind::met);
  }

  const Scenario& scenario_;
  const ScenarioDrafts& drafts_;
  const Policy& policy_;
  Play play_;
  int64_t now_ms_ = 0;
  uint64_t next_ = 0;
  size_t open_ = 0;  // Injects that will come, and expectations that run.
  std::priority_queue<Event> agenda_;
  std::vector<Sent> sent_;
  std::vector<bool> running_;
  std::vector<bool> is_foreseen_;
  std::vector<std::vector<size_t>> expected_of_;
  std::vector<Outage> outages_;
  std::vector<Absence> absences_;
};

}  // namespace

int64_t Play::points(const Scenario& scenario) const {
  int64_t points = 0;
  for (size_t e = 0; e < expectations.size(); ++e) {
    if (expectations[e].kind == Outcome::Kind::met) points += scenario.expectations[e].points;
  }
  return points;
}

size_t Play::count(Outcome::Kind kind) const {
  return static_cast<size_t>(
      std::count_if(expectations.begin(), expectations.end(),
                    [kind](const Outcome& outcome) { return outcome.kind == kind; }));
}

std::vector<bool> injects_that_are_on(const Scenario& scenario) {
  std::vector<bool> is_on;
  for (const Inject& inject : scenario.injects) is_on.push_back(inject.enabled);
  // Each round follows the triggers one further; without a cycle they end.
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = 0; i < is_on.size(); ++i) {
      const Trigger& trigger = scenario.injects[i].trigger;
      if (!is_on[i] || trigger.by == Trigger::By::time || trigger.by == Trigger::By::hand) continue;
      const size_t before = trigger.by == Trigger::By::inject
                                ? trigger.subject
                                : scenario.expectations[trigger.subject].of;
      if (is_on[before]) continue;
      is_on[i] = false;
      changed = true;
    }
  }
  return is_on;
}

Play not_begun(const Scenario& scenario) {
  Play play;
  play.injects.resize(scenario.injects.size());
  play.expectations.resize(scenario.expectations.size());
  const std::vector<bool> is_on = injects_that_are_on(scenario);
  for (size_t i = 0; i < scenario.injects.size(); ++i) {
    if (!is_on[i]) {
      play.injects[i].kind = InjectFate::Kind::off;
    } else if (scenario.injects[i].trigger.by == Trigger::By::hand) {
      play.injects[i].kind = InjectFate::Kind::by_hand;
    }
  }
  for (size_t e = 0; e < scenario.expectations.size(); ++e) {
    if (!is_on[scenario.expectations[e].of]) play.expectations[e].kind = Outcome::Kind::off;
  }
  return play;
}

Play play(const Scenario& scenario, const ScenarioDrafts& drafts, const Policy& policy) {
  return Stage(scenario, drafts, policy).run();
}

bool may_send(const Player& player, wire::MessageType type) {
  return may(player.role, Right::send, type);
}

}  // namespace hotline::client
