#include "client/audit/person_check.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "certs/person_signature.h"
#include "client/audit/export_opening.h"
#include "client/audit/exported_log.h"
#include "client/audit/trust_directory.h"
#include "protocol/base/sha256.h"
#include "protocol/channel/journal.h"
#include "protocol/channel/person_part.h"
#include "protocol/message/envelope.h"
#include "protocol/message/serial.h"
#include "protocol/message/statement.h"

namespace hotline::audit {
namespace {

// The statement without its lines that begin so.
std::string without(std::string_view statement, std::string_view key) {
  std::string rest;
  while (!statement.empty()) {
    const size_t end = statement.find('\n');
    const size_t size = end == std::string_view::npos ? statement.size() : end + 1;
    if (!statement.starts_with(key)) rest.append(statement.substr(0, size));
    statement.remove_prefix(size);
  }
  return rest;
}

bool speaks_of_a_place(const wire::Envelope& envelope) {
  const auto* references = envelope.references();
  return references != nullptr &&
         std::any_of(references->begin(), references->end(), [](const wire::Reference* reference) {
           return parse_written_place(reference->id()->string_view()).has_value();
         });
}

class PersonCheck {
 public:
  PersonCheck(const ExportOpening& opening, const TrustDirectory& trust, ExportedLog& sent,
              const std::optional<Serial>& of)
      : addressed_{opening.party, opening.peer, opening.channel.exercise},
        trust_(trust),
        sent_(sent),
        of_(of) {}

  PersonsAccount account;

  // The entries in their order, until one has a fault.
  Status take(uint64_t index, const ExportedEntry& exported) {
    const auto opened = open_flatbuffer<wire::Entry>(exported.bytes, kJournalEntryIdentifier);
    if (!opened) return ok();  // Whoever verified the export has said so.
    index_ = index;
    const wire::Entry& entry = **opened;
    const auto* released = entry.fact_as_Released();
    if (of_ && released != nullptr && released->serial() == of_->number && exported.part) {
      of_its_number_ = {exported.part->salt, std::string(as_text(exported.part->bytes))};
    }
    const bool names_a_person = named_part(entry).has_value();
    PersonPart part;
    if (exported.part) part = read_person_part(as_text(exported.part->bytes));
    if (const auto* signed_on = entry.fact_as_SignedOn()) {
      take_certificate(machine_time(entry), *signed_on, part, exported.part.has_value());
    } else if (names_a_person && is_an_act(entry)) {
      if (!exported.part) {
        ++account.erased;
      } else if (part.statement.empty()) {
        ++account.unsigned_acts;
      } else {
        take_statement(entry, part);
      }
    }
    follow_drafts(entry);
    if (const auto* numbered = entry.fact_as_Numbered()) return take_numbered(*numbered);
    return ok();
  }

 private:
  struct Certified {
    size_t account = 0;
    StatementVerifier verifier;
    TrustedCertificate certificate;
  };
  // A message that has no place yet.
  struct Waiting {
    uint64_t entry = 0;
    std::string statement;
    Hash draft{};
    uint64_t number = 0;
  };

  // A refusal and an export are the daemon's word about a person.
  static bool is_an_act(const wire::Entry& entry) {
    return entry.fact_as_RequestRefused() == nullptr && entry.fact_as_Exported() == nullptr;
  }

  void fail(const std::string& reason) { fail_at(index_, reason); }
  void fail_at(uint64_t index, const std::string& reason) {
    if (!account.fault) account.fault = Fault{entry_name(ExportLog::journal, index), reason};
  }

  void take_certificate(UtcMs at, const wire::SignedOn& fact, const PersonPart& part,
                        bool is_held) {
    if (fact.submitter() == nullptr || !is_held) return;
    const Hash hash = to_hash(*fact.submitter());
    if (part.certificate.empty()) return;
    if (sha256({part.certificate}) != hash) {
      return fail("it does not keep the certificate that it names");
    }
    auto judged = trust_.judge(part.certificate, addressed_.from, Purpose::person);
    if (!judged) return fail("its certificate: " + judged.error().reason);
    if (judged->checked.identity.person != part.name) {
      return fail("its certificate is another person's");
    }
    auto verifier = StatementVerifier::of_certificate(part.certificate);
    if (!verifier) return fail(verifier.error().reason);
    account.people.push_back({std::string(part.name), hash, 0, at, at});
    certified_.try_emplace(
        hash, Certified{account.people.size() - 1, *std::move(verifier), *std::move(judged)});
  }

