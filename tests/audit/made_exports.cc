#include "tests/audit/made_exports.h"

#include <algorithm>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "certs/dev_pki.h"
#include "certs/key_file.h"
#include "certs/person_signature.h"
#include "client/audit/export_writer.h"
#include "protocol/base/limits.h"
#include "protocol/channel/journal.h"
#include "protocol/channel/person_part.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/cosignature.h"
#include "protocol/log/merkle.h"
#include "protocol/log/origin.h"
#include "protocol/message/envelope.h"
#include "protocol/message/serial.h"
#include "protocol/message/statement.h"
#include "tests/simulation/seeded.h"

namespace hotline::audit {
namespace {

using flatbuffers::FlatBufferBuilder;
using simulation::Seeded;

constexpr int64_t kHistoryMax_ms = int64_t{3} * 86'400'000;  // Well within seven days.
constexpr int64_t kStepMax_ms = 3'000;
constexpr int64_t kWitnessEvery_ms = 600'000;

// Errors end the making; make_exports() turns them back into values.
class MakingFailed : public std::runtime_error {
 public:
  explicit MakingFailed(const Error& error) : runtime_error(error.reason) {}
};

void must(const Status& status) {
  if (!status) throw MakingFailed(status.error());
}

template <typename T>
T must(Result<T> result) {
  if (!result) throw MakingFailed(result.error());
  return *std::move(result);
}

struct NotingKey {
  NoteKey key;
  std::unique_ptr<Ed25519Signer> signer;
  std::string certificate;  // PEM
};

NotingKey load_key(const std::string& directory, Purpose purpose, std::string name) {
  const std::string path = directory + "/" + purpose_name(purpose);
  const PkeyPtr private_key = must(load_private_key(path + ".key"));
  NotingKey loaded;
  loaded.signer = std::make_unique<Ed25519Signer>(
      must(Ed25519Signer::create(must(ed25519_seed(private_key.get())))));
  const uint8_t type = purpose == Purpose::log ? kNoteTypeEd25519 : kNoteTypeCosignatureV1;
  loaded.key = {std::move(name), type, loaded.signer->public_key()};
  loaded.certificate = as_text(must(read_bounded_file(path + ".crt", 65536)));
  return loaded;
}

struct PartyKeyRing {
  NotingKey log, receipt, witness;
};

// A message on its way between the two.
struct MadeMessage {
  uint64_t serial = 0;
  uint64_t index = 0;  // In its transcript, once it has its place.
  wire::Precedence precedence = wire::Precedence::routine;
  Bytes envelope;
  Bytes body;
  Hash salt{};
  Hash leaf{};
  bool readable = true;
};

// One party: its journal and its side of both transcripts, written down as they grow.
class MadeParty {
 public:
  MadeParty(std::string id, std::string prefix, const ChannelName& channel, Seeded& random)
      : id_(std::move(id)), prefix_(std::move(prefix)), channel_(channel), random_(random) {}

  void open(const std::string& directory, const std::string& pki, MadeParty& peer, Lie lie) {
    peer_ = &peer;
    lie_ = lie;
    writer_.emplace(must(ExportWriter::create(directory)));
    keys_.log = load_key(pki + "/" + id_, Purpose::log, log_key_name(channel_, id_));
    keys_.receipt = load_key(pki + "/" + id_, Purpose::receipt, receipt_key_name(channel_, id_));
    keys_.witness = load_key(pki + "/" + id_, Purpose::witness, witness_key_name(channel_, id_));
  }

  // From now on people sign with the keys of their certificates.
  void sign_with(const std::string& pki, PeopleSign how) {
    signs_ = true;
    how_ = how;
    for (const char* person : {"ann", "bob"}) {
      const std::string path = pki + "/" + id_ + "/people/" + person;
      people_[person] = {must(load_private_key(path + ".key")),
                         certificate_der(must(load_certificate(path + ".crt")).get())};
    }
    if (how == PeopleSign::other_certificate) {
      const auto other = must(load_certificate(pki + "/" + peer_->id_ + "/people/ann.crt"));
      people_["ann"].certificate = certificate_der(other.get());
    }
  }

