// The client API: persons' programs ask and are answered; some watch. The requests and responses
// are protocol/api/client.fbs; here is one file a subject. The daemon decides who may do what,
// never the client: the sessions who may ask, export.cc who may export, the core who may send,
// draft and release (protocol/message/roles.h).
//
// Clients are shown only what is committed. Reads run on the store's reading thread; what depends
// on the present (what is due next) is added on the daemon's own thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "daemon/api/message_rows.h"
#include "daemon/api/notice_places.h"
#include "daemon/api/sessions.h"
#include "daemon/links/peer_paths.h"
#include "daemon/process/keys.h"
#include "daemon/store/search_index.h"
#include "protocol/channel/core.h"
#include "protocol/message/statement.h"

namespace hotline {

struct Escalating;  // escalations.cc

// One page of them, and one more that says that there are others after it.
struct NoticesFrom {
  std::vector<ActiveNotice> notices;
  std::set<MessageKey> corrected;  // Among these.
  size_t limit = 0;
  uint64_t total = 0;  // On all pages.
  bool volumes = false;
  bool exercise = false;
};

class ClientApi {
 public:
  // `changed` is called after the core was told something. `clock` is the channel's; how long a
  // connection may take is measured on the machine's.
  ClientApi(boost::asio::io_context& io, const Config& config, Core& core, Store& store,
            Clock& clock, const ConnectionsMax& max, std::function<void()> changed);

  Status start(std::shared_ptr<const TlsContext> context, const Endpoint& listen) {
    return sessions_.start(std::move(context), listen);
  }
  Status start_socket(const std::string& path) { return sessions_.start_socket(path); }
  uint16_t port() const { return sessions_.port(); }
  void set_dev_pki(bool dev_pki) { dev_pki_ = dev_pki; }
  void set_last_refusal(std::function<std::string()> last_refusal) {
    last_refusal_ = std::move(last_refusal);
  }
  // Sends a trial notice through each command of a rung, and then calls back, never from inside.
  using Tried = std::function<void(const std::vector<TriedNotifier>&)>;
  void set_try_notifiers(std::function<Status(Tried)> try_notifiers) {
    try_notifiers_ = std::move(try_notifiers);
  }
  void set_paths(std::function<std::vector<PeerPath>()> paths) { paths_ = std::move(paths); }

  // They go with an auditor's export; see ChannelKeys.
  void set_signing_certificates(std::vector<SigningCertificate> certificates) {
    certificates_ = std::move(certificates);
  }

  void answer(const AnswerSubmission& answer);
  void answer(const AnswerDraft& answer);
  void answer(const AnswerHandover& answer);
  void answer(const AnswerExerciseClock& answer);
  void answer(const AnswerRecovery& answer);
  void answer(const AnswerLadder& answer);
  void answer(const AnswerCase& answer);
  void answer(const AnswerExport& answer);
  // An alarm sounds now, on every console that watches; `id` names the message, if it is about one.
  void sound(const std::string& id, const std::string& text);
  // This batch was committed: those who watch are served.
  void journal_grew(std::shared_ptr<const Batch> batch);
  void check_again() { sessions_.check_again(); }
  void tick(BootMs now);
  void stop() { sessions_.stop(); }

 private:
  SessionEvents session_events();
  void serve(ClientSession& session, const wire::Request& request);
  // Keeps for the core what the person signed; refuses what they should have signed and did not.
  Status take_signature(ClientSession& session, const wire::Request& request) const;

  // One file a subject: hello.cc, submit.cc, list.cc (with search.cc), show.cc, watch.cc,
  // status.cc (with recovery), escalations.cc, export.cc (three requests), conflicts.cc (with
  // check_notice), notices.cc, incidents.cc, drafts.cc (four), agreements.cc, handover.cc (four),
  // channel_state.cc, cases.cc (two).
  void hello(ClientSession& session, uint32_t request);
  void submit(ClientSession& session, uint32_t request, const wire::Submit& submit);
  void list(ClientSession& session, uint32_t request, const wire::List& list);
  // A list that leaves something out.
  void search(ClientSession& session, uint32_t request, const wire::List& list,
              const ListQuery& page);
  // The index is taken further, step by step, and then asked. `find` runs on the reading thread.
  template <typename Found>
  void ask_index(ClientSession& session, uint32_t request,
                 std::function<Result<Found>(StoreReader&, const IndexProgress&)> find,
                 std::function<void(ClientSession&, const Found&)> then, BootMs patient_until);
  void incidents(ClientSession& session, uint32_t request, const wire::Incidents& wanted);
  void answer_page(ClientSession& session, uint32_t request, const ListPage& page);
  void follow_index(BootMs work_until);
  void show(ClientSession& session, uint32_t request, const wire::Show& show);
  void watch(ClientSession& session, uint32_t request, const wire::Watch& watch);
  void status(ClientSession& session, uint32_t request);
  void escalations(ClientSession& session, uint32_t request, const wire::Escalations& wanted);
  void escalation_of(ClientSession& session, uint32_t request, const std::string& id);
  void answer_escalations(ClientSession& session, uint32_t request,
                          std::function<Escalating(StoreReader&)> read);
  void pause_escalation(ClientSession& session, uint32_t request,
                        const wire::PauseEscalation& wanted);
  void show_exercise_clock(ClientSession& session, uint32_t request);
  void set_exercise_clock(ClientSession& session, uint32_t request,
                          const wire::SetExerciseClock& wanted);
  void raise_escalation(ClientSession& session, uint32_t request,
                        const wire::RaiseEscalation& wanted);
  void try_notifiers(ClientSession& session, uint32_t request);
  void confirm_recovery(ClientSession& session, uint32_t request,
                        const wire::ConfirmRecovery& wanted);
  void resolve_fork(ClientSession& session, uint32_t request, const wire::ResolveFork& wanted);
  void answer_trial(ClientSession& asker, uint32_t request,
                    const std::vector<TriedNotifier>& tried);
  void export_head(ClientSession& session, uint32_t request);
  void export_entries(ClientSession& session, uint32_t request, const wire::ExportEntries& wanted);
  void export_notes(ClientSession& session, uint32_t request, const wire::ExportNotes& wanted);

