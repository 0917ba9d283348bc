#include "protocol/channel/notifier_command.h"

#include <string_view>

namespace hotline {
namespace {

constexpr std::string_view kNotifierWord = "notifier:";

}  // namespace

Command notifier_command(const std::string& name) {
  return {std::string(kNotifierWord) + name};
}

std::string notifier_of(const Command& command) {
  if (command.size() != 1 || !command[0].starts_with(kNotifierWord)) return {};
  return command[0].substr(kNotifierWord.size());
}

std::string name_of_command(const Command& command) {
  std::string notifier = notifier_of(command);
  return notifier.empty() && !command.empty() ? command[0] : notifier;
}

}  // namespace hotline
