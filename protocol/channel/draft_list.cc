#include "protocol/channel/draft_list.h"

#include <tuple>
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/base/sha256.h"
#include "protocol/base/text.h"
#include "protocol/message/body.h"
#include "protocol/message/draft.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/names.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

ByteView bytes_of(const flatbuffers::Vector<uint8_t>& bytes) {
  return {bytes.data(), bytes.size()};
}

Hash hash_or_none(const wire::Digest* digest) {
  return digest == nullptr ? Hash{} : to_hash(*digest);
}

std::string subject_in(const wire::Draft& draft) {
  const auto body = open_body(bytes_of(*draft.body()));
  return body ? shortened(text_of((*body)->subject()), limits::kRowSubjectSizeMax) : "";
}

std::string end_of(const EndedDraft& ended, const std::string& name, const std::string& prefix) {
  const std::string by = role_name(ended.role);
  const std::string at = format_rfc3339(ended.at);
  if (ended.serial == 0) return name + " was discarded by " + by + " at " + at;
  const std::string id = format_serial(prefix, ended.serial);
  if (ended.last.submitted.at == 0) return name + " was sent as " + id + " by " + by + " at " + at;
  return name + " was released by " + by + " at " + at + ", as " + id;
}

}  // namespace

Result<Opened<wire::Draft>> open_to_be_kept(ByteView bytes) {
  if (bytes.size() > limits::kDraftSizeMax) {
    return make_error(ErrorCode::refused,
                      "the draft is too large (" + std::to_string(bytes.size()) + " of at most " +
                          std::to_string(limits::kDraftSizeMax) + " bytes)",
                      "shorten the text");
  }
  auto draft = open_flatbuffer<wire::Draft>(bytes, kDraftIdentifier);
  if (!draft) return draft.error();
  const auto body = open_body(bytes_of(*(*draft)->body()));
  if (!body) return body.error();
  const Kind& kind = kind_of((*draft)->type());
  if (!kind.is_built() || kind.built.number != (*body)->content_type()) {
    return make_error(ErrorCode::refused, "the draft's type is not that of its content",
                      "install hotline and hotlined of the same release");
  }
  if (kind.is_test_call) {
    return make_error(ErrorCode::refused, "a test call says what is so now: it is not kept",
                      "hotline test-call");
  }
  const uint8_t precedence = (*draft)->precedence();
  if (precedence != 0 && !is_precedence(precedence)) {
    return make_error(ErrorCode::refused, "the draft's precedence is none",
                      "-p flash, immediate, priority or routine");
  }
  return draft;
}

std::vector<std::string> accepted_by(const wire::Draft& draft) {
  const auto body = open_body(bytes_of(*draft.body()));
  std::vector<std::string> references;
  if (!body || !accepts_conflict(**body) || !draft.references()) return references;
  for (const flatbuffers::String* id : *draft.references()) references.push_back(id->str());
  return references;
}

const KeptDraft* DraftList::find(uint64_t number) const {
  const auto found = open_.find(number);
  return found == open_.end() ? nullptr : &found->second;
}

const EndedDraft* DraftList::find_ended(uint64_t number) const {
  const auto found = ended_.find(number);
  return found == ended_.end() ? nullptr : &found->second;
}

const char* DraftList::fault_in(const wire::Entry& entry) const {
  if (const auto* saved = entry.fact_as_DraftSaved()) {
    const KeptDraft* before = find(saved->number());
    const bool is_new = saved->number() == last_number_ + 1 && saved->version() == 1;
    const bool is_next = before != nullptr && saved->version() == before->version + 1 &&
                         hash_or_none(saved->previous()) == before->hash;
    if (!is_new && !is_next) return "it follows no version of its draft";
    if (!open_to_be_kept(bytes_of(*saved->draft()))) return "its draft cannot be read";
  } else if (const auto* discarded = entry.fact_as_DraftDiscarded()) {
    if (find(discarded->number()) == nullptr) return "it ends a draft that is not open";
  } else if (const auto* submitted = entry.fact_as_DraftSubmitted()) {
    const KeptDraft* draft = find(submitted->number());
    if (draft == nullptr || draft->version != submitted->version() || draft->submitted.at != 0) {
      return "it hands in no open version of a draft";
    }
  } else if (const auto* returned = entry.fact_as_DraftReturned()) {
    const KeptDraft* draft = find(returned->number());
    if (draft == nullptr || draft->submitted.at == 0) return "it returns no draft that waits";
  } else if (const auto* released = entry.fact_as_Released()) {
    if (released->draft() != 0 && find(released->draft()) == nullptr) {
      return "it ends a draft that is not open";
    }
  }
  return nullptr;
}

