#include "daemon/api/api.h"
#include "protocol/api/client_api.h"

namespace hotline {

void ClientApi::hello(ClientSession& session, uint32_t request) {
  sessions_.greet(session);
  sessions_.answer(session, request, [&](flatbuffers::FlatBufferBuilder& b) {
    auto program = b.CreateString("hotlined " + core_.config().version);
    auto party = b.CreateString(config_.party);
    auto peer = b.CreateString(config_.peer);
    auto prefix = b.CreateString(config_.prefix);
    auto peer_prefix = b.CreateString(config_.peer_prefix);
    auto person = b.CreateString(session.actor.name);
    auto roles = b.CreateVector(session.actor.roles);
    auto two_person = b.CreateVectorOfStrings(core_.config().policy.two_person.names());
    wire::ServerHelloBuilder hello(b);
    hello.add_version(client_api::kVersion);
    hello.add_program(program);
    hello.add_party(party);
    hello.add_peer(peer);
    hello.add_prefix(prefix);
    hello.add_peer_prefix(peer_prefix);
    hello.add_exercise(config_.exercise);
    hello.add_dev_pki(dev_pki_);
    hello.add_person(person);
    hello.add_roles(roles);
    hello.add_last_counter(core_.last_counter(session.actor.certificate));
    hello.add_journal_size(core_.journal_size());
    const Now now = clock_.now();
    hello.add_clock(now.utc);
    hello.add_exercise_ahead_ms(now.ahead_ms);
    hello.add_two_person(two_person);
    hello.add_one_for_life(core_.config().policy.two_person.one_for_life);
    return hello.Finish();
  });
}

}  // namespace hotline
