#include "client/show/case_rows.h"

#include <algorithm>

#include "client/show/draft_rows.h"
#include "protocol/base/time_text.h"
#include "protocol/channel/case_clock.h"
#include "protocol/message/names.h"
#include "protocol/message/words.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

// In the reader's language for a person, and English for a program.
Language words_language(const Output& output, const Connection& connection) {
  return output.terminal() ? choose_language(connection.language()) : Language::en;
}

std::string event_of(const wire::CaseViolationRow& row, Language language) {
  return row.event() == 0 ? "-" : word(static_cast<wire::ViolationEvent>(row.event()), language);
}

// A message says "own" and "other" as its sender sees them.
std::string attributed_party(const Connection& connection, const wire::CaseViolationRow& row) {
  const auto side = static_cast<wire::Side>(row.attribution());
  if (side == wire::Side::own) return row.incoming() ? connection.peer() : connection.party();
  if (side == wire::Side::other) return row.incoming() ? connection.party() : connection.peer();
  return "";
}

std::string side_of(const Connection& connection, const wire::CaseViolationRow& row,
                    Language language) {
  if (row.attribution() == 0) return "-";
  const std::string party = attributed_party(connection, row);
  return party.empty() ? word(static_cast<wire::Side>(row.attribution()), language)
                       : upper_case(party);
}

std::string sending_party(const Connection& connection, bool incoming) {
  return incoming ? connection.peer() : connection.party();
}

const char* rung_state_code(uint8_t state) {
  static constexpr const char* kCodes[] = {"unknown", "not_asked_for", "to_come", "due", "decided"};
  return state < std::size(kCodes) ? kCodes[state] : kCodes[0];
}

const char* rung_state_words(uint8_t state) {
  static constexpr const char* kWords[] = {"of a later version", "not asked for", "to come", "DUE",
                                           "decided"};
  return state < std::size(kWords) ? kWords[state] : kWords[0];
}

std::string rung_of(const wire::CaseRungRow& row) {
  return rung_name(static_cast<CaseRung>(row.rung()));
}

bool is_due(const wire::CaseRungRow& row) {
  return row.state() == static_cast<uint8_t>(RungState::due);
}

// At its time nothing is asked for, as things stand: its kind is not widespread yet.
bool only_if_widespread(const wire::CaseRow& of, const wire::CaseRungRow& row,
                        uint64_t widespread) {
  return row.rung() == static_cast<uint8_t>(CaseRung::joint_response) &&
         row.state() == static_cast<uint8_t>(RungState::to_come) && of.of_its_kind() < widespread;
}

// In a list: when it will be due, or what was decided.
std::string rung_cell(const wire::CaseRow& of, const wire::CaseRungRow& row, uint64_t widespread) {
  if (only_if_widespread(of, row, widespread)) return "if widespread";
  switch (static_cast<RungState>(row.state())) {
    case RungState::due:
      return "DUE";
    case RungState::decided:
      return text(row.decision());
    case RungState::to_come:
      return format_date_time_group(row.due_at());
    case RungState::not_asked_for:
      break;
  }
  return "-";
}

void print_heading(Output& output, const char* title) {
  output.line("");
  output.say(title);
}

// When it was decided, or is due.
UtcMs time_of(const wire::CaseRungRow& row) {
  const bool is_decided = row.state() == static_cast<uint8_t>(RungState::decided);
  return is_decided ? row.decided_at() : row.due_at();
}

void print_rungs(Output& output, const wire::CaseRow& row, uint64_t widespread) {
  Table table({{.title = "RUNG"},
               {.title = "STATE", .is_words = true},
               {.title = "TIME"},
               {.title = "DECISION"}});
  for (const wire::CaseRungRow* one : tables(row.rungs())) {
    table.add({is_due(*one) ? "!" : "",
               {rung_of(*one),
                only_if_widespread(row, *one, widespread) ? "to come, if widespread"
                                                          : rung_state_words(one->state()),
                time_of(*one) == 0 ? "-" : format_date_time_group(time_of(*one)),
                text(one->decision()).empty() ? "-" : text(one->decision())},
               is_due(*one) ? Style::yellow : Style::plain});
  }
  table.print(output);
  for (const wire::CaseRungRow* one : tables(row.rungs())) {
    if (text(one->repeating()).empty()) continue;
    output.say(printable_line(text(one->repeating())) + " repeats " +
               printable_line(text(one->repeated())));
  }
}

