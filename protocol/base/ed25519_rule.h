// By which rule an Ed25519 signature holds here: RFC 8032 section 5.1.7 without the cofactor. S is
// below the order of the group, the challenge is reduced before the key is multiplied with it, and
// R is compared as it is encoded. Which keys are taken at all says check_ed25519_public_key().
//
// Libraries judge by different rules, and one library differs from release to release. A signature
// that one takes and another refuses would be VERIFIED here and refused by an auditor's openssl. So
// whoever asks a library asks here first whether it keeps the rule.
#pragma once

#include "protocol/base/bytes.h"

namespace hotline {

// Says whether a signature of 64 bytes holds under a key that check_ed25519_public_key() takes.
using Ed25519Judge = bool (*)(ByteView public_key, ByteView message, ByteView signature);

// True if a judge takes nothing that the rule refuses, as far as libraries are known to differ: a
// dozen signatures are tried, in some milliseconds.
bool refuses_by_the_rule(Ed25519Judge judge);

// True if it takes what the rule takes, too.
bool judges_by_the_rule(Ed25519Judge judge);

}  // namespace hotline
