#include "client/drill/drill_order.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace hotline::client {
namespace {

using OrderKind = DrillOrder::Kind;

// In the order of OrderKind, whose first is 1.
constexpr std::array<const char*, 9> kOrderWords = {"inject", "skip",  "note", "judge", "pause",
                                                    "resume", "speed", "jump", "stop"};

}  // namespace

const char* order_word(OrderKind kind) {
  return kOrderWords[static_cast<size_t>(kind) - 1];
}

void add_order(JsonValue& line, const DrillOrder& order) {
  line.add("order", order.number).add("do", order_word(order.kind)).add("who", order.who);
  switch (order.kind) {
    case OrderKind::inject:
    case OrderKind::skip:
      line.add("inject", order.name);
      return;
    case OrderKind::note:
    case OrderKind::stop:
      line.add("text", order.text);
      return;
    case OrderKind::judge:
      line.add("expectation", order.name)
          .add("outcome", order.is_met ? "met" : "missed")
          .add("comment", json_text(order.text));
      return;
    case OrderKind::speed:
      line.add("speed_permille", static_cast<int64_t>(order.speed_permille));
      return;
    case OrderKind::jump:
      line.add("next", order.goes_to_next ? 1 : 0)
          .add("by_ms", order.by_ms)
          .add("until", order.until)
          .add("until_ms", order.until_ms);
      return;
    case OrderKind::pause:
    case OrderKind::resume:
      return;
  }
}

Result<DrillOrder> read_order(const JsonInput& line) {
  const std::string word = text_in(line, "do");
  const auto found = std::find(kOrderWords.begin(), kOrderWords.end(), word);
  const int64_t number = number_in(line, "order");
  if (found == kOrderWords.end() || number < 0) {
    return make_error(ErrorCode::malformed, "a line of a drill's orders is none");
  }
  DrillOrder order;
  order.kind = static_cast<OrderKind>(found - kOrderWords.begin() + 1);
  order.number = static_cast<uint64_t>(number);
  order.who = text_in(line, "who");
  const bool judges = order.kind == OrderKind::judge;
  order.name = text_in(line, judges ? "expectation" : "inject");
  order.text = text_in(line, judges ? "comment" : "text");
  order.is_met = text_in(line, "outcome") == "met";
  order.speed_permille = static_cast<uint32_t>(number_in(line, "speed_permille"));
  order.goes_to_next = number_in(line, "next") != 0;
  order.by_ms = number_in(line, "by_ms");
  order.until = number_in(line, "until");
  order.until_ms = number_in(line, "until_ms");
  return order;
}

std::string text_in(const JsonInput& line, const char* name) {
  const JsonInput* found = line.find(name);
  return found != nullptr && found->text() != nullptr ? *found->text() : std::string();
}

int64_t number_in(const JsonInput& line, const char* name) {
  const JsonInput* found = line.find(name);
  if (found == nullptr || found->number() == nullptr) return 0;
  return found->number()->scaled(0).value_or(0);
}

}  // namespace hotline::client
