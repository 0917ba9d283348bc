// The judgement of a drill: what a side did, held against what is expected of it. Pure. A play in a
// moment (client/drill/play.h) and a drill over daemons are judged here, so that they cannot
// differ.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "client/compose/draft.h"
#include "client/drill/play.h"
#include "client/drill/scenario.h"
#include "protocol/message/message_rules.h"

namespace hotline::client {

// A message as far as an answer is judged by it.
struct Said {
  wire::MessageType type = wire::MessageType::unset;
  Bytes body;
};
Said said_in(const DraftFields& draft);

// Something that a side did about the message of an inject.
struct Deed {
  enum class Kind : uint8_t { acknowledged = 1, disseminated, replied, escalated, conflict };
  Kind kind = Kind::acknowledged;
  SideIndex side = 0;  // Means nothing for a conflict, which both sides find.
  wire::Role role = wire::Role::unset;
  bool read_back_rightly = true;
  EventPoint read_back = {};
  wire::Audience audience = wire::Audience::unset;
  std::string rung = {};
  Said said = {};
};

// The expectation is one of that message, and a machine finds it met. `now` is the moment by which
// the times that the file expects in an answer are said.
bool meets(const Expectation& expected, const Deed& deed, UtcMs now);

// The kind, the words and the fields of an answer are those that are expected.
bool is_answer(const Answered& expected, const Said& said, UtcMs now);

// Messages that break a silence: what a person says, and no mere answer to a message.
bool is_spoken(wire::MessageType type);

// That a side says something, by this inject where it is one, breaks the silence expected of it.
bool breaks_silence(const Expectation& expected, SideIndex side, std::optional<size_t> inject);

// Its time is over, and nothing was seen that settles it.
Outcome::Kind at_deadline(const Expectation& expected);
// The same, where its time may have been over while nobody could play. Null: somebody could.
const Unplayed* unplayed_at(const Play& play, int64_t at_ms);
Outcome::Kind at_deadline(const Scenario& scenario, const Play& play, size_t expectation);

// When an inject comes, as far as `play` tells until now. Nothing: it waits for something that has
// not happened, or does not come by itself. A director's judgement is taken to be that it was met.
std::optional<int64_t> due_ms(const Scenario& scenario, const Play& play, size_t inject);

// Its inject has happened, and it is not settled.
bool is_running(const Scenario& scenario, const Play& play, size_t expectation);
// When its time is over.
int64_t deadline_ms(const Scenario& scenario, const Play& play, size_t expectation);

}  // namespace hotline::client
