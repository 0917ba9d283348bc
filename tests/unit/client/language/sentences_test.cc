#include "client/language/sentences.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <string_view>

#include "protocol/terminal/output.h"

namespace hotline::client {
namespace {

constexpr Sentence kSample[] = {
    {"no link", "связи нет"},
    {"cannot show {}", "не удалось показать {1}"},
    {"cannot show {} to {}", "не удалось показать {2} сообщение {1}"},
    {"there is no template \"{}\"", "шаблона \"{1}\" нет"},
    {"no {} here", "здесь нет {1!}"},
    {"{#} [day|days] late", "опоздание {1} {1|день|дня|дней}"},
    {"{#} s", "{1} с"},
    {"{} waits{}", "ждёт {1}{2}"},
    {", {#} of them FLASH", ", из них FLASH: {1}"},
    {"the peer is silent", "другая сторона молчит"},
    {"{} is silent", "{1} молчит"},
};

std::string said(const std::string& english) {
  return Translator(Language::ru, kSample).translate(english);
}

TEST(Sentences, TakeWhatStandsInTheirHoles) {
  EXPECT_EQ(said("cannot show N-000123"), "не удалось показать N-000123");
  EXPECT_EQ(said("cannot show a to b"), "не удалось показать b сообщение a");
  EXPECT_EQ(said("no  here"), "здесь нет ");
}

TEST(Sentences, LeaveWhatTheyDoNotKnowAsItIs) {
  for (const char* text :
       {"", " ", "hotline ack @flash", "Nobody knows this.", "\n\n", "{1}", "s"}) {
    EXPECT_EQ(said(text), text);
  }
}

TEST(Sentences, PreferTheOneWithTheMostTextOfItsOwn) {
  EXPECT_EQ(said("the peer is silent"), "другая сторона молчит");
  EXPECT_EQ(said("SOUTH is silent"), "SOUTH молчит");
  std::vector<Sentence> turned(std::rbegin(kSample), std::rend(kSample));
  EXPECT_EQ(Translator(Language::ru, turned).translate("the peer is silent"),
            "другая сторона молчит");
}

TEST(Sentences, TranslateASentenceWithinASentence) {
  EXPECT_EQ(said("cannot show no link"), "не удалось показать связи нет");
  EXPECT_EQ(said("10.0.0.1:7400: no link"), "10.0.0.1:7400: связи нет");
  EXPECT_EQ(said("SOUTH waits, 2 of them FLASH"), "ждёт SOUTH, из них FLASH: 2");
  EXPECT_EQ(said("no link, 5 s"), "связи нет, 5 с");
  EXPECT_EQ(said("no link, somebody"), "no link, somebody");
}

// Filled with names and numbers, each sentence of a catalogue is translated as itself, and not by
// another one that fits it as well.
TEST(Sentences, EachIsTheOneThatFitsItselfBest) {
  const auto filled = [](const std::string& english) {
    constexpr std::string_view kNames[] = {"QQ", "ZZ", "WW", "VV", "UU"};
    std::string words;
    size_t holes = 0;
    for (size_t at = 0; at < english.size();) {
      const bool number = english.compare(at, 3, "{#}") == 0;
      const bool name = english.compare(at, 2, "{}") == 0;
      if (number) {
        words += "7";
      } else if (name) {
        words += kNames[holes % std::size(kNames)];
      } else {
        words += english[at];
      }
      at += number ? 3 : name ? 2 : 1;
      holes += number || name ? 1 : 0;
    }
    return words;
  };
  for (const Language language : {Language::ru, Language::uk, Language::id}) {
    const Translator all(language, catalogue_of(language));
    for (const Sentence& sentence : catalogue_of(language)) {
      const std::string english = sentence.english;
      if (english.find('[') != std::string::npos) continue;
      const std::string words = filled(english);
      EXPECT_EQ(all.translate(words),
                Translator(language, std::span(&sentence, 1)).translate(words));
    }
  }
}

// The distances of a conflict stand behind many a sentence.
TEST(Sentences, SayAConflictInItsOrder) {
  const Translator translator(Language::ru, catalogue_of(Language::ru));
  const std::string near = "0 m apart, 0 m in height, 0 s in time, from A to B";
  const std::string said = "разнос 0 м, по высоте 0 м, по времени 0 с, с A по B";
  EXPECT_EQ(translator.translate("IN CONFLICT with S-000002: " + near),
            "В КОНФЛИКТЕ с S-000002: " + said);
  EXPECT_EQ(translator.translate("IN CONFLICT with S-000002 volume 1 with volume 2: " + near),
            "В КОНФЛИКТЕ с S-000002, объём 1 с объёмом 2: " + said);
  EXPECT_EQ(translator.translate("Also volume 1 with volume 2: " + near),
            "Также объём 1 с объёмом 2: " + said);
}

// What stands in a sentence is known as a whole, or it is none: else the commas of one would be
// taken for a list.
TEST(Sentences, AreNotTakenToPiecesByOneOfLittleText) {
  const Translator translator(Language::ru, catalogue_of(Language::ru));
  EXPECT_EQ(
      translator.translate("where: \"x\" is not a position: in the latitude, it is not degrees, "
                           "minutes and seconds"),
      "where: \"x\" — не место: широта: это не градусы, минуты и секунды");
  EXPECT_EQ(translator.translate("1,050 messages of SOUTH wait, 3 of them FLASH"),
            "1\u00a0050 сообщений стороны SOUTH ждут, из них FLASH: 3");
  EXPECT_EQ(translator.translate(
                "  read back  54.90000N 020.10000E  2026-11-22T14:10:00Z  221410Z NOV 26"),
            "  повторено обратно  54.90000N 020.10000E  2026-11-22T14:10:00Z  221410Z NOV 26");
}

TEST(Sentences, LeaveACommandAndTranslateWhatStandsBehindIt) {
  const Translator translator(Language::ru, catalogue_of(Language::ru));
  EXPECT_EQ(translator.translate(
                "Next: hotline draft edit D-1 -p priority    or flash, immediate, routine"),
            "Далее: hotline draft edit D-1 -p priority    или flash, immediate, routine");
}

// A pattern of little text would else take what is no sentence of ours to pieces.
TEST(Sentences, TakeWithLittleTextNamesAndWhatIsKnown) {
  EXPECT_EQ(said("SOUTH watch officer is silent"), "SOUTH watch officer молчит");
  EXPECT_EQ(said("whoever should have answered us is silent"),
            "whoever should have answered us is silent");
  EXPECT_EQ(said("  no link  "), "  связи нет  ");
  EXPECT_EQ(said("no link: 127.0.0.1:7400"), "связи нет: 127.0.0.1:7400");
}

TEST(Sentences, LeaveWordsThatAreSomebodysOwn) {
  EXPECT_EQ(said("there is no template \"no link\""), "шаблона \"no link\" нет");
  EXPECT_EQ(said("no no link here"), "здесь нет no link");
  EXPECT_EQ(said("hotline show N-1    no link"), "hotline show N-1    связи нет");
  EXPECT_EQ(said("where: no link"), "where: связи нет");
}

TEST(Sentences, AreTranslatedLineByLine) {
  EXPECT_EQ(said("no link\n  no link\nX\n"), "связи нет\n  связи нет\nX\n");
  EXPECT_EQ(said("cannot show no link\nX"), "не удалось показать связи нет\nX");
}

// "{}: {} apart, ..." would take both lines.
TEST(Sentences, EndWithTheirLine) {
  const std::string reason =
      "it comes too near to what NORTH announced\n"
      "N-000001: 0 m apart, 0 m in height, 0 s in time, from 281341Z NOV 26 to 281541Z NOV 26\n"
      "and 2 more";
  for (const Language language : {Language::ru, Language::uk, Language::id}) {
    const std::string said = translation_into(language)(reason);
    for (const char* english : {"comes", "announced", "apart", "height", "more"}) {
      EXPECT_EQ(said.find(english), std::string::npos) << said;
    }
  }
  EXPECT_EQ(said("there is no template \"two\nlines\""), "шаблона \"two\nlines\" нет");
}

TEST(Sentences, TellWhatIsWrongWithAVolume) {
  for (const Language language : {Language::ru, Language::uk, Language::id}) {
    const auto translate = translation_into(language);
    for (const char* sentence : {"the volume is wrong: the end is not after the start",
                                 "volume: 2: the upper height is below the lower",
                                 "launch-area: or an impact area: the radius is zero",
                                 "volume: 1: the half-width is zero"}) {
      const std::string said = translate(sentence);
      for (const char* english : {" the ", " is ", "area:"}) {
        const size_t at = said.find(english);
        EXPECT_TRUE(at == std::string::npos || at < said.find(": ")) << said;
      }
    }
  }
}

TEST(Sentences, AskForANumberWhereOneMustStand) {
  EXPECT_EQ(said("0.1 s"), "0,1 с");
  EXPECT_EQ(translation_into(Language::ru)("9,260 m"), "9\u00a0260 м");
  EXPECT_EQ(said("1,042 s"), "1\u00a0042 с");
  EXPECT_EQ(said("N-1 s"), "N-1 s");
  EXPECT_EQ(said("1, s"), "1, s");
  constexpr Sentence kOne[] = {{"{#} s", "{1} dtk"}};
  EXPECT_EQ(Translator(Language::id, kOne).translate("1,042 s"), "1.042 dtk");
}

TEST(Sentences, HaveThePluralFormsOfTheirLanguage) {
  for (const auto& [number, words] : {std::pair{"0", "0 дней"},
                                      {"1", "1 день"},
                                      {"2", "2 дня"},
                                      {"5", "5 дней"},
                                      {"11", "11 дней"},
                                      {"12", "12 дней"},
                                      {"21", "21 день"},
                                      {"22", "22 дня"},
                                      {"101", "101 день"},
                                      {"111", "111 дней"},
                                      {"1.5", "1,5 дня"}}) {
    EXPECT_EQ(said(std::string(number) + " days late"), std::string("опоздание ") + words);
  }
  EXPECT_EQ(said("1 day late"), "опоздание 1 день");
  for (const uint64_t number : {0, 1, 2, 5, 11, 21, 101, 111}) {
    EXPECT_EQ(plural_form(Language::uk, number), plural_form(Language::ru, number));
    EXPECT_EQ(plural_form(Language::id, number), PluralForm::one);
  }
}

// Whoever sends it to us must not make us busy.
TEST(Sentences, AreFoundInLongTextsToo) {
  constexpr Sentence kMany[] = {{"{}, {}, {}, {}, {}, {}, end", "{1}{2}{3}{4}{5}{6}"},
                                {"{}a{}a{}a{}a{}a{}b", "{1}{2}{3}{4}{5}{6}"}};
  std::string commas;
  for (int i = 0; i < 2000; ++i) commas += "a, ";
  EXPECT_EQ(Translator(Language::ru, kMany).translate(commas), commas);
  for (std::string text : {commas.substr(0, 999), commas, commas + commas}) {
    EXPECT_EQ(translation_into(Language::ru)(text), text);
  }
}

TEST(Sentences, OfEveryCatalogueAreFound) {
  for (const Language language : {Language::ru, Language::uk, Language::id}) {
    const auto translate = translation_into(language);
    ASSERT_TRUE(translate);
    EXPECT_NE(translate("Nothing waits for an acknowledgement."),
              "Nothing waits for an acknowledgement.");
  }
}

// Its last part is a sentence with a comma.
TEST(Sentences, OfWhatWaitsAreWholeWithEachRung) {
  const std::string rung = "ESCALATED to duty-director";
  const std::string nobody = ": this rung calls nobody, no command is configured for it";
  for (const Language language : {Language::ru, Language::uk, Language::id}) {
    const auto translate = translation_into(language);
    for (const std::string waits : {"2 of SOUTH wait for us, the oldest for 4 min 42 s",
                                    "1 of ours waits for SOUTH, for 4 min 42 s, PAUSED: 1"}) {
      for (const std::string& all : {waits, waits + ", " + rung, waits + ", " + rung + nobody}) {
        for (const char* english : {" min ", "PAUSED", "ESCALATED", "calls nobody"}) {
          EXPECT_EQ(translate(all).find(english), std::string::npos) << translate(all);
        }
      }
    }
  }
}

TEST(Sentences, KnowCodedWordsByTheirTables) {
  const auto translate = translation_into(Language::uk);
  EXPECT_EQ(translate("supervisor"), "начальник зміни");
  EXPECT_EQ(translate("FLASH incident"), "FLASH інцидент");
  EXPECT_EQ(translate("FLASH acknowledgement of S-000087"),
            "FLASH підтвердження прочитання, до S-000087");
}

TEST(Sentences, StayEnglishInEnglishAndUnderJson) {
  EXPECT_FALSE(translation_into(Language::en));
  for (const bool json : {false, true}) {
    std::ostringstream out;
    std::ostringstream err;
    OutputOptions options;
    options.json = json;
    options.translate = translation_into(Language::id);
    Output output(out, err, options);
    output.fail("cannot show N-1", make_error(ErrorCode::not_found, "no answer came"));
    EXPECT_EQ(err.str().find("cannot show N-1") == std::string::npos, !json) << err.str();
    EXPECT_EQ(output.words("no answer came") == "no answer came", json);
  }
}

}  // namespace
}  // namespace hotline::client
