// Proof files, and what `hotline audit check` says of them.
#include "client/audit/proof_check.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "client/audit/pem.h"
#include "protocol/base/limits.h"
#include "protocol/terminal/exit_code.h"
#include "tests/unit/client/audit/proof_world.h"
#include "tests/unit/client/terminal.h"

namespace hotline::audit {
namespace {

TrustDirectory trust() {
  return *TrustDirectory::open(proof_world().trust());
}

void expect_failed(const ProofFile& proof, const std::string& because) {
  const auto checked = check_proof(format_proof_file(proof), trust());
  ASSERT_FALSE(checked) << because;
  EXPECT_NE(checked.error().reason.find(because), std::string::npos) << checked.error().reason;
}

TEST(Pem, HasOneSpelling) {
  const std::string one = format_pem({"HOTLINE SALT", Bytes(50, 7)});
  EXPECT_EQ(one,
            "-----BEGIN HOTLINE SALT-----\n"
            "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\n"
            "Bwc=\n"
            "-----END HOTLINE SALT-----\n")
      << one;
  EXPECT_EQ(*parse_pem(one + one), (std::vector<PemBlock>(2, {"HOTLINE SALT", Bytes(50, 7)})));
  EXPECT_TRUE(parse_pem("")->empty());
  for (size_t at = 0; at < one.size(); ++at) {
    std::string without = one;
    without.erase(at, 1);
    const auto parsed = parse_pem(without);
    EXPECT_FALSE(parsed && parsed->size() == 1 && parsed->front().label == "HOTLINE SALT" &&
                 parsed->front().bytes == Bytes(50, 7))
        << at;
    EXPECT_FALSE(parse_pem(one.substr(0, at)) && at > 0) << at;
  }
  EXPECT_FALSE(parse_pem("\n" + one));
  EXPECT_FALSE(parse_pem(one + "\n"));
}

TEST(ProofFile, ReadsWhatItWrites) {
  ProofFile proof = proof_world().proof();
  EXPECT_EQ(*parse_proof_file(format_proof_file(proof)), proof);
  proof.body.reset();
  EXPECT_EQ(*parse_proof_file(format_proof_file(proof)), proof);
}

TEST(ProofFile, HasRoomForTheLargestMessage) {
  ProofFile proof = proof_world().proof();
  proof.envelope.assign(limits::kEnvelopeSizeMax, 1);
  proof.body->bytes.assign(limits::kBodySizeMax, 2);
  proof.log_certificate.assign(16 * 1024, 3);
  proof.receipt_certificate.assign(16 * 1024, 4);
  proof.hashes.assign(limits::kProofHashesMax, Hash{});
  const std::string file = format_proof_file(proof);
  EXPECT_LE(file.size(), proof_file_size_max());
  EXPECT_EQ(*parse_proof_file(file), proof);
}

TEST(ProofCheck, AGoodProofIsVerified) {
  const auto message = check_proof(format_proof_file(proof_world().proof()), trust());
  ASSERT_TRUE(message) << message.error().reason;
  EXPECT_EQ(message->names.sender, "south");
  EXPECT_EQ(message->names.receiver, "north");
  EXPECT_EQ(message->receipted_at(), proof_world().made_at + 3'600'000);
  EXPECT_EQ(message->signed_for.checkpoint.size, ProofWorld::kSize);
  EXPECT_TRUE(message->unchecked.empty());
}

TEST(ProofCheck, AnyAlteredByteIsFailed) {
  const std::string good = format_proof_file(proof_world().proof());
  const TrustDirectory trusted = trust();
  ASSERT_TRUE(check_proof(good, trusted));
  for (size_t at = 0; at < good.size(); ++at) {
    std::string altered = good;
    altered[at] = static_cast<char>(altered[at] ^ (at % 2 == 0 ? 0x01 : 0x02));
    EXPECT_FALSE(check_proof(altered, trusted)) << "byte " << at;
    altered = good;
    altered.erase(at, 1);
    EXPECT_FALSE(check_proof(altered, trusted)) << "without byte " << at;
  }
}

// With its base64 made anew: what is signed for, and the certificates with the outer parts that no
// signature covers.
TEST(ProofCheck, AnyAlteredByteWithinTheExtraDataIsFailed) {
  const ProofFile good = proof_world().proof();
  const TrustDirectory trusted = trust();
  const auto expect_all_failed = [&](auto member) {
    ProofFile altered = good;
    Bytes& bytes = member(altered);
    for (size_t at = 0; at < bytes.size(); ++at) {
      const auto bit = static_cast<uint8_t>(1 << (at % 8));
      bytes[at] ^= bit;
      EXPECT_FALSE(check_proof(format_proof_file(altered), trusted)) << "byte " << at;
      bytes[at] ^= bit;
    }
  };
  expect_all_failed([](ProofFile& proof) -> Bytes& { return proof.envelope; });
  expect_all_failed([](ProofFile& proof) -> Bytes& { return proof.body->bytes; });
  expect_all_failed([](ProofFile& proof) -> Bytes& { return proof.log_certificate; });
  expect_all_failed([](ProofFile& proof) -> Bytes& { return proof.receipt_certificate; });
}

TEST(ProofCheck, TheKeysMustBeThoseOfTheirPartyAndPurpose) {
  const ProofWorld& world = proof_world();
  ProofFile proof = world.proof();
  proof.log_certificate = world.der("south/receipt.crt");
  expect_failed(proof, "SOUTH's log certificate is refused");
  proof = world.proof();
  proof.log_certificate = world.der("north/log.crt");
  expect_failed(proof, "SOUTH's log certificate is refused");
  proof = world.proof();
  proof.receipt_certificate = world.der("north/witness.crt");
  expect_failed(proof, "NORTH's receipt certificate is refused");

  // Signed with another key of the same party, and of the other.
  const std::string origin = transcript_origin(world.channel, "south", 0);
  const uint64_t time_s = static_cast<uint64_t>(world.made_at / 1000) + 60;
  proof = world.proof();
  proof.checkpoint_note = world.receipt(origin, "south/witness.key", "north/receipt.key", time_s);
  expect_failed(proof, "");
  proof.checkpoint_note = world.receipt(origin, "south/log.key", "south/receipt.key", time_s);
  expect_failed(proof, "");
  proof.checkpoint_note = world.receipt(origin + "1", "south/log.key", "north/receipt.key", time_s);
  expect_failed(proof, "not that of a transcript of ours");
  proof.checkpoint_note = world.receipt(journal_origin(world.channel, "south", 0), "south/log.key",
                                        "north/receipt.key", time_s);
  expect_failed(proof, "not that of a transcript of ours");
}

TEST(ProofCheck, WithoutOneOfTheSignaturesOrWithAThirdItIsFailed) {
  ProofFile proof = proof_world().proof();
  Note note = *parse_note(proof.checkpoint_note);
  note.signatures.pop_back();
  proof.checkpoint_note = format_note(note);
  expect_failed(proof, "the receipt of another party");
  note = *parse_note(proof_world().proof().checkpoint_note);
  note.signatures.push_back({"somebody", 1, Bytes(64, 9)});
  proof.checkpoint_note = format_note(note);
  expect_failed(proof, "alone");
}

TEST(ProofCheck, WhatCannotBeCheckedIsNamed) {
  ProofFile proof = proof_world().proof();
  proof.body.reset();
  auto message = check_proof(format_proof_file(proof), trust());
  ASSERT_TRUE(message) << message.error().reason;
  ASSERT_EQ(message->unchecked.size(), 1u);
  EXPECT_NE(message->unchecked[0].find("the body is not in the proof"), std::string::npos);

  // A day before the certificates begin.
  proof = proof_world().proof();
  proof.checkpoint_note =
      proof_world().receipt(static_cast<uint64_t>(proof_world().made_at / 1000) - 86'400);
  message = check_proof(format_proof_file(proof), trust());
  ASSERT_TRUE(message) << message.error().reason;
  ASSERT_EQ(message->unchecked.size(), 2u);
  EXPECT_NE(message->unchecked[0].find("SOUTH's log certificate"), std::string::npos);
  EXPECT_NE(message->unchecked[1].find("NORTH's receipt certificate"), std::string::npos);
}

TEST(ProofCheck, ABodyOfAnotherMessageIsFailed) {
  ProofFile proof = proof_world().proof();
  proof.body->salt[31] ^= 1;
  expect_failed(proof, "the body is not the one that the envelope names");
}

TEST(TrustDirectory, MustHoldACaCertificate) {
  const ProofWorld& world = proof_world();
  const std::string empty = world.path("empty");
  std::filesystem::create_directories(empty);
  EXPECT_EQ(TrustDirectory::open(empty).error().code, ErrorCode::configuration);
  EXPECT_EQ(TrustDirectory::open(world.path("missing")).error().code, ErrorCode::configuration);
  std::filesystem::create_directories(world.path("one"));
  std::filesystem::copy_file(world.trust() + "/north-ca.crt", world.path("one/north-ca.crt"),
                             std::filesystem::copy_options::overwrite_existing);
  const auto one = TrustDirectory::open(world.path("one"));
  ASSERT_TRUE(one);
  const auto checked = check_proof(format_proof_file(world.proof()), *one);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::configuration) << "nobody said that it proves nothing";
  EXPECT_NE(checked.error().reason.find("has no south-ca.crt"), std::string::npos);
}

class AuditCheckTest : public testing::Test {
 protected:
  int check(const ProofFile& proof, std::vector<std::string> more = {}) {
    const std::string file = world_.write("S-000006.proof", format_proof_file(proof));
    more.insert(more.begin(), {"audit", "check", file, "--trust", world_.trust()});
    return terminal_.run(more);
  }

