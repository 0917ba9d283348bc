// The people who do something that the journal keeps: each entry has the hash of their certificate,
// and the salted hash of their name and of what they signed (person_part.h). Of a certificate that
// signs here for the first time an entry of its own keeps all of it (SignedOn), so that whoever
// reads the journal can check every signature without asking anybody.
#pragma once

#include <set>

#include "protocol/channel/core_config.h"
#include "protocol/channel/recorder.h"

namespace hotline {

// As they stand in one entry.
struct Signatory {
  SaltedText part;
  wire::Digest submitter;  // SHA-256 of the certificate.
  wire::Digest name_hash;  // Of the part.
};

class Persons {
 public:
  // Both outlive it.
  Persons(Recorder& recorder, Random& random) : recorder_(recorder), random_(random) {}

  // For the entry that is recorded next. May record the certificate before it.
  Signatory sign(Now now, const Actor& actor);
  // The part alone, for whoever hashes it along with other things.
  SaltedText part(Now now, const Actor& actor);

  void apply(const wire::Entry& entry);

 private:
  void keep_certificate(Now now, const Actor& actor);

  Recorder& recorder_;
  Random& random_;
  std::set<Hash> known_;  // Certificates that the journal has.
};

}  // namespace hotline
