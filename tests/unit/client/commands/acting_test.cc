// The commands that send: what they submit, and what stands on the screen meanwhile.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>

#include "protocol/base/strict_flatbuffer.h"
#include "protocol/message/body.h"
#include "protocol/message/draft.h"
#include "protocol/message/envelope.h"
#include "protocol/terminal/exit_code.h"
#include "tests/unit/client/documented.h"
#include "tests/unit/client/fake_daemon.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

// A submitted draft, opened.
struct OpenedDraft {
  explicit OpenedDraft(const Bytes& bytes)
      : draft(*open_flatbuffer<wire::Draft>(bytes, kDraftIdentifier)),
        body_bytes(draft->body()->begin(), draft->body()->end()),
        body(*open_body(body_bytes)) {}

  Opened<wire::Draft> draft;
  Bytes body_bytes;
  Opened<wire::Body> body;
};

Bytes stray_missile_body() {
  IncidentFields incident;
  incident.kind = wire::IncidentKind::stray_missile;
  incident.observed_at = at("2026-11-22T14:10:30Z");
  incident.position = Position{54'90000, 20'10000};
  BodyFields body;
  body.subject = "Stray missile";
  body.content = incident;
  return build_body(body);
}

Bytes request_body() {
  BodyFields body;
  body.subject = "Two questions";
  body.content = QuestionsFields{{"Is it yours?", "Where does it go?"}};
  return build_body(body);
}

class ActingTest : public testing::Test {
 protected:
  ActingTest() : terminal_(daemon_.connector()) {
    daemon_.clock = daemon_.committed_at = at("2026-11-22T14:12:07.913Z");
    daemon_.last_counter = 6;
    FakeMessage flash;
    flash.id = "S-000087";
    flash.subject = "Stray missile";
    flash.waits = true;
    flash.body = stray_missile_body();
    FakeMessage request;
    request.id = "S-000088";
    request.type = wire::MessageType::request;
    request.precedence = wire::Precedence::priority;
    request.subject = "Two questions";
    request.body = request_body();
    FakeMessage own;
    own.id = "N-000123";
    own.incoming = false;
    own.committed_at = daemon_.committed_at;
    own.journal_index = 1042;
    daemon_.messages = {request, flash, own};
  }

  FakeMessage& own() { return daemon_.messages.back(); }

  // The receiver acts while the sender waits: receipt at once, acknowledgement after 23 s.
  void let_the_peer_acknowledge() {
    daemon_.on_silence = [this](int64_t timeout_ms) {
      terminal_.pass(timeout_ms);
      if (own().delivered_at == 0) {
        own().delivered_at = at("2026-11-22T14:12:08.021Z");
      } else {
        own().acknowledged_at = at("2026-11-22T14:12:31.440Z");
        own().acknowledged_role = wire::Role::operator_;
      }
    };
  }

  FakeDaemon daemon_;
  Terminal terminal_;
};

