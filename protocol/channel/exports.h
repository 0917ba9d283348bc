// Auditors' exports: each is recorded, and may begin once that is durable and the peer has cosigned
// our journal up to there, or did not answer soon.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "protocol/channel/core_config.h"
#include "protocol/channel/noise.h"
#include "protocol/channel/recorder.h"
#include "protocol/channel/witness.h"

namespace hotline {

class Exports {
 public:
  // All of them outlive it.
  Exports(Recorder& recorder, Noise& noise, Witness& witness)
      : recorder_(recorder), noise_(noise), witness_(witness) {}

  // As Core::record_export.
  void record(Now now, uint64_t token, const Actor& actor);
  void seal() { sealed_ = std::exchange(gathering_, {}); }
  // The sealed batch is durable. `adopted`: the link in use, if there is one.
  void committed(Now now, std::optional<LinkId> adopted);
  // Answers those that waited long enough.
  void answer(Now now, std::optional<LinkId> adopted);
  BootMs due() const;

 private:
  struct Waiting {
    uint64_t token = 0;
    ExportHead head;
    BootMs give_up_at = 0;
  };
  ExportHead head();

  Recorder& recorder_;
  Noise& noise_;
  Witness& witness_;
  std::vector<uint64_t> gathering_;  // Tokens.
  std::vector<uint64_t> sealed_;
  std::vector<Waiting> waiting_;
};

}  // namespace hotline