  std::string signed_release(UtcMs now, const std::string& person, const EnvelopeFields& fields,
                             const Bytes& body) {
    Person& by = people_[person];
    const bool lies = ++signed_count_ == 3;
    if (!by.is_known && !(how_ == PeopleSign::no_certificate && person == "ann")) {
      sign_on(now, person, certificate_part(person, by.certificate));
    }
    by.is_known = true;
    StatedRelease release;
    release.type = static_cast<uint8_t>(fields.type);
    if (fields.references.empty()) release.precedence = static_cast<uint8_t>(fields.precedence);
    for (const ReferenceFields& one : fields.references) release.references.push_back(one.id);
    release.body = release.draft = sha256({body});
    if (lies && how_ == PeopleSign::other_words) release.body[0] ^= 1;
    const std::string statement = release_statement({id_, peer_->id_, channel_.exercise}, release);
    const bool is_forged = lies && how_ == PeopleSign::other_key;
    const Person& signer = is_forged ? people_[person == "ann" ? "bob" : "ann"] : by;
    const std::string name = lies && how_ == PeopleSign::other_name ? "eve" : person;
    return signed_part(name, statement, must(sign_statement(signer.key.get(), statement)));
  }

  void begin(UtcMs now) {
    create_store(now, lie_ == Lie::other_channel);
    record(now,
           [&](FlatBufferBuilder& b) { return wire::CreateStarted(b, b.CreateString("0.1.0")); });
    link_changed(now, wire::LinkChange::up, "adopted");
    if (!signs_) sign_on(now, "ann");
  }

  void create_store(UtcMs now, bool other_mode) {
    record(now, [&](FlatBufferBuilder& b) {
      wire::ChannelId id(flatbuffers::span<const uint8_t, 16>(channel_.id.data(), 16));
      auto party = b.CreateString(id_);
      auto peer = b.CreateString(peer_->id_);
      return wire::CreateStoreCreated(b, party, peer, &id, channel_.exercise != other_mode);
    });
  }

  void link_changed(UtcMs now, wire::LinkChange change, const std::string& detail) {
    record(now, [&](FlatBufferBuilder& b) {
      return wire::CreateLinkChanged(b, change, b.CreateString(detail));
    });
  }

  void sign_on(UtcMs now, const std::string& person) { sign_on(now, person, person); }
  void sign_on(UtcMs now, const std::string& person, const std::string& text) {
    const SaltedText name{random_.salt(), text};
    record(
        now,
        [&](FlatBufferBuilder& b) {
          const wire::Digest submitter = to_digest(certificate_of(person));
          const wire::Digest hash = to_digest(salted_hash(name.salt, as_bytes(name.text)));
          return wire::CreateSignedOn(b, &submitter, &hash,
                                      static_cast<uint8_t>(wire::Role::operator_));
        },
        name);
  }

  void refuse_request(UtcMs now) {
    const SaltedText name{random_.salt(), "bob"};
    record(
        now,
        [&](FlatBufferBuilder& b) {
          const wire::Digest submitter = to_digest(certificate_of(name.text));
          const wire::Digest hash = to_digest(salted_hash(name.salt, as_bytes(name.text)));
          auto reason = b.CreateString("text: FLASH texts have at most 200 words");
          return wire::CreateRequestRefused(b, &submitter, &hash, 8, reason);
        },
        name);
  }

  void take_export(UtcMs now) {
    const SaltedText name{random_.salt(), "eve"};
    record(
        now,
        [&](FlatBufferBuilder& b) {
          const wire::Digest submitter = to_digest(certificate_of(name.text));
          const wire::Digest hash = to_digest(salted_hash(name.salt, as_bytes(name.text)));
          return wire::CreateExported(b, &submitter, &hash);
        },
        name);
  }

