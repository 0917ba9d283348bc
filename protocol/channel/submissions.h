// A person's submissions: each becomes a released message, or is refused; submitted again it gets
// the same answer.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/sorted_blocks.h"
#include "protocol/channel/channel_state.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/disk_state.h"
#include "protocol/channel/drafts.h"
#include "protocol/channel/evidence.h"
#include "protocol/channel/noise.h"
#include "protocol/channel/persons.h"
#include "protocol/channel/recorder.h"
#include "protocol/channel/releases.h"
#include "protocol/message/draft.h"

namespace hotline {

class Submissions {
 public:
  // All of them outlive it.
  Submissions(const CoreConfig& config, Recorder& recorder, Persons& persons, Noise& noise,
              const DiskState& disk, const Evidence& evidence, const ChannelState& channel_state,
              Corrections& corrections, Drafts& drafts, Releases& releases)
      : config_(config),
        recorder_(recorder),
        persons_(persons),
        noise_(noise),
        disk_(disk),
        evidence_(evidence),
        channel_state_(channel_state),
        corrections_(corrections),
        drafts_(drafts),
        releases_(releases) {}

  // As Core::submit.
  void submit(Now now, uint64_t token, const Actor& actor, uint64_t counter, ByteView draft,
              std::string_view key, uint64_t draft_number);
  uint64_t last_counter(const Hash& certificate) const;

  void apply(const wire::Entry& entry);

 private:
  // Under which a submission is remembered: the caller's own key, if it gave one.
  struct Name {
    const Actor& actor;
    uint64_t counter = 0;
    std::optional<Hash> key;
  };
  // Callers' own idempotency keys by half their hash: what was submitted under them.
  using ShortHash = std::array<uint8_t, 16>;
  static ShortHash shorten(const Hash& hash);

  // Everything submit() does; the error is told to the person.
  Status try_submit(Now now, uint64_t token, const Actor& actor, uint64_t counter, ByteView draft,
                    std::string_view key, uint64_t draft_number);
  Result<Name> name_submission(const Actor& actor, uint64_t counter, std::string_view key) const;
  // The same submission again: the same answer for the same bytes, a refusal for others. True: it
  // was answered.
  Result<bool> answer_repeated(uint64_t token, const Name& name, ByteView request);
  // The serial of what was submitted under this name.
  std::optional<uint64_t> known_submission(const Name& name);
  // An own message, wherever it is on its way to the disk.
  MessageRecord own_message(uint64_t serial);
  // In which role this person sends it: alone, or as the second of two, who releases what another
  // wrote and `kept` holds.
  Result<wire::Role> sending_role(const Actor& actor, uint8_t wanted, const wire::Draft& draft,
                                  const std::optional<KeptDraft>& kept) const;
  // Alarms that follow from what was released, after its own entry.
  // `by_two`: another person wrote it and handed it in.
  void tell_of_release(Now now, const wire::Draft& draft, const wire::Released& released,
                       bool by_two);
  // Two people release it. Whatever changes a message is asked what that message was.
  bool asks_two(const wire::Draft& draft, bool danger_to_life) const;

  const CoreConfig& config_;
  Recorder& recorder_;
  Persons& persons_;
  Noise& noise_;
  const DiskState& disk_;
  const Evidence& evidence_;
  const ChannelState& channel_state_;
  Corrections& corrections_;
  Drafts& drafts_;
  Releases& releases_;
  std::map<Hash, uint64_t> last_counter_;  // By certificate.
  SortedBlocks<ShortHash, uint64_t> keyed_;
};

}  // namespace hotline
