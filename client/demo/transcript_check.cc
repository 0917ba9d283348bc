#include "client/demo/transcript_check.h"

#include <algorithm>

#include "certs/check.h"
#include "certs/key_file.h"
#include "client/connect/connection.h"
#include "protocol/log/cosignature.h"
#include "protocol/log/origin.h"
#include "protocol/message/envelope.h"

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

}  // namespace

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

}  // namespace hotline::client
