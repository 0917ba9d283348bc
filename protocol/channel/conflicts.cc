#include "protocol/channel/conflicts.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "protocol/base/limits.h"
#include "protocol/channel/journal.h"
#include "protocol/channel/planted_bug.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/serial.h"
#include "protocol/message/typed_form.h"

namespace hotline {
namespace {

constexpr Separation kTouching = {0, 0, 0};

// In any of the three.
bool is_nearer(const Nearness& now, const Nearness& before) {
  return now.horizontal_m < before.horizontal_m || now.vertical_m < before.vertical_m ||
         now.time_s < before.time_s;
}

Conflict about(MessageKey own, MessageKey peers, uint64_t peers_serial, const VolumePair& pair) {
  return {own, peers, peers_serial, pair.own, pair.peers, pair.nearness};
}

VolumePair nearest_of(const Conflict& conflict) {
  return {conflict.own_volume, conflict.peers_volume, conflict.nearness};
}

void sort_by_time(std::vector<Conflict>& conflicts) {
  std::stable_sort(conflicts.begin(), conflicts.end(), [](const Conflict& a, const Conflict& b) {
    return a.nearness.from < b.nearness.from;
  });
}

}  // namespace

// ----------------------------------------------------------------------------------------------
// asked

Conflicts::Checked Conflicts::check(const std::vector<Volume>& volumes,
                                    std::optional<MessageKey> corrected) const {
  std::map<MessageKey, std::vector<VolumePair>> met;
  Checked checked;
  checked.incomplete = overflowed_;
  for (size_t i = 0; i < volumes.size(); ++i) {
    const bool all =
        compare(prepare(volumes[i]), peers_, [&](const Place& place, const Nearness& nearness) {
          met[place.notice].push_back({static_cast<uint32_t>(i + 1), place.volume, nearness});
        });
    checked.incomplete = checked.incomplete || !all;
  }
  for (auto& [notice, pairs] : met) {
    sort_by_nearness(pairs);
    const auto before = corrected ? open_.find({*corrected, notice}) : open_.end();
    Conflict conflict = about({}, notice, notices_.at(notice).serial, pairs.front());
    conflict.pairs = static_cast<uint32_t>(pairs.size());
    conflict.others.assign(pairs.begin() + 1, pairs.end());
    if (before != open_.end()) conflict.before = before->second.nearness;
    checked.conflicts.push_back(std::move(conflict));
  }
  sort_by_time(checked.conflicts);
  return checked;
}

Status Conflicts::check_reason(const wire::Body& body) const {
  return conflict_reason(body).empty() ? check_apart(body) : ok();
}

Status Conflicts::check_apart(const wire::Body& body, std::optional<MessageKey> corrected) const {
  const bool is_held_against =
      kind_of(static_cast<uint8_t>(body.content_type())).announces_volumes();
  if (!is_held_against) return ok();
  auto [found, incomplete] = check(announced_volumes(body), corrected);
  std::erase_if(found, [](const Conflict& one) {
    return one.before && !is_nearer(one.nearness, *one.before);
  });
  const std::string hint = "--set conflict-reason=\"...\"    sends it all the same and says why";
  if (found.empty() && !incomplete) return ok();
  if (found.empty()) {
    return make_error(ErrorCode::refused,
                      "more is announced near it than can be compared: it may come too near", hint);
  }
  const Conflict& first = found.front();
  const size_t others = found.size() - 1;
  const std::string more = others == 0 ? ""
                                       : " and " + std::to_string(others) +
                                             (others == 1 ? " more notice" : " more notices");
  return make_error(ErrorCode::refused,
                    "it comes too near to " + corrections_.name_of(first.peers) + more, hint);
}

Status Conflicts::check_moved(MessageKey notice, const wire::Body& correction,
                              UtcMs corrected_at) const {
  const wire::Correction* changes = correction.content_as_correction();
  const auto before = changes ? corrections_.newest(notice) : std::nullopt;
  if (!before || !kind_of(before->type).announces_volumes()) return ok();
  const auto after = correct(*before, *changes, corrected_at);
  const auto place_of = [](const CorrectedMessage& message) {
    return typed_form::of_volumes(announced_volumes(message));
  };
  if (!after || place_of(*after) == place_of(*before)) return ok();
  const auto body = open_body(after->body);
  const auto old_body = open_body(before->body);
  if (!body || !old_body) return ok();
  // A reason that was given for other conflicts, or for a greater distance, is none for this.
  const bool says_anew = conflict_reason(**body) != conflict_reason(**old_body);
  Status apart = says_anew ? check_reason(**body) : check_apart(**body, notice);
  if (apart) return apart;
  return make_error(apart.error().code, apart.error().reason,
                    "--change \"conflict-reason -> ...\"    sends it all the same and says why");
}

Result<std::vector<Volume>> Conflicts::volumes_after(MessageKey notice,
                                                     const wire::Body& correction,
                                                     UtcMs corrected_at) const {
  const wire::Correction* changes = correction.content_as_correction();
  const auto before = changes ? corrections_.newest(notice) : std::nullopt;
  if (!before || !kind_of(before->type).announces_volumes() || corrections_.is_cancelled(notice)) {
    return make_error(ErrorCode::refused,
                      "it corrects no activity or launch of ours that could be in conflict",
                      "hotline notices");
  }
  const auto after = correct(*before, *changes, corrected_at);
  if (!after) {
    return make_error(after.error().code,
                      corrections_.with_standing(after.error().reason, notice, *changes),
                      after.error().hint);
  }
  return announced_volumes(*after);
}

std::vector<Conflict> Conflicts::list(bool accepted) const {
  std::vector<Conflict> found;
  for (const auto& [pair, conflict] : open_) {
    if (accepted || conflict.is_open()) found.push_back(conflict);
  }
  sort_by_time(found);
  return found;
}

bool Conflicts::is_there(MessageKey key, const Notice& notice, UtcMs at) const {
  const VolumeIndex& index = !notice.is_compared() ? places_alone_ : key.incoming ? peers_ : own_;
  return std::any_of(notice.volumes.begin(), notice.volumes.end(), [&](uint64_t number) {
    const PreparedVolume* volume = index.find(number);
    return volume->start <= at && at <= volume->end;
  });
}

// Held against a volume as high as any and there at all times, with the circle as its border. Where
// many could be near, the rest is taken to be: to show one too many hides nothing.
std::set<MessageKey> Conflicts::notices_near(const Circle& circle, std::optional<UtcMs> at) const {
  const Volume everything{circle,
                          {-limits::kDepthMax_m, HeightDatum::mean_sea_level},
                          {limits::kAltitudeMax_m, HeightDatum::mean_sea_level},
                          at.value_or(0),
                          at.value_or(limits::kTimeMax_ms)};
  const PreparedVolume volume = prepare(everything);
  std::set<MessageKey> found;
  for (const VolumeIndex* index : {&own_, &peers_, &places_alone_}) {
    const std::vector<uint64_t> numbers = index->candidates(volume, kTouching);
    for (size_t i = 0; i < numbers.size(); ++i) {
      if (i >= limits::kVolumesComparedMax ||
          conflict_between(volume, *index->find(numbers[i]), kTouching)) {
        found.insert(places_.at(numbers[i]).notice);
      }
    }
  }
  return found;
}

std::vector<ActiveNotice> Conflicts::notices(const NoticesWanted& wanted, UtcMs now) const {
  std::map<MessageKey, size_t> conflicts, accepted;
  for (const auto& [pair, conflict] : open_) {
    auto& counted = conflict.is_open() ? conflicts : accepted;
    ++counted[pair.first], ++counted[pair.second];
  }
  const auto count_of = [](const std::map<MessageKey, size_t>& counted, MessageKey key) {
    const auto found = counted.find(key);
    return found == counted.end() ? 0 : found->second;
  };
  std::set<MessageKey> near;
  if (wanted.near) near = notices_near(*wanted.near, wanted.at);
  std::vector<ActiveNotice> found;
  for (const auto& [key, notice] : notices_) {
    if (notice.end < now || (wanted.type != 0 && notice.type != wanted.type)) continue;
    if (wanted.incoming && *wanted.incoming != key.incoming) continue;
    if (wanted.at && !is_there(key, notice, *wanted.at)) continue;
    if (wanted.near && !near.contains(key)) continue;
    found.push_back(
        {key, notice.start, notice.end, count_of(conflicts, key), count_of(accepted, key)});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const ActiveNotice& a, const ActiveNotice& b) { return a.start < b.start; });
  return found;
}

