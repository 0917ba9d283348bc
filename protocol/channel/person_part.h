// The part that stands beside an entry of the journal in which a person did something: their name,
// and what they signed with their own key, where they did. The entry and the envelope have its
// salted hash, so that the other party holds a commitment and no name, and that both can be shown
// to an auditor, or erased together.
//
//   Ann Example
//   Hotline: I sign what I do, 1
//   …                             statement.h
//   signature: 3q2+7w==
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/bytes.h"

namespace hotline {

// `signature`: of the statement, by the kind of key that the certificate has
// (certs/person_signature.h).
std::string signed_part(std::string_view name, std::string_view statement, ByteView signature);

// Where a person signs for the first time, an entry of its own has their certificate (X.509, DER).
std::string certificate_part(std::string_view name, ByteView certificate);

// Views of a part.
struct PersonPart {
  std::string_view name;
  std::string_view statement;  // Empty: nothing was signed.
  Bytes signature;
  Bytes certificate;
};
// A part that is not of these forms is a name, as it stands.
PersonPart read_person_part(std::string_view part);
// The name alone.
std::string person_name(std::string_view part);

}  // namespace hotline