  void conflicts(ClientSession& session, uint32_t request, const wire::Conflicts& wanted);
  void check_notice(ClientSession& session, uint32_t request, const wire::CheckNotice& wanted);
  struct CheckedNotice {
    Conflicts::Checked found;
    Status allowed;  // As it would be refused or not, were it released.
  };
  Result<CheckedNotice> check_as_it_would_stand(ByteView draft);
  CheckedNotice check_acceptance(const wire::Draft& draft);
  Result<CheckedNotice> check_correction_of_notice(const wire::Draft& draft,
                                                   const wire::Body& body);
  // One page of `all`; of those of one notice, where it is named. `refusal`: of what is only asked
  // about.
  void answer_conflicts(ClientSession& session, uint32_t request, Conflicts::Checked all,
                        uint32_t limit, const std::optional<ConflictPlace>& after,
                        const std::string& name, const std::string& refusal = {});
  void notices(ClientSession& session, uint32_t request, const wire::Notices& wanted);
  NoticesFrom notices_from(const wire::Notices& asked, const NoticesWanted& wanted,
                           const std::optional<NoticePlace>& after);

  void save_draft(ClientSession& session, uint32_t request, const wire::SaveDraft& wanted);
  void discard_draft(ClientSession& session, uint32_t request, const wire::DiscardDraft& wanted);
  void submit_draft(ClientSession& session, uint32_t request, const wire::SubmitDraft& wanted);
  void check_draft(ClientSession& session, uint32_t request, const wire::CheckDraft& wanted);
  void return_draft(ClientSession& session, uint32_t request, const wire::ReturnDraft& wanted);
  void drafts(ClientSession& session, uint32_t request, const wire::Drafts& wanted);
  void show_draft(ClientSession& session, uint32_t request, const wire::ShowDraft& wanted);
  void agreements(ClientSession& session, uint32_t request);
  void list_handover(ClientSession& session, uint32_t request);
  void start_handover(ClientSession& session, uint32_t request, const wire::StartHandover& wanted);
  void show_handover(ClientSession& session, uint32_t request);
  void accept_handover(ClientSession& session, uint32_t request,
                       const wire::AcceptHandover& wanted);
  void channel_state(ClientSession& session, uint32_t request);
  void cases(ClientSession& session, uint32_t request, const wire::Cases& wanted);
  void show_case(ClientSession& session, uint32_t request, const std::string& id);
  void note_guarantor(ClientSession& session, uint32_t request, const wire::NoteGuarantor& wanted);

  // Does nothing for one that does not watch.
  void serve_watch(ClientSession& session);
  void tell_missed(ClientSession& watcher);
  void send_sound(ClientSession& watcher, const std::string& id, const std::string& text);
  void read_for_watch(ClientSession& session);
  std::span<const JournalRecord> recent_entries(uint64_t from) const;
  void send_entries(ClientSession& watcher, std::span<const JournalRecord> entries);
  // Refuses whom it is not allowed.
  bool may_export(ClientSession& session, uint32_t request);
  // An auditor will want to see it.
  void record_refusal(const Actor& actor, const Error& error);
  RowContext row_context() const;
  void renew(ListedMessage& listed, std::vector<Volume>* volumes);
  std::vector<flatbuffers::Offset<wire::WaitingSummary>> summarize_waiting(
      flatbuffers::FlatBufferBuilder& builder) const;

  const Config& config_;
  const Addressed addressed_;
  Core& core_;
  Clock& clock_;
  std::function<void()> changed_;
  ClientSessions sessions_;
  std::function<std::string()> last_refusal_;
  std::function<std::vector<PeerPath>()> paths_;
  std::function<Status(Tried)> try_notifiers_;
  // Trials that ended, by the token of who asked, until their record is durable.
  std::map<uint64_t, std::vector<TriedNotifier>> trials_;
  std::vector<SigningCertificate> certificates_;
  // The newest batches: they serve whoever watches and keeps up, without a read of the store.
  std::deque<std::shared_ptr<const Batch>> recent_;
  bool dev_pki_ = false;
  BootMs index_looked_at_ = 0;
  bool index_followed_ = false;  // A step is under way.
};

}  // namespace hotline