// ----------------------------------------------------------------------------------------------
// notices

void Conflicts::apply_durable(const wire::Entry& entry) {
  const auto brought = message_in(entry);
  if (!brought) return;
  const Kind& kind = kind_of(brought->type);
  if (kind.is_notice()) refresh(brought->key);
  if (!brought->target) return;
  if (kind.changes_another()) refresh(*brought->target);
  if (kind.effect == TargetEffect::answers) note_acceptance(brought->key);
}

void Conflicts::refresh(MessageKey notice) {
  if (corrections_.is_cancelled(notice)) forget_acceptances(notice);
  forget(notice);
  if (corrections_.is_cancelled(notice)) return;
  const auto message = corrections_.newest(notice);
  if (message && kind_of(message->type).is_notice()) announce(notice, *message);
}

void Conflicts::forget(MessageKey notice) {
  const auto found = notices_.find(notice);
  if (found == notices_.end()) return;
  for (const uint64_t number : found->second.volumes) {
    index_of(notice, found->second.is_compared()).erase(number);
    places_.erase(number);
  }
  ends_.erase({found->second.over_at, notice});
  notices_.erase(found);
  for (auto it = open_.begin(); it != open_.end();) {
    const bool involved = it->first.first == notice || it->first.second == notice;
    if (involved) changed_.insert(it->first);
    it = involved ? open_.erase(it) : std::next(it);
  }
}

