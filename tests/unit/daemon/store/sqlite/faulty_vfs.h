// A file layer for SQLite that fails when told to, and that can lose what was not flushed.
//
// It passes everything on to the default layer. A test sets a decision, which is asked before every
// write, flush and truncation, or a refusal, asked before every opening and read, or calls stop()
// and lose_power(). No database may be open on it when it goes.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <string>

#include "protocol/base/bytes.h"

namespace hotline {

enum class Io : uint8_t { write, flush, truncate, open, read };

struct IoDecision {
  int code = SQLITE_OK;  // SQLite is told this.
  bool done = true;      // True: it happens all the same, a write that failed but persisted.
};

class FaultyVfs {
 public:
  FaultyVfs() : parent_(sqlite3_vfs_find(nullptr)) {
    name_ = "faulty-" + std::to_string(reinterpret_cast<uintptr_t>(this));
    vfs_ = *parent_;
    vfs_.pNext = nullptr;
    vfs_.zName = name_.c_str();
    vfs_.pAppData = this;
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + parent_->szOsFile;
    vfs_.xOpen = &FaultyVfs::open;
    set_methods();
    sqlite3_vfs_register(&vfs_, 0);
  }
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;
  ~FaultyVfs() { sqlite3_vfs_unregister(&vfs_); }

  const std::string& name() const { return name_; }

  // Asked under a lock, on whichever thread does the I/O.
  using Decide = std::function<IoDecision(Io io, const std::string& path)>;
  void set_decide(Decide decide) {
    const std::lock_guard lock(mutex_);
    decide_ = std::move(decide);
  }

  // Told, likewise, of what was done: of a write its bytes, of a truncation the size as `offset`.
  using Observe =
      std::function<void(Io io, const std::string& path, int64_t offset, ByteView data)>;
  void set_observe(Observe observe) {
    const std::lock_guard lock(mutex_);
    observe_ = std::move(observe);
  }

  // Asked before files are opened and read; what it returns, other than SQLITE_OK, is what SQLite
  // is told. It may set errno.
  using Refuse = std::function<int(Io io, const std::string& path)>;
  void set_refuse(Refuse refuse) {
    const std::lock_guard lock(mutex_);
    refuse_ = std::move(refuse);
  }

  // From now on the disk takes nothing, as from a process that is dead.
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }

  // Once every database is closed: of each sector that was written and not flushed the disk holds
  // the new or the old content, by chance, and of each size likewise. Then it works again.
  void lose_power(std::mt19937_64& random) {
    const std::lock_guard lock(mutex_);
    for (const auto& [path, unflushed] : unflushed_) {
      std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
      for (const auto& [sector, old] : unflushed.sectors) {
        if (random() % 2 == 0) continue;
        file.seekp(sector * kSectorSize);
        file.write(old.data(), kSectorSize);
      }
      file.close();
      const bool old_size = random() % 2 == 0;
      std::filesystem::resize_file(path, old_size ? unflushed.flushed_size : unflushed.size);
    }
    unflushed_.clear();
    stopped_ = false;
  }

 private:
  static constexpr int64_t kSectorSize = 512;
  using Sector = std::array<char, kSectorSize>;

  struct Unflushed {
    std::map<int64_t, Sector> sectors;  // As they were flushed; zeros past the end.
    uint64_t flushed_size = 0;
    uint64_t size = 0;
  };

  struct File {
    sqlite3_file base;
    FaultyVfs* vfs;
    std::string* path;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
    const sqlite3_io_methods* methods() { return real()->pMethods; }
  };

