// Envelopes: the bytes of a message that are signed for. An envelope names its parts
// (protocol/message/body.h) by size and by SHA-256(salt || part), so that a part can be erased with
// its salt while every proof about the envelope still holds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/message/body.h"
#include "protocol/message/message_generated.h"

namespace hotline {

struct ReferenceFields {
  std::string id;
  Hash hash{};  // Leaf hash of the envelope that `id` names.
};

struct PartFields {
  wire::PartKind kind = wire::PartKind::body;
  uint32_t size = 0;
  Hash hash{};  // salted_hash(salt, part).
};

struct HandlingFields {
  std::string audience;
  std::optional<UtcMs> keep_until;
};

// An envelope as values. An empty string is an absent field. The rules of
// protocol/message/message_rules.h say what must be there; building does not.
struct EpochFields {
  uint64_t number = 0;
  uint64_t size = 0;  // Of the transcript before it; its root likewise.
  Hash root{};
  uint64_t void_from = 0;  // Serials that are never given; 0 and 0: none.
  uint64_t void_to = 0;
};

struct EnvelopeFields {
  std::string id;
  wire::MessageType type = wire::MessageType::unset;
  wire::Precedence precedence = wire::Precedence::unset;
  wire::Mode mode = wire::Mode::unset;
  std::string from;
  std::string to;
  UtcMs drafted_at = 0;
  UtcMs released_at = 0;
  wire::Role drafter_role = wire::Role::unset;
  wire::Role releaser_role = wire::Role::unset;
  std::optional<Hash> person_hash;
  std::string language;
  uint64_t peer_transcript_size = 0;
  std::vector<ReferenceFields> references;
  std::string exercise_id;
  std::string correction_of;
  std::string incident;
  std::optional<UtcMs> reply_by;
  std::optional<UtcMs> expires_at;
  std::optional<HandlingFields> handling;
  std::vector<PartFields> parts;
  bool danger_to_life = false;
  std::optional<EpochFields> epoch;
};

// The exact bytes that become a leaf. The same fields give the same bytes with this version of the
// library; a reader never depends on that.
Bytes build_envelope(const EnvelopeFields& fields);

// Error: malformed. Says nothing about the rules, and lets types from the future through.
Result<Opened<wire::Envelope>> open_envelope(ByteView bytes);
Result<Opened<wire::Envelope>> open_envelope(const Bytes&&) =
    delete;  // An opened envelope reads the bytes.

// SHA-256(salt || part). The salt is 32 random bytes, kept beside the part and erased with it.
Hash salted_hash(const Hash& salt, ByteView part);

// The entry for a part that is about to be sent.
PartFields describe_part(wire::PartKind kind, const Hash& salt, ByteView part);

// True: the envelope names these bytes and this salt.
bool is_part(const wire::Part& part, const Hash& salt, ByteView bytes);

wire::Digest to_digest(const Hash& hash);
Hash to_hash(const wire::Digest& digest);

}  // namespace hotline
