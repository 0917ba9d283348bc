#include "daemon/watch/wait_for_room.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <deque>
#include <filesystem>
#include <fstream>

namespace hotline {
namespace {

TEST(ServeWhileThereIsRoom, B6_AStartThatFindsTheDiskFullAgainWaitsAgain) {
  std::deque<Served> ends = {{1, true}, {1, true}, {1, true}, {7, false}};
  int waits = 0;
  const int code = serve_while_there_is_room(
      [&] {
        const Served next = ends.front();
        ends.pop_front();
        return next;
      },
      [&] { return ++waits > 0; });
  EXPECT_EQ(code, 7);
  EXPECT_EQ(waits, 3);
}

TEST(ServeWhileThereIsRoom, ASignalEndsTheWait) {
  int served = 0;
  const auto serve = [&] { return ++served, Served{1, true}; };
  EXPECT_EQ(serve_while_there_is_room(serve, [] { return false; }), 0);
  EXPECT_EQ(served, 1);
}

TEST(HasRoom, B6_TheLargestSizeOfAFileIsABoundToo) {
  std::string name = (std::filesystem::temp_directory_path() / "hotline-room-XXXXXX").string();
  const std::filesystem::path directory = mkdtemp(name.data());
  const std::string path = (directory / "journal.db").string();
  std::ofstream(path) << std::string(60'000, 'x');
  EXPECT_TRUE(has_room(path, 1'000));
  EXPECT_FALSE(has_room(path, uint64_t{1} << 60));

  const auto ignored = signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{61'000, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const bool within = has_room(path, 1'000);
  const bool beyond = has_room(path, 1'001);
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, ignored);
  EXPECT_TRUE(within);
  EXPECT_FALSE(beyond);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory), {}), 1);
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace hotline
