#include "protocol/api/signed_requests.h"

#include "protocol/api/client_api.h"
#include "protocol/base/sha256.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/message/draft.h"
#include "protocol/message/envelope.h"

namespace hotline::client_api {
namespace {

ByteView bytes_of(const flatbuffers::Vector<uint8_t>* bytes) {
  return {bytes->data(), bytes->size()};
}

std::string_view text_view(const flatbuffers::String* text) {
  return text == nullptr ? std::string_view() : text->string_view();
}

// A draft that cannot be read is refused by whoever is asked; until then its hash is all there is.
std::string statement_of(const Addressed& addressed, const wire::Submit& submit) {
  const ByteView bytes = bytes_of(submit.draft());
  const auto draft = open_flatbuffer<wire::Draft>(bytes, kDraftIdentifier);
  StatedRelease release;
  release.draft = sha256({bytes});
  if (draft) release = stated_release(**draft, bytes, submit.draft_number());
  return release_statement(addressed, release);
}

std::string statement_of(const Addressed& addressed, const wire::SaveDraft& save) {
  const auto replaced = save.expected() ? std::optional(to_hash(*save.expected())) : std::nullopt;
  return save_statement(addressed, sha256({bytes_of(save.draft())}),
                        save.number() == 0 ? std::nullopt : replaced);
}

}  // namespace

// Without a default, so that a request that is forgotten here does not compile.
std::optional<std::string> statement_of(const Addressed& addressed, wire::RequestBody type,
                                        const void* body) {
  switch (type) {
    case wire::RequestBody::Submit:
      return statement_of(addressed, *static_cast<const wire::Submit*>(body));
    case wire::RequestBody::SaveDraft:
      return statement_of(addressed, *static_cast<const wire::SaveDraft*>(body));
    case wire::RequestBody::DiscardDraft:
      return discard_statement(addressed, static_cast<const wire::DiscardDraft*>(body)->number());
    case wire::RequestBody::SubmitDraft: {
      const auto& asked = *static_cast<const wire::SubmitDraft*>(body);
      return hand_in_statement(addressed, asked.number(), to_hash(*asked.hash()));
    }
    case wire::RequestBody::ReturnDraft: {
      const auto& asked = *static_cast<const wire::ReturnDraft*>(body);
      return return_statement(addressed, asked.number(), to_hash(*asked.hash()),
                              text_view(asked.reason()));
    }
    case wire::RequestBody::StartHandover: {
      const auto& asked = *static_cast<const wire::StartHandover*>(body);
      return hand_over_statement(addressed, text_view(asked.note()), to_hash(*asked.list()));
    }
    case wire::RequestBody::AcceptHandover:
      return take_over_statement(addressed,
                                 to_hash(*static_cast<const wire::AcceptHandover*>(body)->hash()));
    case wire::RequestBody::PauseEscalation: {
      const auto& asked = *static_cast<const wire::PauseEscalation*>(body);
      return pause_statement(addressed, asked.id()->string_view(), asked.until(),
                             text_view(asked.reason()));
    }
    case wire::RequestBody::RaiseEscalation: {
      const auto& asked = *static_cast<const wire::RaiseEscalation*>(body);
      return raise_statement(addressed, asked.id()->string_view(), text_view(asked.reason()));
    }
    case wire::RequestBody::TryNotifiers:
      return trial_statement(addressed);
    case wire::RequestBody::ConfirmRecovery:
      return recovery_statement(addressed,
                                static_cast<const wire::ConfirmRecovery*>(body)->epoch());
    case wire::RequestBody::ResolveFork:
      return fork_statement(addressed, static_cast<const wire::ResolveFork*>(body)->journal());
    case wire::RequestBody::NoteGuarantor: {
      const auto& asked = *static_cast<const wire::NoteGuarantor*>(body);
      return guarantor_statement(addressed, asked.id()->string_view(),
                                 asked.guarantor()->string_view(), asked.standing(),
                                 text_view(asked.reason()));
    }
    case wire::RequestBody::SetExerciseClock: {
      const auto& asked = *static_cast<const wire::SetExerciseClock*>(body);
      return exercise_clock_statement(addressed, asked.change(), asked.speed_permille(),
                                      asked.by_ms(), asked.until());
    }
    case wire::RequestBody::NONE:
    case wire::RequestBody::ClientHello:
    case wire::RequestBody::List:
    case wire::RequestBody::Show:
    case wire::RequestBody::Watch:
    case wire::RequestBody::Status:
    case wire::RequestBody::Escalations:
    case wire::RequestBody::ExportHead:
    case wire::RequestBody::ExportEntries:
    case wire::RequestBody::ExportNotes:
    case wire::RequestBody::Conflicts:
    case wire::RequestBody::CheckNotice:
    case wire::RequestBody::Notices:
    case wire::RequestBody::Incidents:
    case wire::RequestBody::Drafts:
    case wire::RequestBody::ShowDraft:
    case wire::RequestBody::Agreements:
    case wire::RequestBody::ShowHandover:
    case wire::RequestBody::ChannelStates:
    case wire::RequestBody::Cases:
    case wire::RequestBody::ShowExerciseClock:
    case wire::RequestBody::ListHandover:
    case wire::RequestBody::CheckDraft:
      break;
  }
  return std::nullopt;
}

Status finish_request(flatbuffers::FlatBufferBuilder& builder, uint32_t id, wire::RequestBody type,
                      flatbuffers::Offset<void> body, const Addressed& addressed,
                      const Sign& sign) {
  flatbuffers::Offset<flatbuffers::Vector<uint8_t>> signature;
  if (sign) {
    const auto statement =
        statement_of(addressed, type, flatbuffers::GetTemporaryPointer(builder, body));
    if (statement) {
      auto made = sign(*statement);
      if (!made) return made.error();
      signature = builder.CreateVector(*made);
    }
  }
  builder.Finish(wire::CreateRequest(builder, id, type, body, signature), kRequestIdentifier);
  return ok();
}

}  // namespace hotline::client_api
