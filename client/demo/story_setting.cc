// The first chapter: certificates, two daemons, the link, a test call.
#include "client/demo/story.h"
#include "protocol/terminal/exit_code.h"

namespace hotline::client {

void DemoStory::make_certificates() {
  title("Certificates: a CA for each party, four keys for each daemon, three people each");
  run_alone({"pki", "dev-init", directory_ + "/pki"}, kExitDone, false);
  for (const std::string party : {"north", "south"}) {
    const std::string trust = directory_ + "/pki/trust/" + party + "-ca";
    std::vector<std::string> words = {"pki",   "check",        "--ca",    trust + ".crt",
                                      "--crl", trust + ".crl", "--party", party};
    for (const char* name : {"tls", "log", "receipt", "witness"}) {
      words.push_back(directory_ + "/pki/" + party + "/" + name + ".crt");
    }
    words.push_back(directory_ + "/pki/" + party + "/people/ann.crt");
    run_alone(words, kExitDone, false);
  }
  say("Made by `hotline pki dev-init`, and each found good by `hotline pki check`.");
  say("DEV ONLY stands in every subject, and they end in seven days.");
}

void DemoStory::start_daemons() {
  title("Daemons: NORTH and SOUTH, each with a store of its own");
  to_north_ = need(Relay::start());
  to_south_ = need(Relay::start());
  places_ = {directory_, hotlined_, "00112233445566778899aabbccddeeff"};
  north_ = std::make_unique<DemoParty>(places_, "north", "N", "south", "S", to_south_->port());
  south_ = std::make_unique<DemoParty>(places_, "south", "S", "north", "N", to_north_->port());
  north_ann_ = {north_.get(), "ann", "en"};
  north_bob_ = {north_.get(), "bob", "en"};
  south_ann_ = {south_.get(), "ann", "ru"};
  south_bob_ = {south_.get(), "bob", "en"};
  north_eve_ = {north_.get(), "eve", "en"};
  south_eve_ = {south_.get(), "eve", "en"};
  for (DemoParty* party : {north_.get(), south_.get()}) {
    need(party->init());
    need(party->start());
    say("$ hotlined init --allow-dev-pki -c " + party->id() + "/hotlined.toml");
    say("$ hotlined run --allow-dev-pki -c " + party->id() + "/hotlined.toml &");
  }
  for (const Person& person : {north_ann_, south_ann_}) {
    const auto connection = connect(person);
    if (connection->party() != person.party->id()) wrong("another party's daemon answers");
    if (!connection->server().dev_pki()) wrong("the daemon does not admit to DEV ONLY");
  }
  say("Both answer their operator, ann, over TLS, and say that their certificates are for");
  say("development. Ports were given by the system; a relay of the demo is the cable between.");
}

void DemoStory::bring_link_up() {
  title("Link: both dial, one connection is kept");
  to_north_->lead_to(north_->peer_port());
  to_south_->lead_to(south_->peer_port());
  const auto is_up = [](const wire::StatusReply& status) {
    return status.link() == wire::LinkState::up;
  };
  for (const Person& person : {north_ann_, south_ann_}) {
    wait_for_status(person, "the link came up", is_up);
  }
  run(north_ann_, {"status"});
}

void DemoStory::make_test_call() {
  title("Test call: does the other watch answer?");
  run(north_ann_, {"test-call", "--wait", "delivered", "--timeout", "20s"});
  run(south_ann_, {"ack", "@last"});
  wait_for_row(north_ann_, newest_outgoing(north_ann_), "the test call was acknowledged",
               [](const auto& row) { return row.acknowledged_at() != 0; });
}

}  // namespace hotline::client
