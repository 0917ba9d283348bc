#include "protocol/log/note.h"

#include <algorithm>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/base/text_lines.h"

namespace hotline {
namespace {

constexpr std::string_view kSignaturePrefix = "\xe2\x80\x94 ";  // Em dash (U+2014), space.
constexpr size_t kKeyIdSize = 4;

// The characters of Unicode's White_Space property that is_note_text() lets pass, as UTF-8.
constexpr std::string_view kSpaces[] = {" ",
                                        "\xc2\x85",
                                        "\xc2\xa0",
                                        "\xe1\x9a\x80",
                                        "\xe2\x80\x80",
                                        "\xe2\x80\x81",
                                        "\xe2\x80\x82",
                                        "\xe2\x80\x83",
                                        "\xe2\x80\x84",
                                        "\xe2\x80\x85",
                                        "\xe2\x80\x86",
                                        "\xe2\x80\x87",
                                        "\xe2\x80\x88",
                                        "\xe2\x80\x89",
                                        "\xe2\x80\x8a",
                                        "\xe2\x80\xa8",
                                        "\xe2\x80\xa9",
                                        "\xe2\x80\xaf",
                                        "\xe2\x81\x9f",
                                        "\xe3\x80\x80"};

Error malformed_note(std::string reason) {
  return make_error(ErrorCode::malformed, "the signed note is malformed: " + std::move(reason));
}

Error malformed_key(std::string reason) {
  return make_error(
      ErrorCode::malformed, "the verifier key is malformed: " + std::move(reason),
      "it is one line, NAME+ID+KEY; copy it again from its owner's `hotline pki show`");
}

bool is_note_text(std::string_view text) {
  auto is_control = [](char c) { return static_cast<uint8_t>(c) < 0x20 && c != '\n'; };
  return is_clean_utf8(text) && std::none_of(text.begin(), text.end(), is_control);
}

void append_big_endian(Bytes& bytes, uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<uint8_t>(number >> shift));
  }
}

uint32_t read_big_endian(ByteView bytes) {
  uint32_t number = 0;
  for (size_t i = 0; i < kKeyIdSize; ++i) number = number << 8 | bytes[i];
  return number;
}

std::string key_id_hex(uint32_t key_id) {
  Bytes bytes;
  append_big_endian(bytes, key_id);
  return to_hex(bytes);
}

std::string name_and_id(const NoteKey& key) {
  return key.name + "+" + key_id_hex(key.key_id());
}

Result<NoteSignature> parse_signature_line(std::string_view line) {
  if (!line.starts_with(kSignaturePrefix)) {
    return malformed_note("a signature line does not begin with an em dash and a space");
  }
  line.remove_prefix(kSignaturePrefix.size());
  size_t space = line.find(' ');
  if (space == std::string_view::npos) return malformed_note("a signature line has no signature");
  std::string_view name = line.substr(0, space);
  if (!is_note_key_name(name)) return malformed_note("a signature line has no usable key name");
  std::optional<Bytes> decoded = from_base64(line.substr(space + 1));
  if (!decoded) return malformed_note("a signature is not in strict base64");
  if (decoded->size() <= kKeyIdSize) return malformed_note("a signature is too short");
  NoteSignature signature;
  signature.name = name;
  signature.key_id = read_big_endian(*decoded);
  signature.signature.assign(decoded->begin() + kKeyIdSize, decoded->end());
  return signature;
}

}  // namespace

uint32_t NoteKey::key_id() const {
  static constexpr uint8_t kNewline[] = {'\n'};
  const uint8_t type_byte[] = {type};
  return read_big_endian(sha256({as_bytes(name), kNewline, type_byte, public_key}));
}

bool is_note_key_name(std::string_view name) {
  if (name.empty() || !is_note_text(name)) return false;
  if (name.find_first_of("+\n") != std::string_view::npos) return false;
  return std::none_of(std::begin(kSpaces), std::end(kSpaces), [&](std::string_view space) {
    return name.find(space) != std::string_view::npos;
  });
}

std::string format_vkey(const NoteKey& key) {
  HOTLINE_CHECK(is_note_key_name(key.name));
  Bytes typed{key.type};
  typed.insert(typed.end(), key.public_key.begin(), key.public_key.end());
  return name_and_id(key) + "+" + to_base64(typed);
}

