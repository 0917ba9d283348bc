#include "client/drill/unmeetable.h"

#include <algorithm>

#include "client/compose/typed_fields.h"
#include "client/drill/judge.h"
#include "client/drill/scenario_words.h"
#include "protocol/base/nearest.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/names.h"
#include "protocol/message/roles.h"
#include "protocol/policy_file/policy_file.h"

namespace hotline::client {
namespace {

using Type = wire::MessageType;

struct Fault {
  std::string why;
  std::string hint;
};
using Found = std::optional<Fault>;

constexpr char kAnotherInject[] = "of = \"NAME\" names the inject of which it is expected";

// Types of messages of which a side tells its own people.
std::string told_types() {
  std::string names;
  for (const wire::MessageType type : wire::EnumValuesMessageType()) {
    if (!kind_of(type).asks_for_dissemination) continue;
    names += (names.empty() ? "" : ", ") + std::string(kind_of(type).key);
  }
  return names;
}

// One expectation, held against what it is about.
class Meeting {
 public:
  Meeting(const Scenario& scenario, const ScenarioDrafts& drafts, const Policy& policy, UtcMs now,
          size_t expectation)
      : scenario_(scenario),
        drafts_(drafts),
        policy_(policy),
        now_(now),
        expected_(scenario.expectations[expectation]),
        inject_(scenario.injects[expected_.of]),
        draft_(drafts.injects[expected_.of]) {}

  Found fault() const {
    return std::visit([this](const auto& content) { return fault(content); }, expected_.content);
  }

 private:
  const std::string& side() const { return scenario_.sides[expected_.side]; }

  // Something that the receiver of a message does with it.
  Found message_fault() const {
    if (!inject_.message()) return Fault{inject_.name + " sends no message", kAnotherInject};
    if (expected_.side == inject_.from) {
      return Fault{side() + " sends that message, and does not receive it",
                   "side = \"" + scenario_.sides[other_side(inject_.from)] + "\""};
    }
    return std::nullopt;
  }

  // Somebody of the side who may send that, and does so in time. `earliest_ms` of a scripted
  // player: nothing where it never does.
  template <class Earliest>
  Found player_fault(Type type, std::optional<wire::Role> role, const Earliest& earliest_ms,
                     const std::string& hint) const {
    bool has_any = false;
    std::optional<int64_t> first_ms;
    for (size_t p = 0; p < scenario_.players.size(); ++p) {
      const Player& player = scenario_.players[p];
      const bool is_asked = player.side == expected_.side && (!role || player.role == *role);
      if (!is_asked || !may_send(player, type)) continue;
      if (!player.script) return std::nullopt;  // People can.
      has_any = true;
      const std::optional<int64_t> after_ms = earliest_ms(p);
      if (after_ms && (!first_ms || *after_ms < *first_ms)) first_ms = after_ms;
    }
    if (!has_any) {
      const std::string as = role ? role_name(static_cast<uint8_t>(*role)) : "operator";
      return Fault{role ? "no player of " + side() + " is " + as + " and may do it"
                        : "no player of " + side() + " may do it",
                   able_hint(type, role)};
    }
    if (!first_ms) return Fault{"the scripted players of " + side() + " never do it", hint};
    if (*first_ms <= expected_.within_ms) return std::nullopt;
    return Fault{"the scripted players of " + side() + " do it after " +
                     duration_as_toml(*first_ms) + " at the earliest",
                 "within = \"" + duration_as_toml(*first_ms) + "\", or sooner players"};
  }

  // The role that is expected, where another player could do it; else one more player.
  std::string able_hint(Type type, std::optional<wire::Role> role) const {
    for (const Player& player : scenario_.players) {
      if (!role || player.side != expected_.side || !may_send(player, type)) continue;
      return "role = \"" + role_name(static_cast<uint8_t>(player.role)) +
             "\" under this [[expect]], or leave it out";
    }
    std::string able = "operator";
    if (role && may(*role, Right::send, type)) able = role_name(static_cast<uint8_t>(*role));
    return "[[player]] with side = \"" + side() + "\" and role = \"" + able + "\"";
  }

  const Script& script(size_t player) const { return *scenario_.players[player].script; }

  Found fault(const Acknowledged& expected) const {
    if (Found wrong = message_fault()) return wrong;
    if (draft_ && !draft_->kind().waits_for_acknowledgement()) {
      return Fault{"a message of this type is never acknowledged", kAnotherInject};
    }
    return player_fault(
        Type::acknowledgement, expected.role, [&](size_t p) { return script(p).acknowledge_ms; },
        "acknowledge = \"30s\" under a [[player]], or let people play the part");
  }

