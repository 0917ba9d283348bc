#include "daemon/commands/written_check.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "daemon/watch/expiry_watch.h"
#include "protocol/base/bytes.h"

namespace hotline {
namespace {

void look_at_listening(const Config& config, MachineFindings& findings) {
  const auto is_any = [](const std::string& host) { return host == "0.0.0.0" || host == "::"; };
  const Endpoint& peer = config.listen_peer;
  const Endpoint& client = config.listen_client;
  const bool same_host = peer.host == client.host || is_any(peer.host) || is_any(client.host);
  if (peer.port == 0 || peer.port != client.port || !same_host) return;
  findings.faults.push_back(
      make_error(ErrorCode::configuration,
                 "[listen] peer and client are both on port " + std::to_string(peer.port),
                 "give each a port of its own: the peer and people do not come in by one door"));
}

void look_at_addresses(const Config& config, MachineFindings& findings) {
  if (config.peer_addresses.empty()) {
    findings.notes.push_back("[peer] addresses is empty: this side never calls " + config.peer +
                             ", which must call it");
  }
  for (const Endpoint& one : config.peer_addresses) {
    if (one.port != 0) continue;
    findings.faults.push_back(make_error(ErrorCode::configuration,
                                         "[peer] addresses: nobody can be called on port 0",
                                         "write the port on which " + config.peer + " listens"));
  }
}

void look_at_roles(const Config& config, MachineFindings& findings) {
  if (config.people.empty()) {
    findings.faults.push_back(make_error(ErrorCode::configuration,
                                         "there is no [[person]]: nobody could use this channel",
                                         "hotlined config example shows some"));
  }
  for (const PersonConfig& one : config.people) {
    if (!one.roles.empty()) continue;
    findings.faults.push_back(make_error(ErrorCode::configuration,
                                         "person " + one.id + " has no role and may do nothing",
                                         "give a role, or leave the person out"));
  }
}

void look_at_lists(const Config& config, MachineFindings& findings) {
  for (const auto& [section, party, list] :
       {std::tuple{"[keys]", config.party, config.crl}, {"[peer]", config.peer, config.peer_crl}}) {
    if (list.empty()) {
      findings.notes.push_back(std::string(section) + " has no crl: whoever the CA of " + party +
                               " has revoked is still taken");
    }
  }
}

// Addresses and names that are set aside for examples (RFC 5737, RFC 3849, RFC 2606).
bool is_example_host(const std::string& host) {
  const auto begins = [&](std::string_view start) { return host.starts_with(start); };
  const auto ends = [&](std::string_view end) { return ("." + host).ends_with(end); };
  return begins("192.0.2.") || begins("198.51.100.") || begins("203.0.113.") ||
         begins("2001:db8:") || ends(".example") || ends(".example.org") || ends(".example.com") ||
         ends(".example.net") || ends(".invalid");
}

void look_at_placeholders(const Config& config, MachineFindings& findings) {
  const std::string id = to_hex(config.channel);
  if (example_config("north", "south").find(id) != std::string::npos) {
    findings.notes.push_back("[channel] id is that of the example: openssl rand -hex 16");
  }
  for (const Endpoint& one : config.peer_addresses) {
    if (is_example_host(one.host))
      findings.notes.push_back("[peer] addresses: " + one.host + " is an address of examples");
  }
  for (const NotifierConfig& one : config.notifiers) {
    if (is_example_host(one.address.host)) {
      findings.notes.push_back("notifier " + one.name + ": " + one.address.host +
                               " is an address of examples");
    }
  }
  for (const Contact& one : config.policy.contacts) {
    if (one.how.starts_with("+00"))
      findings.notes.push_back("[contacts] " + one.name + " has the number of the example");
  }
}

}  // namespace

MachineFindings look_at_what_is_written(const Config& config) {
  MachineFindings findings;
  look_at_listening(config, findings);
  look_at_addresses(config, findings);
  look_at_roles(config, findings);
  look_at_lists(config, findings);
  look_at_placeholders(config, findings);
  return findings;
}

std::vector<std::string> near_ends(const ChannelKeys& keys, const Config& config, UtcMs now) {
  ExpiryWatch watch;
  for (const Validity& one : keys.validities()) {
    watch.watch_certificate(one.name, one.not_before, one.not_after);
  }
  for (const auto& [party, anchor] :
       {std::pair{config.party, keys.own_anchor()}, {config.peer, keys.peer_anchor()}}) {
    if (anchor->has_crl()) {
      watch.watch_list(party + "'s revocation list", anchor->crl_next_update());
    }
  }
  std::vector<std::string> texts;
  for (const ExpiryWatch::Standing& one : watch.standings(now)) {
    if (one.code) texts.push_back(one.text);
  }
  return texts;
}

}  // namespace hotline
