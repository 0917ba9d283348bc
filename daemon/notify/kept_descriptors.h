// Descriptors that are held for those who tell people, so that no flood of connections keeps people
// from being told. A command takes two, and a third while it starts; a connection to a notifier
// takes one. Those kept for FLASH, on each side, start though nobody else can open a file any more.
#pragma once

#include <cstddef>
#include <vector>

#include "protocol/base/limits.h"

namespace hotline {

class KeptDescriptors {
 public:
  static constexpr size_t kPerStart = 3;
  static constexpr size_t kMax = 2 * limits::kAttemptsReservedForFlash * kPerStart;

  KeptDescriptors() { keep(); }
  ~KeptDescriptors() { give_up(kept_.size()); }
  KeptDescriptors(const KeptDescriptors&) = delete;
  KeptDescriptors& operator=(const KeptDescriptors&) = delete;

  // As many as can be had.
  void keep();
  void give_up(size_t count);

 private:
  std::vector<int> kept_;
};

}  // namespace hotline
