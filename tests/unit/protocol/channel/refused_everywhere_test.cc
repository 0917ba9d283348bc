// A message of each kind whose content says nothing breaks the rules of its kind at all three
// places: where it is drafted, at its party's daemon, and at the receiver of a peer that runs other
// software.
#include <gtest/gtest.h>

#include <utility>

#include "protocol/base/strict_flatbuffer.h"
#include "protocol/message/draft.h"
#include "protocol/message/kinds/kinds.h"
#include "tests/made_draft.h"
#include "tests/unit/protocol/channel/scripted_peer.h"

namespace hotline {
namespace {

using Contents = std::vector<ContentFields>;

template <size_t... I>
Contents empty_contents_of(std::index_sequence<I...>) {
  return {ContentFields(std::in_place_index<I>)...};
}

// A text has no field.
Contents empty_contents() {
  Contents all = empty_contents_of(std::make_index_sequence<std::variant_size_v<ContentFields>>());
  std::erase_if(
      all, [](const ContentFields& one) { return std::holds_alternative<TextContentFields>(one); });
  return all;
}

BodyFields body_of(const ContentFields& content) {
  BodyFields body;
  body.subject = "Test";
  if (kind_of(type_of(content)).needs_texts(false)) {
    body.texts.push_back({"en", "A text.", true, ""});
  }
  body.content = content;
  return body;
}

class RefusedEverywhere : public testing::TestWithParam<size_t> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(peer.start());
    link = peer.link_up();
    peer.own.append(peer.text());
    peer.say(link, peer.messages_frame(0, 1));
    const auto answer = peer.answer(peer.submit_text());
    ASSERT_TRUE(answer && *answer);
  }

  const ContentFields content = empty_contents()[GetParam()];
  const Kind& kind = kind_of(type_of(content));
  ScriptedPeer peer;
  LinkId link = 0;
};

TEST_P(RefusedEverywhere, WhatSaysNothingOfItsKind) {
  const char* target = kind.speaks_of == SpeaksOf::own ? "N-000001" : "S-000001";
  const std::vector<std::string> references(kind.speaks_of_another() ? 1 : 0, target);

  const Bytes draft = made_draft(kind.type, static_cast<uint8_t>(wire::Precedence::routine),
                                 build_body(body_of(content)), references);
  const auto opened = open_flatbuffer<wire::Draft>(draft, kDraftIdentifier);
  ASSERT_TRUE(opened);
  const auto problems = check_draft(**opened, {"north", "N", "south", "S", false}, peer.now().utc);
  EXPECT_TRUE(!problems || !problems->empty()) << "where it is drafted";

  const auto answer =
      peer.answer(peer.submit(kind.type, wire::Precedence::routine, body_of(content), references));
  ASSERT_TRUE(answer.has_value());
  EXPECT_FALSE(*answer) << "at its party's daemon";

  EnvelopeFields envelope = peer.envelope(kind.type);
  envelope.mode = kind.mode(false);
  if (kind.speaks_of == SpeaksOf::own) {
    envelope.references.push_back({"S-000001", peer.own.root_at(1)});
  } else if (kind.speaks_of_another()) {
    envelope.references.push_back({"N-000001", peer.disk().message({false, 1})->leaf_hash});
  }
  ++peer.last_serial;
  peer.own.append(ScriptedPeer::write(envelope, body_of(content)));
  peer.say(link, peer.messages_frame(1, 2));
  const auto received = peer.recorded<wire::Received>();
  ASSERT_EQ(received.size(), 2u);
  EXPECT_EQ(received[0]->decline_code(), 0);
  EXPECT_NE(received[1]->decline_code(), 0) << "at the receiver";
}

INSTANTIATE_TEST_SUITE_P(EachKind, RefusedEverywhere,
                         testing::Range<size_t>(0, empty_contents().size()), [](const auto& one) {
                           std::string name = kind_of(type_of(empty_contents()[one.param])).key;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace hotline
