#include "daemon/store_failure.h"

namespace hotline {
namespace {

constexpr char kUseVoice[] =
    "nothing is stored or acknowledged any more: use voice; examine the disk (dmesg), "
    "then start hotlined again";

FailedStore failed_store(StoreFailure failure, std::string reason, std::string hint) {
  return {.failure = failure,
          .error = make_error(ErrorCode::store_failed, std::move(reason), std::move(hint))};
}

}  // namespace

FailedStore describe_failure(const StoreError& error, const std::string& path) {
  const std::string what = std::string(": ") + error.what();
  const auto* sqlite = dynamic_cast<const SqliteError*>(&error);
  if (sqlite == nullptr) {
    return failed_store(
        StoreFailure::inconsistent,
        "the store " + path + " has FAILED: its records contradict each other" + what,
        "nothing is stored or acknowledged any more: use voice; keep a copy of the "
        "store for examination");
  }
  switch (sqlite->code()) {
    case SQLITE_FULL:
      return failed_store(
          StoreFailure::full, "the store " + path + " has FAILED: the disk is full" + what,
          "nothing is stored or acknowledged any more: use voice, and free space on the disk (df)");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return failed_store(
          StoreFailure::busy,
          "the store " + path + " has FAILED: another program kept it locked" + what,
          "end that program (fuser " + path + "), then start hotlined again");
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return failed_store(StoreFailure::inconsistent,
                          "the store " + path + " has FAILED: a record was there before" + what,
                          kUseVoice);
    default:
      return failed_store(
          StoreFailure::disk,
          "the store " + path + " has FAILED: the disk did not take a commit" + what, kUseVoice);
  }
}

}  // namespace hotline
