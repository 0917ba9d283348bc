#include "client/director/joint_start.h"

#include "client/compose/submitting.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/channel/exercise_clock.h"
#include "protocol/channel/exercise_joint.h"
#include "protocol/message/envelope.h"
#include "protocol/message/message_rules.h"

namespace hotline::client {
namespace {

using Action = wire::ServiceAction;

constexpr char kNoStart[] = "the drill was not begun";
constexpr std::string_view kStartWords = "drill start ";
constexpr int64_t kLookAtPeer_ms = 200;
constexpr int64_t kBeginsAtFull_ms = 60'000;
// By then, in the machine's time, the clock that hears of the change later has come after.
constexpr int64_t kComesAfter_ms = 10'000;

// A start, as a message of the channel says it.
struct SaidOfStart {
  Action action = Action::unset;
  std::string scenario = {};  // Its digest; empty: it is about something else.
  std::string clock = {};
  std::string about = {};  // The message that it refers to.
  UtcMs released_at = 0;
};

SaidOfStart said_in_message(Connection& daemon, const std::string& id) {
  const auto detail = need(daemon.show(id), kNoStart);
  const auto envelope = need(open_envelope(bytes(detail->envelope())), kNoStart);
  const auto body = need(open_body(bytes(detail->body())), kNoStart);
  SaidOfStart said{.released_at = envelope->released_at()};
  if (const auto* references = envelope->references(); references && references->size() > 0) {
    said.about = text_of(references->Get(0)->id());
  }
  const wire::Service* service = body->content_as_service();
  if (service == nullptr) return said;
  said.action = service->action();
  said.clock = text_of(service->clock());
  const std::string words = text_of(service->detail());
  if (words.starts_with(kStartWords)) said.scenario = words.substr(kStartWords.size());
  return said;
}

class Beginning {
 public:
  Beginning(Invocation& invocation, Connection& daemon, const StartWish& wish)
      : invocation_(invocation),
        daemon_(daemon),
        wish_(wish),
        scenario_(to_hex(wish.scenario)),
        decides_(daemon.party() > daemon.peer()) {}

  // Nothing: not yet.
  std::optional<JointStart> look() {
    const auto clock = need(daemon_.exercise_clock(), kNoStart);
    if (clock->stopped_by() != nullptr) {
      refuse("the exercise is stopped", "hotline drill begin");
    }
    if (auto start = agreed(clock->agreed())) {
      withdraw();
      return start;
    }
    const bool proposed = is_ours(clock->own_proposal());
    has_proposed_ = has_proposed_ || proposed;
    if (clock->peers_proposal() != nullptr) {
      answer(text(clock->peers_proposal()->id()), proposed);
    } else if (!proposed && has_proposed_) {
      refuse("the other side's director declined it", "both start the same file, to the byte");
    } else if (!proposed) {
      propose();
    }
    return std::nullopt;
  }

 private:
  [[noreturn]] void refuse(const std::string& reason, const std::string& hint) {
    withdraw();
    throw CommandFailed{kNoStart, make_error(ErrorCode::refused, reason, hint)};
  }

  // An own one that is open still, as the other side's was agreed to or nothing came of it: nobody
  // is to answer it any more.
  void withdraw() {
    const auto clock = need(daemon_.exercise_clock(), kNoStart);
    if (clock->stopped_by() != nullptr || !is_ours(clock->own_proposal())) return;
    say(Action::exercise_clock_declined, "", "", {text(clock->own_proposal()->id())});
  }

  bool is_ours(const wire::ClockProposal* proposal) {
    return proposal != nullptr &&
           said_in_message(daemon_, text(proposal->id())).scenario == scenario_;
  }

  std::optional<JointStart> agreed(const wire::ClockProposal* change) {
    if (change == nullptr || text(change->id()) == wish_.after) return std::nullopt;
    const SaidOfStart by = said_in_message(daemon_, text(change->id()));
    if (by.about.empty()) return std::nullopt;
    const SaidOfStart said = said_in_message(daemon_, by.about);
    if (said.scenario != scenario_) return std::nullopt;
    const auto agreed = parse_clock_change(said.clock);
    const uint32_t speed_permille = agreed ? agreed->speed_permille : 1000;
    const UtcMs together_at = by.released_at + kComesAfter_ms * speed_permille / 1000;
    return JointStart{text(change->id()), (together_at / kBeginsAtFull_ms + 1) * kBeginsAtFull_ms,
                      speed_permille};
  }

  // Where both have proposed, one of them agrees.
  void answer(const std::string& proposal, bool proposed) {
    if (answered_ == proposal) return;
    const SaidOfStart said = said_in_message(daemon_, proposal);
    if (said.scenario.empty()) {
      refuse("the other side's director proposes first: " + said.clock,
             "hotline drill agree, or hotline drill decline");
    }
    if (said.scenario != scenario_) {
      say(Action::exercise_clock_declined, "the scenario is another one here: " + scenario_, "",
          {proposal});
      refuse("the other side's director starts another scenario: its SHA-256 is " + said.scenario +
                 ", and here " + scenario_,
             "both start the same file, to the byte");
    }
    if (proposed && !decides_) return;
    const auto change = parse_clock_change(said.clock);
    if (wish_.speed_permille && (!change || change->speed_permille != *wish_.speed_permille)) {
      refuse("the other side's director proposes " + said.clock,
             "leave --speed out, and let it begin so");
    }
    answered_ = proposal;
    say(Action::exercise_clock_agreed, "", "", {proposal});
  }

  void propose() {
    const ClockChange change{wire::ExerciseClockChange::speed, wish_.speed_permille.value_or(1000)};
    say(Action::exercise_clock_proposed, std::string(kStartWords) + scenario_,
        clock_change_text(change), {});
    has_proposed_ = true;
    invocation_.output.talk(
        "Proposed to the other side's director, who starts the same file there, likewise with "
        "--with-peer.");
  }

  void say(Action action, const std::string& detail, const std::string& clock,
           const std::vector<std::string>& references) {
    DraftFields draft;
    draft.precedence = wire::Precedence::flash;
    draft.language = daemon_.language();
    draft.references = references;
    draft.body.subject = "The start of a drill";
    draft.body.content = ServiceFields{action, "", detail, "", clock};
    const auto finished = need(finish(invocation_, daemon_, draft, draft.body.subject), kNoStart);
    need(daemon_.submit(finished.bytes), kNoStart);
  }

  Invocation& invocation_;
  Connection& daemon_;
  const StartWish& wish_;
  const std::string scenario_;
  const bool decides_;  // By its party's id, so that one of both does.
  std::string answered_;
  bool has_proposed_ = false;
};

}  // namespace

JointStart agree_on_start(Invocation& invocation, Connection& daemon, const StartWish& wish,
                          const std::function<bool()>& interrupted) {
  Beginning beginning(invocation, daemon, wish);
  for (;;) {
    if (interrupted()) throw CommandFailed{"", make_error(ErrorCode::failed, "interrupted")};
    try {
      if (const auto start = beginning.look()) return *start;
    } catch (const CommandFailed& failed) {
      // The clock tells of a message a moment before it is on the disk, and can be shown.
      if (failed.error.code != ErrorCode::not_found) throw;
    }
    invocation.around->pause(kLookAtPeer_ms);
  }
}

}  // namespace hotline::client
