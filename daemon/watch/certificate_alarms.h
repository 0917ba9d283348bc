// Refusals of certificates that people are told of at once. Until a link comes up, each reason
// alarms once, and only a few reasons do. The rest is journaled as a number. The peer's are counted
// apart from those of anybody who knocks at our port, so that a stranger cannot use up what is kept
// for the peer.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <utility>

namespace hotline {

class CertificateAlarms {
 public:
  static constexpr size_t kToldMax = 4;

  // True: alarm this refusal. `knocked`: somebody came to us; else we dialled the peer.
  bool admit(bool knocked, const std::string& reason) {
    std::set<std::string>& told = knocked ? told_of_strangers_ : told_of_peer_;
    if (told.size() >= kToldMax) return false;
    std::string words = reason;  // Without numbers: times and ports make no other reason of it.
    std::erase_if(words, [](char c) { return c >= '0' && c <= '9'; });
    return told.insert(std::move(words)).second;
  }

  // Call once a second. When the link comes up, every reason may alarm again.
  void set_link_up(bool up) {
    if (up && !link_up_) {
      told_of_peer_.clear();
      told_of_strangers_.clear();
    }
    link_up_ = up;
  }

 private:
  std::set<std::string> told_of_peer_;
  std::set<std::string> told_of_strangers_;
  bool link_up_ = false;
};

}  // namespace hotline
