// The first chapter: certificates, two daemons, the link, a test call.
#include "client/demo/story.h"
#include "protocol/terminal/exit_code.h"

namespace hotline::client {

Status DemoStory::make_certificates() {
  title("Certificates: a CA for each party, four keys for each daemon, three people each");
  if (auto made = run_alone({"pki", "dev-init", directory_ + "/pki"}, kExitDone, false); !made) {
    return made.error();
  }
  for (const std::string party : {"north", "south"}) {
    const std::string trust = directory_ + "/pki/trust/" + party + "-ca";
    std::vector<std::string> words = {"pki",   "check",        "--ca",    trust + ".crt",
                                      "--crl", trust + ".crl", "--party", party};
    for (const char* name : {"tls", "log", "receipt", "witness"}) {
      words.push_back(directory_ + "/pki/" + party + "/" + name + ".crt");
    }
    words.push_back(directory_ + "/pki/" + party + "/people/ann.crt");
    if (auto checked = run_alone(words, kExitDone, false); !checked) return checked.error();
  }
  say("Made by `hotline pki dev-init`, and each found good by `hotline pki check`.");
  say("DEV ONLY stands in every subject, and they end in seven days.");
  return ok();
}

Status DemoStory::start_daemons() {
  title("Daemons: NORTH and SOUTH, each with a store of its own");
  auto to_north = Relay::start();
  if (!to_north) return to_north.error();
  auto to_south = Relay::start();
  if (!to_south) return to_south.error();
  to_north_ = std::move(*to_north);
  to_south_ = std::move(*to_south);
  places_ = {directory_, hotlined_, "00112233445566778899aabbccddeeff"};
  north_ = std::make_unique<DemoParty>(places_, "north", "N", "south", "S", to_south_->port());
  south_ = std::make_unique<DemoParty>(places_, "south", "S", "north", "N", to_north_->port());
  north_ann_ = {north_.get(), "ann", "en"};
  south_ann_ = {south_.get(), "ann", "ru"};
  south_bob_ = {south_.get(), "bob", "en"};
  north_eve_ = {north_.get(), "eve", "en"};
  south_eve_ = {south_.get(), "eve", "en"};
  for (DemoParty* party : {north_.get(), south_.get()}) {
    if (auto status = party->init(); !status) return status;
    if (auto status = party->start(); !status) return status;
    say("$ hotlined init --allow-dev-pki -c " + party->id() + "/hotlined.toml");
    say("$ hotlined run --allow-dev-pki -c " + party->id() + "/hotlined.toml &");
  }
  for (const Person& person : {north_ann_, south_ann_}) {
    auto connection = connect(person);
    if (!connection) return connection.error();
    if ((*connection)->party() != person.party->id())
      return wrong("another party's daemon answers");
    if (!(*connection)->server().dev_pki()) return wrong("the daemon does not admit to DEV ONLY");
  }
  say("Both answer their operator, ann, over TLS, and say that their certificates are for");
  say("development. Ports were given by the system; a relay of the demo is the cable between.");
  return ok();
}

Status DemoStory::bring_link_up() {
  title("Link: both dial, one connection is kept");
  to_north_->lead_to(north_->peer_port());
  to_south_->lead_to(south_->peer_port());
  const auto is_up = [](const wire::StatusReply& status) {
    return status.link() == wire::LinkState::up;
  };
  for (const Person& person : {north_ann_, south_ann_}) {
    if (auto outcome = wait_for_status(person, "the link came up", is_up); !outcome) return outcome;
  }
  return run(north_ann_, {"status"});
}

Status DemoStory::make_test_call() {
  title("Test call: does the other watch answer?");
  if (auto status = run(north_ann_, {"test-call", "--wait", "delivered", "--timeout", "20s"});
      !status) {
    return status;
  }
  if (auto status = run(south_ann_, {"ack", "@last"}); !status) return status;
  const auto id = newest_outgoing(north_ann_);
  if (!id) return id.error();
  return wait_for_row(north_ann_, *id, "the test call was acknowledged",
                      [](const auto& row) { return row.acknowledged_at() != 0; });
}

}  // namespace hotline::client
