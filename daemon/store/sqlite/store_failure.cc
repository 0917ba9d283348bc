#include "daemon/store/sqlite/store_failure.h"

#include <cerrno>
#include <cstring>

namespace hotline {
namespace {

constexpr char kExamineDisk[] = "examine the disk (dmesg), then start hotlined again";

struct Diagnosis {
  StoreFailure failure = StoreFailure::none;
  std::string cause;  // To be read after "the store FILE has FAILED: ".
  std::string remedy;
};

std::optional<Diagnosis> diagnose_errno(int error_number, const std::string& path) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
      return Diagnosis{StoreFailure::full, "the disk is full", "free space on the disk (df)"};
    case EFBIG:
      return Diagnosis{
          StoreFailure::full, "there is no room: no file may become so large here",
          "raise the limit of this process (ulimit -f, prlimit --fsize, or LimitFSIZE= "
          "of the service), or have a file system that holds larger files"};
    case EMFILE:
      return Diagnosis{StoreFailure::exhausted, "this process may open no more files",
                       "raise its limit (ulimit -n, or LimitNOFILE= of the service), then start "
                       "hotlined again"};
    case ENFILE:
      return Diagnosis{StoreFailure::exhausted, "this machine can open no more files",
                       "find out which program holds them (lsof), then start hotlined again"};
    case ENOMEM:
      return Diagnosis{StoreFailure::exhausted, "there is no memory left",
                       "free memory (free -m), then start hotlined again"};
    case EACCES:
    case EPERM:
    case EROFS:
      return Diagnosis{
          StoreFailure::not_allowed, "this user may not read and write it",
          "ls -l " + path + "*    and see that its file system is mounted for writing"};
    default:
      return std::nullopt;
  }
}

Diagnosis diagnose(const SqliteError& error, const std::string& path) {
  if (auto known = diagnose_errno(error.system_errno(), path)) return *known;
  switch (error.code()) {
    case SQLITE_FULL:
      return *diagnose_errno(ENOSPC, path);
    case SQLITE_NOMEM:
      return *diagnose_errno(ENOMEM, path);
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return *diagnose_errno(EACCES, path);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return {StoreFailure::busy, "another program kept it locked",
              "end that program (fuser " + path + "), then start hotlined again"};
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return {StoreFailure::inconsistent, "a record was there before", kKeepAsEvidence};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {StoreFailure::damaged, "it is damaged", kKeepAsEvidence};
    default:
      return {StoreFailure::disk, "the disk did not do what it was asked", kExamineDisk};
  }
}

Diagnosis diagnose(const StoreError& error, const std::string& path) {
  if (const auto* sqlite = dynamic_cast<const SqliteError*>(&error)) return diagnose(*sqlite, path);
  return {StoreFailure::inconsistent, "its records contradict each other", kKeepAsEvidence};
}

}  // namespace

FailedStore describe_failure(const StoreError& error, const std::string& path) {
  const Diagnosis found = diagnose(error, path);
  return {.failure = found.failure,
          .error =
              make_error(ErrorCode::store_failed,
                         "the store " + path + " has FAILED: " + found.cause + ": " + error.what(),
                         "nothing is stored or acknowledged any more: use voice; " + found.remedy)};
}

bool is_damage(const RecordsError& error) {
  const auto* sqlite = dynamic_cast<const SqliteError*>(&error);
  if (sqlite == nullptr) return true;
  return sqlite->code() == SQLITE_CORRUPT || sqlite->code() == SQLITE_NOTADB;
}

Error describe_refusal(const std::string& what, const StoreError& error, const std::string& path) {
  if (is_damage(error)) return describe_damage(path, error.what());
  const Diagnosis found = diagnose(error, path);
  return make_error(ErrorCode::failed, what + " " + path + ": " + found.cause + ": " + error.what(),
                    found.remedy);
}

Error describe_refusal(const std::string& what, int error_number, const std::string& otherwise) {
  const auto known = diagnose_errno(error_number, "");
  const bool passes = known && known->failure != StoreFailure::not_allowed;
  return make_error(passes ? ErrorCode::failed : ErrorCode::configuration,
                    what + ": " + std::strerror(error_number), passes ? known->remedy : otherwise);
}

Error describe_damage(const std::string& path, const std::string& fault) {
  return make_error(ErrorCode::store_failed,
                    "the store " + path + " is damaged or was altered: " + fault, kKeepAsEvidence);
}

}  // namespace hotline
