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
  // Cells that name no side, and nearly one: most often a slip of the pen.
  struct Doubt {
    TomlPlace at;
    std::string text;
    std::string side;
  };
  std::vector<Doubt> doubts;
  Mistakes mistakes;
};

// The first row names the columns: number, time, event, from, to, expected, objective, or as people
// call them otherwise; time, event and from must be there. A row from or to a side of `sides`
// becomes a message of the one that it is from, and any other a note to the director.
MselImport import_msel(const std::vector<CsvRow>& rows, const std::string& title,
                       const std::array<std::string, kSides>& sides);

}  // namespace hotline::client
