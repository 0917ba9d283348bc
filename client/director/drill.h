// A drill over two daemons: plays a scenario with its injects, its scripted players and its faults,
// and judges it by what the daemons' own rows say.
//
// Whatever is done is written to the drill's record before, with its exact bytes, and handed in
// under a key of its own: after the program or a daemon was killed it is done again, and happens
// once. Faults are what they are at a moment (client/drill/faults.h), and so need no record.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/command_line/command_line.h"
#include "client/director/drill_ground.h"
#include "client/director/drill_record.h"
#include "client/director/joint_start.h"
#include "client/director/order_file.h"
#include "client/drill/deeds.h"
#include "client/drill/judge.h"
#include "client/drill/scripted_player.h"
#include "client/drill/standing.h"
#include "protocol/message/message_rules.h"

namespace hotline::client {

class Drill {
 public:
  // All are borrowed but the record and the orders. `tell` is told of each event, as soon as it is
  // known. `interrupted` is asked now and then whether to give up.
  Drill(const Surroundings& around, const Scenario& scenario, DrillGround& ground,
        DrillRecord record, OrderFile orders, std::function<void(const PlayedEvent&)> tell,
        std::function<bool()> interrupted);
  ~Drill();

  // Sets both clocks to the beginning of the drill. Throws CommandFailed.
  void begin(const DrillPace& pace);
  // The one that the directors of both sides began. Throws CommandFailed.
  void begin_with_peer(SideIndex side, const JointStart& start);
  // Goes on with the one that the record has.
  void resume();
  // Plays it to its end, or until it is stopped. Throws CommandFailed.
  Play run();
  // It does not go on now, and its record says why. Clocks of its own are held until it does.
  void break_off(const std::string& reason);
  bool was_stopped() const { return standing_.is_stopped; }

 private:
  // A message that is to be committed, once.
  struct Outgoing {
    SideIndex side = 0;
    std::string person = {};
    Bytes draft = {};
    std::optional<size_t> inject = {};  // It is the inject's own.
    bool is_done = false;
    std::string id = {};  // Once it is committed.
  };
  struct Coming {
    enum class What : uint8_t { acknowledge = 1, disseminate, reply };
    What what = What::acknowledge;
    size_t player = 0;
    size_t inject = 0;
    int64_t due_ms = 0;
    Reaction reaction = {};
    size_t reply = 0;  // Its place in the script.
  };
  // An inject's message, as it went.
  struct Course {
    std::string id;
    EventPoint point;
    std::string refusal = {};  // Why it did not go.
    std::optional<int64_t> delivered_ms;
    bool is_told = false;                  // On the screen.
    bool has_ended = false;                // Acknowledged, or declined.
    bool is_settled = false;               // Nothing more is asked about its ladder.
    bool climbs[kSides] = {false, false};  // A rung of it is still to come on that side.
  };

  // drill.cc
  bool step();
  void bring_about();
  void set_ground(const Faults& wanted);
  void bring_clock(SideIndex side);
  void wait_for_link(SideIndex side);
  void read_clocks();
  bool close_deadlines();
  void advance();
  std::optional<int64_t> next_due_ms();
  void hold_clocks();
  void settle(size_t expectation, Outcome::Kind kind, int64_t at_ms, const std::string& message);
  void tell_outcome(size_t expectation, int64_t at_ms, const std::string& message);
  void set_done(Outgoing& message, const std::string& id, const std::string& refusal);
  void emit(PlayedEvent event);
  void note(const JsonValue& line);
  UtcMs absolute(int64_t at_ms) const { return standing_.begin + at_ms; }
  Faults faults() const { return faults_at(scenario_, standing_.play, standing_.now_ms); }
  Connection& connection(SideIndex side, const std::string& person = kDirectorPerson);
  bool reaches(SideIndex side) const;
  int64_t happened_ms(SideIndex side, UtcMs at) const;
  bool has_wrong_clock(SideIndex side) const;
  // The side whose daemon has what that side sent: its own, or where it is not reached the other.
  SideIndex seen_from(SideIndex side) const { return reaches(side) ? side : other_side(side); }
  void wait_until(const std::string& what, int64_t timeout_ms, const std::function<bool()>& is_so);
  bool is_so_now(const std::function<bool()>& is_so);

  // drill_resume.cc
  void take_told(const JsonInput& line);
  void hold_until_linked(int64_t from_ms);
  void note_unplayed(int64_t from_ms);
  void tell_unplayed(const Unplayed& gap);
  void tell_restarted(SideIndex side, int64_t at_ms);
  void tell_past();

  // drill_obey.cc
  void take_orders();
  void hear_stop();
  void obey(DrillOrder order);
  void answer_orders();
  void answer_jumps();
  bool is_done(const DrillOrder& order) const;
  void answer(const DrillOrder& order, const Status& outcome, const std::string& message = {});
  void hold(SideIndex side);
  void let_go(SideIndex side);
  void tell_order(const DrillOrder& order, int64_t at_ms);
  void tell_waiting();

  // drill_acts.cc
  bool act();
  void happen(size_t inject);
  Result<Bytes> draft_of_inject(size_t inject, UtcMs at) const;
  void react(const Coming& reaction);
  Result<DraftFields> draft_of_reaction(const Coming& reaction);
  // The drill's time, or that of this side's daemon where its clock was made slow: a person's
  // program never says a later one either.
  UtcMs time_at(SideIndex side);
  void tell_inject(size_t inject);
  void foresee_reactions(size_t inject, const Kind& kind);
  void hand_in_all();
  void hand_in(size_t place);
  void pass_over(size_t inject, const std::string& reason);
  void give_up(size_t inject, const std::string& reason);
  void tell_refusal(const Outgoing& message, const std::string& reason);
  void wait_for_delivery();
  std::string serial_of(size_t inject) const { return courses_[inject].id; }

  // drill_sight.cc
  void observe();
  void observe_delivery(size_t inject);
  void recognize(const SideMessage& message, const std::string& id);
  bool is_inject(size_t inject, const SideMessage& message) const;
  std::vector<std::string> message_ids() const;  // In the places of the injects.
  void take_came(size_t inject, int64_t at_ms, const std::string& id);
  std::optional<size_t> inject_of(const std::string& id) const;
  std::optional<size_t> player_of(const std::string& id) const;
  void observe_messages(SideIndex side);
  void observe_message(SideIndex side, const wire::Detail& detail);
  void observe_ladder(SideIndex side, size_t inject);
  void observe_conflict(size_t inject);
  void judge(size_t inject, const Deed& deed, int64_t at_ms, UtcMs now, const std::string& message);

  const Surroundings& around_;
  const Scenario& scenario_;
  DrillGround& ground_;
  DrillRecord record_;
  OrderFile orders_;
  const std::function<void(const PlayedEvent&)> tell_;
  const std::function<bool()> interrupted_;

  DrillStanding standing_;
  bool is_retelling_ = false;    // Until all is known that happened before it went on.
  std::vector<Course> courses_;  // In the places of the injects.
  std::vector<Outgoing> outgoing_;
  std::vector<Coming> reactions_;        // That are still to come.
  std::set<std::string> done_;           // Reactions that were begun.
  std::set<size_t> over_;                // Injects whose fault is over, and this was told.
  std::set<std::string> told_;           // Rungs, conflicts and what is waited for, likewise.
  uint64_t looked_at_[kSides] = {0, 0};  // Journal index of the newest message that was.
  std::map<std::pair<SideIndex, std::string>, std::unique_ptr<Connection>> connections_;
};

}  // namespace hotline::client
