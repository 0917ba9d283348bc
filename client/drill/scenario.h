// A scenario: what is played in a drill, and what is expected of the players. Plain data, as the
// file has it (client/drill/scenario_file.h); whatever names another part of it is its place there.
//
// All times are milliseconds of exercise time. "After so long" counts from the beginning of the
// drill, or from whatever the sentence names.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/compose/message_request.h"
#include "protocol/message/message_generated.h"
#include "protocol/terminal/toml_file.h"

namespace hotline::client {

inline constexpr size_t kSides = 2;
using SideIndex = size_t;  // 0 or 1: its place in Scenario::sides.
inline SideIndex other_side(SideIndex side) {
  return 1 - side;
}

// A message as it is typed, to be made when it goes: its times are said by that moment ("-5m").
struct ScenarioMessage {
  MessageRequest request;
  std::string reply_by;  // As typed, "+30m"; empty for none. Likewise:
  std::string expires;
  std::vector<std::string> answers;  // Of a reply to a REQUEST: to each question in its order.
  // Fields that name the message of an inject ("@crossing"), whose serial nobody knows before.
  std::map<std::string, size_t> names;
  TomlPlace at;
};

// ---- What is tried

struct Objective {
  std::string name;
  std::string text;
  TomlPlace at;
};

// ---- Who plays

// A part that a program plays. It never does anything that is not set.
struct Script {
  // A message of its own, about what an inject says.
  struct Reply {
    size_t to = 0;         // The inject.
    int64_t after_ms = 0;  // From its delivery.
    ScenarioMessage message;
    TomlPlace at;
  };
  // A mistake that is made on purpose.
  struct Slip {
    enum class Kind : uint8_t {
      never_acknowledges = 1,
      acknowledges_late,  // By `by`.
      misreads_position,  // Reads it back so many metres off.
      misreads_time,      // Reads it back so much off.
      declines,           // Instead of an acknowledgement.
      never_disseminates,
      never_answers,
    };
    Kind kind = Kind::never_acknowledges;
    size_t about = 0;  // The inject.
    int64_t by = 0;    // Milliseconds, or metres.
    uint8_t chance_percent = 100;
    TomlPlace at;
  };

  std::optional<int64_t> acknowledge_ms;  // From the delivery of each message. Likewise:
  std::optional<int64_t> disseminate_ms;
  wire::Audience audience = wire::Audience::unset;
  int64_t vary_ms = 0;  // All that it does comes up to so much later, by the seed.
  std::vector<Reply> replies;
  std::vector<Slip> slips;
};

struct Player {
  std::string name;
  SideIndex side = 0;
  wire::Role role = wire::Role::operator_;
  std::optional<Script> script;  // Without one people play this part.
  TomlPlace at;
};

// ---- What happens

// When an inject comes.
struct Trigger {
  enum class By : uint8_t {
    time = 1,  // Of the drill.
    inject,    // After another one.
    met,       // After an expectation was met. Likewise:
    missed,
    hand,  // By the director alone.
  };
  By by = By::time;
  size_t subject = 0;  // The inject or the expectation.
  int64_t delay_ms = 0;
  TomlPlace at;
};

struct MessageSent {
  ScenarioMessage message;
};
// A fault whose `for_ms` is 0 lasts to the end of the drill.
struct LinkCut {
  enum class How : uint8_t { whole = 1, one_way, slow };
  How how = How::whole;  // One way: nothing comes from the inject's side any more.
  int64_t delay_ms = 0;  // Of a slow link: added on each way.
  int64_t for_ms = 0;
};
struct DaemonKilled {  // The inject's side's.
  int64_t for_ms = 0;
};
struct PathLost {
  int64_t path = 1;  // By its place in the side's configuration, from 1.
  int64_t for_ms = 0;
};
struct CertificateRevoked {
  std::optional<size_t> player = {};  // A person's; else the TLS certificate of the side's daemon.
};
struct ClockWrong {
  int64_t ahead_ms = 0;  // Below 0: it is slow.
  int64_t for_ms = 0;
};
struct PlayerAbsent {
  size_t player = 0;
  int64_t for_ms = 0;
};
struct DirectorNote {
  std::string text;
};

// In the order of kInjectKinds (scenario_words.h).
using InjectContent = std::variant<MessageSent, LinkCut, DaemonKilled, PathLost, CertificateRevoked,
                                   ClockWrong, PlayerAbsent, DirectorNote>;

struct Inject {
  std::string name;
  bool enabled = true;  // One that is not, and whatever waits for it, keeps no drill open.
  SideIndex from = 0;   // Its director sees it.
  Trigger trigger;
  InjectContent content;
  TomlPlace at;

  // Null where it is something else.
  const ScenarioMessage* message() const {
    const auto* sent = std::get_if<MessageSent>(&content);
    return sent ? &sent->message : nullptr;
  }
};

// ---- What is expected

struct Acknowledged {
  std::optional<wire::Role> role;  // Any that may.
};
struct ReadBackRightly {};
struct Disseminated {
  std::optional<wire::Audience> audience;
};
struct Answered {
  std::optional<wire::MessageType> type;
  std::vector<std::string> words;  // Each of them stands in it, in any case.
  Settings fields;                 // As --set takes them.
};
struct Escalated {
  std::string rung;
};
struct ConflictFound {};
struct DecisionRecorded {
  std::optional<wire::Role> role;
};
struct NothingSent {};     // Acknowledgements, declines and disseminations do not count.
struct DirectorJudges {};  // Nothing that a machine could see.

// In the order of kExpectationKinds (scenario_words.h).
using ExpectationContent =
    std::variant<Acknowledged, ReadBackRightly, Disseminated, Answered, Escalated, ConflictFound,
                 DecisionRecorded, NothingSent, DirectorJudges>;

struct Expectation {
  std::string name;
  size_t of = 0;       // The inject with which its time begins.
  SideIndex side = 0;  // Which side is to do it.
  int64_t within_ms = 0;
  int64_t points = 1;
  std::optional<size_t> objective;
  bool by_director = false;  // The director's judgement counts, whatever a machine finds.
  std::string comment;       // For whoever judges, and for the report.
  ExpectationContent content;
  TomlPlace at;
};

struct Scenario {
  std::string title;
  std::string summary;
  std::string language = "en";  // Of messages that name none.
  std::array<std::string, kSides> sides;
  uint64_t seed = 1;
  std::vector<Objective> objectives;
  std::vector<Player> players;
  std::vector<Inject> injects;
  std::vector<Expectation> expectations;
};

}  // namespace hotline::client
