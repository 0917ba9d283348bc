#include "client/connect/key_places.h"

#include <filesystem>

#include "protocol/terminal/toml_section.h"

namespace hotline::client {
namespace {

std::string resolved(const TomlSection& section, const std::string& path) {
  const std::filesystem::path beside = std::filesystem::path(section.file().name).parent_path();
  return (beside / path).lexically_normal();
}

PublicFiles public_files(TomlSection section) {
  PublicFiles files;
  files.ca = resolved(section, section.text("ca"));
  if (const auto crl = section.optional_text("crl")) files.crl = resolved(section, *crl);
  for (size_t i = 0; i < kExchangedPurposes.size(); ++i) {
    const std::string key = std::string(purpose_name(kExchangedPurposes[i])) + "_certificate";
    files.certificates[i] = resolved(section, section.text(key));
  }
  return files;
}

std::string identity_of(TomlSection& section) {
  const std::string id = section.text("id");
  if (!is_identity_name(id)) {
    section.fail(section.require("id"), "\"" + id + "\" is not a party id",
                 "lower-case letters, digits and -");
  }
  return id;
}

KeyPlaces places_in(const TomlFile& file) {
  TomlSection root(file, "", file.root);
  KeyPlaces places;
  TomlSection party = root.section("party"), peer = root.section("peer");
  TomlSection channel = root.section("channel");
  places.party = identity_of(party);
  places.prefix = party.text("prefix");
  places.peer = identity_of(peer);
  places.peer_prefix = peer.text("prefix");
  const std::string id = channel.text("id"), mode = channel.text("mode");
  const auto bytes = from_hex(id);
  if (!bytes || bytes->size() != 16) {
    channel.fail(channel.require("id"), "the channel's id must be 32 hex digits",
                 "openssl rand -hex 16");
  }
  if (mode != "live" && mode != "exercise") {
    channel.fail(channel.require("mode"), "unknown mode \"" + mode + "\"", "live or exercise");
  }
  places.channel = to_hex(*bytes);
  places.exercise = mode == "exercise";
  places.own = public_files(root.section("keys"));
  places.peers = public_files(peer);
  return places;
}

}  // namespace

Result<KeyPlaces> read_key_places(const std::string& path) {
  const auto file = read_toml_file(path);
  if (!file) return make_error(ErrorCode::configuration, file.error().reason, file.error().hint);
  try {
    return places_in(*file);
  } catch (const TomlFault& fault) {
    return fault.error;
  }
}

}  // namespace hotline::client
