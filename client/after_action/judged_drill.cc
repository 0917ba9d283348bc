#include "client/after_action/judged_drill.h"

#include <algorithm>
#include <utility>

#include "client/drill/deeds.h"
#include "client/drill/faults.h"
#include "client/drill/play_lines.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/message/draft.h"
#include "protocol/message/envelope.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

// Something that a journal has about the message of an inject.
struct Seen {
  PlayedEvent event;
  std::optional<Deed> deed;  // Nothing: it meets no expectation.
  Proof proof;
  UtcMs now = 0;  // By which the times of an answer are said.
};
// A person's word, which breaks a silence.
struct Spoken {
  int64_t at_ms = 0;
  SideIndex side = 0;
  std::optional<size_t> inject;  // It is the inject's own.
  Proof proof;
};

const char* said_words(Outcome::Kind kind) {
  switch (kind) {
    case Outcome::Kind::met:
      return "met";
    case Outcome::Kind::missed:
      return "missed";
    case Outcome::Kind::to_judge:
      return "left to the director";
    case Outcome::Kind::not_judged:
      return "not judged";
    case Outcome::Kind::not_reached:
    case Outcome::Kind::off:
      break;
  }
  return "nothing";
}

// The steps of a ladder, and what else a daemon notices, that have to do with an expectation.
bool concerns(const Expectation& expected, StepKind step) {
  const bool is_unread = step == StepKind::rung || step == StepKind::undelivered;
  if (std::holds_alternative<Acknowledged>(expected.content) ||
      std::holds_alternative<ReadBackRightly>(expected.content)) {
    return is_unread;
  }
  if (std::holds_alternative<Disseminated>(expected.content)) {
    return is_unread || step == StepKind::dissemination_due;
  }
  if (std::holds_alternative<Answered>(expected.content)) {
    return is_unread || step == StepKind::first_answer_due || step == StepKind::full_answer_due;
  }
  return false;
}

Catch::By catch_of(StepKind step) {
  switch (step) {
    case StepKind::undelivered:
      return Catch::By::undelivered;
    case StepKind::dissemination_due:
      return Catch::By::dissemination_due;
    case StepKind::first_answer_due:
    case StepKind::full_answer_due:
      return Catch::By::answer_due;
    case StepKind::rung:
    case StepKind::alarm_again:
      break;
  }
  return Catch::By::rung;
}

class Judging {
 public:
  Judging(const Scenario& scenario, const DrillLog& log, const SideRecords& records)
      : scenario_(scenario), log_(log), records_(records), play_(not_begun(scenario)) {
    for (size_t i = 0; i < scenario.injects.size(); ++i) {
      play_.injects[i] = log.injects[i].fate;
      if (was_left_out(play_.injects[i].kind)) expect_nothing_of(i);
      ids_.push_back(log.injects[i].message);
    }
    play_.unplayed = log.unplayed;
    points_.resize(ids_.size());
    judged_.injects.resize(ids_.size());
  }

  JudgedDrill run() {
    find_end();
    find_injects();
    for (SideIndex side = 0; side < kSides; ++side) {
      if (!records_[side]) continue;
      for (const SideRecord::Message& message : records_[side]->messages) look_at(side, message);
      look_at_ladder(side);
      look_at_conflicts(side);
    }
    std::stable_sort(seen_.begin(), seen_.end(),
                     [](const Seen& a, const Seen& b) { return a.event.at_ms < b.event.at_ms; });
    std::stable_sort(spoken_.begin(), spoken_.end(),
                     [](const Spoken& a, const Spoken& b) { return a.at_ms < b.at_ms; });
    for (size_t e = 0; e < scenario_.expectations.size(); ++e) {
      judged_.expectations.push_back(judge(e));
      compare(e);
    }
    put_in_order();
    for (size_t e = 0; e < judged_.expectations.size(); ++e) {
      play_.expectations[e] = judged_.expectations[e].outcome;
    }
    for (size_t i = 0; i < ids_.size(); ++i) {
      judged_.planned_ms.push_back(due_ms(scenario_, play_, i));
    }
    return std::move(judged_);
  }

