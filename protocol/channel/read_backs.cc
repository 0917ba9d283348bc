#include "protocol/channel/read_backs.h"

#include <optional>
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/message/kinds/kinds.h"

namespace hotline {
namespace {

// An entry that may change how a message was read.
struct Heard {
  TargetEffect effect = TargetEffect::none;
  MessageKey target;
  bool differs = false;
};

template <typename Fact>
Heard heard_from(const Fact& fact) {
  return {kind_of(fact.type()).effect, from_wire(fact.refers_to()), fact.mismatch()};
}

std::optional<Heard> heard_in(const wire::Entry& entry) {
  if (const wire::Released* own = entry.fact_as_Released()) {
    if (own->refers_to() != nullptr) return heard_from(*own);
  } else if (const wire::Received* peers = entry.fact_as_Received()) {
    if (peers->refers_to() != nullptr && peers->decline_code() == 0) return heard_from(*peers);
  }
  return std::nullopt;
}

}  // namespace

void ReadBacks::note_fact(Now now, MessageKey target, bool differs) {
  if (!differs && !is_misread(target)) return;
  const FactKind kind = differs ? FactKind::mismatch : FactKind::read_back;
  recorder_.gathering().facts.push_back({target, kind, now.utc, recorder_.last_index(), 0, ""});
}

void ReadBacks::apply(const wire::Entry& entry) {
  const auto heard = heard_in(entry);
  if (!heard) return;
  KeySet& misread = misread_[heard->target.incoming];
  const bool acknowledges = heard->effect == TargetEffect::acknowledges;
  if (!acknowledges && heard->effect != TargetEffect::cancels) return;
  const bool changed = acknowledges && heard->differs ? misread.insert(heard->target.number)
                                                      : misread.erase(heard->target.number);
  changed_ = changed_ || changed;
}

void ReadBacks::tell(Now now) {
  if (!std::exchange(changed_, false)) return;
  std::map<std::string, std::string> all = texts(false);
  all.merge(texts(true));
  conditions_.set(now, ConditionCode::read_back_differs, all);
}

// The oldest by their names, and the others as one.
std::map<std::string, std::string> ReadBacks::texts(bool incoming) const {
  std::map<std::string, std::string> texts;
  misread_[incoming].visit([&](uint64_t number) {
    if (texts.size() == limits::kMisreadNamedMax) {
      texts[incoming ? config_.peer : config_.party] =
          "MISMATCH: more messages were read back otherwise than they say: hotline list";
      return false;
    }
    const std::string name = corrections_.name_of({incoming, number});
    texts[name] = incoming ? "MISMATCH: " + name +
                                 " was read back here otherwise than it says: read it again, and "
                                 "acknowledge it anew"
                           : "MISMATCH: the peer has read back " + name +
                                 " otherwise than it says: speak to them now, and have it "
                                 "acknowledged anew";
    return true;
  });
  return texts;
}

}  // namespace hotline
