#include "protocol/log/origin.h"

#include <algorithm>

#include "protocol/base/bytes.h"
#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/base/text_lines.h"

namespace hotline {

bool is_party_id(std::string_view text) {
  auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !text.empty() && text.size() <= limits::kPartyIdSizeMax &&
         std::all_of(text.begin(), text.end(), is_allowed);
}

std::string transcript_origin(const ChannelName& channel, std::string_view party, uint64_t epoch) {
  return log_key_name(channel, party) + "/transcript/" + std::to_string(epoch);
}

std::string journal_origin(const ChannelName& channel, std::string_view party, uint64_t epoch) {
  return log_key_name(channel, party) + "/journal/" + std::to_string(epoch);
}

std::string origin_in(std::string_view first, uint64_t epoch) {
  HOTLINE_CHECK(first.ends_with("/0"));
  return std::string(first.substr(0, first.size() - 1)) + std::to_string(epoch);
}

std::optional<uint64_t> epoch_in(std::string_view origin, std::string_view first) {
  if (!origin.starts_with(first.substr(0, first.size() - 1))) return std::nullopt;
  const auto epoch = parse_decimal(origin.substr(first.size() - 1), INT64_MAX);
  if (!epoch || origin_in(first, *epoch) != origin) return std::nullopt;
  return epoch;
}

std::string log_key_name(const ChannelName& channel, std::string_view party) {
  HOTLINE_CHECK(is_party_id(party));
  return "hotline/" + to_hex(channel.id) + (channel.exercise ? "/exercise/" : "/live/") +
         std::string(party);
}

std::string receipt_key_name(const ChannelName& channel, std::string_view party) {
  return log_key_name(channel, party) + "/receipt";
}

std::string witness_key_name(const ChannelName& channel, std::string_view party) {
  return log_key_name(channel, party) + "/witness";
}

}  // namespace hotline
