// The threads of messages in the search index, and the incidents in them. A thread has the name of
// its first message, or a word; two that were joined are one from then on, also for what comes
// later under either name.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/store/moved_event.h"
#include "daemon/store/searched_text.h"
#include "daemon/store/sqlite/sqlite.h"
#include "protocol/channel/incidents.h"
#include "protocol/channel/message_key.h"

namespace hotline {

struct IndexedMessage {
  MessageKey key;
  uint64_t journal_index = 0;
  uint64_t serial = 0;
  uint8_t precedence = 0;
  UtcMs at = 0;  // When it was committed here.
};

class IndexedThreads {
 public:
  // The statements that make its tables, beside the table `message` of the index.
  static const std::vector<const char*>& tables();

  explicit IndexedThreads(Database& database) : database_(database) {}

  // The thread of a message that says this of itself, as the table of messages has it; 0 where it
  // has no name and names none.
  int64_t place(const SearchedText& said);
  // After the message stands in the table of messages: joins the threads that it joins, and keeps
  // what it says of an incident.
  void note(const IndexedMessage& message, const SearchedText& said, int64_t thread);
  // After the correction that moved it.
  void move(const MovedEvent& moved);

  // All messages whose thread has this root are of one thread. `name`: any message's, or a word;
  // nothing where no thread has it.
  std::optional<int64_t> root_of(const std::string& name);
  std::string name_of(int64_t root);

  // The newest so many of either side. `cut`: there are more.
  std::vector<IncidentEvent> events(size_t each_max, bool& cut);
  uint64_t count_messages(int64_t root);
  // A word that names a thread and of which this one, which names none, may be a slip; empty where
  // there is none.
  std::string near(const std::string& word);

 private:
  // The thread of a name; a new one where it has none.
  int64_t make(const std::string& name);
  std::optional<int64_t> find(const std::string& name);
  std::optional<int64_t> find_named(const std::string& name);  // A thread of this very name.
  int64_t root(int64_t thread);
  void join(int64_t thread, int64_t other);
  void cancel(const std::string& cancelled, bool incoming);

  Database& database_;
};

}  // namespace hotline
