// An endpoint on the web that behaves as a test tells it to: TLS over a socket of this machine,
// each connection on a thread of its own, with certificates made for it.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/certs/certificate_factory.h"

namespace hotline::test {

// A CA, and a server's certificate from it, which holds now.
struct WebCertificates {
  // `names`: as in a subjectAltName of x509v3_config(5).
  explicit WebCertificates(const std::string& names = "IP:127.0.0.1,DNS:pager.example");

  Issued authority;
  Issued server;
};

// One connection, after its handshake; blocking.
class Caller {
 public:
  explicit Caller(SSL* native) : native_(native) {}

  // The whole request: its head, and the body of its Content-Length.
  std::string read_request();
  // False once the other end is gone.
  bool write(const std::string& text);
  // Until the other end is gone.
  void wait_for_its_end();

 private:
  SSL* native_;
};

class FakeEndpoint {
 public:
  using Script = std::function<void(Caller&)>;

  FakeEndpoint(const WebCertificates& certificates, Script script);
  // The same, for TLS versions up to this one.
  FakeEndpoint(const WebCertificates& certificates, Script script, int version_max);
  // Accepts and says nothing, no handshake either.
  static std::unique_ptr<FakeEndpoint> silent();
  ~FakeEndpoint();

  uint16_t port() const { return port_; }
  size_t handshakes() const { return handshakes_; }

 private:
  FakeEndpoint();
  void serve();
  void talk(int socket);

  std::shared_ptr<SSL_CTX> context_;  // Null: it is silent.
  Script script_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<size_t> handshakes_ = 0;
  std::mutex mutex_;
  std::vector<int> sockets_;
  std::vector<std::thread> talks_;
  std::thread server_;
};

// Answers each request with this.
FakeEndpoint::Script answers(const std::string& answer);

}  // namespace hotline::test
