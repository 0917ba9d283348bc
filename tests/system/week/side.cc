#include "tests/system/week/side.h"

#include <optional>

#include "protocol/message/draft.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/message_rules.h"

namespace hotline::week {
namespace {

constexpr int64_t kAnswered_ms = 10 * kMinute_ms;  // An export waits for the other side.

uint64_t number_of(const std::string& draft) {
  return *parse_draft_name(draft);
}

}  // namespace

Outcome Side::ask(const std::function<void(Then)>& asking) {
  std::optional<Outcome> outcome;
  asking([&outcome](const Outcome& answered) { outcome = answered; });
  const int64_t end_ms = clockwork_.now_ms() + kAnswered_ms;
  while (!outcome && clockwork_.now_ms() < end_ms) clockwork_.step();
  if (!outcome) throw WeekFailed(party.id() + " got no answer");
  return *outcome;
}

std::string Side::need(const std::function<void(Then)>& asking) {
  const Outcome outcome = ask(asking);
  if (!outcome) throw WeekFailed(party.id() + " was refused: " + outcome.error().reason);
  return *outcome;
}

std::string Side::sends(const std::string& person, DraftFields draft) {
  return need([&](Then then) { party.submit(person, std::move(draft), std::move(then)); });
}

void Side::is_refused(const std::string& person, DraftFields draft) {
  const Outcome outcome =
      ask([&](Then then) { party.submit(person, std::move(draft), std::move(then)); });
  if (outcome) throw WeekFailed(*outcome + " was to be refused, and went");
}

std::string Side::warns_of_danger_to_life(const std::string& person, const std::string& text) {
  DraftFields draft = text_draft(flash, text);
  draft.danger_to_life = true;
  return sends(person, std::move(draft));
}

std::string Side::acknowledges(const std::string& person, const std::string& id) {
  return sends(person, acknowledgement_of(id));
}

DraftFields Side::acknowledgement_of(const std::string& id) {
  const MessageRecord message = party.message(id);
  return acknowledgement_draft(message, party.newest_body(message), id, party.now().utc);
}

std::string Side::misreads(const std::string& person, const std::string& id, int32_t metres) {
  constexpr double kMetresPerUnit = 1.11;  // Of 0.00001 degrees of latitude.
  DraftFields draft = acknowledgement_of(id);
  auto& read_back = std::get<AcknowledgementFields>(draft.body.content);
  read_back.position->latitude_e5 += static_cast<int32_t>(metres / kMetresPerUnit);
  return sends(person, std::move(draft));
}

std::string Side::tells_own_people(const std::string& person, const std::string& id) {
  return sends(person, dissemination_draft(party.message(id), id, wire::Audience::air_defence,
                                           party.now().utc));
}

std::string Side::answers(const std::string& person, const std::string& id,
                          std::vector<AnswerItemFields> items) {
  return sends(person, answer_draft(party.message(id), id, std::move(items)));
}

std::string Side::declines(const std::string& person, const std::string& id,
                           const std::string& why) {
  return sends(person, decline_draft(party.message(id), id, why));
}

std::string Side::corrects(const std::string& person, const std::string& id,
                           const FieldChangeFields& change, const std::string& why) {
  return sends(person, correction_draft(party.message(id), id, change, why));
}

std::string Side::moves(const std::string& person, const std::string& id, const Set& set) {
  const auto volume_in = [](const Bytes& bytes) {
    const auto body = open_body(bytes);
    return *kind_of(wire::MessageType::activity).content().typed_form(**body, "volume");
  };
  const std::string from = volume_in(party.message(id).body);
  const DraftFields moved = template_draft("activity", routine, set, party.now().utc);
  return corrects(person, id, {"volume", from, volume_in(build_body(moved.body))}, "it was moved");
}

std::string Side::cancels(const std::string& person, const std::string& id,
                          const std::string& why) {
  return sends(person, cancellation_draft(party.message(id), id, why));
}

std::string Side::accepts_conflict(const std::string& person, const std::string& theirs,
                                   const std::string& ours) {
  DraftFields draft = answer_draft(party.message(theirs), theirs, {});
  draft.body.content = acceptance_of_conflict();
  draft.references = {theirs, ours};
  return sends(person, std::move(draft));
}

std::string Side::serves(const std::string& person, ServiceFields fields,
                         const std::string& incident, const std::vector<std::string>& references) {
  DraftFields draft = service_draft(priority, std::move(fields));
  draft.incident = incident;
  draft.references = references;
  return sends(person, std::move(draft));
}

std::string Side::declares(const std::string& person, const std::string& state,
                           const std::string& why) {
  return fills(person, priority, "status", {{"state", state}, {"reason", why}});
}

std::string Side::decides(const std::string& person, const std::string& incident,
                          const std::string& rung, const std::string& decision) {
  return fills(person, routine, "decision",
               {{"incident", incident},
                {"rung", rung},
                {"decision", decision},
                {"reason", "as both floors spoke of it"},
                {"decided-by", "supervisor"}});
}

std::string Side::calls(const std::string& person) {
  return sends(person, test_call_draft(party.core().status(), 0, party.now().utc));
}

std::string Side::proposes(const std::string& person, int64_t in_hours,
                           const std::function<void(Policy&)>& change) {
  const Agreed& newest = party.core().agreements().agreed().back();
  Agreement agreement;
  agreement.number = newest.number + 1;
  agreement.follows = newest.digest;
  agreement.from = party.now().utc + in_hours * kHour_ms;
  agreement.policy = party.core().config().policy;
  change(agreement.policy);
  return serves(person, {wire::ServiceAction::agreement_proposed, "", "as both floors spoke of it",
                         agreement_text(agreement)});
}

std::string Side::hands_in(const std::string& person, DraftFields draft) {
  const std::string name =
      need([&](Then then) { party.save_draft(person, std::move(draft), std::move(then)); });
  need([&](Then then) { party.hand_in_draft(person, number_of(name), std::move(then)); });
  return name;
}

std::string Side::releases(const std::string& person, const std::string& draft) {
  return need([&](Then then) { party.release_draft(person, number_of(draft), std::move(then)); });
}

void Side::gives_back(const std::string& person, const std::string& draft, const std::string& why) {
  need([&](Then then) { party.return_draft(person, number_of(draft), why, std::move(then)); });
}

void Side::pauses(const std::string& person, const std::string& id, int64_t hours,
                  const std::string& why) {
  const UtcMs until = party.now().utc + hours * kHour_ms;
  need([&](Then then) { party.pause(person, id, until, why, std::move(then)); });
}

void Side::notes(const std::string& person, const std::string& incident,
                 const std::string& guarantor, wire::GuarantorStanding standing,
                 const std::string& why) {
  GuarantorNote note;
  note.guarantor = guarantor;
  note.standing = standing;
  note.reason = why;
  need([&](Then then) { party.note_guarantor(person, incident, note, std::move(then)); });
}

void Side::hands_over(const std::string& outgoing, const std::string& incoming) {
  need([&](Then then) { party.start_handover(outgoing, "see the list", std::move(then)); });
  need([&](Then then) { party.accept_handover(incoming, std::move(then)); });
  habits.operator_on_watch = incoming;
}

void Side::is_exported(const std::string& directory) {
  need([&](Then then) { party.export_record("eve", directory, std::move(then)); });
}

}  // namespace hotline::week
