// A side's message as a deed about the messages of injects, as it is judged. A drill that goes
// on and the report on it read messages by these rules, so that they cannot differ. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "client/drill/judge.h"
#include "client/drill/play.h"
#include "client/drill/scenario.h"
#include "protocol/base/bytes.h"
#include "protocol/message/message_rules.h"

namespace hotline::client {

// A message as its sender released it. Borrowed.
struct SideMessage {
  SideIndex side = 0;
  wire::MessageType type = wire::MessageType::unset;
  const wire::Envelope& envelope;
  const wire::Body& body;
  ByteView body_bytes;
};

// The injects that a message is about: the one that it names, or else all of its thread. Those of
// its own side are left out, but for a decision. `ids`: the serials of the messages that injects
// became, in the places of the scenario; empty where an inject has none.
std::vector<size_t> injects_spoken_of(const Scenario& scenario, const std::vector<std::string>& ids,
                                      const SideMessage& message);

// The message is what the scenario makes of that inject of its side, at the moment at which it was
// drafted, to the byte. So either director knows those of the other. Errors count as: no.
bool is_message_of(const Scenario& scenario, size_t inject, const std::vector<std::string>& ids,
                   const SideMessage& message);

struct ToldDeed {
  PlayedEvent::What what = PlayedEvent::What::replied;
  std::optional<Deed> deed;  // Nothing of a decline, which meets no expectation.

  bool ends_the_wait() const {
    return what == PlayedEvent::What::acknowledged || what == PlayedEvent::What::declined;
  }
};

// `point`: place and time of the inject's message, with which a read-back is compared.
ToldDeed deed_of(const SideMessage& message, const EventPoint& point);

}  // namespace hotline::client
