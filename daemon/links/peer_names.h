// The addresses of the peer's names. When the name service fails or hangs, its last answer stands
// in: whoever stops the name service must not keep the link from coming up again.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "protocol/transport/resolve.h"

namespace hotline {

class PeerNames {
 public:
  // `on_addresses` is told every answer of the name service; `ask` is asked instead of it, in
  // tests. Must live as long as the loop runs.
  PeerNames(boost::asio::io_context& io, std::function<void(const Addresses&)> on_addresses,
            Resolve ask = {});

  // For DialSettings.
  Resolve resolve();

 private:
  struct Question;
  void ask(const std::string& name, Resolved done);
  void answer(Question& question, const std::string& name, Result<Addresses> outcome);

  boost::asio::io_context& io_;
  std::function<void(const Addresses&)> on_addresses_;
  Resolve ask_;
  std::map<std::string, Addresses> last_;
};

}  // namespace hotline
