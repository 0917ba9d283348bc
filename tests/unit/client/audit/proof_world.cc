#include "tests/unit/client/audit/proof_world.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "certs/dev_pki.h"
#include "certs/key_file.h"
#include "protocol/log/cosignature.h"
#include "protocol/message/serial.h"

namespace hotline::audit {
namespace {

Bytes text_body() {
  BodyFields body;
  body.subject = "Search and rescue helicopter, 1 aircraft";
  body.texts = {{"en", "One helicopter of ours looks for a fishing boat.", true, ""}};
  body.content = TextContentFields{};
  return build_body(body);
}

Bytes envelope_of(uint64_t index, const PartFields& part) {
  EnvelopeFields envelope;
  envelope.id = format_serial("S", index + 1);
  envelope.type = wire::MessageType::text;
  envelope.precedence = wire::Precedence::immediate;
  envelope.mode = wire::Mode::live;
  envelope.from = "south";
  envelope.to = "north";
  envelope.drafted_at = envelope.released_at = *parse_rfc3339("2026-11-22T14:02:00Z");
  envelope.drafter_role = envelope.releaser_role = wire::Role::operator_;
  envelope.language = "en";
  envelope.parts = {part};
  return build_envelope(envelope);
}

Ed25519Signer signer(const std::string& key_file) {
  const auto key = load_private_key(key_file);
  if (!key) throw std::runtime_error(key.error().reason);
  const auto seed = ed25519_seed(key->get());
  if (!seed) throw std::runtime_error(seed.error().reason);
  return *Ed25519Signer::create(*seed);
}

}  // namespace

ProofWorld::ProofWorld() : made_at(*parse_rfc3339("2026-11-22T12:00:00Z")) {
  std::string pattern = testing::TempDir() + "hotline-proof-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory_ = pattern;
  const auto pki = create_dev_pki(path("pki"), {}, made_at);
  if (!pki) throw std::runtime_error(pki.error().reason);
  salt.fill(0x77);
  body = text_body();
  const PartFields part = describe_part(wire::PartKind::body, salt, body);
  for (uint64_t i = 0; i < kSize; ++i) tree_.append(leaf_hash(envelope_of(i, part)));
  envelope = envelope_of(kIndex, part);
}

ProofWorld::~ProofWorld() {
  std::filesystem::remove_all(directory_);
}

ProofFile ProofWorld::proof() const {
  ProofFile proof;
  proof.index = kIndex;
  proof.hashes = inclusion_proof(tree_, kIndex, kSize);
  proof.checkpoint_note = receipt(static_cast<uint64_t>(made_at / 1000) + 3600);
  proof.envelope = envelope;
  proof.body = HeldPart{salt, body};
  proof.log_certificate = der("south/log.crt");
  proof.receipt_certificate = der("north/receipt.crt");
  return proof;
}

std::string ProofWorld::receipt(uint64_t time_s) const {
  return receipt(transcript_origin(channel, "south", 0), "south/log.key", "north/receipt.key",
                 time_s);
}

std::string ProofWorld::receipt(const std::string& origin, const std::string& log_key_file,
                                const std::string& receipt_key_file, uint64_t time_s) const {
  Ed25519Signer log = signer(path("pki/" + log_key_file));
  Ed25519Signer cosigner = signer(path("pki/" + receipt_key_file));
  const Checkpoint checkpoint{origin, kSize, tree_.frontier().root()};
  const NoteKey log_key{log_key_name(channel, "south"), kNoteTypeEd25519, log.public_key()};
  const NoteKey receipt_key{receipt_key_name(channel, "north"), kNoteTypeCosignatureV1,
                            cosigner.public_key()};
  return append_signature_line(
      sign_checkpoint(checkpoint, log_key, log),
      cosign(format_checkpoint_text(checkpoint), time_s, receipt_key, cosigner));
}

Bytes ProofWorld::der(const std::string& name) const {
  const auto certificate = load_certificate(path("pki/" + name));
  if (!certificate) throw std::runtime_error(certificate.error().reason);
  uint8_t* encoded = nullptr;
  const int size = i2d_X509(certificate->get(), &encoded);
  Bytes bytes(encoded, encoded + size);
  OPENSSL_free(encoded);
  return bytes;
}

std::string ProofWorld::write(const std::string& name, const std::string& content) const {
  std::ofstream(path(name), std::ios::binary) << content;
  return path(name);
}

const ProofWorld& proof_world() {
  static const ProofWorld world;
  return world;
}

}  // namespace hotline::audit
