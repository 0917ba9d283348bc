#include "client/demo/demo_party.h"

#include <filesystem>

namespace hotline::client {
DemoParty::DemoParty(DemoPlaces places, std::string id, std::string prefix, std::string peer,
                     std::string peer_prefix, uint16_t link_port)
    : places_(std::move(places)),
      id_(std::move(id)),
      prefix_(std::move(prefix)),
      peer_(std::move(peer)),
      peer_prefix_(std::move(peer_prefix)),
      link_port_(link_port),
      daemon_(places_.hotlined, id_, home()) {}

// The configuration that `hotlined config example` explains, filled in for the demo.
std::string DemoParty::config_text() const {
  const std::string own = places_.directory + "/pki/" + id_ + "/";
  const std::string peer = places_.directory + "/pki/" + peer_ + "/";
  std::string text;
  const auto line = [&](const std::string& key, const std::string& value) {
    text += key + " = \"" + value + "\"\n";
  };
  text += "[party]\n";
  line("id", id_);
  line("prefix", prefix_);
  text += "[peer]\n";
  line("id", peer_);
  line("prefix", peer_prefix_);
  text += "addresses = [\"127.0.0.1:" + std::to_string(link_port_) + "\"]\n";
  line("ca", peer + "ca.crt");
  line("crl", peer + "ca.crl");
  for (const char* key : {"log", "receipt", "witness"}) {
    line(std::string(key) + "_certificate", peer + key + ".crt");
  }
  text += "[channel]\n";
  line("id", places_.channel_id);
  line("mode", "live");
  text += "[keys]\n";
  line("ca", own + "ca.crt");
  line("crl", own + "ca.crl");
  for (const char* key : {"tls", "log", "receipt", "witness"}) {
    line(std::string(key) + "_certificate", own + key + ".crt");
    line(std::string(key) + "_key", own + key + ".key");
  }
  text += "[listen]\n";
  line("peer", "127.0.0.1:0");
  line("client", "127.0.0.1:0");
  line("port_file", daemon_.port_path());
  text += "[store]\n";
  line("path", home() + "/journal.db");
  for (const auto& [person, role] : {std::pair{"ann", "operator"}, std::pair{"bob", "supervisor"},
                                     std::pair{"eve", "auditor"}}) {
    text += std::string("[[person]]\nid = \"") + person + "\"\nroles = [\"" + role + "\"]\n";
  }
  return text + ladder_text();
}

// The ladder of FLASH in seconds instead of minutes. Each rung also runs a command, as one that
// pages somebody would be run.
std::string DemoParty::ladder_text() const {
  const std::string touch =
      std::filesystem::exists("/usr/bin/touch") ? "/usr/bin/touch" : "/bin/touch";
  std::string text = "[escalation.flash]\nalarm_again = \"2s\"\n";
  for (const auto& [rung, after] :
       {std::pair{"supervisor", "2s"}, std::pair{"duty-director", "4s"}}) {
    text += std::string("[[escalation.flash.rung]]\nname = \"") + rung + "\"\nafter = \"" + after +
            "\"\nrole = \"" + rung + "\"\n[[escalation.flash.rung.command]]\nrun = [\"" + touch +
            "\", \"" + page_file(rung) + "\"]\n";
  }
  text +=
      "[[escalation.flash.rung]]\nname = \"voice\"\nafter = \"10min\"\n"
      "propose = \"voice\"\n";
  return text;
}

std::string DemoParty::page_file(const std::string& rung) const {
  return home() + "/paged-" + rung;
}

Context DemoParty::context(const std::string& person, const std::string& language) const {
  Context context;
  context.name = id_ + "-" + person;
  context.host = "127.0.0.1";
  context.port = std::to_string(daemon_.client_port());
  context.certificate_path = places_.pki(id_, "people/" + person + ".crt");
  context.key_path = places_.pki(id_, "people/" + person + ".key");
  context.ca_path = places_.pki(id_, "ca.crt");
  context.language = language;
  return context;
}

}  // namespace hotline::client
