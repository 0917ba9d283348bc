// Text as HTML. Whatever a peer wrote is made printable first, and then escaped: it can neither be
// markup nor turn the reading direction around.
#pragma once

#include <string>
#include <string_view>

namespace hotline::client {

// For text between tags and for values of attributes in either kind of quotes.
std::string html_text(std::string_view text);

}  // namespace hotline::client
