#include "daemon/watch/alarm_words.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

AlarmWords words(const SoundStep& sound, const Policy& policy = default_policy()) {
  return alarm_words(sound, sound.incoming ? "south" : "north", policy, [](MessageKey key) {
    return (key.incoming ? "S-" : "N-") + std::to_string(key.number);
  });
}

const Step kSupervisor{StepKind::rung, "supervisor"};
const Step kAgain{StepKind::alarm_again, ""};

TEST(AlarmWords, OneMessageIsNamed) {
  AlarmWords told = words({true, 1, {kSupervisor}, 1, 87, {1, 87, 180'000}});
  EXPECT_EQ(told.id, "S-87");
  EXPECT_EQ(told.text, "ESCALATED to supervisor");
  told = words({true, 1, {kAgain}, 0, 0, {1, 87, 30'000}});
  EXPECT_EQ(told.id, "S-87");
  EXPECT_EQ(told.text, "still not acknowledged");
  told = words({false, 1, {{StepKind::first_answer_due, ""}}, 1, 5, {}});
  EXPECT_EQ(told.id, "N-5");
  EXPECT_EQ(told.text, "first answer overdue");
}

TEST(AlarmWords, A4_AFloodIsOneSentenceWithATrueCount) {
  AlarmWords told = words({true, 1, {kAgain}, 0, 0, {104, 87, 192'000}});
  EXPECT_EQ(told.id, "");
  EXPECT_EQ(told.text,
            "104 FLASH of SOUTH wait for an acknowledgement, the oldest S-87 for 00:03:12");
  told = words({true, 1, {kSupervisor}, 104, 87, {104, 87, 192'000}});
  EXPECT_EQ(told.text,
            "104 FLASH of SOUTH wait for an acknowledgement, the oldest S-87 for 00:03:12: "
            "ESCALATED to supervisor");
  told = words({true, 1, {kSupervisor, kAgain}, 12, 90, {104, 87, 360'192'000}});
  EXPECT_EQ(told.text,
            "104 FLASH of SOUTH wait for an acknowledgement, the oldest S-87 for 100:03:12; 12, "
            "the oldest S-90: ESCALATED to supervisor");
}

TEST(AlarmWords, WhatIsOverdueAfterTheAcknowledgementIsCountedToo) {
  const AlarmWords told = words({false, 4, {{StepKind::full_answer_due, ""}}, 3, 7, {}});
  EXPECT_EQ(told.id, "");
  EXPECT_EQ(told.text, "3 ROUTINE of NORTH, the oldest N-7: full answer overdue");
}

// By the name of the rung, whatever that is.
TEST(AlarmWords, ARungThatProposesVoiceSaysWhomToCall) {
  const SoundStep last{false, 1, {{StepKind::rung, "voice"}}, 1, 5, {1, 5, 480'000}};
  EXPECT_EQ(words(last).text, "ESCALATED to voice: call by voice, or ask an intermediary");
  Policy policy = default_policy();
  policy.contacts = {{"envoy", "+00 3"}, {"south-duty-officer", "+00 2, in English"}};
  EXPECT_EQ(words(last, policy).text,
            "ESCALATED to voice: call by voice, or ask an intermediary: envoy +00 3; "
            "south-duty-officer +00 2, in English");
  policy.at(1).rungs.back().proposes_voice = false;
  EXPECT_EQ(words(last, policy).text, "ESCALATED to voice");
  EXPECT_EQ(words({false, 1, {kSupervisor}, 1, 5, {1, 5, 480'000}}).text,
            "ESCALATED to supervisor");
}

// An answer is overdue of one, while another waits: they are not the same.
TEST(AlarmWords, OneOfThemIsNotTheOther) {
  const AlarmWords told =
      words({true, 2, {{StepKind::first_answer_due, ""}}, 1, 7, {1, 9, 60'000}});
  EXPECT_EQ(
      told.text,
      "1 IMMEDIATE of SOUTH waits for an acknowledgement, the oldest S-9 for 00:01:00; 1, the "
      "oldest S-7: first answer overdue");
}

}  // namespace
}  // namespace hotline
