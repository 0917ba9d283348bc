// A message as a TOML file: prepared in quiet hours, or written by another program.
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
//
// Every complaint names file:line:column.
#pragma once

#include <string>

#include "client/compose/message_request.h"
#include "protocol/base/result.h"

namespace hotline::client {

// Errors: not_found for the file, configuration for what stands in it.
Result<MessageRequest> read_incident_file(const std::string& path);

}  // namespace hotline::client
