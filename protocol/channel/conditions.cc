#include "protocol/channel/conditions.h"

#include <algorithm>
#include <array>

#include "protocol/base/strict_flatbuffer.h"
#include "protocol/base/text.h"

namespace hotline {
namespace {

constexpr bool kCritical = true;
constexpr bool kWarning = false;
constexpr bool kSounds = true;
constexpr bool kSilent = false;

constexpr std::array kKinds = {
    ConditionKind{ConditionCode::link_down, "link-down", kCritical, kSounds},
    ConditionKind{ConditionCode::agreement_differs, "agreement-differs", kWarning, kSounds},
    ConditionKind{ConditionCode::clocks_differ, "clocks-differ", kWarning, kSounds},
    ConditionKind{ConditionCode::peer_disk_low, "peer-disk-low", kWarning, kSounds},
    ConditionKind{ConditionCode::peer_disk_full, "peer-disk-full", kCritical, kSounds},
    ConditionKind{ConditionCode::peer_store_old, "peer-store-old", kCritical, kSounds},
    ConditionKind{ConditionCode::peer_forked, "peer-forked", kCritical, kSounds},
    ConditionKind{ConditionCode::witness_frozen, "witness-frozen", kWarning, kSounds},
    ConditionKind{ConditionCode::journal_not_cosigned, "journal-not-cosigned", kWarning, kSounds},
    ConditionKind{ConditionCode::own_forked, "own-forked", kCritical, kSounds},
    ConditionKind{ConditionCode::own_store_old, "own-store-old", kCritical, kSounds},
    ConditionKind{ConditionCode::disk_low, "disk-low", kCritical, kSounds},
    // The ladder sounds these two, and the conflicts are alarmed one by one.
    ConditionKind{ConditionCode::flash_unacknowledged, "flash-unacknowledged", kCritical, kSilent},
    ConditionKind{ConditionCode::flash_undelivered, "flash-undelivered", kCritical, kSilent},
    ConditionKind{ConditionCode::undelivered, "undelivered", kWarning, kSilent},
    ConditionKind{ConditionCode::flood, "flood", kWarning, kSounds},
    ConditionKind{ConditionCode::test_call_amber, "test-call-amber", kWarning, kSounds},
    ConditionKind{ConditionCode::test_call_red, "test-call-red", kCritical, kSounds},
    ConditionKind{ConditionCode::conflicts_open, "conflicts-open", kWarning, kSilent},
    ConditionKind{ConditionCode::conflicts_differ, "conflicts-differ", kWarning, kSounds},
    ConditionKind{ConditionCode::conflicts_incomplete, "conflicts-incomplete", kWarning, kSounds},
    ConditionKind{ConditionCode::ladder_lost, "ladder-lost", kCritical, kSounds},
    ConditionKind{ConditionCode::certificate_expiring, "certificate-expiring", kWarning, kSounds},
    ConditionKind{ConditionCode::certificate_near_end, "certificate-near-end", kCritical, kSounds},
    ConditionKind{ConditionCode::certificate_expired, "certificate-expired", kCritical, kSounds},
    ConditionKind{ConditionCode::certificate_early, "certificate-early", kCritical, kSounds},
    ConditionKind{ConditionCode::list_out_of_date, "list-out-of-date", kWarning, kSounds},
    ConditionKind{ConditionCode::no_spare_path, "no-spare-path", kWarning, kSounds},
    ConditionKind{ConditionCode::command_missing, "command-missing", kCritical, kSounds},
    ConditionKind{ConditionCode::disk_hangs, "disk-hangs", kCritical, kSounds},
    ConditionKind{ConditionCode::log_not_written, "log-not-written", kWarning, kSounds},
    ConditionKind{ConditionCode::flash_not_released, "flash-not-released", kCritical, kSounds},
    ConditionKind{ConditionCode::not_released, "not-released", kWarning, kSounds},
    ConditionKind{ConditionCode::agreement_proposed, "agreement-proposed", kWarning, kSounds},
    // Each acknowledgement that differs is alarmed.
    ConditionKind{ConditionCode::read_back_differs, "read-back-differs", kCritical, kSilent},
    ConditionKind{ConditionCode::flash_share, "flash-share", kWarning, kSounds},
    ConditionKind{ConditionCode::no_handover, "no-handover", kWarning, kSounds},
    ConditionKind{ConditionCode::channel_suspended, "channel-suspended", kCritical, kSounds},
    ConditionKind{ConditionCode::channel_restricted, "channel-restricted", kWarning, kSounds},
    ConditionKind{ConditionCode::channel_reopening, "channel-reopening", kWarning, kSounds},
    ConditionKind{ConditionCode::decision_due, "decision-due", kWarning, kSounds},
    ConditionKind{ConditionCode::notifier_unreachable, "notifier-unreachable", kCritical, kSounds},
    ConditionKind{ConditionCode::exercise_stopped, "exercise-stopped", kWarning, kSounds},
    ConditionKind{ConditionCode::exercise_clock_proposed, "exercise-clock-proposed", kWarning,
                  kSounds},
    ConditionKind{ConditionCode::clocks_apart, "clocks-apart", kWarning, kSounds},
    ConditionKind{ConditionCode::recovery_unconfirmed, "recovery-unconfirmed", kWarning, kSounds},
};

// Each stands at its number.
constexpr bool is_in_order() {
  for (size_t i = 0; i < kKinds.size(); ++i) {
    if (static_cast<size_t>(kKinds[i].code) != i + 1) return false;
  }
  return true;
}
static_assert(is_in_order());

const ConditionKind& condition_kind(ConditionCode code) {
  return kKinds[static_cast<size_t>(code) - 1];
}

}  // namespace

const ConditionKind* find_condition_kind(uint8_t number) {
  return number == 0 || number > kKinds.size() ? nullptr : &kKinds[number - 1];
}

void Conditions::raise(Now now, ConditionCode code, const std::string& subject,
                       const std::string& text, UtcMs since) {
  const Name name{code, subject};
  const State state{since == 0 ? now.utc : since, shortened(text, limits::kConditionTextSizeMax)};
  if (const auto known = open_.find(name); known != open_.end()) {
    known->second.text = state.text;
  } else if (const auto held = held_back_.find(name); held != held_back_.end()) {
    held->second.text = state.text;
  } else if (gates_.try_emplace(name, limits::kConditionsBegunMax).first->second.admit(now.boot)) {
    begin(now, name, state);
  } else {
    held_back_.emplace(name, state);
  }
}

void Conditions::begin(Now now, const Name& name, const State& state) {
  apply(recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    auto subject = b.CreateString(name.subject);
    auto text = b.CreateString(state.text);
    return wire::CreateConditionBegan(b, static_cast<uint8_t>(name.code), subject,
                                      state.since == now.utc ? 0 : state.since, text);
  }));
  if (condition_kind(name.code).sounds) recorder_.say(Alarm{{}, state.text});
}

