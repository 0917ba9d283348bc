// A MSEL (master scenario events list) from a spreadsheet, made a scenario of: each row an inject,
// and each expectation in words one that the director judges.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "client/drill/csv_text.h"
#include "client/drill/mistakes.h"
#include "client/drill/scenario.h"

namespace hotline::client {

struct MselImport {
  std::string toml;  // Empty where there are mistakes.
  size_t injects = 0;
  size_t expectations = 0;
  std::vector<std::string> unused;  // Titles of columns that say nothing here.
  // Cells that name no side: nearly one, most often by a slip of the pen; or somebody else, to whom
  // a side speaks.
  struct Doubt {
    TomlPlace at;
    std::string text;
    std::string side;  // Empty: it is nearly none.
  };
  std::vector<Doubt> doubts;
  Mistakes mistakes;
};

// The first row names the columns: number, time, event, from, to, expected, objective, or as people
// call them otherwise; time, event and from must be there. A row from a side of `sides` to the
// other, or to nobody in particular, becomes a message, and any other a note to the director.
MselImport import_msel(const std::vector<CsvRow>& rows, const std::string& title,
                       const std::array<std::string, kSides>& sides);

}  // namespace hotline::client
