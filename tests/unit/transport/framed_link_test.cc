#include "protocol/transport/framed_link.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <stdexcept>
#include <utility>

#include "protocol/base/frame.h"
#include "tests/unit/transport/two_ends.h"

namespace hotline {
namespace {

using Local = boost::asio::local::stream_protocol;

TEST_F(TwoEnds, FramesArriveInOrderInBothDirections) {
  connect();
  const std::vector<Bytes> frames = {pattern(1), pattern(limits::kFrameSizeMax), pattern(77),
                                     pattern(16 * 1024), pattern(2)};
  for (const Bytes& frame : frames) {
    EXPECT_EQ(north.link->send(frame), SendOutcome::queued);
    EXPECT_EQ(south.link->send(frame), SendOutcome::queued);
  }
  EXPECT_TRUE(run_until([&] { return south.frames.size() == 5 && north.frames.size() == 5; }));
  EXPECT_EQ(south.frames, frames);
  EXPECT_EQ(north.frames, frames);
  EXPECT_TRUE(run_until([&] { return north.link->queued_size() == 0; }));
}

TEST_F(TwoEnds, BothKnowWhoIsThere) {
  connect();
  ASSERT_TRUE(north.link->peer().certificate);
  EXPECT_EQ(north.link->peer().certificate->identity, (Identity{"south", Purpose::tls, ""}));
  EXPECT_TRUE(north.link->peer().we_dialled);
  EXPECT_EQ(north.link->peer().address, listener->address());
  ASSERT_TRUE(south.link->peer().certificate);
  EXPECT_EQ(south.link->peer().certificate->identity, (Identity{"north", Purpose::tls, ""}));
  EXPECT_FALSE(south.link->peer().we_dialled);
}

TEST_F(TwoEnds, AFrameThatIsEmptyOrTooLargeIsNotTaken) {
  connect();
  EXPECT_EQ(north.link->send({}), SendOutcome::bad_size);
  EXPECT_EQ(north.link->send(Bytes(limits::kFrameSizeMax + 1)), SendOutcome::bad_size);
  EXPECT_EQ(north.link->queued_size(), 0u);
}

TEST_F(TwoEnds, WhatWasQueuedArrivesBeforeAnOrderlyClose) {
  connect();
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(north.link->send(pattern(limits::kFrameSizeMax)), SendOutcome::queued);
  }
  north.link->close();
  EXPECT_FALSE(north.link->is_open());
  EXPECT_EQ(north.link->send(pattern(1)), SendOutcome::closed);
  EXPECT_TRUE(run_until([&] { return !south.ends.empty(); }));
  EXPECT_EQ(south.frames.size(), 3u);
  EXPECT_EQ(south.ends.front().cause, LinkEndCause::peer_closed) << south.ends.front().reason;
  EXPECT_NE(south.ends.front().reason.find("it closed the connection"), std::string::npos);
}

TEST_F(TwoEnds, ALinkThatWasClosedMayBeDroppedAtOnce) {
  connect();
  ASSERT_EQ(north.link->send(pattern(50'000)), SendOutcome::queued);
  north.link->close();
  north.link.reset();
  EXPECT_TRUE(run_until([&] { return !south.ends.empty(); }));
  EXPECT_EQ(south.frames.size(), 1u);
  EXPECT_EQ(south.ends.front().cause, LinkEndCause::peer_closed) << south.ends.front().reason;
}

TEST_F(TwoEnds, AnAbortIsSeenAsACut) {
  connect();
  north.link->abort();
  EXPECT_TRUE(run_until([&] { return !south.ends.empty(); }));
  EXPECT_EQ(south.ends.front().cause, LinkEndCause::cut) << south.ends.front().reason;
}

TEST_F(TwoEnds, DroppingTheLastReferenceEndsTheLink) {
  connect();
  north.link.reset();
  EXPECT_TRUE(run_until([&] { return !south.ends.empty(); }));
  settle();
  EXPECT_TRUE(north.ends.empty());
}

TEST_F(TwoEnds, AfterCloseNoCallbackComesWhateverThePeerSends) {
  connect();
  for (int i = 0; i < 50; ++i) ASSERT_EQ(south.link->send(pattern(100)), SendOutcome::queued);
  north.when_frame = [&](const Bytes&) {
    if (north.frames.size() == 3) north.link->close();
  };
  EXPECT_TRUE(run_until([&] { return !south.ends.empty(); }));
  settle();
  EXPECT_EQ(north.frames.size(), 3u);
  EXPECT_TRUE(north.ends.empty());
  EXPECT_EQ(south.ends.size(), 1u);
}

TEST_F(TwoEnds, WhatTheCallbacksHoldIsLetGoAtOnceByAnAbort) {
  listen(context_of(settings_of({"south"}, TlsUse::peer_link, "north")));
  dial_it(context_of(settings_of({"north"}, TlsUse::peer_link, "south")));
  ASSERT_TRUE(run_until([&] { return dialled && !accepted.empty(); }));
  const std::shared_ptr<FramedLink> link = std::exchange(dialled, std::nullopt)->value();
  auto held = std::make_shared<int>(1);
  // A circle: the link holds the callbacks, and they hold the link.
  link->start({.on_frame = [held, link](Bytes) {},
               .on_closed = [held](const LinkEnd&) {},
               .on_writable = nullptr});
  EXPECT_GT(held.use_count(), 1);
  link->abort();
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(link.use_count(), 1);
}

TEST_F(TwoEnds, TheLastReferenceMayBeDroppedInACallback) {
  connect();
  north.when_frame = [&](const Bytes&) { north.link.reset(); };
  south.when_closed = [&] { south.link.reset(); };
  ASSERT_EQ(south.link->send(pattern(10)), SendOutcome::queued);
  ASSERT_EQ(south.link->send(pattern(10)), SendOutcome::queued);
  EXPECT_TRUE(run_until([&] { return !south.ends.empty(); }));
  settle();
  EXPECT_EQ(north.frames.size(), 1u);
  EXPECT_EQ(south.ends.size(), 1u);
}

TEST_F(TwoEnds, AnExceptionInACallbackCostsTheLinkAndIsSaid) {
  connect();
  north.when_frame = [](const Bytes&) { throw std::runtime_error("out of cheese"); };
  ASSERT_EQ(south.link->send(pattern(10)), SendOutcome::queued);
  EXPECT_TRUE(run_until([&] { return !north.ends.empty(); }));
  EXPECT_EQ(north.ends.front().cause, LinkEndCause::failed);
  EXPECT_NE(north.ends.front().reason.find("out of cheese"), std::string::npos);
}

TEST_F(TwoEnds, WhilePausedNothingIsDeliveredAndLaterEverything) {
  connect();
  north.when_frame = [&](const Bytes&) {
    if (north.frames.size() == 2) north.link->pause_reading();
  };
  for (int i = 0; i < 10; ++i) ASSERT_EQ(south.link->send(pattern(5)), SendOutcome::queued);
  EXPECT_TRUE(run_until([&] { return north.frames.size() == 2; }));
  settle();
  EXPECT_EQ(north.frames.size(), 2u);
  north.link->resume_reading();
  EXPECT_TRUE(run_until([&] { return north.frames.size() == 10; }));
}

TEST_F(TwoEnds, APausedLinkCanBeClosed) {
  connect();
  north.link->pause_reading();
  settle();
  north.link->close();
  EXPECT_TRUE(run_until([&] { return !south.ends.empty(); }));
  EXPECT_EQ(south.ends.front().cause, LinkEndCause::peer_closed);
}

// The queue is bounded whatever a slow peer does (H28), and its owner hears when there is room
// again.
TEST_F(TwoEnds, ASlowReaderHoldsTheSenderBackAndNotTheMemory) {
  connect();
  south.link->pause_reading();
  size_t sent = 0;
  bool full = false;
  while (!full) {
    const SendOutcome outcome = north.link->send(pattern(100'000));
    full = outcome == SendOutcome::full;
    if (!full) ++sent;
    EXPECT_LE(north.link->queued_size(), limits::kLinkQueueSizeMax);
    // Let the writer fill whatever the kernel takes before the queue counts as full.
    if (full) {
      const size_t before = north.link->queued_size();
      settle();
      full = north.link->queued_size() == before;
    }
    ASSERT_LT(sent, 10'000u);
  }
  EXPECT_FALSE(north.link->writable());
  const int calls_before = north.writable_calls;
  south.link->resume_reading();
  EXPECT_TRUE(run_until([&] { return south.frames.size() == sent; }));
  EXPECT_TRUE(run_until([&] { return north.writable_calls == calls_before + 1; }));
  EXPECT_TRUE(north.link->writable());
  EXPECT_TRUE(north.ends.empty());
}

// Two honest sides: as much is sent as the other side has received, and never more is on its way
// than the queue holds. The link must not take that for a peer that does not read.
TEST_F(TwoEnds, A1_AWindowOnTheWayIsNeverFull) {
  connect();
  const Bytes frame = pattern(100'000);
  constexpr size_t kFrames = 600;
  size_t sent = 0;
  size_t refused = 0;
  const auto send_within_window = [&] {
    for (; sent < kFrames; ++sent) {
      const size_t on_the_way = (sent + 1 - south.frames.size()) * frame.size();
      if (on_the_way + limits::kFrameSizeMax > limits::kLinkQueueSizeMax) return;
      const SendOutcome outcome =
          sent % 2 == 0 ? north.link->send(frame) : north.link->send_behind(frame);
      if (outcome != SendOutcome::queued) ++refused;
    }
  };
  south.when_frame = [&](const Bytes&) { send_within_window(); };
  send_within_window();
  EXPECT_TRUE(run_until([&] { return south.frames.size() + refused == kFrames; }));
  EXPECT_EQ(refused, 0u);
  EXPECT_EQ(north.link->queued_size(), 0u);
}

TEST_F(TwoEnds, A1_AReceiptOvertakesTheMessagesThatWait) {
  connect();
  south.link->pause_reading();
  constexpr size_t kBehind = 10;
  for (size_t i = 0; i < kBehind; ++i) {
    ASSERT_EQ(north.link->send_behind(pattern(500'000 + i)), SendOutcome::queued);
  }
  settle();  // The writer is in the middle of one, and the kernel takes no more.
  ASSERT_EQ(north.link->send(as_bytes("receipt")), SendOutcome::queued);
  south.link->resume_reading();
  ASSERT_TRUE(run_until([&] { return south.frames.size() == kBehind + 1; }));
  std::vector<size_t> behind;
  size_t place = 0;
  for (size_t i = 0; i < south.frames.size(); ++i) {
    if (as_text(south.frames[i]) == "receipt") {
      place = i;
    } else {
      behind.push_back(south.frames[i].size());
    }
  }
  EXPECT_LT(place, kBehind);
  EXPECT_TRUE(std::is_sorted(behind.begin(), behind.end()));
}

// The raw side of a Unix socket, to send what a link of ours never would.
class RawPeer : public TwoEnds {
 protected:
  void SetUp() override {
    listen_unix(directory.file("socket"));
    raw.connect(Local::endpoint(directory.file("socket")));
    ASSERT_TRUE(run_until([&] { return !accepted.empty(); }));
    south.start(accepted.front());
    accepted.clear();
  }

  void send_raw(ByteView bytes) {
    boost::asio::write(raw, boost::asio::buffer(bytes.data(), bytes.size()));
  }

  TemporaryDirectory directory;
  Local::socket raw{io};
};

TEST_F(RawPeer, TheKernelSaysWhoItIs) {
  EXPECT_EQ(south.link->peer().unix_uid, getuid());
  EXPECT_FALSE(south.link->peer().certificate);
}

TEST_F(RawPeer, FramesAreFoundInWhateverPiecesTheyCome) {
  Bytes stream = encode_frame(as_bytes("first"));
  append_frame(stream, as_bytes("second"));
  for (uint8_t byte : stream) {
    send_raw({&byte, 1});
    settle();
  }
  EXPECT_TRUE(run_until([&] { return south.frames.size() == 2; }));
  EXPECT_EQ(as_text(south.frames[0]), "first");
  EXPECT_EQ(as_text(south.frames[1]), "second");
}

TEST_F(RawPeer, ABadLengthEndsTheLinkAfterTheGoodFrames) {
  Bytes stream = encode_frame(as_bytes("good"));
  stream.insert(stream.end(), {0xff, 0xff, 0xff, 0xff, 'x'});
  send_raw(stream);
  EXPECT_TRUE(run_until([&] { return !south.ends.empty(); }));
  EXPECT_EQ(south.frames.size(), 1u);
  ASSERT_EQ(south.ends.size(), 1u);
  EXPECT_EQ(south.ends.front().cause, LinkEndCause::bad_frame);
  EXPECT_NE(south.ends.front().reason.find("4294967295"), std::string::npos);
  EXPECT_FALSE(south.link->is_open());
}

TEST_F(RawPeer, AStreamThatEndsInAFrameWasCut) {
  send_raw(Bytes{0, 0, 0, 9, 1, 2, 3});
  raw.close();
  EXPECT_TRUE(run_until([&] { return !south.ends.empty(); }));
  EXPECT_EQ(south.ends.front().cause, LinkEndCause::cut);
  EXPECT_NE(south.ends.front().reason.find("in the middle of a frame"), std::string::npos);
}

TEST_F(RawPeer, ManyFramesQueuedInOneTurnLeaveTogether) {
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(south.link->send(as_bytes("x")), SendOutcome::queued);
  settle();
  Bytes all(5000);
  const size_t got = raw.read_some(boost::asio::buffer(all));
  EXPECT_EQ(got, all.size());
}

TEST_F(RawPeer, ADialledUnixSocketIsALinkToo) {
  std::optional<Result<std::shared_ptr<FramedLink>>> outcome;
  auto client = dial_unix(io, directory.file("socket"),
                          [&](auto result) { outcome.emplace(std::move(result)); });
  ASSERT_TRUE(run_until([&] { return outcome && !accepted.empty(); }));
  ASSERT_TRUE(*outcome) << outcome->error().reason;
  north.start(**outcome);
  End served;
  served.start(accepted.front());
  ASSERT_EQ(north.link->send(as_bytes("who")), SendOutcome::queued);
  EXPECT_TRUE(run_until([&] { return served.frames.size() == 1; }));
  served.link->close();
  EXPECT_TRUE(run_until([&] { return !north.ends.empty(); }));
  EXPECT_EQ(north.ends.front().cause, LinkEndCause::peer_closed);
}

}  // namespace
}  // namespace hotline
