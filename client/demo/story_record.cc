// The record, taken away and verified without the daemons.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "certs/check.h"
#include "certs/key_file.h"
#include "client/demo/story.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/cosignature.h"
#include "protocol/log/origin.h"
#include "protocol/message/envelope.h"
#include "protocol/message/names.h"
#include "protocol/terminal/exit_code.h"

namespace hotline::client {
namespace {

constexpr uint64_t kFirstEpoch = 0;

struct PublicKey {
  NoteKey note_key;
  std::unique_ptr<Ed25519Verifier> verifier;
};

Result<PublicKey> read_key(const std::string& certificate_path, const std::string& name,
                           uint8_t type) {
  const auto certificate = load_certificate(certificate_path);
  if (!certificate) return certificate.error();
  const auto read = read_certificate(certificate->get());
  if (!read) return read.error();
  auto verifier = Ed25519Verifier::create(read->public_key);
  if (!verifier) return verifier.error();
  return PublicKey{{name, type, read->public_key},
                   std::make_unique<Ed25519Verifier>(std::move(*verifier))};
}

Error differs(const std::string& what) {
  return make_error(ErrorCode::verification_failed, what);
}

// Both parties' words on the transcript of what one of them sent.
struct TranscriptViews {
  uint64_t sender_size = 0;
  Hash sender_root{};
  uint64_t receipted_size = 0;
  std::string sender_receipt;  // The receiver's cosignature, as the sender holds it,
  uint64_t receiver_size = 0;
  Hash receiver_root{};
  std::string receiver_receipt;  // and as the receiver gave it.
};

void take_view(const wire::StatusReply& status, bool of_sender, TranscriptViews& views) {
  if (of_sender) {
    views.sender_size = status.own_size();
    views.receipted_size = status.own_receipted();
    views.sender_receipt = text(status.own_receipt());
    if (status.own_root() != nullptr) views.sender_root = to_hash(*status.own_root());
  } else {
    views.receiver_size = status.peer_size();
    views.receiver_receipt = text(status.peer_receipt());
    if (status.peer_root() != nullptr) views.receiver_root = to_hash(*status.peer_root());
  }
}

// Checks both signatures on both receipts, with the certificates alone, and that they speak of the
// size and root that both sides have. Errors: verification_failed, or what reading the certificates
// gave.
Result<Checkpoint> check_transcript(const DemoPlaces& places, const std::string& sender,
                                    const std::string& receiver, const TranscriptViews& views) {
  ChannelName channel;
  const auto id = from_hex(places.channel_id);
  if (!id || id->size() != channel.id.size()) return differs("the channel's id is no id");
  std::copy(id->begin(), id->end(), channel.id.begin());
  const auto log_key =
      read_key(places.pki(sender, "log.crt"), log_key_name(channel, sender), kNoteTypeEd25519);
  if (!log_key) return log_key.error();
  const auto receipt_key = read_key(places.pki(receiver, "receipt.crt"),
                                    receipt_key_name(channel, receiver), kNoteTypeCosignatureV1);
  if (!receipt_key) return receipt_key.error();
  const CheckpointTrust trust{transcript_origin(channel, sender, kFirstEpoch), log_key->note_key,
                              log_key->verifier.get(), receipt_key->note_key,
                              receipt_key->verifier.get()};
  if (views.sender_root != views.receiver_root) return differs("the roots differ");
  Checkpoint agreed;
  for (const std::string& receipt : {views.sender_receipt, views.receiver_receipt}) {
    const auto opened = open_cosigned_checkpoint(receipt, trust);
    if (!opened) return opened.error();
    agreed = opened->checkpoint;
    if (agreed.size != views.sender_size || agreed.root != views.sender_root) {
      return differs("the receipt is for another size or root than both have");
    }
  }
  return agreed;
}

}  // namespace

void DemoStory::compare_transcripts() {
  title("Both transcripts are equal, under the signatures of both parties");
  check_direction(north_ann_, south_ann_);
  check_direction(south_ann_, north_ann_);
}

// The transcript of what `sender` sent, as each of the two has it.
void DemoStory::check_direction(const Person& sender, const Person& receiver) {
  const std::string from = sender.party->id();
  const std::string to = receiver.party->id();
  TranscriptViews views;
  wait_until("both have the same transcript of " + from, kPatience_ms, [&] {
    for (const Person& person : {sender, receiver}) {
      const auto reply = need(connect(person)->status());
      take_view(*reply, person.party == sender.party, views);
    }
    return views.sender_size == views.receiver_size && views.receipted_size == views.sender_size;
  });
  const Checkpoint signed_for = need(check_transcript(places_, from, to, views));
  say("sent by " + upper_case(from) + ": " + std::to_string(signed_for.size) + " leaves, root " +
      to_hex(signed_for.root).substr(0, 16) + "…, the same at both,");
  say("  signed by " + upper_case(from) + "'s log key, cosigned by " + upper_case(to) +
      "'s receipt key");
}

void DemoStory::export_and_verify() {
  title("Auditors of both take the record away, and verify it without the daemons");
  for (const Person& eve : {north_eve_, south_eve_}) {
    run(eve, {"audit", "export", directory_ + "/" + eve.party->id() + ".export"});
  }
  for (DemoParty* party : {north_.get(), south_.get()}) need(party->stop());
  say("Both daemons were told to end, and ended in order.");
  const std::string north = directory_ + "/north.export";
  const std::string south = directory_ + "/south.export";
  const std::string trust = directory_ + "/pki/trust";
  for (const std::string& one : {north, south}) {
    const std::string verdict =
        run_alone({"audit", "verify", one, "--trust", trust}, kExitDone, true);
    if (verdict.find("VERIFIED") == std::string::npos) wrong(one + " was not VERIFIED");
  }
  run_alone({"audit", "reconcile", north, south}, kExitDone, true);
}

void DemoStory::catch_a_forgery() {
  title("One bit of one message is changed in a copy of the record");
  const std::string copy = directory_ + "/forged.export";
  std::filesystem::copy(directory_ + "/north.export", copy,
                        std::filesystem::copy_options::recursive);
  // The first message sent; its envelope begins after the two bytes of its length.
  std::string bundle;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(copy + "/sent/tile/entries")) {
    if (entry.is_regular_file()) bundle = entry.path();
  }
  std::fstream file(bundle, std::ios::binary | std::ios::in | std::ios::out);
  constexpr std::streamoff kPlace = 100;
  char byte = 0;
  file.seekg(kPlace);
  file.get(byte);
  file.seekp(kPlace);
  file.put(static_cast<char>(byte ^ 1));
  file.close();
  if (!file) throw CommandFailed{"", make_error(ErrorCode::failed, bundle + " cannot be changed")};
  const std::string verdict =
      run_alone({"audit", "verify", copy, "--trust", directory_ + "/pki/trust"},
                kExitVerificationFailed, true);
  if (verdict.find("sent entry 0") == std::string::npos) wrong("the changed message was not named");
}

void DemoStory::prove_the_flash() {
  title("The FLASH is proved to a third person, who has one file and the two CA certificates");
  const std::string proof = directory_ + "/" + flash_ + ".proof";
  run_alone({"audit", "prove", flash_, "--export", directory_ + "/south.export", "-o", proof},
            kExitDone, true);
  run_alone({"audit", "check", proof, "--trust", directory_ + "/pki/trust"}, kExitDone, true);
}

}  // namespace hotline::client
