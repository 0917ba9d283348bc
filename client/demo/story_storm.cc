// A cable that is cut, a daemon that is killed, and incidents of public record.
#include <algorithm>
#include <filesystem>
#include <set>

#include "client/demo/story.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

constexpr int kQueuedRoutine = 19;
constexpr int kSentAroundTheKill = 12;

}  // namespace

void DemoStory::cut_and_drain() {
  title("The link is cut; 20 messages wait; the FLASH goes first");
  to_north_->cut();
  to_south_->cut();
  for (const Person& person : {north_ann_, south_ann_}) {
    wait_for_status(person, "the link is down",
                    [](const auto& reply) { return reply.link() != wire::LinkState::up; });
  }
  for (int i = 1; i <= kQueuedRoutine; ++i) {
    run(north_ann_, {"send", "-p", "routine", "Routine notice " + std::to_string(i)}, false);
  }
  say("19 times: $ hotline send -p routine ...   and then:");
  const std::string last_flash =
      send(north_ann_, north_bob_,
           {"send", "-p", "flash", "-t", "stray-missile", "--set", "where=54.70N 019.90E"});
  wait_for_status(north_ann_, "20 messages are queued", [](const auto& status) {
    const auto* queued = status.queued();
    return queued != nullptr && queued->size() == 4 && queued->Get(0) == 1 &&
           queued->Get(3) == kQueuedRoutine;
  });
  run(north_ann_, {"status"});
  say("The cable is mended.");
  to_north_->mend();
  to_south_->mend();
  wait_for_drain("all were delivered", wire::Precedence::routine);
  const auto newest = need(connect(north_ann_)->list(wire::Box::outgoing, kQueuedRoutine + 1));
  uint64_t flash_place = 0;
  uint64_t first_place = UINT64_MAX;
  for (const auto* row : tables(newest->rows())) {
    if (!row->numbered()) wrong(text(row->id()) + " has no place in the transcript");
    first_place = std::min(first_place, row->transcript_index());
    if (text(row->id()) == last_flash) flash_place = row->transcript_index();
  }
  if (flash_place != first_place) wrong("the FLASH was not the first to go");
  say("All 20 are delivered. The FLASH, sent last, has the first place: leaf " +
      std::to_string(flash_place) + ".");
  run(south_ann_, {"ack", "@flash"});
}

void DemoStory::wait_for_drain(const std::string& what, wire::Precedence last) {
  const auto place = static_cast<flatbuffers::uoffset_t>(last) - 1;
  wait_for_status(north_ann_, what, [place](const auto& status) {
    return status.link() == wire::LinkState::up && status.unreceipted() == 0 &&
           status.own_receipted() == status.own_size() &&
           (status.queued() == nullptr || status.queued()->Get(place) == 0);
  });
}

void DemoStory::kill_and_restart() {
  title("SOUTH's daemon is killed (SIGKILL) in the middle of a flow, and started again");
  for (int i = 1; i <= kSentAroundTheKill; ++i) {
    if (i == kSentAroundTheKill / 2) {
      south_->kill();
      say("SIGKILL.");
    }
    run(north_ann_, {"send", "-p", "priority", "Notice " + std::to_string(i)}, false);
  }
  need(south_->start());
  to_south_->lead_to(south_->peer_port());
  wait_for_drain("the rest was delivered after the restart", wire::Precedence::priority);
  expect_all_once();
}

void DemoStory::send_incidents() {
  const auto directory = invocation_.arguments.get("--incidents");
  if (!directory) return;
  title("Incidents of public record, as messages; each is delivered and acknowledged");
  std::set<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(*directory, error)) {
    if (entry.path().extension() == ".toml") files.insert(entry.path().string());
  }
  if (files.empty()) wrong("there are no incidents in " + *directory);
  for (const std::string& file : files) {
    wait_for_delivery(north_ann_, send(north_ann_, north_bob_, {"send", "-f", file}));
    run(south_bob_, {"ack", "@last", "--wait", "delivered"}, false);
  }
  expect_all_once();
}

// Each has every message of the other once, and none besides.
void DemoStory::expect_all_once() {
  for (const auto& [sender, receiver] :
       {std::pair{north_ann_, south_ann_}, std::pair{south_ann_, north_ann_}}) {
    const auto sent = messages_of(sender, wire::Box::outgoing);
    const auto received = messages_of(receiver, wire::Box::incoming);
    if (std::set<std::string>(sent.begin(), sent.end()).size() != sent.size()) {
      wrong("a serial of " + sender.party->id() + " was used twice");
    }
    if (sent != received) {
      wrong(std::to_string(sent.size()) + " messages were sent by " + sender.party->id() + ", " +
            std::to_string(received.size()) + " are at the other");
    }
    say("sent by " + upper_case(sender.party->id()) + ": " + std::to_string(sent.size()) +
        ", each once at " + upper_case(receiver.party->id()) + ", none lost, none doubled");
  }
}

}  // namespace hotline::client
