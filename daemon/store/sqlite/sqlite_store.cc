#include "daemon/store/sqlite/sqlite_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <utility>

#include "daemon/store/failure.h"
#include "daemon/store/sqlite/lock.h"
#include "daemon/store/sqlite/reader.h"
#include "daemon/store/sqlite/reader_thread.h"
#include "daemon/store/sqlite/rows.h"
#include "daemon/store/sqlite/schema.h"
#include "daemon/store/sqlite/wal_check.h"
#include "daemon/store/sqlite/writer.h"

namespace hotline {
namespace {

std::string directory_of(const std::string& path) {
  const std::string directory = std::filesystem::path(path).parent_path().string();
  return directory.empty() ? "." : directory;
}

Error os_error(const std::string& what, const std::string& hint) {
  return describe_refusal(what, errno, hint);
}

// Anybody who can write a store, or replace it in its directory, can make this party sign anything.
Status check_owner(const std::string& path, const std::string& what) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    return os_error("cannot look at the " + what + " " + path, "check `store.path`");
  }
  if (status.st_uid != geteuid() && status.st_uid != 0) {
    return make_error(
        ErrorCode::configuration,
        "the " + what + " " + path + " belongs to another user (uid " +
            std::to_string(status.st_uid) + ")",
        "run hotlined as that user, or: chown " + std::to_string(geteuid()) + " " + path);
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return make_error(ErrorCode::configuration,
                      "the " + what + " " + path + " can be written by other users",
                      "chmod go-w " + path);
  }
  return ok();
}

Status flush_directory(const std::string& directory) {
  const int file = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool good = file >= 0 && fsync(file) == 0;
  const int saved_errno = errno;
  if (file >= 0) close(file);
  errno = saved_errno;
  if (!good) return os_error("cannot flush the directory " + directory, "check the disk (dmesg)");
  return ok();
}

Error already_there(const std::string& path) {
  return make_error(ErrorCode::conflict, "there is a store at " + path + " already",
                    "start it with `hotlined run`; to begin anew, move it away first: its messages "
                    "and serials are not to be used twice");
}

Status write_first(Database database, const std::string& path,
                   const std::shared_ptr<const Batch>& first) {
  CommitOutcome outcome;
  {
    StoreWriter writer(std::move(database), path, SqliteOptions{});
    writer.submit(first, [&outcome](CommitOutcome done) { outcome = std::move(done); });
  }  // Its end waits for the commit.
  if (!outcome.ok()) return outcome.error;
  return ok();
}

constexpr const char* kBeside[] = {"-wal", "-shm"};

Status create_file(const std::string& path) {
  unlink(path.c_str());
  for (const char* suffix : kBeside) unlink((path + suffix).c_str());
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return os_error("cannot create " + path, "check the directory and the disk (df)");
  close(file);
  return ok();
}

Status build(const std::string& path, const StoreIdentity& identity,
             const std::shared_ptr<const Batch>& first) {
  try {
    Database database = open_for_writing(path, SqliteOptions{});
    create_store_tables(database, identity);
    database.checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
    return first ? write_first(std::move(database), path, first) : ok();
  } catch (const StoreError& error) {
    return describe_refusal("cannot create the store", error, path);
  }
}

Status copy_pages(const std::string& from, const std::string& path) {
  try {
    Database source = open_for_reading(from, SqliteOptions{});
    if (Status number = check_format_number(source, from); !number) return number;
    Database(path, SQLITE_OPEN_READWRITE, "").copy_from(source);
    return ok();
  } catch (const StoreError& error) {
    return describe_refusal("cannot copy the store " + from + " to " + path, error, path);
  }
}

// Nothing of it is left in the log beside it.
Status merge_log(const std::string& path) {
  try {
    if (open_for_writing(path, SqliteOptions{}).checkpoint(SQLITE_CHECKPOINT_TRUNCATE)) return ok();
  } catch (const StoreError& error) {
    return describe_refusal("cannot finish the store", error, path);
  }
  return make_error(ErrorCode::store_failed, "cannot finish " + path + ": somebody reads it");
}

// Makes the store under another name, so that its own name never leads to half of one.
Status place(const std::string& path,
             const std::function<Status(const std::string& unfinished)>& make) {
  if (access(path.c_str(), F_OK) == 0) return already_there(path);
  const std::string directory = directory_of(path);
  if (mkdir(directory.c_str(), 0700) == 0) {
    if (Status flushed = flush_directory(directory_of(directory)); !flushed) return flushed;
  } else if (errno != EEXIST) {
    return os_error("cannot make the directory " + directory,
                    "make the directories above it first");
  }
  if (Status owner = check_owner(directory, "directory"); !owner) return owner;
  // The store's own file is not there to be locked, and two that build it would undo each other.
  Result<StoreLock> lock = StoreLock::take(directory);
  if (!lock) return lock.error();
  if (access(path.c_str(), F_OK) == 0) return already_there(path);

  const std::string unfinished = path + ".new";
  if (Status created = create_file(unfinished); !created) return created;
  const Status made = make(unfinished);
  for (const char* suffix : kBeside) unlink((unfinished + suffix).c_str());
  if (!made) {
    unlink(unfinished.c_str());
    return made;
  }
  // link, unlike rename, never replaces what is there.
  if (link(unfinished.c_str(), path.c_str()) != 0) {
    if (errno == EEXIST) return already_there(path);
    return os_error("cannot create " + path, "check the directory and the disk (df)");
  }
  unlink(unfinished.c_str());
  return flush_directory(directory);
}

