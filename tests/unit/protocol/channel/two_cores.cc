#include "tests/unit/protocol/channel/two_cores.h"

#include "protocol/base/check.h"
#include "protocol/base/sha256.h"
#include "protocol/base/text.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/neutral_phrases.h"
#include "tests/made_draft.h"

namespace hotline {
namespace {

const Actor kDrafter{"ann", Hash{7}, {static_cast<uint8_t>(wire::Role::operator_)}};
const Actor kReleaser{"bob", Hash{8}, {static_cast<uint8_t>(wire::Role::supervisor)}};

}  // namespace

TwoCores::TwoCores(Policy policy, bool exercise)
    : channel_{{0x5a, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, exercise} {
  for (size_t party : {kNorth, kSouth}) {
    CoreConfig config = test_core_config(channel_, keys_[party], keys_[1 - party]);
    config.policy = policy;
    sides_[party].config = config;
    HOTLINE_CHECK(sides_[party].start(config, {}));
  }
}

LinkId TwoCores::connect() {
  LinkId link = ++last_link_;
  open_[link] = {true, true};
  for (size_t party : {kNorth, kSouth})
    core(party).link_opened(now(party), link, core(1 - party).config().party);
  settle();
  return link;
}

void TwoCores::disconnect(LinkId link) {
  for (size_t party : {kNorth, kSouth}) {
    if (std::exchange(open_[link][party], false))
      core(party).link_closed(now(party), link, "connection lost");
  }
  settle();
}

void TwoCores::restart(size_t party) {
  for (const auto& [link, ends] : std::map(open_)) disconnect(link);
  HOTLINE_CHECK(sides_[party].start(sides_[party].config, disk(party).journal()));
}

void TwoCores::restart(size_t party, simulation::SimulatedDisk disk) {
  for (auto& [link, ends] : open_) ends[party] = false;
  for (const auto& [link, ends] : std::map(open_)) disconnect(link);
  sides_[party].crash();
  this->disk(party) = std::move(disk);
  HOTLINE_CHECK(sides_[party].start(sides_[party].config, this->disk(party).journal()));
}

void TwoCores::hold_frames_from(size_t party, bool hold) {
  Side& side = sides_[party];
  side.holding = hold;
  if (hold) return;
  for (auto& [link, frame] : std::exchange(side.held, {})) {
    if (open_[link][1 - party]) core(1 - party).frame_received(now(1 - party), link, frame);
  }
  settle();
}

void TwoCores::pass(int64_t ms, int64_t step_ms) {
  for (int64_t left = ms; left > 0; left -= step_ms) {
    for (Side& side : sides_) {
      side.advance(std::min(left, step_ms));
      side.tick();
    }
    settle();
  }
}

void TwoCores::settle() {
  do {
    delivered_ = false;
    for (Side& side : sides_) side.settle();
  } while (delivered_);
}

void TwoCores::Side::perform(SendFrame& send) {
  if (holding) {
    held.emplace_back(send.link, std::move(send.frame));
  } else if (cores.open_[send.link][1 - party]) {
    cores.core(1 - party).frame_received(cores.now(1 - party), send.link, send.frame);
    cores.delivered_ = true;
  }
}

Result<Submission> TwoCores::submit(size_t party, uint8_t precedence, ContentFields content,
                                    const std::vector<std::string>& references, wire::Role role,
                                    bool danger_to_life, const std::string& incident,
                                    UtcMs expires_at) {
  BodyFields body;
  body.subject = "Test";
  const auto* test = std::get_if<TestFields>(&content);
  const auto phrase = test ? neutral_phrase(test->phrase, "en") : std::nullopt;
  if (kind_of(type_of(content)).needs_texts(channel_.exercise))
    body.texts.push_back({"en", std::string(phrase.value_or("A text.")), true, ""});
  if (channel_.exercise) {
    for (auto& text : body.texts) text.text = mark_exercise(text.text);
  }
  body.content = std::move(content);
  const Bytes draft = made_draft(type_of(body.content), precedence, build_body(body), references, 0,
                                 danger_to_life, incident, expires_at);

  Side& side = sides_[party];
  Actor ann{"ann", Hash{}, {static_cast<uint8_t>(role)}};
  ann.certificate[0] = static_cast<uint8_t>(1 + party);
  uint64_t token = ++side.counter;
  core(party).submit(now(party), token, ann, token, draft);
  settle();
  auto answer = side.answers.find(token);
  HOTLINE_CHECK(answer != side.answers.end());
  return answer->second;
}

Result<DraftChange> TwoCores::save_draft(size_t party, const Bytes& draft) {
  const uint64_t token = ++sides_[party].draft_tokens;
  core(party).save_draft(now(party), token, kDrafter, 0, std::nullopt, draft);
  return drafted(party, token);
}

Result<DraftChange> TwoCores::hand_in(size_t party, uint64_t number, const Bytes& draft) {
  const uint64_t token = ++sides_[party].draft_tokens;
  core(party).submit_draft(now(party), token, kDrafter, number, sha256({draft}));
  return drafted(party, token);
}

Result<DraftChange> TwoCores::drafted(size_t party, uint64_t token) {
  settle();
  const auto answer = sides_[party].draft_answers.find(token);
  HOTLINE_CHECK(answer != sides_[party].draft_answers.end());
  return answer->second;
}

Result<Submission> TwoCores::release(size_t party, uint64_t number, const Bytes& draft) {
  const uint64_t token = ++sides_[party].draft_tokens;
  core(party).submit(now(party), token, kReleaser,
                     core(party).last_counter(kReleaser.certificate) + 1, draft, {}, number);
  settle();
  const auto answer = sides_[party].answers.find(token);
  HOTLINE_CHECK(answer != sides_[party].answers.end());
  return answer->second;
}

Result<DraftChange> TwoCores::give_back(size_t party, uint64_t number, const Bytes& draft,
                                        const std::string& reason) {
  const uint64_t token = ++sides_[party].draft_tokens;
  core(party).return_draft(now(party), token, kReleaser, number, sha256({draft}), reason);
  return drafted(party, token);
}

Status TwoCores::note_guarantor(size_t party, const std::string& name, const GuarantorNote& note,
                                wire::Role role) {
  Side& side = sides_[party];
  const uint64_t token = ++side.counter;
  core(party).note_guarantor(now(party), token, {"bob", Hash{9}, {static_cast<uint8_t>(role)}},
                             name, note);
  settle();
  const auto answer = side.case_answers.find(token);
  HOTLINE_CHECK(answer != side.case_answers.end());
  return answer->second;
}

Status TwoCores::set_clock(size_t party, const ClockOrder& order, wire::Role role) {
  Side& side = sides_[party];
  const uint64_t token = ++side.counter;
  core(party).set_exercise_clock(now(party), token,
                                 {"carol", Hash{10}, {static_cast<uint8_t>(role)}}, order);
  settle();
  const auto answer = side.clock_answers.find(token);
  HOTLINE_CHECK(answer != side.clock_answers.end());
  return answer->second;
}

}  // namespace hotline
