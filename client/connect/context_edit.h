// Changes of the file of contexts. People write it too: whatever else stands in it stays as it is.
#pragma once

#include <string>

#include "client/connect/context.h"
#include "protocol/base/result.h"

namespace hotline::client {

// Letters, digits, - and _, as [contexts.NAME] takes them without quotes.
bool is_context_name(const std::string& name);

// The table of a context, as read_context_file takes it.
std::string context_table(const Context& context);

// Adds a context at the end, and makes the file and its directory where there is none. Errors:
// conflict where the name is taken, configuration where the file is not good, failed.
Status add_context(const std::string& path, const Context& context);

// Makes this context the one that is used without --context. Errors: as choose_context, failed.
Status set_default_context(const std::string& path, const std::string& name);

}  // namespace hotline::client
