// A peer with good keys, a person, or somebody who only knocks, may do the same again and again:
// the first few a minute are told one by one, the rest as a number. Nothing that counts for the
// protocol (places, receipts, evidence up to its limit) depends on it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "protocol/base/limits.h"
#include "protocol/base/noise_gate.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/key_set.h"
#include "protocol/channel/recorder.h"

namespace hotline {

enum class NoiseKind : uint8_t {
  stranger,  // Refused before it was known to be the peer.
  refusal,
  link_change,
  clock,
  evidence,
  broken_rule,
  broken_flash,
  decline,
  peer_declined,
  machine_declined,
  mismatch,
  no_room,
  conflict,
  not_open,  // The peer sent what a channel does not take that is not open.
  kinds,
};

class Noise {
 public:
  // Both outlive it.
  Noise(Recorder& recorder, Random& random) : recorder_(recorder), random_(random) {}

  // True: tell it. False: it was counted.
  bool admit(Now now, NoiseKind kind) { return gates_[index(kind)].admit(now.boot); }
  void alarm(Now now, NoiseKind kind, MessageKey key, const std::string& text);
  // The gate never holds back the first alarm of a kind about one of our FLASH.
  void alarm_about_own(Now now, NoiseKind kind, MessageKey key, const std::string& text);

  void note_refusal_of_link(Now now, NoiseKind kind, const std::string& remote,
                            const std::string& reason);
  // The link's state, once a minute where it changes without end.
  void note_link_change(Now now, wire::LinkChange change, const std::string& detail);
  // The same, held back by nothing.
  void record_link_change(Now now, wire::LinkChange change, const std::string& detail);

  // As Core::record_refusal. `object`: of the request, such as "D-3"; the record names it where
  // the reason does not.
  void record_refusal(Now now, const Actor& actor, const Error& error,
                      const std::string& object = "");
  // False: this person took too many; it was counted.
  bool record_export(Now now, const Actor& actor);

  // When the number of what was held back is to be told.
  BootMs due() const;
  // Tells as numbers all that was held back in minutes that had passed by `until`; INT64_MAX, at a
  // stop: in every one.
  void tell_held_back(BootMs until, Now now, bool link_is_up);

 private:
  static constexpr size_t kKinds = static_cast<size_t>(NoiseKind::kinds);
  static constexpr size_t index(NoiseKind kind) { return static_cast<size_t>(kind); }
  static std::array<NoiseGate, kKinds> gates();

  // Requests that one person repeats are told one by one at first, then as a number.
  struct PersonGates {
    std::string name;
    NoiseGate refusals{limits::kPersonRefusalsToldMax};
    NoiseGate exports{limits::kPersonExportsToldMax};
  };
  PersonGates& gates_of(const Actor& actor);
  void tell_held_back_of_persons(BootMs until, Now now);
  void record_refusal_of_link(Now now, const std::string& remote, const std::string& reason);
  void record_refusal_entry(Now now, const Actor& actor, const Error& error);
  void record_export_entry(Now now, const Actor& actor, uint32_t more);

  Recorder& recorder_;
  Random& random_;
  std::array<NoiseGate, kKinds> gates_ = gates();
  std::array<KeySet, kKinds> flash_told_;     // Own ones about which such a thing was told.
  std::map<Hash, PersonGates> person_gates_;  // By certificate.
};

}  // namespace hotline
