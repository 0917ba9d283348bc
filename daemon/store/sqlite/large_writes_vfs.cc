#include "daemon/store/sqlite/large_writes_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <map>
#include <mutex>
#include <new>
#include <vector>

#include "daemon/store/sqlite/sqlite.h"
#include "protocol/base/check.h"

namespace hotline {
namespace {

// SQLite's layer for Unix takes less than 128 KiB at a time.
constexpr size_t kWriteMax = size_t{124} << 10;

uint8_t zeros[kWriteMax];  // Not const, which would store them in the program.

constexpr int kWriteLock = 0;  // The write-ahead log's lock for writing, SQLite's WAL_WRITE_LOCK.

// A file as SQLite sees it. The parent's stands behind it in SQLite's memory.
struct File {
  sqlite3_file base;

  // For a log.
  File* database = nullptr;
  bool gathers = false;
  std::vector<uint8_t> gathered;
  sqlite3_int64 begin = 0;  // Where the first gathered byte belongs.
  int failed = SQLITE_OK;   // Why something gathered is not in the file.

  // For a database.
  File* log = nullptr;
  bool is_copied_to = false;
  int change_errno = 0;  // Why the last change of it or of its log failed, if it did.

  sqlite3_file* parents() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  const sqlite3_io_methods& methods() { return *parents()->pMethods; }

  // A write, a truncation or a flush.
  template <typename Method, typename... Arguments>
  int change(Method method, Arguments... arguments) {
    errno = 0;
    const int code = (methods().*method)(parents(), arguments...);
    (database != nullptr ? *database : *this).change_errno = code == SQLITE_OK ? 0 : errno;
    return code;
  }

  int write_through(const uint8_t* data, size_t size, sqlite3_int64 offset) {
    return change(&sqlite3_io_methods::xWrite, data, static_cast<int>(size), offset);
  }

  // Once that failed nothing more is written: a later part without an earlier one means nothing.
  int write_gathered() {
    if (failed == SQLITE_OK && !gathered.empty()) {
      failed = write_through(gathered.data(), gathered.size(), begin);
      gathered.clear();
    }
    return failed;
  }

  // To that size, where the file is smaller. A disk that does not take it will tell SQLite when it
  // writes a page there.
  void grow(sqlite3_int64 size) {
    sqlite3_int64 end = 0;
    if (methods().xFileSize(parents(), &end) != SQLITE_OK) return;
    while (end < size) {
      const auto piece = std::min<sqlite3_int64>(kWriteMax, size - end);
      if (write_through(zeros, static_cast<size_t>(piece), end) != SQLITE_OK) return;
      end += piece;
    }
  }
};

File& of(sqlite3_file* file) {
  return *reinterpret_cast<File*>(file);
}

template <typename Method, typename... Arguments>
auto pass_on(sqlite3_file* file, Method method, Arguments... arguments) {
  return (of(file).methods().*method)(of(file).parents(), arguments...);
}

template <typename Method, typename... Arguments>
int after_gathered(sqlite3_file* file, Method method, Arguments... arguments) {
  const int code = of(file).write_gathered();
  return code == SQLITE_OK ? pass_on(file, method, arguments...) : code;
}

template <typename Method, typename... Arguments>
int change_after_gathered(sqlite3_file* file, Method method, Arguments... arguments) {
  const int code = of(file).write_gathered();
  return code == SQLITE_OK ? of(file).change(method, arguments...) : code;
}

// Pages that are still gathered were not flushed, so they belong to no commit.
int close_file(sqlite3_file* file) {
  if (of(file).database != nullptr) of(file).database->log = nullptr;
  const int code = pass_on(file, &sqlite3_io_methods::xClose);
  of(file).~File();
  return code;
}

int read(sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
  return after_gathered(file, &sqlite3_io_methods::xRead, data, size, offset);
}

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  File& log = of(file);
  const auto bytes = static_cast<size_t>(size);
  if (!log.gathers || bytes > kWriteMax) {
    return change_after_gathered(file, &sqlite3_io_methods::xWrite, data, size, offset);
  }
  const auto end = log.begin + static_cast<sqlite3_int64>(log.gathered.size());
  if (offset != end || log.gathered.size() + bytes > kWriteMax) {
    if (const int code = log.write_gathered(); code != SQLITE_OK) return code;
    log.begin = offset;
  }
  const auto* first = static_cast<const uint8_t*>(data);
  log.gathered.insert(log.gathered.end(), first, first + bytes);
  return SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return change_after_gathered(file, &sqlite3_io_methods::xTruncate, size);
}

int sync(sqlite3_file* file, int flags) {
  return change_after_gathered(file, &sqlite3_io_methods::xSync, flags);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return after_gathered(file, &sqlite3_io_methods::xFileSize, size);
}

int lock(sqlite3_file* file, int level) {
  return pass_on(file, &sqlite3_io_methods::xLock, level);
}

int unlock(sqlite3_file* file, int level) {
  return pass_on(file, &sqlite3_io_methods::xUnlock, level);
}

int check_reserved_lock(sqlite3_file* file, int* held) {
  return pass_on(file, &sqlite3_io_methods::xCheckReservedLock, held);
}

int file_control(sqlite3_file* file, int operation, void* argument) {
  // At the beginning of a copy, when nobody else can be copying, SQLite says how large the database
  // will be. It says so elsewhere too, and there of a size out of a file that may be anybody's.
  if (operation == SQLITE_FCNTL_CKPT_START) of(file).is_copied_to = true;
  if (operation == SQLITE_FCNTL_CKPT_DONE) of(file).is_copied_to = false;
  if (operation == SQLITE_FCNTL_SIZE_HINT && of(file).is_copied_to) {
    of(file).grow(*static_cast<const sqlite3_int64*>(argument));
  }
  if (operation == SQLITE_FCNTL_LAST_ERRNO && of(file).change_errno != 0) {
    *static_cast<int*>(argument) = of(file).change_errno;
    return SQLITE_OK;
  }
  return pass_on(file, &sqlite3_io_methods::xFileControl, operation, argument);
}

int sector_size(sqlite3_file* file) {
  return pass_on(file, &sqlite3_io_methods::xSectorSize);
}

int device_characteristics(sqlite3_file* file) {
  return pass_on(file, &sqlite3_io_methods::xDeviceCharacteristics);
}

int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** mapped) {
  return pass_on(file, &sqlite3_io_methods::xShmMap, page, size, extend, mapped);
}

