// The record, taken away and verified without the daemons.
#include <filesystem>
#include <fstream>

#include "client/demo/story.h"
#include "client/demo/transcript_check.h"
#include "protocol/message/names.h"
#include "protocol/terminal/exit_code.h"

namespace hotline::client {

Status DemoStory::compare_transcripts() {
  title("Both transcripts are equal, under the signatures of both parties");
  if (auto status = check_direction(north_ann_, south_ann_); !status) return status;
  return check_direction(south_ann_, north_ann_);
}

// The transcript of what `sender` sent, as each of the two has it.
Status DemoStory::check_direction(const Person& sender, const Person& receiver) {
  const std::string from = sender.party->id();
  const std::string to = receiver.party->id();
  TranscriptViews views;
  auto settled =
      wait_until("both have the same transcript of " + from, kPatience_ms, [&]() -> Result<bool> {
        for (const Person& person : {sender, receiver}) {
          auto connection = connect(person);
          if (!connection) return connection.error();
          auto reply = (*connection)->status();
          if (!reply) return reply.error();
          take_view(*reply->as<wire::StatusReply>(), person.party == sender.party, views);
        }
        return views.sender_size == views.receiver_size &&
               views.receipted_size == views.sender_size;
      });
  if (!settled) return settled;
  const auto signed_for = check_transcript(places_, from, to, views);
  if (!signed_for) return signed_for.error();
  say("sent by " + upper_case(from) + ": " + std::to_string(signed_for->size) + " leaves, root " +
      to_hex(signed_for->root).substr(0, 16) + "…, the same at both,");
  say("  signed by " + upper_case(from) + "'s log key, cosigned by " + upper_case(to) +
      "'s receipt key");
  return ok();
}

Status DemoStory::export_and_verify() {
  title("Auditors of both take the record away, and verify it without the daemons");
  for (const Person& eve : {north_eve_, south_eve_}) {
    const std::string directory = directory_ + "/" + eve.party->id() + ".export";
    if (auto status = run(eve, {"audit", "export", directory}); !status) return status;
  }
  for (DemoParty* party : {north_.get(), south_.get()}) {
    if (auto status = party->stop(); !status) return status;
  }
  say("Both daemons were told to end, and ended in order.");
  const std::string north = directory_ + "/north.export";
  const std::string south = directory_ + "/south.export";
  const std::string trust = directory_ + "/pki/trust";
  for (const std::string& one : {north, south}) {
    auto verdict = run_alone({"audit", "verify", one, "--trust", trust}, kExitDone, true);
    if (!verdict) return verdict.error();
    if (verdict->find("VERIFIED") == std::string::npos) return wrong(one + " was not VERIFIED");
  }
  auto reconciled = run_alone({"audit", "reconcile", north, south}, kExitDone, true);
  return reconciled ? ok() : Status(reconciled.error());
}

Status DemoStory::catch_a_forgery() {
  title("One bit of one message is changed in a copy of the record");
  const std::string copy = directory_ + "/forged.export";
  std::filesystem::copy(directory_ + "/north.export", copy,
                        std::filesystem::copy_options::recursive);
  // The first message sent; its envelope begins after the two bytes of its length.
  std::string bundle;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(copy + "/sent/tile/entries")) {
    if (entry.is_regular_file()) bundle = entry.path();
  }
  std::fstream file(bundle, std::ios::binary | std::ios::in | std::ios::out);
  constexpr std::streamoff kPlace = 100;
  char byte = 0;
  file.seekg(kPlace);
  file.get(byte);
  file.seekp(kPlace);
  file.put(static_cast<char>(byte ^ 1));
  file.close();
  if (!file) return make_error(ErrorCode::failed, bundle + " cannot be changed");
  auto verdict = run_alone({"audit", "verify", copy, "--trust", directory_ + "/pki/trust"},
                           kExitVerificationFailed, true);
  if (!verdict) return verdict.error();
  if (verdict->find("sent entry 0") == std::string::npos) {
    return wrong("the changed message was not named");
  }
  return ok();
}

Status DemoStory::prove_the_flash() {
  title("The FLASH is proved to a third person, who has one file and the two CA certificates");
  const std::string proof = directory_ + "/" + flash_ + ".proof";
  auto proved =
      run_alone({"audit", "prove", flash_, "--export", directory_ + "/south.export", "-o", proof},
                kExitDone, true);
  if (!proved) return proved.error();
  auto checked =
      run_alone({"audit", "check", proof, "--trust", directory_ + "/pki/trust"}, kExitDone, true);
  return checked ? ok() : Status(checked.error());
}

}  // namespace hotline::client
