#include "daemon/api/handover_list.h"

#include <algorithm>
#include <optional>

#include "daemon/api/message_rows.h"
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/names.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

constexpr size_t kItemsMax = limits::kHandoverItemsPerCode;

HandoverItem item_of(wire::HandoverCode code, const std::string& subject, uint8_t precedence,
                     UtcMs since, const std::string& text) {
  const size_t text_max = code == wire::HandoverCode::condition ? limits::kHandoverConditionSizeMax
                                                                : limits::kHandoverTextSizeMax;
  return {code,
          shortened(subject, limits::kHandoverSubjectSizeMax),
          precedence,
          since,
          shortened(text, text_max),
          0};
}

// Says so where there are more than have an item.
void add_rest(auto& items, wire::HandoverCode code, uint64_t total) {
  if (total > kItemsMax) {
    items.push_back({HandoverItem{code, "", 0, 0, "", total - kItemsMax}});
  }
}

HandoverMessages waiting_of(const Core& core, wire::HandoverCode code,
                            const WaitingFilter& filter) {
  HandoverMessages found{code, {}, core.ladder().waiting_count(filter)};
  for (const WaitingPlace& place : core.ladder().waiting(filter, kItemsMax)) {
    found.first.push_back(place.key);
  }
  return found;
}

HandoverMessages unanswered_of(Core& core) {
  HandoverMessages found{wire::HandoverCode::unanswered, {}, core.answers().open_count()};
  for (const Answers::OpenRequest& one : core.answers().open_requests(0, kItemsMax)) {
    found.first.push_back(one.key);
  }
  return found;
}

HandoverMessages undisseminated_of(const Core& core) {
  HandoverMessages found{wire::HandoverCode::undisseminated, {}, 0};
  for (const auto& [precedence, messages] : core.handover().undisseminated()) {
    found.total += messages.size();
    messages.visit([&found](uint64_t place) {
      if (found.first.size() == kItemsMax) return false;
      found.first.push_back({true, place});
      return true;
    });
  }
  return found;
}

wire::HandoverCode code_of(const KeptDraft& draft) {
  if (draft.submitted.at != 0) return wire::HandoverCode::draft_to_release;
  return draft.returned.at != 0 ? wire::HandoverCode::draft_given_back : wire::HandoverCode::draft;
}

// Those that others wait for come first; all together have no more items than another code.
void add_drafts(std::vector<HandoverItem>& items, const DraftList::Open& open) {
  size_t listed = 0;
  for (const auto code : {wire::HandoverCode::draft_to_release,
                          wire::HandoverCode::draft_given_back, wire::HandoverCode::draft}) {
    uint64_t rest = 0;
    for (const auto& [number, draft] : open) {
      if (code_of(draft) != code) continue;
      if (listed == kItemsMax) {
        ++rest;
        continue;
      }
      ++listed;
      items.push_back(item_of(code, format_draft_name(number), draft.precedence,
                              draft.submitted.at != 0 ? draft.submitted.at : draft.saved_at,
                              draft.subject));
    }
    if (rest > 0) items.push_back({code, "", 0, 0, "", rest});
  }
}

// But for the one that the hand-over itself ends.
void add_conditions(std::vector<HandoverItem>& items, const Conditions& conditions) {
  uint64_t count = 0;
  for (const Condition& one : conditions.list()) {
    if (one.kind->code == ConditionCode::no_handover || count++ >= kItemsMax) continue;
    items.push_back(item_of(wire::HandoverCode::condition,
                            std::string(one.kind->name) + " " + one.subject, 0, one.since,
                            one.text));
  }
  add_rest(items, wire::HandoverCode::condition, count);
}

void add_rungs(std::vector<HandoverItem>& items, const Core& core) {
  uint64_t count = 0;
  for (const auto& [climbed, climbs] : core.handover().rungs()) {
    if (count++ >= kItemsMax) continue;
    const std::string whose =
        upper_case(climbed.incoming ? core.config().peer : core.config().party);
    const std::string text = climbs.count == 1 ? "climbed once, for messages of " + whose
                                               : "climbed " + std::to_string(climbs.count) +
                                                     " times, for messages of " + whose;
    items.push_back(
        item_of(wire::HandoverCode::rung, climbed.rung, climbed.precedence, climbs.last_at, text));
  }
  add_rest(items, wire::HandoverCode::rung, count);
}

using Listed = std::vector<HandoverListed>;

