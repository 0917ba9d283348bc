#include "daemon/api/api.h"
#include "daemon/api/waiting_pages.h"
#include "daemon/api/wanted_message.h"
#include "protocol/base/limits.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"

namespace hotline {
namespace {

// Bounds of what one escalation shows of the commands that told people.
constexpr size_t kAttemptsShownMax = 32;
constexpr size_t kAttemptTextMax = 400;
// As what a table counts, so that an answer that fits a frame has no more of them than a verifier
// takes.
constexpr size_t kTableSize = 256;
static_assert(limits::kRowsSizeMax / kTableSize < limits::kFlatbufferTablesMax);

}  // namespace

// One message and who was told of it; bounded like a row.
struct Climbing {
  Climbing(StoredMessage stored, const Facts& facts) : message(std::move(stored)) {
    for (const FactRecord& fact : facts.facts) {
      if (fact.kind == FactKind::rung) decided_at = fact.at;
      if (fact.kind == FactKind::rung && !fact.detail.empty()) told.push_back(fact);
      if (fact.kind == FactKind::attempt) {
        attempts.push_back(format_rfc3339(fact.at) + " " + shortened(fact.detail, kAttemptTextMax));
      }
    }
    if (attempts.size() > kAttemptsShownMax) {
      attempts.erase(attempts.begin(), attempts.end() - kAttemptsShownMax);
    }
  }

  size_t row_size() const {
    size_t size = message.row_size();
    for (const std::string& attempt : attempts) size += attempt.size() + 16;
    for (const FactRecord& fact : told) size += fact.detail.size() + kTableSize;
    return size;
  }

