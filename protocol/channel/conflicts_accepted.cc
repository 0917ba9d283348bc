// Acceptances of conflicts: which state of two notices each party has accepted, and whether that is
// the one that there is.
#include "protocol/base/limits.h"
#include "protocol/channel/conflicts.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/serial.h"

namespace hotline {

std::optional<Conflicts::NamedConflict> Conflicts::named_by(
    const std::vector<std::string>& references) const {
  NamedConflict named;
  for (const std::string& id : references) {
    const auto serial = parse_written_serial(id);
    if (!serial) return std::nullopt;
    const bool own = serial->prefix == config_.prefix;
    uint64_t& notice = own ? named.notices.first : named.notices.second;
    uint64_t& version = own ? named.own_version : named.peers_version;
    (notice == 0 ? notice : version) = serial->number;
  }
  return named;
}

void Conflicts::note_acceptance(MessageKey answer) {
  const auto record = recorder_.message(answer);
  const auto body = record ? open_body(record->body) : Error{};
  const auto envelope = record ? open_envelope(record->envelope) : Error{};
  if (!body || !envelope || !accepts_conflict(**body)) return;
  std::vector<std::string> references;
  for (const wire::Reference* reference : *(*envelope)->references()) {
    references.push_back(text_of(reference->id()));
  }
  const auto named = named_by(references);
  // Our own notice is durable at both ends before anybody can accept what it conflicts with.
  if (!named || !notices_.contains({false, named->notices.first})) return;
  const Acceptance acceptance{!answer.incoming, named->own_version, named->peers_version};
  size_t& count = accepted_count(acceptance.by_us);
  if (count >= limits::kConflictsMax) {
    overflowed_ = true;
    return;
  }
  count += accepted_[named->notices].insert_or_assign(acceptance, answer).second;
  for (auto& [pair, conflict] : open_) {
    if (pair.first.number != named->notices.first ||
        conflict.peers_serial != named->notices.second) {
      continue;
    }
    judge_acceptance(conflict);
    changed_.insert(pair);
  }
}

bool Conflicts::is_compared(MessageKey notice) const {
  const auto record = recorder_.message(notice);
  return record && kind_of(record->type).announces_volumes();
}

Status Conflicts::check_names_conflict(const std::vector<std::string>& references) const {
  const auto notice =
      references.empty() ? std::nullopt : recorder_.find_named(config_, references.front());
  if (!notice || !is_compared(*notice)) return ok();
  return make_error(ErrorCode::refused,
                    "\"accepted\" is said of a conflict, and one notice alone names none",
                    "hotline conflicts    lists them, and how one is accepted; another word "
                    "answers the notice");
}

Status Conflicts::check_meant(const wire::Body& body,
                              const std::vector<std::string>& references) const {
  if (accepts_conflict(body)) return check_accepted(references);
  return reads_as_acceptance(body) ? check_names_conflict(references) : ok();
}

Status Conflicts::check_accepted(const std::vector<std::string>& references) const {
  const auto named = named_by(references);
  if (!named || named->notices.first == 0 || named->notices.second == 0) {
    return check_names_conflict(references);
  }
  const MessageKey own{false, named->notices.first};
  const auto peers =
      recorder_.find_named(config_, format_serial(config_.peer_prefix, named->notices.second));
  // Somebody says no more than "accepted" to another message.
  if (!peers || !is_compared(own) || !is_compared(*peers)) return ok();
  const std::string own_name = corrections_.name_of(own), peers_name = corrections_.name_of(*peers);
  const auto refused = [&](const std::string& reason) {
    return make_error(
        ErrorCode::refused, reason,
        "hotline conflicts " + own_name + "    look at it as it stands now, and accept it anew");
  };
  for (const auto& [notice, name, version, prefix] :
       {std::tuple(*peers, peers_name, named->peers_version, config_.peer_prefix),
        std::tuple(own, own_name, named->own_version, config_.prefix)}) {
    if (corrections_.is_cancelled(notice)) return refused(name + " was cancelled since");
    const uint64_t newest = corrections_.version_of(notice);
    if (newest == version) continue;
    if (newest == 0) return refused(name + " stands as it was first sent");
    return refused(name + " was corrected by " + format_serial(prefix, newest) + " since");
  }
  if (overflowed_ || open_.contains({own, *peers})) return ok();
  return refused(own_name + " and " + peers_name + " are not in conflict");
}

std::vector<Conflict> Conflicts::accepted_by(const std::vector<std::string>& references) const {
  const auto named = named_by(references);
  std::vector<Conflict> found;
  for (const auto& [pair, conflict] : open_) {
    const bool is_it = named && pair.first.number == named->notices.first &&
                       conflict.peers_serial == named->notices.second;
    if (is_it) found.push_back(conflict);
  }
  return found;
}

void Conflicts::forget_acceptances(MessageKey notice) {
  const auto found = notices_.find(notice);
  if (found == notices_.end()) return;
  std::erase_if(accepted_, [&](const auto& one) {
    const auto& [own, peers] = one.first;
    if ((notice.incoming ? peers : own) != found->second.serial) return false;
    for (const auto& [acceptance, answer] : one.second) --accepted_count(acceptance.by_us);
    return true;
  });
}

void Conflicts::judge_acceptance(Conflict& conflict) const {
  conflict.own_version = corrections_.version_of(conflict.own);
  conflict.peers_version = corrections_.version_of(conflict.peers);
  const auto found = accepted_.find({conflict.own.number, conflict.peers_serial});
  if (found == accepted_.end()) return;
  for (const auto& [acceptance, answer] : found->second) {
    bool& accepted = acceptance.by_us ? conflict.accepted_by_us : conflict.accepted_by_peer;
    auto& last = acceptance.by_us ? conflict.own_acceptance : conflict.peers_acceptance;
    const bool is_of_this = acceptance.own_version == conflict.own_version &&
                            acceptance.peers_version == conflict.peers_version;
    if (is_of_this || (!accepted && (!last || *last < answer))) last = answer;
    accepted = accepted || is_of_this;
  }
}

}  // namespace hotline
