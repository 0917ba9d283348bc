// Two plans that come too near to each other, and how that is put right.
#include "client/demo/story.h"
#include "protocol/base/time_text.h"

namespace hotline::client {
namespace {

constexpr UtcMs kHour_ms = 3'600'000;
constexpr char kSouthsCircle[] = "54.95N 020.20E 5km";

std::string volume(const std::string& circle, UtcMs start, UtcMs end) {
  return circle + " / 300m amsl to 3000m amsl / " + format_date_time_group(start) + " to " +
         format_date_time_group(end);
}

struct FoundConflicts {
  uint64_t total = 0;
  std::string own;
  std::string peers;
  uint64_t horizontal_m = 0;
};

FoundConflicts conflicts_at(Connection& connection) {
  const auto reply = need(connection.conflicts("", 1));
  const auto rows = tables(reply->rows());
  if (rows.empty()) return {};
  return {reply->total(), text(rows[0]->own()), text(rows[0]->peers()), rows[0]->horizontal_m()};
}

}  // namespace

void DemoStory::announce_plans() {
  title("Both sides announce a flight for the day after tomorrow; they come too near");
  plan_start_ = invocation_.around->now() / kHour_ms * kHour_ms + 48 * kHour_ms;
  const auto flight = [](const std::string& circle, UtcMs start, const std::string& contact) {
    return std::vector<std::string>{"send",
                                    "-p",
                                    "routine",
                                    "-t",
                                    "activity",
                                    "--set",
                                    "kind=flight",
                                    "--set",
                                    "contact=" + contact,
                                    "--set",
                                    "volume=" + volume(circle, start, start + 2 * kHour_ms),
                                    "Survey flight."};
  };
  const auto with = [](std::vector<std::string> words, const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  run(north_ann_, with(flight("54.90N 020.10E 5km", plan_start_, "tower of NORTH"),
                       {"--wait", "delivered", "--timeout", "20s"}));
  const std::string norths = newest_outgoing(north_ann_);
  say("SOUTH is told before it sends its own, and sends it all the same, with a reason:");
  run(south_ann_, with(flight(kSouthsCircle, plan_start_ + kHour_ms, "tower of SOUTH"),
                       {"--set", "conflict-reason=the hour is not settled yet", "--wait",
                        "delivered", "--timeout", "20s"}));
  souths_plan_ = newest_outgoing(south_ann_);
  const auto north = connect(north_ann_), south = connect(south_ann_);
  FoundConflicts at_north, at_south;
  wait_until("both sides find the conflict", kPatience_ms, [&] {
    at_north = conflicts_at(*north);
    at_south = conflicts_at(*south);
    return at_north.total == 1 && at_south.total == 1;
  });
  const bool alike = at_north.own == norths && at_north.peers == souths_plan_ &&
                     at_south.own == souths_plan_ && at_south.peers == norths &&
                     at_north.horizontal_m == at_south.horizontal_m;
  if (!alike) wrong("the two sides do not find the same conflict");
  run(north_ann_, {"conflicts"});
  run(south_ann_, {"conflicts"});
}

void DemoStory::move_a_plan() {
  title("SOUTH moves its flight by six hours: the conflict ends at both");
  const UtcMs start = plan_start_ + kHour_ms;
  const std::string before = volume(kSouthsCircle, start, start + 2 * kHour_ms);
  const std::string after = volume(kSouthsCircle, start + 6 * kHour_ms, start + 8 * kHour_ms);
  run(south_ann_,
      {"send", "--corrects", souths_plan_, "--change", "volume=" + before + " -> " + after,
       "--reason", "moved", "--wait", "delivered", "--timeout", "20s"});
  for (const Person* person : {&north_ann_, &south_ann_}) {
    const auto connection = connect(*person);
    wait_until("the conflict has ended", kPatience_ms,
               [&] { return conflicts_at(*connection).total == 0; });
  }
  run(north_ann_, {"notices"});
}

}  // namespace hotline::client
