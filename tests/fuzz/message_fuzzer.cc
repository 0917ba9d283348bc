// Whatever a peer sends as an envelope or a body is refused, or can be read, judged, described and
// read back without harm.
#include <cstddef>
#include <cstdint>

#include "protocol/base/check.h"
#include "protocol/base/text.h"
#include "protocol/message/describe.h"
#include "protocol/message/envelope.h"
#include "protocol/message/message_rules.h"
#include "tests/property/touch_message.h"

namespace {

using namespace hotline;

const RulesContext kContext = {"north", "N", "south", "S", false};

// Nothing unprintable reaches a screen, whatever was sent.
void check_printable(const Description& description) {
  for (const auto& [label, value] : description) {
    HOTLINE_CHECK(is_plain_text(label) && is_plain_text(printable(value)));
  }
}

void read_envelope(const wire::Envelope& envelope) {
  touch_message(envelope);
  auto problems = check_envelope(envelope, kContext);
  for (const Problem& problem : problems) HOTLINE_CHECK(!problem.reason.empty());
  check_printable(describe_envelope(envelope, "ru"));
}

void read_body(const wire::Body& body) {
  touch_message(body);
  for (wire::MessageType type : {static_cast<wire::MessageType>(body.content_type()),
                                 wire::MessageType::incident, wire::MessageType::unset}) {
    BodyContext context{type, wire::Precedence::flash, wire::Mode::exercise,
                        "en", 1'795'356'060'000,       true};
    auto problems = check_body(body, context);
    for (const Problem& problem : problems) HOTLINE_CHECK(!problem.reason.empty());
  }
  check_printable(describe_content(body, "uk", std::nullopt));
  EventPoint point = event_point(body);
  HOTLINE_CHECK(!compare_read_back(point, point).mismatch);
  if (const auto* acknowledgement = body.content_as_acknowledgement()) {
    compare_read_back(EventPoint{Position{1, 2}, 3}, *acknowledgement);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // From an odd address, as a part of a frame would lie, and from a good one: the same verdict.
  Bytes shifted(size + 1);
  if (size != 0) std::copy(data, data + size, shifted.begin() + 1);
  ByteView odd = ByteView(shifted).subspan(1);
  auto envelope = open_envelope(odd);
  if (envelope) read_envelope(**envelope);
  auto body = open_body(odd);
  if (body) read_body(**body);
  Bytes even(data, data + size);
  HOTLINE_CHECK(open_envelope(even).has_value() == envelope.has_value());
  HOTLINE_CHECK(open_body(even).has_value() == body.has_value());
  return 0;
}
