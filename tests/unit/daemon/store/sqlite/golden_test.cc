// The stored format, as text: whoever changes it sees that, and decides about the stores that
// exist. HOTLINE_UPDATE_GOLDEN=1 writes the files anew.
#include <flatbuffers/flatbuffers.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "daemon/store/sqlite/sqlite.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/channel/journal_generated.h"
#include "tests/unit/daemon/store/sqlite/sqlite_fixture.h"

namespace hotline {
namespace {

// Returns the golden text.
std::string expect_golden(const std::string& name, const std::string& found) {
  const std::string path = std::string(HOTLINE_TEST_DATA) + "/golden/" + name;
  if (std::getenv("HOTLINE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << found;
  }
  std::ifstream file(path, std::ios::binary);
  const std::string expected{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(found, expected) << "the stored format changed: " << path;
  return expected;
}

std::string quoted(const Rows& rows, int column) {
  switch (rows.type(column)) {
    case SQLITE_NULL:
      return "NULL";
    case SQLITE_INTEGER:
      return std::to_string(rows.integer(column));
    case SQLITE_TEXT:
      return "'" + std::string(rows.text(column)) + "'";
    default:
      return to_hex(rows.blob(column));
  }
}

class StoreGoldenTest : public StoreTest {};

TEST_F(StoreGoldenTest, TheTables) {
  Database database(path_, SQLITE_OPEN_READONLY, "");
  std::string text = "application_id " + std::to_string(database.pragma("application_id")) +
                     "\nuser_version " + std::to_string(database.pragma("user_version")) +
                     "\npage_size " + std::to_string(database.pragma("page_size")) + "\n";
  Statement statement(database, "", "SELECT coalesce(sql, name) FROM sqlite_master ORDER BY rowid");
  Rows rows = statement.query();
  while (rows.next()) text += std::string(rows.text(0)) + "\n";
  expect_golden("store_schema.txt", text);
}

// A row of each table, with its seal.
TEST_F(StoreGoldenTest, TheRows) {
  BatchMaker maker;
  Batch batch = maker.batch();
  const MessageKey sent = maker.release(batch, 4);
  maker.number(batch, maker.release(batch, 4));  // It overtakes, so that a run ends.
  maker.number(batch, sent);
  maker.receive(batch, 77, 4);
  maker.receipt(batch, LogId::own_transcript, 1);
  maker.receipt(batch, LogId::peer_transcript, 1);
  maker.fact(batch, sent, FactKind::acknowledged, 7, 3, "duty officer");
  maker.group_fact(batch, {0, 3, 1023}, FactKind::rung, 8, "supervisor");
  while (batch.journal.size() < 256) maker.entry(batch, "fill");  // Keeps one subtree.
  ASSERT_TRUE(commit(*open(), std::move(batch)).ok());

  Database database(path_, SQLITE_OPEN_READONLY, "");
  std::string text;
  for (const char* table : {"store", "head", "journal", "subtree", "own_message", "peer_message",
                            "run", "own_receipt", "peer_receipt", "fact", "group_fact", "person"}) {
    Statement statement(database, table, std::string("SELECT * FROM ") + table + " LIMIT 4");
    Rows rows = statement.query();
    while (rows.next()) {
      text += table;
      for (int i = 0; i < rows.columns(); ++i) text += " " + quoted(rows, i);
      text += "\n";
    }
  }
  expect_golden("store_rows.txt", text);
}

wire::Digest digest_of(const std::string& text) {
  const Hash hash = hash_of(text);
  return wire::Digest(flatbuffers::span<const uint8_t, 32>(hash.data(), hash.size()));
}

// The bytes of a journal entry as this program writes them today, and as every later one must read
// them.
TEST(JournalGoldenTest, AnEntry) {
  flatbuffers::FlatBufferBuilder builder;
  const wire::Digest leaf = digest_of("leaf");
  const wire::Digest submitter = digest_of("submitter");
  const wire::Digest salt = digest_of("salt");
  const wire::MessageKey refers_to(true, 41);
  wire::ReleasedBuilder released(builder);
  released.add_serial(123);
  released.add_type(9);
  released.add_precedence(1);
  released.add_leaf_hash(&leaf);
  released.add_size(600);
  released.add_refers_to(&refers_to);
  released.add_submitter(&submitter);
  released.add_counter(7);
  released.add_role(2);
  const auto fact = released.Finish();
  builder.Finish(
      wire::CreateEntry(builder, 1'795'000'000'000, &salt, wire::Fact::Released, fact.Union()),
      "HLJE");
  const ByteView bytes(builder.GetBufferPointer(), builder.GetSize());
  const std::string golden = expect_golden("journal_entry.hex", to_hex(bytes) + "\n");

  const auto stored = from_hex(golden.substr(0, golden.size() - 1));
  ASSERT_TRUE(stored);
  const auto entry = open_flatbuffer<wire::Entry>(*stored, "HLJE");
  ASSERT_TRUE(entry) << entry.error().reason;
  EXPECT_EQ((*entry)->at(), 1'795'000'000'000);
  const wire::Released* read = (*entry)->fact_as_Released();
  ASSERT_NE(read, nullptr);
  EXPECT_EQ(read->serial(), 123u);
  EXPECT_EQ(read->type(), 9);
  EXPECT_EQ(read->precedence(), 1);
  EXPECT_EQ(read->size(), 600u);
  EXPECT_TRUE(read->refers_to()->incoming());
  EXPECT_EQ(read->refers_to()->number(), 41u);
  EXPECT_EQ(read->counter(), 7u);
  EXPECT_EQ(read->role(), 2);
  EXPECT_EQ(read->name_hash(), nullptr);
}

}  // namespace
}  // namespace hotline
