// The picture as a file, against a daemon with known notices: all of them whatever fits an answer,
// and read back as volumes.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "client/compose/geojson.h"
#include "protocol/message/typed_form.h"
#include "protocol/terminal/exit_code.h"
#include "tests/unit/client/fake_daemon.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

class ExportGeojsonTest : public testing::Test {
 protected:
  ExportGeojsonTest() : terminal_(daemon_.connector()) {
    daemon_.clock = at("2026-11-22T14:12:07.913Z");
  }

  // One of ours, or of theirs; each a kilometre wider than the one before.
  void announce(bool incoming, size_t volumes = 1) {
    FakeMessage message;
    message.incoming = incoming;
    message.number = daemon_.messages.size() + 1;
    message.id = (incoming ? "S-00000" : "N-00000") + std::to_string(message.number);
    message.type = wire::MessageType::activity;
    FakeNotice notice;
    notice.id = message.id;
    notice.conflicts = 2;
    for (size_t i = 0; i < volumes; ++i) {
      notice.volumes.push_back({Circle{{54'90000, 20'10000}, ++radius_km_ * 1000},
                                {0, HeightDatum::mean_sea_level},
                                {200, HeightDatum::flight_level},
                                at("2026-11-24T10:00:00Z"),
                                at("2026-11-24T12:00:00Z")});
    }
    daemon_.messages.push_back(message);
    daemon_.notices.push_back(notice);
  }

  std::vector<Volume> announced() const {
    std::vector<Volume> all;
    for (const FakeNotice& one : daemon_.notices) {
      all.insert(all.end(), one.volumes.begin(), one.volumes.end());
    }
    return all;
  }

  // Names a file that is not there.
  std::string fresh_file() {
    const std::string path = terminal_.write("picture.geojson", "");
    std::remove(path.c_str());
    return path;
  }

  static std::string content_of(const std::string& path) {
    std::ifstream file(path);
    std::stringstream content;
    content << file.rdbuf();
    return content.str();
  }

  FakeDaemon daemon_;
  Terminal terminal_;
  uint32_t radius_km_ = 0;
};

TEST_F(ExportGeojsonTest, APictureWithoutNoticesIsACollectionWithoutFeatures) {
  EXPECT_EQ(terminal_.run({"export", "geojson"}), kExitDone);
  EXPECT_EQ(terminal_.out(),
            "{\"type\":\"FeatureCollection\",\"v\":1,\"taken_at\":\"2026-11-22T14:12:07.913Z\","
            "\"complete\":true,\"link_down\":false,\"link_down_since\":null,\"features\":[]}\n");
  EXPECT_EQ(terminal_.err(), "");
}

