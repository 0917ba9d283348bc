// hotline audit list and show: the messages of an export as an auditor reads them.
#include <gtest/gtest.h>

#include <algorithm>

#include "client/report/exported_messages.h"
#include "protocol/message/message_generated.h"
#include "protocol/terminal/exit_code.h"
#include "tests/audit/export_fixture.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

using audit::ExportPlan;
using audit::MadeExports;

const MadeExports& made_talk() {
  static const MadeExports exports([] {
    ExportPlan plan;
    plan.messages = 60;
    plan.unreceipted = true;
    plan.unnumbered = true;
    return plan;
  }());
  return exports;
}

ExportedMessages read_messages(const std::string& directory) {
  auto messages = ExportedMessages::read(directory);
  EXPECT_TRUE(messages) << messages.error().reason;
  return *std::move(messages);
}

// An own message that an acknowledgement of the peer speaks of.
const ExportedMessage& acknowledged_one(const ExportedMessages& messages) {
  for (const ExportedMessage& ack : messages.all()) {
    if (!ack.incoming || ack.references.empty()) continue;
    const auto named = messages.find(ack.references.front());
    if (named) return **named;
  }
  throw std::runtime_error("nothing was acknowledged");
}

size_t count_of(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(ExportedMessages, are_the_same_for_both_parties_but_for_the_names_of_persons) {
  const ExportedMessages north = read_messages(made_talk().north()),
                         south = read_messages(made_talk().south());
  EXPECT_GE(north.all().size(), 60u);
  size_t held = 0;
  for (const ExportedMessage& one : north.all()) {
    const auto other = south.find(one.id);
    if (!other) {
      EXPECT_EQ(one.receipted_at, 0) << one.id;
      continue;
    }
    ++held;
    EXPECT_EQ((*other)->incoming, !one.incoming);
    EXPECT_EQ((*other)->place, one.place);
    EXPECT_EQ((*other)->subject, one.subject);
    EXPECT_EQ((*other)->role, one.role);
    EXPECT_EQ((*other)->references, one.references);
    EXPECT_EQ((*other)->thread, one.thread);
    EXPECT_NE((*other)->person.empty(), one.person.empty());
    const auto words = north.words_of(one), others = south.words_of(**other);
    ASSERT_TRUE(words && others);
    EXPECT_EQ(words->envelope, others->envelope);
    EXPECT_EQ(words->body, others->body);
  }
  EXPECT_EQ(held + 2, north.all().size()) << "the last was not sent, the one before not receipted";
}

TEST(ExportedMessages, one_without_a_place_has_no_words) {
  const ExportedMessages north = read_messages(made_talk().north());
  const ExportedMessage& last = north.all().back();
  EXPECT_FALSE(last.place);
  EXPECT_EQ(last.subject, "");
  EXPECT_NE(last.person, "");
  const auto words = north.words_of(last);
  ASSERT_TRUE(words);
  EXPECT_TRUE(words->envelope.empty());
}

TEST(AuditList, lists_everything_in_the_order_of_the_journal) {
  Terminal terminal;
  ASSERT_EQ(terminal.run({"audit", "list", made_talk().north()}), kExitDone) << terminal.err();
  const ExportedMessages messages = read_messages(made_talk().north());
  size_t at = 0;
  for (const ExportedMessage& one : messages.all()) {
    const size_t found = terminal.out().find(one.id + " ", at);
    ASSERT_NE(found, std::string::npos) << one.id;
    at = found + 1;
  }
  EXPECT_NE(terminal.err().find("Nothing was verified:"), std::string::npos) << terminal.err();
}

TEST(AuditList, chooses_by_message_party_role_kind_precedence_and_time) {
  const ExportedMessages messages = read_messages(made_talk().north());
  const ExportedMessage& one = acknowledged_one(messages);
  const auto expect = [&](std::vector<std::string> options, auto wanted) {
    Terminal terminal;
    std::vector<std::string> words = {"audit", "list", made_talk().north(), "--json"};
    words.insert(words.end(), options.begin(), options.end());
    ASSERT_EQ(terminal.run(words), kExitDone) << terminal.err();
    const auto& all = messages.all();
    const auto fit = static_cast<size_t>(std::count_if(all.begin(), all.end(), wanted));
    EXPECT_EQ(count_of(terminal.out(), "\"leaf\":"), fit) << options.front();
    EXPECT_GT(fit, 0u) << options.front();
    EXPECT_LT(fit, all.size()) << options.front();
    for (const ExportedMessage& each : all) {
      EXPECT_EQ(count_of(terminal.out(), "\"id\":\"" + each.id + "\""), wanted(each) ? 1u : 0u);
    }
  };
  expect({"--message", one.id}, [&](const ExportedMessage& m) {
    return m.id == one.id || (!m.references.empty() && m.references.front() == one.id);
  });
  expect({"--incident", one.id}, [&](const ExportedMessage& m) { return m.thread == one.thread; });
  expect({"--from", "south"}, [](const ExportedMessage& m) { return m.incoming; });
  expect({"--type", "acknowledgement"}, [](const ExportedMessage& m) {
    return m.type == static_cast<uint8_t>(wire::MessageType::acknowledgement);
  });
  expect({"--until", format_rfc3339(one.committed_at)},
         [&](const ExportedMessage& m) { return m.committed_at <= one.committed_at; });
}

TEST(AuditList, chooses_by_role) {
  for (const auto& [role, all] : {std::pair{"operator", true}, std::pair{"machine", false}}) {
    Terminal terminal;
    ASSERT_EQ(terminal.run({"audit", "list", made_talk().north(), "--role", role, "--json"}),
              kExitDone);
    EXPECT_EQ(count_of(terminal.out(), "\"leaf\":"),
              all ? read_messages(made_talk().north()).all().size() : 0u);
  }
}

TEST(AuditList, refuses_what_is_no_role_party_or_message) {
  for (const auto& [option, value] :
       {std::pair{"--role", "king"}, std::pair{"--from", "west"},
        std::pair{"--message", "N-999999"}, std::pair{"--type", "poem"}}) {
    Terminal terminal;
    EXPECT_NE(terminal.run({"audit", "list", made_talk().north(), option, value}), kExitDone)
        << option;
    EXPECT_NE(terminal.err().find(value), std::string::npos) << terminal.err();
  }
}

TEST(AuditShow, shows_the_words_and_what_was_said_of_them) {
  const ExportedMessages messages = read_messages(made_talk().north());
  const ExportedMessage& one = acknowledged_one(messages);
  Terminal terminal;
  ASSERT_EQ(terminal.run({"audit", "show", one.id, "--export", made_talk().north()}), kExitDone)
      << terminal.err();
  EXPECT_NE(terminal.out().find(one.subject), std::string::npos) << terminal.out();
  EXPECT_NE(terminal.out().find("by operator " + one.person), std::string::npos);
  EXPECT_NE(terminal.out().find("leaf " + std::to_string(*one.place) + " of what NORTH sent"),
            std::string::npos);
  EXPECT_NE(terminal.out().find(", held"), std::string::npos);
  EXPECT_NE(terminal.out().find("SOUTH operator"), std::string::npos) << terminal.out();
  EXPECT_NE(terminal.err().find("audit prove " + one.id), std::string::npos);
  ASSERT_EQ(terminal.run({"audit", "show", one.id, "--export", made_talk().north(), "--json"}),
            kExitDone);
  EXPECT_NE(terminal.out().find("\"spoken_of_by\":[{\"id\":\"S-"), std::string::npos)
      << terminal.out();
}

TEST(AuditShow, one_that_has_no_place_or_no_body_is_shown_as_far_as_it_goes) {
  const ExportedMessages messages = read_messages(made_talk().north());
  Terminal terminal;
  ASSERT_EQ(
      terminal.run({"audit", "show", messages.all().back().id, "--export", made_talk().north()}),
      kExitDone);
  EXPECT_NE(terminal.out().find("no place yet"), std::string::npos) << terminal.out();
  ExportPlan plan;
  plan.messages = 5;
  plan.erased_per_mille = 1000;
  const MadeExports erased(plan);
  const ExportedMessages all = read_messages(erased.north());
  const ExportedMessage& first = all.all().front();
  ASSERT_EQ(terminal.run({"audit", "show", first.id, "--export", erased.north()}), kExitDone);
  EXPECT_NE(terminal.run({"audit", "show", "N-999999", "--export", erased.north()}), kExitDone);
  EXPECT_NE(terminal.run({"audit", "show", "N-1"}), kExitDone);
}

}  // namespace
}  // namespace hotline::client
