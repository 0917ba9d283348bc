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
Status check_rungs(const std::vector<ClimbedRung>& rungs) {
  const std::vector<ClimbedRung> ladder = {{"supervisor", 2'000}, {"duty-director", 4'000}};
  if (rungs.size() != ladder.size()) return wrong("a rung was left out or climbed twice");
  for (size_t i = 0; i < ladder.size(); ++i) {
    if (rungs[i].name != ladder[i].name) return wrong("the rungs were climbed in another order");
    if (rungs[i].after_ms < ladder[i].after_ms) return wrong(rungs[i].name + " was told too early");
    if (rungs[i].after_ms > ladder[i].after_ms + kRungLateMax_ms) {
      return wrong(rungs[i].name + " was told too late");
    }
  }
  return ok();
}

}  // namespace

Status DemoStory::send_flash() {
  title("FLASH in two languages: an aircraft of NORTH has crossed the border by mistake");
  if (auto status =
          run(north_ann_,
              {"send", "-p", "flash", "-t", "airspace-crossing", "--set", "where=54.90N 020.10E",
               "--text", "en=One of our aircraft has lost its way and crossed. It turns back now.",
               "--text", "ru=Наш самолёт сбился с курса и пересёк границу. Он возвращается.",
               "--wait", "delivered", "--timeout", "20s"});
      !status) {
    return status;
  }
  const auto id = newest_outgoing(north_ann_);
  if (!id) return id.error();
  flash_ = *id;
  return ok();
}

Status DemoStory::see_it_delivered() {
  title("Delivered: SOUTH has signed that it holds exactly these bytes, on disk");
  auto north = connect(north_ann_);
  if (!north) return north.error();
  auto sent = (*north)->show(flash_);
  if (!sent) return sent.error();
  auto south = connect(south_ann_);
  if (!south) return south.error();
  auto received = (*south)->show(flash_);
  if (!received) return received.error();
  const auto& ours = *sent->as<wire::Detail>();
  const auto& theirs = *received->as<wire::Detail>();
  if (ours.row()->delivered_at() == 0) return wrong("there is no receipt at NORTH");
  if (to_bytes(bytes(ours.envelope())) != to_bytes(bytes(theirs.envelope())) ||
      to_bytes(bytes(ours.body())) != to_bytes(bytes(theirs.body()))) {
    return wrong("SOUTH holds other bytes than NORTH sent");
  }
  say("The operator of SOUTH reads the coded fields in Russian, whoever wrote them:");
  return run(south_ann_, {"show", "@flash"});
}

Status DemoStory::let_nobody_answer() {
  title("Nobody answers: the ladder climbs (2 s and 4 s here; 3 and 5 minutes by default)");
  auto south = connect(south_ann_);
  if (!south) return south.error();
  auto detail = (*south)->show(flash_);
  if (!detail) return detail.error();
  const UtcMs received_at = detail->as<wire::Detail>()->row()->committed_at();
  std::vector<ClimbedRung> rungs;
  auto status = wait_until("the duty director was told", kPatience_ms, [&]() -> Result<bool> {
    auto reply = (*south)->escalations(flash_);
    if (!reply) return reply.error();
    const auto* rows = reply->as<wire::EscalationRows>()->rows();
    if (rows == nullptr || rows->size() == 0) return wrong("the ladder has forgotten " + flash_);
    const ClimbedRung rung{text(rows->Get(0)->rung()), rows->Get(0)->decided_at() - received_at};
    if (rung.name.empty() || (!rungs.empty() && rungs.back().name == rung.name)) return false;
    rungs.push_back(rung);
    say(output_.styled(Style::red, "ESCALATED") + " to " + rung.name + ", " +
        format_duration(rung.after_ms) + " after it was received");
    return rung.name == "duty-director";
  });
  if (!status) return status;
  if (status = check_rungs(rungs); !status) return status;
  status = wait_until("both rungs' commands ran", kPatience_ms, [&]() -> Result<bool> {
    return std::filesystem::exists(south_->page_file("supervisor")) &&
           std::filesystem::exists(south_->page_file("duty-director"));
  });
  if (!status) return status;
  return run(south_ann_, {"escalation", "show", "@flash"});
}

Status DemoStory::acknowledge() {
  title("Acknowledged by the supervisor of SOUTH, who reads position and time back");
  if (auto status = run(south_bob_, {"ack", "@flash"}); !status) return status;
  if (auto status = wait_for_row(north_ann_, flash_, "NORTH knows who acknowledged",
                                 [](const auto& row) {
                                   return row.acknowledged_role() ==
                                          static_cast<uint8_t>(wire::Role::supervisor);
                                 });
      !status) {
    return status;
  }
  auto south = connect(south_bob_);
  if (!south) return south.error();
  auto reply = (*south)->escalations(flash_);
  if (!reply) return reply.error();
  const auto* rows = reply->as<wire::EscalationRows>()->rows();
  if (rows != nullptr && rows->size() != 0 && !text(rows->Get(0)->next()).empty()) {
    return wrong("the ladder goes on after the acknowledgement");
  }
  say("The ladder of both sides has stopped.");
  return ok();
}

Status DemoStory::answer() {
  title("Answered");
  if (auto status = run(south_ann_,
                        {"reply", flash_, "--answer",
                         "0=We see it. Our air defence is told to hold fire.", "--language", "en"});
      !status) {
    return status;
  }
  if (auto status = wait_for_row(north_ann_, flash_, "NORTH has the answer",
                                 [](const auto& row) { return row.answered_at() != 0; });
      !status) {
    return status;
  }
  return run(north_ann_, {"list", "--limit", "4"});
}

}  // namespace hotline::client
