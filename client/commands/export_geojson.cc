// hotline export geojson: what both parties have announced and is not over, for programs that draw
// maps.
#include "client/commands/commands.h"
#include "client/show/conflict_rows.h"
#include "client/show/geojson_picture.h"
#include "client/show/link_caution.h"
#include "client/show/message_row.h"
#include "protocol/message/body.h"
#include "protocol/message/names.h"
#include "protocol/terminal/new_file.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

// False where it has no volume that can be drawn.
bool add_notice(Picture& picture, const Connection& connection, const wire::NoticeRow& notice) {
  const wire::MessageRow& message = *notice.row();
  PictureRow row;
  row.id = text(message.id());
  row.party = sender_of(connection, message);
  row.state = state_word(message);
  row.type = type_name(message.type());
  row.conflicts = notice.conflicts();
  row.accepted = notice.accepted();
  const auto volumes = tables(notice.volumes());
  for (size_t i = 0; i < volumes.size(); ++i) {
    row.volume = to_volume(*volumes[i]);
    row.number = static_cast<uint32_t>(i + 1);
    if (volume_fault(row.volume)) return false;
    picture.rows.push_back(row);
  }
  return !volumes.empty();
}

std::string counted_features(const Picture& picture, uint64_t notices) {
  const uint64_t features = picture.rows.size();
  return format_count(notices) + (notices == 1 ? " notice" : " notices") + " as " +
         format_count(features) + (features == 1 ? " feature" : " features");
}

int export_geojson(Invocation& invocation) {
  Output& output = invocation.output;
  const auto path = invocation.arguments.get("FILE");
  const std::string what =
      "cannot export the picture" + (path && *path != "-" ? " to " + *path : "");
  const auto connection = need(invocation.connect(), what);
  Picture picture;
  picture.exercise = connection->server().exercise();
  picture.taken_at = invocation.now();
  uint64_t notices = 0;
  std::string not_drawn;  // The first.
  const bool incomplete = need(connection->notices_each([&](const wire::NoticeRow& notice) {
    ++notices;
    const bool drawn = add_notice(picture, *connection, notice);
    if (!drawn && not_drawn.empty()) not_drawn = text(notice.row()->id());
  }),
                               what);
  picture.complete = !incomplete && not_drawn.empty();
  const auto missing = missing_link(*connection);
  if (missing) picture.no_link_since = missing->since;
  const std::string collection = to_geojson(picture);
  say_incomplete(output, incomplete);
  if (!not_drawn.empty()) {
    output.talk(printable_line(not_drawn) +
                " cannot be drawn, and is left out. See: " + output.command("show " + not_drawn));
  }
  say_announced_unknown(output, *connection, missing);
  if (!path || *path == "-") {
    output.text(collection + "\n");
    return kExitDone;
  }
  need(write_new_file(*path, collection + "\n"), what);
  JsonValue document = json_document();
  document.add("file", *path)
      .add("notices", notices)
      .add("features", picture.rows.size())
      .add("complete", picture.complete);
  output.answer(counted_features(picture, notices) + ", written to " + printable_line(*path) + ".",
                add_missing_link(document, missing));
  return kExitDone;
}

}  // namespace

Command export_geojson_command() {
  return {
      {.name = "export geojson",
       .summary = "Write what is announced and not over as GeoJSON, for a map",
       .description =
           "Activities, launches and protected sites and movements of both parties, each as it "
           "stands now: one feature for each volume (RFC 7946), with id, volume, party, state, "
           "type, mode (live or exercise), lower and upper height with their datum, start, end "
           "and conflicts, which are open, and conflicts_accepted, which both parties accepted. "
           "\"complete\" is false where the daemon knows of more than it shows. "
           "The picture is as old as its \"taken_at\", and what the other side announced since "
           "\"link_down_since\" is not in it: a map must say so.",
       .examples = {"hotline export geojson picture.geojson",
                    "hotline export geojson > picture.geojson"},
       .positionals = {{"FILE", "a new file; else standard output", false}},
       .without = {"--local"}},
      export_geojson};
}

}  // namespace hotline::client
