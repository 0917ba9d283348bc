// The state of the channel, folded from how both parties declare it (STATUS) and from the test
// calls between them, so that both, and whoever reads their record, come to the same.
//
//   open ──either restricts──▶ restricted ──whoever did declares it open──▶ open
//   open, restricted ──either suspends──▶ suspended ──whoever did declares it open──▶ reopening
//   reopening ──both have declared it open, and a test call was acknowledged──▶ open
//   reopening ──either suspends──▶ suspended
//
// A declaration holds at once, or from its time on by our clock; the next one of the same party
// that is made before that time takes its place. What came after a suspension is read in the
// transcripts and not from clocks: later in the same one, or from a party that says it held it. All
// declarations go at PRIORITY, so that none overtakes another.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "protocol/channel/conditions.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/recorder.h"
#include "protocol/message/message_generated.h"

namespace hotline {

// The first three as wire::ChannelState.
enum class ChannelMode : uint8_t { open = 1, restricted = 2, suspended = 3, reopening = 4 };

// As a party declared the channel to be.
struct Declaration {
  MessageKey key;
  wire::ChannelState state = wire::ChannelState::open;
  std::string reason;
  UtcMs from = 0;  // 0: it held when it was made.
  UtcMs at = 0;    // Its release, by its sender's clock: the same at both ends.
  // The first of those that said the same, one after the other. A restriction may be declared again
  // with another reason, and was there all the time.
  UtcMs first_since = 0;

  UtcMs since() const { return from == 0 ? at : from; }
};

struct ChannelStanding {
  ChannelMode mode = ChannelMode::open;
  UtcMs since = 0;                                     // This and the next: where it is not open.
  std::array<bool, 2> by{};                            // Own, the peer's.
  std::array<std::optional<Declaration>, 2> declared;  // Those that hold.
  std::array<std::optional<Declaration>, 2> next;      // Those that will.
  // Lacking, where the channel is suspended.
  std::array<bool, 2> lacks_open{};
  bool lacks_test_call = false;
};

// Refuses what a person may not send while the channel is so.
Status check_release_in(ChannelMode mode, uint8_t type, uint8_t precedence_number,
                        bool danger_to_life);
// The same refusal of what is kept as the draft `id`: it goes once the channel is open.
Error refused_draft(const Error& refusal, const std::string& id, bool is_handed_in,
                    uint8_t precedence_number);

class ChannelState {
 public:
  // All of them outlive it.
  ChannelState(const CoreConfig& config, Recorder& recorder, Conditions& conditions)
      : config_(config), recorder_(recorder), conditions_(conditions) {}

  ChannelStanding standing(UtcMs now) const;

  // Refuses a declaration of this party's or the peer's that does not fit; other messages always
  // do.
  Status check(bool incoming, const wire::Envelope& envelope, const wire::Body& body) const;
  // Refuses what a person may not send now.
  Status check_release(UtcMs now, uint8_t type, uint8_t precedence_number,
                       bool danger_to_life) const {
    return check_release_in(standing(now).mode, type, precedence_number, danger_to_life);
  }
  // True for a FLASH about danger to life, which goes although the channel is not open.
  bool goes_all_the_same(UtcMs now, const wire::Draft& draft) const;
  // True where the peer knew that the channel was not open for this message, and sent it.
  bool is_sent_all_the_same(const wire::Envelope& envelope, uint64_t serial) const;

  // An entry whose message is recorded too: it gathers, or was read back.
  void apply(const wire::Entry& entry);
  void apply_durable(const wire::Entry& entry);
  void note_conditions(Now now);
  // When the next declaration begins to hold, after this time; INT64_MAX: never.
  UtcMs due(UtcMs now) const;

 private:
  // A message, as far as it is asked whether it came after another.
  struct Place {
    bool incoming = false;
    uint64_t serial = 0;
    uint64_t held = 0;  // Messages of the other party that its sender held.
  };
  struct Message {
    MessageRecord record;
    Place place;
    UtcMs released_at = 0;
  };
  // A limit of what goes, with what is needed to know whether a message came after it.
  struct Limit {
    uint64_t serial = 0;
    std::optional<uint64_t> place;  // In its transcript, once it has one.
    UtcMs from = 0;                 // As Declaration's.
    UtcMs at = 0;
    UtcMs since() const { return from == 0 ? at : from; }
  };
  struct Call {
    MessageKey key;
    Place place;
    bool is_acknowledged = false;  // By a person.
  };
  struct Party {
    std::optional<Declaration> declared;
    std::optional<Declaration> next;
    std::optional<Limit> restriction;  // The newest declaration, where it restricts.
    std::optional<Limit> suspension;   // The newest that is not over.
    std::optional<Place> opened;       // The newest declaration that it is open.

    const std::optional<Declaration>& holds(UtcMs now) const {
      return next && next->from <= now ? next : declared;
    }
    bool is_suspended(UtcMs now) const { return suspension && suspension->from <= now; }
  };

  std::optional<Message> read(const EntryMessage& brought);
  void declare(const Message& message);
  void note_acknowledgement(MessageKey call);
  bool has_answered_call() const;
  bool is_after(const Place& place, bool of_peer, const Limit& limit) const;
  bool is_after_suspensions(const std::optional<Place>& place) const;
  void end_suspensions_if_complete();
  std::string words(const ChannelStanding& standing) const;

  const CoreConfig& config_;
  Recorder& recorder_;
  Conditions& conditions_;
  std::array<Party, 2> parties_;  // Own, the peer's.
  std::deque<Call> calls_;        // The newest test calls.
};

}  // namespace hotline