 private:
  static bool was_left_out(InjectFate::Kind fate) {
    return fate == InjectFate::Kind::skipped || fate == InjectFate::Kind::refused;
  }

  void expect_nothing_of(size_t i) {
    for (size_t e = 0; e < scenario_.expectations.size(); ++e) {
      if (scenario_.expectations[e].of == i) play_.expectations[e].kind = Outcome::Kind::off;
    }
  }

  int64_t since_begin(UtcMs at) const { return at - log_.begin; }
  // That side's journal has wrong times from then on, as its clock was made wrong while it ran.
  int64_t wrong_ms(SideIndex side, int64_t at_ms) const {
    const bool was_held =
        log_.jumps &&
        std::none_of(log_.orders.begin(), log_.orders.end(), [](const DrillLog::Order& one) {
          return one.order.kind == DrillOrder::Kind::speed;
        });
    return was_held ? 0 : wrong_clock_ms(scenario_, play_, side, at_ms);
  }

  // A message was there when the other side had it: by its clock, where the own one is wrong.
  int64_t released_ms(SideIndex side, const SideRecord::Message& released) const {
    const int64_t at_ms = since_begin(released.at);
    const auto& other = records_[other_side(side)];
    if (!other) return at_ms;
    const auto found = other->received.find(released.id);
    if (found == other->received.end()) return at_ms;
    const int64_t came_ms = since_begin(found->second);
    return happened_at_most_ms(at_ms, came_ms, wrong_ms(side, came_ms));
  }

  bool is_in_drill(int64_t at_ms) const { return at_ms >= 0 && at_ms <= judged_.ends_ms; }

  // A drill that did not end goes as far as its record and the journals.
  void find_end() {
    judged_.ends_ms = log_.ended_ms.value_or(log_.last_ms);
    for (const auto& record : records_) {
      if (record && !log_.ended_ms) {
        judged_.ends_ms = std::max(judged_.ends_ms, since_begin(record->last_at));
      }
    }
  }

  void find_injects() {
    for (size_t i = 0; i < ids_.size(); ++i) {
      const SideIndex side = scenario_.injects[i].from;
      if (ids_[i].empty() || !records_[side]) continue;
      const auto& messages = records_[side]->messages;
      const auto found = std::find_if(messages.begin(), messages.end(),
                                      [&](const auto& one) { return one.id == ids_[i]; });
      if (found == messages.end()) {
        differ(scenario_.injects[i].name + ": the drill's record says that it became " + ids_[i] +
               ", which the journal of " + upper_case(scenario_.sides[side]) + " does not have");
        continue;
      }
      judged_.injects[i] = Proof{side, found->id, found->role, found->entry};
      if (const auto body = open_body(found->body)) points_[i] = event_point(**body);
      compare_text(i, *found);
    }
  }

  void compare_text(size_t i, const SideRecord::Message& message) {
    const auto draft = open_flatbuffer<wire::Draft>(log_.injects[i].draft, kDraftIdentifier);
    if (!draft || (*draft)->body() == nullptr || message.body.empty()) return;
    const auto* body = (*draft)->body();
    if (std::equal(body->begin(), body->end(), message.body.begin(), message.body.end())) return;
    differ(scenario_.injects[i].name + ": " + message.id +
           " says something else than the drill's record");
  }

  void look_at(SideIndex side, const SideRecord::Message& released) {
    const int64_t at_ms = released_ms(side, released);
    const auto envelope = open_envelope(released.envelope);
    const auto body = open_body(released.body);
    if (!is_in_drill(at_ms) || !envelope || !body) return;
    const SideMessage message{side, static_cast<wire::MessageType>(released.type), **envelope,
                              **body, released.body};
    const Proof proof{side, released.id, released.role, released.entry};
    const auto own = std::find(ids_.begin(), ids_.end(), released.id);
    const bool is_inject = own != ids_.end();
    if (is_spoken(message.type)) {
      const auto inject = static_cast<size_t>(own - ids_.begin());
      spoken_.push_back({at_ms, side, is_inject ? std::optional(inject) : std::nullopt, proof});
    }
    if (is_inject) return;
    for (const size_t i : injects_spoken_of(scenario_, ids_, message)) {
      ToldDeed told = deed_of(message, points_[i]);
      PlayedEvent event{.at_ms = at_ms, .what = told.what, .side = side, .inject = i};
      const auto player = log_.players.find(released.id);
      if (player != log_.players.end()) event.player = player->second;
      event.message = released.id;
      event.read_back_wrongly = told.deed && !told.deed->read_back_rightly;
      seen_.push_back({event, std::move(told.deed), proof, (*envelope)->released_at()});
    }
  }

