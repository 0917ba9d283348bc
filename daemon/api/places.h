// Places at the client port, and the connections that give way to others: a person who has a role
// always finds a place, whatever other users of the machine, other people or programs that hang
// hold open. Pure: the time is given.
//
// A connection is settled once its person has a role here and said hello. Until then it has a
// deadline, and is the first to give way. Those who have no role never settle, and have few places
// of their own, so that they can take nobody's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/limits.h"

namespace hotline {

struct ClientPlacesMax {
  size_t with_role = limits::kClientsMax;
  size_t per_person = limits::kClientsPerPersonMax;
  size_t strangers = limits::kStrangersMax;
  size_t per_user = limits::kStrangersPerUserMax;
  size_t farewells = limits::kFarewellsMax;
};

class ClientPlaces {
 public:
  explicit ClientPlaces(const ClientPlacesMax& max = {}) : max_(max) {}

  struct Admission {
    bool admitted = true;
    std::optional<uint64_t> gives_way;  // This one's place is the new one's: end it.
    std::string why;                    // For whoever is turned away or gives way.
  };

  // A connection of `who`, a person's id or in words a user of this machine. Where it is not
  // admitted it has no place.
  Admission admit(uint64_t id, const std::string& who, bool has_role, BootMs now);
  // It said hello.
  void settle(uint64_t id);
  void leave(uint64_t id);

  // Those whose time to settle is over.
  std::vector<uint64_t> overdue(BootMs now) const;

  // True: there is room to tell this client why it is cut off. Its connection then lives until the
  // goodbye's deadline.
  bool may_say_farewell(BootMs now);

  size_t count() const { return places_.size(); }

 private:
  struct Place {
    std::string who;
    bool has_role = false;
    bool settled = false;
    BootMs since = 0;
  };
  std::optional<uint64_t> oldest_of_the_most(bool has_role) const;

  const ClientPlacesMax max_;
  std::map<uint64_t, Place> places_;  // In order of arrival.
  BootMs farewells_since_ = 0;
  size_t farewells_ = 0;
};

}  // namespace hotline
