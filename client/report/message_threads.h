// Threads of messages, and which of them were brought together.
//
// A message belongs to the thread that it names, else to that of the message that it speaks of,
// else it begins one. A thread bears the name of its first message, or the word that stands for it.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hotline::client {

class MessageThreads {
 public:
  // Takes messages in the order in which they came. `name` is empty where a message has none of its
  // own, `incident` and `speaks_of` where it says nothing of them. Nothing where it is in no
  // thread.
  std::optional<size_t> place(const std::string& name, const std::string& incident,
                              const std::string& speaks_of);
  // From now on these are one.
  void join(size_t thread, const std::string& named) { join(thread, make(named)); }

  const std::string& name(size_t thread) const { return threads_[thread].name; }
  // The thread to which this name leads: that of a message, or one that bears it.
  std::string name_of(const std::string& named) const;
  // One thread that stands for all that were joined.
  size_t root(size_t thread) const;

 private:
  struct Thread {
    std::string name;
    size_t parent = 0;
    size_t size = 1;  // Threads that it stands for, itself included.
  };

  size_t make(const std::string& named);
  void join(size_t thread, size_t other);

  std::vector<Thread> threads_;
  std::map<std::string, size_t> named_;     // By the name of a thread,
  std::map<std::string, size_t> messages_;  // and by that of a message in one.
};

}  // namespace hotline::client
