#include "client/drill/deeds.h"

#include <algorithm>

#include "client/drill/scenario_message.h"
#include "protocol/message/draft.h"
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

bool is_message_of(const Scenario& scenario, size_t inject, const std::vector<std::string>& ids,
                   const SideMessage& message) {
  const Inject& one = scenario.injects[inject];
  if (one.from != message.side || one.message() == nullptr) return false;
  const UtcMs at = message.envelope.drafted_at();
  const auto fields = draft_of(scenario, *one.message(), one.from, nullptr, at,
                               [&](size_t other) { return ids[other]; });
  if (!fields) return false;
  const auto draft = finish_draft(*fields, true, at);
  if (!draft) return false;
  const auto* made = flatbuffers::GetRoot<wire::Draft>(draft->data());
  const ByteView body(made->body()->data(), made->body()->size());
  return made->type() == static_cast<uint8_t>(message.type) &&
         std::equal(body.begin(), body.end(), message.body_bytes.begin(), message.body_bytes.end());
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
