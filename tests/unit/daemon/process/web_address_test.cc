#include "daemon/process/web_address.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

// "tls HOST PORT TARGET HOST-AS-A-REQUEST-HAS-IT", or the reason of the refusal.
std::string parts(const std::string& url) {
  const auto address = parse_web_address(url);
  if (!address) {
    EXPECT_FALSE(address.error().hint.empty()) << url;
    return address.error().reason;
  }
  return std::string(address->tls ? "tls " : "") + address->host + " " +
         std::to_string(address->port) + " " + address->target + " " + address->authority();
}

TEST(WebAddress, HasItsParts) {
  EXPECT_EQ(parts("https://pager.example"), "tls pager.example 443 / pager.example");
  EXPECT_EQ(parts("https://pager.example:8443/hook?team=a%20b"),
            "tls pager.example 8443 /hook?team=a%20b pager.example:8443");
  EXPECT_EQ(parts("https://192.0.2.7:443/"), "tls 192.0.2.7 443 / 192.0.2.7");
  EXPECT_EQ(parts("https://[2001:db8::7]:4711?x"), "tls 2001:db8::7 4711 /?x [2001:db8::7]:4711");
}

TEST(WebAddress, WithoutTlsItIsThisMachine) {
  EXPECT_EQ(parts("http://127.0.0.1:9093"), "127.0.0.1 9093 / 127.0.0.1:9093");
  EXPECT_EQ(parts("http://[::1]/"), "::1 80 / [::1]");
  for (const char* far : {"http://192.0.2.7/", "http://pager.example", "http://localhost:9093",
                          "http://[2001:db8::7]/", "http://127.0.0.1.example/"}) {
    EXPECT_EQ(parts(far), std::string("\"") + far +
                              "\" has no TLS: whoever is on the way could read and answer it");
  }
}

TEST(WebAddress, ASlipIsNamed) {
  const auto reason = [](const std::string& url) {
    const std::string text = parts(url);
    return text.substr(std::min(text.size(), text.rfind(": ") + 2));
  };
  for (const char* url : {"pager.example", "ftp://pager.example", "HTTPS://pager.example", ""})
    EXPECT_EQ(reason(url), "it begins with no https://") << url;
  for (const char* url : {"https://", "https:///hook", "https://pa!ger/", "https://[::1",
                          "https://[]/", "https://2001:db8::7/"}) {
    EXPECT_TRUE(parts(url).find("is not an address on the web") != std::string::npos) << url;
  }
  for (const char* url : {"https://a:0/", "https://a:65536/", "https://a:8x/", "https://a:-1/"})
    EXPECT_EQ(reason(url), "its port is none") << url;
  EXPECT_EQ(reason("https://ann:secret@a/"), "a token has a file of its own");
  EXPECT_EQ(reason("https://a/#b"), "it has a #");
  for (const char* url : {"https://a/ b", "https://a/\r\nHost: b", "https://пейджер.example/"})
    EXPECT_EQ(reason(url), "it has a blank, or a character that is not ASCII");
  EXPECT_EQ(reason("https://a/" + std::string(2000, 'x')), "it is too long");
}

}  // namespace
}  // namespace hotline
