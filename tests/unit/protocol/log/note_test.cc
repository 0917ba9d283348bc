#include "protocol/log/note.h"

#include <gtest/gtest.h>

#include "protocol/base/limits.h"

namespace hotline {
namespace {

// The key and note with which Go's reference implementation documents the format.
constexpr char kVkey[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr char kSeed[] = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";  // After one byte of type.
constexpr char kText[] =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
constexpr char kNote[] =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/"
    "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

Ed25519Signer peters_signer() {
  Bytes typed = from_base64(kSeed).value();
  return Ed25519Signer::create(ByteView(typed).subspan(1)).value();
}

NoteKey peters_key() {
  return parse_vkey(kVkey).value();
}

Ed25519Verifier peters_verifier() {
  return Ed25519Verifier::create(peters_key().public_key).value();
}

std::string signature_line(std::string_view name) {
  return "— " + std::string(name) + " AAAAAQI=\n";
}

TEST(Note, VerifierKeyOfTheReferenceImplementation) {
  NoteKey key = peters_key();
  EXPECT_EQ(key.name, "PeterNeumann");
  EXPECT_EQ(key.type, kNoteTypeEd25519);
  EXPECT_EQ(key.key_id(), 0xc74f20a3u);
  EXPECT_EQ(key.public_key, peters_signer().public_key());
  EXPECT_EQ(format_vkey(key), kVkey);
}

TEST(Note, SignsTheNoteOfTheReferenceImplementation) {
  Ed25519Signer signer = peters_signer();
  EXPECT_EQ(sign_note(kText, peters_key(), signer), kNote);
}

TEST(Note, VerifiesTheNoteOfTheReferenceImplementation) {
  Result<Note> note = parse_note(kNote);
  ASSERT_TRUE(note) << note.error().reason;
  EXPECT_EQ(note->text, kText);
  ASSERT_EQ(note->signatures.size(), 1u);
  EXPECT_EQ(note->signatures[0].name, "PeterNeumann");
  EXPECT_EQ(note->signatures[0].key_id, 0xc74f20a3u);
  EXPECT_TRUE(verify_note(*note, peters_key(), peters_verifier()));
  EXPECT_EQ(format_note(*note), kNote);
}

// A verifier that accepts whatever it is shown, and so notices that it was not asked at all.
class YesVerifier : public SignatureVerifier {
 public:
  bool verify(ByteView, ByteView) const override { return true; }
};

TEST(Note, RefusesAlteredTextWithTheOldSignature) {
  Note note = parse_note(kNote).value();
  note.text[0] = 'i';
  Status status = verify_note(note, peters_key(), peters_verifier());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::verification_failed);
}

TEST(Note, FindsSignaturesByNameAndIdTogether) {
  Note note = parse_note(kNote).value();
  NoteKey other_name = peters_key();
  other_name.name = "EnochRoot";
  NoteKey other_key = peters_key();
  other_key.public_key[0] ^= 1;
  NoteKey other_type = peters_key();
  other_type.type = kNoteTypeCosignatureV1;
  for (const NoteKey& key : {other_name, other_key, other_type}) {
    EXPECT_FALSE(find_signature(note, key));
    EXPECT_FALSE(verify_note(note, key, YesVerifier()));
  }
  // The name alone, or the id alone, is not the key.
  note.signatures[0].key_id ^= 1;
  EXPECT_FALSE(verify_note(note, peters_key(), YesVerifier()));
  note = parse_note(kNote).value();
  note.signatures[0].name = "EnochRoot";
  EXPECT_FALSE(verify_note(note, peters_key(), YesVerifier()));
}

TEST(Note, UnknownSignaturesAreIgnoredAndTwoByOneKeyAreRefused) {
  std::string more = append_signature_line(kNote, signature_line("witness"));
  ASSERT_TRUE(parse_note(more));
  EXPECT_TRUE(verify_note(*parse_note(more), peters_key(), peters_verifier()));

  Note twice = parse_note(kNote).value();
  twice.signatures.push_back(twice.signatures[0]);
  EXPECT_FALSE(verify_note(twice, peters_key(), peters_verifier()));
}

TEST(Note, ACosignersKeySignsNoNotes) {
  NoteKey key = peters_key();
  key.type = kNoteTypeCosignatureV1;
  Note note{"text\n", {{key.name, key.key_id(), Bytes(64)}}};
  EXPECT_FALSE(verify_note(note, key, YesVerifier()));
}

TEST(Note, TextMayHaveEmptyLines) {
  std::string text = "\n\none\n\ntwo\n\n";
  Result<Note> note = parse_note(text + "\n" + signature_line("a"));
  ASSERT_TRUE(note) << note.error().reason;
  EXPECT_EQ(note->text, text);
}

TEST(Note, RefusesWhatIsNotSpeltAsTheFormatWants) {
  const std::string line = signature_line("a");
  ASSERT_TRUE(parse_note("text\n\n" + line));
  for (const std::string& bad : {
           std::string(),
           std::string("\n"),
           std::string("\n\n"),
           std::string("text\n"),
           std::string("text\n\n"),
           line,
           "\n" + line,
           "text\n" + line,
           "text\n\n" + line.substr(0, line.size() - 1),  // The last line does not end.
           "text\n\n" + line + "trailing",                // Something after the signatures.
           "text\n\n" + line + "\n",                      // An empty line at the end.
           "text\n\n" + line + "\n" + line + "x\n",       // Not a signature line.
           std::string("text\n\n- a AAAAAQI=\n"),         // Hyphen for em dash.
           std::string("text\n\n—a AAAAAQI=\n"),          // No space after the dash.
           std::string("text\n\n— AAAAAQI=\n"),           // No name.
           std::string("text\n\n—  AAAAAQI=\n"),          // An empty name.
           std::string("text\n\n— a\n"),                  // No signature.
           std::string("text\n\n— a \n"),                 // An empty signature.
           std::string("text\n\n— a AAAAAQ==\n"),         // A key id alone.
           std::string("text\n\n— a AAAAAQI\n"),          // No padding.
           std::string("text\n\n— a AAAAAQJ=\n"),         // Padding bits set.
           std::string("text\n\n— a AAAAAQI= \n"),        // A space at the end.
           std::string("text\n\n— a  AAAAAQI=\n"),        // Two spaces.
           std::string("text\n\n— a b AAAAAQI=\n"),       // A space in the name.
           std::string("text\n\n— a+b AAAAAQI=\n"),       // A plus in the name.
           std::string("text\n\n— a\u00a0b AAAAAQI=\n"),  // A no-break space in the name.
           std::string("text\n\n— a\u3000b AAAAAQI=\n"),  // An ideographic space in the name.
           "te\txt\n\n" + line,
           "te\rxt\n\n" + line,
           "te\x1bxt\n\n" + line,
           "te" + std::string(1, '\0') + "xt\n\n" + line,
           "te\xffxt\n\n" + line,
           "te\xc3\n\n" + line,
       }) {
    Result<Note> note = parse_note(bad);
    ASSERT_FALSE(note) << bad;
    EXPECT_EQ(note.error().code, ErrorCode::malformed);
  }
}

TEST(Note, RefusesWhatIsTooMuch) {
  std::string note = "text\n\n";
  for (size_t i = 0; i < limits::kNoteSignaturesMax; ++i) note += signature_line("a");
  EXPECT_TRUE(parse_note(note));
  EXPECT_FALSE(parse_note(note + signature_line("a")));

  std::string end = "\n\n" + signature_line("a");
  std::string longest(limits::kNoteSizeMax - end.size(), 'x');
  EXPECT_TRUE(parse_note(longest + end));
  EXPECT_FALSE(parse_note("x" + longest + end));
}

TEST(Note, RefusesVerifierKeysThatDoNotAgreeWithThemselves) {
  for (auto bad : {
           "",
           "+",
           "++",
           "PeterNeumann",
           "PeterNeumann+c74f20a3",
           "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",              // No name.
           "PeterNeumanN+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  // Another name.
           "PeterNeumann+c74f20a2+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  // Another id.
           "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  // Upper case.
           "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TX",  // Another key.
           "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T=",  // Shorter.
           "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
           "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
       }) {
    Result<NoteKey> key = parse_vkey(bad);
    ASSERT_FALSE(key) << bad;
    EXPECT_EQ(key.error().code, ErrorCode::malformed);
  }
  // A type that this system does not use, otherwise spelt rightly.
  NoteKey ecdsa{"a", 0x02, Bytes(kPublicKeySize, 1)};
  EXPECT_FALSE(parse_vkey(format_vkey(ecdsa)));
}

TEST(Note, CosignerKeyThereAndBack) {
  NoteKey key{"hotline/00/live/north/receipt", kNoteTypeCosignatureV1, Bytes(kPublicKeySize, 7)};
  Result<NoteKey> back = parse_vkey(format_vkey(key));
  ASSERT_TRUE(back) << back.error().reason;
  EXPECT_EQ(*back, key);
}

}  // namespace
}  // namespace hotline