// A map must be able to say it too.
TEST_F(ExportGeojsonTest, WithoutALinkThePictureSaysSinceWhen) {
  daemon_.link = wire::LinkState::down;
  daemon_.link_since = at("2026-11-22T14:08:55Z");
  EXPECT_EQ(terminal_.run({"export", "geojson"}), kExitDone);
  EXPECT_NE(terminal_.out().find(
                R"("link_down":true,"link_down_since":"2026-11-22T14:08:55.000Z","features")"),
            std::string::npos)
      << terminal_.out();
  EXPECT_NE(terminal_.err().find("Caution: the link is down since"), std::string::npos);
  EXPECT_EQ(terminal_.run({"export", "geojson", fresh_file(), "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find(R"("link_down":true)"), std::string::npos) << terminal_.out();
  daemon_.link_since = 0;
  EXPECT_EQ(terminal_.run({"export", "geojson"}), kExitDone);
  EXPECT_NE(terminal_.out().find(R"("link_down":true,"link_down_since":null)"), std::string::npos);
}

TEST_F(ExportGeojsonTest, OneNoticeSaysWhoseItIsAndHowItStands) {
  daemon_.exercise = true;
  announce(true);
  EXPECT_EQ(terminal_.run({"export", "geojson", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find(
                R"("properties":{"id":"S-000001","volume":1,"party":"south","state":"received",)"
                R"("type":"activity","mode":"exercise","lower":"0m amsl","upper":"FL200",)"
                R"("start":"2026-11-24T10:00:00.000Z","end":"2026-11-24T12:00:00.000Z",)"
                R"("conflicts":2,"conflicts_accepted":0,"radius":1000})"),
            std::string::npos)
      << terminal_.out();
}

TEST_F(ExportGeojsonTest, EveryPageIsReadAndReadBackAsItWasAnnounced) {
  announce(false), announce(false, 3), announce(true), announce(true, 2), announce(true);
  daemon_.notice_page = 2;
  EXPECT_EQ(terminal_.run({"export", "geojson"}), kExitDone);
  EXPECT_EQ(daemon_.notices_asked.size(), 3u);
  const auto volumes = parse_geojson("picture", terminal_.out());
  ASSERT_TRUE(volumes) << volumes.error().reason;
  EXPECT_EQ(typed_form::of_volumes(*volumes), typed_form::of_volumes(announced()));
  EXPECT_NE(terminal_.out().find(R"("id":"N-000002","volume":3)"), std::string::npos);
}

TEST_F(ExportGeojsonTest, AFileIsWrittenOnce) {
  announce(false, 2);
  const std::string path = fresh_file();
  EXPECT_EQ(terminal_.run({"export", "geojson", path}), kExitDone);
  EXPECT_EQ(terminal_.out(), "1 notice as 2 features, written to " + path + ".\n");
  const std::string first = content_of(path);
  const auto volumes = read_geojson_file(path);
  ASSERT_TRUE(volumes) << volumes.error().reason;
  EXPECT_EQ(volumes->size(), 2u);
  announce(true);
  EXPECT_EQ(terminal_.run({"export", "geojson", path}), kExitRefused);
  EXPECT_NE(terminal_.err().find("exists already"), std::string::npos) << terminal_.err();
  EXPECT_EQ(content_of(path), first);
}

TEST_F(ExportGeojsonTest, AFileAsJson) {
  announce(false);
  const std::string path = fresh_file();
  EXPECT_EQ(terminal_.run({"export", "geojson", path, "--json"}), kExitDone);
  EXPECT_EQ(terminal_.out(), "{\"v\":1,\"file\":\"" + path +
                                 "\",\"notices\":1,\"features\":1,\"complete\":true,\"link_down\":"
                                 "false,\"link_down_since\":null}\n");
}

TEST_F(ExportGeojsonTest, WhatIsMissingIsSaidInThePictureToo) {
  announce(false);
  daemon_.incomplete = true;
  EXPECT_EQ(terminal_.run({"export", "geojson"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"complete\":false"), std::string::npos);
  EXPECT_NE(terminal_.err().find("this is not all"), std::string::npos) << terminal_.err();
  daemon_.incomplete = false;
  announce(false);
  daemon_.notices.back().volumes[0].end = 0;
  EXPECT_EQ(terminal_.run({"export", "geojson"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"complete\":false"), std::string::npos);
  EXPECT_EQ(terminal_.out().find("N-000002"), std::string::npos);
  EXPECT_NE(terminal_.err().find("N-000002 cannot be drawn, and is left out. See: hotline show "
                                 "N-000002"),
            std::string::npos)
      << terminal_.err();
}

// Neither an empty page before the end nor one that goes back makes it ask for ever.
TEST_F(ExportGeojsonTest, APageThatDoesNotGoOnEndsIt) {
  announce(false), announce(false);
  daemon_.notice_page = 0;
  EXPECT_EQ(terminal_.run({"export", "geojson"}), kExitFailed);
  EXPECT_NE(terminal_.err().find("no page of notices"), std::string::npos) << terminal_.err();
  EXPECT_EQ(terminal_.out(), "");
  daemon_.notice_page = 2;
  daemon_.messages[1].number = daemon_.messages[0].number;
  EXPECT_EQ(terminal_.run({"export", "geojson"}), kExitFailed);
}

}  // namespace
}  // namespace hotline::client