  // A person's message, or an acknowledgement of the peer's message `spoken_of`.
  void release(UtcMs now, const ExportPlan& plan, const MadeMessage* spoken_of, bool malformed) {
    if (tells(Lie::second_store_created)) create_store(now, false);
    if (tells(Lie::unreadable_entry)) append_entry(as_bytes("nothing that anybody wrote"), {});
    MadeMessage message;
    if (!tells(Lie::serial_again)) ++last_serial_;
    message.serial = last_serial_;
    message.precedence =
        spoken_of != nullptr
            ? spoken_of->precedence
            : static_cast<wire::Precedence>(random_.chance(30) ? 1 : random_.between(2, 4));
    SaltedText name{random_.salt(), random_.chance(500) ? "ann" : "bob"};
    const Hash submitter_hash = certificate_of(name.text);

    BodyFields body;
    EnvelopeFields fields;
    fields.id = format_serial(prefix_, message.serial);
    fields.type =
        spoken_of != nullptr ? wire::MessageType::acknowledgement : wire::MessageType::text;
    fields.precedence = message.precedence;
    fields.mode = channel_.exercise ? wire::Mode::exercise : wire::Mode::live;
    fields.from = id_;
    fields.to = peer_->id_;
    fields.drafted_at = now - random_.between(0, 60'000);
    fields.released_at = now;
    fields.drafter_role = fields.releaser_role = wire::Role::operator_;
    fields.language = "en";
    fields.peer_transcript_size = received_.size();
    if (spoken_of != nullptr) {
      fields.references.push_back(
          {format_serial(peer_->prefix_, spoken_of->serial), spoken_of->leaf});
      body.subject = "Acknowledged";
      body.content = AcknowledgementFields{wire::Role::operator_, now, {}, {}};
    } else {
      body.subject = "Notice " + std::to_string(message.serial);
      body.texts.push_back({"en", text(plan), true, {}});
    }
    message.body = build_body(body);
    if (signs_) name.text = signed_release(now, name.text, fields, message.body);
    fields.person_hash = salted_hash(name.salt, as_bytes(name.text));
    message.salt = random_.salt();
    fields.parts.push_back(describe_part(wire::PartKind::body, message.salt, message.body));
    if (tells(Lie::body_other_size)) fields.parts.front().size += 1;
    message.envelope = build_envelope(fields);
    if (malformed) {
      // A broken peer may send this: it is kept, receipted and declined all the same.
      message.envelope = to_bytes(as_bytes("no envelope " + std::to_string(random_.next())));
      message.readable = false;
    }
    message.leaf = leaf_hash(message.envelope);

    record(
        now,
        [&](FlatBufferBuilder& b) {
          const wire::Digest leaf =
              to_digest(tells(Lie::released_other_leaf) ? message.salt : message.leaf);
          const wire::Digest submitter = to_digest(submitter_hash);
          const wire::Digest request = to_digest(sha256({message.body}));
          const wire::Digest name_hash = to_digest(*fields.person_hash);
          const wire::MessageKey target(true, spoken_of != nullptr ? spoken_of->index : 0);
          return wire::CreateReleased(
              b, message.serial, static_cast<uint8_t>(fields.type),
              static_cast<uint8_t>(fields.precedence), &leaf,
              static_cast<uint32_t>(message.envelope.size() + message.body.size()),
              spoken_of != nullptr ? &target : nullptr, &submitter, message.serial, &request,
              &name_hash, static_cast<uint8_t>(fields.releaser_role), false);
        },
        name);
    waiting_.push_back(std::move(message));
  }

  // Messages that wait take their places, by precedence, in one batch.
  std::vector<MadeMessage> number(UtcMs now, const ExportPlan& plan) {
    std::vector<MadeMessage> batch(std::make_move_iterator(waiting_.begin()),
                                   std::make_move_iterator(waiting_.end()));
    waiting_.clear();
    std::stable_sort(batch.begin(), batch.end(), [](const MadeMessage& a, const MadeMessage& b) {
      return a.precedence < b.precedence;
    });
    const uint64_t first = sent_.size();
    std::vector<uint64_t> serials;
    for (MadeMessage& message : batch) {
      message.index = sent_.size();
      serials.push_back(message.serial);
      sent_.append(message.leaf);
      append_message(ExportLog::sent, message, random_.below(1000) < plan.erased_per_mille);
    }
    sent_checkpoint_ = sign({transcript_origin(channel_, id_, 0), sent_.size(), sent_.root()});
    record(now, [&](FlatBufferBuilder& b) {
      if (tells(Lie::numbered_unknown_serial)) serials.front() = last_serial_ + 7;
      auto vector = b.CreateVector(serials);
      const std::string note = checkpoint_told();
      return wire::CreateNumbered(b, first + (tells(Lie::numbered_skips) ? 1 : 0), vector,
                                  b.CreateString(note));
    });
    return batch;
  }

  // Keeps the peer's batch and gives the receipt for it.
  std::string receive(UtcMs now, const std::vector<MadeMessage>& batch, const ExportPlan& plan) {
    for (const MadeMessage& message : batch) {
      const bool forgets = tells(Lie::received_forgotten);
      if (!forgets)
        record(now, [&](FlatBufferBuilder& b) {
          const wire::Digest leaf =
              to_digest(tells(Lie::received_other_leaf) ? message.salt : message.leaf);
          const uint64_t index = received_told_++ + (tells(Lie::received_skips) ? 1 : 0);
          return wire::CreateReceived(
              b, index, &leaf, static_cast<uint32_t>(message.envelope.size() + message.body.size()),
              message.readable ? message.serial : 0, static_cast<uint8_t>(wire::MessageType::text),
              static_cast<uint8_t>(message.precedence), nullptr,
              message.readable ? uint16_t{0} : static_cast<uint16_t>(wire::DeclineCode::malformed),
              static_cast<uint8_t>(wire::Role::operator_), false, false);
        });
      received_.append(message.leaf);
      append_message(ExportLog::received, message, random_.below(1000) < plan.erased_per_mille);
    }
    received_checkpoint_ = peer_->sent_checkpoint_;
    const std::string receipt = append_signature_line(
        received_checkpoint_, cosign(text_of(received_checkpoint_), seconds(now, plan),
                                     keys_.receipt.key, *keys_.receipt.signer));
    record(now, [&](FlatBufferBuilder& b) {
      return wire::CreateReceiptGiven(b, received_.size() + (tells(Lie::given_wrong_size) ? 1 : 0),
                                      b.CreateString(receipt));
    });
    if (tells(Lie::given_twice)) {
      record(now, [&](FlatBufferBuilder& b) {
        return wire::CreateReceiptGiven(b, received_.size(), b.CreateString(receipt));
      });
    }
    must(writer_->append_cosigned(ExportLog::received, receipt));
    return receipt;
  }

  void hold(UtcMs now, const std::string& receipt) {
    if (!tells(Lie::held_forgotten)) {
      record(now, [&](FlatBufferBuilder& b) {
        return wire::CreateReceiptHeld(b, sent_.size() + (tells(Lie::held_wrong_size) ? 1 : 0),
                                       b.CreateString(receipt));
      });
    }
    must(writer_->append_cosigned(ExportLog::sent, receipt));
  }

  // The peer cosigns this party's journal as it stands.
  void be_witnessed(UtcMs now, const ExportPlan& plan) {
    const std::string checkpoint = journal_checkpoint();
    const std::string note = append_signature_line(
        checkpoint, cosign(text_of(checkpoint), seconds(now, plan), peer_->keys_.witness.key,
                           *peer_->keys_.witness.signer));
    const uint64_t size = journal_.size();
    peer_->record(now, [&](FlatBufferBuilder& b) {
      return wire::CreateJournalWitnessed(b, size, b.CreateString(note));
    });
    must(writer_->append_cosigned(ExportLog::journal, note));
  }

  void finish() {
    must(writer_->set_checkpoint(ExportLog::journal, journal_checkpoint()));
    if (sent_.size() != 0) must(writer_->set_checkpoint(ExportLog::sent, sent_checkpoint_));
    if (received_.size() != 0) {
      must(writer_->set_checkpoint(ExportLog::received, received_checkpoint_));
    }
    for (const MadeParty* party :
         {static_cast<const MadeParty*>(this), static_cast<const MadeParty*>(peer_)}) {
      must(writer_->add_certificate(party->id_, Purpose::log, party->keys_.log.certificate));
      must(
          writer_->add_certificate(party->id_, Purpose::receipt, party->keys_.receipt.certificate));
      must(
          writer_->add_certificate(party->id_, Purpose::witness, party->keys_.witness.certificate));
    }
    must(writer_->finish());
  }

  void write_nothing() { writer_.reset(); }

 private:
  template <typename Build>
  void record(UtcMs at, Build build, const std::optional<SaltedText>& name = std::nullopt) {
    builder_.Clear();
    auto fact = build(builder_);
    const wire::Digest salt = to_digest(random_.salt());
    builder_.Finish(wire::CreateEntry(builder_, at, &salt, fact_type(fact), fact.Union()),
                    kJournalEntryIdentifier);
    append_entry({builder_.GetBufferPointer(), builder_.GetSize()}, name);
  }

  void append_entry(ByteView entry, const std::optional<SaltedText>& name) {
    const Hash leaf = leaf_hash(entry);
    journal_.append(leaf);
    std::optional<SaltedPart> part;
    if (name) part = SaltedPart{name->salt, as_bytes(name->text)};
    must(writer_->append(ExportLog::journal, entry, leaf, part));
  }

  // True: it is time to tell that lie.
  bool tells(Lie lie) { return lie_ == lie && ++occasions_ == 3; }

  // The checkpoint as the journal has it; the peer is told the truth.
  std::string checkpoint_told() {
    Checkpoint checkpoint{transcript_origin(channel_, id_, 0), sent_.size(), sent_.root()};
    if (tells(Lie::numbered_wrong_size)) {
      checkpoint.size += 1;
      return sign(checkpoint);
    }
    if (tells(Lie::numbered_wrong_root)) {
      checkpoint.root[9] ^= 1;
      return sign(checkpoint);
    }
    if (tells(Lie::numbered_unsigned)) {
      return sign_checkpoint(checkpoint, keys_.log.key, *keys_.receipt.signer);
    }
    if (tells(Lie::numbered_signed_twice)) {
      return append_signature_line(
          sent_checkpoint_,
          cosign(text_of(sent_checkpoint_), 1, keys_.witness.key, *keys_.witness.signer));
    }
    return sent_checkpoint_;
  }

  template <typename Table>
  static wire::Fact fact_type(flatbuffers::Offset<Table>) {
    return wire::FactTraits<Table>::enum_value;
  }

  void append_message(ExportLog log, const MadeMessage& message, bool erased) {
    std::optional<SaltedPart> part;
    if (!erased) part = SaltedPart{message.salt, message.body};
    must(writer_->append(log, message.envelope, message.leaf, part));
  }

  std::string sign(const Checkpoint& checkpoint) {
    return sign_checkpoint(checkpoint, keys_.log.key, *keys_.log.signer);
  }
  std::string journal_checkpoint() {
    return sign({journal_origin(channel_, id_, 0), journal_.size(), journal_.root()});
  }
  static std::string_view text_of(std::string_view note) {
    return note.substr(0, note.find("\n\n") + 1);
  }
  static uint64_t seconds(UtcMs now, const ExportPlan& plan) {
    return static_cast<uint64_t>(now + plan.cosigned_later_ms) / 1000;
  }
  Hash certificate_of(const std::string& person) const {
    const auto found = people_.find(person);
    if (found != people_.end()) return sha256({found->second.certificate});
    return sha256({as_bytes("certificate of " + id_ + " " + person)});
  }

  std::string text(const ExportPlan& plan) {
    static constexpr std::string_view kSentences[] = {
        "Two patrol boats leave harbour at first light and return by noon. ",
        "Our search and rescue helicopter works in the area until further notice. ",
        "The exercise announced last week ends one day earlier than announced. ",
        "A transport aircraft deviates to the south because of weather. ",
        "We ask for the time at which the convoy crossed the bridge. ",
    };
    // A message takes so much beside its text, as measured.
    constexpr size_t kBesideText = 722;
    size_t size = static_cast<size_t>(random_.between(20, 600));
    if (plan.entry_bytes != 0) {
      size = 2 * plan.entry_bytes > kBesideText ? 2 * plan.entry_bytes - kBesideText : 1;
    }
    std::string text;
    while (text.size() < size) text += kSentences[random_.below(std::size(kSentences))];
    text.resize(size);
    return text;
  }

  std::string id_;
  std::string prefix_;
  ChannelName channel_;
  Seeded& random_;
  MadeParty* peer_ = nullptr;
  PartyKeyRing keys_;
  std::optional<ExportWriter> writer_;
  FlatBufferBuilder builder_;
  Frontier journal_;
  Frontier sent_;
  Frontier received_;
  Lie lie_ = Lie::none;
  int occasions_ = 0;  // To tell it.
  uint64_t received_told_ = 0;
  struct Person {
    PkeyPtr key;
    Bytes certificate;
    bool is_known = false;  // The journal keeps it.
  };
  bool signs_ = false;
  PeopleSign how_ = PeopleSign::nothing;
  std::map<std::string, Person> people_;
  int signed_count_ = 0;
  uint64_t last_serial_ = 0;
  std::deque<MadeMessage> waiting_;
  std::string sent_checkpoint_;
  std::string received_checkpoint_;
};

class History {
 public:
  explicit History(const ExportPlan& plan)
      : plan_(plan),
        random_(plan.seed),
        channel_(channel(plan, random_)),
        north_("north", serial_prefix("N", plan.exercise), channel_, random_),
        south_("south", serial_prefix("S", plan.exercise), channel_, random_) {}

