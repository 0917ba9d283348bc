// Tried on every kind of store: whatever was said is found by its words and by what it is, newest
// first, page by page, and the index can be thrown away at any time.
#include "daemon/store/search_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "daemon/store/kinds.h"
#include "daemon/store/search_limits.h"
#include "protocol/base/limits.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"
#include "protocol/message/serial.h"
#include "tests/unit/daemon/store/store_fixture.h"

namespace hotline {
namespace {

using Names = std::vector<std::string>;

// A message to be found, with what a test wants to say of it.
struct Said {
  bool incoming = false;
  uint64_t number = 0;  // A serial of ours; a place of theirs, whose serial is one more.
  std::string subject = {};
  std::string text = {};
  ContentFields content = TextContentFields{};
  wire::Precedence precedence = wire::Precedence::routine;
  std::string incident = {};
  std::string speaks_of = {};
  uint64_t serial = 0;  // Theirs, where it is another one.
};

MessageRecord record_of(const Said& said) {
  MessageRecord record;
  record.key = {.incoming = said.incoming, .number = said.number};
  record.serial = said.incoming ? said.number + 1 : said.number;
  if (said.serial != 0) record.serial = said.serial;
  record.type = static_cast<uint8_t>(type_of(said.content));
  record.precedence = static_cast<uint8_t>(said.precedence);
  EnvelopeFields envelope;
  envelope.id = format_serial(said.incoming ? "S" : "N", record.serial);
  envelope.from = said.incoming ? "south" : "north";
  envelope.to = said.incoming ? "north" : "south";
  envelope.language = "en";
  envelope.incident = said.incident;
  if (!said.speaks_of.empty()) envelope.references = {{said.speaks_of, Hash{}}};
  envelope.parts = {PartFields{wire::PartKind::body, 10, Hash{}}};
  BodyFields body;
  body.subject = said.subject;
  body.texts = {{.language = "uk", .text = said.text, .original = true, .translated_by = {}}};
  body.content = said.content;
  record.envelope = build_envelope(envelope);
  record.body = build_body(body);
  record.leaf_hash = leaf_hash(record.envelope);
  return record;
}

class SearchIndexes : public testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override {
    const Status created = GetParam().create(path_, test_identity(), nullptr);
    ASSERT_TRUE(created) << created.error().reason;
    reopen();
  }

  void reopen() {
    store_.reset();
    Result<std::unique_ptr<Store>> store = GetParam().open(path_);
    ASSERT_TRUE(store) << store.error().reason;
    store_ = *std::move(store);
  }

  void say(const std::vector<Said>& all, UtcMs at = 1000) {
    Batch batch = maker_.batch();
    for (const Said& said : all) {
      MessageRecord record = record_of(said);
      record.committed_at = at;
      if (said.incoming) {
        maker_.receive(batch, record);
      } else {
        maker_.release(batch, record);
      }
    }
    const CommitOutcome outcome = commit(*store_, std::move(batch));
    ASSERT_TRUE(outcome.ok()) << outcome.error.reason;
  }

  struct Found {
    Names names;
    SearchOutcome outcome;
    std::string error;
    uint64_t next = 0;
  };

