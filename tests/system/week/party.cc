#include "tests/system/week/party.h"

#include <filesystem>
#include <future>
#include <utility>

#include "certs/key_file.h"
#include "certs/person_signature.h"
#include "client/audit/export_writer.h"
#include "client/audit/pem.h"
#include "daemon/api/handover_list.h"
#include "daemon/store/kinds.h"
#include "protocol/base/limits.h"
#include "protocol/base/sha256.h"
#include "protocol/channel/person_part.h"
#include "protocol/message/draft.h"
#include "protocol/message/serial.h"

namespace hotline::week {
namespace {

constexpr int64_t kLook_ms = 500;
constexpr int64_t kCommit_ms = 4;
constexpr int64_t kPagerAnswers_ms = 1'500;
constexpr int64_t kLadderLook_ms = kMinute_ms;

template <typename T>
T must(Result<T> result, const std::string& what) {
  if (!result) throw WeekFailed(what + ": " + result.error().reason);
  return *std::move(result);
}

Config config_of(const std::string& directory, const std::string& id, const std::string& peer,
                 const Policy& policy) {
  const std::string own = directory + "/pki/" + id + "/", other = directory + "/pki/" + peer + "/";
  const auto files = [&own](const std::string& name) {
    return CertificateFiles{own + name + ".crt", own + name + ".key"};
  };
  const auto prefix = [](const std::string& party) {
    return std::string(1, static_cast<char>(party.front() - 'a' + 'A'));
  };
  Config config;
  config.party = id;
  config.peer = peer;
  config.prefix = prefix(id);
  config.peer_prefix = prefix(peer);
  config.channel = {0x77, 0x65, 0x65, 0x6b, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  config.ca = own + "ca.crt";
  config.tls = files("tls");
  config.log = files("log");
  config.receipt = files("receipt");
  config.witness = files("witness");
  config.peer_ca = other + "ca.crt";
  config.peer_log_certificate = other + "log.crt";
  config.peer_receipt_certificate = other + "receipt.crt";
  config.peer_witness_certificate = other + "witness.crt";
  config.store_path = directory + "/" + id + "/hotline.db";
  config.policy = policy;
  return config;
}

}  // namespace

// ----------------------------------------------------------------------------------------------
// lives

Party::Party(Clockwork& clockwork, const std::string& directory, const std::string& id,
             const std::string& peer, const Policy& policy)
    : clockwork_(clockwork),
      config_(config_of(directory, id, peer, policy)),
      keys_(must(ChannelKeys::load(config_, true), "the keys of " + id)),
      random_(id == "north" ? 1 : 2) {
  const std::string pki = directory + "/pki/" + id + "/people/";
  for (const char* name : {"ann", "cid", "fay"}) add_person(pki, name, {wire::Role::operator_});
  add_person(pki, "bob", {wire::Role::supervisor});
  add_person(pki, "eve", {wire::Role::auditor});
  std::filesystem::create_directories(directory + "/" + id);
  must(create_store(kStoreKind, config_.store_path,
                    {id, peer, config_.channel, config_.exercise, now().utc}),
       "the store of " + id);
}

Party::~Party() = default;

void Party::add_person(const std::string& pki, const std::string& name,
                       std::vector<wire::Role> roles) {
  Person person;
  person.key = must(load_private_key(pki + name + ".key"), name);
  const auto certificate = must(load_certificate(pki + name + ".crt"), name);
  person.certificate = std::make_shared<const Bytes>(certificate_der(certificate.get()));
  for (const wire::Role role : roles) person.roles.push_back(static_cast<uint8_t>(role));
  people_.emplace(name, std::move(person));
}

void Party::start() {
  store_ = must(open_store(kStoreKind, config_.store_path), id());
  CoreConfig core_config = keys_->core_config(config_);
  core_config.version = "week";
  runner_ = std::make_unique<ChannelRunner>(std::move(core_config), store_->reader(), random_,
                                            *this, *this);
  store_->for_each_journal_entry([this](uint64_t index, ByteView entry) {
    must(core().replay(index, entry), id() + " reads its journal");
  });
  must(core().start(store_->reader().head().root), id() + " starts");
  ++life_;
  settle();
  look();
}

void Party::stop() {
  core().stop(now());
  settle();
  while (runner_->is_committing()) clockwork_.step();
  crash();
}

void Party::crash() {
  ++life_;
  asked_.clear();
  runner_.reset();
  store_.reset();
}

// As the timers of a daemon do.
void Party::look() {
  runner_->tick();
  if (clockwork_.now_ms() % kLadderLook_ms < kLook_ms) core().look_after_ladder(now());
  settle();
  clockwork_.after(kLook_ms, [this, life = life_] {
    if (life == life_) look();
  });
}

void Party::settle() {
  runner_->settle();
  plan_tick();
}

void Party::plan_tick() {
  const auto sleep_ms = runner_->plan_tick();
  if (!sleep_ms || *sleep_ms >= kLook_ms) return;
  clockwork_.after(*sleep_ms, [this, life = life_] {
    if (life != life_) return;
    runner_->tick();
    settle();
  });
}

void Party::commit(std::shared_ptr<const Batch> batch) {
  auto done = std::make_shared<std::promise<CommitOutcome>>();
  store_->submit(batch, [done](CommitOutcome outcome) { done->set_value(std::move(outcome)); });
  clockwork_.after(kCommit_ms, [this, life = life_, batch, done] {
    if (life != life_) return;
    const CommitOutcome outcome = done->get_future().get();
    if (!outcome.ok()) throw WeekFailed(id() + " cannot write: " + outcome.error.reason);
    end_commit(batch);
  });
}

void Party::end_commit(const std::shared_ptr<const Batch>& batch) {
  runner_->commit_ended();
  settle();
  for (const MessageRecord& record : batch->messages) {
    if (record.key.incoming && read_) read_(record);
  }
}

// ----------------------------------------------------------------------------------------------
// people

Actor Party::actor(const std::string& person, const std::string& statement) {
  Person& by = people_.at(person);
  Actor actor{person, sha256({*by.certificate}), by.roles};
  actor.certificate_der = by.certificate;
  if (statement.empty()) return actor;
  const Bytes signature = must(sign_statement(by.key.get(), statement), person + " signs");
  actor.signed_part = signed_part(person, statement, signature);
  return actor;
}

uint64_t Party::asked(Then then) {
  asked_.emplace(++token_, std::move(then));
  return token_;
}

// Later, for nothing that a core asks for may call it.
void Party::answer(uint64_t token, const Outcome& outcome) {
  const auto found = asked_.find(token);
  if (found == asked_.end()) return;
  clockwork_.after(0, [then = std::move(found->second), outcome] { then(outcome); });
  asked_.erase(found);
}

void Party::submit(const std::string& person, client::DraftFields fields, Then then) {
  Person& by = people_.at(person);
  fields.nonce = ++by.counter;
  const auto bytes = client::finish_draft(fields, config_.exercise, now().utc);
  if (!bytes) return then(bytes.error());
  const auto draft = open_flatbuffer<wire::Draft>(*bytes, kDraftIdentifier);
  const std::string statement = release_statement(addressed(), stated_release(**draft, *bytes, 0));
  core().submit(now(), asked(std::move(then)), actor(person, statement), by.counter, *bytes);
  settle();
}

void Party::release_draft(const std::string& person, uint64_t number, Then then) {
  const Bytes bytes = drafts_.at(number);
  const auto draft = open_flatbuffer<wire::Draft>(bytes, kDraftIdentifier);
  const std::string statement =
      release_statement(addressed(), stated_release(**draft, bytes, number));
  const uint64_t counter = ++people_.at(person).counter;
  core().submit(now(), asked(std::move(then)), actor(person, statement), counter, bytes, {},
                number);
  settle();
}

void Party::save_draft(const std::string& person, client::DraftFields fields, Then then) {
  fields.nonce = ++people_.at(person).counter;
  const Bytes bytes =
      must(client::finish_draft(fields, config_.exercise, now().utc), person + " writes a draft");
  const Then keep = [this, bytes, then](const Outcome& saved) {
    if (saved) drafts_.emplace(*parse_draft_name(*saved), bytes);
    then(saved);
  };
  core().save_draft(now(), asked(keep),
                    actor(person, save_statement(addressed(), sha256({bytes}), {})), 0, {}, bytes);
  settle();
}

void Party::hand_in_draft(const std::string& person, uint64_t number, Then then) {
  const Hash hash = sha256({drafts_.at(number)});
  core().submit_draft(now(), asked(std::move(then)),
                      actor(person, hand_in_statement(addressed(), number, hash)), number, hash);
  settle();
}

void Party::return_draft(const std::string& person, uint64_t number, const std::string& why,
                         Then then) {
  const Hash hash = sha256({drafts_.at(number)});
  core().return_draft(now(), asked(std::move(then)),
                      actor(person, return_statement(addressed(), number, hash, why)), number, hash,
                      why);
  settle();
}

void Party::pause(const std::string& person, const std::string& id, UtcMs until,
                  const std::string& why, Then then) {
  core().pause_ladder(now(), asked(std::move(then)),
                      actor(person, pause_statement(addressed(), id, until, why)), id, until, why);
  settle();
}

void Party::note_guarantor(const std::string& person, const std::string& id,
                           const GuarantorNote& note, Then then) {
  const std::string statement = guarantor_statement(
      addressed(), id, note.guarantor, static_cast<uint8_t>(note.standing), note.reason);
  core().note_guarantor(now(), asked(std::move(then)), actor(person, statement), id, note);
  settle();
}

void Party::start_handover(const std::string& person, const std::string& note, Then then) {
  const HandoverGathered gathered =
      gather_handover(core(), now().utc, config_.prefix, config_.peer_prefix);
  std::promise<std::vector<HandoverListed>> items;
  store_->post_read(
      [&](StoreReader& reader) { items.set_value(complete_handover(reader, gathered)); },
      [&](const StoreError& error) { items.set_exception(std::make_exception_ptr(error)); });
  const std::vector<HandoverItem> list = as_they_stand(core(), items.get_future().get());
  const std::string statement = hand_over_statement(addressed(), note, handover_hash(list, note));
  core().start_handover(now(), asked(std::move(then)), actor(person, statement), list, note);
  settle();
}

void Party::accept_handover(const std::string& person, Then then) {
  const auto& list = core().handover().started();
  if (!list) throw WeekFailed(id() + ": there is no list to take over");
  std::vector<uint32_t> ticks;
  for (uint32_t item = 1; item <= list->items.size(); ++item) ticks.push_back(item);
  core().accept_handover(now(), asked(std::move(then)),
                         actor(person, take_over_statement(addressed(), list->hash)),
                         list->journal_index, list->hash, ticks);
  settle();
}

void Party::export_record(const std::string& person, const std::string& directory, Then then) {
  const uint64_t token = asked(std::move(then));
  exports_.emplace(token, directory);
  core().record_export(now(), token, actor(person, ""));
  settle();
}

// ----------------------------------------------------------------------------------------------
// what the core asks for

void Party::perform(const AnswerSubmission& effect) {
  answer(effect.token, effect.outcome
                           ? Outcome(format_serial(config_.prefix, effect.outcome->serial))
                           : Outcome(effect.outcome.error()));
}

void Party::perform(const AnswerDraft& effect) {
  answer(effect.token, effect.outcome ? Outcome(format_draft_name(effect.outcome->number))
                                      : Outcome(effect.outcome.error()));
}

void Party::perform(const AnswerHandover& effect) {
  answer(effect.token, effect.outcome ? Outcome(std::string()) : Outcome(effect.outcome.error()));
}

void Party::perform(const AnswerLadder& effect) {
  answer(effect.token, effect.outcome ? Outcome(effect.id) : Outcome(effect.outcome.error()));
}

void Party::perform(const AnswerCase& effect) {
  answer(effect.token, effect.outcome ? Outcome(effect.thread) : Outcome(effect.outcome.error()));
}

void Party::perform(const AnswerExport& effect) {
  clockwork_.after(0, [this, head = effect.head, token = effect.token] {
    write_export(head, exports_.at(token));
    answer(token, Outcome(std::string()));
  });
}

void Party::perform(const StartAttempt& effect) {
  clockwork_.after(kPagerAnswers_ms, [this, life = life_, name = effect.attempt.name] {
    if (life != life_) return;
    core().attempt_ended(now(), name, pagers_work ? wire::Outcome::done : wire::Outcome::failed,
                         pagers_work ? "exited with 0" : "exited with 1: no carrier");
    settle();
  });
}

// ----------------------------------------------------------------------------------------------
// the record

std::string Party::name_of_peers(uint64_t serial) const {
  return format_serial(config_.peer_prefix, serial);
}

MessageRecord Party::message(const std::string& id) {
  const auto serial = parse_serial(id);
  if (!serial) throw WeekFailed(id + " is no name of a message");
  const bool incoming = serial->prefix != config_.prefix;
  const auto key = incoming ? store_->reader().find_incoming(serial->number)
                            : std::optional(MessageKey{false, serial->number});
  const auto record = key ? store_->reader().message(*key) : std::nullopt;
  if (!record) throw WeekFailed(this->id() + " does not have " + id);
  return *record;
}

Bytes Party::newest_body(const MessageRecord& message) {
  const auto newest = core().corrections().newest(message.key);
  return newest ? newest->body : message.body;
}

// As `hotline audit export` writes it, from the store instead of a connection.
void Party::write_export(const ExportHead& head, const std::string& directory) {
  using audit::ExportLog;
  audit::ExportWriter writer = must(audit::ExportWriter::create(directory), directory);
  StoreReader& reader = store_->reader();
  for (const SigningCertificate& one : keys_->signing_certificates()) {
    const size_t dash = one.name.rfind('-');
    for (const Purpose purpose : audit::kSigningPurposes) {
      if (one.name.substr(dash + 1) != purpose_name(purpose)) continue;
      must(writer.add_certificate(one.name.substr(0, dash), purpose,
                                  audit::format_pem({"CERTIFICATE", one.der})),
           one.name);
    }
  }
  reader.journal_range(0, head.journal_size, [&](const JournalRecord& record) {
    std::optional<audit::SaltedPart> part;
    if (record.name) part = audit::SaltedPart{record.name->salt, as_bytes(record.name->text)};
    must(writer.append(ExportLog::journal, record.entry, record.leaf_hash, part), "the journal");
    return true;
  });
  const struct {
    ExportLog log;
    LogId id;
    uint64_t size;
    const std::string& checkpoint;
  } logs[] = {{ExportLog::journal, LogId::journal, head.journal_size, head.journal_checkpoint},
              {ExportLog::sent, LogId::own_transcript, head.own_size, head.own_checkpoint},
              {ExportLog::received, LogId::peer_transcript, head.peer_size, head.peer_checkpoint}};
  for (const auto& one : logs) {
    if (one.log != ExportLog::journal) {
      reader.transcript_range(one.id, 0, one.size, [&](uint64_t, const MessageRecord& message) {
        must(writer.append(one.log, message.envelope, message.leaf_hash,
                           audit::SaltedPart{message.body_salt, message.body}),
             "a transcript");
        return true;
      });
    }
    reader.receipt_range(one.id, 0, UINT32_MAX, [&](const ReceiptRecord& receipt) {
      const bool told = one.log == ExportLog::journal ? receipt.size <= head.journal_size
                                                      : receipt.journal_index < head.journal_size;
      if (told) must(writer.append_cosigned(one.log, receipt.note), "a cosigned note");
      return told;
    });
    if (one.size != 0) must(writer.set_checkpoint(one.log, one.checkpoint), "a checkpoint");
  }
  must(writer.finish(), directory);
}

}  // namespace hotline::week
