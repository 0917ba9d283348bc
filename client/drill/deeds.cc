#include "client/drill/deeds.h"

#include "protocol/message/envelope.h"

namespace hotline::client {
namespace {

std::optional<size_t> inject_called(const std::vector<std::string>& ids, const std::string& id) {
  for (size_t i = 0; i < ids.size(); ++i) {
    if (!id.empty() && ids[i] == id) return i;
  }
  return std::nullopt;
}

std::vector<size_t> all_spoken_of(const Scenario& scenario, const std::vector<std::string>& ids,
                                  const SideMessage& message) {
  if (const auto* decision = message.body.content_as_decision()) {
    if (const auto i = inject_called(ids, text_of(decision->incident()))) return {*i};
  }
  if (const auto* references = message.envelope.references()) {
    for (const wire::Reference* reference : *references) {
      if (const auto i = inject_called(ids, text_of(reference->id()))) return {*i};
    }
  }
  std::vector<size_t> found;
  const std::string thread = text_of(message.envelope.incident());
  for (size_t i = 0; !thread.empty() && i < ids.size(); ++i) {
    const ScenarioMessage* sent = scenario.injects[i].message();
    if (!ids[i].empty() && sent->request.incident == thread) found.push_back(i);
  }
  return found;
}

}  // namespace

std::vector<size_t> injects_spoken_of(const Scenario& scenario, const std::vector<std::string>& ids,
                                      const SideMessage& message) {
  std::vector<size_t> found = all_spoken_of(scenario, ids, message);
  if (message.type == wire::MessageType::decision) return found;
  std::erase_if(found, [&](size_t i) { return scenario.injects[i].from == message.side; });
  return found;
}

ToldDeed deed_of(const SideMessage& message, const EventPoint& point) {
  using What = PlayedEvent::What;
  Deed deed{.side = message.side, .role = message.envelope.releaser_role()};
  if (const auto* read_back = message.body.content_as_acknowledgement()) {
    deed.read_back = point_of(*read_back);
    deed.read_back_rightly = !compare_read_back(point, deed.read_back).mismatch;
    return {What::acknowledged, deed};
  }
  if (message.type == wire::MessageType::decline) return {What::declined, {}};
  if (const auto* told = message.body.content_as_dissemination()) {
    deed.kind = Deed::Kind::disseminated;
    deed.audience = told->audience();
    return {What::disseminated, deed};
  }
  deed.kind = Deed::Kind::replied;
  deed.said = {message.type, Bytes(message.body_bytes.begin(), message.body_bytes.end())};
  return {What::replied, deed};
}

}  // namespace hotline::client