  Found fault(const ReadBackRightly&) const {
    if (Found wrong = fault(Acknowledged{})) return wrong;
    if (!draft_) return std::nullopt;
    const ReadBackParts parts = read_back_parts(*draft_);
    if (parts.position || parts.time) return std::nullopt;
    return Fault{"the message has neither a position nor a time to read back", kAnotherInject};
  }

  Found fault(const Disseminated& expected) const {
    if (Found wrong = message_fault()) return wrong;
    if (draft_ && !draft_->kind().asks_for_dissemination) {
      return Fault{"own people are not told of a message of this type",
                   "of = \"NAME\" of one of these types: " + told_types()};
    }
    return player_fault(
        Type::dissemination, {},
        [&](size_t p) {
          const bool is_told = !expected.audience || *expected.audience == script(p).audience;
          return is_told ? script(p).disseminate_ms : std::nullopt;
        },
        "disseminate and audience under a [[player]], or let people play the part");
  }

  Found fault(const Answered& expected) const {
    if (Found wrong = message_fault()) return wrong;
    if (Found wrong = field_fault(expected)) return wrong;
    return reply_fault(expected.type.value_or(Type::text), {}, [&](const DraftFields& draft) {
      return is_answer(expected, said_in(draft), now_);
    });
  }

  Found fault(const DecisionRecorded& expected) const {
    return reply_fault(Type::decision, expected.role, [](const DraftFields& draft) {
      return draft.kind().type == Type::decision;
    });
  }

  template <class Is>
  Found reply_fault(Type type, std::optional<wire::Role> role, const Is& is) const {
    const auto earliest = [&](size_t p) -> std::optional<int64_t> {
      std::optional<int64_t> first_ms;
      for (size_t i = 0; i < script(p).replies.size(); ++i) {
        const Script::Reply& reply = script(p).replies[i];
        const auto& draft = drafts_.replies[p][i];
        if (reply.to != expected_.of || !draft || !is(*draft)) continue;
        first_ms = std::min(first_ms.value_or(reply.after_ms), reply.after_ms);
      }
      return first_ms;
    };
    return player_fault(type, role, earliest,
                        "[[player.reply]] with what is expected, or let people play the part");
  }

  Found field_fault(const Answered& expected) const {
    if (!expected.type || expected.fields.empty()) return std::nullopt;
    const Kind& kind = kind_of(*expected.type);
    std::vector<std::string> keys;
    if (kind.is_built()) {
      for (const FieldInfo* field : kind.content().fields()) {
        if (field->looks) keys.push_back(field->key);
      }
    }
    for (const auto& [key, value] : expected.fields) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
        return Fault{"a message of this type has no field \"" + key + "\"",
                     did_you_mean(key, keys)};
      }
      const auto read = corrected_value(*expected.type, key, value, now_);
      if (!read) return Fault{read.error().reason, read.error().hint};
    }
    return std::nullopt;
  }