TEST_F(ActingTest, SendFillsATemplateAndLooksAsPromised) {
  let_the_peer_acknowledge();
  EXPECT_EQ(terminal_.run({"send", "-p", "flash", "-t", "airspace-crossing", "--set",
                           "where=54.90N 020.10E", "--wait", "acknowledged"}),
            kExitDone)
      << terminal_.err();
  EXPECT_EQ(terminal_.out(),
            "N-000123  FLASH  airspace-crossing\n"
            "  committed     14:12:07.913Z  journal 1042\n"
            "  delivered     14:12:08.021Z  SOUTH, 0.1 s\n"
            "  acknowledged  14:12:31.440Z  SOUTH operator, 23 s   "
            "(acknowledgement is not agreement)\n");
  const OpenedDraft sent(daemon_.committed.at(0).draft);
  EXPECT_EQ(sent.draft->type(), static_cast<uint8_t>(wire::MessageType::incident));
  EXPECT_EQ(sent.body->content_as_incident()->position()->latitude(), 54'90000);
}

TEST_F(ActingTest, APreviewShowsTheMessageAndSendsNothing) {
  const std::vector<std::string> words = {"send", "-p", "routine", "All quiet here.", "--dry-run"};
  EXPECT_EQ(terminal_.run(words), kExitDone) << terminal_.err();
  EXPECT_EQ(terminal_.out().rfind("ROUTINE  text  PREVIEW, not sent\nAll quiet here.\n", 0), 0u)
      << terminal_.out();
  EXPECT_NE(terminal_.err().find("It would go as it stands."), std::string::npos);
  std::vector<std::string> in_json = words;
  in_json.push_back("--json");
  EXPECT_EQ(terminal_.run(in_json), kExitDone);
  EXPECT_EQ(terminal_.out().rfind("{\"v\":1,\"sent\":false,\"precedence\":\"ROUTINE\",", 0), 0u)
      << terminal_.out();
  EXPECT_NE(terminal_.out().find("\"may_be_sent\":true"), std::string::npos);
  daemon_.refusal_of_drafts = "the channel is suspended";
  EXPECT_EQ(terminal_.run(words), kExitRefused);
  EXPECT_NE(terminal_.err().find("It would be refused."), std::string::npos) << terminal_.err();
  daemon_.refusal_of_drafts = "";
  daemon_.roles = {wire::Role::auditor};
  EXPECT_EQ(terminal_.run(words), kExitNotAllowed);
  EXPECT_NE(terminal_.err().find("has no role here that may send this message"), std::string::npos)
      << terminal_.err();
  EXPECT_TRUE(daemon_.committed.empty());
}

TEST_F(ActingTest, SendTakesTextsInTwoLanguages) {
  EXPECT_EQ(terminal_.run({"send", "-p", "Z", "--text", "en=We see it.", "--text",
                           "ru=Мы его видим.", "--incident", "buoy", "--reply-by", "+30m"}),
            kExitDone)
      << terminal_.err();
  const OpenedDraft sent(daemon_.committed.at(0).draft);
  EXPECT_EQ(sent.draft->precedence(), static_cast<uint8_t>(wire::Precedence::flash));
  EXPECT_EQ(sent.draft->language()->str(), "en");
  EXPECT_EQ(sent.draft->incident()->str(), "buoy");
  EXPECT_EQ(sent.draft->reply_by(), terminal_.utc + 1'800'000);
  ASSERT_EQ(sent.body->texts()->size(), 2u);
  for (const auto* text : *sent.body->texts()) {
    EXPECT_EQ(text->original(), text->language()->str() == "en");
  }
}

TEST_F(ActingTest, B18_AThreadIsNamedByAnyOfItsMessages) {
  EnvelopeFields envelope;
  envelope.id = "S-000088";
  envelope.type = wire::MessageType::request;
  envelope.precedence = wire::Precedence::priority;
  envelope.mode = wire::Mode::live;
  envelope.from = "south";
  envelope.to = "north";
  envelope.language = "en";
  envelope.incident = "N-000007";
  envelope.parts = {PartFields{wire::PartKind::body, 10, Hash{}}};
  daemon_.messages[0].envelope = build_envelope(envelope);
  const auto thread_of = [&](std::vector<std::string> words) {
    EXPECT_EQ(terminal_.run(words), kExitDone) << terminal_.err();
    return OpenedDraft(daemon_.committed.back().draft).draft->incident()->str();
  };
  EXPECT_EQ(thread_of({"send", "-p", "R", "--incident", "s-88", "Seen."}), "N-000007");
  EXPECT_EQ(thread_of({"send", "-p", "R", "--incident", "S-87", "Seen."}), "S-000087");
  EXPECT_EQ(thread_of({"send", "-p", "R", "--incident", "@last", "Seen."}), "N-000007");
  EXPECT_EQ(thread_of({"reply", "S-87", "--incident", "S-000087", "Seen."}), "S-000087");
  EXPECT_EQ(thread_of({"reply", "S-87", "--incident", "buoy", "Seen."}), "buoy");
  EXPECT_EQ(terminal_.run({"send", "-p", "R", "--incident", "S-99", "Seen."}), kExitNotFound);
}

TEST_F(ActingTest, AMessageThatATemplateNamesIsFound) {
  EXPECT_EQ(terminal_.run({"send", "-p", "R", "-t", "service", "--set", "action=trace", "--set",
                           "message=s-87"}),
            kExitDone)
      << terminal_.err();
  const OpenedDraft sent(daemon_.committed.at(0).draft);
  EXPECT_EQ(sent.body->content_as_service()->message()->str(), "S-000087");
}

// Editors of other systems end lines with two characters, and begin a file with a mark.
TEST_F(ActingTest, TextsAreTakenAsEditorsWriteThem) {
  const std::string mark = "\xef\xbb\xbf";
  terminal_.in.str(mark + "One line.\r\n\tAnother.\r\n\r\n");
  EXPECT_EQ(terminal_.run({"send", "-p", "routine", "-"}), kExitDone) << terminal_.err();
  EXPECT_EQ(terminal_.run({"send", "-p", "routine", "--text", "en=One\r\ntwo"}), kExitDone);
  const std::string file = terminal_.write(
      "sent.toml", "language = \"en\"\n[texts]\nen = \"" + mark + "One\\r\\ntwo\"\n");
  EXPECT_EQ(terminal_.run({"send", "-p", "routine", "-f", file}), kExitDone) << terminal_.err();
  ASSERT_EQ(daemon_.committed.size(), 3u);
  const auto text_at = [this](size_t i) {
    return OpenedDraft(daemon_.committed[i].draft).body->texts()->Get(0)->text()->str();
  };
  EXPECT_EQ(text_at(0), "One line.\n\tAnother.");
  EXPECT_EQ(text_at(1), "One\ntwo");
  EXPECT_EQ(text_at(2), "One\ntwo");
}

TEST_F(ActingTest, SendReadsStandardInputAndAsksQuestions) {
  terminal_.in.str("One line.\nAnother.\n");
  EXPECT_EQ(terminal_.run({"send", "-p", "routine", "-"}), kExitDone) << terminal_.err();
  const OpenedDraft sent(daemon_.committed.at(0).draft);
  EXPECT_EQ(sent.body->texts()->Get(0)->text()->str(), "One line.\nAnother.");
  EXPECT_EQ(terminal_.run({"send", "-p", "priority", "--question", "Is it yours?", "--question",
                           "Where does it go?"}),
            kExitDone)
      << terminal_.err();
  const OpenedDraft asked(daemon_.committed.at(1).draft);
  EXPECT_EQ(asked.draft->type(), static_cast<uint8_t>(wire::MessageType::request));
  EXPECT_EQ(asked.body->content_as_request()->questions()->size(), 2u);
}

TEST_F(ActingTest, SendReadsVolumesFromAFile) {
  const std::string area = terminal_.write(
      "area.geojson", documented("deconfliction.md", "## Volumes from a file", "json"));
  EXPECT_EQ(terminal_.run({"send", "-p", "routine", "-t", "activity", "--set", "kind=live-fire",
                           "--set", "contact=range control", "--set", "volume=@" + area}),
            kExitDone)
      << terminal_.err();
  const OpenedDraft sent(daemon_.committed.at(0).draft);
  const auto* volumes = sent.body->content_as_activity()->volumes();
  ASSERT_EQ(volumes->size(), 3u);
  EXPECT_EQ(volumes->Get(0)->polygon()->size(), 5u);
  EXPECT_EQ(volumes->Get(1)->half_width_m(), 2000u);
  EXPECT_EQ(volumes->Get(2)->centre()->latitude(), 54'90001);

  EXPECT_EQ(
      terminal_.run({"send", "-f",
                     terminal_.write("fire.toml", documented("deconfliction.md",
                                                             "## Volumes from a file", "toml"))}),
      kExitDone)
      << terminal_.err();
  const OpenedDraft prepared(daemon_.committed.at(1).draft);
  EXPECT_EQ(prepared.body->content_as_activity()->volumes()->size(), 2u);
}

TEST_F(ActingTest, SendNamesTheMemberOfAFileThatIsWrong) {
  const std::string area =
      terminal_.write("area.geojson", R"({"type": "MultiPoint", "coordinates": []})");
  EXPECT_EQ(terminal_.run({"send", "-p", "routine", "-t", "activity", "--set", "kind=live-fire",
                           "--set", "contact=range control", "--set", "volume=@" + area}),
            kExitConfiguration);
  EXPECT_NE(terminal_.err().find("area.geojson: type: is \"MultiPoint\""), std::string::npos);
  EXPECT_TRUE(daemon_.committed.empty());
}

TEST_F(ActingTest, SendCorrectsAnOwnMessage) {
  EXPECT_EQ(terminal_.run({"send", "--corrects", "N-123", "--change",
                           "where=54.90N 020.10E -> 54.95N 020.10E", "--reason", "wrong chart"}),
            kExitDone)
      << terminal_.err();
  const OpenedDraft sent(daemon_.committed.at(0).draft);
  EXPECT_EQ(sent.draft->type(), static_cast<uint8_t>(wire::MessageType::correction));
  EXPECT_EQ(sent.draft->correction_of()->str(), "N-000123");
  EXPECT_EQ(sent.draft->references()->Get(0)->str(), "N-000123");
  const auto* correction = sent.body->content_as_correction();
  EXPECT_EQ(correction->reason()->str(), "wrong chart");
  ASSERT_EQ(correction->changes()->size(), 1u);
  EXPECT_EQ(correction->changes()->Get(0)->field()->str(), "where");
  EXPECT_EQ(correction->changes()->Get(0)->old_value()->str(), "54.90N 020.10E");
  EXPECT_EQ(correction->changes()->Get(0)->new_value()->str(), "54.95N 020.10E");
}

TEST_F(ActingTest, SendCancelsAnOwnMessage) {
  EXPECT_EQ(terminal_.run({"send", "--cancels", "N-123", "-p", "flash", "--reason", "in error"}),
            kExitDone)
      << terminal_.err();
  const OpenedDraft sent(daemon_.committed.at(0).draft);
  EXPECT_EQ(sent.draft->type(), static_cast<uint8_t>(wire::MessageType::cancellation));
  EXPECT_EQ(sent.draft->precedence(), static_cast<uint8_t>(wire::Precedence::flash));
  EXPECT_EQ(sent.body->content_as_cancellation()->reason()->str(), "in error");
}

TEST_F(ActingTest, WhatChangesAnotherIsNeitherCorrectedNorCancelled) {
  own().type = wire::MessageType::cancellation;
  own().body = build_body({"Gone", {}, CancellationFields{"in error"}});
  const std::vector<std::vector<std::string>> changes = {
      {"send", "--cancels", "N-123", "--reason", "after all"},
      {"send", "--corrects", "N-123", "--change", "reason -> x", "--reason", "after all"}};
  for (const auto& change : changes) {
    EXPECT_EQ(terminal_.run(change), kExitRefused) << terminal_.err();
    EXPECT_NE(terminal_.err().find("N-000123 is of type cancellation, and is not"),
              std::string::npos)
        << terminal_.err();
    EXPECT_NE(terminal_.err().find("send anew what holds after all"), std::string::npos);
  }
  EXPECT_TRUE(daemon_.submitted.empty());
}

TEST_F(ActingTest, ACorrectionThatIsNoneIsRefusedWithAHint) {
  const std::vector<std::vector<std::string>> wrong = {
      {"send", "--corrects", "N-123", "--reason", "why"},
      {"send", "--corrects", "N-123", "--change", "where=54.90N", "--reason", "why"},
      {"send", "--corrects", "N-123", "--change", "where=a -> b"},
      {"send", "--cancels", "N-123"},
      {"send", "--cancels", "N-123", "--change", "where=a -> b", "--reason", "why"},
      {"send", "--cancels", "N-123", "--reason", "why", "--expires", "+2h"},
      {"send", "--cancels", "N-123", "--reason", "why", "A text"},
      {"draft", "save", "--cancels", "N-123", "--reason", "why", "-t", "activity"},
      {"send", "--corrects", "S-87", "--change", "where=a -> b", "--reason", "why"}};
  for (const auto& arguments : wrong) {
    EXPECT_EQ(terminal_.run(arguments), kExitUsage) << terminal_.err();
    EXPECT_NE(terminal_.err().find("try:"), std::string::npos) << terminal_.err();
  }
  EXPECT_TRUE(daemon_.committed.empty());
}

TEST_F(ActingTest, SendRefusesWhatNoRuleAllowsBeforeAnythingIsSent) {
  const struct {
    std::vector<std::string> words;
    int code;
    const char* says;
  } cases[] = {
      {{"send", "hello"}, kExitUsage, "how fast?"},
      {{"send", "-p", "flahs", "hello"}, kExitUsage, "-p flash"},
      {{"send", "-p", "flash"}, kExitUsage, "nothing to say"},
      {{"send", "-p", "flash", "-t", "airspace-crosing"}, kExitNotFound, "airspace-crossing"},
      {{"send", "-p", "flash", "-t", "airspace-crossing"}, kExitRefused, "where"},
      {{"send", "-p", "flash", "-t", "airspace-crossing", "--set", "where=95N 020E"},
       kExitUsage,
       "where"},
      {{"send", "-p", "flash", "-t", "airspace-crossing", "--set", "were=54.90N 020.10E"},
       kExitUsage,
       "where"},
      {{"send", "-p", "flash", "--set", "where=54.90N 020.10E"}, kExitUsage, "template"},
      {{"send", "-p", "routine", "\xFF"}, kExitRefused, "UTF-8"},
      {{"send", "-p", "routine", "--text", "hello"}, kExitUsage, "names no language"},
      {{"send", "-p", "routine", "--reply-by", "soon", "x"}, kExitUsage, "is not a time"},
      {{"send", "-f", "/nowhere/x.toml"}, kExitNotFound, "/nowhere/x.toml"},
  };
  for (const auto& wrong : cases) {
    EXPECT_EQ(terminal_.run(wrong.words), wrong.code) << terminal_.err();
    EXPECT_NE(terminal_.err().find(wrong.says), std::string::npos) << terminal_.err();
  }
  EXPECT_TRUE(daemon_.submitted.empty());
}

TEST_F(ActingTest, TooManyWordsForAFlashAreRefused) {
  std::string words;
  for (int i = 0; i < 201; ++i) words += "word ";
  EXPECT_EQ(terminal_.run({"send", "-p", "flash", words}), kExitRefused);
  EXPECT_NE(terminal_.err().find("200"), std::string::npos) << terminal_.err();
}

TEST_F(ActingTest, SendReadsAFile) {
  const std::string path = terminal_.write("missile.toml",
                                           "template = \"stray-missile\"\n"
                                           "precedence = \"flash\"\n"
                                           "language = \"en\"\n"
                                           "[set]\n"
                                           "where = \"54.90N 020.10E\"\n"
                                           "[texts]\n"
                                           "en = \"It left its course.\"\n");
  EXPECT_EQ(terminal_.run({"send", "-f", path}), kExitDone) << terminal_.err();
  EXPECT_EQ(terminal_.out().rfind("N-000123  FLASH  stray-missile\n", 0), 0u);
  const OpenedDraft sent(daemon_.committed.at(0).draft);
  EXPECT_EQ(sent.body->texts()->Get(0)->text()->str(), "It left its course.");
  const std::string wrong = terminal_.write("wrong.toml", "presedence = \"flash\"\n");
  EXPECT_EQ(terminal_.run({"send", "-f", wrong}), kExitConfiguration);
  EXPECT_NE(terminal_.err().find("wrong.toml:1:1: unknown key \"presedence\""), std::string::npos);
  EXPECT_NE(terminal_.err().find("did you mean \"precedence\"?"), std::string::npos);
}

TEST_F(ActingTest, EveryIncidentOfPublicRecordCanBeSent) {
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator(HOTLINE_TEST_DATA "/incidents")) {
    if (file.path().extension() != ".toml") continue;
    ++files;
    EXPECT_EQ(terminal_.run({"send", "-f", file.path().string()}), kExitDone) << file.path() << "\n"
                                                                              << terminal_.err();
  }
  EXPECT_EQ(files, 6);
}

TEST_F(ActingTest, TemplatesAreListedAndShown) {
  EXPECT_EQ(terminal_.run({"template", "list"}), kExitDone);
  for (const char* name : {"airspace-crossing", "unsafe-intercept", "stray-missile",
                           "collision-at-sea", "ceasefire-violation"}) {
    EXPECT_NE(terminal_.out().find(name), std::string::npos) << name;
  }
  EXPECT_EQ(terminal_.run({"template", "show", "airspace-crossing"}), kExitDone);
  EXPECT_NE(terminal_.out().find("where"), std::string::npos);
  EXPECT_EQ(terminal_.run({"template", "show", "airspace-crosing", "--json"}), kExitNotFound);
  EXPECT_NE(terminal_.err().find("airspace-crossing"), std::string::npos);
}

TEST_F(ActingTest, AckReadsBackWhereAndWhen) {
  EXPECT_EQ(terminal_.run({"ack", "@flash"}), kExitDone);
  EXPECT_EQ(terminal_.err(),
            "S-000087  FLASH  incident  Stray missile\n"
            "  read back  54.90000N 020.10000E  2026-11-22T14:10:30.000Z  221410Z NOV 26\n"
            "Acknowledgement is not agreement.\n");
  EXPECT_EQ(terminal_.out(),
            "N-000123  FLASH  acknowledgement of S-000087\n"
            "  committed     14:12:07.913Z  journal 1042\n");
  ASSERT_EQ(daemon_.committed.size(), 1u);
  EXPECT_EQ(daemon_.committed[0].counter, 7u);
  const OpenedDraft sent(daemon_.committed[0].draft);
  EXPECT_EQ(sent.draft->type(), static_cast<uint8_t>(wire::MessageType::acknowledgement));
  EXPECT_EQ(sent.draft->precedence(), static_cast<uint8_t>(wire::Precedence::flash));
  EXPECT_EQ(sent.draft->references()->Get(0)->str(), "S-000087");
  const auto* read = sent.body->content_as_acknowledgement();
  ASSERT_NE(read, nullptr);
  EXPECT_EQ(read->position()->latitude(), 54'90000);
  EXPECT_EQ(*read->event_at(), at("2026-11-22T14:10:30Z"));
  EXPECT_EQ(read->at(), at("2026-11-22T14:12:07.913Z"));
}

TEST_F(ActingTest, AckSendsWhatWasUnderstoodAndNotWhatWasMeant) {
  EXPECT_EQ(terminal_.run({"ack", "S-87", "--read-back", "54.95N 020.10E"}), kExitRefused);
  EXPECT_NE(terminal_.err().find("m and 0 s off what S-000087 says"), std::string::npos)
      << terminal_.err();
  for (const char* both : {"it says:  54.90000N 020.10000E", "read back:  54.95000N 020.10000E"}) {
    EXPECT_NE(terminal_.err().find(both), std::string::npos) << terminal_.err();
  }
  EXPECT_TRUE(daemon_.committed.empty());
  EXPECT_EQ(terminal_.run({"ack", "S-87", "--read-back", "54.95N 020.10E", "--as-understood"}),
            kExitDone);
  for (const char* both : {"it says    54.90000N 020.10000E", "Both watches are alarmed."}) {
    EXPECT_NE(terminal_.err().find(both), std::string::npos) << terminal_.err();
  }
  const OpenedDraft sent(daemon_.committed.at(0).draft);
  const auto* read = sent.body->content_as_acknowledgement();
  EXPECT_EQ(read->position()->latitude(), 54'95000);
  EXPECT_EQ(*read->event_at(), at("2026-11-22T14:10:30Z"));
  EXPECT_EQ(terminal_.run({"ack", "S-87", "--read-back", "54.95N 020.10E 2026-11-22T14:20:00Z",
                           "--as-understood"}),
            kExitDone);
  const OpenedDraft again(daemon_.committed.at(1).draft);
  EXPECT_EQ(*again.body->content_as_acknowledgement()->event_at(), at("2026-11-22T14:20:00Z"));
  EXPECT_EQ(terminal_.run({"ack", "S-87", "--read-back", "54.95N 200.10E"}), kExitUsage);
  EXPECT_NE(terminal_.err().find("more than 180 degrees"), std::string::npos) << terminal_.err();
  EXPECT_EQ(terminal_.run({"ack", "S-87", "--read-back", "54.95N 200.10E 14:20Z"}), kExitUsage);
  EXPECT_NE(terminal_.err().find("more than 180 degrees"), std::string::npos) << terminal_.err();
  EXPECT_EQ(terminal_.run({"ack", "S-87", "--read-back", "14:20T"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"ack", "S-87", "--read-back", ""}), kExitUsage);
  EXPECT_EQ(daemon_.committed.size(), 2u);
}

TEST_F(ActingTest, AckIsReadBackInTheFormsOfAWatch) {
  const std::pair<const char*, const char*> cases[] = {
      {"54 57.0N 020 06.0E 221420Z NOV 26", "2026-11-22T14:20:00Z"},
      {"221420Z NOV 26 5457N02006E", "2026-11-22T14:20:00Z"},
      {"54\u00b057'00\"N 020\u00b006'00\"E 2026-11-22T14:20Z", "2026-11-22T14:20:00Z"},
      {"5457N02006E", "2026-11-22T14:10:30Z"}};
  for (const auto& [words, time] : cases) {
    EXPECT_EQ(terminal_.run({"ack", "S-87", "--read-back", words, "--as-understood"}), kExitDone)
        << terminal_.err();
    const OpenedDraft sent(daemon_.committed.back().draft);
    const auto* read = sent.body->content_as_acknowledgement();
    EXPECT_EQ(read->position()->latitude(), 54'95000) << words;
    EXPECT_EQ(read->position()->longitude(), 20'10000) << words;
    EXPECT_EQ(*read->event_at(), at(time)) << words;
  }
}

TEST_F(ActingTest, SendTellsBackWhatWasTypedInAnotherForm) {
  EXPECT_EQ(terminal_.run({"send", "-p", "flash", "-t", "airspace-crossing", "--set",
                           "where=5454N02006E", "--set", "when=221341Z NOV 26"}),
            kExitDone);
  constexpr char kWords[] =
      "when 2026-11-22T13:41:00Z (221341Z NOV 26), where 54.90000N 020.10000E (accuracy 1,852 m)";
  constexpr char kFilledIn[] =
      "from the template: accuracy=1852m; who=own; what=aircraft; certainty=observed; "
      "intent=accidental;\n  action=hold-fire,inform-units\n";
  EXPECT_EQ(terminal_.err(), std::string("understood: ") + kWords + "\n" + kFilledIn);
  EXPECT_EQ(terminal_.run({"send", "-p", "flash", "-t", "airspace-crossing", "--set",
                           "where=5454N02006E", "--json"}),
            kExitDone);
  EXPECT_EQ(terminal_.err(), "");
  constexpr char kInObject[] =
      "\"understood\":{\"where\":\"54.90000N 020.10000E (accuracy 1,852 m)\"}";
  EXPECT_NE(terminal_.out().find(kInObject), std::string::npos) << terminal_.out();
  EXPECT_EQ(terminal_.run({"send", "-p", "routine", "Later.", "--reply-by", "231200Z NOV 26"}),
            kExitDone);
  EXPECT_EQ(terminal_.err(), "understood: reply-by 2026-11-23T12:00:00Z (231200Z NOV 26)\n");
  EXPECT_EQ(terminal_.run({"send", "-p", "flash", "-t", "airspace-crossing", "--set",
                           "where=54.90N 020.10E"}),
            kExitDone);
  EXPECT_EQ(terminal_.err().find("understood"), std::string::npos) << terminal_.err();
}

TEST_F(ActingTest, ACorrectionIsSentAsItIsReadOnAnyDay) {
  own().body = stray_missile_body();
  EXPECT_EQ(terminal_.run({"send", "--corrects", "N-123", "--change",
                           "where=54.90N 020.10E -> 5457N02006E", "--reason", "misread"}),
            kExitDone)
      << terminal_.err();
  const OpenedDraft sent(daemon_.committed.at(0).draft);
  const auto* change = sent.body->content_as_correction()->changes()->Get(0);
  EXPECT_EQ(change->old_value()->str(), "54.90N 020.10E");
  EXPECT_EQ(change->new_value()->str(), "54.95000N 020.10000E");
  EXPECT_EQ(terminal_.err(), "understood: where 54.90N 020.10E -> 54.95000N 020.10000E\n");
}

TEST_F(ActingTest, ACorrectionTakesWhatItReplacesFromTheMessage) {
  own().body = stray_missile_body();
  const auto change = [&](const std::string& typed) {
    EXPECT_EQ(terminal_.run({"send", "--corrects", "N-123", "--change", typed, "--reason", "why"}),
              kExitDone)
        << terminal_.err();
    const OpenedDraft sent(daemon_.committed.back().draft);
    const auto* made = sent.body->content_as_correction()->changes()->Get(0);
    return made->field()->str() + "=" + text_of(made->old_value()) + " -> " +
           text_of(made->new_value());
  };
  EXPECT_EQ(change("where -> 5457N02006E"), "where=54.90000N 020.10000E -> 54.95000N 020.10000E");
  EXPECT_EQ(terminal_.err(), "understood: where 54.90000N 020.10000E -> 54.95000N 020.10000E\n");
  EXPECT_EQ(change("platform -> Su-30"), "platform= -> Su-30") << "it said none";
  // The message has seconds, and a date-time group has none.
  EXPECT_EQ(change("when=221410Z NOV 26 -> 221408Z NOV 26"),
            "when=2026-11-22T14:10:30.000Z -> 2026-11-22T14:08:00.000Z");
  EXPECT_EQ(change("when=221409Z NOV 26 -> 221408Z NOV 26"),
            "when=2026-11-22T14:09:00.000Z -> 2026-11-22T14:08:00.000Z");
}

TEST_F(ActingTest, WhatTheReceiverIsCautionedOfTheSenderIsToo) {
  EXPECT_EQ(terminal_.run({"send", "-p", "priority", "-t", "protected", "--set",
                           "kind=humanitarian-convoy", "--set", "organisation=Red Cross", "--set",
                           "purpose=medicine", "--set", "where=48.34N 038.05E", "--set",
                           "start=2026-11-24T06:00:00Z", "--set", "end=2026-11-24T18:00:00Z",
                           "--set", "contact=convoy leader"}),
            kExitDone)
      << terminal_.err();
  EXPECT_NE(terminal_.err().find("Caution: Announced less than 48 hours ahead\n"
                                 "Caution: Notification does not change legal status\n"),
            std::string::npos)
      << terminal_.err();
}

// Each question of a sensor feed would be on record as refused.
TEST_F(ActingTest, WhoeverMayNotReadAsksNothing) {
  daemon_.roles = {wire::Role::monitor};
  std::vector<wire::RequestBody> asked;
  daemon_.on_request = [&](wire::RequestBody type) { asked.push_back(type); };
  const std::vector<std::string> sent = {"send",
                                         "-p",
                                         "immediate",
                                         "-t",
                                         "airspace-crossing",
                                         "--set",
                                         "where=54.90N 020.10E",
                                         "--incident",
                                         "mine-field"};
  for (const char* form : {"", "--json"}) {
    asked.clear();
    auto words = sent;
    if (*form != '\0') words.emplace_back(form);
    EXPECT_EQ(terminal_.run(words), kExitDone) << terminal_.err();
    EXPECT_EQ(asked, (std::vector{wire::RequestBody::ClientHello, wire::RequestBody::Submit}));
  }
  EXPECT_NE(terminal_.out().find("\"id\":\"N-"), std::string::npos) << terminal_.out();
  auto waiting = sent;
  waiting.insert(waiting.end(), {"--wait", "delivered"});
  EXPECT_EQ(terminal_.run(waiting), kExitNotAllowed);
  EXPECT_EQ(daemon_.committed.size(), 2u);
}

TEST_F(ActingTest, AThreadThatNobodyUsedIsToldOf) {
  daemon_.messages.clear();
  EXPECT_EQ(terminal_.run({"send", "-p", "routine", "More.", "--incident", "mine-feild"}),
            kExitDone);
  EXPECT_NE(terminal_.err().find("No message belongs to the thread mine-feild yet"),
            std::string::npos)
      << terminal_.err();
}

TEST_F(ActingTest, ATimeByTheClockGoesWithoutAKey) {
  for (const char* time : {"+30m", "1341Z", "now"}) {
    EXPECT_EQ(terminal_.run({"send", "-p", "routine", "Later.", "--reply-by", time,
                             "--idempotency-key", "k"}),
              kExitUsage);
    EXPECT_EQ(terminal_.run({"send", "-p", "flash", "-t", "airspace-crossing", "--set",
                             "where=54.90N 020.10E", "--set", std::string("when=") + time,
                             "--idempotency-key", "k"}),
              kExitUsage);
    EXPECT_NE(terminal_.err().find("another time on another day"), std::string::npos);
  }
  EXPECT_TRUE(daemon_.submitted.empty());
}

TEST_F(ActingTest, NobodyAcknowledgesTheirOwnMessage) {
  EXPECT_EQ(terminal_.run({"ack", "N-123"}), kExitUsage);
  EXPECT_EQ(terminal_.err(),
            "hotline: cannot acknowledge N-123\n"
            "  why:  N-000123 is our own message\n"
            "  try:  those of SOUTH begin with S-\n");
  EXPECT_TRUE(daemon_.submitted.empty());
}

// The newest message may be the peer's acknowledgement of ours.
TEST_F(ActingTest, TheLastMessageIsOneThatCanBeActedOn) {
  FakeMessage read;
  read.id = "S-000090";
  read.type = wire::MessageType::acknowledgement;
  read.journal_index = 90;
  daemon_.messages[0].journal_index = 88;
  daemon_.messages[1].journal_index = 87;
  daemon_.messages.insert(daemon_.messages.begin(), read);
  const auto referred = [&] {
    const OpenedDraft sent(daemon_.committed.back().draft);
    return sent.draft->references()->Get(0)->str();
  };
  EXPECT_EQ(terminal_.run({"reply", "@last", "--answer", "1=ours", "--answer", "2=home"}),
            kExitDone)
      << terminal_.err();
  EXPECT_EQ(referred(), "S-000088");
  EXPECT_EQ(terminal_.run({"decline", "@last", "--reason", "not ours"}), kExitDone);
  EXPECT_EQ(referred(), "S-000088");
  EXPECT_EQ(terminal_.run({"ack", "@last"}), kExitDone) << terminal_.err();
  EXPECT_EQ(referred(), "S-000087") << "the request waits no more";
  daemon_.messages[1].waits = true;
  EXPECT_EQ(terminal_.run({"ack", "@last"}), kExitDone) << terminal_.err();
  EXPECT_EQ(referred(), "S-000088");
  daemon_.messages[1].waits = daemon_.messages[2].waits = false;
  EXPECT_EQ(terminal_.run({"ack", "@last"}), kExitNotFound);
  daemon_.messages.assign(3, read);
  EXPECT_EQ(terminal_.run({"reply", "@last", "Seen."}), kExitNotFound);
}

TEST_F(ActingTest, DeclineHasACodeAndAReason) {
  EXPECT_EQ(terminal_.run({"decline", "S-87"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"decline", "S-87", "--code", "not-for-uss", "--reason", "x"}),
            kExitUsage);
  EXPECT_NE(terminal_.err().find("try:  --code not-for-us\n"), std::string::npos);
  EXPECT_EQ(terminal_.run({"decline", "S-87", "--reason", "not our sector"}), kExitDone);
  const OpenedDraft sent(daemon_.committed.at(0).draft);
  const auto* decline = sent.body->content_as_decline();
  EXPECT_EQ(decline->code(), wire::DeclineCode::not_for_us);
  EXPECT_EQ(decline->reason()->str(), "not our sector");
}

TEST_F(ActingTest, ReplyAnswersTheQuestionsOfARequest) {
  EXPECT_EQ(terminal_.run({"reply", "S-88", "--answer", "1=ours", "--later", "2=+2h"}), kExitDone);
  const OpenedDraft sent(daemon_.committed.at(0).draft);
  EXPECT_EQ(sent.draft->type(), static_cast<uint8_t>(wire::MessageType::answer));
  EXPECT_EQ(sent.draft->precedence(), static_cast<uint8_t>(wire::Precedence::priority));
  EXPECT_EQ(sent.body->subject()->str(), "Re: Two questions");
  const auto* items = sent.body->content_as_answer()->items();
  ASSERT_EQ(items->size(), 2u);
  EXPECT_EQ(items->Get(0)->question(), 1);
  EXPECT_EQ(items->Get(0)->text()->str(), "ours");
  EXPECT_EQ(items->Get(1)->outcome(), wire::AnswerOutcome::later);
  EXPECT_EQ(*items->Get(1)->later_at(), at("2026-11-22T16:12:07.913Z"));
}

TEST_F(ActingTest, ReplyShowsTheQuestionsThatWantAnAnswer) {
  EXPECT_EQ(terminal_.run({"reply", "S-88"}), kExitUsage);
  EXPECT_EQ(terminal_.err(),
            "hotline: cannot reply to S-88\n"
            "  why:  S-000088 asks, and the reply answers nothing\n"
            "  try:  --answer 1=\"...\"   1. Is it yours?\n"
            "        --answer 2=\"...\"   2. Where does it go?\n");
  EXPECT_EQ(terminal_.run({"reply", "S-88", "--answer", "ours"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"reply", "S-87", "--answer", "1=ours"}), kExitUsage);
  EXPECT_TRUE(daemon_.submitted.empty());
}

TEST_F(ActingTest, ReplyCanAnswerAnyMessageAsAWhole) {
  EXPECT_EQ(terminal_.run({"reply", "S-87", "--answer", "0=our units are informed"}), kExitDone);
  const OpenedDraft sent(daemon_.committed.at(0).draft);
  EXPECT_EQ(sent.draft->type(), static_cast<uint8_t>(wire::MessageType::answer));
  EXPECT_EQ(sent.body->content_as_answer()->items()->Get(0)->question(), 0);
}

TEST_F(ActingTest, ReplyToAnythingElseIsATextThatRefersToIt) {
  EXPECT_EQ(terminal_.run({"reply", "S-87", "We see", "it too."}), kExitDone);
  const OpenedDraft sent(daemon_.committed.at(0).draft);
  EXPECT_EQ(sent.draft->type(), static_cast<uint8_t>(wire::MessageType::text));
  EXPECT_EQ(sent.draft->references()->Get(0)->str(), "S-000087");
  EXPECT_EQ(sent.body->texts()->Get(0)->text()->str(), "We see it too.");
  EXPECT_TRUE(sent.body->texts()->Get(0)->original());
  EXPECT_EQ(sent.draft->language()->str(), "en");
  EXPECT_EQ(terminal_.run({"reply", "S-87"}), kExitUsage);
}

TEST_F(ActingTest, TestCallCarriesOurTranscript) {
  EXPECT_EQ(terminal_.run({"test-call"}), kExitDone);
  const OpenedDraft sent(daemon_.committed.at(0).draft);
  EXPECT_TRUE(sent.draft->test_mode());
  EXPECT_EQ(sent.body->content_as_test()->transcript_size(), 123u);
}

TEST_F(ActingTest, WaitingForTheAcknowledgementLooksAsPromised) {
  let_the_peer_acknowledge();
  EXPECT_EQ(terminal_.run({"test-call", "--wait", "acknowledged"}), kExitDone);
  EXPECT_EQ(terminal_.out(),
            "N-000123  ROUTINE  test call\n"
            "  committed     14:12:07.913Z  journal 1042\n"
            "  delivered     14:12:08.021Z  SOUTH, 0.1 s\n"
            "  acknowledged  14:12:31.440Z  SOUTH operator, 23 s   "
            "(acknowledgement is not agreement)\n");
  EXPECT_EQ(daemon_.watched_from, std::vector<uint64_t>{1043});
}

TEST_F(ActingTest, AReadBackThatDiffersIsSaidToWhoeverWaitedForIt) {
  let_the_peer_acknowledge();
  own().mismatch = true;
  EXPECT_EQ(terminal_.run({"test-call", "--wait", "acknowledged"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\n  MISMATCH: the position or time read back differs"),
            std::string::npos);
  EXPECT_EQ(terminal_.run({"list"}), kExitDone);
  EXPECT_NE(terminal_.out().find("MISMATCH"), std::string::npos);
}

TEST_F(ActingTest, NobodyWaitsForAnAcknowledgementThatNobodyGives) {
  EXPECT_EQ(terminal_.run({"ack", "S-87", "--wait", "acknowledged"}), kExitUsage);
  EXPECT_NE(terminal_.err().find("nobody acknowledges this acknowledgement"), std::string::npos);
  EXPECT_TRUE(daemon_.committed.empty());
}

TEST_F(ActingTest, WaitingUnderJsonIsOneObjectAtTheEnd) {
  let_the_peer_acknowledge();
  EXPECT_EQ(terminal_.run({"test-call", "--wait", "delivered", "--json"}), kExitDone);
  EXPECT_EQ(terminal_.out().rfind("{\"v\":1,\"message\":{\"id\":\"N-000123\"", 0), 0u);
  EXPECT_NE(terminal_.out().find("\"delivered_at\":\"2026-11-22T14:12:08.021Z\""),
            std::string::npos);
  EXPECT_EQ(terminal_.err(), "");
}

TEST_F(ActingTest, WaitingTooLongOnADeadLinkSaysWhyAndEndsWithSix) {
  daemon_.on_silence = [this](int64_t timeout_ms) { terminal_.pass(timeout_ms); };
  daemon_.link = wire::LinkState::down;
  daemon_.link_since = at("2026-11-22T14:08:55Z");
  daemon_.clock = at("2026-11-22T14:12:07Z");
  daemon_.last_refusal = "south: certificate revoked (serial 4A:19, list of 2026-11-21)";
  EXPECT_EQ(terminal_.run({"test-call", "--wait", "delivered", "--timeout", "30s"}), kExitTimedOut);
  EXPECT_EQ(terminal_.err(),
            "SOUTH does not have N-000123 yet. It goes by itself once there is a link.\n"
            "hotline: N-000123 is committed here but SOUTH has not taken it: link down 3 min 12 s\n"
            "  why:  south: certificate revoked (serial 4A:19, list of 2026-11-21)\n"
            "  try:  hotline status --peer    or call SOUTH by voice\n");
}

TEST_F(ActingTest, AFlashWithoutALinkSaysThatThePeerDoesNotHaveIt) {
  daemon_.link = wire::LinkState::down;
  daemon_.last_refusal = "south: connection refused";
  EXPECT_EQ(terminal_.run({"send", "-p", "flash", "Fire."}), kExitDone) << terminal_.err();
  EXPECT_NE(terminal_.err().find("SOUTH DOES NOT HAVE N-000123: there is no link\n"
                                 "the last attempt failed: south: connection refused\n"
                                 "N-000123 goes by itself once there is a link; call SOUTH by "
                                 "voice now\n"),
            std::string::npos)
      << terminal_.err();
  EXPECT_EQ(terminal_.run({"send", "-p", "flash", "Fire.", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"no_link\":\"south: connection refused\""), std::string::npos);
  EXPECT_EQ(terminal_.run({"send", "-p", "routine", "Fire."}), kExitDone);
  EXPECT_EQ(terminal_.err().find("DOES NOT HAVE"), std::string::npos);
  daemon_.link = wire::LinkState::up;
  EXPECT_EQ(terminal_.run({"send", "-p", "flash", "Fire."}), kExitDone);
  EXPECT_EQ(terminal_.err().find("DOES NOT HAVE"), std::string::npos);
}

TEST_F(ActingTest, ADeclineEndsTheWaitWithEight) {
  own().delivered_at = own().declined_at = at("2026-11-22T14:12:09Z");
  own().decline_code = wire::DeclineCode::rule_broken;
  EXPECT_EQ(terminal_.run({"test-call", "--wait", "acknowledged"}), kExitRefused);
  EXPECT_NE(terminal_.out().find("  declined      14:12:09.000Z  SOUTH, rule-broken\n"),
            std::string::npos);
}

TEST_F(ActingTest, ABrokenConnectionRepeatsTheSameBytesUnderTheSameCounter) {
  for (const auto mishap :
       {FakeDaemon::Mishap::break_before_commit, FakeDaemon::Mishap::break_after_commit}) {
    daemon_.submitted.clear();
    daemon_.committed.clear();
    daemon_.mishaps = {mishap};
    EXPECT_EQ(terminal_.run({"ack", "@flash"}), kExitDone) << terminal_.err();
    ASSERT_EQ(daemon_.submitted.size(), 2u);
    EXPECT_EQ(daemon_.submitted[0].counter, daemon_.submitted[1].counter);
    EXPECT_EQ(daemon_.submitted[0].draft, daemon_.submitted[1].draft);
    EXPECT_EQ(daemon_.committed.size(), 1u);
  }
}

TEST_F(ActingTest, AConnectionThatStaysBrokenSaysThatNothingIsKnown) {
  daemon_.mishaps.assign(10, FakeDaemon::Mishap::break_after_commit);
  EXPECT_EQ(terminal_.run({"ack", "@flash"}), kExitUnreachable);
  EXPECT_NE(terminal_.err().find("it is not known whether the message was committed"),
            std::string::npos);
  EXPECT_NE(terminal_.err().find("hotline list"), std::string::npos);
  EXPECT_EQ(daemon_.committed.size(), 1u);
}

TEST_F(ActingTest, ACounterThatSomebodyElseTookIsReplaced) {
  daemon_.mishaps = {FakeDaemon::Mishap::conflict};
  EXPECT_EQ(terminal_.run({"ack", "@flash"}), kExitDone) << terminal_.err();
  ASSERT_EQ(daemon_.submitted.size(), 2u);
  EXPECT_EQ(daemon_.submitted[0].counter, 7u);
  EXPECT_EQ(daemon_.submitted[1].counter, 8u);
  EXPECT_EQ(daemon_.submitted[0].draft, daemon_.submitted[1].draft);
}

TEST_F(ActingTest, F6_AProgramIsToldWhetherAMessageWasSent) {
  const auto said = [&](const std::string& words) {
    return terminal_.err().find(words) != std::string::npos;
  };
  daemon_.reachable = false;
  EXPECT_EQ(terminal_.run({"send", "-p", "flash", "Look.", "--json"}), kExitUnreachable);
  EXPECT_TRUE(said("\"sent\":false")) << terminal_.err();
  daemon_.reachable = true;
  EXPECT_EQ(terminal_.run({"send", "-p", "flash", "--json"}), kExitUsage);
  EXPECT_TRUE(said("\"sent\":false")) << terminal_.err();
  daemon_.mishaps.assign(10, FakeDaemon::Mishap::break_after_commit);
  EXPECT_EQ(terminal_.run({"send", "-p", "flash", "Look.", "--json"}), kExitUnreachable);
  EXPECT_TRUE(said("\"sent\":\"unknown\"")) << terminal_.err();
  // Committed, and then nothing more is heard: the link is down, or the daemon stands still.
  daemon_.mishaps.clear();
  daemon_.on_silence = [this](int64_t timeout_ms) { terminal_.pass(timeout_ms); };
  EXPECT_EQ(terminal_.run({"send", "-p", "flash", "Look.", "--wait", "delivered", "--timeout",
                           "30s", "--json"}),
            kExitTimedOut);
  EXPECT_TRUE(said("\"sent\":true,\"id\":\"N-000123\"")) << terminal_.err();
  daemon_.submitted_id = "N-000999";  // Which it cannot show.
  EXPECT_EQ(terminal_.run({"send", "-p", "flash", "Look.", "--wait", "delivered", "--json"}),
            kExitTimedOut);
  EXPECT_TRUE(said("\"sent\":true,\"id\":\"N-000999\"")) << terminal_.err();
  // A command that sends nothing says nothing about it.
  daemon_.reachable = false;
  terminal_.run({"inbox", "--json"});
  EXPECT_FALSE(said("\"sent\""));
}

// However the command is cut short, whoever typed it learns the id of what was sent.
TEST_F(ActingTest, WhatWasSentAndCouldNotBePrintedIsSaidWithItsId) {
  const std::vector<std::vector<std::string>> commands = {
      {"send", "-p", "flash", "Look."},
      {"send", "--corrects", "N-123", "--change", "where=a -> b", "--reason", "why"},
      {"send", "--cancels", "N-123", "--reason", "in error"},
      {"reply", "S-87", "Seen."},
      {"decline", "S-87", "--reason", "not ours"},
      {"ack", "@flash"},
      {"test-call"}};
  for (std::vector<std::string> words : commands) {
    for (const int error : {ENOSPC, EBADF, EPIPE}) {
      terminal_.out_error = error;
      EXPECT_EQ(terminal_.run(words), kExitUnprinted) << words[0];
      EXPECT_TRUE(terminal_.err().ends_with(
          "hotline: N-000123 is sent, and that could not be printed\n"
          "  why:  the output: " +
          std::string(std::strerror(error)) + "\n  try:  hotline show N-000123\n"))
          << terminal_.err();
    }
    words.push_back("--json");
    EXPECT_EQ(terminal_.run(words), kExitUnprinted) << words[0];
    EXPECT_NE(terminal_.err().find("\"sent\":true,\"id\":\"N-000123\""), std::string::npos)
        << terminal_.err();
  }
  // The reader of the first line went away while the answer was awaited.
  let_the_peer_acknowledge();
  terminal_.out_lines = 2;
  EXPECT_EQ(terminal_.run({"test-call", "--wait", "acknowledged"}), kExitUnprinted);
  EXPECT_EQ(terminal_.err().rfind("hotline: N-000123 is sent", 0), 0u) << terminal_.err();
}

TEST_F(ActingTest, WhoeverInterruptsTheWaitingLearnsWhatWasSent) {
  std::vector<std::string> heard;
  daemon_.on_silence = [&](int64_t timeout_ms) {
    terminal_.pass(timeout_ms);
    heard.push_back(terminal_.last_words);
  };
  std::vector<std::string> words = {"send",   "-p",        "flash",     "Look.",
                                    "--wait", "delivered", "--timeout", "2s"};
  EXPECT_EQ(terminal_.run(words), kExitTimedOut);
  ASSERT_FALSE(heard.empty());
  EXPECT_EQ(heard.front(),
            "hotline: N-000123 is sent\n"
            "  why:  only the waiting was interrupted\n"
            "  try:  hotline show N-000123\n");
  heard.clear();
  words.push_back("--json");
  EXPECT_EQ(terminal_.run(words), kExitTimedOut);
  EXPECT_EQ(heard.front(),
            "{\"v\":1,\"error\":{\"code\":\"interrupted\",\"message\":\"N-000123 is sent\","
            "\"why\":\"only the waiting was interrupted\",\"hint\":\"hotline show N-000123\","
            "\"sent\":true,\"id\":\"N-000123\"}}\n");
}

TEST_F(ActingTest, WhoeverInterruptsTheSendingLearnsWhatIsKnown) {
  std::string before;
  std::string meanwhile;
  daemon_.on_request = [&](wire::RequestBody request) {
    if (request == wire::RequestBody::Submit) meanwhile = terminal_.last_words;
    if (request == wire::RequestBody::ClientHello) before = terminal_.last_words;
  };
  terminal_.run({"send", "-p", "flash", "Look."});
  EXPECT_EQ(before, "hotline: nothing was sent\n  why:  interrupted\n");
  EXPECT_EQ(meanwhile,
            "hotline: it is not known whether the message was sent\n"
            "  why:  interrupted before the daemon answered\n"
            "  try:  hotline list    when the daemon is back: if it is not there, send it again\n");
  terminal_.run({"send", "-p", "flash", "Look.", "--idempotency-key", "a"});
  EXPECT_NE(meanwhile.find("with the same --idempotency-key"), std::string::npos) << meanwhile;
  terminal_.run({"inbox"});
  EXPECT_EQ(before, "") << "what sends nothing is ended by a signal as any program";
}

// The workstation's clock may be set while it waits.
TEST_F(ActingTest, HowLongIsWaitedIsNoMatterOfTheWallClock) {
  for (const int64_t step_ms : {-86'400'000, 86'400'000}) {
    int64_t waited_ms = 0;
    daemon_.on_silence = [&](int64_t timeout_ms) {
      waited_ms += timeout_ms;
      terminal_.pass(timeout_ms);
      terminal_.utc += step_ms;
      if (waited_ms > 60'000) own().delivered_at = daemon_.clock;  // So that the test ends.
    };
    EXPECT_EQ(
        terminal_.run({"send", "-p", "flash", "Look.", "--wait", "delivered", "--timeout", "30s"}),
        kExitTimedOut);
    EXPECT_EQ(waited_ms, 30'000);
  }
}

TEST_F(ActingTest, F6_AKeyOfTheCallersOwnMakesARepeatSafe) {
  const std::vector<std::string> words = {"send",    "-p", "flash", "Look.", "--idempotency-key",
                                          "order-17"};
  EXPECT_EQ(terminal_.run(words), kExitDone) << terminal_.err();
  terminal_.utc += 3'600'000;
  daemon_.clock = terminal_.utc;
  EXPECT_EQ(terminal_.run(words), kExitDone) << terminal_.err();
  ASSERT_EQ(daemon_.submitted.size(), 2u);
  EXPECT_EQ(daemon_.submitted[0].key, "order-17");
  EXPECT_EQ(daemon_.submitted[0].draft, daemon_.submitted[1].draft);
  EXPECT_EQ(daemon_.committed.size(), 1u);
  // A message that would be another one an hour later is refused before it is sent.
  EXPECT_EQ(terminal_.run(
                {"send", "-p", "flash", "Look.", "--reply-by", "+30m", "--idempotency-key", "a"}),
            kExitUsage);
  EXPECT_EQ(terminal_.run({"send", "-p", "flash", "-t", "airspace-crossing", "--set",
                           "where=54.90N 020.10E", "--idempotency-key", "a"}),
            kExitUsage);
  EXPECT_EQ(terminal_.run({"reply", "S-88", "--later", "1=+2h", "--idempotency-key", "a"}),
            kExitUsage);
  EXPECT_EQ(terminal_.run({"send", "-p", "flash", "Look.", "--idempotency-key", ""}), kExitUsage);
  EXPECT_EQ(daemon_.submitted.size(), 2u);
  // The connection breaks: the same key again, and it is known what to do when that fails as well.
  daemon_.mishaps = {FakeDaemon::Mishap::break_after_commit};
  EXPECT_EQ(terminal_.run({"reply", "S-87", "Seen.", "--idempotency-key", "b"}), kExitDone);
  EXPECT_EQ(daemon_.committed.size(), 2u);
  daemon_.mishaps.assign(10, FakeDaemon::Mishap::break_after_commit);
  terminal_.run({"reply", "S-87", "Seen again.", "--idempotency-key", "c"});
  EXPECT_NE(terminal_.err().find("with the same --idempotency-key"), std::string::npos);
}

TEST_F(ActingTest, F6_TwoThatSayTheSameAreNotOneThatRepeatsItself) {
  for (int i = 0; i < 2; ++i) terminal_.run({"send", "-p", "flash", "Look."});
  ASSERT_EQ(daemon_.submitted.size(), 2u);
  EXPECT_NE(daemon_.submitted[0].draft, daemon_.submitted[1].draft);
}

TEST_F(ActingTest, F7_AWrongClockOfThisMachineIsSaidAndRefusesNothing) {
  for (const int64_t minutes : {6, -6}) {
    terminal_.utc = daemon_.clock + minutes * 60'000;
    const std::string word = minutes > 0 ? "fast" : "slow";
    EXPECT_EQ(terminal_.run({"ack", "@flash"}), kExitDone) << terminal_.err();
    EXPECT_NE(terminal_.err().find("This machine's clock is 6 min 00 s " + word), std::string::npos)
        << terminal_.err();
    const OpenedDraft sent(daemon_.committed.back().draft);
    EXPECT_EQ(sent.body->content_as_acknowledgement()->at(), daemon_.clock);
    EXPECT_EQ(sent.draft->drafted_at(), 0);
    EXPECT_EQ(terminal_.run({"send", "-p", "flash", "Look.", "--reply-by", "+30m"}), kExitDone);
    EXPECT_EQ(OpenedDraft(daemon_.committed.back().draft).draft->reply_by(),
              daemon_.clock + 1'800'000);
    EXPECT_EQ(terminal_.run({"decline", "S-87", "--reason", "not ours"}), kExitDone);
    EXPECT_EQ(terminal_.run({"test-call"}), kExitDone) << terminal_.err();
  }
  terminal_.utc = daemon_.clock + 1'500;
  terminal_.run({"test-call"});
  EXPECT_EQ(terminal_.err(), "");
}

class FloodTest : public ActingTest {
 protected:
  FloodTest() {
    daemon_.roles = {wire::Role::operator_, wire::Role::supervisor};
    daemon_.acknowledging_ends_waits = true;
    daemon_.journal_before = 1042;
    daemon_.messages.clear();
    FakeMessage message;
    message.waits = true;
    for (int i = 0; i < 1050; ++i) {
      message.id = "S-" + std::to_string(100'001 + i);
      message.precedence = i < 1001 ? wire::Precedence::flash : wire::Precedence::routine;
      daemon_.messages.push_back(message);
    }
  }
  size_t waiting() {
    size_t count = 0;
    for (const FakeMessage& message : daemon_.messages) count += message.waits ? 1u : 0u;
    return count;
  }
};

TEST_F(FloodTest, ASupervisorTakesAFloodAsOneOnceItsNumberIsConfirmed) {
  EXPECT_EQ(terminal_.run({"ack", "--all", "--precedence", "flash"}), kExitUsage);
  EXPECT_EQ(
      terminal_.err(),
      "hotline: nothing was acknowledged\n"
      "  why:  1,001 FLASH messages of SOUTH wait\n"
      "  try:  hotline ack --all --precedence FLASH --confirm 1001@1042    acknowledges them all, "
      "read or not\n");
  EXPECT_EQ(terminal_.run({"ack", "--all", "-p", "flash", "--confirm", "1000@1042"}), kExitRefused);
  EXPECT_EQ(waiting(), 1050u);
  EXPECT_EQ(terminal_.run({"ack", "--all", "-p", "flash", "--confirm", "1001@1042"}), kExitDone)
      << terminal_.err();
  EXPECT_EQ(terminal_.out(),
            "1,001 FLASH messages of SOUTH acknowledged, each by an ACKNOWLEDGEMENT of its own\n");
  EXPECT_EQ(waiting(), 49u);
  ASSERT_EQ(daemon_.committed.size(), 1001u);
  const OpenedDraft last(daemon_.committed.back().draft);
  EXPECT_EQ(last.draft->references()->Get(0)->str(), "S-101001");
  EXPECT_EQ(last.body->content_as_acknowledgement()->role(), wire::Role::supervisor);
  EXPECT_EQ(terminal_.run({"ack", "--all", "--confirm", "49@1042", "--json"}), kExitDone);
  EXPECT_EQ(terminal_.out(), "{\"v\":1,\"acknowledged\":49}\n");
  EXPECT_EQ(terminal_.run({"ack", "--all", "--confirm", "1@1042"}), kExitNotFound);
}

// A colleague acknowledged one meanwhile, so that the number alone would not tell.
TEST_F(FloodTest, AFlashThatCameAfterTheCountStaysWhereItIsSeen) {
  daemon_.messages[1049].waits = false;
  FakeMessage later = daemon_.messages[0];
  later.id = "S-200000";
  later.journal_index = 1042;
  daemon_.messages.push_back(later);
  EXPECT_EQ(terminal_.run({"ack", "--all", "--confirm", "1050@1042"}), kExitDone)
      << terminal_.err();
  EXPECT_EQ(waiting(), 1u);
  EXPECT_TRUE(daemon_.messages.back().waits);
  EXPECT_EQ(terminal_.run({"ack", "--all", "--confirm", "1050@1042"}), kExitNotFound);
  EXPECT_EQ(terminal_.run({"ack", "--all", "--confirm", "1@1043"}), kExitDone) << terminal_.err();
  EXPECT_EQ(waiting(), 0u);
}

TEST_F(FloodTest, ThePreviewSaysHowManyAreFlash) {
  EXPECT_EQ(terminal_.run({"--context", "north", "ack", "--all"}), kExitUsage);
  EXPECT_EQ(terminal_.err(),
            "hotline: nothing was acknowledged\n"
            "  why:  1,050 messages of SOUTH wait, 1,001 of them FLASH\n"
            "  try:  hotline --context north ack --all --confirm 1050@1042    acknowledges them "
            "all, read or not\n");
  for (FakeMessage& message : daemon_.messages) message.precedence = wire::Precedence::routine;
  terminal_.run({"ack", "--all"});
  EXPECT_NE(terminal_.err().find("wait, none of them FLASH\n"), std::string::npos);
}

TEST_F(FloodTest, ANumberAloneConfirmsNothing) {
  for (const char* typed : {"1050", "1050@", "@1042", "0@1042", "1050@1042x", "all"}) {
    EXPECT_EQ(terminal_.run({"ack", "--all", "--confirm", typed}), kExitUsage) << typed;
  }
  EXPECT_EQ(waiting(), 1050u);
}

TEST_F(FloodTest, OnlyASupervisorDoes) {
  daemon_.roles = {wire::Role::operator_};
  EXPECT_EQ(terminal_.run({"ack", "--all", "--confirm", "1050@1042"}), kExitNotAllowed);
  EXPECT_EQ(daemon_.submitted.size(), 0u);
}

TEST_F(FloodTest, EachGoesOnceWhateverBreaksMeanwhile) {
  using Mishap = FakeDaemon::Mishap;
  for (const Mishap mishap :
       {Mishap::break_before_commit, Mishap::break_after_commit, Mishap::conflict}) {
    daemon_.mishaps.insert(daemon_.mishaps.end(), 40, Mishap::none);
    daemon_.mishaps.push_back(mishap);
  }
  EXPECT_EQ(terminal_.run({"ack", "--all", "--confirm", "1050@1042"}), kExitDone)
      << terminal_.err();
  EXPECT_EQ(waiting(), 0u);
  std::map<std::string, int> times;
  for (const auto& one : daemon_.committed) {
    if (one.draft.size() > 1) ++times[OpenedDraft(one.draft).draft->references()->Get(0)->str()];
  }
  EXPECT_EQ(times.size(), 1050u);
  for (const auto& [id, count] : times) EXPECT_EQ(count, 1) << id;
}

TEST_F(FloodTest, WhatIsRefusedIsCountedAndSaid) {
  daemon_.mishaps.assign(3, FakeDaemon::Mishap::refuse);
  daemon_.refusal = make_error(ErrorCode::refused, "no room", "make some");
  EXPECT_EQ(terminal_.run({"ack", "--all", "--confirm", "1050@1042"}), kExitRefused);
  EXPECT_TRUE(
      terminal_.err().ends_with("hotline: 1,047 were acknowledged, 3 were not\n"
                                "  why:  no room\n"
                                "  try:  make some\n"))
      << terminal_.err();
}

TEST_F(FloodTest, HoweverItIsCutShortItSaysHowManyAreAcknowledged) {
  daemon_.mishaps.assign(1000, FakeDaemon::Mishap::none);
  daemon_.mishaps.insert(daemon_.mishaps.end(), 100, FakeDaemon::Mishap::break_after_commit);
  EXPECT_EQ(terminal_.run({"ack", "--all", "--confirm", "1050@1042", "--json"}), kExitUnreachable);
  // Those on their way when the connection broke are not known.
  const auto member = [](const std::string& text) {
    const size_t at = text.find("\"acknowledged\":");
    return at == std::string::npos ? 0 : std::stoul(text.substr(at + 15));
  };
  EXPECT_GT(member(terminal_.err()), 0u) << terminal_.err();
  EXPECT_LE(member(terminal_.err()), 1000u) << terminal_.err();
  EXPECT_EQ(member(terminal_.last_words), member(terminal_.err()));
  EXPECT_EQ(terminal_.err().find("\"sent\""), std::string::npos) << terminal_.err();
  daemon_.mishaps.clear();
  terminal_.out_error = ENOSPC;
  EXPECT_EQ(terminal_.run({"ack", "--all", "--confirm", "1050@1042"}), kExitUnprinted);
  EXPECT_NE(terminal_.err().find(" are known to be acknowledged, and that could not be printed"),
            std::string::npos)
      << terminal_.err();
}

TEST_F(FloodTest, OptionsThatDoNotGoTogetherAreRefused) {
  EXPECT_EQ(terminal_.run({"ack", "--all", "S-100001"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"ack", "S-100001", "--confirm", "1@1042"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"ack"}), kExitUsage);
}

TEST_F(ActingTest, ARefusalOfTheDaemonIsTheExitCode) {
  daemon_.mishaps = {FakeDaemon::Mishap::refuse};
  daemon_.refusal =
      make_error(ErrorCode::not_allowed, "eve is an auditor and sends nothing", "ask an operator");
  EXPECT_EQ(terminal_.run({"ack", "@flash"}), kExitNotAllowed);
  EXPECT_EQ(daemon_.submitted.size(), 1u);
}

}  // namespace
}  // namespace hotline::client