void DraftList::apply(uint64_t journal_index, const wire::Entry& entry) {
  if (const auto* saved = entry.fact_as_DraftSaved()) {
    const ByteView bytes = bytes_of(*saved->draft());
    const auto draft = open_flatbuffer<wire::Draft>(bytes, kDraftIdentifier);
    if (!draft) return;  // Nobody saves one that cannot be read, and no journal with one is taken.
    last_number_ = std::max(last_number_, saved->number());
    open_[saved->number()] = {saved->number(),
                              saved->version(),
                              journal_index,
                              sha256({bytes}),
                              (*draft)->type(),
                              (*draft)->precedence(),
                              (*draft)->danger_to_life(),
                              subject_in(**draft),
                              entry.at(),
                              saved->role(),
                              hash_or_none(saved->submitter()),
                              {},
                              {},
                              {},
                              accepted_by(**draft),
                              {bytes.begin(), bytes.end()}};
  } else if (const auto* discarded = entry.fact_as_DraftDiscarded()) {
    end(discarded->number(), {{}, 0, entry.at(), discarded->role(), journal_index});
  } else if (const auto* submitted = entry.fact_as_DraftSubmitted()) {
    const auto found = open_.find(submitted->number());
    if (found == open_.end()) return;
    found->second.submitted = {entry.at(), journal_index, submitted->role(),
                               hash_or_none(submitted->submitter())};
    found->second.returned = {};
    found->second.returned_because.clear();
  } else if (const auto* returned = entry.fact_as_DraftReturned()) {
    const auto found = open_.find(returned->number());
    if (found == open_.end()) return;
    found->second.submitted = {};
    found->second.returned = {entry.at(), journal_index, returned->role(),
                              hash_or_none(returned->submitter())};
    found->second.returned_because = text_of(returned->reason());
  } else if (const auto* released = entry.fact_as_Released()) {
    if (released->draft() == 0) return;
    end(released->draft(), {{}, released->serial(), entry.at(), released->role(), journal_index});
  }
}

size_t DraftList::count_submitted() const {
  return static_cast<size_t>(std::count_if(
      open_.begin(), open_.end(), [](const auto& one) { return one.second.submitted.at != 0; }));
}

std::vector<const KeptDraft*> DraftList::waiting() const {
  std::vector<const KeptDraft*> drafts;
  for (const auto& [number, draft] : open_) drafts.push_back(&draft);
  const auto rank = [](const KeptDraft* draft) {
    const bool is_unsaid = draft->precedence == 0;
    const UtcMs since = draft->submitted.at != 0 ? draft->submitted.at : draft->saved_at;
    return std::tuple(is_unsaid, draft->precedence, since, draft->number);
  };
  std::sort(drafts.begin(), drafts.end(),
            [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
  return drafts;
}

Error DraftList::why_not_open(uint64_t number, const std::string& prefix) const {
  const std::string name = format_draft_name(number);
  if (const EndedDraft* ended = find_ended(number)) {
    return make_error(ErrorCode::refused, end_of(*ended, name, prefix), "hotline draft list");
  }
  const bool is_past = number != 0 && number <= last_number_;
  return make_error(
      ErrorCode::not_found,
      is_past ? name + " was sent or discarded long ago" : "there is no draft " + name,
      "hotline draft list");
}

void DraftList::end(uint64_t number, EndedDraft ended) {
  const auto found = open_.find(number);
  if (found == open_.end()) return;
  ended.last = std::move(found->second);
  ended.last.draft = {};
  open_.erase(found);
  ended_[number] = std::move(ended);
  if (ended_.size() > limits::kDraftsEndedKept) ended_.erase(ended_.begin());
}

}  // namespace hotline