  Found search(const SearchQuery& query) {
    Found found;
    const std::string failed = read_and_wait(*store_, [&](StoreReader& reader) {
      for (int step = 0;; ++step) {
        const auto progress = reader.search_index().catch_up();
        if (!progress) found.error = progress.error().reason;
        if (!progress || progress->is_complete()) break;
        ASSERT_LT(step, 10'000);
      }
      const auto outcome = reader.search_index().search(query, [&](const StoredMessage& message) {
        const MessageRecord& record = message.record;
        found.names.push_back((record.key.incoming ? "S" : "N") + std::to_string(record.serial));
        found.next = record.journal_index;
        return true;
      });
      if (outcome) found.outcome = *outcome;
      if (!outcome) found.error = outcome.error().reason;
    });
    EXPECT_EQ(failed, "");
    return found;
  }

  Names found(const std::string& words) {
    const Found all = search({.words = words});
    EXPECT_EQ(all.error, "");
    EXPECT_EQ(all.outcome.total, all.names.size()) << words;
    return all.names;
  }

  // Each as its thread and the messages in it.
  std::vector<std::string> incidents() {
    search({});
    std::vector<std::string> all;
    const std::string failed = read_and_wait(*store_, [&](StoreReader& reader) {
      const auto events = reader.search_index().incident_events();
      ASSERT_TRUE(events) << events.error().reason;
      EXPECT_FALSE(events->cut);
      for (const Incident& one : incidents_of(events->events)) {
        const auto messages = reader.search_index().count_messages(one.thread);
        ASSERT_TRUE(messages);
        all.push_back(one.thread + " " + std::to_string(*messages) +
                      (one.cancelled ? " cancelled" : ""));
      }
    });
    EXPECT_EQ(failed, "");
    return all;
  }

  // Whatever stands beside the store.
  void each_index_file(const std::function<void(const std::filesystem::path&)>& visit) {
    for (const auto& file : std::filesystem::directory_iterator(directory_.path())) {
      if (file.path().filename().string().starts_with("store-search")) visit(file.path());
    }
  }

  StoreDirectory directory_;
  const std::string path_ = directory_ / "store";
  BatchMaker maker_;
  std::unique_ptr<Store> store_;
};

IncidentFields stray_rocket() {
  IncidentFields fields;
  fields.kind = wire::IncidentKind::stray_missile;
  fields.observed = wire::Observed::rocket;
  fields.platform = "Grad";
  return fields;
}

TEST_P(SearchIndexes, AnEmptyStoreHasNothing) {
  EXPECT_EQ(found("anything"), Names{});
  EXPECT_EQ(search({}).outcome.total, 0u);
}

TEST_P(SearchIndexes, AThreadHasWhatSpeaksOfItsMessages) {
  say({{.incoming = true, .number = 0, .subject = "Rocket"},
       {.number = 1, .subject = "Seen", .speaks_of = "S-000001"},
       {.incoming = true, .number = 1, .subject = "Thanks", .speaks_of = "N-000001"},
       {.number = 2, .subject = "More", .incident = "S-000001"},
       {.incoming = true, .number = 2, .subject = "Yes", .speaks_of = "N-000002"},
       {.number = 3, .subject = "Mines", .incident = "mine-field"},
       {.incoming = true, .number = 3, .subject = "Where", .speaks_of = "N-000003"},
       {.number = 4, .subject = "Alone"},
       {.number = 5, .subject = "Later", .incident = "N-000001"}});
  const Names rocket{"N5", "S3", "N2", "S2", "N1", "S1"};
  for (const char* name : {"S-000001", "N-000001", "S-000002", "N-000002", "S-000003"}) {
    EXPECT_EQ(search({.incident = name}).names, rocket) << name;
  }
  EXPECT_EQ(search({.incident = "mine-field"}).names, (Names{"S4", "N3"}));
  EXPECT_EQ(search({.incident = "S-000004"}).names, (Names{"S4", "N3"}));
  EXPECT_EQ(search({.incident = "N-000004"}).names, Names{"N4"});
  EXPECT_EQ(search({.incident = "none"}).names, Names{});
}

ServiceFields about_incident(wire::ServiceAction action) {
  ServiceFields fields;
  fields.action = action;
  fields.detail = "why";
  return fields;
}

TEST_P(SearchIndexes, ThreadsOfOneIncidentAreJoined) {
  const auto opened = about_incident(wire::ServiceAction::incident_opened);
  say({{.number = 1, .content = stray_rocket()},
       {.incoming = true, .number = 0, .content = stray_rocket()},
       {.incoming = true, .number = 1, .subject = "Ours too", .speaks_of = "S-000001"},
       {.number = 2, .content = opened, .incident = "N-000001", .speaks_of = "S-000002"},
       {.number = 3, .content = opened, .incident = "rocket", .speaks_of = "N-000002"},
       {.incoming = true, .number = 2, .subject = "Later", .incident = "S-000001"},
       {.number = 4, .subject = "Later still", .incident = "rocket"},
       {.number = 5, .subject = "Of another", .incident = "mine-field"}});
  const Names all{"N4", "S3", "N3", "N2", "S2", "S1", "N1"};
  for (const char* name : {"N-000001", "S-000001", "S-000003", "N-000004", "rocket"}) {
    EXPECT_EQ(search({.incident = name}).names, all) << name;
  }
  EXPECT_EQ(search({.incident = "mine-field"}).names, Names{"N5"});
  EXPECT_EQ(incidents(), (std::vector<std::string>{"N-000001 7"}));
  // A message that does not open an incident joins nothing.
  say({{.number = 6, .subject = "Both", .incident = "mine-field", .speaks_of = "N-000001"}});
  EXPECT_EQ(search({.incident = "mine-field"}).names, (Names{"N6", "N5"}));
}

// Somebody may speak of a message that comes later, since something more urgent overtook it.
TEST_P(SearchIndexes, AThreadIsOneWhereAMessageComesAfterOneThatSpeaksOfIt) {
  say({{.number = 1, .subject = "Asked"},
       {.incoming = true,
        .number = 0,
        .content = stray_rocket(),
        .incident = "S-000001",
        .serial = 2},
       {.incoming = true,
        .number = 1,
        .subject = "Answered",
        .speaks_of = "N-000001",
        .serial = 1}});
  for (const char* name : {"N-000001", "S-000001", "S-000002"}) {
    EXPECT_EQ(search({.incident = name}).names, (Names{"S1", "S2", "N1"})) << name;
  }
}

TEST_P(SearchIndexes, AReportThatWasTakenBackIsACancelledIncident) {
  say({{.number = 1, .content = stray_rocket()},
       {.incoming = true,
        .number = 0,
        .content = CancellationFields{"not yours"},
        .speaks_of = "N-000001"}});
  EXPECT_EQ(incidents(), (std::vector<std::string>{"N-000001 2"})) << "only its sender can";
  say({{.number = 2, .content = CancellationFields{"by mistake"}, .speaks_of = "N-000001"}});
  EXPECT_EQ(incidents(), (std::vector<std::string>{"N-000001 3 cancelled"}));
}

TEST_P(SearchIndexes, AThreadIsLookedForByAWordThatIsNearlyItsOwn) {
  say({{.number = 1, .content = stray_rocket(), .incident = "mine-field"},
       {.number = 2, .subject = "Else", .incident = "area-1"},
       {.number = 3, .subject = "Of the first", .speaks_of = "N-000001"}});
  search({});
  const auto near = [&](const std::string& word) {
    std::string found;
    const std::string failed = read_and_wait(*store_, [&](StoreReader& reader) {
      const auto thread = reader.search_index().near_thread(word);
      found = thread ? *thread : thread.error().reason;
    });
    EXPECT_EQ(failed, "");
    return found;
  };
  EXPECT_EQ(near("mine-feild"), "mine-field");
  EXPECT_EQ(near("minefield"), "mine-field");
  EXPECT_EQ(near("mine-field"), "") << "it is there";
  for (const char* other : {"area-2", "area-12", "area-b", "area"}) {
    EXPECT_EQ(near(other), "") << other << ": what is counted apart is another one";
  }
  EXPECT_EQ(near("aera-1"), "area-1");
  EXPECT_EQ(near("reactor"), "");
  EXPECT_EQ(near("N-000004"), "") << "no word";
}

TEST_P(SearchIndexes, FindsSubjectTextFieldsAndIdsOfBothParties) {
  say({{.number = 1, .subject = "Convoy", .text = "Medical supplies to Horlivka"},
       {.incoming = true, .number = 0, .subject = "Rocket", .content = stray_rocket()},
       {.number = 2, .subject = "Answer", .text = "Seen", .incident = "S-000001"}});
  EXPECT_EQ(found("horlivka"), Names{"N1"});
  EXPECT_EQ(found("CONVOY medical"), Names{"N1"});
  EXPECT_EQ(found("convoy seen"), Names{});
  EXPECT_EQ(found("grad"), Names{"S1"});
  EXPECT_EQ(found("S-000001"), (Names{"N2", "S1"}));
  EXPECT_EQ(found("s-1"), (Names{"N2", "S1"}));
  EXPECT_EQ(found("N-000002"), Names{"N2"});
  // A coded field in each language.
  EXPECT_EQ(found("missile"), Names{"S1"});
  EXPECT_EQ(found("ракета"), Names{"S1"});
}

TEST_P(SearchIndexes, FindsCyrillicInAnyCaseAndByTheBeginning) {
  say({{.number = 1, .text = "Біля МІННОГО поля"},
       {.number = 2, .text = "Самолёт над посёлком, об\u02BCєкт й"},
       {.number = 3, .text = "Перемир'я"}});
  EXPECT_EQ(found("мінного"), Names{"N1"});
  EXPECT_EQ(found("МІН"), Names{"N1"});
  EXPECT_EQ(found("мін*"), Names{"N1"});
  EXPECT_EQ(found("інного"), Names{});
  EXPECT_EQ(found("самолет посёлк"), Names{"N2"});
  EXPECT_EQ(found("об'єкт"), Names{"N2"});
  EXPECT_EQ(found("об\u2019єк"), Names{"N2"});
  EXPECT_EQ(found("и\u0306"), Names{"N2"}) << "the letter with its mark apart";
  EXPECT_EQ(found("перемир"), Names{"N3"});
}

TEST_P(SearchIndexes, BetweenQuotesWordsStandAsTheyAre) {
  say({{.number = 1, .text = "red line crossed"}, {.number = 2, .text = "line of red lines"}});
  EXPECT_EQ(found("red line"), (Names{"N2", "N1"}));
  EXPECT_EQ(found("\"red line\""), Names{"N1"});
  EXPECT_EQ(found("\"red line"), Names{"N1"}) << "left open";
  EXPECT_EQ(found("\"red lin\""), Names{});
  EXPECT_EQ(found("\"red line\" cross"), Names{"N1"});
}

TEST_P(SearchIndexes, NothingThatIsTypedIsAnOperator) {
  say({{.number = 1, .text = "fish AND chips NEAR the harbour (north)"},
       {.number = 2, .text = "fish"}});
  for (const char* none : {"*", "***", "\"", "\"\"", "(", ")", "--", "^", ":", "';", "\u2014",
                           "fish OR cow", "fish NOT chips", "words : fish", "NEAR(fish cow)",
                           "fish + cow", "{a b} : fish cow", "\" OR \"cow"}) {
    EXPECT_EQ(found(none), Names{}) << none;
  }
  EXPECT_EQ(found("fish AND"), Names{"N1"});
  EXPECT_EQ(found("NEAR("), Names{"N1"});
  EXPECT_EQ(found("fish) (north"), Names{"N1"});
  EXPECT_EQ(found("fish * \" "), (Names{"N2", "N1"}));
  EXPECT_EQ(found("\xff\xfe"), Names{});
  EXPECT_EQ(found(std::string("fish\0chips", 10)), Names{"N1"});
  EXPECT_EQ(found("-fish"), (Names{"N2", "N1"}));
  std::string many;
  while (many.size() < limits::kSearchWordsSizeMax) many += "f ";
  EXPECT_EQ(found(many), (Names{"N2", "N1"}));
}

TEST_P(SearchIndexes, ChoosesByWhatItIs) {
  say({{.number = 1, .text = "alpha", .precedence = wire::Precedence::flash}}, 1000);
  say({{.incoming = true, .number = 0, .subject = "alpha", .content = stray_rocket()}}, 2000);
  say({{.number = 2, .text = "alpha", .incident = "S-000001"}}, 3000);
  const auto names = [this](const SearchQuery& query) { return search(query).names; };
  for (const char* words : {"", "alpha"}) {
    const std::string w = words;
    EXPECT_EQ(names({.words = w}), (Names{"N2", "S1", "N1"}));
    EXPECT_EQ(names({.list = {.box = ListBox::incoming}, .words = w}), Names{"S1"});
    EXPECT_EQ(names({.list = {.box = ListBox::outgoing}, .words = w}), (Names{"N2", "N1"}));
    EXPECT_EQ(names({.words = w, .type = 2}), Names{"S1"});
    EXPECT_EQ(names({.words = w, .type = 200}), Names{});
    EXPECT_EQ(names({.words = w, .code = "stray-missile"}), Names{"S1"});
    EXPECT_EQ(names({.words = w, .code = "other"}), Names{});
    EXPECT_EQ(names({.words = w, .precedence = 1}), Names{"N1"});
    EXPECT_EQ(names({.words = w, .incident = "S-000001"}), (Names{"N2", "S1"}));
    EXPECT_EQ(names({.words = w, .since = 2000, .until = 2000}), Names{"S1"});
    EXPECT_EQ(names({.words = w, .since = 2001}), Names{"N2"});
    EXPECT_EQ(names({.words = w, .until = 999}), Names{});
  }
}

TEST_P(SearchIndexes, GivesPagesWithTheirTrueCount) {
  std::vector<Said> all;
  for (uint64_t i = 0; i < 5; ++i) all.push_back({.incoming = true, .number = i, .text = "many"});
  say(all);
  for (const char* words : {"", "many"}) {
    SearchQuery query{.list = {.limit = 2}, .words = words};
    Names seen;
    for (int page = 0; page < 3; ++page) {
      const Found found = search(query);
      EXPECT_EQ(found.outcome.total, 5u);
      EXPECT_EQ(found.outcome.more, page < 2);
      EXPECT_EQ(found.names.size(), page < 2 ? 2u : 1u);
      seen.insert(seen.end(), found.names.begin(), found.names.end());
      query.list.before_journal_index = found.next;
    }
    EXPECT_EQ(seen, (Names{"S5", "S4", "S3", "S2", "S1"}));
  }
}

TEST_P(SearchIndexes, TakesInMoreThanAStepAndWhatComesLater) {
  std::vector<Said> all;
  const uint64_t count = 2 * limits::kIndexStepMessages + 1;
  for (uint64_t i = 1; i <= count; ++i) all.push_back({.number = i, .text = "flood"});
  say(all);
  std::string failed = read_and_wait(*store_, [&](StoreReader& reader) {
    const auto progress = reader.search_index().catch_up();
    ASSERT_TRUE(progress);
    EXPECT_FALSE(progress->is_complete()) << "a step is bounded";
  });
  EXPECT_EQ(failed, "");
  EXPECT_EQ(search({.list = {.limit = 1}, .words = "flood"}).outcome.total, count);
  say({{.incoming = true, .number = 0, .text = "flood of theirs"}, {.number = count + 1}});
  EXPECT_EQ(search({.list = {.limit = 1}, .words = "flood"}).outcome.total, count + 1);
  EXPECT_EQ(found("theirs"), Names{"S1"});
}

TEST_P(SearchIndexes, APeersMessageThatCannotBeReadHarmsNothing) {
  Batch batch = maker_.batch();
  maker_.receive(batch, 0);
  ASSERT_TRUE(commit(*store_, std::move(batch)).ok());
  say({{.number = 1, .text = "hale"}});
  EXPECT_EQ(found("hale"), Names{"N1"});
  EXPECT_EQ(search({}).names, (Names{"N1", "S0"}));
}

TEST_P(SearchIndexes, SaysWhatBecameOfAMessage) {
  say({{.number = 1, .text = "old"}});
  Batch batch = maker_.batch();
  maker_.fact(batch, {false, 1}, FactKind::cancelled, 77);
  ASSERT_TRUE(commit(*store_, std::move(batch)).ok());
  UtcMs cancelled_at = 0;
  const auto failed = read_and_wait(*store_, [&](StoreReader& reader) {
    ASSERT_TRUE(reader.search_index().catch_up());
    ASSERT_TRUE(reader.search_index().search({.words = "old"}, [&](const StoredMessage& message) {
      cancelled_at = message.cancelled_at;
      return true;
    }));
  });
  EXPECT_EQ(failed, "");
  EXPECT_EQ(cancelled_at, 77);
}

TEST_P(SearchIndexes, IsKeptOverAStartAndNobodyElseReadsIt) {
  say({{.number = 1, .text = "kept"}});
  EXPECT_EQ(found("kept"), Names{"N1"});
  reopen();
  std::string failed = read_and_wait(*store_, [&](StoreReader& reader) {
    EXPECT_EQ(
        reader.search_index().search({.words = "kept"}, [](const auto&) { return true; })->total,
        1u);
  });
  EXPECT_EQ(failed, "");
  size_t files = 0;
  each_index_file([&](const std::filesystem::path& file) {
    ++files;
    using std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(file).permissions() & (perms::group_all | perms::others_all),
              perms::none)
        << file;
  });
  EXPECT_GT(files, 0u);
}

TEST_P(SearchIndexes, IsMadeAnewWhereItIsGoneBrokenOrOfAnotherStore) {
  say({{.number = 1, .text = "kept"}});
  EXPECT_EQ(found("kept"), Names{"N1"});
  // Taken away while it is open.
  each_index_file([](const auto& file) { std::filesystem::remove(file); });
  EXPECT_EQ(found("kept"), Names{"N1"});
  store_.reset();
  each_index_file([](const auto& file) { std::filesystem::remove(file); });
  reopen();
  EXPECT_EQ(found("kept"), Names{"N1"});
  for (const char* content : {"", "no database at all"}) {
    store_.reset();
    each_index_file([](const auto& file) { std::filesystem::remove(file); });
    std::ofstream(path_ + "-search") << content;
    reopen();
    EXPECT_EQ(found("kept"), Names{"N1"}) << content;
  }
  // Bytes that rotted: whatever it notices, and whenever, it answers in the end.
  const auto size = std::filesystem::file_size(path_ + "-search");
  for (uint64_t at = 0; at < size; at += 509) {
    store_.reset();
    {
      std::fstream file(path_ + "-search", std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(at));
      file.write("rotten", 6);
    }
    reopen();
    const Found first = search({.words = "kept"});
    if (first.error.empty()) continue;
    EXPECT_EQ(found("kept"), Names{"N1"}) << at;
  }
  EXPECT_EQ(store_->reader().check(), std::vector<std::string>{});
}

TEST_P(SearchIndexes, AnIndexAheadOfTheStoreIsOfAnother) {
  say({{.number = 1, .text = "first"}});
  EXPECT_EQ(found("first"), Names{"N1"});
  store_.reset();
  const std::string kept = directory_ / "kept-index";
  each_index_file([&](const auto& file) {
    std::filesystem::rename(file, kept + file.filename().string().substr(5));
  });
  std::filesystem::remove(path_);
  for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
  ASSERT_TRUE(GetParam().create(path_, test_identity(), nullptr));
  for (const char* suffix : {"-search", "-search-wal", "-search-shm"}) {
    if (std::filesystem::exists(kept + suffix))
      std::filesystem::rename(kept + suffix, path_ + suffix);
  }
  reopen();
  EXPECT_EQ(found("first"), Names{});
  maker_ = BatchMaker();
  Batch batch = maker_.batch();
  maker_.entry(batch, "another beginning");
  ASSERT_TRUE(commit(*store_, std::move(batch)).ok());
  say({{.number = 1, .text = "second"}});
  EXPECT_EQ(found("second"), Names{"N1"});
  EXPECT_EQ(found("first"), Names{});
}

INSTANTIATE_TEST_SUITE_P(Every, SearchIndexes,
                         testing::ValuesIn(store_kinds().begin(), store_kinds().end()),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace hotline