  void take_statement(const wire::Entry& entry, const PersonPart& part) {
    const auto submitter = submitter_of(entry);
    const auto found = submitter ? certified_.find(*submitter) : certified_.end();
    if (found == certified_.end()) return fail("no certificate is kept for its signature");
    const Certified& person = found->second;
    PersonAccount& by = account.people[person.account];
    if (by.name != part.name) return fail("it names another person than its certificate");
    if (!person.certificate.held_at(machine_time(entry))) {
      return fail("it was signed when its certificate did not hold");
    }
    if (!person.verifier.verify(part.statement, part.signature)) {
      return fail("its signature does not hold");
    }
    ++by.statements;
    by.last_at = machine_time(entry);
    ++account.statements;
    if (const auto* released = entry.fact_as_Released()) {
      waiting_[released->serial()] = {
          index_, std::string(part.statement),
          released->request_hash() ? to_hash(*released->request_hash()) : Hash{},
          released->draft()};
      return;
    }
    // The name by which a person called the message or the case is not told by the entry.
    const bool names_one = entry.fact_as_LadderPaused() != nullptr ||
                           entry.fact_as_LadderRaised() != nullptr ||
                           entry.fact_as_GuarantorNoted() != nullptr;
    const std::string statement =
        names_one ? without(part.statement, "refers-to: ") : std::string(part.statement);
    if (statement != statement_of(entry)) fail("something else was signed than was done");
  }

  static std::optional<Hash> submitter_of(const wire::Entry& entry) {
    const auto hash = [](const auto* fact) {
      return fact->submitter() ? std::optional(to_hash(*fact->submitter())) : std::nullopt;
    };
    if (const auto* fact = entry.fact_as_Released()) return hash(fact);
    if (const auto* fact = entry.fact_as_DraftSaved()) return hash(fact);
    if (const auto* fact = entry.fact_as_DraftDiscarded()) return hash(fact);
    if (const auto* fact = entry.fact_as_DraftSubmitted()) return hash(fact);
    if (const auto* fact = entry.fact_as_DraftReturned()) return hash(fact);
    if (const auto* fact = entry.fact_as_HandoverStarted()) return hash(fact);
    if (const auto* fact = entry.fact_as_HandoverAccepted()) return hash(fact);
    if (const auto* fact = entry.fact_as_LadderPaused()) return hash(fact);
    if (const auto* fact = entry.fact_as_GuarantorNoted()) return hash(fact);
    if (const auto* fact = entry.fact_as_ExerciseClockSet()) return hash(fact);
    if (const auto* fact = entry.fact_as_LadderRaised()) return hash(fact);
    if (const auto* fact = entry.fact_as_NotifiersTried()) return hash(fact);
    if (const auto* fact = entry.fact_as_RecoveryConfirmed()) return hash(fact);
    if (const auto* fact = entry.fact_as_ForkResolved()) return hash(fact);
    return std::nullopt;
  }

  // As the entry tells of it; of a message the envelope does.
  std::string statement_of(const wire::Entry& entry) const {
    if (const auto* fact = entry.fact_as_DraftSaved()) {
      return save_statement(
          addressed_, sha256({ByteView(fact->draft()->data(), fact->draft()->size())}),
          fact->previous() ? std::optional(to_hash(*fact->previous())) : std::nullopt);
    }
    if (const auto* fact = entry.fact_as_DraftDiscarded()) {
      return discard_statement(addressed_, fact->number());
    }
    if (const auto* fact = entry.fact_as_DraftSubmitted()) {
      return hand_in_statement(addressed_, fact->number(), hash_of(fact->number()));
    }
    if (const auto* fact = entry.fact_as_DraftReturned()) {
      return return_statement(addressed_, fact->number(), hash_of(fact->number()),
                              text_of(fact->reason()));
    }
    if (const auto* fact = entry.fact_as_HandoverStarted()) {
      return hand_over_statement(addressed_, text_of(fact->note()), to_hash(*fact->hash()));
    }
    if (const auto* fact = entry.fact_as_LadderPaused()) {
      return pause_statement(addressed_, "", fact->until(), text_of(fact->reason()));
    }
    if (const auto* fact = entry.fact_as_GuarantorNoted()) {
      return guarantor_statement(addressed_, "", text_of(fact->guarantor()),
                                 static_cast<uint8_t>(fact->standing()), text_of(fact->reason()));
    }
    if (const auto* fact = entry.fact_as_ExerciseClockSet()) {
      const bool is_time = fact->by_ms() == 0 && !fact->next();
      return exercise_clock_statement(addressed_, static_cast<uint8_t>(fact->change()),
                                      fact->speed_permille(), fact->by_ms(),
                                      is_time ? fact->until() : 0);
    }
    if (const auto* fact = entry.fact_as_LadderRaised()) {
      return raise_statement(addressed_, "", text_of(fact->reason()));
    }
    if (entry.fact_as_NotifiersTried() != nullptr) return trial_statement(addressed_);
    if (const auto* fact = entry.fact_as_RecoveryConfirmed()) {
      return recovery_statement(addressed_, fact->epoch());
    }
    if (const auto* fact = entry.fact_as_ForkResolved()) {
      return fork_statement(addressed_, fact->kind() == wire::EvidenceKind::fork_of_peer_journal);
    }
    if (const auto* fact = entry.fact_as_HandoverAccepted()) {
      return take_over_statement(addressed_, to_hash(*fact->hash()));
    }
    return "";
  }

