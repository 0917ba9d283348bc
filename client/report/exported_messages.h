// The messages of an export in the order of its journal: what was said, by whom and when, from the
// record alone. Nothing is believed and nothing verified; `hotline audit verify` does that.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/connect/journal_source.h"
#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/channel/journal_generated.h"

namespace hotline::client {

struct ExportedMessage {
  std::string id;  // Its serial, or its place where it has none of its own.
  bool incoming = false;
  uint64_t journal_index = 0;
  std::optional<uint64_t> place;  // In its sender's transcript; nothing while it waits for one.
  uint8_t type = 0;
  uint8_t precedence = 0;
  uint8_t role = 0;        // In which it was released; 0: that cannot be read.
  std::string person;      // Of the exporting party; empty for the peer's, and where it was erased.
  std::string code;        // The kind within its type: "airspace-crossing".
  std::string subject;     // Empty where the text is not held.
  UtcMs committed_at = 0;  // By the exporting party.
  UtcMs released_at = 0;   // By its sender's clock; 0: that cannot be read.
  UtcMs receipted_at = 0;  // Held for own ones, given for the peer's; 0: there is none.
  bool declined = false;   // By the rules.
  bool taken_back = false;  // From the peer, after the store was lost. The peer's: while it was.
  std::vector<std::string> references;
  std::string thread;  // That it names, or in which it stands.
  size_t root = 0;     // The same for all threads that were joined.
};

// One message's exact bytes.
struct ExportedWords {
  Bytes envelope;             // Empty while it has no place.
  std::optional<Bytes> body;  // Nothing where it is not held.
};

class ExportedMessages {
 public:
  // Error: not_found; verification_failed, where the export is damaged.
  static Result<ExportedMessages> read(const std::string& directory);

  const ChannelNames& names() const { return names_; }
  const std::vector<ExportedMessage>& all() const { return messages_; }
  // By a serial or a place as people type them. Error: usage, not_found.
  Result<const ExportedMessage*> find(const std::string& typed) const;
  // Those of the thread to which this message or word leads.
  bool is_of_thread(const ExportedMessage& message, const std::string& typed) const;
  // Read again. Error: verification_failed.
  Result<ExportedWords> words_of(const ExportedMessage& message) const;

 private:
  explicit ExportedMessages(std::string directory) : directory_(std::move(directory)) {}

  Status read_journal();
  Status read_transcripts();
  void take(const JournalItem& item, const wire::Entry& entry);
  void give_place(uint64_t serial, uint64_t place);
  void receipt(bool incoming, uint64_t size, UtcMs at);
  std::string written(const std::string& typed) const;

  std::string directory_;
  ChannelNames names_;
  std::vector<ExportedMessage> messages_;
  std::vector<uint64_t> serials_;          // Of each.
  std::map<uint64_t, size_t> unnumbered_;  // Own ones by serial: into `messages_`.
  std::vector<size_t> own_, peers_;        // By place: into `messages_`.
  uint64_t receipted_own_ = 0, receipted_peers_ = 0;
  bool taking_back_ = false;                      // Until the recovered store begins its epoch.
  std::map<std::string, std::string> thread_of_;  // By the name of a message in it.
  std::map<std::string, size_t> root_of_;         // By the name of a thread.
};

}  // namespace hotline::client