  void run(const std::string& pki, const std::string& directory) {
    north_.open(directory + "/north.export", pki, south_, plan_.lie);
    south_.open(directory + "/south.export", pki, north_, Lie::none);
    if (plan_.people != PeopleSign::nothing) north_.sign_with(pki, plan_.people);
    north_.begin(now_);
    south_.begin(pass());
    while (released_ < plan_.messages) exchange();
    end();
    north_.finish();
    if (plan_.with_south) {
      south_.finish();
    } else {
      south_.write_nothing();
    }
  }

 private:
  static ChannelName channel(const ExportPlan& plan, Seeded& random) {
    ChannelName name{{}, plan.exercise};
    random.fill(name.id);
    return name;
  }

  UtcMs pass() {
    const int64_t step_max = std::clamp<int64_t>(
        kHistoryMax_ms / static_cast<int64_t>(plan_.messages + 1) / 4, 2, kStepMax_ms);
    return now_ += random_.between(1, step_max);
  }

  // One batch from one party to the other, with what happens beside.
  void exchange() {
    const bool from_north = random_.below(1000) < plan_.north_per_mille;
    MadeParty& sender = from_north ? north_ : south_;
    MadeParty& receiver = from_north ? south_ : north_;
    std::optional<MadeMessage>& heard = from_north ? heard_by_north_ : heard_by_south_;
    const uint64_t count = plan_.batch_min + random_.below(plan_.batch_max - plan_.batch_min + 1);
    if (random_.chance(40)) sender.refuse_request(pass());
    for (uint64_t i = 0; i < count; ++i) {
      const bool acknowledges = heard && random_.chance(300);
      sender.release(pass(), plan_, acknowledges ? &*heard : nullptr,
                     !from_north && random_.below(1000) < plan_.malformed_per_mille);
      if (acknowledges) heard.reset();
      ++released_;
    }
    if (random_.chance(20)) {
      north_.link_changed(pass(), wire::LinkChange::down, "silence");
      south_.link_changed(pass(), wire::LinkChange::down, "silence");
      north_.link_changed(pass(), wire::LinkChange::up, "adopted");
      south_.link_changed(pass(), wire::LinkChange::up, "adopted");
    }
    const std::vector<MadeMessage> batch = sender.number(pass(), plan_);
    const std::string receipt = receiver.receive(pass(), batch, plan_);
    sender.hold(pass(), receipt);
    if (batch.back().readable) (from_north ? heard_by_south_ : heard_by_north_) = batch.back();
    ++exchanges_;
    const bool early = exchanges_ == 2;  // So that small exports have several.
    if (plan_.witnessed &&
        (early || now_ - witnessed_at_ > kWitnessEvery_ms || random_.chance(50))) {
      witness();
    }
  }

