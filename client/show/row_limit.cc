#include "client/show/row_limit.h"

#include "protocol/base/limits.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

Result<uint64_t> read_row_limit(const Arguments& arguments, uint64_t otherwise) {
  const auto limit = arguments.number("--limit", otherwise, 1);
  if (limit && *limit > limits::kListRowsMax) {
    return make_error(ErrorCode::usage,
                      "--limit can be " + std::to_string(limits::kListRowsMax) + " at most",
                      "a list that is cut says how to read on");
  }
  return limit;
}

OptionSpec row_limit_option(const std::string& otherwise) {
  return {"--limit", "COUNT", "how many at most (" + otherwise + ")"};
}

OptionSpec after_option() {
  return {"--after", "PLACE", "go on where an earlier list ended; it said the place"};
}

std::string cut_words(const Invocation& invocation, uint64_t shown, uint64_t total,
                      const std::string& command) {
  const auto limit = invocation.arguments.get("--limit");
  return format_count(shown) + " of " + format_count(total) + " are shown. The next: " +
         invocation.output.command(command + (limit ? " --limit " + *limit : ""));
}

}  // namespace hotline::client
