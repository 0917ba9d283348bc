// hotline-week DIR: plays the week, and leaves DIR/trust, DIR/north.export and DIR/south.export.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

#include "certs/dev_pki.h"
#include "tests/system/week/week.h"

namespace {

void run(const std::string& directory) {
  using namespace hotline;
  namespace fs = std::filesystem;
  DevPkiOptions options;
  options.people = {"ann", "bob", "cid", "eve", "fay"};
  options.validity_ms = 9 * week::kDay_ms;
  const auto made = create_dev_pki(directory + "/pki", options, week::kWeekBegins - week::kHour_ms);
  if (!made) throw week::WeekFailed(made.error().reason);
  fs::create_directories(directory + "/trust");
  for (const char* ca : {"/trust/north-ca.crt", "/trust/south-ca.crt"})
    fs::copy_file(directory + "/pki" + ca, directory + ca);
  week::Week week(directory, week::policy_of_the_week());
  week::play(week);
  week.north.is_exported(directory + "/north.export");
  week.south.is_exported(directory + "/south.export");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("hotline-week DIR: plays a week of two watch floors into an empty directory\n",
               stderr);
    return 2;
  }
  try {
    run(argv[1]);
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "hotline-week: %s\n", failed.what());
    return 1;
  }
  return 0;
}
