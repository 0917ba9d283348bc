// Which refusals of certificates people are told of at once: of each state that ends with a good
// link, the first with each reason, and not more than a few. The rest is journaled by number. What
// the peer itself does is counted apart from what anybody does who knocks at our port, so that a
// stranger cannot use up what is kept for the peer.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <utility>

namespace hotline {

class CertificateAlarms {
 public:
  static constexpr size_t kToldMax = 4;

  // Whether this refusal is to be alarmed. `knocked`: somebody came to us; else we dialled the
  // peer.
  bool admit(bool knocked, const std::string& reason) {
    std::set<std::string>& told = knocked ? told_of_strangers_ : told_of_peer_;
    if (told.size() >= kToldMax) return false;
    std::string words = reason;  // Without numbers: times and ports make no other reason of it.
    std::erase_if(words, [](char c) { return c >= '0' && c <= '9'; });
    return told.insert(std::move(words)).second;
  }

  // To be told again and again how it is: where the link has come up, all begins anew.
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
