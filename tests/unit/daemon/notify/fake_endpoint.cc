#include "tests/unit/daemon/notify/fake_endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "protocol/base/check.h"
#include "protocol/base/clock.h"

namespace hotline::test {
namespace {

CertificateSpec web_certificate(const std::string& name, std::vector<ExtensionSpec> extensions) {
  const UtcMs now = static_cast<UtcMs>(time(nullptr)) * 1000;
  CertificateSpec spec;
  spec.common_name = name;
  spec.extensions = std::move(extensions);
  spec.not_before = now - kDay_ms;
  spec.not_after = now + 30 * kDay_ms;
  return spec;
}

PkeyPtr p256_key() {
  return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
}

size_t content_length(const std::string& head) {
  const std::string name = "Content-Length: ";
  const size_t at = head.find(name);
  return at == std::string::npos ? 0 : std::strtoul(head.c_str() + at + name.size(), nullptr, 10);
}

}  // namespace

WebCertificates::WebCertificates(const std::string& names)
    : authority(issue(web_certificate("web CA", ca_extensions()), p256_key(), nullptr)),
      server(issue(web_certificate("web server", leaf_extensions("serverAuth", names)), p256_key(),
                   &authority)) {}

std::string Caller::read_request() {
  std::string text;
  char bytes[4096];
  while (true) {
    const size_t head = text.find("\r\n\r\n");
    if (head != std::string::npos && text.size() >= head + 4 + content_length(text)) return text;
    const int count = SSL_read(native_, bytes, sizeof bytes);
    if (count <= 0) return text;
    text.append(bytes, static_cast<size_t>(count));
  }
}

bool Caller::write(const std::string& text) {
  return SSL_write(native_, text.data(), static_cast<int>(text.size())) > 0;
}

void Caller::wait_for_its_end() {
  char byte;
  while (SSL_read(native_, &byte, 1) > 0) {
  }
}

FakeEndpoint::FakeEndpoint() {
  signal(SIGPIPE, SIG_IGN);
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  HOTLINE_CHECK(bind(listener_, name, size) == 0 && listen(listener_, 16) == 0);
  HOTLINE_CHECK(getsockname(listener_, name, &size) == 0);
  port_ = ntohs(address.sin_port);
  server_ = std::thread([this] { serve(); });
}

std::unique_ptr<FakeEndpoint> FakeEndpoint::silent() {
  return std::unique_ptr<FakeEndpoint>(new FakeEndpoint());
}

FakeEndpoint::FakeEndpoint(const WebCertificates& certificates, Script script)
    : FakeEndpoint(certificates, std::move(script), TLS1_3_VERSION) {}

FakeEndpoint::FakeEndpoint(const WebCertificates& certificates, Script script, int version_max)
    : FakeEndpoint() {
  const std::lock_guard lock(mutex_);
  script_ = std::move(script);
  context_ = std::shared_ptr<SSL_CTX>(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX_set_security_level(context_.get(), 0);  // It would refuse TLS 1.1 by itself.
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context_.get(), version_max);
  HOTLINE_CHECK(SSL_CTX_use_certificate(context_.get(), certificates.server.get()) == 1 &&
                SSL_CTX_use_PrivateKey(context_.get(), certificates.server.key.get()) == 1);
}

void FakeEndpoint::serve() {
  while (true) {
    const int one = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (one < 0) return;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(one);
    talks_.emplace_back([this, one] { talk(one); });
  }
}

void FakeEndpoint::talk(int socket) {
  std::shared_ptr<SSL_CTX> context;
  {
    const std::lock_guard lock(mutex_);
    context = context_;
  }
  if (!context) return;
  const std::unique_ptr<SSL, decltype(&SSL_free)> native(SSL_new(context.get()), SSL_free);
  SSL_set_fd(native.get(), socket);
  if (SSL_accept(native.get()) == 1) {
    ++handshakes_;
    Caller caller(native.get());
    script_(caller);
    SSL_shutdown(native.get());
  }
  shutdown(socket, SHUT_RDWR);
}

FakeEndpoint::~FakeEndpoint() {
  shutdown(listener_, SHUT_RDWR);
  server_.join();
  for (const int one : sockets_) shutdown(one, SHUT_RDWR);
  for (std::thread& one : talks_) one.join();
  for (const int one : sockets_) close(one);
  close(listener_);
}

FakeEndpoint::Script answers(const std::string& answer) {
  return [answer](Caller& caller) {
    caller.read_request();
    caller.write(answer);
  };
}

}  // namespace hotline::test
