#include <algorithm>

#include "daemon/api/api.h"
#include "daemon/api/waiting_pages.h"
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/body.h"

namespace hotline {
namespace {

struct ListedNotice {
  ActiveNotice notice;
  ListedMessage message;
};

struct NoticePage {
  std::vector<ListedNotice> rows;
  uint64_t total = 0;
};

Result<NoticesWanted> notices_wanted(const wire::Notices& asked) {
  NoticesWanted wanted;
  wanted.type = asked.type();
  if (asked.side() != wire::NoticeSide::both) {
    wanted.incoming = asked.side() == wire::NoticeSide::peers;
  }
  if (asked.at() != 0) wanted.at = asked.at();
  if (asked.near() == nullptr) return wanted;
  wanted.near = Circle{to_position(*asked.near()), asked.within_m()};
  const bool is_circle = is_on_earth(wanted.near->centre) && wanted.near->radius_m > 0 &&
                         wanted.near->radius_m <= limits::kVolumeRadiusMax_m;
  if (is_circle) return wanted;
  return make_error(ErrorCode::usage, "near is a place on Earth, and within from 1 m to 500 km");
}

NoticePage read_notices(StoreReader& reader, const std::vector<ActiveNotice>& all, size_t skip,
                        size_t limit) {
  NoticePage page;
  page.total = all.size();
  size_t size = 0;
  for (size_t i = skip; i < all.size() && page.rows.size() < limit; ++i) {
    auto message = reader.stored_message(all[i].key);
    if (!message) continue;
    ListedMessage listed(*std::move(message));
    size += 2 * listed.row_size();  // Its subject may be another one now.
    if (!page.rows.empty() && size > limits::kRowsSizeMax) break;
    page.rows.push_back({all[i], std::move(listed)});
  }
  return page;
}

}  // namespace

void ClientApi::notices(ClientSession& session, uint32_t request, const wire::Notices& asked) {
  const auto wanted = notices_wanted(asked);
  if (!wanted) return sessions_.fail(session, request, wanted.error());
  auto all = core_.conflicts().notices(*wanted, clock_.now().utc);
  sessions_.read_then<NoticePage>(
      session, request,
      [all = std::move(all), skip = asked.skip(), limit = rows_wanted(asked.limit())](
          StoreReader& reader) { return read_notices(reader, all, skip, limit); },
      [this, request](ClientSession& asker, NoticePage page) {
        for (ListedNotice& one : page.rows) renew(one.message);
        const RowContext context = row_context();
        sessions_.answer(asker, request, [&](flatbuffers::FlatBufferBuilder& b) {
          std::vector<flatbuffers::Offset<wire::NoticeRow>> rows;
          for (const ListedNotice& one : page.rows) {
            auto row = build_row(b, one.message, context);
            auto subject = b.CreateString(one.message.subject);
            wire::Position where;
            const auto& position = one.message.event.position;
            if (position) where = {position->latitude_e5, position->longitude_e5};
            rows.push_back(wire::CreateNoticeRow(b, row, subject, one.notice.start, one.notice.end,
                                                 position ? &where : nullptr,
                                                 static_cast<uint32_t>(one.notice.conflicts)));
          }
          return wire::CreateNoticeRows(b, b.CreateVector(rows), page.total,
                                        core_.conflicts().overflowed());
        });
      });
}

// Gives the row the subject and the place of the message's newest state.
void ClientApi::renew(ListedMessage& listed) {
  const MessageKey key = listed.stored.record.key;
  if (core_.corrections().of(key).empty()) return;
  const auto newest = core_.corrections().newest(key);
  const auto body = newest ? open_body(newest->body) : Error{};
  if (!body) return;
  const std::string subject = (*body)->subject()->str();
  listed.subject = shortened(subject, limits::kRowSubjectSizeMax);
  listed.cut = listed.cut || listed.subject != subject;
  listed.event = event_point(**body);
}

}  // namespace hotline
