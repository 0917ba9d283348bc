#include "client/audit/pem.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "protocol/base/text_lines.h"

namespace hotline::audit {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr size_t kLineSize = 64;

Error malformed_pem(const std::string& reason) {
  return make_error(ErrorCode::malformed, "its PEM text is malformed: " + reason);
}

Result<std::string> take_label(std::string_view line) {
  const size_t around = kBegin.size() + kDashes.size();
  if (!line.starts_with(kBegin) || !line.ends_with(kDashes) || line.size() <= around) {
    return malformed_pem("a line -----BEGIN ...----- is expected");
  }
  const std::string_view label = line.substr(kBegin.size(), line.size() - around);
  const auto is_allowed = [](char c) { return (c >= 'A' && c <= 'Z') || c == ' '; };
  if (!std::all_of(label.begin(), label.end(), is_allowed)) {
    return malformed_pem("a label is not in capital letters");
  }
  return std::string(label);
}

Result<PemBlock> take_block(std::string_view& rest) {
  const auto first = take_line(rest);
  if (!first) return malformed_pem("it does not end with a line");
  auto label = take_label(*first);
  if (!label) return label.error();
  const std::string last = std::string(kEnd) + *label + std::string(kDashes);
  std::string base64;
  while (true) {
    const auto line = take_line(rest);
    if (!line) return malformed_pem("no line " + last);
    if (*line == last) break;
    base64 += *line;
  }
  auto bytes = from_base64(base64);
  if (!bytes) return malformed_pem("a " + *label + " is not in strict base64");
  return PemBlock{std::move(*label), std::move(*bytes)};
}

}  // namespace

std::string format_pem(const PemBlock& block) {
  std::string text = std::string(kBegin) + block.label + std::string(kDashes) + "\n";
  const std::string base64 = to_base64(block.bytes);
  for (size_t at = 0; at < base64.size(); at += kLineSize) {
    text += base64.substr(at, kLineSize) + "\n";
  }
  return text + std::string(kEnd) + block.label + std::string(kDashes) + "\n";
}

Result<std::vector<PemBlock>> parse_pem(std::string_view text) {
  std::vector<PemBlock> blocks;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view before = rest;
    auto block = take_block(rest);
    if (!block) return block.error();
    if (format_pem(*block) != before.substr(0, before.size() - rest.size())) {
      return malformed_pem("a " + block->label + " is not broken into lines of 64 characters");
    }
    blocks.push_back(std::move(*block));
  }
  return blocks;
}

}  // namespace hotline::audit
