#include "daemon/process/web_address.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <string_view>

#include "daemon/process/notifier_limits.h"

namespace hotline {
namespace {

constexpr uint16_t kHttpPort = 80;
constexpr uint16_t kHttpsPort = 443;

Error bad_url(const std::string& url, const std::string& why) {
  return make_error(ErrorCode::usage, "\"" + url + "\" is not an address on the web: " + why,
                    "for example \"https://pager.example/hotline\"");
}

bool take_scheme(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  return true;
}

// The host of `authority`, and in `port` what stands behind its colon.
std::string_view split_authority(std::string_view authority, std::string_view& port) {
  const bool in_brackets = authority.starts_with("[");
  const size_t end = in_brackets ? authority.find(']') : authority.find(':');
  if (end == std::string_view::npos) return authority;
  const std::string_view rest = authority.substr(in_brackets ? end + 1 : end);
  if (rest.starts_with(":")) port = rest.substr(1);
  return in_brackets ? authority.substr(1, end - 1) : authority.substr(0, end);
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

bool is_host_name(const std::string& host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), is_host_character);
}

bool is_this_machine(const std::string& host) {
  boost::system::error_code no_address;
  const auto address = boost::asio::ip::make_address(host, no_address);
  return !no_address && address.is_loopback();
}

}  // namespace

bool WebAddress::is_in_digits() const {
  boost::system::error_code no_address;
  boost::asio::ip::make_address(host, no_address);
  return !no_address;
}

std::string WebAddress::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? kHttpsPort : kHttpPort) ? name : name + ":" + std::to_string(port);
}

Result<WebAddress> parse_web_address(const std::string& url) {
  const auto can_be_seen = [](char c) { return c > ' ' && c <= '~'; };
  if (url.size() > limits::kWebAddressSizeMax) return bad_url(url, "it is too long");
  if (!std::all_of(url.begin(), url.end(), can_be_seen))
    return bad_url(url, "it has a blank, or a character that is not ASCII");
  std::string_view rest = url;
  WebAddress address;
  address.tls = !take_scheme(rest, "http://");
  if (address.tls && !take_scheme(rest, "https://"))
    return bad_url(url, "it begins with no https://");
  const size_t path = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string_view authority = rest.substr(0, path);
  address.target = rest.substr(path);
  if (!address.target.starts_with("/")) address.target.insert(0, "/");
  if (address.target.find('#') != std::string::npos) return bad_url(url, "it has a #");
  if (authority.find('@') != std::string_view::npos)
    return bad_url(url, "no secret stands in it: a token has a file of its own");

  std::string_view port;
  address.host = split_authority(authority, port);
  address.port = address.tls ? kHttpsPort : kHttpPort;
  if (!port.empty()) {
    const auto [end, fault] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (fault != std::errc() || end != port.data() + port.size() || address.port == 0)
      return bad_url(url, "its port is none");
  }
  if (!address.is_in_digits() && !is_host_name(address.host))
    return bad_url(url, "its host is none");
  if (address.tls || is_this_machine(address.host)) return address;
  return make_error(ErrorCode::usage,
                    "\"" + url + "\" has no TLS: whoever is on the way could read and answer it",
                    "https://, or http:// to an address in digits of this machine, such as "
                    "\"http://127.0.0.1:9093\"");
}

}  // namespace hotline
