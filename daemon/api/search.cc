// Lists that leave something out, by words and by what a message is: read from the search index of
// the store.
#include <algorithm>

#include "daemon/api/index_asking.h"
#include "daemon/store/search_limits.h"
#include "protocol/base/limits.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/base/text.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

Result<ListPage> find_page(StoreReader& reader, const SearchQuery& query,
                           const IndexProgress& progress) {
  ListPage page;
  const auto outcome = reader.search_index().search(
      query, [&page](const StoredMessage& message) { return page.add(message); });
  if (!outcome) return outcome.error();
  page.total = outcome->total;
  page.more = outcome->more;
  page.not_searched = progress.size - std::min(progress.covered, progress.size);
  if (page.total == 0 && !query.incident.empty()) {
    const auto near = reader.search_index().near_thread(query.incident);
    if (!near) return near.error();
    page.near_thread = *near;
  }
  return page;
}

Result<SearchQuery> query_of(const wire::List& list, const ListQuery& page) {
  SearchQuery query;
  query.list = page;
  query.words = text_of(list.words());
  if (query.words.size() > limits::kSearchWordsSizeMax) {
    return make_error(ErrorCode::usage, "the words to search for have more than " +
                                            std::to_string(limits::kSearchWordsSizeMax) + " bytes");
  }
  query.type = list.type();
  query.code = text_of(list.code());
  query.precedence = list.precedence();
  query.incident = text_of(list.incident());
  if (const auto serial = parse_serial(query.incident)) query.incident = format_serial(*serial);
  if (list.since() != 0) query.since = list.since();
  if (list.until() != 0) query.until = list.until();
  return query;
}

}  // namespace

void ClientApi::search(ClientSession& session, uint32_t request, const wire::List& list,
                       const ListQuery& page) {
  const auto query = query_of(list, page);
  if (!query) return sessions_.fail(session, request, query.error());
  ask_index<ListPage>(
      session, request,
      [query = *query](StoreReader& reader, const IndexProgress& progress) {
        return find_page(reader, query, progress);
      },
      [this, request](ClientSession& asker, const ListPage& found) {
        answer_page(asker, request, found);
      },
      read_clocks().boot + (list.impatient() ? 0 : limits::kIndexPatience_ms));
}

void ClientApi::follow_index(BootMs work_until) {
  if (core_.status().disk_low) return;
  index_followed_ = true;
  sessions_.read_for_itself(
      [this, work_until](StoreReader& reader) -> ClientSessions::AfterOwnRead {
        // A person who searches is told of an error.
        const auto progress = reader.search_index().catch_up();
        const bool has_more = progress && !progress->is_complete();
        return [this, work_until, has_more] {
          index_followed_ = false;
          if (has_more && read_clocks().boot < work_until) follow_index(work_until);
        };
      },
      [this] { index_followed_ = false; });
}

}  // namespace hotline
