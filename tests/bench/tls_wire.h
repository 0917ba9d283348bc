// TLS 1.3 over loopback with nothing around it: what the bare pipeline and the floors speak. Plain
// OpenSSL and poll(); records are a 4-byte length and that many bytes.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "protocol/base/bytes.h"

namespace hotline::bench {

// Keys of the development PKI; the bare wire checks nobody, which costs a handshake and no more.
class BareTls {
 public:
  BareTls(const std::string& certificate_path, const std::string& key_path);
  SSL_CTX* server() const { return server_.get(); }
  SSL_CTX* client() const { return client_.get(); }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  std::unique_ptr<SSL_CTX, Free> server_;
  std::unique_ptr<SSL_CTX, Free> client_;
};

// A listening socket on a loopback port that the system chooses; returns the descriptor.
int listen_on_loopback(uint16_t& port);

// One connection, driven by its owner's poll(). Every failure throws: a bench has nobody to
// recover for.
class TlsWire {
 public:
  static std::unique_ptr<TlsWire> accept(int listener, const BareTls& tls);
  static std::unique_ptr<TlsWire> connect(uint16_t port, const BareTls& tls);
  ~TlsWire();
  TlsWire(const TlsWire&) = delete;
  TlsWire& operator=(const TlsWire&) = delete;

  int descriptor() const { return descriptor_; }
  short wanted_events() const;

  // Queues one record; flush() gives what is queued to the system, as much as it takes.
  void send(ByteView record);
  void flush();
  // Takes what has arrived and calls `visit` for each whole record. False: the peer has closed.
  bool receive(const std::function<void(ByteView record)>& visit);

 private:
  TlsWire(int descriptor, SSL_CTX* context, bool accepts);
  size_t visit_records(const std::function<void(ByteView record)>& visit);

  int descriptor_;
  SSL* ssl_;
  Bytes incoming_;
  Bytes outgoing_;
  size_t written_ = 0;
};

}  // namespace hotline::bench
