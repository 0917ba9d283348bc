#include "protocol/log/origin.h"

#include <gtest/gtest.h>

#include "protocol/base/limits.h"
#include "protocol/log/note.h"

namespace hotline {
namespace {

constexpr ChannelName kLive{{0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb,
                             0xcc, 0xdd, 0xee, 0xff},
                            false};
constexpr ChannelName kExercise{kLive.id, true};

TEST(Origin, NamesAsTheyAreSigned) {
  EXPECT_EQ(transcript_origin(kLive, "north", 1),
            "hotline/00112233445566778899aabbccddeeff/live/north/transcript/1");
  EXPECT_EQ(journal_origin(kExercise, "south-2", 12),
            "hotline/00112233445566778899aabbccddeeff/exercise/south-2/journal/12");
  EXPECT_EQ(log_key_name(kLive, "north"), "hotline/00112233445566778899aabbccddeeff/live/north");
  EXPECT_EQ(receipt_key_name(kLive, "north"),
            "hotline/00112233445566778899aabbccddeeff/live/north/receipt");
  EXPECT_EQ(witness_key_name(kExercise, "north"),
            "hotline/00112233445566778899aabbccddeeff/exercise/north/witness");
}

TEST(Origin, EveryNameCanStandInANote) {
  std::string longest(limits::kPartyIdSizeMax, 'z');
  EXPECT_TRUE(is_note_key_name(transcript_origin(kExercise, longest, UINT64_MAX)));
  EXPECT_TRUE(is_note_key_name(witness_key_name(kExercise, longest)));
}

TEST(Origin, PartyIds) {
  for (auto good : {"north", "n", "2", "a-b", "zone-51"}) EXPECT_TRUE(is_party_id(good)) << good;
  for (auto bad : {"", "North", "nor th", "north/receipt", "north+", "n\n", "n.", "né"}) {
    EXPECT_FALSE(is_party_id(bad)) << bad;
  }
  EXPECT_TRUE(is_party_id(std::string(limits::kPartyIdSizeMax, 'a')));
  EXPECT_FALSE(is_party_id(std::string(limits::kPartyIdSizeMax + 1, 'a')));
}

}  // namespace
}  // namespace hotline