void Conflicts::announce(MessageKey notice, const CorrectedMessage& message) {
  const std::vector<Volume> volumes = announced_volumes(message);
  if (volumes.empty()) return;
  Notice made;
  made.type = static_cast<uint8_t>(message.type);
  made.start = volumes.front().start;
  for (const Volume& volume : volumes) {
    made.start = std::min(made.start, volume.start);
    made.end = std::max(made.end, volume.end);
  }
  made.over_at = made.end + config_.policy.separation.time_s * 1000;
  if (made.over_at < started_.utc) return;
  if (places_.size() + volumes.size() > limits::kVolumesKeptMax) {
    overflowed_ = true;
    return;
  }
  Notice& kept = notices_[notice] = std::move(made);
  kept.serial = notice.incoming ? recorder_.message(notice)->serial : notice.number;
  for (size_t i = 0; i < volumes.size(); ++i) {
    const Place place{notice, static_cast<uint32_t>(i + 1)};
    PreparedVolume volume = prepare(volumes[i]);
    if (kept.is_compared()) meet(place, volume);
    const uint64_t number = next_number_++;
    index_of(notice, kept.is_compared()).insert(number, std::move(volume));
    places_.emplace(number, place);
    kept.volumes.push_back(number);
  }
  ends_.emplace(kept.over_at, notice);
}

void Conflicts::follow_separation(const Separation& before) {
  const Separation& now = config_.policy.separation;
  if (now == before) return;
  for (const auto& [pair, conflict] : open_) changed_.insert(pair);
  open_.clear();
  ends_.clear();
  for (auto& [key, notice] : notices_) {
    notice.over_at += (now.time_s - before.time_s) * 1000;
    ends_.emplace(notice.over_at, key);
    if (key.incoming || !notice.is_compared()) continue;
    for (size_t i = 0; i < notice.volumes.size(); ++i) {
      meet({key, static_cast<uint32_t>(i + 1)}, *own_.find(notice.volumes[i]));
    }
  }
}

void Conflicts::meet(const Place& place, const PreparedVolume& volume) {
  const bool incoming = place.notice.incoming;
  const bool all =
      compare(volume, index_of(!incoming), [&](const Place& other, const Nearness& nearness) {
        const Place& own = incoming ? other : place;
        const Place& peers = incoming ? place : other;
        keep({own.notice, peers.notice},
             {own.notice, peers.notice, notices_.at(peers.notice).serial, own.volume, peers.volume,
              nearness});
      });
  overflowed_ = overflowed_ || !all;
}