  void witness() {
    north_.be_witnessed(pass(), plan_);
    south_.be_witnessed(pass(), plan_);
    witnessed_at_ = now_;
  }

  void end() {
    if (plan_.unreceipted) {
      north_.release(pass(), plan_, nullptr, false);
      north_.number(pass(), plan_);
    }
    if (plan_.unnumbered) north_.release(pass(), plan_, nullptr, false);
    if (plan_.witnessed) witness();
    north_.link_changed(pass(), wire::LinkChange::down, "silence");
    south_.link_changed(pass(), wire::LinkChange::down, "silence");
    now_ += plan_.tail_ms;
    north_.take_export(now_);
    south_.take_export(now_);
  }

  const ExportPlan plan_;
  Seeded random_;
  ChannelName channel_;
  MadeParty north_;
  MadeParty south_;
  UtcMs now_ = kMadeHistoryBegins;
  UtcMs witnessed_at_ = kMadeHistoryBegins;
  uint64_t released_ = 0;
  uint64_t exchanges_ = 0;
  std::optional<MadeMessage> heard_by_north_;
  std::optional<MadeMessage> heard_by_south_;
};

}  // namespace

Status make_exports_with(const std::string& pki, const std::string& directory,
                         const ExportPlan& plan) {
  try {
    History history(plan);
    history.run(pki, directory);
  } catch (const MakingFailed& failed) {
    return make_error(ErrorCode::failed, failed.what());
  }
  return ok();
}

Status make_exports(const std::string& directory, const ExportPlan& plan) {
  namespace fs = std::filesystem;
  fs::create_directories(directory + "/trust");
  auto pki = create_dev_pki(directory + "/pki", {}, kMadeHistoryBegins);
  if (!pki) return pki.error();
  for (const char* party : {"north", "south"}) {
    const std::string name = "/trust/" + std::string(party) + "-ca.crt";
    fs::copy_file(directory + "/pki" + name, directory + name);
  }
  return make_exports_with(directory + "/pki", directory, plan);
}

}  // namespace hotline::audit
