#include "daemon/api/api.h"

#include <utility>

#include "daemon/store/search_limits.h"
#include "protocol/api/signed_requests.h"
#include "protocol/channel/person_part.h"

namespace hotline {

ClientApi::ClientApi(boost::asio::io_context& io, const Config& config, Core& core, Store& store,
                     Clock& clock, const ConnectionsMax& max, std::function<void()> changed)
    : config_(config),
      addressed_{config.party, config.peer, config.exercise},
      core_(core),
      clock_(clock),
      changed_(std::move(changed)),
      sessions_(io, config, store, max, session_events()) {}

SessionEvents ClientApi::session_events() {
  SessionEvents events;
  events.asked = [this](ClientSession& session, const wire::Request& request) {
    serve(session, request);
  };
  events.writable = [this](ClientSession& session) { serve_watch(session); };
  events.refused = [this](const Actor& actor, const Error& error) { record_refusal(actor, error); };
  return events;
}

// Without a default, so that a request that is forgotten here does not compile.
void ClientApi::serve(ClientSession& session, const wire::Request& request) {
  const uint32_t number = request.id();
  if (Status taken = take_signature(session, request); !taken) {
    record_refusal(session.actor, taken.error());
    return sessions_.fail(session, number, taken.error());
  }
  switch (request.body_type()) {
    case wire::RequestBody::ClientHello:
      return hello(session, number);
    case wire::RequestBody::Submit:
      return submit(session, number, *request.body_as_Submit());
    case wire::RequestBody::List:
      return list(session, number, *request.body_as_List());
    case wire::RequestBody::Show:
      return show(session, number, *request.body_as_Show());
    case wire::RequestBody::Watch:
      return watch(session, number, *request.body_as_Watch());
    case wire::RequestBody::Status:
      return status(session, number);
    case wire::RequestBody::Escalations:
      return escalations(session, number, *request.body_as_Escalations());
    case wire::RequestBody::ExportHead:
      return export_head(session, number);
    case wire::RequestBody::ExportEntries:
      return export_entries(session, number, *request.body_as_ExportEntries());
    case wire::RequestBody::ExportNotes:
      return export_notes(session, number, *request.body_as_ExportNotes());
    case wire::RequestBody::Conflicts:
      return conflicts(session, number, *request.body_as_Conflicts());
    case wire::RequestBody::CheckNotice:
      return check_notice(session, number, *request.body_as_CheckNotice());
    case wire::RequestBody::Notices:
      return notices(session, number, *request.body_as_Notices());
    case wire::RequestBody::Incidents:
      return incidents(session, number, *request.body_as_Incidents());
    case wire::RequestBody::SaveDraft:
      return save_draft(session, number, *request.body_as_SaveDraft());
    case wire::RequestBody::DiscardDraft:
      return discard_draft(session, number, *request.body_as_DiscardDraft());
    case wire::RequestBody::Drafts:
      return drafts(session, number, *request.body_as_Drafts());
    case wire::RequestBody::ShowDraft:
      return show_draft(session, number, *request.body_as_ShowDraft());
    case wire::RequestBody::SubmitDraft:
      return submit_draft(session, number, *request.body_as_SubmitDraft());
    case wire::RequestBody::CheckDraft:
      return check_draft(session, number, *request.body_as_CheckDraft());
    case wire::RequestBody::ReturnDraft:
      return return_draft(session, number, *request.body_as_ReturnDraft());
    case wire::RequestBody::Agreements:
      return agreements(session, number);
    case wire::RequestBody::StartHandover:
      return start_handover(session, number, *request.body_as_StartHandover());
    case wire::RequestBody::ShowHandover:
      return show_handover(session, number);
    case wire::RequestBody::AcceptHandover:
      return accept_handover(session, number, *request.body_as_AcceptHandover());
    case wire::RequestBody::ChannelStates:
      return channel_state(session, number);
    case wire::RequestBody::ShowExerciseClock:
      return show_exercise_clock(session, number);
    case wire::RequestBody::SetExerciseClock:
      return set_exercise_clock(session, number, *request.body_as_SetExerciseClock());
    case wire::RequestBody::PauseEscalation:
      return pause_escalation(session, number, *request.body_as_PauseEscalation());
    case wire::RequestBody::RaiseEscalation:
      return raise_escalation(session, number, *request.body_as_RaiseEscalation());
    case wire::RequestBody::TryNotifiers:
      return try_notifiers(session, number);
    case wire::RequestBody::ConfirmRecovery:
      return confirm_recovery(session, number, *request.body_as_ConfirmRecovery());
    case wire::RequestBody::ResolveFork:
      return resolve_fork(session, number, *request.body_as_ResolveFork());
    case wire::RequestBody::ListHandover:
      return list_handover(session, number);
    case wire::RequestBody::Cases:
      return cases(session, number, *request.body_as_Cases());
    case wire::RequestBody::NoteGuarantor:
      return note_guarantor(session, number, *request.body_as_NoteGuarantor());
    case wire::RequestBody::NONE:
      break;
  }
  sessions_.fail(session, number,
                 make_error(ErrorCode::usage, "this daemon does not know the request",
                            "install hotline and hotlined of the same release"));
}

Status ClientApi::take_signature(ClientSession& session, const wire::Request& request) const {
  session.actor.signed_part.clear();
  if (!session.verifier) return ok();
  const auto statement = client_api::statement_of(addressed_, request.body_type(), request.body());
  if (!statement) return ok();
  const auto* said = request.signature();
  const ByteView signature = said == nullptr ? ByteView() : ByteView(said->data(), said->size());
  if (!session.verifier->verify(*statement, signature)) {
    return make_error(ErrorCode::not_allowed,
                      "the request is not signed with the key of its certificate",
                      "install hotline and hotlined of the same release");
  }
  session.actor.signed_part = signed_part(session.actor.name, *statement, signature);
  return ok();
}

void ClientApi::tick(BootMs now) {
  sessions_.tick(now);
  if (index_followed_ || now < index_looked_at_ + limits::kIndexLook_ms) return;
  index_looked_at_ = now;
  follow_index(now + limits::kIndexWork_ms);
}

void ClientApi::record_refusal(const Actor& actor, const Error& error) {
  core_.record_refusal(clock_.now(), actor, error);
  changed_();
}

RowContext ClientApi::row_context() const {
  return {config_.prefix, config_.peer_prefix, core_.ladder(), core_.config().policy,
          clock_.now(),   &core_.answers(),    &core_.pauses()};
}

}  // namespace hotline