class OpenStore : public SqliteStore {
 public:
  OpenStore(StoreLock lock, StoreIdentity identity, Database database, std::string path,
            const SqliteOptions& options)
      : lock_(std::move(lock)),
        identity_(std::move(identity)),
        path_(std::move(path)),
        options_(options),
        writer_(std::move(database), path_, options),
        reader_(path_, options),
        reader_thread_(path_, options) {}

  const StoreIdentity& identity() const override { return identity_; }

  void for_each_journal_entry(const VisitBytes& visit) override {
    Database database = open_for_reading(path_, options_);
    PackReader journal(database, "journal");
    uint64_t index = 0;
    for (bool found = journal.seek(0); found; found = journal.next(), ++index) {
      if (journal.key() != index) throw StoreCorrupt("journal", index, "it is missing");
      visit(index, entry_in(journal.unchecked_row()));
    }
    const uint64_t size = reader_.head().size;
    if (index != size) throw StoreCorrupt("journal", index, "it is missing");
  }

  void submit(std::shared_ptr<const Batch> batch, Completion done) override {
    writer_.submit(std::move(batch), std::move(done));
  }

  StoreReader& reader() override { return reader_; }

  void post_read(Read read, ReadFailed failed) override {
    reader_thread_.post(std::move(read), std::move(failed));
  }

  SqliteCounters counters() const override { return writer_.counters(); }

 private:
  StoreLock lock_;  // First: it is given back when everything else is closed.
  const StoreIdentity identity_;
  const std::string path_;
  const SqliteOptions options_;
  // Before the readers, so that its last copy of the write-ahead log finds no reader in the way.
  StoreWriter writer_;
  SqliteReader reader_;
  StoreReaderThread reader_thread_;
};

Result<std::unique_ptr<SqliteStore>> open_locked(StoreLock lock, const std::string& path,
                                                 const SqliteOptions& options) {
  try {
    if (Status whole = check_write_ahead_log(path + "-wal"); !whole) return whole.error();
    Database database = open_for_writing(path, options);
    if (Status format = check_store_format(database, path); !format) return format.error();
    StoreIdentity identity = read_store_identity(database);
    // The log begins anew, so that no remains of a torn commit are left in it for the next check.
    database.checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
    return {std::make_unique<OpenStore>(std::move(lock), std::move(identity), std::move(database),
                                        path, options)};
  } catch (const SqliteError& error) {
    if (error.code() == SQLITE_NOTADB) {
      return make_error(ErrorCode::configuration, path + " is not a store of hotlined",
                        "check `store.path` in the configuration");
    }
    return describe_refusal("cannot open the store", error, path);
  } catch (const StoreError& error) {
    return describe_damage(path, error.what());
  }
}

}  // namespace

Status SqliteStore::create(const std::string& path, const StoreIdentity& identity,
                           const std::shared_ptr<const Batch>& first) {
  return place(path,
               [&](const std::string& unfinished) { return build(unfinished, identity, first); });
}

Status SqliteStore::copy(const std::string& from, const std::string& path,
                         const StoreKind::Finish& finish) {
  if (access(from.c_str(), F_OK) != 0) {
    return os_error("cannot copy the store " + from, "check the path");
  }
  if (Status owner = check_owner(from, "store"); !owner) return owner;
  return place(path, [&](const std::string& unfinished) -> Status {
    if (Status copied = copy_pages(from, unfinished); !copied) return copied;
    {
      const auto store = open(unfinished);
      if (!store) return store.error();
      if (Status finished = finish(**store); !finished) return finished;
    }
    return merge_log(unfinished);
  });
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path,
                                                       const SqliteOptions& options) {
  if (access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    return make_error(ErrorCode::configuration, "there is no store at " + path,
                      "if this party is new, create one: hotlined init; if there was one, find out "
                      "where it went before anything else");
  }
  if (Status owner = check_owner(directory_of(path), "directory"); !owner) return owner.error();
  if (Status owner = check_owner(path, "store"); !owner) return owner.error();
  if (access(directory_of(path).c_str(), W_OK) != 0) {
    return os_error("cannot write in the directory " + directory_of(path),
                    "SQLite keeps its log beside the store: the directory must be writable for the "
                    "user that runs hotlined");
  }
  Result<StoreLock> lock = StoreLock::take(path);
  if (!lock) return lock.error();
  return open_locked(*std::move(lock), path, options);
}

}  // namespace hotline
