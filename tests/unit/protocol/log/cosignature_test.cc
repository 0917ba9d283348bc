#include "protocol/log/cosignature.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/log/merkle.h"
#include "tests/test_party.h"

namespace hotline {
namespace {

// A checkpoint of a public Certificate Transparency log, as its log and four independent witnesses
// signed it on 2026-05-23. The first signature line is of a type that this system does not use.
constexpr char kPublicNote[] =
    "arche2025h1.staging.ct.transparency.dev\n"
    "1432088532\n"
    "U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n"
    "\n"
    "— arche2025h1.staging.ct.transparency.dev "
    "zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHb"
    "dQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n"
    "— arche2025h1.staging.ct.transparency.dev "
    "ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygN"
    "I75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n"
    "— transparency.dev/DEV:witness-little-garden "
    "2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgc"
    "qoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==\n"
    "— witness1.smartit.nu/witness1 "
    "pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3"
    "u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==\n"
    "— remora.n621.de "
    "2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5"
    "XeU/zZ0WBxtqB0DrAWfBw==\n"
    "— witness.stagemole.eu "
    "Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2T"
    "UFucgKi7lI7cUiOvKFYe/TmN9DAg==\n";
constexpr char kPublicLog[] =
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f";
struct PublicWitness {
  const char* name_and_id;
  const char* key;
};
constexpr PublicWitness kPublicWitnesses[] = {
    {"transparency.dev/DEV:witness-little-garden+d8042a87",
     "BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM"},
    {"witness1.smartit.nu/witness1+a48c820f", "BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO"},
    {"remora.n621.de+da77ade7", "BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"},
    {"witness.stagemole.eu+67f7aea0", "BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv"},
};

TEST(Cosignature, VerifiesThoseOfPublicWitnesses) {
  NoteKey log_key = parse_vkey(kPublicLog).value();
  Ed25519Verifier log_verifier = Ed25519Verifier::create(log_key.public_key).value();
  for (const PublicWitness& witness : kPublicWitnesses) {
    NoteKey key = parse_vkey(std::string(witness.name_and_id) + "+" + witness.key).value();
    Ed25519Verifier verifier = Ed25519Verifier::create(key.public_key).value();
    CheckpointTrust trust{"arche2025h1.staging.ct.transparency.dev", log_key, &log_verifier, key,
                          &verifier};
    Result<Checkpoint> checkpoint =
        open_checkpoint(kPublicNote, trust.origin, log_key, log_verifier);
    ASSERT_TRUE(checkpoint) << checkpoint.error().reason;
    EXPECT_EQ(checkpoint->size, 1432088532u);
    EXPECT_EQ(verify_cosignature(kPublicNote, key, verifier).value(), 0x6a122120u);
    // Others signed as well: good as a note, not as a receipt of ours.
    EXPECT_FALSE(open_cosigned_checkpoint(kPublicNote, trust));
  }
}

TEST(Cosignature, AReceiptBearsTwoSignaturesInOrder) {
  TestChannel test;
  Checkpoint checkpoint{test.origin, 42, leaf_hash(as_bytes("root"))};
  std::string text = format_checkpoint_text(checkpoint);
  std::string log_note = sign_checkpoint(checkpoint, test.log.key, test.log.signer);
  std::string log_line = log_note.substr(text.size() + 1);
  std::string receipt_line = cosign(text, 1, test.receipt.key, test.receipt.signer);
  EXPECT_TRUE(open_cosigned_checkpoint(text + "\n" + log_line + receipt_line, test.trust()));
  EXPECT_FALSE(open_cosigned_checkpoint(text + "\n" + receipt_line + log_line, test.trust()));
  std::string other_line = format_signature_line({"somebody", 7, {1, 2, 3}});
  std::string three = text + "\n" + log_line + receipt_line + other_line;
  EXPECT_FALSE(open_cosigned_checkpoint(three, test.trust()));
  EXPECT_EQ(keep_signature(three, test.log.key).value(), log_note);
  EXPECT_FALSE(keep_signature(text + "\n" + other_line, test.log.key));
}

// The signed bytes, one by one, so that a mistake shared by cosign() and verify_cosignature()
// shows.
TEST(Cosignature, SignsTheMessageOfTheSpecification) {
  TestChannel test;
  Checkpoint checkpoint{"example.com/behind-the-sofa", 20852163, {}};
  Bytes root = from_base64("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=").value();
  std::copy(root.begin(), root.end(), checkpoint.root.begin());
  std::string line =
      cosign(format_checkpoint_text(checkpoint), 1679315147, test.receipt.key, test.receipt.signer);

  Bytes payload{0, 0, 0, 0, 0x64, 0x18, 0x50, 0xcb};
  Bytes signature =
      test.receipt.signer.sign(as_bytes("cosignature/v1\n"
                                        "time 1679315147\n"
                                        "example.com/behind-the-sofa\n"
                                        "20852163\n"
                                        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"));
  payload.insert(payload.end(), signature.begin(), signature.end());
  EXPECT_EQ(line,
            format_signature_line({test.receipt.key.name, test.receipt.key.key_id(), payload}));
}

TEST(Cosignature, AReceiptThereAndBack) {
  TestChannel test;
  Checkpoint checkpoint{test.origin, 42, leaf_hash(as_bytes("root"))};
  std::string note = test.receipted(checkpoint, 1679315147);
  Result<CosignedCheckpoint> opened = open_cosigned_checkpoint(note, test.trust());
  ASSERT_TRUE(opened) << opened.error().reason;
  EXPECT_EQ(*opened, (CosignedCheckpoint{checkpoint, 1679315147}));
  // The checkpoint can still be opened alone.
  EXPECT_TRUE(open_checkpoint(note, test.origin, test.log.key, test.log.verifier));
}

// The log knows what it signed, and checks again only what is not exactly that.
TEST(Cosignature, TheLogKnowsItsOwnSignature) {
  struct NobodyAsks : SignatureVerifier {
    bool verify(ByteView, ByteView) const override {
      ADD_FAILURE() << "the log's own signature was checked";
      return true;
    }
  };
  TestChannel test;
  const Checkpoint checkpoint{test.origin, 42, leaf_hash(as_bytes("root"))};
  const std::string own = sign_checkpoint(checkpoint, test.log.key, test.log.signer);
  const std::string receipt = test.receipted(checkpoint, 1679315147);
  const NobodyAsks nobody_asks;
  CheckpointTrust trust = test.trust();
  trust.log_verifier = &nobody_asks;
  Result<CosignedCheckpoint> opened = open_cosigned_checkpoint(receipt, trust, own);
  ASSERT_TRUE(opened);
  EXPECT_EQ(*opened, (CosignedCheckpoint{checkpoint, 1679315147}));
  // The cosigner's is checked as ever.
  std::string forged = receipt;
  forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(open_cosigned_checkpoint(forged, trust, own));
  // A note that is not the one signed gets no credit for it.
  std::string other = receipt;
  const size_t signature = own.size() - 10;
  other[signature] = other[signature] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(open_cosigned_checkpoint(other, test.trust(), own));
  EXPECT_FALSE(open_cosigned_checkpoint(own, test.trust(), own));
}

// A receipt as it travels and is kept, byte for byte. The signatures were made once with the
// openssl program, from these keys' seeds and these messages, without any code of ours.
TEST(Cosignature, AReceiptHasTheseBytes) {
  TestChannel test;
  EXPECT_EQ(
      test.receipted({test.origin, 42, leaf_hash(as_bytes("root"))}, 1679315147),
      "hotline/5a0102030405060708090a0b0c0d0e0f/live/north/transcript/1\n"
      "42\n"
      "PAb5plclr2BSYfY2ZyyWINQJcx2JpFHXRV/pxK4WeCk=\n"
      "\n"
      "— hotline/5a0102030405060708090a0b0c0d0e0f/live/north Mjarfmt9rLB50AdAm63j/jDkVD2zmmiSnZ"
      "tZa20n2cvs9mL0gcxrdUFKLOlQLRuQylZA0us8Rs0o55Gi1ONbMkQcdQU=\n"
      "— hotline/5a0102030405060708090a0b0c0d0e0f/live/south/receipt nUFQcwAAAABkGFDLTh015yNDgc"
      "cSLqcvhNhSWpYa4cqudUmZfl+Xk8ZbWwTgVVn2BTzAf833PUeZU3lnxpAIBir+9safBHw8GDZEBQ==\n");
}

TEST(Cosignature, BothSignaturesAreNeeded) {
  TestChannel test;
  Checkpoint checkpoint{test.origin, 42, leaf_hash(as_bytes("root"))};
  std::string text = format_checkpoint_text(checkpoint);
  std::string log_only = sign_checkpoint(checkpoint, test.log.key, test.log.signer);
  EXPECT_FALSE(open_cosigned_checkpoint(log_only, test.trust()));
  std::string cosignature_only =
      text + "\n" + cosign(text, 1, test.receipt.key, test.receipt.signer);
  EXPECT_TRUE(verify_cosignature(cosignature_only, test.receipt.key, test.receipt.verifier));
  EXPECT_FALSE(open_cosigned_checkpoint(cosignature_only, test.trust()));
}

// A receipt on one checkpoint, moved under another, says nothing about it.
TEST(Cosignature, CannotBeMovedToAnotherCheckpointOrTime) {
  TestChannel test;
  Checkpoint earlier{test.origin, 42, leaf_hash(as_bytes("root"))};
  Checkpoint later{test.origin, 43, leaf_hash(as_bytes("later"))};
  std::string line =
      cosign(format_checkpoint_text(earlier), 1, test.receipt.key, test.receipt.signer);
  std::string moved =
      append_signature_line(sign_checkpoint(later, test.log.key, test.log.signer), line);
  Result<CosignedCheckpoint> opened = open_cosigned_checkpoint(moved, test.trust());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::verification_failed);

  Note note = parse_note(test.receipted(earlier, 1)).value();
  note.signatures[1].signature[7] = 2;  // The last byte of the time.
  EXPECT_FALSE(open_cosigned_checkpoint(format_note(note), test.trust()));
}

TEST(Cosignature, RefusesATimeBeyondTheLargestAndPayloadsOfAnotherLength) {
  TestChannel test;
  std::string text = format_checkpoint_text({test.origin, 42, {}});
  std::string latest =
      cosign(text, limits::kCosignatureTimeMax, test.receipt.key, test.receipt.signer);
  EXPECT_EQ(*verify_cosignature(text + "\n" + latest, test.receipt.key, test.receipt.verifier),
            limits::kCosignatureTimeMax);

  // Signed as it should be, but for a time of 2^63.
  Bytes payload(8);
  payload[0] = 0x80;
  Bytes signature =
      test.receipt.signer.sign(as_bytes("cosignature/v1\ntime 9223372036854775808\n" + text));
  payload.insert(payload.end(), signature.begin(), signature.end());
  NoteSignature too_late{test.receipt.key.name, test.receipt.key.key_id(), payload};
  NoteSignature without_time{too_late.name, too_late.key_id, signature};
  NoteSignature too_long = too_late;
  too_long.signature.push_back(0);
  for (const NoteSignature& bad : {too_late, without_time, too_long}) {
    Result<uint64_t> time_s = verify_cosignature(text + "\n" + format_signature_line(bad),
                                                 test.receipt.key, test.receipt.verifier);
    ASSERT_FALSE(time_s);
    EXPECT_EQ(time_s.error().code, ErrorCode::verification_failed);
  }
}

// The same private key under both types must not let one kind of signature pass for the other.
TEST(Cosignature, ALogsSignatureIsNoCosignature) {
  TestChannel test;
  NoteKey as_cosigner{test.log.key.name, kNoteTypeCosignatureV1, test.log.key.public_key};
  std::string text = format_checkpoint_text({test.origin, 42, {}});
  Bytes payload(8);
  Bytes signature = test.log.signer.sign(as_bytes(text));
  payload.insert(payload.end(), signature.begin(), signature.end());
  std::string note =
      text + "\n" + format_signature_line({as_cosigner.name, as_cosigner.key_id(), payload});
  EXPECT_FALSE(verify_cosignature(note, as_cosigner, test.log.verifier));
  EXPECT_FALSE(verify_cosignature(note, test.log.key, test.log.verifier));
}

}  // namespace
}  // namespace hotline