  static File* of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out) {
    auto* self = static_cast<FaultyVfs*>(vfs->pAppData);
    File* opened = of(file);
    opened->base.pMethods = nullptr;
    const int refused = self->refusal(Io::open, path ? path : "");
    if (refused != SQLITE_OK) return refused;
    const int code = self->parent_->xOpen(self->parent_, path, opened->real(), flags, out);
    if (code != SQLITE_OK) return code;
    opened->vfs = self;
    opened->path = new std::string(path ? path : "");
    opened->base.pMethods = &self->methods_;
    return SQLITE_OK;
  }

  void set_methods() {
    methods_.iVersion = 2;
    methods_.xClose = [](sqlite3_file* file) {
      delete of(file)->path;
      return of(file)->methods()->xClose(of(file)->real());
    };
    methods_.xRead = [](sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
      const int refused = of(file)->vfs->refusal(Io::read, *of(file)->path);
      if (refused != SQLITE_OK) return refused;
      return of(file)->methods()->xRead(of(file)->real(), data, size, offset);
    };
    methods_.xWrite = [](sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
      const ByteView bytes(static_cast<const uint8_t*>(data), static_cast<size_t>(size));
      return of(file)->vfs->change(*of(file), Io::write, offset, offset + size, bytes, [&] {
        return of(file)->methods()->xWrite(of(file)->real(), data, size, offset);
      });
    };
    methods_.xTruncate = [](sqlite3_file* file, sqlite3_int64 size) {
      return of(file)->vfs->change(*of(file), Io::truncate, size, size_of(*of(file)), {}, [&] {
        return of(file)->methods()->xTruncate(of(file)->real(), size);
      });
    };
    methods_.xSync = [](sqlite3_file* file, int flags) {
      return of(file)->vfs->flush(*of(file), flags);
    };
    methods_.xFileSize = [](sqlite3_file* file, sqlite3_int64* size) {
      return of(file)->methods()->xFileSize(of(file)->real(), size);
    };
    methods_.xLock = [](sqlite3_file* file, int level) {
      return of(file)->methods()->xLock(of(file)->real(), level);
    };
    methods_.xUnlock = [](sqlite3_file* file, int level) {
      return of(file)->methods()->xUnlock(of(file)->real(), level);
    };
    methods_.xCheckReservedLock = [](sqlite3_file* file, int* held) {
      return of(file)->methods()->xCheckReservedLock(of(file)->real(), held);
    };
    methods_.xFileControl = [](sqlite3_file* file, int operation, void* argument) {
      return of(file)->methods()->xFileControl(of(file)->real(), operation, argument);
    };
    methods_.xSectorSize = [](sqlite3_file*) { return static_cast<int>(kSectorSize); };
    methods_.xDeviceCharacteristics = [](sqlite3_file* file) {
      return of(file)->methods()->xDeviceCharacteristics(of(file)->real());
    };
    methods_.xShmMap = [](sqlite3_file* file, int page, int size, int extend,
                          void volatile** mapped) {
      return of(file)->methods()->xShmMap(of(file)->real(), page, size, extend, mapped);
    };
    methods_.xShmLock = [](sqlite3_file* file, int offset, int count, int flags) {
      return of(file)->methods()->xShmLock(of(file)->real(), offset, count, flags);
    };
    methods_.xShmBarrier = [](sqlite3_file* file) {
      of(file)->methods()->xShmBarrier(of(file)->real());
    };
    methods_.xShmUnmap = [](sqlite3_file* file, int remove) {
      return of(file)->methods()->xShmUnmap(of(file)->real(), remove);
    };
  }

  int refusal(Io io, const std::string& path) {
    const std::lock_guard lock(mutex_);
    return refuse_ ? refuse_(io, path) : SQLITE_OK;
  }

  static int64_t size_of(File& file) {
    sqlite3_int64 size = 0;
    file.methods()->xFileSize(file.real(), &size);
    return size;
  }

  int change(File& file, Io io, int64_t begin, int64_t end, ByteView data,
             const std::function<int()>& act) {
    const std::lock_guard lock(mutex_);
    if (stopped_) return SQLITE_IOERR_WRITE;
    const IoDecision decision = decide_ ? decide_(io, *file.path) : IoDecision{};
    if (!decision.done) return decision.code;
    remember(file, begin, end);
    const int code = act();
    if (observe_ && code == SQLITE_OK) observe_(io, *file.path, begin, data);
    unflushed_[*file.path].size = static_cast<uint64_t>(size_of(file));
    return decision.code != SQLITE_OK ? decision.code : code;
  }

  int flush(File& file, int flags) {
    const std::lock_guard lock(mutex_);
    if (stopped_) return SQLITE_IOERR_FSYNC;
    const IoDecision decision = decide_ ? decide_(Io::flush, *file.path) : IoDecision{};
    if (!decision.done) return decision.code;
    const int code = file.methods()->xSync(file.real(), flags);
    if (code == SQLITE_OK) unflushed_.erase(*file.path);
    if (observe_ && code == SQLITE_OK) observe_(Io::flush, *file.path, 0, {});
    return decision.code != SQLITE_OK ? decision.code : code;
  }

  void remember(File& file, int64_t begin, int64_t end) {
    const bool first = unflushed_.count(*file.path) == 0;
    Unflushed& unflushed = unflushed_[*file.path];
    if (first) unflushed.flushed_size = static_cast<uint64_t>(size_of(file));
    for (int64_t sector = begin / kSectorSize; sector * kSectorSize < end; ++sector) {
      if (unflushed.sectors.count(sector) != 0) continue;
      Sector old{};
      file.methods()->xRead(file.real(), old.data(), kSectorSize, sector * kSectorSize);
      unflushed.sectors[sector] = old;
    }
  }

  sqlite3_vfs* parent_;
  sqlite3_vfs vfs_{};
  sqlite3_io_methods methods_{};
  std::string name_;
  std::mutex mutex_;
  Decide decide_;
  Observe observe_;
  Refuse refuse_;
  bool stopped_ = false;
  std::map<std::string, Unflushed> unflushed_;
};

}  // namespace hotline