// How many there are of its kind, and by name those that have room.
void print_kind(Output& output, const wire::CaseRow& row, uint64_t widespread) {
  std::string names;
  for (const std::string& id : texts(row.kind_ids())) {
    names += (names.empty() ? "" : ", ") + printable_line(id);
  }
  const bool all = texts(row.kind_ids()).size() == row.of_its_kind();
  UtcMs asked_at = 0;  // What comes later makes nothing widespread.
  for (const wire::CaseRungRow* one : tables(row.rungs())) {
    if (one->rung() == static_cast<uint8_t>(CaseRung::joint_response)) asked_at = one->due_at();
  }
  output.say("Of its kind from its first on: " + format_count(row.of_its_kind()) +
             ". Widespread if " + format_count(widespread) + " came by " +
             format_date_time_group(asked_at) + ".");
  if (!names.empty()) output.say((all ? "They are: " : "The newest: ") + names);
}

void print_violations(Output& output, const Connection& connection, const wire::CaseRows& rows) {
  const auto all = tables(rows.violations());
  if (all.empty()) return;
  print_heading(output, "Violations");
  const Language language = words_language(output, connection);
  Table table({{.title = "ID"},
               {.title = "SINCE"},
               {.title = "EVENT"},
               {.title = "SIDE"},
               {.title = "STATE", .is_words = true}});
  for (const wire::CaseViolationRow* one : all) {
    table.add({"",
               {text(one->id()), format_date_time_group(one->at()), event_of(*one, language),
                side_of(connection, *one, language), one->cancelled() ? "cancelled" : "stands"}});
  }
  table.print(output);
}

void print_decisions(Output& output, const Connection& connection, const wire::CaseRows& rows) {
  const auto all = tables(rows.decisions());
  if (all.empty()) return;
  print_heading(output, "Decisions");
  Table table({{.title = "ID"},
               {.title = "PARTY"},
               {.title = "BY", .fit = Table::Fit::wrapped, .is_words = true},
               {.title = "RUNG", .fit = Table::Fit::wrapped},
               {.title = "TIME"},
               {.title = "DECISION", .fit = Table::Fit::wrapped}});
  for (const wire::CaseDecisionRow* one : all) {
    const std::string later = text(one->replaced_by());
    const std::string state = one->cancelled() ? output.words("cancelled") + ": "
                              : later.empty()  ? ""
                                               : output.words("replaced by " + later) + ": ";
    table.add({"",
               {text(one->id()), upper_case(sending_party(connection, one->incoming())),
                person_words(text(one->person()), one->decided_by()), text(one->rung()),
                format_date_time_group(one->at()),
                state + text(one->decision()) + " (" + text(one->reason()) + ")"}});
  }
  table.print(output);
}

void print_guarantors(Output& output, const wire::CaseRows& rows) {
  const auto all = tables(rows.guarantors());
  if (all.empty()) return;
  print_heading(output, "Guarantors");
  Table table({{.title = "GUARANTOR"},
               {.title = "STATE", .is_words = true},
               {.title = "SINCE"},
               {.title = "BY"},
               {.title = "REASON", .fit = Table::Fit::wrapped}});
  for (const wire::GuarantorRow* one : all) {
    const bool is_noted = one->standing() != 0;
    table.add({"",
               {text(one->name()), guarantor_standing_words(one->standing()),
                is_noted ? format_date_time_group(one->at()) : "-",
                is_noted ? person_words(text(one->person()), one->role()) : "-",
                text(one->reason()).empty() ? "-" : text(one->reason())}});
  }
  table.print(output);
}

// The key of a coded word, for programs; null where there is none.
template <class Enum>
JsonValue json_word(uint8_t value) {
  const Word* known = vocabulary<Enum>().by_value(value);
  return known == nullptr ? JsonValue() : JsonValue(known->key);
}

JsonValue json_violation(const Connection& connection, const wire::CaseViolationRow& row) {
  const std::string party = attributed_party(connection, row);
  return JsonValue()
      .add("id", text(row.id()))
      .add("party", sending_party(connection, row.incoming()))
      .add("event", json_word<wire::ViolationEvent>(row.event()))
      .add("attribution", json_word<wire::Side>(row.attribution()))
      .add("attributed_party", party.empty() ? JsonValue() : JsonValue(party))
      .add("committed_at", json_time(row.at()))
      .add("cancelled", row.cancelled());
}

JsonValue json_rung(const wire::CaseRungRow* row) {
  return JsonValue()
      .add("rung", rung_of(*row))
      .add("state", rung_state_code(row->state()))
      .add("due_at", json_time(row->due_at()))
      .add("decision", json_text(text(row->decision())))
      .add("decided_at", json_time(row->decided_at()))
      .add("repeating", json_text(text(row->repeating())))
      .add("repeated", json_text(text(row->repeated())));
}

