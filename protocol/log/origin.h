// The names of logs and of the keys that sign for them. Names are compared whole, never taken
// apart but for their epoch: a checkpoint of another channel, mode, party or log then simply has
// another name.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hotline {

// Which relation between two parties, and whether it is for practice.
struct ChannelName {
  std::array<uint8_t, 16> id{};
  bool exercise = false;

  bool operator==(const ChannelName&) const = default;
};

// A party id: [a-z0-9-], at least one character and at most limits::kPartyIdSizeMax. Every `party`
// below must be one; input is checked with this first.
bool is_party_id(std::string_view text);

// hotline/<channel id, 32 hex digits>/<live|exercise>/<party>/<transcript|journal>/<epoch>
std::string transcript_origin(const ChannelName& channel, std::string_view party, uint64_t epoch);
std::string journal_origin(const ChannelName& channel, std::string_view party, uint64_t epoch);

// The epoch of a log's name, whose name in the first epoch is `first`, and the name in another one.
// Nothing for the name of another log.
std::optional<uint64_t> epoch_in(std::string_view origin, std::string_view first);
std::string origin_in(std::string_view first, uint64_t epoch);

// The name of the key that signs a party's own checkpoints: the origin up to <party>.
std::string log_key_name(const ChannelName& channel, std::string_view party);

// The names of the keys with which a party cosigns the other's transcript and the other's journal.
std::string receipt_key_name(const ChannelName& channel, std::string_view party);
std::string witness_key_name(const ChannelName& channel, std::string_view party);

}  // namespace hotline
