// The state of the channel, as the core folds it.
#include "daemon/api/api.h"

namespace hotline {
namespace {

flatbuffers::Offset<wire::DeclaredState> build_declared(
    flatbuffers::FlatBufferBuilder& b, Core& core, const std::optional<Declaration>& declared) {
  if (!declared) return 0;
  const auto id = b.CreateString(core.name_of(declared->key));
  const auto reason = b.CreateString(declared->reason);
  return wire::CreateDeclaredState(b, id, static_cast<uint8_t>(declared->state), reason,
                                   declared->from, declared->at);
}

}  // namespace

void ClientApi::channel_state(ClientSession& session, uint32_t request) {
  const ChannelStanding stands = core_.channel_state().standing(clock_.now().utc);
  sessions_.answer(session, request, [&](flatbuffers::FlatBufferBuilder& b) {
    const auto own = build_declared(b, core_, stands.declared[0]);
    const auto peers = build_declared(b, core_, stands.declared[1]);
    const auto own_next = build_declared(b, core_, stands.next[0]);
    const auto peers_next = build_declared(b, core_, stands.next[1]);
    return wire::CreateChannelStateReply(
        b, static_cast<uint8_t>(stands.mode), stands.since, stands.by[0], stands.by[1], own, peers,
        own_next, peers_next, stands.lacks_open[0], stands.lacks_open[1], stands.lacks_test_call);
  });
}

}  // namespace hotline
