#include "daemon/store/failure.h"

#include <cerrno>
#include <cstring>

namespace hotline {

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

Diagnosis StoreError::diagnose(const std::string&) const {
  return {StoreFailure::inconsistent, "its records contradict each other", kKeepAsEvidence};
}

StoreCorrupt::StoreCorrupt(const std::string& table, uint64_t index, const std::string& what)
    : StoreError("table " + table + ", index " + std::to_string(index) + ": " + what),
      table_(table),
      index_(index) {}

const char* leaf_table(LogId log) {
  return log == LogId::journal ? "journal" : message_table(log == LogId::peer_transcript);
}

const char* message_table(bool incoming) {
  return incoming ? "peer_message" : "own_message";
}

FailedStore describe_failure(const StoreError& error, const std::string& path) {
  const Diagnosis found = error.diagnose(path);
  return {.failure = found.failure,
          .error =
              make_error(ErrorCode::store_failed,
                         "the store " + path + " has FAILED: " + found.cause + ": " + error.what(),
                         "nothing is stored or acknowledged any more: use voice; " + found.remedy)};
}

bool is_damage(const RecordsError& error) {
  const auto* of_store = dynamic_cast<const StoreError*>(&error);
  if (of_store == nullptr) return true;
  const StoreFailure failure = of_store->diagnose("").failure;
  return failure == StoreFailure::damaged || failure == StoreFailure::inconsistent;
}

Error describe_refusal(const std::string& what, const StoreError& error, const std::string& path) {
  if (is_damage(error)) return describe_damage(path, error.what());
  const Diagnosis found = error.diagnose(path);
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
