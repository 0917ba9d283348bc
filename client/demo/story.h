// The story that `hotline demo` tells: numbered steps with two real daemons, each step read back
// through the client API before the next begins.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/command_line/command_line.h"
#include "client/connect/connection.h"
#include "client/demo/demo_party.h"
#include "client/demo/relay.h"
#include "protocol/base/result.h"

namespace hotline::client {

// Something is not as the story says it: that ends it, as whatever it needs and cannot have does.
[[noreturn]] void wrong(const std::string& what);

class DemoStory {
 public:
  // `directory` is empty and the story's own; whoever made it removes it. `interrupted` is asked
  // now and then whether to give up.
  // `commands`: what a typed line may call; borrowed, like `invocation`.
  DemoStory(Invocation& invocation, const std::vector<Command>& commands, std::string directory,
            std::string hotlined, std::function<bool()> interrupted);
  ~DemoStory();

  // All steps, in order. The first thing that is not as it should be ends the story.
  Status tell();

  // The last lines of both daemons' logs, for when it went wrong.
  std::string logs() const;

 private:
  // One side of the story, by person: "north-ann".
  struct Person {
    DemoParty* party;
    std::string name;
    std::string language;
  };

  static constexpr int64_t kPatience_ms = 20'000;

  // story_setting.cc
  void make_certificates();
  void start_daemons();
  void bring_link_up();
  void make_test_call();
  // story_flash.cc
  void send_flash();
  void see_it_delivered();
  void let_nobody_answer();
  void acknowledge();
  void answer();
  // story_plans.cc
  void announce_plans();
  void move_a_plan();
  // story_storm.cc
  void cut_and_drain();
  void kill_and_restart();
  void send_incidents();
  void expect_all_once();
  // Everything of NORTH has been delivered, and none of this precedence waits.
  void wait_for_drain(const std::string& what, wire::Precedence last);
  // story_record.cc
  void compare_transcripts();
  void check_direction(const Person& sender, const Person& receiver);
  void export_and_verify();
  void catch_a_forgery();
  void prove_the_flash();

  // story.cc: what the steps are made of. Each ends the story where it cannot be done.
  void title(const std::string& words);
  void say(const std::string& words);
  // Runs a command as that person would type it, and shows both; it must end with 0.
  void run(const Person& person, const std::vector<std::string>& words, bool show = true);
  void write_context(const Context& context);
  // One that needs no daemon, and must end with `code`. Returns what it printed.
  std::string run_alone(const std::vector<std::string>& words, int code, bool show);
  // A command line as it would be typed in the demo's directory.
  std::string shown(const std::vector<std::string>& words) const;

  std::unique_ptr<Connection> connect(const Person& person);
  // Asks again until it is so.
  void wait_until(const std::string& what, int64_t timeout_ms, const std::function<bool()>& is_so);
  void wait_for_status(const Person& person, const std::string& what,
                       const std::function<bool(const wire::StatusReply&)>& is_so);
  void wait_for_row(const Person& person, const std::string& id, const std::string& what,
                    const std::function<bool(const wire::MessageRow&)>& is_so);
  // Sends it; where two people release such a message, the second one does. Returns its id.
  std::string send(const Person& writer, const Person& releaser,
                   const std::vector<std::string>& words);
  void wait_for_delivery(const Person& sender, const std::string& id);
  std::string newest_outgoing(const Person& person);
  std::vector<std::string> messages_of(const Person& person, wire::Box box);

  Invocation& invocation_;
  const std::vector<Command>& commands_;
  Output& output_;
  const std::string directory_;
  const std::string hotlined_;
  const std::function<bool()> interrupted_;
  int step_ = 0;

  DemoPlaces places_;
  std::unique_ptr<Relay> to_north_;
  std::unique_ptr<Relay> to_south_;
  std::unique_ptr<DemoParty> north_;
  std::unique_ptr<DemoParty> south_;
  Person north_ann_;
  Person north_bob_;
  Person south_ann_;
  Person south_bob_;
  Person north_eve_;
  Person south_eve_;
  std::string flash_;  // The id of the message that most of this is about.
  UtcMs plan_start_ = 0;
  std::string souths_plan_;
};

}  // namespace hotline::client