  const ProofWorld& world_ = proof_world();
  client::Terminal terminal_;
};

TEST_F(AuditCheckTest, WithoutACaCertificateNothingIsJudged) {
  std::filesystem::create_directories(world_.path("one"));
  std::filesystem::copy_file(world_.trust() + "/north-ca.crt", world_.path("one/north-ca.crt"),
                             std::filesystem::copy_options::overwrite_existing);
  const std::string file = world_.write("S-000006.proof", format_proof_file(world_.proof()));
  EXPECT_EQ(terminal_.run({"audit", "check", file, "--trust", world_.path("one")}),
            kExitConfiguration);
  EXPECT_EQ(terminal_.out(), "");
  EXPECT_NE(terminal_.err().find("has no south-ca.crt"), std::string::npos) << terminal_.err();
}

TEST_F(AuditCheckTest, PrintsTheMessageInFullAndWhoSigned) {
  EXPECT_EQ(check(world_.proof()), kExitDone) << terminal_.err();
  const std::string out = terminal_.out();
  EXPECT_EQ(out.rfind("Search and rescue helicopter, 1 aircraft\n"
                      "\n"
                      "  en, original\n"
                      "    One helicopter of ours looks for a fishing boat.\n"
                      "\n"
                      "  Message       S-000006\n"
                      "  Type          text\n",
                      0),
            0u)
      << out;
  EXPECT_NE(out.find("\n  sent by       SOUTH, log key of certificate "), std::string::npos) << out;
  EXPECT_NE(out.find("\n  received by   NORTH, receipt key of certificate "), std::string::npos);
  EXPECT_NE(out.find("\n  received at   2026-11-22T13:00:00.000Z, by the clock of NORTH\n"
                     "  stands at     leaf 5 of the 13 that both signed for\n"
                     "  root          "),
            std::string::npos);
  EXPECT_NE(out.find("\nVERIFIED: SOUTH sent this and NORTH signed that it holds it.  Trusted: "
                     "south-ca.crt, north-ca.crt (DEV ONLY)\n"),
            std::string::npos);
}

TEST_F(AuditCheckTest, SaysFailedAndShowsNothingOfTheMessage) {
  ProofFile proof = world_.proof();
  proof.index = 6;
  EXPECT_EQ(check(proof), kExitVerificationFailed);
  EXPECT_EQ(terminal_.out().rfind("FAILED: the leaf does not stand at index 6", 0), 0u)
      << terminal_.out();
  EXPECT_EQ(terminal_.out().find("helicopter"), std::string::npos);
  EXPECT_EQ(check(proof, {"--json"}), kExitVerificationFailed);
  EXPECT_EQ(terminal_.out().rfind("{\"v\":1,\"verdict\":\"FAILED\",\"reason\":\"", 0), 0u);
  const std::string long_file = world_.write("long", std::string(1 << 20, 'x'));
  EXPECT_EQ(terminal_.run({"audit", "check", long_file, "--trust", world_.trust()}),
            kExitVerificationFailed);
}

TEST_F(AuditCheckTest, SaysIncompleteWhenTheBodyIsNotHeld) {
  ProofFile proof = world_.proof();
  proof.body.reset();
  EXPECT_EQ(check(proof), kExitIncomplete);
  EXPECT_NE(terminal_.out().find("  Message       S-000006\n"), std::string::npos);
  EXPECT_NE(terminal_.out().find("  not checked   the body is not in the proof"),
            std::string::npos);
  EXPECT_NE(terminal_.out().find("\nINCOMPLETE: SOUTH sent this"), std::string::npos);
  EXPECT_EQ(check(proof, {"--json"}), kExitIncomplete);
  EXPECT_EQ(
      terminal_.out().rfind("{\"v\":1,\"verdict\":\"INCOMPLETE\",\"unchecked\":[\"the body", 0),
      0u);
}

TEST_F(AuditCheckTest, WantsToKnowWhomToTrust) {
  const std::string file = world_.write("good.proof", format_proof_file(world_.proof()));
  EXPECT_EQ(terminal_.run({"audit", "check", file}), kExitUsage);
  EXPECT_EQ(terminal_.run({"audit", "check", file, "--trust", world_.path("nowhere")}),
            kExitConfiguration);
  EXPECT_EQ(terminal_.run({"audit", "check", file + "x", "--trust", world_.trust()}),
            kExitNotFound);
}

}  // namespace
}  // namespace hotline::audit
