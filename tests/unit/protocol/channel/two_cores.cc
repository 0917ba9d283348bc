#include "tests/unit/protocol/channel/two_cores.h"

#include <gtest/gtest.h>

#include "protocol/base/check.h"
#include "protocol/message/draft.h"

namespace hotline {

TwoCores::TwoCores(Policy policy) {
  ChannelName channel;
  random_.fill(channel.id);
  const std::array<std::string, 2> names = {"north", "south"};
  const std::array<std::string, 2> prefixes = {"N", "S"};
  const auto make = [this](std::unique_ptr<Ed25519Signer>& signer,
                           std::unique_ptr<Ed25519Verifier>& verifier) {
    auto made = Ed25519Signer::create(random_.salt());
    HOTLINE_CHECK(made);
    auto checks = Ed25519Verifier::create(made->public_key());
    HOTLINE_CHECK(checks);
    signer = std::make_unique<Ed25519Signer>(*std::move(made));
    verifier = std::make_unique<Ed25519Verifier>(*std::move(checks));
  };
  for (Side& side : sides_) {
    make(side.log, side.log_verifier);
    make(side.receipt, side.receipt_verifier);
    make(side.witness, side.witness_verifier);
  }
  const auto keys = [&](size_t party) {
    const Side& side = sides_[party];
    PartyKeys made;
    made.log = {log_key_name(channel, names[party]), kNoteTypeEd25519, side.log->public_key()};
    made.receipt = {receipt_key_name(channel, names[party]), kNoteTypeCosignatureV1,
                    side.receipt->public_key()};
    made.witness = {witness_key_name(channel, names[party]), kNoteTypeCosignatureV1,
                    side.witness->public_key()};
    made.log_verifier = side.log_verifier.get();
    made.receipt_verifier = side.receipt_verifier.get();
    made.witness_verifier = side.witness_verifier.get();
    return made;
  };
  for (size_t party : {kNorth, kSouth}) {
    CoreConfig config;
    config.party = names[party];
    config.peer = names[1 - party];
    config.prefix = prefixes[party];
    config.peer_prefix = prefixes[1 - party];
    config.channel = channel;
    config.own_keys = keys(party);
    config.peer_keys = keys(1 - party);
    config.log_signer = sides_[party].log.get();
    config.receipt_signer = sides_[party].receipt.get();
    config.witness_signer = sides_[party].witness.get();
    config.policy = policy;
    config.version = "test";
    Side& side = sides_[party];
    side.core = std::make_unique<Core>(std::move(config), side.disk, random_, now());
    HOTLINE_CHECK(side.core->start(now(), empty_root()));
  }
  settle();
}

LinkId TwoCores::connect() {
  LinkId link = ++last_link_;
  open_[link] = {true, true};
  for (size_t party : {kNorth, kSouth})
    core(party).link_opened(now(), link, sides_[1 - party].core->config().party);
  settle();
  return link;
}

void TwoCores::disconnect(LinkId link) {
  for (size_t party : {kNorth, kSouth}) {
    if (std::exchange(open_[link][party], false))
      core(party).link_closed(now(), link, "connection lost");
  }
  settle();
}

void TwoCores::hold_frames_from(size_t party, bool hold) {
  Side& side = sides_[party];
  side.holding = hold;
  if (hold) return;
  for (auto& [link, frame] : std::exchange(side.held, {})) {
    if (open_[link][1 - party]) core(1 - party).frame_received(now(), link, frame);
  }
  settle();
}

void TwoCores::pass(int64_t ms) {
  for (BootMs end = boot_ + ms; boot_ < end;) {
    boot_ = std::min(boot_ + 250, end);
    for (size_t party : {kNorth, kSouth}) core(party).tick(now());
    settle();
  }
}

void TwoCores::settle() {
  for (bool busy = true; busy;) {
    busy = false;
    for (size_t party : {kNorth, kSouth}) {
      std::vector<Effect> effects = core(party).take_effects();
      for (Effect& effect : effects) perform(party, effect);
      busy = busy || !effects.empty();
      if (!core(party).wants_commit()) continue;
      auto batch = core(party).seal(now());
      if (!batch) continue;
      busy = true;
      sides_[party].disk.persist(*batch);
      core(party).committed(now());
    }
  }
}

void TwoCores::perform(size_t party, Effect& effect) {
  Side& side = sides_[party];
  if (auto* send = std::get_if<SendFrame>(&effect)) {
    if (side.holding) {
      side.held.emplace_back(send->link, send->frame);
    } else if (open_[send->link][1 - party]) {
      core(1 - party).frame_received(now(), send->link, send->frame);
    }
  } else if (auto* close = std::get_if<CloseLink>(&effect)) {
    open_[close->link][party] = false;
  } else if (auto* answer = std::get_if<AnswerSubmission>(&effect)) {
    side.answers.emplace(answer->token, answer->outcome);
  } else if (auto* next = std::get_if<TryNextPath>(&effect)) {
    next_paths[party].push_back(*next);
  } else if (auto* alarm = std::get_if<Alarm>(&effect)) {
    alarms[party].push_back(alarm->text);
  }
}

Result<Submission> TwoCores::submit(size_t party, uint8_t precedence, ContentFields content,
                                    const std::vector<std::string>& references) {
  BodyFields body;
  body.subject = "Test";
  if (std::holds_alternative<TextContentFields>(content))
    body.texts.push_back({"en", "A text.", true, ""});
  body.content = std::move(content);
  flatbuffers::FlatBufferBuilder b;
  auto language = b.CreateString("en");
  auto ids = b.CreateVectorOfStrings(references);
  auto bytes = b.CreateVector(build_body(body));
  wire::DraftBuilder draft(b);
  draft.add_type(static_cast<uint8_t>(type_of(body.content)));
  draft.add_precedence(precedence);
  draft.add_language(language);
  draft.add_references(ids);
  draft.add_body(bytes);
  b.Finish(draft.Finish(), kDraftIdentifier);

  Side& side = sides_[party];
  Actor ann{"ann", Hash{}, {static_cast<uint8_t>(wire::Role::operator_)}};
  ann.certificate[0] = static_cast<uint8_t>(1 + party);
  uint64_t token = ++side.counter;
  core(party).submit(now(), token, ann, token, {b.GetBufferPointer(), b.GetSize()});
  settle();
  auto answer = side.answers.find(token);
  HOTLINE_CHECK(answer != side.answers.end());
  return answer->second;
}

}  // namespace hotline
