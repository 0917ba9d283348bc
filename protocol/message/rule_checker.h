// A list of problems, and the checks that many fields share. For the files of rules and of kinds;
// others use protocol/message/message_rules.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/message/message_rules.h"

namespace hotline {

class RuleChecker {
 public:
  explicit RuleChecker(const BodyContext& context) : context_(context) {}

  const BodyContext& context() const { return context_; }
  bool found_problems() const { return !problems_.empty(); }
  std::vector<Problem> take() { return std::move(problems_); }

  void add(std::string_view field, std::string reason, std::string hint = {},
           DeclineCode code = DeclineCode::rule_broken);

  // A coded field that must be there, and must be a value that this version knows.
  template <class Enum>
  void require_known(std::string_view field, Enum value) {
    check_code(field, vocabulary<Enum>(), static_cast<uint64_t>(value), true);
  }

  template <class Enum>
  void check_known(std::string_view field, Enum value, bool required) {
    check_code(field, vocabulary<Enum>(), static_cast<uint64_t>(value), required);
  }

  void check_position(std::string_view field, const wire::Position* position);
  void check_direction(std::string_view field, uint16_t direction_deg10);
  void require_time(std::string_view field, UtcMs time);
  // A time that lies before the release.
  void require_past(std::string_view field, UtcMs time);
  // A time that, if it is there, lies after the release.
  void check_later(std::string_view field, std::optional<UtcMs> time);
  // Free text of a coded content: short, plain, and if it is there at all, not blank.
  void allow_text(std::string_view field, const flatbuffers::String* text);
  void require_text(std::string_view field, const flatbuffers::String* text);
  void check_altitude(std::string_view field, const wire::Altitude& altitude);
  // An area that, if it is there, is a border or a circle.
  void check_area(std::string_view field, const wire::Area* area);
  // The points of a route, two of them at least.
  void check_route(std::string_view field, const flatbuffers::Vector<const wire::Position*>& route);
  // A message that is named by its serial.
  void require_serial(std::string_view field, const flatbuffers::String* serial);
  void check_accuracy(std::string_view field, uint32_t accuracy_m);

 private:
  void check_code(std::string_view field, const Vocabulary& vocabulary, uint64_t value,
                  bool required);

  const BodyContext& context_;
  std::vector<Problem> problems_;
};

std::string_view view(const flatbuffers::String* text);  // Empty for nullptr.

std::string in_quotes(std::string_view text);  // Made printable.
bool is_plausible(UtcMs time);
// True where `start` lies less than so long after the release, in minutes as people write times:
// what was typed as +24h a moment before its release is a day ahead. Both may be any 64 bits.
bool starts_within(int64_t ms, UtcMs start, UtcMs released_at);
Problem unknown_type(wire::MessageType type);
BodyContext body_context(const wire::Envelope& envelope, const RulesContext& context);

}  // namespace hotline
