#include "protocol/transport/resolve.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "protocol/base/limits.h"

namespace hotline {
namespace {

namespace ip = boost::asio::ip;

std::optional<ip::address> address_in(const sockaddr* name) {
  if (name->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, name, sizeof v4);
    return ip::address_v4(ntohl(v4.sin_addr.s_addr));
  }
  if (name->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, name, sizeof v6);
    ip::address_v6::bytes_type bytes;
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return ip::address_v6(bytes, v6.sin6_scope_id);
  }
  return std::nullopt;
}

Error no_address(const std::string& why) {
  return make_error(ErrorCode::unreachable, "the name cannot be resolved: " + why,
                    "check the name, or give the address in digits");
}

// Takes as long as the operating system likes.
Result<Addresses> ask_operating_system(const std::string& name) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failure = getaddrinfo(name.c_str(), nullptr, &wanted, &found);
  if (failure == EAI_SYSTEM) return no_address(std::system_category().message(errno));
  if (failure != 0) return no_address(gai_strerror(failure));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  Addresses addresses;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    if (const auto address = address_in(one->ai_addr)) addresses.push_back(*address);
  }
  if (addresses.empty()) return no_address("it has no address");
  return addresses;
}

// The questions of one event loop; it ends with the loop, and so it knows when no answer is wanted
// any more.
class Lookups final : public boost::asio::execution_context::service {
 public:
  using key_type = Lookups;
  inline static boost::asio::execution_context::id id;

  explicit Lookups(boost::asio::execution_context& context)
      : service(context), loop_(std::make_shared<Loop>()) {
    loop_->io = &static_cast<boost::asio::io_context&>(context);
  }

  void ask(const std::string& name, Resolved done) {
    const uint64_t number = next_number_++;
    waiting_.emplace(number, std::move(done));
    if (waiting_.size() > limits::kLookupsMax) {
      return answer_later(number, no_address("the name service answers nothing"));
    }
    try {
      std::thread([this, loop = loop_, number, name] {
        Result<Addresses> outcome = ask_operating_system(name);
        const std::lock_guard lock(loop->mutex);
        if (loop->io != nullptr) answer_later(number, std::move(outcome));
      }).detach();
    } catch (const std::system_error& error) {
      answer_later(number, no_address(error.what()));
    }
  }

 private:
  // Shared with the threads, which may outlive the loop.
  struct Loop {
    std::mutex mutex;
    boost::asio::io_context* io = nullptr;  // Null once the loop is gone.
  };

  void answer_later(uint64_t number, Result<Addresses> outcome) {
    boost::asio::post(*loop_->io, [this, number, outcome = std::move(outcome)]() mutable {
      const Resolved done = std::move(waiting_.at(number));
      waiting_.erase(number);
      done(std::move(outcome));
    });
  }

  void shutdown() noexcept override {
    {
      const std::lock_guard lock(loop_->mutex);
      loop_->io = nullptr;
    }
    waiting_.clear();
  }

  std::shared_ptr<Loop> loop_;
  std::map<uint64_t, Resolved> waiting_;
  uint64_t next_number_ = 0;
};

}  // namespace

void resolve(boost::asio::io_context& io, const std::string& name, Resolved done) {
  boost::asio::use_service<Lookups>(io).ask(name, std::move(done));
}

}  // namespace hotline
