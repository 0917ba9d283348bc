#include <algorithm>
#include <charconv>

#include "daemon/api/api.h"
#include "daemon/api/waiting_pages.h"
#include "protocol/base/strict_flatbuffer.h"

namespace hotline {
namespace {

ListPage read_waiting(StoreReader& reader, const std::vector<WaitingPlace>& places, size_t limit,
                      uint64_t total) {
  ListPage page;
  page.total = total;
  fill(places, limit, page.messages, page.more, page.next,
       [&reader](const WaitingPlace& place) -> std::optional<ListedMessage> {
         auto message = reader.stored_message(place.key);
         if (!message) return std::nullopt;
         return ListedMessage(*std::move(message));
       });
  return page;
}

ListPage read_list(StoreReader& reader, const ListQuery& query) {
  ListPage page;
  page.more =
      reader.list(query, [&page](const StoredMessage& message) { return page.add(message); });
  // Own serials begin with 1, the peer's places with 0.
  if (query.box != ListBox::incoming)
    page.total += std::max<uint64_t>(reader.messages_end(false), 1) - 1;
  if (query.box != ListBox::outgoing) page.total += reader.messages_end(true);
  return page;
}

// As many as fit, from a place in their order on; `next` counts those before the next page.
ListPage read_open(StoreReader& reader, const std::vector<Answers::OpenRequest>& from,
                   uint64_t skipped, size_t limit, uint64_t total) {
  ListPage page;
  page.total = total;
  for (const Answers::OpenRequest& one : from) {
    const auto message = reader.stored_message(one.key);
    if (!message) continue;
    page.more = page.messages.size() == limit || !page.add(*message);
    if (page.more) break;
  }
  page.next = std::to_string(skipped + page.messages.size());
  return page;
}

// Empty is none; nothing for what is no number.
std::optional<uint64_t> parse_count(const std::string& text) {
  uint64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, count);
  if (!text.empty() && (parsed.ec != std::errc() || parsed.ptr != end)) return std::nullopt;
  return count;
}

ListQuery query_of(const wire::List& list, size_t limit) {
  ListQuery query;
  query.limit = static_cast<uint32_t>(limit);
  query.box = list.box() == wire::Box::incoming   ? ListBox::incoming
              : list.box() == wire::Box::outgoing ? ListBox::outgoing
                                                  : ListBox::all;
  if (list.before_journal_index() != 0) query.before_journal_index = list.before_journal_index();
  return query;
}

// Few messages wait, and the core knows them; all else is chosen from with the search index.
bool is_chosen(const wire::List& list) {
  return !text_of(list.words()).empty() || list.type() != 0 || list.incident() != nullptr ||
         !text_of(list.code()).empty() || list.since() != 0 || list.until() != 0;
}

}  // namespace

void ClientApi::list(ClientSession& session, uint32_t request, const wire::List& list) {
  const bool waiting = list.box() == wire::Box::waiting || list.box() == wire::Box::waiting_in;
  const bool open_requests = list.box() == wire::Box::open_requests;
  if ((waiting || open_requests) && is_chosen(list)) {
    return sessions_.fail(
        session, request,
        make_error(ErrorCode::usage, "of what waits only a precedence can be chosen"));
  }
  std::function<ListPage(StoreReader&)> read;
  if (open_requests) {
    const auto skipped = parse_count(text_of(list.after()));
    if (!skipped) return sessions_.fail(session, request, no_place(text_of(list.after())));
    const size_t limit = rows_wanted(list.limit());
    read = [from = core_.answers().open_requests(*skipped, limit + 1), skipped = *skipped, limit,
            total = core_.answers().open_count()](StoreReader& reader) {
      return read_open(reader, from, skipped, limit, total);
    };
  } else if (waiting) {
    const WaitingFilter filter{
        .own = list.box() == wire::Box::waiting, .incoming = true, .precedence = list.precedence()};
    auto wanted = waiting_wanted(core_.ladder(), filter, list.limit(), text_of(list.after()));
    if (!wanted) return sessions_.fail(session, request, wanted.error());
    read = [wanted = *std::move(wanted)](StoreReader& reader) {
      return read_waiting(reader, wanted.places, wanted.limit, wanted.total);
    };
  } else {
    const ListQuery query = query_of(list, rows_wanted(list.limit()));
    if (is_chosen(list) || list.precedence() != 0) return search(session, request, list, query);
    read = [query](StoreReader& reader) { return read_list(reader, query); };
  }
  sessions_.read_then<ListPage>(session, request, std::move(read),
                                [this, request](ClientSession& asker, const ListPage& page) {
                                  answer_page(asker, request, page);
                                });
}

void ClientApi::answer_page(ClientSession& asker, uint32_t request, const ListPage& page) {
  const RowContext context = row_context();
  const auto count = [this](uint8_t precedence) {
    return static_cast<uint32_t>(
        core_.ladder().waiting_count({.own = false, .incoming = true, .precedence = precedence}));
  };
  sessions_.answer(asker, request, [&](flatbuffers::FlatBufferBuilder& b) {
    std::vector<flatbuffers::Offset<wire::MessageRow>> rows;
    for (ListedMessage message : page.messages) {
      if (message.stored.corrected_at != 0) renew(message, nullptr);
      rows.push_back(build_row(b, message, context));
    }
    auto next = page.next.empty() ? 0 : b.CreateString(page.next);
    auto near = page.near_thread.empty() ? 0 : b.CreateString(page.near_thread);
    return wire::CreateRows(b, b.CreateVector(rows), count(0), page.more, page.total,
                            count(static_cast<uint8_t>(wire::Precedence::flash)), next,
                            page.not_searched, static_cast<uint32_t>(core_.answers().open_count()),
                            static_cast<uint32_t>(core_.drafts().open().size()),
                            static_cast<uint32_t>(core_.drafts().count_submitted()), near);
  });
}

}  // namespace hotline