Result<NoteKey> parse_vkey(std::string_view text) {
  if (text.size() > limits::kNoteSizeMax) return malformed_key("it is too long");
  size_t first = text.find('+');
  size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return malformed_key("it has fewer than three parts");
  std::optional<Bytes> typed = from_base64(text.substr(second + 1));
  if (!typed) return malformed_key("its last part is not in strict base64");
  if (typed->size() != 1 + kPublicKeySize) {
    return malformed_key("its last part is not one type and an Ed25519 public key");
  }
  NoteKey key;
  key.name = text.substr(0, first);
  key.type = typed->front();
  key.public_key.assign(typed->begin() + 1, typed->end());
  if (!is_note_key_name(key.name)) return malformed_key("its name is empty or has a space in it");
  if (key.type != kNoteTypeEd25519 && key.type != kNoteTypeCosignatureV1) {
    return malformed_key("its type is neither 0x01 (log) nor 0x04 (cosigner)");
  }
  std::string key_id = key_id_hex(key.key_id());
  if (text.substr(first + 1, second - first - 1) != key_id) {
    return malformed_key("name and public key have the id " + key_id +
                         ", not the one it gives; a character was changed");
  }
  return key;
}

Result<Note> parse_note(std::string_view text) {
  if (text.size() > limits::kNoteSizeMax) {
    return malformed_note("it has more than " + std::to_string(limits::kNoteSizeMax) + " bytes");
  }
  if (!is_note_text(text)) return malformed_note("it is not clean UTF-8 text");
  // The last empty line parts text and signatures.
  size_t blank = text.rfind("\n\n");
  if (blank == std::string_view::npos) return malformed_note("no empty line before signatures");
  Note note;
  note.text = text.substr(0, blank + 1);
  std::string_view rest = text.substr(blank + 2);
  while (std::optional<std::string_view> line = take_line(rest)) {
    if (note.signatures.size() == limits::kNoteSignaturesMax) {
      return malformed_note("it has more than " + std::to_string(limits::kNoteSignaturesMax) +
                            " signatures");
    }
    Result<NoteSignature> signature = parse_signature_line(*line);
    if (!signature) return signature.error();
    note.signatures.push_back(std::move(*signature));
  }
  if (!rest.empty()) return malformed_note("its last line does not end");
  if (note.signatures.empty()) return malformed_note("it has no signature");
  return note;
}

std::string format_note(const Note& note) {
  HOTLINE_CHECK(note.text.ends_with('\n') && !note.signatures.empty());
  std::string text = note.text + "\n";
  for (const NoteSignature& signature : note.signatures) text += format_signature_line(signature);
  return text;
}

std::string format_signature_line(const NoteSignature& signature) {
  HOTLINE_CHECK(is_note_key_name(signature.name) && !signature.signature.empty());
  Bytes bytes;
  append_big_endian(bytes, signature.key_id);
  bytes.insert(bytes.end(), signature.signature.begin(), signature.signature.end());
  return std::string(kSignaturePrefix) + signature.name + " " + to_base64(bytes) + "\n";
}

std::string append_signature_line(std::string_view note, std::string_view line) {
  HOTLINE_CHECK(note.ends_with('\n') && line.starts_with(kSignaturePrefix) && line.ends_with('\n'));
  return std::string(note) + std::string(line);
}

Result<Bytes> find_signature(const Note& note, const NoteKey& key) {
  const uint32_t key_id = key.key_id();
  const NoteSignature* found = nullptr;
  for (const NoteSignature& signature : note.signatures) {
    if (signature.name != key.name || signature.key_id != key_id) continue;
    if (found != nullptr) {
      return make_error(ErrorCode::verification_failed,
                        "the note carries two signatures by " + name_and_id(key));
    }
    found = &signature;
  }
  if (found == nullptr) {
    return make_error(ErrorCode::verification_failed,
                      "the note carries no signature by " + name_and_id(key),
                      "if the other party changed its key, import the new certificate");
  }
  return found->signature;
}

Result<std::string> keep_signature(std::string_view note_text, const NoteKey& key) {
  auto note = parse_note(note_text);
  if (!note) return note.error();
  auto signature = find_signature(*note, key);
  if (!signature) return signature.error();
  note->signatures = {{key.name, key.key_id(), *std::move(signature)}};
  return format_note(*note);
}

std::string sign_note(std::string_view text, const NoteKey& key, Signer& signer) {
  HOTLINE_CHECK(key.type == kNoteTypeEd25519 && text.ends_with('\n') && is_note_text(text));
  return format_note({std::string(text), {{key.name, key.key_id(), signer.sign(as_bytes(text))}}});
}

Status verify_note(const Note& note, const NoteKey& key, const SignatureVerifier& verifier) {
  if (key.type != kNoteTypeEd25519) {
    return make_error(ErrorCode::verification_failed,
                      name_and_id(key) + " is a cosigner's key and signs no notes of its own");
  }
  Result<Bytes> signature = find_signature(note, key);
  if (!signature) return signature.error();
  if (!verifier.verify(as_bytes(note.text), *signature)) {
    return make_error(ErrorCode::verification_failed,
                      "the signature by " + name_and_id(key) + " does not fit the note's text",
                      "the note was altered or signed by another key; keep it as evidence");
  }
  return ok();
}

}  // namespace hotline
