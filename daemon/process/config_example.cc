#include <string>
#include <utility>

#include "daemon/process/config.h"

namespace hotline {

std::string example_config(const std::string& party, const std::string& peer) {
  std::string text =
      R"(# hotlined: one party's side of one channel. Paths that are not absolute start from this file's directory.

[party]
id = "PARTY"                 # As in every certificate of this party: hotline://PARTY/tls
prefix = "OURS"                 # Serials: OURS-000123. One to three capitals, not X first; the peer has it too.

[peer]
id = "PEER"
prefix = "THEIRS"
addresses = ["192.0.2.7:4711", "198.51.100.7:4711"]  # Paths to the peer, tried in order; of a name, each address.
# path_check = "60s"                                 # How often those not in use are proved.
ca = "peer/ca.crt"
crl = "peer/ca.crl"                                  # Reloaded by HUP.
log_certificate = "peer/log.crt"
receipt_certificate = "peer/receipt.crt"
witness_certificate = "peer/witness.crt"

[channel]
id = "00112233445566778899aabbccddeeff"  # The same on both sides: openssl rand -hex 16
mode = "live"                            # live or exercise, never both.
# clock_ahead = "45s"                    # In an exercise: as if this machine's clock were so wrong. Or clock_slow.

[keys]
ca = "ca.crt"
crl = "ca.crl"
tls_certificate = "tls.crt"
tls_key = "tls.key"
log_certificate = "log.crt"
log_key = "log.key"
receipt_certificate = "receipt.crt"
receipt_key = "receipt.key"
witness_certificate = "witness.crt"
witness_key = "witness.key"

[listen]
peer = "0.0.0.0:4711"
client = "127.0.0.1:4712"
# socket = "/run/hotline/PARTY.sock"  # For people on this machine, known by their unix_user below.
# port_file = "ports"        # With port 0: where to write the ports that were taken.

[store]
path = "store/journal.db"    # Made by: hotlined init
# reserve_mib = 64           # Less free on its disk: FLASH, acknowledgements and their like only. The last half takes nothing of the peer.

[[person]]
id = "ann"                   # hotline://PARTY/person/ann
roles = ["operator"]
# unix_user = "ann"          # On the local socket: this user of the machine.

[[person]]
id = "bob"
roles = ["supervisor"]

[[person]]
id = "eve"
roles = ["auditor"]

# Test calls between people, the parties by turns, and checks between the machines, which also cosign each
# other's journals; the same on both sides.
# [checks]
# test_call_every = "1h"
# test_call_acknowledged = "10min"
# channel_check_every = "20min"

# Released by two people: one writes it, another one, a releaser or a supervisor, lets it go. Precedences and types of
# messages; the same on both sides. Without this section: FLASH. FLASH about danger to life may be released by one
# person, is marked, and alarms the own watch.
# [release]
# two_person = ["flash"]
# one_person_for_life = true

# How near two announced volumes may come before both sides are alarmed; the same on both sides.
# [separation]
# horizontal = "10km"
# vertical = "600m"
# time = "10min"

# Who is called where the channel does not do; the same on both sides.
# [contacts]
# north-duty-officer = "+00 000 000 001, in English"
# south-duty-officer = "+00 000 000 002"

# Who is told over the web, by the name that commands of rungs below have for it. HTTPS, with a certificate of one of the CAs
# of the file `ca` and for the host of the url; http:// on this machine alone, without ca.
# [[notifier]]
# name = "pager"
# mode = "live"                # That of [channel]: whoever copies this file for an exercise looks at each.
# kind = "webhook"             # A POST of JSON.
# url = "https://pager.example/hotline"
# ca = "pager-ca.crt"
# token = "pager.token"        # A file of mode 600: sent as Authorization: Bearer.
# [[notifier]]
# name = "alerts"
# mode = "live"
# kind = "alertmanager"        # /api/v2/alerts of it.
# url = "http://127.0.0.1:9093"

# By when each side decides about a violation, which role does, and whom both ask; the same on both sides.
# [case]
# first_response = "24h"         # After the first violation of a case.
# repeated_within = "24h"        # Another one of its kind so soon: the guarantors are to be consulted.
# joint_response = "72h"         # After the first violation, if it is widespread.
# widespread = 3                 # Violations of one kind by then.
# decided_by = "supervisor"
# guarantors = ["first-guarantor", "second-guarantor"]

# How long each part of the record is kept at least; the same on both sides. "10 years", "18 months" or "for ever", as it is
# without this section. Nothing is erased yet, whatever stands here.
# [retention]
# reports = "for ever"           # What incidents, violations and decisions say.
# notices = "10 years"           # Activities, launches, and what is protected.
# messages = "10 years"          # All other messages.
# people = "5 years"             # Names and signatures of people.

# From here on to the end of the file, and in [checks], [release], [separation], [contacts], [case] and [retention]: agreement
# number 1. Once both sides have signed another one (hotline agreement propose), it is followed instead, but for roles and commands.
# Deadlines and ladders, the same on both sides; what is left out has the default of the field.
# [escalation.flash]
# undelivered_alarm = "4min"
# alarm_again = "30s"
# [[escalation.flash.rung]]
# name = "supervisor"
# after = "3min"
# role = "supervisor"
# propose = "voice"                     # Agreed: this rung says to call by voice, with [contacts]. Left out: it does not.
# [[escalation.flash.rung.command]]     # Local, not agreed. Tried in this order until one ends with status 0. One
# run = ["/usr/local/bin/page", "supervisor"]   # that fails is tried four times, one that cannot start not again.
# [[escalation.flash.rung.command]]
# notifier = "pager"                    # Instead of run.
)";
  // Their first letters; where these are the same, none, or X, A for the smaller id: so both get
  // the same example.
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z' && c != 'x'; };
  std::string ours = party < peer ? "A" : "B";
  std::string theirs = party < peer ? "B" : "A";
  if (is_letter(party[0]) && is_letter(peer[0]) && party[0] != peer[0]) {
    ours = static_cast<char>(party[0] - 'a' + 'A');
    theirs = static_cast<char>(peer[0] - 'a' + 'A');
  }
  for (const auto& [word, value] : {std::pair<std::string, std::string>{"PARTY", party},
                                    {"PEER", peer},
                                    {"OURS", ours},
                                    {"THEIRS", theirs}}) {
    for (size_t at = text.find(word); at != std::string::npos; at = text.find(word)) {
      text.replace(at, word.size(), value);
    }
  }
  return text;
}

}  // namespace hotline
