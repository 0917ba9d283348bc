// Lists that leave something out, by words and by what a message is: read from the search index of
// the store, which follows the journal in the back, a few steps a second. Who searches waits until
// it has come to the end.
#include "daemon/api/api.h"
#include "daemon/process/system_clock.h"
#include "daemon/store/search_limits.h"
#include "protocol/base/limits.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/base/text.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

// A step, and what was found where it was the last one.
struct Searched {
  std::optional<Error> error;
  IndexProgress progress;
  std::optional<ListPage> page;
};

// `as_it_is`: without taking anything in.
Searched take_a_step(StoreReader& reader, const SearchQuery& query, bool as_it_is) {
  Searched searched;
  SearchIndex& index = reader.search_index();
  const auto progress = as_it_is ? index.progress() : index.catch_up();
  if (!progress) {
    searched.error = progress.error();
    return searched;
  }
  searched.progress = *progress;
  if (!progress->is_complete() && !as_it_is) return searched;
  ListPage page;
  const auto outcome =
      index.search(query, [&page](const StoredMessage& message) { return page.add(message); });
  if (!outcome) {
    searched.error = outcome.error();
    return searched;
  }
  page.total = outcome->total;
  page.more = outcome->more;
  page.not_searched = progress->size - std::min(progress->covered, progress->size);
  searched.page = std::move(page);
  return searched;
}

Error still_made(const IndexProgress& progress) {
  return make_error(ErrorCode::incomplete,
                    "the search index is being made: it has come to entry " +
                        std::to_string(progress.covered) + " of " + std::to_string(progress.size),
                    "ask again in a moment; hotline list without a choice has every message");
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
  search_on(session, request, *query, read_clocks().boot + limits::kIndexPatience_ms);
}

// The rest of the disk is for messages, and for nothing that can be made anew.
void ClientApi::search_on(ClientSession& session, uint32_t request, const SearchQuery& query,
                          BootMs patient_until) {
  sessions_.read_then<Searched>(
      session, request,
      [query, as_it_is = core_.status().disk_low](StoreReader& reader) {
        return take_a_step(reader, query, as_it_is);
      },
      [this, request, query, patient_until](ClientSession& asker, const Searched& searched) {
        if (searched.page) return answer_page(asker, request, *searched.page);
        const bool goes_on = !searched.error || searched.error->code == ErrorCode::incomplete;
        if (goes_on && read_clocks().boot < patient_until) {
          return search_on(asker, request, query, patient_until);
        }
        sessions_.fail(asker, request,
                       searched.error ? *searched.error : still_made(searched.progress));
      });
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