JsonValue json_decision(const Connection& connection, const wire::CaseDecisionRow& row) {
  return JsonValue()
      .add("id", text(row.id()))
      .add("party", sending_party(connection, row.incoming()))
      .add("rung", text(row.rung()))
      .add("decision", text(row.decision()))
      .add("reason", text(row.reason()))
      .add("decided_by", role_name(row.decided_by()))
      .add("role", role_name(row.role()))
      .add("decided_at", json_time(row.decided_at()))
      .add("committed_at", json_time(row.at()))
      .add("cancelled", row.cancelled())
      .add("person", json_text(text(row.person())))
      .add("replaced_by", json_text(text(row.replaced_by())));
}

JsonValue json_guarantor(const wire::GuarantorRow* row) {
  static constexpr const char* kCodes[] = {"not_asked", "asked", "answered", "silent"};
  const bool is_noted = row->standing() != 0;
  return JsonValue()
      .add("name", text(row->name()))
      .add("state", row->standing() < std::size(kCodes) ? kCodes[row->standing()] : "unknown")
      .add("at", json_time(row->at()))
      .add("role", is_noted ? JsonValue(role_name(row->role())) : JsonValue())
      .add("person", json_text(text(row->person())))
      .add("reason", json_text(text(row->reason())));
}

}  // namespace

std::string guarantor_standing_words(uint8_t standing) {
  static constexpr const char* kWords[] = {"not asked", "asked", "answered", "silent"};
  return standing < std::size(kWords) ? kWords[standing] : "of a later version";
}

void print_cases(Output& output, const Connection& connection, const wire::CaseRows& rows) {
  const Language language = words_language(output, connection);
  Table table({{.title = "ID", .width_min = 8},
               {.title = "SINCE", .fit = Table::Fit::left_out},
               {.title = "EVENT", .fit = Table::Fit::cut},
               {.title = "SIDE", .fit = Table::Fit::left_out},
               {.title = "COUNT", .fit = Table::Fit::left_out},
               {.title = "RESPONSE", .is_words = true},
               {.title = "CONSULT", .is_words = true},
               {.title = "JOINT", .is_words = true}});
  for (const wire::CaseRow* one : tables(rows.rows())) {
    if (one->first() == nullptr) continue;
    const auto rungs = tables(one->rungs());
    std::vector<std::string> cells = {
        text(one->id()), format_date_time_group(one->began_at()), event_of(*one->first(), language),
        side_of(connection, *one->first(), language), format_count(one->violations())};
    for (size_t i = 0; i < 3; ++i) {
      cells.push_back(one->cancelled()   ? "cancelled"
                      : i < rungs.size() ? rung_cell(*one, *rungs[i], rows.widespread())
                                         : "-");
    }
    const bool waits = std::any_of(rungs.begin(), rungs.end(),
                                   [](const wire::CaseRungRow* rung) { return is_due(*rung); });
    table.add({waits ? "!" : "", std::move(cells), waits ? Style::yellow : Style::plain});
  }
  table.print(output);
}

void print_case(Output& output, const Connection& connection, const wire::CaseRows& rows) {
  const wire::CaseRow& row = *tables(rows.rows()).front();
  const Language language = words_language(output, connection);
  output.line(printable_line(text(row.id())) + "  " + event_of(*row.first(), language) + "  " +
              side_of(connection, *row.first(), language) + "  " +
              format_date_time_group(row.began_at()));
  if (row.cancelled()) {
    output.say("Cancelled: every violation of it was taken back. Nothing is asked for.");
  } else {
    print_kind(output, row, rows.widespread());
    output.say("Decided by: " + role_name(rows.decided_by()));
    print_rungs(output, row, rows.widespread());
  }
  print_violations(output, connection, rows);
  print_decisions(output, connection, rows);
  print_guarantors(output, rows);
}

JsonValue json_case(const Connection& connection, const wire::CaseRow& row) {
  return JsonValue()
      .add("id", text(row.id()))
      .add("began_at", json_time(row.began_at()))
      .add("open", row.open())
      .add("cancelled", row.cancelled())
      .add("first", row.first() ? json_violation(connection, *row.first()) : JsonValue())
      .add("violations", row.violations())
      .add("of_its_kind", row.of_its_kind())
      .add("kind_ids", texts(row.kind_ids()))
      .add("rungs", json_each(tables(row.rungs()), json_rung));
}

void add_case_to(JsonValue& document, const Connection& connection, const wire::CaseRows& rows) {
  document.add("case", json_case(connection, *tables(rows.rows()).front()))
      .add("widespread", rows.widespread())
      .add("decided_by", role_name(rows.decided_by()))
      .add("violations", json_each(tables(rows.violations()),
                                   [&](const wire::CaseViolationRow* row) {
                                     return json_violation(connection, *row);
                                   }))
      .add("decisions", json_each(tables(rows.decisions()),
                                  [&](const wire::CaseDecisionRow* row) {
                                    return json_decision(connection, *row);
                                  }))
      .add("guarantors", json_each(tables(rows.guarantors()), json_guarantor));
}

}  // namespace hotline::client
