// One side, as the script speaks of it: its people do something, and the script goes on once that
// is durable. What they do must be taken, unless the script says that it is refused.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/system/week/habits.h"

namespace hotline::week {

class Side {
 public:
  Side(Clockwork& clockwork, Party& whose, uint64_t seed)
      : party(whose), habits(clockwork, whose, seed), clockwork_(clockwork) {}

  Party& party;
  Habits habits;

  // Each gives the message's name, "N-000123".
  std::string sends(const std::string& person, DraftFields draft);
  std::string says(const std::string& person, wire::Precedence precedence,
                   const std::string& text) {
    return sends(person, text_draft(precedence, text));
  }
  std::string fills(const std::string& person, wire::Precedence precedence, const std::string& name,
                    const Set& set) {
    return sends(person, template_draft(name, precedence, set, party.now().utc));
  }
  std::string warns_of_danger_to_life(const std::string& person, const std::string& text);
  std::string acknowledges(const std::string& person, const std::string& id);
  // Reads it back so many metres too far north.
  std::string misreads(const std::string& person, const std::string& id, int32_t metres);
  std::string tells_own_people(const std::string& person, const std::string& id);
  std::string answers(const std::string& person, const std::string& id,
                      std::vector<AnswerItemFields> items);
  std::string declines(const std::string& person, const std::string& id, const std::string& why);
  std::string corrects(const std::string& person, const std::string& id,
                       const FieldChangeFields& change, const std::string& why);
  // A notice of an activity: to the volume of these fields.
  std::string moves(const std::string& person, const std::string& id, const Set& set);
  std::string cancels(const std::string& person, const std::string& id, const std::string& why);
  std::string accepts_conflict(const std::string& person, const std::string& theirs,
                               const std::string& ours);
  std::string serves(const std::string& person, ServiceFields fields,
                     const std::string& incident = "",
                     const std::vector<std::string>& references = {});
  std::string declares(const std::string& person, const std::string& state, const std::string& why);
  std::string decides(const std::string& person, const std::string& incident,
                      const std::string& rung, const std::string& decision);
  std::string calls(const std::string& person);
  // In force in so many hours, with this change to what is in force.
  std::string proposes(const std::string& person, int64_t in_hours,
                       const std::function<void(Policy&)>& change);

  // Two people; a draft is called "D-4".
  std::string hands_in(const std::string& person, DraftFields draft);
  std::string releases(const std::string& person, const std::string& draft);
  void gives_back(const std::string& person, const std::string& draft, const std::string& why);

  void pauses(const std::string& person, const std::string& id, int64_t hours,
              const std::string& why);
  void notes(const std::string& person, const std::string& incident, const std::string& guarantor,
             wire::GuarantorStanding standing, const std::string& why);
  void hands_over(const std::string& outgoing, const std::string& incoming);
  void is_exported(const std::string& directory);

  // It must be refused.
  void is_refused(const std::string& person, DraftFields draft);

 private:
  Outcome ask(const std::function<void(Then)>& asking);
  std::string need(const std::function<void(Then)>& asking);
  DraftFields acknowledgement_of(const std::string& id);

  Clockwork& clockwork_;
};

}  // namespace hotline::week
