// Exports as two real daemons would leave them, without daemons: the history of a channel is made
// up from a seed, with real certificates, keys and signatures, and written down by both parties at
// once. Memory does not grow with it.
//
// The certificates are fresh from the system's random numbers; everything else comes from the seed.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace hotline::audit {

// Lies that north may put into its own journal and sign for, and have witnessed. Each is told once,
// at the third occasion.
enum class Lie {
  none,
  other_channel,  // StoreCreated says another mode than the checkpoints.
  second_store_created,
  unreadable_entry,
  serial_again,  // A message is released under the serial of the one before.
  released_other_leaf,
  numbered_skips,  // Its first place is not the next.
  numbered_unknown_serial,
  numbered_unsigned,      // The checkpoint in it does not bear the log's signature,
  numbered_wrong_size,    // has another size,
  numbered_wrong_root,    // another root,
  numbered_signed_twice,  // or one signature more.
  received_skips,
  received_other_leaf,
  received_forgotten,  // A message of the other party that the journal does not have.
  held_wrong_size,
  held_forgotten,  // A receipt that the journal does not have.
  given_wrong_size,
  given_twice,      // A receipt that is in the journal alone.
  body_other_size,  // An envelope that says another size of its body.
};

inline constexpr Lie kLastLie = Lie::body_other_size;

// Signatures of north's people, with the keys of their certificates; a lie is told at the third
// message.
enum class PeopleSign {
  nothing,
  all,
  other_words,       // The statement is of another body.
  other_key,         // Bob's signature stands under ann's name.
  other_name,        // The name is not the certificate's.
  no_certificate,    // The journal does not keep it.
  other_certificate  // The journal keeps the one of the other party's ann.
};

struct ExportPlan {
  uint64_t messages = 100;  // Both parties' together, at least.
  uint64_t seed = 1;
  uint64_t batch_min = 1;  // Messages that take their places together.
  uint64_t batch_max = 4;
  uint64_t north_per_mille = 600;  // How many of all messages north sends.
  size_t entry_bytes = 0;          // Size of an entry and its part on average; 0: as it comes.
  bool exercise = false;
  bool with_south = true;  // Also write south's export.

  // Oddities of an export.
  bool witnessed = true;     // False: no journal checkpoint is cosigned.
  int64_t tail_ms = 60'000;  // From the last cosigned journal entry to the end.
  Lie lie = Lie::none;
  PeopleSign people = PeopleSign::nothing;
  bool unreceipted = false;          // North's last message has a place and no receipt.
  bool unnumbered = false;           // And one was released and has no place.
  uint64_t erased_per_mille = 0;     // Bodies that were erased.
  uint64_t malformed_per_mille = 0;  // South's messages with envelopes that cannot be read.
  int64_t cosigned_later_ms = 0;     // Every cosigner's clock is ahead by this.
};

// When the made-up history begins.
inline constexpr UtcMs kMadeHistoryBegins = 1'795'000'000'000;

// Makes DIR/pki (hotline pki dev-init), DIR/trust with the two CA certificates, DIR/north.export
// and DIR/south.export. DIR must not exist, or be empty.
Status make_exports(const std::string& directory, const ExportPlan& plan);

// The exports alone, with the keys of a DIR/pki made before.
Status make_exports_with(const std::string& pki, const std::string& directory,
                         const ExportPlan& plan);

}  // namespace hotline::audit
