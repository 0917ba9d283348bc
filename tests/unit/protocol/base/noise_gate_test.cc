#include "protocol/base/noise_gate.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

constexpr BootMs kStart = 5'000;

TEST(NoiseGate, TheFirstFewAreToldAndTheRestCounted) {
  NoiseGate gate(3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(gate.admit(kStart));
  EXPECT_FALSE(gate.due());
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(gate.admit(kStart + i));
  EXPECT_EQ(gate.due(), kStart + NoiseGate::kWindow_ms);
  EXPECT_EQ(gate.take_held_back(kStart + NoiseGate::kWindow_ms - 1), 0u);
  EXPECT_EQ(gate.take_held_back(kStart + NoiseGate::kWindow_ms), 5u);
  EXPECT_EQ(gate.take_held_back(kStart + NoiseGate::kWindow_ms), 0u);
}

TEST(NoiseGate, TheNumberCountsAsTheFirstOfTheNextMinute) {
  NoiseGate gate(3);
  for (int i = 0; i < 4; ++i) gate.admit(kStart);
  BootMs next = kStart + NoiseGate::kWindow_ms;
  EXPECT_EQ(gate.take_held_back(next), 1u);
  EXPECT_TRUE(gate.admit(next));
  EXPECT_TRUE(gate.admit(next));
  EXPECT_FALSE(gate.admit(next));
}

TEST(NoiseGate, AQuietMinuteBeginsAnew) {
  NoiseGate gate(2);
  EXPECT_TRUE(gate.admit(kStart));
  EXPECT_TRUE(gate.admit(kStart + NoiseGate::kWindow_ms - 1));
  EXPECT_TRUE(gate.admit(kStart + NoiseGate::kWindow_ms));
  EXPECT_TRUE(gate.admit(kStart + NoiseGate::kWindow_ms));
  EXPECT_FALSE(gate.admit(kStart + NoiseGate::kWindow_ms));
}

// A caller that is late to ask loses nothing of the count.
TEST(NoiseGate, NothingHeldBackIsForgotten) {
  NoiseGate gate(1);
  uint64_t told = 0, held = 0;
  for (BootMs now = 0; now < 10 * NoiseGate::kWindow_ms; now += 100) {
    if (gate.admit(now)) ++told;
    if (now % 7'000 == 0) held += gate.take_held_back(now);
  }
  held += gate.take_held_back(INT64_MAX);
  EXPECT_EQ(told + held, 6000u);
  EXPECT_LE(told, 10u);
}

}  // namespace
}  // namespace hotline