  Hash hash_of(uint64_t draft) const {
    const auto found = drafts_.find(draft);
    return found == drafts_.end() ? Hash{} : found->second;
  }

  void follow_drafts(const wire::Entry& entry) {
    if (const auto* saved = entry.fact_as_DraftSaved()) {
      drafts_[saved->number()] = sha256({ByteView(saved->draft()->data(), saved->draft()->size())});
    } else if (const auto* discarded = entry.fact_as_DraftDiscarded()) {
      drafts_.erase(discarded->number());
    } else if (const auto* released = entry.fact_as_Released()) {
      drafts_.erase(released->draft());
    }
  }

  Status take_numbered(const wire::Numbered& numbered) {
    for (flatbuffers::uoffset_t i = 0; i < numbered.serials()->size(); ++i) {
      if (Status named = name_opening(numbered.serials()->Get(i), numbered.first() + i); !named) {
        return named;
      }
      const auto found = waiting_.find(numbered.serials()->Get(i));
      if (found == waiting_.end()) continue;
      const Waiting waiting = std::move(found->second);
      waiting_.erase(found);
      if (Status read = compare(waiting, numbered.first() + i); !read) return read;
    }
    return ok();
  }

  Status name_opening(uint64_t serial, uint64_t place) {
    if (!of_ || serial != of_->number || place >= sent_.size()) return ok();
    const auto exported = sent_.entry(place);
    if (!exported) return exported.error();
    const auto envelope = open_envelope(exported->bytes);
    const bool is_it = envelope && (*envelope)->id()->string_view() == format_serial(*of_);
    if (is_it) account.opening = std::exchange(of_its_number_, std::nullopt);
    return ok();
  }

  Status compare(const Waiting& waiting, uint64_t place) {
    if (place >= sent_.size()) return ok();
    const auto exported = sent_.entry(place);
    if (!exported) return exported.error();
    const auto envelope = open_envelope(exported->bytes);
    if (!envelope) return ok();
    if (!exported->part) {
      ++account.bodies_erased;
      return ok();
    }
    std::string said = release_statement(
        addressed_,
        stated_release(**envelope, exported->part->bytes, waiting.draft, waiting.number));
    std::string signed_for = waiting.statement;
    // By what name a message without one of its own was asked for is not told anywhere else.
    if (speaks_of_a_place(**envelope)) {
      said = without(said, "refers-to: ");
      signed_for = without(signed_for, "refers-to: ");
    }
    if (said != signed_for) fail_at(waiting.entry, "something else was signed than was sent");
    ++account.compared;
    return ok();
  }

  const Addressed addressed_;
  const TrustDirectory& trust_;
  ExportedLog& sent_;
  const std::optional<Serial> of_;
  std::optional<PersonOpening> of_its_number_;  // Until the message says its whole name.
  uint64_t index_ = 0;
  std::map<Hash, Certified> certified_;
  std::map<uint64_t, Waiting> waiting_;  // By serial.
  std::map<uint64_t, Hash> drafts_;      // The newest version of each that is open.
};

}  // namespace

Result<PersonsAccount> check_persons(const std::string& directory,
                                     const std::string& trust_directory,
                                     const std::optional<Serial>& of) {
  const auto reader = ExportReader::open_export(directory);
  if (!reader) return reader.error();
  FaultBook faults;
  const auto opening = open_export(*reader, trust_directory, faults);
  if (!opening) return opening.error();
  if (*opening == nullptr) return damaged(faults.first()->name + " " + faults.first()->reason);
  const auto trust = TrustDirectory::open(trust_directory);
  if (!trust) return trust.error();
  auto journal = ExportedLog::open(*reader, ExportLog::journal);
  if (!journal) return journal.error();
  auto sent = ExportedLog::open(*reader, ExportLog::sent);
  if (!sent) return sent.error();
  PersonCheck check(**opening, *trust, *sent, of);
  for (uint64_t index = 0; index < journal->size() && !check.account.fault; ++index) {
    const auto entry = journal->entry(index);
    if (!entry) return entry.error();
    if (Status taken = check.take(index, *entry); !taken) return taken.error();
  }
  return std::move(check.account);
}

}  // namespace hotline::audit