  std::optional<size_t> inject_called(const std::string& id) const {
    const auto found = std::find(ids_.begin(), ids_.end(), id);
    if (id.empty() || found == ids_.end()) return std::nullopt;
    return static_cast<size_t>(found - ids_.begin());
  }

  void look_at_ladder(SideIndex side) {
    for (const SideRecord::Told& told : records_[side]->told) {
      const int64_t ends_ms = judged_.ends_ms;
      const int64_t at_ms =
          happened_at_most_ms(since_begin(told.at), ends_ms, wrong_ms(side, ends_ms));
      const auto inject = inject_called(told.message);
      if (told.kind != StepKind::rung || !inject || !is_in_drill(at_ms)) continue;
      PlayedEvent event{.at_ms = at_ms, .what = PlayedEvent::What::escalated, .side = side};
      event.inject = *inject;
      event.rung = told.rung;
      event.message = told.message;
      const Deed deed{.kind = Deed::Kind::escalated, .side = side, .rung = told.rung};
      seen_.push_back({event, deed, {side, told.message, {}, told.entry}, 0});
    }
  }

  void look_at_conflicts(SideIndex side) {
    for (const SideRecord::Conflict& conflict : records_[side]->conflicts) {
      const int64_t at_ms = since_begin(conflict.at);
      // The other side found it, too, and by a clock that is right.
      const SideIndex other = other_side(side);
      const bool is_right_there = records_[other] && wrong_ms(other, judged_.ends_ms) == 0;
      const bool is_wrong = wrong_ms(side, judged_.ends_ms) != 0 && is_right_there;
      if (is_wrong || !is_in_drill(at_ms)) continue;
      for (const std::string& id : {conflict.own, conflict.peers}) {
        const auto inject = inject_called(id);
        if (!inject) continue;
        PlayedEvent event{.at_ms = at_ms, .what = PlayedEvent::What::conflict, .side = side};
        event.inject = *inject;
        event.message = id;
        const Deed deed{.kind = Deed::Kind::conflict, .side = side};
        seen_.push_back({event, deed, {side, id, {}, conflict.entry}, 0});
      }
    }
  }

  JudgedExpectation judge(size_t e) {
    const Expectation& expected = scenario_.expectations[e];
    JudgedExpectation judged{.outcome = play_.expectations[e]};
    judged.as_it_ran = log_.verdicts[e];
    if (!is_running(scenario_, play_, e)) return judged;
    const int64_t begins_ms = play_.injects[expected.of].at_ms;
    const int64_t deadline = deadline_ms(scenario_, play_, e);
    judged.is_judged = expected.by_director || has_records_for(expected);
    if (!judged.is_judged) return judged;
    if (const auto& said = log_.judgements[e]; said && expected.by_director) {
      judged.outcome = {.kind = said->kind, .at_ms = said->at_ms};
      return judged;
    }
    if (const auto& ran = judged.as_it_ran; ran && is_of_wrong_rungs(expected, deadline)) {
      judged.outcome = {.kind = ran->kind, .at_ms = ran->at_ms};
      for (const Seen& seen : seen_) {
        if (ran->kind == Outcome::Kind::met && is_met_by(expected, seen)) judged.proof = seen.proof;
      }
      return judged;
    }
    const auto settle = [&](Outcome::Kind kind, int64_t at_ms, const Proof& proof) {
      judged.outcome = {.kind = kind, .at_ms = at_ms};
      judged.proof = proof;
    };
    for (const Spoken& spoken : spoken_) {
      if (spoken.at_ms < begins_ms || spoken.at_ms > deadline ||
          !breaks_silence(expected, spoken.side, spoken.inject)) {
        continue;
      }
      settle(Outcome::Kind::missed, spoken.at_ms, spoken.proof);
      return judged;
    }
    for (const Seen& seen : seen_) {
      if (!is_met_by(expected, seen) || seen.event.at_ms > deadline) continue;
      settle(Outcome::Kind::met, seen.event.at_ms, seen.proof);
      return judged;
    }
    if (deadline > judged_.ends_ms) return judged;
    judged.outcome = {.kind = at_deadline(scenario_, play_, e), .at_ms = deadline};
    if (judged.outcome.kind == Outcome::Kind::missed) look_later(expected, judged);
    return judged;
  }

