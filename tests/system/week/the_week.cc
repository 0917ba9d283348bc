// The script of the week, day by day. Beside it both floors do what they always do (habits.h): they
// acknowledge, answer, call at their hours, hand over their watches and have their everyday
// business. Here stands all that is not everyday. Times are UTC.
#include "tests/system/week/week.h"

namespace hotline::week {
namespace {

const Set kShelling = {{"event", "explosion"},
                       {"count", "2"},
                       {"means", "heard"},
                       {"where", "48.34N 038.05E"},
                       {"observer", "48.31N 038.02E"},
                       {"attribution", "other"}};

// In so many hours, for two.
Set flight(const std::string& where, int64_t in_hours, const std::string& despite = "") {
  const std::string from = "+" + std::to_string(in_hours) + "h";
  const std::string to = "+" + std::to_string(in_hours + 2) + "h";
  Set set = {{"kind", "flight"},
             {"contact", "tower, 123.450 MHz"},
             {"volume", where + " 5km / 0m amsl to 3000m amsl / " + from + " to " + to}};
  if (!despite.empty()) set["conflict-reason"] = despite;
  return set;
}

DraftFields crossing(Side& side, const std::string& where) {
  return template_draft("airspace-crossing", flash, {{"where", where}, {"when", "-2m"}},
                        side.party.now().utc);
}

DraftFields in_case(Side& side, const std::string& incident) {
  DraftFields draft =
      template_draft("ceasefire-violation", priority, kShelling, side.party.now().utc);
  draft.incident = incident;
  return draft;
}

// Monday: a violation opens a case; it is corrected, and repeated the same day.
std::string monday(Week& week) {
  Side &north = week.north, &south = week.south;
  week.at("Mon 09:00");
  const std::string shelling = north.fills("ann", priority, "ceasefire-violation", kShelling);
  week.pass(2 * kMinute_ms);
  north.corrects("ann", shelling, {"count", "2", "3"}, "a third one was heard");
  week.at("Mon 11:20");
  const std::string mistake = north.says("ann", priority, "The ferry stays in harbour today.");
  north.cancels("ann", mistake, "it was meant for another floor");
  week.at("Mon 15:10");
  north.sends("cid", in_case(north, shelling));
  week.at("Mon 16:10");
  north.notes("cid", shelling, "first-guarantor", wire::GuarantorStanding::asked, "by the line");
  north.notes("cid", shelling, "second-guarantor", wire::GuarantorStanding::asked, "by the line");
  week.at("Mon 17:30");
  north.notes("cid", shelling, "first-guarantor", wire::GuarantorStanding::answered, "it observes");
  north.decides("bob", shelling, "consultation", "both guarantors were asked");
  week.at("Mon 20:00");
  south.notes("cid", shelling, "second-guarantor", wire::GuarantorStanding::silent, "no answer");
  south.decides("bob", shelling, "consultation", "we heard of it from the first guarantor");
  return shelling;
}

// Tuesday: decisions in time and late, two people at a FLASH, a clock that is wrong, notices in
// conflict, an aircraft across the border that is read back wrongly and told of too late.
void tuesday(Week& week, const std::string& shelling) {
  Side &north = week.north, &south = week.south;
  north.habits.hours_not_called = {24 + 10};
  week.at("Tue 08:30");
  south.decides("bob", shelling, "first-response", "a note to the embassy");
  week.at("Tue 09:40");
  north.decides("bob", shelling, "first-response", "a protest by our embassy");

  week.at("Tue 10:30");
  const std::string draft =
      north.hands_in("ann", text_draft(flash, "Hold fire along the whole line of contact."));
  north.gives_back("bob", draft, "it does not say from when");
  const std::string better =
      north.hands_in("ann", text_draft(flash, "Hold fire along the whole line from now on."));
  week.pass(4 * kMinute_ms);
  north.releases("bob", better);

  week.at("Tue 11:15");
  south.party.clock_error_ms += 41 * kSecond_ms;
  week.at("Tue 12:30");
  south.party.clock_error_ms -= 41 * kSecond_ms;

  week.at("Tue 13:10");
  const std::string why = "agreed by voice";
  const std::string first = north.fills("ann", routine, "activity", flight("54.90N 020.10E", 50));
  const std::string soon = north.fills("ann", routine, "activity", flight("57.90N 020.10E", 3));
  week.pass(kMinute_ms);
  const auto south_flies = [&](const std::string& where, int64_t in_hours) {
    const std::string id = south.fills("ann", routine, "activity", flight(where, in_hours, why));
    week.pass(kMinute_ms);
    return id;
  };
  const std::string accepted = south_flies("54.95N 020.10E", 50);
  const std::string cancelled = south_flies("54.94N 020.10E", 50);
  south_flies("57.95N 020.10E", 3);  // Its time passes, and nobody says a word.
  const std::string moved = south_flies("54.93N 020.10E", 50);
  south.moves("ann", moved, flight("52.00N 020.10E", 50));
  north.accepts_conflict("ann", accepted, first);
  south.accepts_conflict("ann", first, accepted);
  south.cancels("ann", cancelled, "we do not fly");
  north.fills("cid", routine, "protected",
              {{"kind", "medical-transport"},
               {"organisation", "Red Cross"},
               {"purpose", "medicine for the hospital"},
               {"route", "48.34N 038.05E; 48.60N 038.00E"},
               {"start", "+50h"},
               {"end", "+58h"},
               {"contact", "convoy leader, +00 000 000 002"}});
  south.fills("ann", routine, "launch",
              {{"vehicle", "sounding-rocket"},
               {"start", "+50h"},
               {"end", "+52h"},
               {"launch-area", "62.93N 040.57E 5km"},
               {"impact-areas", "66.00N 041.50E 20km"},
               {"azimuth", "7deg"}});

  week.at("Tue 15:20");
  south.habits.by_hand = true;
  north.habits.has_business = false;
  const std::string aircraft =
      north.releases("bob", north.hands_in("cid", crossing(north, "54.90N 020.10E")));
  week.pass(90 * kSecond_ms);
  south.misreads("ann", aircraft, 2'300);
  week.pass(5 * kMinute_ms);
  south.acknowledges("ann", aircraft);
  week.pass(6 * kMinute_ms);
  south.tells_own_people("ann", aircraft);  // After the ten minutes that it may take.
  const std::string seen =
      south.releases("bob", south.hands_in("ann", crossing(south, "54.92N 020.12E")));
  south.habits.by_hand = false;
  north.habits.has_business = true;
  week.at("Tue 16:30");
  north.serves("cid", {wire::ServiceAction::incident_opened, "", "it is one aircraft", ""},
               aircraft, {seen});
  week.at("Tue 19:00");
  north.serves("cid", {wire::ServiceAction::incident_closed, "", "the crew is home", ""}, aircraft);
  south.serves("cid", {wire::ServiceAction::incident_closed, "", "the crew is home", ""}, aircraft);
}

// Wednesday: the path is gone for three hours of the night, then one side restricts the channel; an
// agreement is rejected, another one signed and in force the same day.
void wednesday(Week& week, const std::string& shelling) {
  Side &north = week.north, &south = week.south;
  week.at("Wed 02:10");
  week.network.cut();
  north.says("fay", immediate, "Our radar at the cape is silent for an hour.");
  week.at("Wed 05:25");
  week.network.restore();
  week.at("Wed 05:35");
  south.declares("bob", "restricted", "one path is left");
  week.pass(kMinute_ms);
  north.is_refused("fay", text_draft(routine, "The weekly weather."));
  week.at("Wed 07:00");
  south.declares("bob", "open", "both paths are back");

  week.at("Wed 10:00");
  const auto slower = [](Policy& policy) { policy.at(1).undelivered_alarm_ms = 6 * kMinute_ms; };
  const std::string rejected = north.proposes("bob", 4, slower);
  week.at("Wed 10:40");
  south.serves("bob", {wire::ServiceAction::agreement_rejected, "", "six minutes are too many", ""},
               "", {rejected});
  week.at("Wed 11:00");
  const std::string proposed = north.proposes("bob", 3, [](Policy& policy) {
    policy.at(1).undelivered_alarm_ms = 5 * kMinute_ms;
    policy.at(3).rungs[0].after_ms = 50 * kMinute_ms;
    policy.retention.messages = 120;
  });
  week.at("Wed 11:30");
  south.serves("bob", {wire::ServiceAction::agreement_signed, "", "", ""}, "", {proposed});

  week.at("Wed 18:00");
  north.sends("cid", in_case(north, shelling));
}

// Thursday: both calls of the night are missed; a restart in order, short cuts, a message that
// nobody acknowledges until it was climbed to the top, with a pause; questions that are answered by
// halves; a watch that is relieved two hours late.
void thursday(Week& week, const std::string& shelling) {
  Side &north = week.north, &south = week.south;
  north.habits.hours_not_called = {72 + 2};
  south.habits.hours_not_called = {72 + 3};
  week.is_late(south, "Thu 18:00");
  week.at("Thu 04:30");
  south.party.stop();
  week.network.lose(south.party);
  week.pass(6 * kMinute_ms);
  south.party.start();

  week.at("Thu 09:15");
  south.habits.by_hand = true;
  const std::string forgotten = north.says("ann", priority, "Which ship is at 54.70N 019.90E?");
  const std::string declined = north.says("ann", routine, "Greetings to your second floor.");
  const std::string asked = north.sends(
      "ann", question_draft(immediate, {"Whose are the lights?", "How many?", "Until when?"}));
  week.pass(5 * kMinute_ms);
  south.habits.by_hand = false;
  south.acknowledges("ann", asked);
  south.answers("ann", asked,
                {{1, wire::AnswerOutcome::answered, "Ours.", std::nullopt},
                 {2, wire::AnswerOutcome::refused, "We do not say.", std::nullopt},
                 {3, wire::AnswerOutcome::later, "", south.party.now().utc + 3 * kHour_ms}});
  south.declines("ann", declined, "we have no second floor");
  week.at("Thu 10:30");
  north.pauses("bob", forgotten, 1, "they look for the ship, as they say by voice");
  week.at("Thu 11:00");
  north.decides("bob", shelling, "joint-response", "a joint patrol");
  week.at("Thu 13:20");
  south.acknowledges("ann", forgotten);
  week.at("Thu 16:30");  // After the first answer was due.
  south.answers("ann", asked, {{3, wire::AnswerOutcome::answered, "Until noon.", std::nullopt}});

  for (const char* time : {"Thu 17:20", "Thu 17:22"}) {
    week.at(time);
    week.network.cut();
    week.pass(20 * kSecond_ms);
    week.network.restore();
  }
  week.at("Thu 20:05");
  south.hands_over("ann", "cid");
  week.at("Thu 21:00");
  north.serves("cid", {wire::ServiceAction::trace, "N-000001", "", ""});
}

// Friday: the channel is suspended for a day. A FLASH about danger to life goes all the same.
void friday(Week& week, const std::string& shelling) {
  Side &north = week.north, &south = week.south;
  week.at("Fri 06:10");
  north.declares("bob", "suspended", "by order of the General Staff");
  week.pass(kMinute_ms);
  south.is_refused("ann", text_draft(immediate, "Why is it suspended?"));
  north.is_refused("bob", text_draft(routine, "The weekly weather."));
  week.at("Fri 11:00");
  south.warns_of_danger_to_life("ann", "A missile has left its range and flies north.");
  week.at("Fri 11:30");
  north.warns_of_danger_to_life("ann", "It fell into the sea at 55.10N 019.30E. Nobody is hurt.");
  week.at("Sat 06:15");
  north.declares("bob", "open", "the order is withdrawn");
  week.at("Sat 06:25");
  south.declares("bob", "open", "we agree");
  south.calls("ann");
  week.at("Sat 06:45");
  south.decides("bob", shelling, "joint-response", "a joint patrol");
}

// Saturday: the path falls silent; a daemon dies and comes back; the pagers of a floor do not work.
void saturday(Week& week) {
  Side &north = week.north, &south = week.south;
  week.at("Sat 10:30");
  week.network.fall_silent();
  week.at("Sat 10:41");
  week.network.end_silence();
  week.at("Sat 12:00");
  south.party.pagers_work = false;
  south.habits.looks_away(read_time("Sat 13:40"));
  north.says("ann", immediate, "A mine drifts at 54.80N 019.95E.");
  week.at("Sat 14:00");
  south.party.pagers_work = true;
  week.at("Sat 16:20");
  north.party.crash();
  week.network.lose(north.party);
  week.pass(90 * kSecond_ms);
  north.party.start();
  week.at("Sat 18:00");
  const std::string disputed =
      south.releases("bob", south.hands_in("cid", crossing(south, "10.00N 020.10E")));
  week.at("Sat 20:00");
  north.serves("cid", {wire::ServiceAction::incident_disputed, "", "it was not ours", ""},
               disputed);
  south.serves("cid", {wire::ServiceAction::incident_closed, "", "noted", ""}, disputed);
  const std::string taken_back =
      north.releases("bob", north.hands_in("cid", crossing(north, "40.00N 020.10E")));
  week.pass(10 * kMinute_ms);
  // Two people take back what two people released.
  north.releases("bob", north.hands_in("cid", cancellation_draft(north.party.message(taken_back),
                                                                 taken_back, "it was a drill")));
}

// Five hundred FLASH, one a second, which nobody reads for nine minutes. The link is gone for some
// of them, and for a ROUTINE that was there first.
void flood(Week& week) {
  week.north.habits.looks_away(read_time("Sun 03:39"));
  for (int number = 1; number <= 500; ++number) {
    if (number == 200) {
      week.network.cut();
      week.south.says("cid", routine, "The ferry runs again from noon on.");
    }
    if (number == 230) week.network.restore();
    week.south.warns_of_danger_to_life("cid",
                                       "Rocket " + std::to_string(number) + " of the volley.");
    week.pass(kSecond_ms);
  }
}

// Sunday: a flood in the night; a call that is answered too late; an incident that stays open.
void sunday(Week& week) {
  Side &north = week.north, &south = week.south;
  week.at("Sun 03:30");
  flood(week);
  week.at("Sun 04:00");
  south.habits.looks_away(read_time("Sun 04:40"));
  week.at("Sun 12:00");
  north.releases("bob", north.hands_in("ann", crossing(north, "30.00N 020.10E")));
  week.at("Sun 15:00");
  north.fills("cid", routine, "meeting",
              {{"step", "held"},
               {"purpose", "the case of Monday"},
               {"times", "-1h"},
               {"place", "voice line 2"},
               {"agenda", "the joint patrol"},
               {"minutes", std::string(64, 'a')}});
  week.at("Sun 23:30");
}

}  // namespace

Policy policy_of_the_week() {
  Policy policy = default_policy();
  policy.two_person.precedences = {true, false, false, false};
  policy.two_person.one_for_life = true;
  policy.contacts = {{"north-duty-officer", "+00 000 000 001, in English"},
                     {"south-duty-officer", "+00 000 000 002"}};
  policy.case_clock.guarantors = {"first-guarantor", "second-guarantor"};
  for (PrecedencePolicy& one : policy.precedences) {
    for (Rung& rung : one.rungs) rung.commands = {{"/usr/local/bin/page", rung.name}};
  }
  return policy;
}

void play(Week& week) {
  const std::string shelling = monday(week);
  tuesday(week, shelling);
  wednesday(week, shelling);
  thursday(week, shelling);
  friday(week, shelling);
  saturday(week);
  sunday(week);
}

}  // namespace hotline::week
