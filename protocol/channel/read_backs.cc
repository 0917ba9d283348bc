#include "protocol/channel/read_backs.h"

#include <optional>
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/channel/journal.h"
#include "protocol/message/kinds/kinds.h"

namespace hotline {
void ReadBacks::note_fact(Now now, MessageKey target, bool differs) {
  if (!differs && !is_misread(target)) return;
  const FactKind kind = differs ? FactKind::mismatch : FactKind::read_back;
  recorder_.gathering().facts.push_back({target, kind, now.utc, recorder_.last_index(), 0, ""});
}

void ReadBacks::apply(const wire::Entry& entry) {
  const auto heard = message_in(entry);
  if (!heard || !heard->target) return;
  const auto [incoming, number] = *heard->target;
  const TargetEffect effect = kind_of(heard->type).effect;
  const bool acknowledges = effect == TargetEffect::acknowledges;
  if (!acknowledges && effect != TargetEffect::cancels) return;
  const bool changed = acknowledges && heard->mismatch ? misread_[incoming].insert(number)
                                                       : misread_[incoming].erase(number);
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
