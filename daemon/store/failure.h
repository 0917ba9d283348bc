// The ways in which a store fails, told apart so that people do the right thing: what passes (a
// full disk, a lock, no file descriptor left, a disk that does not answer) is called what it is,
// and only what is damaged is called damaged. Nothing here advises a copy of a store without a
// mark: it would give places and serials a second time that the peer holds already.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/base/result.h"
#include "protocol/channel/records.h"

namespace hotline {

enum class StoreFailure : uint8_t {
  none = 0,
  full = 1,          // No room: the disk, a quota or a file is as full as it may be.
  busy = 2,          // Another program held the file longer than it is waited for.
  disk = 3,          // A read, a write or a flush failed.
  inconsistent = 4,  // The batch does not fit what is stored. A bug, or a damaged file.
  exhausted = 5,     // The system gave no file descriptor or no memory.
  not_allowed = 6,   // The file may not be read or written.
  damaged = 7,       // The file does not hold what was written there.
};

struct Diagnosis {
  StoreFailure failure = StoreFailure::none;
  std::string cause;  // To be read after "the store FILE has FAILED: ".
  std::string remedy;
};

// The system's own word; absent for one of which nothing particular is known.
std::optional<Diagnosis> diagnose_errno(int error_number, const std::string& path);

// A read failed: the disk, the file, or what is written in it.
class StoreError : public RecordsError {
 public:
  using RecordsError::RecordsError;
  // `path` is where the store lies. A kind of store that knows more of its errors says so.
  virtual Diagnosis diagnose(const std::string& path) const;
};

// A record is not what was written: it is missing, altered, or out of its place.
class StoreCorrupt : public StoreError {
 public:
  StoreCorrupt(const std::string& table, uint64_t index, const std::string& what);

  const std::string& table() const { return table_; }
  uint64_t index() const { return index_; }  // The row's; what it counts depends on the table.

 private:
  std::string table_;
  uint64_t index_;
};

// The parts of a store as StoreCorrupt names them: the leaves of a log, the messages of a side.
const char* leaf_table(LogId log);
const char* message_table(bool incoming);

struct FailedStore {
  StoreFailure failure = StoreFailure::none;
  Error error;
};

// A failed commit, in words for the watch floor.
FailedStore describe_failure(const StoreError& error, const std::string& path);

// True: what is written in the store is not what was written there. False: reading or writing it
// failed now and may succeed later.
bool is_damage(const RecordsError& error);

// A store that could not be opened, made or read: `what` is for example "cannot open the store".
Error describe_refusal(const std::string& what, const StoreError& error, const std::string& path);

// The same where the system itself said so. `error_number` is an errno; `otherwise` is the remedy
// where none is known for it.
Error describe_refusal(const std::string& what, int error_number, const std::string& otherwise);

Error describe_damage(const std::string& path, const std::string& fault);

}  // namespace hotline
