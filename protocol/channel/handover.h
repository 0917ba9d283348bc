// The hand-over of the watch: who goes signs a list of what the next watch must know, and who comes
// ticks each item and signs the same list. A watch that nobody took over for 13 hours is an alarm.
//
//   watch ──start──▶ list signed ──accept, by another person──▶ next watch
//                     │      ▲
//                     └ start ┘  a later list takes its place
//
// The daemon makes the list, which needs the store; here stands what only the journal tells of the
// watch: which messages own people were not told of, and which rungs were climbed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/channel/conditions.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/effects.h"
#include "protocol/channel/key_set.h"
#include "protocol/channel/noise.h"
#include "protocol/channel/persons.h"
#include "protocol/channel/recorder.h"

namespace hotline {

// As in journal.fbs.
struct HandoverItem {
  wire::HandoverCode code = wire::HandoverCode::unset;
  std::string subject;
  uint8_t precedence = 0;  // 0: it has none.
  UtcMs since = 0;
  std::string text;
  uint64_t more = 0;

  bool operator==(const HandoverItem&) const = default;
};

// As programs read it: "not-acknowledged".
std::string handover_code_name(wire::HandoverCode code);
// SHA-256 of the items and the note, each field with its length before it.
Hash handover_hash(const std::vector<HandoverItem>& items, const std::string& note);
// The items of a list as it was signed.
std::vector<HandoverItem> items_of(const wire::HandoverStarted& started);

// A list that was signed; the journal has its items.
struct SignedHandover {
  uint64_t journal_index = 0;
  Hash hash{};
  UtcMs at = 0;
  Hash person{};                   // SHA-256 of the certificate.
  std::vector<std::string> items;  // How people call each, to say which was not ticked.
};
struct AcceptedHandover {
  uint64_t journal_index = 0;
  uint64_t started = 0;  // The entry that has the list.
  UtcMs at = 0;
  Hash person{};
};
// How often a rung was climbed in this watch, and last when.
struct ClimbedRung {
  bool incoming = false;
  uint8_t precedence = 0;
  std::string rung;
  auto operator<=>(const ClimbedRung&) const = default;
};
struct Climbs {
  uint64_t count = 0;
  UtcMs last_at = 0;
};

class Handover {
 public:
  // All of them outlive it.
  Handover(const CoreConfig& config, Recorder& recorder, Persons& persons, Noise& noise,
           Conditions& conditions)
      : config_(config),
        recorder_(recorder),
        persons_(persons),
        noise_(noise),
        conditions_(conditions) {}

  // As Core::start_handover and Core::accept_handover.
  void start(Now now, uint64_t token, const Actor& actor, const std::vector<HandoverItem>& items,
             const std::string& note);
  void accept(Now now, uint64_t token, const Actor& actor, uint64_t started, const Hash& hash,
              const std::vector<uint32_t>& ticks);

  void tick(Now now);
  // When this watch has lasted too long, if that lies after this time; INT64_MAX: never.
  UtcMs due(UtcMs now) const;

  // Since the last hand-over that was accepted, or the first start.
  UtcMs watch_since() const { return watch_since_; }
  // The newest ones, with what is not durable yet.
  const std::optional<SignedHandover>& started() const { return started_; }
  const std::optional<AcceptedHandover>& accepted() const { return accepted_; }
  // Messages of the peer of which own people were not told, by precedence.
  const std::map<uint8_t, KeySet>& undisseminated() const { return undisseminated_; }
  const std::map<ClimbedRung, Climbs>& rungs() const { return rungs_; }

  // Why an entry that is read back cannot follow those before it; null when it can.
  const char* fault_in(const wire::Entry& entry) const;
  // The entry that was recorded last.
  void apply(const wire::Entry& entry);
  void apply_durable(const wire::Entry& entry);

 private:
  Status try_start(Now now, uint64_t token, const Actor& actor,
                   const std::vector<HandoverItem>& items, const std::string& note);
  Status try_accept(Now now, uint64_t token, const Actor& actor, uint64_t started, const Hash& hash,
                    const std::vector<uint32_t>& ticks);
  Status check_other_person(const Actor& actor) const;
  Status check_ticks(const std::vector<uint32_t>& ticks) const;
  // Tells the person, and the record.
  void refuse(Now now, uint64_t token, const Actor& actor, const Error& error);
  // The newest list was accepted.
  bool is_over() const { return accepted_ && accepted_->started == started_->journal_index; }
  void note_spoken_of(uint8_t type, const wire::MessageKey* refers_to);
  void note_rungs(const wire::StepsDecided& fact, UtcMs at);

  const CoreConfig& config_;
  Recorder& recorder_;
  Persons& persons_;
  Noise& noise_;
  Conditions& conditions_;
  UtcMs watch_since_ = 0;  // 0: the daemon never started.
  std::optional<SignedHandover> started_;
  std::optional<AcceptedHandover> accepted_;
  std::map<uint8_t, KeySet> undisseminated_;
  std::map<ClimbedRung, Climbs> rungs_;
  std::map<ClimbedRung, Climbs> rungs_since_list_;  // Which the newest list does not tell.
};

}  // namespace hotline
