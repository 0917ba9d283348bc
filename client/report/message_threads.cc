#include "client/report/message_threads.h"

#include <utility>

#include "protocol/message/serial.h"

namespace hotline::client {

std::optional<size_t> MessageThreads::place(const std::string& name, const std::string& incident,
                                            const std::string& speaks_of) {
  const std::string& said = !incident.empty() ? incident : !speaks_of.empty() ? speaks_of : name;
  if (said.empty()) return std::nullopt;
  const size_t thread = make(said);
  if (name.empty()) return thread;
  messages_.try_emplace(name, thread);
  // Somebody spoke of it before it came: that is its thread too.
  if (const auto earlier = named_.find(name); earlier != named_.end())
    join(thread, earlier->second);
  return thread;
}

size_t MessageThreads::make(const std::string& named) {
  if (const auto known = messages_.find(named); known != messages_.end()) return known->second;
  const auto [known, is_new] = named_.try_emplace(named, threads_.size());
  if (is_new) threads_.push_back({named, threads_.size()});
  return known->second;
}

std::string MessageThreads::name_of(const std::string& named) const {
  const auto serial = parse_serial(named);
  const std::string written = serial ? format_serial(*serial) : named;
  const auto known = messages_.find(written);
  return known == messages_.end() ? written : threads_[known->second].name;
}

size_t MessageThreads::root(size_t thread) const {
  while (threads_[thread].parent != thread) thread = threads_[thread].parent;
  return thread;
}

// The larger one stands for both, so that no way to a root is long.
void MessageThreads::join(size_t thread, size_t other) {
  size_t to = root(thread);
  size_t from = root(other);
  if (to == from) return;
  if (threads_[to].size < threads_[from].size) std::swap(to, from);
  threads_[from].parent = to;
  threads_[to].size += threads_[from].size;
}

}  // namespace hotline::client
