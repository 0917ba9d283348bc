// A table as spreadsheets save it: RFC 4180, and what they really write. Semicolons or tabs for
// commas, CRLF or CR, a byte order mark, "sep=;" on top, empty rows and columns at the end.
#pragma once

#include <string>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/terminal/toml_file.h"

namespace hotline::client {

struct CsvCell {
  std::string text;  // Without spaces at its ends, and with "\n" for any line break.
  TomlPlace at;      // Columns are counted in bytes, from 1.
};

using CsvRow = std::vector<CsvCell>;  // None is empty in all its cells.

// `name` is how messages call the text. Error: configuration, with the place.
Result<std::vector<CsvRow>> parse_csv(const std::string& name, std::string_view content);

}  // namespace hotline::client