  // Nobody but that daemon has them, so that the program's word on when they were is taken.
  bool is_of_wrong_rungs(const Expectation& expected, int64_t deadline) const {
    return std::holds_alternative<Escalated>(expected.content) &&
           wrong_ms(expected.side, deadline) != 0;
  }

  // A conflict stands in either journal. A read-back is held against what was sent, which stands
  // in the sender's.
  bool has_records_for(const Expectation& expected) const {
    const bool has_own = records_[expected.side].has_value();
    if (std::holds_alternative<ConflictFound>(expected.content)) {
      return has_own || records_[other_side(expected.side)];
    }
    if (std::holds_alternative<ReadBackRightly>(expected.content)) {
      return has_own && records_[scenario_.injects[expected.of].from];
    }
    return has_own;
  }

  static bool is_met_by(const Expectation& expected, const Seen& seen) {
    return seen.deed && *seen.event.inject == expected.of && meets(expected, *seen.deed, seen.now);
  }

  // It may have been done after all; and something may have noticed meanwhile that it was not.
  void look_later(const Expectation& expected, JudgedExpectation& judged) {
    int64_t until_ms = judged_.ends_ms;
    for (const Seen& seen : seen_) {
      if (!is_met_by(expected, seen)) continue;
      judged.late_ms = until_ms = seen.event.at_ms;
      judged.late_proof = seen.proof;
      break;
    }
    const std::string& id = ids_[expected.of];
    for (SideIndex side = 0; side < kSides && !id.empty(); ++side) {
      if (!records_[side]) continue;
      for (const SideRecord::Told& told : records_[side]->told) {
        if (told.message != id || !concerns(expected, told.kind)) continue;
        judged.caught.push_back(
            {catch_of(told.kind), told.rung, since_begin(told.at), {side, id, {}, told.entry}});
      }
      for (const SideRecord::Misread& misread : records_[side]->misread) {
        if (misread.message != id || !std::holds_alternative<ReadBackRightly>(expected.content)) {
          continue;
        }
        judged.caught.push_back({Catch::By::read_back,
                                 "",
                                 since_begin(misread.at),
                                 {side, id, {}, misread.entry},
                                 misread_words(expected.of, since_begin(misread.at))});
      }
    }
    std::erase_if(judged.caught, [&](const Catch& one) {
      return !is_in_drill(one.at_ms) || one.at_ms > until_ms;
    });
    std::stable_sort(judged.caught.begin(), judged.caught.end(),
                     [](const Catch& a, const Catch& b) { return a.at_ms < b.at_ms; });
  }

  // Says it of the last wrong read-back until then.
  std::string misread_words(size_t inject, int64_t at_ms) const {
    std::string words;
    for (const Seen& seen : seen_) {
      if (seen.event.inject != inject || !seen.event.read_back_wrongly) continue;
      if (!words.empty() && seen.event.at_ms > at_ms) break;
      const std::string read = format_event_point(seen.deed->read_back);
      words = format_event_point(points_[inject]) + " was sent, and " +
              (read.empty() ? "nothing" : read) + " was read back";
    }
    return words;
  }

  void differ(std::string sentence) { judged_.differences.push_back(std::move(sentence)); }

