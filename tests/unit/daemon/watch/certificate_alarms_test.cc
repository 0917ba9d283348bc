#include "daemon/watch/certificate_alarms.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

TEST(CertificateAlarms, EachReasonOnceUntilALinkIsUp) {
  CertificateAlarms alarms;
  EXPECT_TRUE(alarms.admit(false, "expired at 10:00; the clock here says 10:03"));
  EXPECT_FALSE(alarms.admit(false, "expired at 10:00; the clock here says 10:04"));
  EXPECT_TRUE(alarms.admit(false, "expired"));
  EXPECT_TRUE(alarms.admit(false, "revoked"));
  alarms.set_link_up(false);
  EXPECT_FALSE(alarms.admit(false, "expired"));
  alarms.set_link_up(true);
  EXPECT_TRUE(alarms.admit(false, "expired"));
  alarms.set_link_up(true);  // It has been all the time.
  EXPECT_FALSE(alarms.admit(false, "expired"));
}

TEST(CertificateAlarms, StrangersCannotFloodNorUseUpWhatIsThePeers) {
  CertificateAlarms alarms;
  size_t told = 0;
  for (int i = 0; i < 1000; ++i) told += alarms.admit(true, "CN=" + std::string(1 + i % 200, 'x'));
  EXPECT_EQ(told, CertificateAlarms::kToldMax);
  EXPECT_TRUE(alarms.admit(false, "expired"));
}

}  // namespace
}  // namespace hotline
