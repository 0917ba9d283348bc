// The terms of an agreement, one by one, as people read them; and in which of them two differ.
#pragma once

#include <string>
#include <vector>

#include "client/connect/connection.h"
#include "protocol/channel/agreement.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

struct AgreementTerm {
  std::string key;      // "flash undelivered-alarm": for programs.
  std::string words;    // "FLASH: alarm UNDELIVERED"
  std::string value;    // "4min"
  int64_t ms = -1;      // Of a deadline or an interval.
  int64_t size = -1;    // Of a separation, in its unit.
  int64_t months = -1;  // That something is kept at least; 0: for ever.
};

// In the order in which they are printed. Two policies of one digest have the same.
std::vector<AgreementTerm> terms_of(const Policy& policy);

struct AgreementDifference {
  std::string key;
  std::string words;
  std::string before;  // Empty where the term is new.
  std::string after;   // Empty where it is gone.
  std::string change;  // "later", "sooner", "larger", "smaller", "longer", "shorter",
                       // "changed", "new", "gone".
};

std::vector<AgreementDifference> differences(const Policy& before, const Policy& after);

void print_terms(Output& output, const std::vector<AgreementTerm>& terms);
void print_differences(Output& output, const std::vector<AgreementDifference>& differences);
JsonValue json_terms(const std::vector<AgreementTerm>& terms);
JsonValue json_differences(const std::vector<AgreementDifference>& differences);

}  // namespace hotline::client