  void compare(size_t e) {
    const JudgedExpectation& judged = judged_.expectations[e];
    if (!judged.is_judged || scenario_.expectations[e].by_director) return;
    if (log_.side && *log_.side != scenario_.expectations[e].side) return;
    const auto& ran = judged.as_it_ran;
    const Outcome::Kind said = ran ? ran->kind : Outcome::Kind::not_reached;
    const Outcome::Kind found = judged.outcome.kind;
    const bool is_open =
        found == Outcome::Kind::off || (found == Outcome::Kind::not_reached && !log_.ended_ms);
    const auto with_message = [](Outcome::Kind kind, const std::string& message) {
      return std::string(said_words(kind)) + (message.empty() ? "" : " (" + message + ")");
    };
    const std::string proof = judged.proof ? judged.proof->message : "";
    const bool is_other_message = ran && !ran->message.empty() && ran->message != proof;
    if (said == found && !is_other_message) return;
    if (!ran && (is_open || !log_.ended_ms)) return;
    differ(scenario_.expectations[e].name + ": the program said " +
           with_message(said, ran ? ran->message : "") + ", the journals say " +
           with_message(found, proof));
  }

  void put_in_order() {
    for (size_t i = 0; i < ids_.size(); ++i) {
      const DrillLog::Inject& inject = log_.injects[i];
      if (inject.fate.kind != InjectFate::Kind::played) continue;
      PlayedEvent event{.at_ms = inject.fate.at_ms, .side = scenario_.injects[i].from};
      event.inject = i;
      event.message = ids_[i];
      judged_.events.push_back({event, judged_.injects[i]});
      if (!inject.over_ms) continue;
      event.at_ms = *inject.over_ms;
      event.what = PlayedEvent::What::fault_over;
      event.message.clear();
      judged_.events.push_back({event, {}});
    }
    for (const Seen& seen : seen_) judged_.events.push_back({seen.event, seen.proof});
    for (const DrillLog::Refusal& refusal : log_.refusals) {
      PlayedEvent event{.at_ms = refusal.at_ms, .what = PlayedEvent::What::refused};
      event.side = refusal.inject ? scenario_.injects[*refusal.inject].from
                                  : scenario_.players[*refusal.player].side;
      event.player = refusal.player;
      event.inject = refusal.inject;
      event.text = refusal.reason;
      judged_.events.push_back({event, {}});
    }
    for (const auto& [at_ms, side] : log_.restarts) {
      PlayedEvent event{.at_ms = at_ms, .what = PlayedEvent::What::restarted, .side = side};
      judged_.events.push_back({event, {}});
    }
    for (const Unplayed& gap : log_.unplayed) {
      PlayedEvent event{.at_ms = gap.to_ms, .what = PlayedEvent::What::unplayed};
      event.text = unplayed_words(gap);
      judged_.events.push_back({event, {}});
    }
    for (size_t e = 0; e < judged_.expectations.size(); ++e) {
      const JudgedExpectation& judged = judged_.expectations[e];
      if (!judged.outcome.is_settled()) continue;
      PlayedEvent event{.at_ms = judged.outcome.at_ms};
      event.what = outcome_event(judged.outcome.kind);
      event.side = scenario_.expectations[e].side;
      event.inject = scenario_.expectations[e].of;
      event.expectation = e;
      if (judged.proof) event.message = judged.proof->message;
      judged_.events.push_back({event, judged.proof});
    }
    std::stable_sort(
        judged_.events.begin(), judged_.events.end(),
        [](const ProvedEvent& a, const ProvedEvent& b) { return a.event.at_ms < b.event.at_ms; });
  }

  const Scenario& scenario_;
  const DrillLog& log_;
  const SideRecords& records_;
  Play play_;
  std::vector<std::string> ids_;  // Messages, in the places of their injects.
  std::vector<EventPoint> points_;
  std::vector<Seen> seen_;
  std::vector<Spoken> spoken_;
  JudgedDrill judged_;
};

}  // namespace

JudgedDrill judge_drill(const Scenario& scenario, const DrillLog& log, const SideRecords& records) {
  return Judging(scenario, log, records).run();
}

}  // namespace hotline::client