void Conditions::clear(Now now, ConditionCode code, const std::string& subject) {
  const Name name{code, subject};
  held_back_.erase(name);
  if (!open_.contains(name)) return;
  apply(recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateConditionEnded(b, static_cast<uint8_t>(code), b.CreateString(subject));
  }));
}

void Conditions::set(Now now, ConditionCode code, const std::map<std::string, std::string>& texts) {
  std::vector<std::string> over;
  for (const auto* states : {&open_, &held_back_}) {
    for (auto one = states->lower_bound({code, ""}); one != states->end(); ++one) {
      if (one->first.code != code) break;
      if (!texts.contains(one->first.subject)) over.push_back(one->first.subject);
    }
  }
  for (const std::string& subject : over) clear(now, code, subject);
  for (const auto& [subject, text] : texts) raise(now, code, subject, text);
}

std::vector<Condition> Conditions::sorted(
    std::initializer_list<const std::map<Name, State>*> which) {
  std::vector<Condition> all;
  for (const auto* states : which) {
    for (const auto& [name, state] : *states) {
      all.push_back({&condition_kind(name.code), name.subject, state.since, state.text});
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Condition& a, const Condition& b) {
    return a.kind->is_critical != b.kind->is_critical ? a.kind->is_critical : a.since < b.since;
  });
  return all;
}

void Conditions::tick(Now now) {
  for (auto& [name, gate] : gates_) {
    if (gate.take_held_back(now.boot) == 0) continue;
    if (auto held = held_back_.extract(name)) begin(now, name, held.mapped());
  }
  std::erase_if(gates_, [now](const auto& one) { return one.second.is_idle(now.boot); });
}

BootMs Conditions::due() const {
  BootMs next = INT64_MAX;
  for (const auto& [name, gate] : gates_) next = std::min(next, gate.due().value_or(next));
  return next;
}

void Conditions::apply(const wire::Entry& entry) {
  if (const wire::ConditionBegan* began = entry.fact_as_ConditionBegan()) {
    if (find_condition_kind(began->code()) == nullptr) return;  // A later version wrote it.
    open_[{static_cast<ConditionCode>(began->code()), text_of(began->subject())}] = {
        began->since() == 0 ? entry.at() : began->since(), text_of(began->text())};
  } else if (const wire::ConditionEnded* ended = entry.fact_as_ConditionEnded()) {
    open_.erase({static_cast<ConditionCode>(ended->code()), text_of(ended->subject())});
  }
}

const char* Conditions::fault_in(const wire::Entry& entry) const {
  const auto is_known = [this](uint8_t code, const flatbuffers::String* subject) {
    return open_.contains({static_cast<ConditionCode>(code), text_of(subject)});
  };
  if (const wire::ConditionBegan* began = entry.fact_as_ConditionBegan()) {
    if (is_known(began->code(), began->subject())) return "its condition had begun already";
  } else if (const wire::ConditionEnded* ended = entry.fact_as_ConditionEnded()) {
    const bool is_ours = find_condition_kind(ended->code()) != nullptr;
    if (is_ours && !is_known(ended->code(), ended->subject())) return "its condition had not begun";
  }
  return nullptr;
}

}  // namespace hotline
