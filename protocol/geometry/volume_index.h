// Volumes kept so that those near a new one are found without looking at all.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "protocol/geometry/conflict.h"

namespace hotline {

// Surely holds all of a volume: around it in space, with heights above the sea, and in time.
struct VolumeBounds {
  EarthPoint least;
  EarthPoint greatest;
  int64_t lowest_cm = 0;
  int64_t highest_cm = 0;
  UtcMs start = 0;
  UtcMs end = 0;
};

VolumeBounds bounds_of(const PreparedVolume& volume);

// A volume that comes as near as the separation has bounds that meet these.
VolumeBounds bounds_of(const PreparedVolume& volume, const Separation& separation);

struct NearVolume {
  uint64_t number = 0;
  Nearness nearness;

  bool operator==(const NearVolume&) const = default;
};

// The caller numbers the volumes. In which order they came makes no difference to any answer.
class VolumeIndex {
 public:
  VolumeIndex();
  VolumeIndex(VolumeIndex&&) noexcept;
  VolumeIndex& operator=(VolumeIndex&&) noexcept;
  ~VolumeIndex();

  // False if the number is there already; then nothing changes.
  bool insert(uint64_t number, PreparedVolume volume);
  // False if there is no such number.
  bool erase(uint64_t number);
  size_t size() const;
  // Null if there is no such number.
  const PreparedVolume* find(uint64_t number) const;

  // Numbers whose bounds meet, in order: all that may be in conflict, and some that are not.
  std::vector<uint64_t> candidates(const PreparedVolume& volume,
                                   const Separation& separation) const;
  // Those that are in conflict, in order of their numbers.
  std::vector<NearVolume> conflicts_with(const PreparedVolume& volume,
                                         const Separation& separation) const;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace hotline
