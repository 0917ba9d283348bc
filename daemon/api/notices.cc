#include <algorithm>

#include "daemon/api/api.h"
#include "daemon/api/waiting_pages.h"
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/body.h"
#include "protocol/message/correcting.h"
#include "protocol/message/envelope.h"

namespace hotline {
namespace {

// Rows and volumes in one answer; the rest is for what is around them.
constexpr size_t kTablesMax = limits::kFlatbufferTablesMax - 64;

struct ListedNotice {
  ActiveNotice notice;
  ListedMessage message;
  std::vector<Volume> volumes;
};

struct NoticePage {
  std::vector<ListedNotice> rows;
  uint64_t total = 0;
  bool more = false;
  std::string next;  // Where it ended, in a list by start.
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

// Ours first, each side's in the order in which they came, after a place.
void order_by_message(std::vector<ActiveNotice>& notices, MessageKey after, size_t limit) {
  const auto by_key = [](const ActiveNotice& a, const ActiveNotice& b) { return a.key < b.key; };
  std::erase_if(notices, [&](const ActiveNotice& one) { return one.key <= after; });
  const auto end = notices.begin() + static_cast<ptrdiff_t>(std::min(limit, notices.size()));
  std::partial_sort(notices.begin(), end, notices.end(), by_key);
}

std::vector<Volume> volumes_of(const MessageRecord& record, bool exercise) {
  const auto envelope = open_envelope(record.envelope);
  if (!envelope) return {};
  return announced_volumes(as_said(**envelope, record.body, exercise));
}

size_t size_of(const std::vector<Volume>& volumes) {
  constexpr size_t kFields = 128;
  size_t size = 0;
  for (const Volume& volume : volumes) {
    const auto* polygon = std::get_if<Polygon>(&volume.shape);
    const auto* corridor = std::get_if<Corridor>(&volume.shape);
    const size_t points = polygon ? polygon->border.size() : corridor ? corridor->route.size() : 1;
    size += kFields + points * sizeof(wire::Position);
  }
  return size;
}

NoticePage read_notices(StoreReader& reader, const NoticesFrom& wanted) {
  NoticePage page;
  page.total = wanted.total;
  size_t size = 0;
  size_t tables = 0;
  for (const ActiveNotice& notice : wanted.notices) {
    page.more = page.rows.size() == wanted.limit;
    if (page.more) break;
    auto message = reader.stored_message(notice.key);
    if (!message) continue;
    std::vector<Volume> volumes;
    if (wanted.volumes) volumes = volumes_of(message->record, wanted.exercise);
    // A corrected one is read later, and may announce as much as any can.
    const bool found_later = wanted.volumes && wanted.corrected.contains(notice.key);
    tables += 2 + (found_later ? limits::kVolumesMax : volumes.size());
    size += found_later ? limits::kBodySizeMax : size_of(volumes);
    ListedMessage listed(*std::move(message));
    size += 2 * listed.row_size();  // Its subject may be another one now.
    page.more = !page.rows.empty() && (size > limits::kRowsSizeMax || tables > kTablesMax);
    if (page.more) break;
    page.rows.push_back({notice, std::move(listed), std::move(volumes)});
    page.next = format_place(place_of(notice));
  }
  return page;
}

}  // namespace

void ClientApi::notices(ClientSession& session, uint32_t request, const wire::Notices& asked) {
  const auto wanted = notices_wanted(asked);
  if (!wanted) return sessions_.fail(session, request, wanted.error());
  const std::string cursor = text_of(asked.after());
  const auto after = parse_notice_place(cursor);
  if (!cursor.empty() && !after) return sessions_.fail(session, request, no_place(cursor));
  NoticesFrom from = notices_from(asked, *wanted, after);
  sessions_.read_then<NoticePage>(
      session, request,
      [from = std::move(from)](StoreReader& reader) { return read_notices(reader, from); },
      [this, request, with_volumes = asked.volumes()](ClientSession& asker, NoticePage page) {
        for (ListedNotice& one : page.rows) {
          renew(one.message, with_volumes ? &one.volumes : nullptr);
        }
        const RowContext context = row_context();
        sessions_.answer(asker, request, [&](flatbuffers::FlatBufferBuilder& b) {
          std::vector<flatbuffers::Offset<wire::NoticeRow>> rows;
          for (const ListedNotice& one : page.rows) {
            auto row = build_row(b, one.message, context);
            auto subject = b.CreateString(one.message.subject);
            wire::Position where;
            const auto& position = one.message.event.position;
            if (position) where = {position->latitude_e5, position->longitude_e5};
            std::vector<flatbuffers::Offset<wire::Volume>> volumes;
            for (const Volume& volume : one.volumes) volumes.push_back(build_volume(b, volume));
            const auto all_volumes = volumes.empty() ? 0 : b.CreateVector(volumes);
            rows.push_back(wire::CreateNoticeRow(
                b, row, subject, one.notice.start, one.notice.end, position ? &where : nullptr,
                static_cast<uint32_t>(one.notice.conflicts), all_volumes,
                static_cast<uint32_t>(one.notice.accepted)));
          }
          const bool has_next = page.more && !with_volumes;
          const auto next = has_next ? b.CreateString(page.next) : 0;
          return wire::CreateNoticeRows(b, b.CreateVector(rows), page.total,
                                        core_.conflicts().overflowed(), page.more, next);
        });
      });
}

NoticesFrom ClientApi::notices_from(const wire::Notices& asked, const NoticesWanted& wanted,
                                    const std::optional<NoticePlace>& after) {
  NoticesFrom from;
  from.notices = core_.conflicts().notices(wanted, clock_.now().utc);
  from.total = from.notices.size();
  from.limit = rows_wanted(asked.limit());
  from.volumes = asked.volumes();
  from.exercise = config_.exercise;
  if (from.volumes) {
    order_by_message(from.notices, {asked.after_incoming(), asked.after_number()}, from.limit);
  } else if (after) {
    std::erase_if(from.notices,
                  [&after](const ActiveNotice& one) { return place_of(one) <= *after; });
  }
  // The one that is too many says that there are more.
  from.notices.resize(std::min(from.notices.size(), from.limit + 1));
  for (const ActiveNotice& one : from.notices) {
    if (!core_.corrections().of(one.key).empty()) from.corrected.insert(one.key);
  }
  return from;
}

// Gives the row the subject and the place of the message's newest state; and `volumes`, unless it
// is null, what that one announces.
void ClientApi::renew(ListedMessage& listed, std::vector<Volume>* volumes) {
  const MessageKey key = listed.stored.record.key;
  if (core_.corrections().of(key).empty()) return;
  const auto newest = core_.corrections().newest(key);
  const auto body = newest ? open_body(newest->body) : Error{};
  if (!body) return;
  const std::string subject = (*body)->subject()->str();
  listed.subject = shortened(subject, limits::kRowSubjectSizeMax);
  listed.cut = listed.cut || listed.subject != subject;
  listed.event = event_point(**body);
  listed.useful_until = useful_until(*newest).value_or(0);
  if (volumes) *volumes = announced_volumes(*newest);
}

}  // namespace hotline
