#include "protocol/channel/agreement.h"

#include <algorithm>
#include <array>
#include <optional>

#include "protocol/base/limits.h"
#include "protocol/base/text_lines.h"
#include "protocol/channel/policy_text.h"

namespace hotline {
namespace {

constexpr std::string_view kAgreementHead = "hotline/agreement/1";

// The rest of the first line, which must begin so.
std::optional<std::string_view> take_value(std::string_view& rest, std::string_view name) {
  const auto line = take_line(rest);
  if (!line || !line->starts_with(name)) return std::nullopt;
  return line->substr(name.size());
}

Error no_agreement(const std::string& reason) {
  return make_error(ErrorCode::refused, reason, "the other side may run a later version");
}

}  // namespace

std::string agreement_text(const Agreement& agreement) {
  return std::string(kAgreementHead) + "\nnumber " + std::to_string(agreement.number) +
         "\nfollows " + to_hex(agreement.follows) + "\nfrom " + format_rfc3339(agreement.from) +
         "\n" + canonical_text(agreement.policy);
}

Result<Agreement> parse_agreement(std::string_view text) {
  if (text.size() > limits::kAgreementSizeMax) {
    return make_error(ErrorCode::refused,
                      "the agreement has " + std::to_string(text.size()) + " bytes, more than " +
                          std::to_string(limits::kAgreementSizeMax),
                      "leave out contacts");
  }
  std::string_view rest = text;
  if (take_line(rest) != kAgreementHead) return no_agreement("it is not a text of an agreement");
  const auto number_text = take_value(rest, "number ");
  const auto follows_text = take_value(rest, "follows ");
  const auto from_text = take_value(rest, "from ");
  const auto number = number_text ? parse_decimal(*number_text, UINT32_MAX) : std::nullopt;
  const auto follows = follows_text ? from_hex(*follows_text) : std::nullopt;
  const auto from = from_text ? parse_rfc3339(*from_text) : std::nullopt;
  if (!number || !follows || !from) {
    return no_agreement("the agreement does not say its number, what it follows and from when");
  }
  Agreement agreement;
  agreement.number = static_cast<uint32_t>(*number);
  agreement.from = *from;
  if (agreement.number <= kFirstAgreement || follows->size() != agreement.follows.size()) {
    return no_agreement("the agreement has no place in the row of agreements");
  }
  std::copy(follows->begin(), follows->end(), agreement.follows.begin());
  auto policy = parse_policy(rest);
  if (!policy) return policy.error();
  agreement.policy = *std::move(policy);
  if (agreement_text(agreement) == text) return agreement;
  return no_agreement("the agreement is not written in its one form");
}

Hash agreement_digest(std::string_view text) {
  return sha256({as_bytes(text)});
}

}  // namespace hotline
