// TEST: a test call, which says a phrase of the neutral set and nothing of its own.
#include "protocol/base/text.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/neutral_phrases.h"
#include "protocol/message/quantity.h"

namespace hotline {
namespace {

constexpr Wording kPhrase = {"Test phrase", "Проверочная фраза", "Перевірна фраза", "Kalimat uji"};
constexpr Wording kTranscript = {"Sender's transcript", "Журнал отправителя", "Журнал відправника",
                                 "Transkrip pengirim"};

const std::string kPhraseHelp = "number of the phrase, 1 to " + std::to_string(kNeutralPhrases);

bool is_phrase(uint64_t phrase) {
  return phrase != 0 && phrase <= kNeutralPhrases;
}

void show_phrase(Describer& describer, const wire::Test& test) {
  static constexpr const char* kTags[kLanguages] = {"en", "ru", "uk", "id"};
  auto phrase = neutral_phrase(test.phrase(), kTags[static_cast<size_t>(describer.language())]);
  describer.line(kPhrase,
                 phrase ? std::string(*phrase) : "? (" + std::to_string(test.phrase()) + ")");
}

Status read_phrase(std::string_view text, TestFields& fields) {
  auto count = parse_count(text);
  if (!count) return count.error();
  if (!is_phrase(*count)) {
    return make_error(ErrorCode::usage, "there is no phrase " + std::to_string(*count),
                      "1 to " + std::to_string(kNeutralPhrases));
  }
  fields.phrase = static_cast<uint8_t>(*count);
  return ok();
}

void show_transcript(Describer& describer, const wire::Test& test) {
  std::string transcript = std::to_string(test.transcript_size());
  if (const wire::Digest* root = test.transcript_root()) {
    transcript += "  " + to_hex({root->bytes()->Data(), root->bytes()->size()});
  }
  describer.line(kTranscript, transcript);
}

class Test final : public ContentOf<TestFields> {
  const std::vector<Row>& rows() const override {
    static const std::vector<Row> all = {
        field("phrase", kPhrase, kMandatory)
            .judged([](RuleChecker& checker, const Table& test) {
              if (is_phrase(test.phrase())) return;
              checker.add("phrase", std::to_string(test.phrase()) + " is not of the neutral set",
                          "1 to " + std::to_string(kNeutralPhrases));
            })
            .shown(show_phrase)
            .read_by("number", "2", kPhraseHelp.c_str(), read_phrase),
        field("transcript", kTranscript, kMandatory)
            .judged([](RuleChecker& checker, const Table& test) {
              if (!test.transcript_root()) checker.add("transcript", "has no root");
            })
            .shown(show_transcript),
        past("clock",
             {"Sender's clock", "Часы отправителя", "Годинник відправника", "Jam pengirim"},
             &Table::clock)};
    return all;
  }

  const char* said_instead(TargetEffect, const Table&) const override {
    return "hotline test-call    calls again";
  }

  void check_together(RuleChecker& checker, const Table& test,
                      const wire::Body& body) const override {
    if (!body.texts() || !is_phrase(test.phrase())) return;
    for (const wire::Text* text : *body.texts()) {
      auto phrase = neutral_phrase(test.phrase(), view(text->language()));
      std::string_view said = view(text->text());
      if (checker.context().exercise_channel) said = unmark_exercise(said);
      if (!phrase || said != *phrase) {
        checker.add("text",
                    "in " + printable(view(text->language())) + " is not phrase " +
                        std::to_string(test.phrase()) + " of the neutral set",
                    "a test call says nothing of its own");
      }
    }
  }

  Status complete(Fields& fields, const TypedFields& typed) const override {
    fields.transcript_size = typed.transcript_size;
    fields.transcript_root = typed.transcript_root;
    fields.clock = typed.now;
    return ok();
  }

  std::string subject_of(const Fields&, Language language) const override {
    return word(wire::MessageType::test, language);
  }
};

}  // namespace

template <>
const KindContent& content_of<TestFields>() {
  static const Test content;
  return content;
}

}  // namespace hotline
