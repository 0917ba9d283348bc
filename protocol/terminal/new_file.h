// Files that a command writes for a person.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace hotline {

// Writes a file that is not there yet, readable by its owner alone: what is in clear in it is the
// owner's to give away. Errors: conflict where the name is taken; failed, and then nothing is left
// of the file.
Status write_new_file(const std::string& path, std::string_view text);

}  // namespace hotline
