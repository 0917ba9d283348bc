// Whatever is typed into a template is refused with a reason, or makes a body that opens and keeps
// the rules. The input is lines: the template's name, the subject, the text, then key=value.
#include <cstddef>
#include <cstdint>

#include "protocol/base/check.h"
#include "protocol/message/template.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hotline;
  // More keys than any template has fields would only slow the search down.
  constexpr size_t kKeysMax = 40;
  std::string_view rest = as_text({data, size});
  auto take_line = [&rest] {
    size_t end = rest.find('\n');
    std::string line(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    return line;
  };
  TemplateInput input;
  input.now = 1'795'356'060'000;
  input.precedence = wire::Precedence::flash;
  input.transcript_root = Hash{};
  std::string name = take_line();
  input.subject = take_line();
  std::string text = take_line();
  if (!text.empty()) input.texts["en"] = text;
  while (!rest.empty() && input.set.size() < kKeysMax) {
    std::string line = take_line();
    size_t equals = line.find('=');
    input.set[line.substr(0, equals)] = equals == std::string::npos ? "" : line.substr(equals + 1);
  }
  auto filled = fill_template(name, input);
  if (filled) {
    HOTLINE_CHECK(open_body(filled->body).has_value());
  } else {
    HOTLINE_CHECK(!filled.error().reason.empty());
  }
  return 0;
}
