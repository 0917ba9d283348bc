// The habits of a watch floor, which nobody has to order: it acknowledges what comes, tells its own
// people, answers what is asked, calls when it is its turn, and has its everyday business.
#pragma once

#include <set>
#include <string>

#include "tests/simulation/seeded.h"
#include "tests/system/week/drafts.h"
#include "tests/system/week/party.h"

namespace hotline::week {

class Habits {
 public:
  // Borrows both.
  Habits(Clockwork& clockwork, Party& party, uint64_t seed);

  // From now on, and without end.
  void begin();
  // On watch: an operator.
  std::string operator_on_watch = "ann";
  // While true, what comes is left to the script.
  bool by_hand = false;
  // While false, it has no business of its own but calls.
  bool has_business = true;
  // It does nothing at all until then.
  void looks_away(int64_t until_ms) { away_until_ms_ = until_ms; }
  // Hours of the week in which it does not call though it is its turn.
  std::set<int64_t> hours_not_called;

 private:
  void read(const MessageRecord& message);
  void plan(int64_t wait_ms, std::function<DraftFields()> draft);
  int64_t some_of(int64_t usual_ms) { return random_.between(usual_ms / 2, usual_ms * 2); }
  void call_each_hour();
  void do_business();
  DraftFields some_business();

  Clockwork& clockwork_;
  Party& party_;
  simulation::Seeded random_;
  int64_t away_until_ms_ = 0;
  uint64_t count_ = 0;
};

}  // namespace hotline::week
