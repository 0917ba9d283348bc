#include <algorithm>

#include "daemon/api/api.h"
#include "daemon/api/wanted_message.h"
#include "protocol/base/limits.h"
#include "protocol/base/text.h"

namespace hotline {
namespace {

// The fate of a message by those that came after it.
struct Afterwards {
  Bytes newest_body;  // Empty where it says what it said.
  std::vector<std::string> corrections;
  std::optional<Corrections::Cancellation> cancellation;
  bool expired = false;
};

Afterwards afterwards(Corrections& corrections, MessageKey key, ByteView body, UtcMs now) {
  Afterwards after;
  after.cancellation = corrections.cancellation_of(key);
  for (const Corrections::Change& one : corrections.of(key)) {
    after.corrections.push_back(corrections.name_of(one.key));
  }
  const auto newest = corrections.newest(key);
  if (!newest) return after;
  if (!std::equal(newest->body.begin(), newest->body.end(), body.begin(), body.end())) {
    after.newest_body = newest->body;
  }
  after.expired = useful_until(*newest).value_or(now) < now;
  return after;
}

// Facts take what a frame has beside the message, its newest state and its answers.
constexpr size_t kFactsSizeMax = limits::kRowsSizeMax - 128 * 1024;
constexpr size_t kAnswerSizeMax = 1000;  // Each one's; the message that it stands in has all of it.

flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<wire::QuestionRow>>> build_questions(
    flatbuffers::FlatBufferBuilder& b, Answers& answers, MessageKey request) {
  const std::vector<Answers::Question>& questions = answers.of(request);
  if (questions.empty()) return 0;
  std::vector<flatbuffers::Offset<wire::QuestionRow>> rows;
  for (size_t i = 0; i < questions.size(); ++i) {
    const auto said = answers.said(request, i + 1).value_or(Answers::Said{});
    const auto text = b.CreateString(shortened(said.text, kAnswerSizeMax));
    const auto id = b.CreateString(said.id);
    rows.push_back(wire::CreateQuestionRow(
        b, static_cast<uint8_t>(questions[i].outcome), text, said.later_at.value_or(0), id,
        questions[i].answer.incoming, static_cast<uint8_t>(said.role), said.released_at));
  }
  return b.CreateVector(rows);
}

}  // namespace

void ClientApi::show(ClientSession& session, uint32_t request, const wire::Show& show) {
  const std::string name = show.id()->str();
  const auto wanted = named(name, config_.prefix, config_.peer_prefix);
  if (!wanted) return sessions_.fail(session, request, not_found(name));
  struct Found {
    std::optional<ListedMessage> message;
    Bytes envelope;
    Bytes body;
    std::vector<JournalRecord> entries;
    uint64_t total = 0;
    bool uncounted = false;
    bool cut = false;
  };
  sessions_.read_then<Found>(
      session, request,
      [wanted = *wanted](StoreReader& reader) {
        Found found;
        std::optional<StoredMessage> message = find(reader, wanted);
        if (!message) return found;
        const MessageKey key = message->record.key;
        found.envelope = std::move(message->record.envelope);
        found.body = message->record.body;
        size_t size = found.envelope.size() + found.body.size();
        const auto add = [&](uint64_t index) {
          if (!found.entries.empty() && found.entries.back().index == index) return;
          auto entry = reader.journal_entry(index);
          if (!entry) return;
          found.cut = found.cut || size + entry->entry.size() > kFactsSizeMax;
          if (found.cut) return;
          size += entry->entry.size() + 128;
          found.entries.push_back(*std::move(entry));
        };
        add(message->record.journal_index);
        const Facts facts = reader.facts_of(key);
        for (const FactRecord& fact : facts.facts) add(fact.journal_index);
        found.total = facts.total;
        found.cut = found.cut || facts.total > facts.facts.size();
        found.uncounted = facts.uncounted;
        message->record.envelope = found.envelope;
        found.message.emplace(*std::move(message));
        return found;
      },
      [this, request, name](ClientSession& asker, Found found) {
        if (!found.message) return sessions_.fail(asker, request, not_found(name));
        renew(*found.message, nullptr);
        const RowContext context = row_context();
        const Afterwards after = afterwards(core_.corrections(), found.message->stored.record.key,
                                            found.body, context.now.utc);
        sessions_.answer(asker, request, [&](flatbuffers::FlatBufferBuilder& b) {
          auto row = build_row(b, *found.message, context);
          auto envelope = b.CreateVector(found.envelope);
          auto body = b.CreateVector(found.body);
          std::vector<flatbuffers::Offset<wire::JournalRow>> facts;
          for (const JournalRecord& fact : found.entries)
            facts.push_back(build_journal_row(b, fact));
          auto newest = after.newest_body.empty() ? 0 : b.CreateVector(after.newest_body);
          auto corrections = b.CreateVectorOfStrings(after.corrections);
          auto questions = build_questions(b, core_.answers(), found.message->stored.record.key);
          const auto& cancelled = after.cancellation;
          auto by = cancelled ? b.CreateString(cancelled->id) : 0;
          auto because =
              cancelled ? b.CreateString(shortened(cancelled->reason, kAnswerSizeMax)) : 0;
          return wire::CreateDetail(b, row, envelope, body, b.CreateVector(facts), found.total,
                                    found.uncounted, found.cut, newest, corrections,
                                    cancelled.has_value(), after.expired, questions, by, because);
        });
      });
}

}  // namespace hotline