  ListedMessage message;
  UtcMs decided_at = 0;
  std::vector<FactRecord> told;
  std::vector<std::string> attempts;
};

struct Escalating {
  std::vector<Climbing> rows;
  bool more = false;
  uint64_t total = 0;
  std::string next;
};

void ClientApi::escalations(ClientSession& session, uint32_t request,
                            const wire::Escalations& wanted) {
  const std::string name = text_of(wanted.id());
  if (!name.empty()) return escalation_of(session, request, name);
  auto waiting = waiting_wanted(core_.ladder(), {}, wanted.limit(), text_of(wanted.after()));
  if (!waiting) return sessions_.fail(session, request, waiting.error());
  answer_escalations(session, request, [waiting = *std::move(waiting)](StoreReader& reader) {
    Escalating found;
    found.total = waiting.total;
    fill(waiting.places, waiting.limit, found.rows, found.more, found.next,
         [&reader](const WaitingPlace& place) -> std::optional<Climbing> {
           const MessageKey key = place.key;
           auto message = reader.stored_message(key);
           if (!message) return std::nullopt;
           return Climbing(*std::move(message), reader.facts_of(key));
         });
    return found;
  });
}

void ClientApi::escalation_of(ClientSession& session, uint32_t request, const std::string& id) {
  const auto one = named(id, config_.prefix, config_.peer_prefix);
  if (!one) return sessions_.fail(session, request, not_found(id));
  answer_escalations(session, request, [one = *one](StoreReader& reader) {
    Escalating found;
    if (auto message = find(reader, one)) {
      const MessageKey key = message->record.key;
      found.rows.emplace_back(*std::move(message), reader.facts_of(key));
    }
    return found;
  });
}

void ClientApi::pause_escalation(ClientSession& session, uint32_t request,
                                 const wire::PauseEscalation& wanted) {
  const uint64_t token = sessions_.wait_for_commit(session, request, 0);
  core_.pause_ladder(clock_.now(), token, session.actor, wanted.id()->str(), wanted.until(),
                     text_of(wanted.reason()));
  changed_();
}

void ClientApi::raise_escalation(ClientSession& session, uint32_t request,
                                 const wire::RaiseEscalation& wanted) {
  const uint64_t token = sessions_.wait_for_commit(session, request, 0);
  core_.raise_ladder(clock_.now(), token, session.actor, wanted.id()->str(),
                     text_of(wanted.reason()));
  changed_();
}

void ClientApi::try_notifiers(ClientSession& session, uint32_t request) {
  Status begun = core_.check_trial(session.actor);
  if (!begun) {
    record_refusal(session.actor, begun.error());
    return sessions_.fail(session, request, begun.error());
  }
  const uint64_t token = sessions_.wait_for_commit(session, request, 0);
  begun = try_notifiers_([this, token, actor = session.actor](const auto& tried) {
    trials_.emplace(token, tried);
    core_.record_trial(clock_.now(), token, actor, tried);
    changed_();
  });
  if (begun) return;
  const auto [asker, number] = sessions_.take_asker(token);
  if (asker != nullptr) sessions_.fail(*asker, number, begun.error());
}

void ClientApi::answer_trial(ClientSession& asker, uint32_t request,
                             const std::vector<TriedNotifier>& tried) {
  sessions_.answer(asker, request, [&tried](flatbuffers::FlatBufferBuilder& b) {
    std::vector<flatbuffers::Offset<wire::NotifierTrial>> rows;
    for (const TriedNotifier& one : tried) {
      rows.push_back(wire::CreateNotifierTrialDirect(
          b, one.name.c_str(), static_cast<uint8_t>(one.outcome), one.detail.c_str()));
    }
    return wire::CreateNotifierTrials(b, b.CreateVector(rows));
  });
}

void ClientApi::answer(const AnswerLadder& answer) {
  auto [session, request] = sessions_.take_asker(answer.token);
  const auto tried = trials_.extract(answer.token);
  if (session == nullptr) return;
  if (!answer.outcome) return sessions_.fail(*session, request, answer.outcome.error());
  if (tried) return answer_trial(*session, request, tried.mapped());
  escalation_of(*session, request, answer.id);
}

void ClientApi::answer_escalations(ClientSession& session, uint32_t request,
                                   std::function<Escalating(StoreReader&)> read) {
  sessions_.read_then<Escalating>(
      session, request, std::move(read), [this, request](ClientSession& asker, Escalating all) {
        const RowContext context = row_context();
        sessions_.answer(asker, request, [&](flatbuffers::FlatBufferBuilder& b) {
          std::vector<flatbuffers::Offset<wire::EscalationRow>> rows;
          for (const Climbing& one : all.rows) {
            const MessageRecord& record = one.message.stored.record;
            const MessageKey key = record.key;
            // One that waits no more has a history if it climbed.
            if (one.message.stored.rung.empty() && !core_.ladder().waits(key)) continue;
            auto next = core_.ladder().next_rung(key);
            std::vector<flatbuffers::Offset<wire::ToldRung>> told;
            for (const FactRecord& fact : one.told) {
              told.push_back(wire::CreateToldRungDirect(b, fact.at, fact.detail.c_str()));
            }
            auto row_id = b.CreateString(message_name(record, context));
            auto rung = b.CreateString(one.message.stored.rung);
            auto next_name = b.CreateString(next ? next->name : "");
            auto attempts = b.CreateVectorOfStrings(one.attempts);
            std::vector<flatbuffers::Offset<wire::Contact>> contacts;
            const Rung* climbed =
                find_rung(context.policy, record.precedence, one.message.stored.rung);
            if (climbed != nullptr && climbed->proposes_voice) {
              for (const Contact& contact : context.policy.contacts) {
                contacts.push_back(
                    wire::CreateContactDirect(b, contact.name.c_str(), contact.how.c_str()));
              }
            }
            auto contact_rows = b.CreateVector(contacts);
            const Pause* pause = core_.pauses().find(key, context.now.utc);
            auto because = pause ? b.CreateString(pause->reason) : 0;
            auto paused_person = pause ? b.CreateString(core_.person_at(pause->journal_index)) : 0;
            rows.push_back(wire::CreateEscalationRow(
                b, row_id, record.key.incoming, record.precedence, rung, one.decided_at, next_name,
                next ? next->due - context.now.timer() : 0, attempts, b.CreateVector(told),
                tells_nobody(context.policy, record.precedence, one.message.stored.rung),
                pause ? pause->until : 0, because, pause ? pause->role : 0, contact_rows,
                paused_person, core_.ladder().alarm_every_ms(key)));
          }
          auto next_page = all.next.empty() ? 0 : b.CreateString(all.next);
          return wire::CreateEscalationRows(b, b.CreateVector(rows), all.total, all.more,
                                            next_page);
        });
      });
}

}  // namespace hotline