int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  // The end of a transaction. If it was committed, it was flushed.
  const bool ends = (flags & SQLITE_SHM_UNLOCK) != 0 && offset == kWriteLock;
  if (ends && of(file).log != nullptr) of(file).log->gathered.clear();
  return pass_on(file, &sqlite3_io_methods::xShmLock, offset, count, flags);
}

void shm_barrier(sqlite3_file* file) {
  pass_on(file, &sqlite3_io_methods::xShmBarrier);
}

int shm_unmap(sqlite3_file* file, int remove) {
  return pass_on(file, &sqlite3_io_methods::xShmUnmap, remove);
}

constexpr sqlite3_io_methods make_methods() {
  sqlite3_io_methods methods{};
  methods.iVersion = 2;  // Without mapped pages.
  methods.xClose = close_file;
  methods.xRead = read;
  methods.xWrite = write;
  methods.xTruncate = truncate;
  methods.xSync = sync;
  methods.xFileSize = file_size;
  methods.xLock = lock;
  methods.xUnlock = unlock;
  methods.xCheckReservedLock = check_reserved_lock;
  methods.xFileControl = file_control;
  methods.xSectorSize = sector_size;
  methods.xDeviceCharacteristics = device_characteristics;
  methods.xShmMap = shm_map;
  methods.xShmLock = shm_lock;
  methods.xShmBarrier = shm_barrier;
  methods.xShmUnmap = shm_unmap;
  return methods;
}

constexpr sqlite3_io_methods kMethods = make_methods();

struct Layer {
  std::string name;
  std::string parent;
  sqlite3_vfs vfs{};
};

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  const auto& layer = *static_cast<const Layer*>(vfs->pAppData);
  file->pMethods = nullptr;
  sqlite3_vfs* parent = sqlite3_vfs_find(layer.parent.c_str());
  if (parent == nullptr) return SQLITE_CANTOPEN;
  File* opened = new (file) File{};
  const int code = parent->xOpen(parent, path, opened->parents(), flags, out_flags);
  if (code != SQLITE_OK) {
    opened->~File();
    file->pMethods = nullptr;
    return code;
  }
  opened->base.pMethods = &kMethods;
  if ((flags & SQLITE_OPEN_WAL) == 0) return SQLITE_OK;
  sqlite3_file* database = sqlite3_database_file_object(path);
  opened->database = &of(database);
  opened->database->log = opened;
  opened->gathers = (device_characteristics(database) & SQLITE_IOCAP_POWERSAFE_OVERWRITE) != 0;
  opened->gathered.reserve(kWriteMax);
  return SQLITE_OK;
}

}  // namespace

std::string large_writes_vfs(const std::string& parent_name) {
  static std::mutex mutex;
  static std::map<std::string, Layer> layers;  // By their parents' names. SQLite points to them.
  prepare_sqlite();
  const sqlite3_vfs* parent = sqlite3_vfs_find(parent_name.empty() ? nullptr : parent_name.c_str());
  if (parent == nullptr) return parent_name;  // To be refused by who opens a file there.
  const std::lock_guard guard(mutex);
  const auto [at, is_new] = layers.try_emplace(parent->zName);
  Layer& layer = at->second;
  if (is_new) {
    layer.parent = parent->zName;
    layer.name = "large-writes-" + layer.parent;
    layer.vfs = *parent;  // But opening files, everything is the parent's.
    layer.vfs.pNext = nullptr;
    layer.vfs.zName = layer.name.c_str();
    layer.vfs.pAppData = &layer;
    layer.vfs.szOsFile = static_cast<int>(sizeof(File)) + parent->szOsFile;
    layer.vfs.xOpen = open_file;
    HOTLINE_CHECK(sqlite3_vfs_register(&layer.vfs, 0) == SQLITE_OK);
  }
  return layer.name;
}

}  // namespace hotline