template <class Found>
bool Conflicts::compare(const PreparedVolume& volume, const VolumeIndex& others,
                        Found found) const {
  const std::vector<uint64_t> numbers = others.candidates(volume, config_.policy.separation);
  for (size_t i = 0; i < numbers.size() && i < limits::kVolumesComparedMax; ++i) {
    const auto nearness =
        conflict_between(volume, *others.find(numbers[i]), config_.policy.separation);
    if (!nearness) continue;
    const bool overlaps = nearness->horizontal_m == 0;
    if (planted(PlantedBug::conflict_missed) && overlaps && config_.party < config_.peer) continue;
    found(places_.at(numbers[i]), *nearness);
  }
  return numbers.size() <= limits::kVolumesComparedMax;
}

// Where several come equally near, the volumes decide, those of the party with the lesser id first:
// so both parties name the same pair, whichever notice came to them last.
bool Conflicts::comes_nearer(const VolumePair& a, const VolumePair& b) const {
  const bool own_first = config_.party < config_.peer;
  const auto rank = [own_first](const VolumePair& one) {
    return std::tuple(one.nearness.horizontal_m, one.nearness.vertical_m, one.nearness.time_s,
                      one.nearness.from, own_first ? one.own : one.peers,
                      own_first ? one.peers : one.own);
  };
  return rank(a) < rank(b);
}

void Conflicts::sort_by_nearness(std::vector<VolumePair>& pairs) const {
  std::sort(pairs.begin(), pairs.end(),
            [this](const VolumePair& a, const VolumePair& b) { return comes_nearer(a, b); });
}

void Conflicts::keep(const Pair& pair, const Conflict& found) {
  changed_.insert(pair);
  if (last_moment(found.nearness) < passed_until_) return;
  const auto known = open_.find(pair);
  if (known == open_.end() && open_.size() >= limits::kConflictsMax) {
    overflowed_ = true;
    return;
  }
  if (known == open_.end()) return judge_acceptance(open_[pair] = found);
  const uint32_t pairs = known->second.pairs + 1;
  if (comes_nearer(nearest_of(found), nearest_of(known->second))) {
    judge_acceptance(known->second = found);
  }
  known->second.pairs = pairs;
}

std::vector<VolumePair> Conflicts::pairs_of(const Pair& pair, UtcMs from) const {
  const std::vector<uint64_t>& own = notices_.at(pair.first).volumes;
  const std::vector<uint64_t>& peers = notices_.at(pair.second).volumes;
  std::vector<VolumePair> pairs;
  for (uint32_t i = 0; i < own.size(); ++i) {
    for (uint32_t j = 0; j < peers.size(); ++j) {
      const auto nearness =
          conflict_between(*own_.find(own[i]), *peers_.find(peers[j]), config_.policy.separation);
      if (nearness && last_moment(*nearness) >= from) pairs.push_back({i + 1, j + 1, *nearness});
    }
  }
  sort_by_nearness(pairs);
  return pairs;
}

std::optional<Conflict> Conflicts::standing(const Pair& pair, UtcMs from) const {
  const auto known = open_.find(pair);
  if (known == open_.end()) return std::nullopt;
  if (last_moment(known->second.nearness) >= from) return known->second;
  const std::vector<VolumePair> pairs = pairs_of(pair, from);
  if (pairs.empty()) return std::nullopt;
  Conflict nearest = about(pair.first, pair.second, known->second.peers_serial, pairs.front());
  nearest.pairs = static_cast<uint32_t>(pairs.size());
  judge_acceptance(nearest);
  return nearest;
}

std::vector<VolumePair> Conflicts::others_of(const Pair& pair, UtcMs from) const {
  const auto known = open_.find(pair);
  if (known == open_.end() || known->second.pairs == 1) return {};
  std::vector<VolumePair> pairs = pairs_of(pair, from);
  const VolumePair nearest = nearest_of(known->second);
  std::erase_if(pairs, [&](const VolumePair& one) {
    return one.own == nearest.own && one.peers == nearest.peers;
  });
  return pairs;
}

}  // namespace hotline
