#include <algorithm>

#include "daemon/api/api.h"
#include "daemon/api/waiting_pages.h"
#include "protocol/base/strict_flatbuffer.h"

namespace hotline {
namespace {

struct Page {
  std::vector<ListedMessage> messages;
  bool more = false;
  uint64_t total = 0;
  std::string next;
};

Page read_waiting(StoreReader& reader, const std::vector<WaitingPlace>& places, size_t limit,
                  uint64_t total) {
  Page page;
  page.total = total;
  fill(places, limit, page.messages, page.more, page.next,
       [&reader](const WaitingPlace& place) -> std::optional<ListedMessage> {
         auto message = reader.stored_message(place.key);
         if (!message) return std::nullopt;
         return ListedMessage(*std::move(message));
       });
  return page;
}

Page read_list(StoreReader& reader, const ListQuery& query) {
  Page page;
  size_t size = 0;
  page.more = reader.list(query, [&](const StoredMessage& message) {
    ListedMessage row(message);
    size += row.row_size();
    if (!page.messages.empty() && size > limits::kRowsSizeMax) return false;
    page.messages.push_back(std::move(row));
    return true;
  });
  // Own serials begin with 1, the peer's places with 0.
  if (query.box != ListBox::incoming)
    page.total += std::max<uint64_t>(reader.messages_end(false), 1) - 1;
  if (query.box != ListBox::outgoing) page.total += reader.messages_end(true);
  return page;
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

}  // namespace

void ClientApi::list(ClientSession& session, uint32_t request, const wire::List& list) {
  const bool waiting = list.box() == wire::Box::waiting || list.box() == wire::Box::waiting_in;
  std::function<Page(StoreReader&)> read;
  if (waiting) {
    const WaitingFilter filter{
        .own = list.box() == wire::Box::waiting, .incoming = true, .precedence = list.precedence()};
    auto wanted = waiting_wanted(core_.ladder(), filter, list.limit(), text_of(list.after()));
    if (!wanted) return sessions_.fail(session, request, wanted.error());
    read = [wanted = *std::move(wanted)](StoreReader& reader) {
      return read_waiting(reader, wanted.places, wanted.limit, wanted.total);
    };
  } else {
    read = [query = query_of(list, rows_wanted(list.limit()))](StoreReader& reader) {
      return read_list(reader, query);
    };
  }
  sessions_.read_then<Page>(
      session, request, std::move(read), [this, request](ClientSession& asker, Page page) {
        const RowContext context = row_context();
        const auto count = [this](uint8_t precedence) {
          return static_cast<uint32_t>(core_.ladder().waiting_count(
              {.own = false, .incoming = true, .precedence = precedence}));
        };
        sessions_.answer(asker, request, [&](flatbuffers::FlatBufferBuilder& b) {
          std::vector<flatbuffers::Offset<wire::MessageRow>> rows;
          for (const ListedMessage& message : page.messages)
            rows.push_back(build_row(b, message, context));
          auto next = page.next.empty() ? 0 : b.CreateString(page.next);
          return wire::CreateRows(b, b.CreateVector(rows), count(0), page.more, page.total,
                                  count(static_cast<uint8_t>(wire::Precedence::flash)), next);
        });
      });
}

}  // namespace hotline
