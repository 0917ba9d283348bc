// A FLASH that nobody acknowledges at first.
#include <filesystem>

#include "client/demo/story.h"

namespace hotline::client {
namespace {

// How late a rung may be on a machine that has much else to do.
constexpr int64_t kRungLateMax_ms = 5'000;

struct ClimbedRung {
  std::string name;
  int64_t after_ms = 0;  // Since the receiver's commit of the message.
};

// Each rung once, in order, never early. The times are those that DemoParty configures.
void check_rungs(const std::vector<ClimbedRung>& rungs) {
  const std::vector<ClimbedRung> ladder = {{"supervisor", 2'000}, {"duty-director", 4'000}};
  if (rungs.size() != ladder.size()) wrong("a rung was left out or climbed twice");
  for (size_t i = 0; i < ladder.size(); ++i) {
    if (rungs[i].name != ladder[i].name) wrong("the rungs were climbed in another order");
    if (rungs[i].after_ms < ladder[i].after_ms) wrong(rungs[i].name + " was told too early");
    if (rungs[i].after_ms > ladder[i].after_ms + kRungLateMax_ms) {
      wrong(rungs[i].name + " was told too late");
    }
  }
}

}  // namespace

void DemoStory::send_flash() {
  title("FLASH in two languages: an aircraft of NORTH has crossed the border by mistake");
  flash_ =
      send(north_ann_, north_bob_,
           {"send", "-p", "flash", "-t", "airspace-crossing", "--set", "where=54.90N 020.10E",
            "--text", "en=One of our aircraft has lost its way and crossed. It turns back now.",
            "--text", "ru=Наш самолёт сбился с курса и пересёк границу. Он возвращается."});
  wait_for_delivery(north_ann_, flash_);
}

void DemoStory::see_it_delivered() {
  title("Delivered: SOUTH has signed that it holds exactly these bytes, on disk");
  const auto sent = need(connect(north_ann_)->show(flash_));
  const auto received = need(connect(south_ann_)->show(flash_));
  const auto& ours = *sent;
  const auto& theirs = *received;
  if (ours.row()->delivered_at() == 0) wrong("there is no receipt at NORTH");
  if (to_bytes(bytes(ours.envelope())) != to_bytes(bytes(theirs.envelope())) ||
      to_bytes(bytes(ours.body())) != to_bytes(bytes(theirs.body()))) {
    wrong("SOUTH holds other bytes than NORTH sent");
  }
  say("The operator of SOUTH reads the coded fields in Russian, whoever wrote them:");
  run(south_ann_, {"show", "@flash"});
}

void DemoStory::let_nobody_answer() {
  title("Nobody answers: the ladder climbs (2 s and 4 s here; 3 and 5 minutes by default)");
  const auto south = connect(south_ann_);
  const auto detail = need(south->show(flash_));
  const UtcMs received_at = detail->row()->committed_at();
  std::vector<ClimbedRung> rungs;
  wait_until("the duty director was told", kPatience_ms, [&] {
    const auto reply = need(south->escalations(flash_));
    const auto rows = tables(reply->rows());
    if (rows.empty()) wrong("the ladder has forgotten " + flash_);
    const ClimbedRung rung{text(rows[0]->rung()), rows[0]->decided_at() - received_at};
    if (rung.name.empty() || (!rungs.empty() && rungs.back().name == rung.name)) return false;
    rungs.push_back(rung);
    say(output_.styled(Style::red, "ESCALATED") + " to " + rung.name + ", " +
        format_duration(rung.after_ms) + " after it was received");
    return rung.name == "duty-director";
  });
  check_rungs(rungs);
  wait_until("both rungs' commands ran", kPatience_ms, [&] {
    return std::filesystem::exists(south_->page_file("supervisor")) &&
           std::filesystem::exists(south_->page_file("duty-director"));
  });
  run(south_ann_, {"escalation", "show", "@flash"});
}

void DemoStory::acknowledge() {
  title("Acknowledged by the supervisor of SOUTH, who reads position and time back");
  run(south_bob_, {"ack", "@flash"});
  wait_for_row(north_ann_, flash_, "NORTH knows who acknowledged", [](const auto& row) {
    return row.acknowledged_role() == static_cast<uint8_t>(wire::Role::supervisor);
  });
  const auto reply = need(connect(south_bob_)->escalations(flash_));
  const auto rows = tables(reply->rows());
  if (!rows.empty() && !text(rows[0]->next()).empty())
    wrong("the ladder goes on after the acknowledgement");
  say("The ladder of both sides has stopped.");
}

void DemoStory::answer() {
  title("Answered");
  send(south_ann_, south_bob_,
       {"reply", flash_, "--answer", "0=We see it. Our air defence is told to hold fire.",
        "--language", "en"});
  wait_for_row(north_ann_, flash_, "NORTH has the answer",
               [](const auto& row) { return row.answered_at() != 0; });
  run(north_ann_, {"list", "--limit", "4"});
}

}  // namespace hotline::client
