#include "client/drill/judge.h"

#include "protocol/message/kinds/content.h"

namespace hotline::client {
namespace {

std::string in_small_letters(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

int64_t sum_ms(int64_t at_ms, int64_t by_ms) {
  return at_ms > INT64_MAX - by_ms ? INT64_MAX : at_ms + by_ms;
}

// All that a person reads of it.
std::string words_of(const wire::Body& body) {
  std::string all = body.subject()->str();
  if (body.texts() != nullptr) {
    for (const wire::Text* one : *body.texts()) all += "\n" + one->text()->str();
  }
  const wire::Answers* answers = body.content_as_answer();
  if (answers != nullptr && answers->items() != nullptr) {
    for (const wire::AnswerItem* item : *answers->items()) {
      if (item->text() != nullptr) all += "\n" + item->text()->str();
    }
  }
  return all;
}

bool is_met(const Acknowledged& expected, const Deed& deed, UtcMs) {
  return deed.kind == Deed::Kind::acknowledged && (!expected.role || *expected.role == deed.role);
}
bool is_met(const ReadBackRightly&, const Deed& deed, UtcMs) {
  return deed.kind == Deed::Kind::acknowledged && deed.read_back_rightly;
}
bool is_met(const Disseminated& expected, const Deed& deed, UtcMs) {
  return deed.kind == Deed::Kind::disseminated &&
         (!expected.audience || *expected.audience == deed.audience);
}
bool is_met(const Answered& expected, const Deed& deed, UtcMs now) {
  return deed.kind == Deed::Kind::replied && is_answer(expected, deed.said, now);
}
bool is_met(const Escalated& expected, const Deed& deed, UtcMs) {
  return deed.kind == Deed::Kind::escalated && expected.rung == deed.rung;
}
bool is_met(const ConflictFound&, const Deed& deed, UtcMs) {
  return deed.kind == Deed::Kind::conflict;
}
bool is_met(const DecisionRecorded& expected, const Deed& deed, UtcMs) {
  return deed.kind == Deed::Kind::replied && deed.said.type == wire::MessageType::decision &&
         (!expected.role || *expected.role == deed.role);
}
bool is_met(const NothingSent&, const Deed&, UtcMs) {
  return false;
}
bool is_met(const DirectorJudges&, const Deed&, UtcMs) {
  return false;
}

}  // namespace

Said said_in(const DraftFields& draft) {
  return {draft.kind().type, build_body(draft.body)};
}

bool meets(const Expectation& expected, const Deed& deed, UtcMs now) {
  const bool is_theirs = deed.kind == Deed::Kind::conflict || deed.side == expected.side;
  if (expected.by_director || !is_theirs) return false;
  return std::visit([&](const auto& content) { return is_met(content, deed, now); },
                    expected.content);
}

bool is_answer(const Answered& expected, const Said& said, UtcMs now) {
  if (expected.type && said.type != *expected.type) return false;
  const auto body = open_body(said.body);
  if (!body) return false;
  const std::string all = in_small_letters(words_of(**body));
  for (const std::string& word : expected.words) {
    if (all.find(in_small_letters(word)) == std::string::npos) return false;
  }
  for (const auto& [key, value] : expected.fields) {
    const auto typed = kind_of(said.type).content().typed_form(**body, key);
    const auto wanted = corrected_value(said.type, key, value, now);
    if (!typed || !wanted || *typed != *wanted) return false;
  }
  return true;
}

bool is_spoken(wire::MessageType type) {
  using Type = wire::MessageType;
  return type != Type::acknowledgement && type != Type::decline && type != Type::dissemination &&
         type != Type::test && type != Type::service;
}

bool breaks_silence(const Expectation& expected, SideIndex side, std::optional<size_t> inject) {
  return std::holds_alternative<NothingSent>(expected.content) && !expected.by_director &&
         expected.side == side && expected.of != inject;
}

Outcome::Kind at_deadline(const Expectation& expected) {
  if (expected.by_director) return Outcome::Kind::to_judge;
  return std::holds_alternative<NothingSent>(expected.content) ? Outcome::Kind::met
                                                               : Outcome::Kind::missed;
}

const Unplayed* unplayed_at(const Play& play, int64_t at_ms) {
  for (const Unplayed& gap : play.unplayed) {
    if (gap.is_all && gap.from_ms < at_ms && at_ms <= gap.to_ms) return &gap;
  }
  return nullptr;
}

Outcome::Kind at_deadline(const Scenario& scenario, const Play& play, size_t expectation) {
  const Expectation& expected = scenario.expectations[expectation];
  const bool is_judged = unplayed_at(play, deadline_ms(scenario, play, expectation)) == nullptr;
  return is_judged || expected.by_director ? at_deadline(expected) : Outcome::Kind::not_judged;
}

std::optional<int64_t> due_ms(const Scenario& scenario, const Play& play, size_t inject) {
  const Trigger& trigger = scenario.injects[inject].trigger;
  switch (trigger.by) {
    case Trigger::By::time:
      return trigger.delay_ms;
    case Trigger::By::inject: {
      const InjectFate& before = play.injects[trigger.subject];
      if (before.kind != InjectFate::Kind::played) return std::nullopt;
      return sum_ms(before.at_ms, trigger.delay_ms);
    }
    case Trigger::By::met:
    case Trigger::By::missed: {
      const Outcome& before = play.expectations[trigger.subject];
      const bool is_missed = before.kind == Outcome::Kind::missed;
      const bool is_met =
          before.kind == Outcome::Kind::met || before.kind == Outcome::Kind::to_judge;
      if (trigger.by == Trigger::By::missed ? !is_missed : !is_met) return std::nullopt;
      return sum_ms(before.at_ms, trigger.delay_ms);
    }
    case Trigger::By::hand:
      return std::nullopt;
  }
  return std::nullopt;
}

bool is_running(const Scenario& scenario, const Play& play, size_t expectation) {
  const InjectFate& inject = play.injects[scenario.expectations[expectation].of];
  return inject.kind == InjectFate::Kind::played &&
         play.expectations[expectation].kind == Outcome::Kind::not_reached;
}

int64_t deadline_ms(const Scenario& scenario, const Play& play, size_t expectation) {
  const Expectation& expected = scenario.expectations[expectation];
  return sum_ms(play.injects[expected.of].at_ms, expected.within_ms);
}

}  // namespace hotline::client
