// The kinds of messages: one row each, which says everything about a kind that others than its own
// file ask for. To add a kind, see "Adding a kind" in docs/architecture.md.
#pragma once

#include "protocol/message/message_generated.h"
#include "protocol/message/words.h"

namespace hotline {

// Which message the first reference must name: one of the sender's own, or one of the receiver's.
enum class SpeaksOf : uint8_t { nothing, own, theirs };

// An original text beside the coded fields. In an exercise a text carries the marks.
enum class Texts : uint8_t { always, in_exercise, never };

// Waited for from a person of the receiver's. An answer is due beside the acknowledgement.
enum class Awaits : uint8_t { nothing, acknowledgement, answer };

// Done to the message that it speaks of: its wait, and what lists show of it.
enum class TargetEffect : uint8_t {
  none,
  acknowledges,  // Ends the wait.
  answers,       // Ends the wait for an answer.
  declines,      // Ends the wait, if a person says so: a machine is nobody.
  corrects,
  cancels,      // Ends the wait.
  disseminates  // The receiver's own people were told of it.
};

class KindContent;  // protocol/message/kinds/content.h

// Defined by the file of the kind whose content these fields are.
template <class Fields>
const KindContent& content_of();

struct Kind {
  wire::MessageType type;
  SpeaksOf speaks_of;
  Texts texts;
  Awaits awaits;  // Climbs the ladder until it came.
  TargetEffect effect;
  // Speaks of a message at that one's precedence, and is never declined: nothing is due on it.
  bool takes_precedence;
  // Small, and lets somebody stop waiting: goes where little else does, as with a full disk.
  bool ends_a_wait;
  bool is_test_call;  // Has mode TEST, on every channel.
  // Its receiver tells its own people, by when the policy says.
  bool asks_for_dissemination;
  const char* key;  // Typed, and printed in tables: "incident".
  Wording wording;
  // Its file, and the number of its content in the schema; nothing where this version can neither
  // judge nor show it: such a message is received, and declined.
  struct Built {
    const KindContent& (*content)() = nullptr;
    wire::Content number = wire::Content::NONE;
    bool announces_volumes = false;  // To be held against the other side's.
    bool announces_place = false;    // A notice that is held against nothing.
  };
  Built built;

  bool announces_volumes() const { return built.announces_volumes; }
  bool is_notice() const { return built.announces_volumes || built.announces_place; }
  constexpr bool is_built() const { return built.content != nullptr; }
  const KindContent& content() const { return built.content(); }

  bool speaks_of_another() const { return speaks_of != SpeaksOf::nothing; }
  // Says that message otherwise, or takes it back.
  bool changes_another() const {
    return effect == TargetEffect::corrects || effect == TargetEffect::cancels;
  }
  wire::Mode mode(bool exercise_channel) const {
    return is_test_call       ? wire::Mode::test
           : exercise_channel ? wire::Mode::exercise
                              : wire::Mode::live;
  }
  bool waits_for_acknowledgement() const { return awaits != Awaits::nothing; }
  bool needs_texts(bool exercise_channel) const {
    return texts == Texts::always || (texts == Texts::in_exercise && exercise_channel);
  }
};

// The row of a type, also as it stands in journals and lists. A type from the future has one too:
// it is not built, and waits for an acknowledgement.
const Kind& kind_of(wire::MessageType type);
const Kind& kind_of(uint8_t type);

}  // namespace hotline
