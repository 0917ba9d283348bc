// Signed notes (c2sp.org/signed-note): a short text and the signatures of one or more keys under
// it. Checkpoints and receipts travel as notes.
//
// Reading is strict: a note that parses has exactly one spelling, format_note() gives back the
// bytes that were parsed. Nothing in a parsed note is to be believed before a signature was
// checked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/base/signing.h"

namespace hotline {

// The signature types of signed-note that this system uses, and no others.
inline constexpr uint8_t kNoteTypeEd25519 = 0x01;        // Signs the text of a note.
inline constexpr uint8_t kNoteTypeCosignatureV1 = 0x04;  // c2sp.org/tlog-cosignature, with a time.

// The signer of a note: the public half of a key, with the name that stands in the signature line.
struct NoteKey {
  std::string name;
  uint8_t type = kNoteTypeEd25519;
  Bytes public_key;

  // SHA-256(name || 0x0A || type || public key), its first four bytes read big-endian. Short: it
  // finds the key that is meant, it does not prove anything.
  uint32_t key_id() const;

  bool operator==(const NoteKey&) const = default;
};

struct NoteSignature {
  std::string name;
  uint32_t key_id = 0;
  Bytes signature;  // Without the key id; never empty in a parsed note.

  bool operator==(const NoteSignature&) const = default;
};

struct Note {
  std::string text;  // Ends with a newline.
  std::vector<NoteSignature> signatures;

  bool operator==(const Note&) const = default;
};

// Not empty, UTF-8, without control characters, Unicode spaces and plus.
bool is_note_key_name(std::string_view name);

// A key as one line of text, "<name>+<key id, 8 hex digits>+<base64 of type and public key>".
// Parsing refuses (malformed) other types, other lengths and a key id that does not fit.
// Ed25519Verifier::create says whether the public key is a good one.
std::string format_vkey(const NoteKey& key);
Result<NoteKey> parse_vkey(std::string_view text);

// Refuses (malformed) what is over the limits of limits.h or not spelt as signed-note wants it.
Result<Note> parse_note(std::string_view text);
std::string format_note(const Note& note);

// One line, with its newline: em dash, name, base64.
std::string format_signature_line(const NoteSignature& signature);

// A note with one signature more at its end. `line` is what format_signature_line() gives.
std::string append_signature_line(std::string_view note, std::string_view line);

// The signature of `key` under the note. Refused (verification_failed) when it is missing, and when
// there are two: the second would only serve to let two readers see two things.
Result<Bytes> find_signature(const Note& note, const NoteKey& key);

// The note with the line of `key` and no other: what others added to it says nothing to us and
// would travel on with what we sign. Fails as parse_note() and find_signature() do.
Result<std::string> keep_signature(std::string_view note, const NoteKey& key);

// Signs and checks notes of type Ed25519. The text must end with a newline.
std::string sign_note(std::string_view text, const NoteKey& key, Signer& signer);
Status verify_note(const Note& note, const NoteKey& key, const SignatureVerifier& verifier);

}  // namespace hotline
