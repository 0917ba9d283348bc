#include "protocol/message/envelope.h"

#include <algorithm>

#include "protocol/base/text_offset.h"

namespace hotline {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

Offset<flatbuffers::Vector<Offset<wire::Reference>>> build_references(
    FlatBufferBuilder& builder, const std::vector<ReferenceFields>& references) {
  if (references.empty()) return 0;
  std::vector<Offset<wire::Reference>> offsets;
  for (const ReferenceFields& reference : references) {
    wire::Digest hash = to_digest(reference.hash);
    auto id = builder.CreateString(reference.id);
    offsets.push_back(wire::CreateReference(builder, id, &hash));
  }
  return builder.CreateVector(offsets);
}

Offset<flatbuffers::Vector<Offset<wire::Part>>> build_parts(FlatBufferBuilder& builder,
                                                            const std::vector<PartFields>& parts) {
  std::vector<Offset<wire::Part>> offsets;
  for (const PartFields& part : parts) {
    wire::Digest hash = to_digest(part.hash);
    offsets.push_back(wire::CreatePart(builder, part.kind, part.size, &hash));
  }
  return builder.CreateVector(offsets);
}

Offset<wire::Handling> build_handling(FlatBufferBuilder& builder,
                                      const std::optional<HandlingFields>& handling) {
  if (!handling) return 0;
  auto audience = text_offset(builder, handling->audience);
  return wire::CreateHandling(builder, audience, handling->keep_until);
}

Offset<wire::Epoch> build_epoch(FlatBufferBuilder& builder,
                                const std::optional<EpochFields>& epoch) {
  if (!epoch) return 0;
  const wire::Digest root = to_digest(epoch->root);
  return wire::CreateEpoch(builder, epoch->number, epoch->size, &root, epoch->void_from,
                           epoch->void_to);
}

}  // namespace

Bytes build_envelope(const EnvelopeFields& fields) {
  FlatBufferBuilder builder;
  auto id = builder.CreateString(fields.id);
  auto from = builder.CreateString(fields.from);
  auto to = builder.CreateString(fields.to);
  auto language = builder.CreateString(fields.language);
  auto references = build_references(builder, fields.references);
  auto exercise_id = text_offset(builder, fields.exercise_id);
  auto correction_of = text_offset(builder, fields.correction_of);
  auto incident = text_offset(builder, fields.incident);
  auto handling = build_handling(builder, fields.handling);
  auto parts = build_parts(builder, fields.parts);
  auto epoch = build_epoch(builder, fields.epoch);
  wire::Digest person_hash;
  if (fields.person_hash) person_hash = to_digest(*fields.person_hash);

  wire::EnvelopeBuilder envelope(builder);
  envelope.add_id(id);
  envelope.add_type(fields.type);
  envelope.add_precedence(fields.precedence);
  envelope.add_mode(fields.mode);
  envelope.add_from(from);
  envelope.add_to(to);
  envelope.add_drafted_at(fields.drafted_at);
  envelope.add_released_at(fields.released_at);
  envelope.add_drafter_role(fields.drafter_role);
  envelope.add_releaser_role(fields.releaser_role);
  if (fields.person_hash) envelope.add_person_hash(&person_hash);
  envelope.add_language(language);
  envelope.add_peer_transcript_size(fields.peer_transcript_size);
  envelope.add_references(references);
  envelope.add_exercise_id(exercise_id);
  envelope.add_correction_of(correction_of);
  envelope.add_incident(incident);
  if (fields.reply_by) envelope.add_reply_by(*fields.reply_by);
  if (fields.expires_at) envelope.add_expires_at(*fields.expires_at);
  envelope.add_handling(handling);
  envelope.add_danger_to_life(fields.danger_to_life);
  envelope.add_parts(parts);
  if (fields.epoch) envelope.add_epoch(epoch);
  builder.Finish(envelope.Finish(), wire::EnvelopeIdentifier());
  return Bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
}

Result<Opened<wire::Envelope>> open_envelope(ByteView bytes) {
  if (bytes.size() > limits::kEnvelopeSizeMax) {
    return make_error(ErrorCode::malformed, "the envelope has " + std::to_string(bytes.size()) +
                                                " bytes, more than " +
                                                std::to_string(limits::kEnvelopeSizeMax));
  }
  return open_flatbuffer<wire::Envelope>(bytes, wire::EnvelopeIdentifier());
}

Hash salted_hash(const Hash& salt, ByteView part) {
  return sha256({salt, part});
}

PartFields describe_part(wire::PartKind kind, const Hash& salt, ByteView part) {
  return {kind, static_cast<uint32_t>(part.size()), salted_hash(salt, part)};
}

bool is_part(const wire::Part& part, const Hash& salt, ByteView bytes) {
  return part.size() == bytes.size() && to_hash(*part.hash()) == salted_hash(salt, bytes);
}

wire::Digest to_digest(const Hash& hash) {
  return wire::Digest(flatbuffers::span<const uint8_t, 32>(hash.data(), hash.size()));
}

Hash to_hash(const wire::Digest& digest) {
  Hash hash;
  std::copy_n(digest.bytes()->data(), hash.size(), hash.begin());
  return hash;
}

}  // namespace hotline
