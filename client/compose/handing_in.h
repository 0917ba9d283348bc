// A message that two people release (protocol/message/two_person.h) is kept as a draft and handed
// in: another person sees it and lets it go.
#pragma once

#include <string>

#include "client/compose/saved_draft.h"
#include "client/compose/submitting.h"
#include "client/connect/connection.h"

namespace hotline::client {

// The daemon's rule asks for two people, for these bytes of a draft. What changes a message is
// asked what that message was.
bool asks_two_people(Connection& connection, ByteView draft);

// A draft may still wait for a second person though one may send it by now.
std::string hint_to_send_alone(const std::string& name);

// It would ask for two, did the draft not speak of danger to life.
bool is_excused_from_two(Connection& connection, ByteView draft);

// The refusal of a message that the channel does not take now; its hint is the command that keeps
// this one, where there is one.
Error with_words_to_keep(Error error, const FinishedDraft& draft);

// The words of the command that brings an open draft, which keeps the rules, one step nearer to the
// other side: "draft submit D-3".
std::string next_step(Connection& connection, const SavedDraft& saved);

// Saves what a person wanted to send, and hands it in. Prints
//   D-7  FLASH  airspace-crossing
//     handed in     14:12:07.913Z  journal 1042
// and with a wait follows it to its release, and then as submit_finished() does. Returns the exit
// code: without a wait 0, though nothing was sent; 6 when nobody released it in time, 8 when it was
// given back or discarded.
int hand_in(Invocation& invocation, Connection& connection, const FinishedDraft& draft,
            const WaitOptions& wait);

}  // namespace hotline::client
