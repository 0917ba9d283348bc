#include "client/report/message_threads.h"

#include <gtest/gtest.h>

namespace hotline::client {
namespace {

TEST(MessageThreadsTest, AMessageBelongsWhereItSaysElseWhereItsReferenceDoes) {
  MessageThreads threads;
  const auto first = threads.place("N-000001", "", "");
  ASSERT_TRUE(first);
  EXPECT_EQ(threads.name(*first), "N-000001");
  EXPECT_EQ(threads.place("S-000001", "", "N-000001"), first);
  EXPECT_EQ(threads.place("N-000002", "", "S-000001"), first);
  const auto word = threads.place("N-000003", "red-sea", "N-000001");
  EXPECT_EQ(threads.name(*word), "red-sea");
  EXPECT_NE(threads.root(*word), threads.root(*first));
  EXPECT_FALSE(threads.place("", "", ""));
}

TEST(MessageThreadsTest, OneThatWasSpokenOfBeforeItCameIsInThatThread) {
  MessageThreads threads;
  const auto later = threads.place("S-000001", "", "N-000009");
  const auto early = threads.place("N-000009", "", "N-000001");
  EXPECT_EQ(threads.root(*later), threads.root(*early));
}

TEST(MessageThreadsTest, ThreadsThatWereJoinedAreOne) {
  MessageThreads threads;
  const auto a = threads.place("N-000001", "", "");
  const auto b = threads.place("S-000001", "", "");
  const auto c = threads.place("S-000002", "", "");
  threads.join(*a, "S-000001");
  EXPECT_EQ(threads.root(*a), threads.root(*b));
  EXPECT_NE(threads.root(*a), threads.root(*c));
  threads.join(*c, "S-000001");
  EXPECT_EQ(threads.root(*a), threads.root(*c));
  EXPECT_EQ(threads.name(*c), "S-000002");
}

}  // namespace
}  // namespace hotline::client
