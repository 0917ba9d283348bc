#include "client/audit/export_writer.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "protocol/log/merkle.h"
#include "tests/audit/export_fixture.h"

namespace hotline::audit {
namespace {

namespace fs = std::filesystem;

TEST(ExportDirectory, numbers_are_written_as_tlog_tiles_says) {
  EXPECT_EQ(tile_path(ExportLog::journal, 0, 1234067, 256), "journal/tile/0/x001/x234/067");
  EXPECT_EQ(tile_path(ExportLog::sent, 2, 5, 43), "sent/tile/2/005.p/43");
  EXPECT_EQ(entries_path(ExportLog::received, 1000, 256), "received/tile/entries/x001/000");
  EXPECT_EQ(parts_path(ExportLog::journal, 999, 1), "journal/parts/999.p/1");
  EXPECT_EQ(tile_hash_count(65535, 1), 255u);
  EXPECT_EQ(tile_hash_count(65536, 2), 1u);
  EXPECT_EQ(bundle_count(256), 1u);
  EXPECT_EQ(bundle_count(257), 2u);
  EXPECT_EQ(bundle_width(257, 1), 1u);
}

TEST(ExportWriter, never_writes_over_what_is_there) {
  const TestDirectory directory;
  fs::create_directory(directory / "there");
  write_whole(directory / "file", "");
  fs::create_directory(directory / "begun.partial");
  for (const char* name : {"there", "there/", "file", "begun"}) {
    const auto writer = ExportWriter::create(directory / name);
    ASSERT_FALSE(writer) << name;
    EXPECT_EQ(writer.error().code, ErrorCode::conflict);
  }
}

TEST(ExportWriter, leaves_nothing_behind_unless_it_finished) {
  const TestDirectory directory;
  {
    auto writer = ExportWriter::create(directory / "export");
    ASSERT_TRUE(writer);
    const std::string entry = "an entry";
    ASSERT_TRUE(writer->append(ExportLog::sent, as_bytes(entry), leaf_hash(as_bytes(entry)), {}));
    ExportWriter moved = *std::move(writer);
    ASSERT_TRUE(moved.append(ExportLog::sent, as_bytes(entry), leaf_hash(as_bytes(entry)), {}));
    EXPECT_EQ(moved.size(ExportLog::sent), 2u);
    EXPECT_TRUE(fs::exists(directory / "export.partial"));
  }
  EXPECT_TRUE(fs::is_empty(directory.path()));
  auto writer = ExportWriter::create(directory / "export");
  ASSERT_TRUE(writer && writer->finish());
  EXPECT_TRUE(fs::exists(directory / "export/hotline-export"));
  EXPECT_FALSE(fs::exists(directory / "export.partial"));
}

TEST(ExportWriter, leaves_out_a_part_that_the_entry_does_not_name) {
  const TestDirectory directory;
  auto writer = ExportWriter::create(directory / "export");
  const std::string entry = "nobody can read this";
  const SaltedPart part{Hash{}, as_bytes("body")};
  ASSERT_TRUE(
      writer->append(ExportLog::received, as_bytes(entry), leaf_hash(as_bytes(entry)), part));
  ASSERT_TRUE(writer->finish());
  EXPECT_EQ(read_whole(directory / "export/received/parts/000.p/1"), std::string(4, '\0'));
}

TEST(ExportWriter, refuses_an_entry_that_no_length_can_tell) {
  const TestDirectory directory;
  auto writer = ExportWriter::create(directory / "export");
  const std::string entry(kEntrySizeMax + 1, 'x');
  EXPECT_FALSE(writer->append(ExportLog::journal, as_bytes(entry), Hash{}, {}));
}

}  // namespace
}  // namespace hotline::audit