  Found fault(const Escalated& expected) const {
    if (!inject_.message()) return Fault{inject_.name + " sends no message", kAnotherInject};
    if (!draft_) return std::nullopt;
    if (!draft_->kind().waits_for_acknowledgement()) {
      return Fault{"a message of this type is never acknowledged", kAnotherInject};
    }
    const auto& rungs = policy_.at(static_cast<uint8_t>(draft_->precedence)).rungs;
    const auto rung = std::find_if(rungs.begin(), rungs.end(),
                                   [&](const Rung& one) { return one.name == expected.rung; });
    if (rung == rungs.end()) {
      std::string names;
      for (const Rung& one : rungs) names += (names.empty() ? "" : ", ") + one.name;
      return Fault{"there is no rung \"" + expected.rung + "\" for it", "one of " + names};
    }
    if (rung->after_ms <= expected_.within_ms) return before_fault(*rung);
    return Fault{"that rung is climbed after " + duration_as_toml(rung->after_ms),
                 "within = \"" + duration_as_toml(rung->after_ms + 60'000) + "\""};
  }

  // It is expected to be acknowledged before that rung is climbed.
  Found before_fault(const Rung& rung) const {
    for (const Expectation& other : scenario_.expectations) {
      if (other.of != expected_.of || !std::holds_alternative<Acknowledged>(other.content) ||
          other.within_ms >= rung.after_ms || expected_.by_director || other.by_director) {
        continue;
      }
      return Fault{"the expectation " + other.name + " has it acknowledged after " +
                       duration_as_toml(other.within_ms) + ", and that rung is climbed after " +
                       duration_as_toml(rung.after_ms),
                   "leave one of the two out"};
    }
    return std::nullopt;
  }

  Found fault(const ConflictFound&) const {
    if (draft_ && draft_->kind().announces_volumes()) return std::nullopt;
    if (inject_.message() && !draft_) return std::nullopt;  // It has a mistake that was told.
    return Fault{inject_.name + " announces no volume",
                 "of = \"NAME\" names an activity or a launch"};
  }

  Found fault(const NothingSent&) const { return std::nullopt; }
  Found fault(const DirectorJudges&) const { return std::nullopt; }

  const Scenario& scenario_;
  const ScenarioDrafts& drafts_;
  const Policy& policy_;
  UtcMs now_;
  const Expectation& expected_;
  const Inject& inject_;
  const std::optional<DraftFields>& draft_;
};

bool has_slip(const Scenario& scenario, const Expectation& expected) {
  return std::any_of(scenario.players.begin(), scenario.players.end(), [&](const Player& player) {
    return player.script &&
           std::any_of(player.script->slips.begin(), player.script->slips.end(),
                       [&](const auto& slip) { return slip.about == expected.of; });
  });
}

Found fault_of(const Scenario& scenario, const Expectation& expected, const Outcome& outcome) {
  const std::string& side = scenario.sides[expected.side];
  if (std::holds_alternative<ConflictFound>(expected.content)) {
    return Fault{"no notice of the other side comes too near to it",
                 "an inject of the other side with a volume nearby"};
  }
  switch (outcome.cause) {
    case Outcome::Cause::player:
      return std::nullopt;
    case Outcome::Cause::not_delivered:
      return Fault{"the link does not let the message through in time",
                   "a longer within, or a fault that ends before"};
    case Outcome::Cause::nobody_there:
      return Fault{"nobody of " + side + " is there in that time",
                   "a longer within, or a player who is not absent"};
    case Outcome::Cause::acknowledged_before:
      return Fault{"it is acknowledged before that rung is climbed",
                   "[[player.slip]] with kind = \"never-acknowledges\", or another rung"};
    case Outcome::Cause::inject:
      return Fault{scenario.injects[outcome.inject].name + " has " + side + " send a message then",
                   "another time, or another side"};
    case Outcome::Cause::expectation:
      return Fault{"the expectation " + scenario.expectations[outcome.expectation].name + " has " +
                       side + " send a message then",
                   "leave one of the two out"};
  }
  return std::nullopt;
}

Mistake unmeetable(const Expectation& expected, const Fault& fault) {
  return {expected.at, "nobody can meet the expectation " + expected.name, fault.why, fault.hint};
}

}  // namespace

ReadBackParts read_back_parts(const DraftFields& draft) {
  const Bytes bytes = build_body(draft.body);
  const auto body = open_body(bytes);
  if (!body || !draft.kind().is_built()) return {};
  const EventPoint point = draft.kind().content().event_point(**body);
  return {point.position.has_value(), point.at.has_value()};
}

void find_unmeetable(const Scenario& scenario, const ScenarioDrafts& drafts, const Policy& policy,
                     UtcMs now, Mistakes& mistakes) {
  const std::vector<bool> is_on = injects_that_are_on(scenario);
  for (size_t e = 0; e < scenario.expectations.size(); ++e) {
    const Expectation& expected = scenario.expectations[e];
    if (!is_on[expected.of]) continue;
    const Found wrong = Meeting(scenario, drafts, policy, now, e).fault();
    if (wrong) mistakes.add(unmeetable(expected, *wrong));
  }
}

void find_unmet(const Scenario& scenario, const ScenarioDrafts&, const Play& play,
                Mistakes& mistakes) {
  for (size_t e = 0; e < scenario.expectations.size(); ++e) {
    const Expectation& expected = scenario.expectations[e];
    const Outcome& outcome = play.expectations[e];
    if (outcome.kind != Outcome::Kind::missed || has_slip(scenario, expected)) continue;
    const Found wrong = fault_of(scenario, expected, outcome);
    if (wrong) mistakes.add(unmeetable(expected, *wrong));
  }
}

}  // namespace hotline::client
