#include "daemon/api/places.h"

#include "protocol/base/limits.h"

namespace hotline {

// The oldest that has not settled gives way: an honest program says hello at once, and one that has
// waited longest is the likeliest never to. Where all have, it is the oldest of whoever has the
// most.
ClientPlaces::Admission ClientPlaces::admit(uint64_t id, const std::string& who, bool has_role,
                                            BootMs now) {
  struct Count {
    size_t all = 0;
    std::optional<uint64_t> oldest;  // Not settled.
  };
  Count theirs;  // The same person's or user's,
  Count kind;    // and those of all who have a role, or of all who have none.
  for (const auto& [number, place] : places_) {
    if (place.has_role != has_role) continue;
    for (Count* count : {&kind, place.who == who ? &theirs : nullptr}) {
      if (count == nullptr) continue;
      ++count->all;
      if (!place.settled && !count->oldest) count->oldest = number;
    }
  }
  const size_t theirs_max = has_role ? max_.per_person : max_.per_user;
  const size_t kind_max = has_role ? max_.with_role : max_.strangers;
  Admission admission;
  if (theirs.all >= theirs_max) {
    admission.admitted = theirs.oldest.has_value();
    admission.gives_way = theirs.oldest;
    admission.why = who + " has " + std::to_string(theirs.all) + " connections already";
  } else if (kind.all >= kind_max) {
    admission.gives_way = kind.oldest ? kind.oldest : oldest_of_the_most(has_role);
    admission.why = "there are " + std::to_string(kind.all) + " connections already";
  }
  if (admission.gives_way) places_.erase(*admission.gives_way);
  if (admission.admitted) places_[id] = {who, has_role, false, now};
  return admission;
}

std::optional<uint64_t> ClientPlaces::oldest_of_the_most(bool has_role) const {
  struct Held {
    size_t count = 0;
    uint64_t oldest = 0;
  };
  std::map<std::string, Held> held;
  const Held* most = nullptr;
  for (const auto& [number, place] : places_) {
    if (place.has_role != has_role) continue;
    Held& theirs = held[place.who];
    if (theirs.count++ == 0) theirs.oldest = number;
    if (most == nullptr || theirs.count > most->count) most = &theirs;
  }
  return most == nullptr ? std::nullopt : std::optional(most->oldest);
}

void ClientPlaces::settle(uint64_t id) {
  auto found = places_.find(id);
  if (found != places_.end() && found->second.has_role) found->second.settled = true;
}

void ClientPlaces::leave(uint64_t id) {
  places_.erase(id);
}

std::vector<uint64_t> ClientPlaces::overdue(BootMs now) const {
  std::vector<uint64_t> late;
  for (const auto& [number, place] : places_) {
    if (!place.settled && now - place.since >= limits::kClientHelloDeadline_ms)
      late.push_back(number);
  }
  return late;
}

bool ClientPlaces::may_say_farewell(BootMs now) {
  if (farewells_ == 0 || now - farewells_since_ >= limits::kGoodbyeDeadline_ms) {
    farewells_since_ = now;
    farewells_ = 0;
  }
  if (farewells_ == max_.farewells) return false;
  ++farewells_;
  return true;
}

}  // namespace hotline
