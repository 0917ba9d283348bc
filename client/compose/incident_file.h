// A message prepared in a TOML file.
#pragma once

#include <string>
#include <vector>

#include "client/compose/geojson.h"
#include "client/compose/message_request.h"
#include "protocol/base/result.h"
#include "protocol/terminal/toml_file.h"

namespace hotline::client {

// A request as a TOML file: prepared in quiet hours, or written by another program.
//
//   template = "stray-missile"          # hotline template list; without it a free text.
//   precedence = "flash"
//   language = "en"                     # Of the subject and of the original text.
//   subject = "..."                     # Made from the fields without it.
//   incident = "..."                    # The thread that it belongs to.
//   [texts]                             # By language; those that are not the original are ours.
//   en = "..."
//   ru = "..."
//   [set]                               # Fields of the template, as --set takes them.
//   where = "54.90N 020.10E"
//   volume = "@area.geojson"            # Of an activity: a file in the directory of this one.
//   [[volume]]                          # Or its volumes, one table each.
//   circle = "54.90N 020.10E 5km"       # Or polygon = "...", or along = "..." with a half-width.
//   lower = "0m amsl"
//   upper = "FL200"
//   start = 2026-11-29T10:00:00Z
//   end = 2026-11-29T12:00:00Z
//
// `typed_at`: for times that are said by it. Every complaint names file:line:column. Errors:
// not_found for the file, configuration for what stands in it.
Result<MessageRequest> read_incident_file(const std::string& path, std::optional<UtcMs> typed_at,
                                          const DrawnFor& drawn_for = {});

// A table of a larger file that says a message likewise. Keys other than these are the caller's to
// refuse.
std::vector<std::string> incident_file_keys();
Result<MessageRequest> read_incident_table(const TomlFile& file, const TomlValue& table,
                                           std::optional<UtcMs> typed_at,
                                           const DrawnFor& drawn_for = {});

}  // namespace hotline::client