HandoverItem message_item(StoreReader& reader, const HandoverGathered& gathered,
                          wire::HandoverCode code, MessageKey key) {
  auto stored = reader.stored_message(key);
  if (!stored) {
    const std::string& prefix = key.incoming ? gathered.peer_prefix : gathered.prefix;
    return item_of(code, format_place(prefix, key.number), 0, 0, "");
  }
  const std::string name = message_name(stored->record, gathered.prefix, gathered.peer_prefix);
  const uint8_t precedence = stored->record.precedence;
  const UtcMs at = stored->record.committed_at;
  return item_of(code, name, precedence, at, ListedMessage(*std::move(stored)).subject);
}

void add_conflicts(Listed& items, StoreReader& reader, const HandoverGathered& gathered) {
  const auto code = wire::HandoverCode::conflict;
  for (const auto& [own, peers] : gathered.conflicts) {
    const HandoverItem ours = message_item(reader, gathered, code, own);
    const HandoverItem theirs = message_item(reader, gathered, code, peers);
    items.push_back({item_of(code, ours.subject + " " + theirs.subject, 0,
                             std::max(ours.since, theirs.since), theirs.text),
                     peers});
  }
  add_rest(items, code, gathered.conflicts_total);
}

void add_pauses(Listed& items, StoreReader& reader, const HandoverGathered& gathered) {
  for (const auto& [key, pause] : gathered.pauses) {
    HandoverItem item = message_item(reader, gathered, wire::HandoverCode::paused, key);
    item.since = pause.until;
    item.text = shortened(pause.reason, limits::kHandoverTextSizeMax);
    items.push_back({std::move(item)});
  }
  add_rest(items, wire::HandoverCode::paused, gathered.pauses_total);
}

void add_incidents(Listed& items, StoreReader& reader, bool as_it_is) {
  const OpenIncidents open = read_open_incidents(reader, kItemsMax, as_it_is);
  for (const OpenIncident& one : open.first) {
    items.push_back(
        {item_of(wire::HandoverCode::incident, one.id, one.precedence, one.began_at, one.subject),
         one.first});
  }
  add_rest(items, wire::HandoverCode::incident, open.total);
  if (open.cut) {
    items.push_back({item_of(wire::HandoverCode::not_looked_at, "incidents", 0, 0,
                             "not every incident could be looked at: hotline incident list")});
  }
}

}  // namespace

HandoverGathered gather_handover(Core& core, UtcMs now, const std::string& prefix,
                                 const std::string& peer_prefix) {
  HandoverGathered gathered;
  gathered.prefix = prefix;
  gathered.peer_prefix = peer_prefix;
  gathered.messages = {
      waiting_of(core, wire::HandoverCode::unacknowledged, {.own = false, .incoming = true}),
      waiting_of(core, wire::HandoverCode::not_acknowledged, {.own = true, .incoming = false}),
      unanswered_of(core), undisseminated_of(core)};
  for (const Conflict& one : core.conflicts().list()) {
    if (++gathered.conflicts_total > kItemsMax) continue;
    gathered.conflicts.emplace_back(one.own, one.peers);
  }
  for (const auto& [key, pause] : core.pauses().list(now)) {
    if (++gathered.pauses_total <= kItemsMax) gathered.pauses.emplace_back(key, pause);
  }
  add_drafts(gathered.rest, core.drafts().open());
  add_conditions(gathered.rest, core.conditions());
  add_rungs(gathered.rest, core);
  gathered.index_as_it_is = core.status().disk_low;
  return gathered;
}

std::vector<HandoverListed> complete_handover(StoreReader& reader,
                                              const HandoverGathered& gathered) {
  Listed items;
  for (const HandoverMessages& messages : gathered.messages) {
    for (const MessageKey key : messages.first) {
      items.push_back({message_item(reader, gathered, messages.code, key), key});
    }
    add_rest(items, messages.code, messages.total);
  }
  add_pauses(items, reader, gathered);
  add_conflicts(items, reader, gathered);
  add_incidents(items, reader, gathered.index_as_it_is);
  for (const HandoverItem& item : gathered.rest) items.push_back({item});
  return items;
}

std::vector<HandoverItem> as_they_stand(Core& core, std::vector<HandoverListed> listed) {
  std::vector<HandoverItem> items;
  for (HandoverListed& one : listed) {
    const bool is_corrected = one.about && !core.corrections().of(*one.about).empty();
    const auto newest = is_corrected ? core.corrections().newest(*one.about) : std::nullopt;
    const auto body = newest ? open_body(newest->body) : Error{};
    if (body) {
      one.item.text = shortened(text_of((*body)->subject()), limits::kHandoverTextSizeMax);
    }
    items.push_back(std::move(one.item));
  }
  return items;
}

}  // namespace hotline
