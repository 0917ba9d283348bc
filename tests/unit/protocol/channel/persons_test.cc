// People in the journal: what stands beside an entry is read back as it was written, and of each
// certificate the journal keeps one copy, also over a restart.
#include "protocol/channel/persons.h"

#include <gtest/gtest.h>

#include "protocol/channel/person_part.h"
#include "tests/unit/protocol/channel/scripted_peer.h"

namespace hotline {
namespace {

TEST(PersonPart, IsReadAsItWasWritten) {
  const Bytes bytes = {1, 2, 3, 0, 255};
  const std::string signed_text = signed_part("ann", "Hotline: x\naction: y\n", bytes);
  EXPECT_EQ(signed_text, "ann\nHotline: x\naction: y\nsignature: AQIDAP8=\n");
  const PersonPart read = read_person_part(signed_text);
  EXPECT_EQ(read.name, "ann");
  EXPECT_EQ(read.statement, "Hotline: x\naction: y\n");
  EXPECT_EQ(read.signature, bytes);
  EXPECT_TRUE(read.certificate.empty());
  const std::string kept = certificate_part("bob", bytes);
  EXPECT_EQ(read_person_part(kept).certificate, bytes);
  EXPECT_TRUE(read_person_part(kept).statement.empty());
  EXPECT_EQ(person_name(signed_text), "ann");
}

TEST(PersonPart, WhatIsOfNoSuchFormIsAName) {
  for (const char* part : {"", "ann", "ann\n", "ann\nx", "ann\nx\n", "ann\nsignature: AQ==",
                           "ann\nsignature: A\n", "ann\nx\ncertificate: AQ==\n"}) {
    const PersonPart read = read_person_part(part);
    EXPECT_TRUE(read.statement.empty()) << part;
    EXPECT_TRUE(read.certificate.empty()) << part;
    EXPECT_EQ(read.name, std::string_view(part).substr(0, 3)) << part;
  }
}

class SigningPeople : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(peer.start()); }

  Actor person(const std::string& name, uint8_t certificate) {
    Actor actor{name, Hash{certificate}, {static_cast<uint8_t>(wire::Role::supervisor)}};
    actor.certificate_der = std::make_shared<const Bytes>(Bytes{certificate, 7});
    actor.signed_part = signed_part(name, "said\n", Bytes{1});
    return actor;
  }
  void act(const Actor& actor) {
    peer.core().start_handover(peer.now(), ++last_token, actor, {}, "");
    peer.settle();
  }
  size_t kept_certificates() {
    size_t count = 0;
    for (const Bytes& bytes : peer.disk().journal()) {
      const auto* entry = flatbuffers::GetRoot<wire::Entry>(bytes.data());
      if (entry->fact_as_SignedOn() != nullptr) ++count;
    }
    return count;
  }

  ScriptedPeer peer;
  uint64_t last_token = 500;
};

TEST_F(SigningPeople, ACertificateIsKeptOnce) {
  act(person("ann", 7));
  act(person("ann", 7));
  EXPECT_EQ(kept_certificates(), 1u);
  peer.crash();
  ASSERT_TRUE(peer.start());
  act(person("ann", 7));
  EXPECT_EQ(kept_certificates(), 1u);
  act(person("bob", 8));
  EXPECT_EQ(kept_certificates(), 2u);
}

TEST_F(SigningPeople, WhoSignsNothingHasNoCertificateKept) {
  Actor actor = person("ann", 7);
  actor.signed_part.clear();
  act(actor);
  EXPECT_EQ(kept_certificates(), 0u);
}

TEST_F(SigningPeople, TheNameIsWhatIsShown) {
  act(person("ann", 7));
  const auto& started = peer.core().handover().started();
  ASSERT_TRUE(started);
  // Another person takes over: the name is told from the signature beside it.
  peer.core().accept_handover(peer.now(), ++last_token, person("ann", 9), started->journal_index,
                              started->hash, {});
  peer.settle();
  ASSERT_FALSE(peer.handover_answers.at(last_token));
  EXPECT_EQ(peer.handover_answers.at(last_token).error().reason,
            "this list was signed by ann: another person takes over");
}

}  // namespace
}  // namespace hotline
