#include "protocol/channel/persons.h"

#include "protocol/channel/person_part.h"
#include "protocol/message/envelope.h"

namespace hotline {
namespace {

Signatory signatory(const Actor& actor, SaltedText part) {
  const Hash hash = salted_hash(part.salt, as_bytes(part.text));
  return {std::move(part), to_digest(actor.certificate), to_digest(hash)};
}

}  // namespace

Signatory Persons::sign(Now now, const Actor& actor) {
  return signatory(actor, part(now, actor));
}

SaltedText Persons::part(Now now, const Actor& actor) {
  if (actor.signed_part.empty()) return {random_.salt(), actor.name};
  keep_certificate(now, actor);
  return {random_.salt(), actor.signed_part};
}

void Persons::keep_certificate(Now now, const Actor& actor) {
  if (actor.certificate_der == nullptr || known_.contains(actor.certificate)) return;
  const Signatory by =
      signatory(actor, {random_.salt(), certificate_part(actor.name, *actor.certificate_der)});
  apply(recorder_.record(
      now,
      [&](flatbuffers::FlatBufferBuilder& b) {
        return wire::CreateSignedOn(b, &by.submitter, &by.name_hash);
      },
      by.part));
}

void Persons::apply(const wire::Entry& entry) {
  const wire::SignedOn* fact = entry.fact_as_SignedOn();
  if (fact != nullptr && fact->submitter() != nullptr) known_.insert(to_hash(*fact->submitter()));
}

}  // namespace hotline
