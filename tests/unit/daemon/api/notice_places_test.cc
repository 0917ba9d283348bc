#include "daemon/api/notice_places.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

TEST(NoticePlaces, AreReadAsTheyAreWritten) {
  const NoticePlace notice{1'764'669'600'000, {true, 17}};
  EXPECT_EQ(format_place(notice), "1764669600000.1.17");
  EXPECT_EQ(parse_notice_place(format_place(notice)), notice);
  const ConflictPlace conflict{1'764'669'600'000, 3, 0};
  EXPECT_EQ(format_place(conflict), "1764669600000.3.0");
  EXPECT_EQ(parse_conflict_place(format_place(conflict)), conflict);
  for (const char* wrong : {"", "2", "1.2", "1.2.3.4", "1.2.x", "-1.2.3", "1.2.", "1..2",
                            "99999999999999999999.1.1", "N-000003"}) {
    EXPECT_FALSE(parse_notice_place(wrong)) << wrong;
    EXPECT_FALSE(parse_conflict_place(wrong)) << wrong;
  }
  EXPECT_FALSE(parse_notice_place("1.2.3")) << "neither ours nor the peer's";
}

// As lists have them: by time, and of one time ours first.
TEST(NoticePlaces, AreInTheOrderOfTheLists) {
  EXPECT_LT((NoticePlace{1, {true, 5}}), (NoticePlace{2, {false, 1}}));
  EXPECT_LT((NoticePlace{1, {false, 9}}), (NoticePlace{1, {true, 0}}));
  EXPECT_LT((ConflictPlace{1, 9, 9}), (ConflictPlace{2, 1, 0}));
  EXPECT_LT((ConflictPlace{1, 1, 9}), (ConflictPlace{1, 2, 0}));
}

}  // namespace
}  // namespace hotline
