#include "client/show/conflict_rows.h"

#include <algorithm>

#include "protocol/message/draft.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

std::string metres(uint64_t value) {
  return format_count(value) + " m";
}

std::string seconds(uint64_t value) {
  return format_count(value) + " s";
}

// These take a conflict, which stands for the nearest pair of its volumes, or another of its pairs.

// Where the one ends before the other starts, the times between them.
template <class Pair>
std::string first_time(const Pair& pair) {
  return format_date_time_group(std::min(pair.from(), pair.until()));
}

template <class Pair>
std::string last_time(const Pair& pair) {
  return format_date_time_group(std::max(pair.from(), pair.until()));
}

template <class Pair>
JsonValue json_pair(const Pair& pair, JsonValue json = {}) {
  json.add("own_volume", pair.own_volume())
      .add("peers_volume", pair.peers_volume())
      .add("horizontal_m", pair.horizontal_m())
      .add("vertical_m", pair.vertical_m())
      .add("time_s", pair.time_s())
      .add("from", json_time(std::min(pair.from(), pair.until())))
      .add("until", json_time(std::max(pair.from(), pair.until())));
  return json;
}

const char* accepted_by(const wire::ConflictRow& row) {
  if (row.accepted_by_us()) return row.accepted_by_peer() ? "both" : "us";
  return row.accepted_by_peer() ? "them" : "nobody";
}

// With one volume each nobody has to be told which it is.
bool has_only_one(const wire::ConflictRow& row) {
  return row.own_volume() == 1 && row.peers_volume() == 1 && row.pairs() == 1;
}

}  // namespace

bool is_open(const wire::ConflictRow& row) {
  return !row.accepted_by_us() || !row.accepted_by_peer();
}

void print_conflicts(Output& output, const wire::ConflictRows& rows) {
  Table table({{"OURS", 8, Table::Fit::whole, true},
               {"VOLUME", 0, Table::Fit::left_out},
               {"THEIRS", 8},
               {"VOLUME", 0, Table::Fit::left_out},
               {"APART", 6, Table::Fit::whole, true},
               {"HEIGHT", 5, Table::Fit::whole, true},
               {"TIME", 0, Table::Fit::left_out, true},
               {"FROM", 14},
               {"UNTIL", 14, Table::Fit::left_out},
               {"ACCEPTED", 0, Table::Fit::cut, true}});
  for (const wire::ConflictRow* one : tables(rows.rows())) {
    const std::string own = text(one->own());
    table.add({"!",
               {own.empty() ? "this" : own, std::to_string(one->own_volume()), text(one->peers()),
                std::to_string(one->peers_volume()), metres(one->horizontal_m()),
                metres(one->vertical_m()), seconds(one->time_s()), first_time(*one),
                last_time(*one), accepted_by(*one)}});
  }
  table.print(output);
  for (const wire::ConflictRow* one : tables(rows.rows())) {
    if (one->pairs() == 1) continue;
    const std::string own = one->own() == nullptr ? "this" : text(one->own());
    output.talk(
        own + " and " + text(one->peers()) + " come too near in " + format_count(one->pairs()) +
        " pairs of volumes; the list has the nearest: volume " + std::to_string(one->own_volume()) +
        " with volume " + std::to_string(one->peers_volume()) + ".");
    for (const std::string& line : other_pairs(*one)) output.talk(line);
    if (tables(one->others()).empty()) {
      output.talk("Each of them: " + output.command("conflicts " + text(one->peers())));
    }
  }
}

std::vector<std::string> other_pairs(const wire::ConflictRow& row, bool of_peers) {
  std::vector<std::string> lines;
  for (const wire::VolumePairRow* pair : tables(row.others())) {
    const std::string own = std::to_string(pair->own_volume());
    const std::string peers = std::to_string(pair->peers_volume());
    lines.push_back("Also volume " + (of_peers ? peers : own) + " with volume " +
                    (of_peers ? own : peers) + ": " + metres(pair->horizontal_m()) + " apart, " +
                    metres(pair->vertical_m()) + " in height, " + seconds(pair->time_s()) +
                    " in time, from " + first_time(*pair) + " to " + last_time(*pair));
  }
  return lines;
}

std::string conflict_words(const wire::ConflictRow& row, bool of_peers) {
  const std::string other = text(of_peers ? row.own() : row.peers());
  const std::string own = std::to_string(row.own_volume());
  const std::string peers = std::to_string(row.peers_volume());
  const std::string across = metres(row.horizontal_m()), height = metres(row.vertical_m());
  const std::string time = seconds(row.time_s());
  std::string words = other + ": " + across + " apart, " + height + " in height, " + time +
                      " in time, from " + first_time(row) + " to " + last_time(row);
  if (!has_only_one(row)) {
    words = other + " volume " + (of_peers ? own : peers) + " with volume " +
            (of_peers ? peers : own) + ": " + across + " apart, " + height + " in height, " + time +
            " in time, from " + first_time(row) + " to " + last_time(row);
  }
  const wire::Distances* before = row.before();
  if (before == nullptr) return words;
  return words + " (as it stands: " + metres(before->horizontal_m()) + ", " +
         metres(before->vertical_m()) + " in height, " + seconds(before->time_s()) + " in time)";
}

void say_acceptances(Output& output, const Connection& connection, const wire::ConflictRows& rows) {
  const auto say = [&](const wire::ConflictRow& row, const std::string& party,
                       const std::string& answer, bool counts) {
    if (answer.empty()) return;
    if (counts) {
      output.talk("The conflict of " + text(row.own()) + " and " + text(row.peers()) +
                  " was accepted by " + upper_case(party) + " in " + answer + ".");
    } else {
      output.talk("The conflict of " + text(row.own()) + " and " + text(row.peers()) +
                      " is accepted by " + upper_case(party) +
                      " no more: a notice was changed after " + answer + ".",
                  Style::yellow);
    }
  };
  for (const wire::ConflictRow* one : tables(rows.rows())) {
    say(*one, connection.party(), text(one->own_acceptance()), one->accepted_by_us());
    say(*one, connection.peer(), text(one->peers_acceptance()), one->accepted_by_peer());
  }
}

JsonValue json_conflict(const wire::ConflictRow& row) {
  const wire::Distances* before = row.before();
  JsonValue json_before;
  if (before != nullptr) {
    json_before.add("horizontal_m", before->horizontal_m())
        .add("vertical_m", before->vertical_m())
        .add("time_s", before->time_s());
  }
  JsonValue json;
  json.add("own", json_text(text(row.own()))).add("peers", text(row.peers()));
  return json_pair(row, std::move(json))
      .add("accepted_by_us", row.accepted_by_us())
      .add("accepted_by_peer", row.accepted_by_peer())
      .add("own_acceptance", json_text(text(row.own_acceptance())))
      .add("peers_acceptance", json_text(text(row.peers_acceptance())))
      .add("pairs", row.pairs())
      .add("others", json_each(tables(row.others()),
                               [](const wire::VolumePairRow* pair) { return json_pair(*pair); }))
      .add("draft", row.draft() == 0 ? JsonValue() : JsonValue(format_draft_name(row.draft())))
      .add("before", std::move(json_before));
}

JsonValue json_conflicts(const wire::ConflictRows& rows) {
  return json_document()
      .add("conflicts", json_each(tables(rows.rows()),
                                  [](const wire::ConflictRow* row) { return json_conflict(*row); }))
      .add("total", rows.total())
      .add("incomplete", rows.incomplete())
      .add("compared_at", rows.compared_at() != 0 ? json_time(rows.compared_at()) : JsonValue())
      .add("compared_all", rows.compared_at() != 0 && rows.compared_all())
      .add("differ", rows.differ());
}

void say_compared(Output& output, const wire::ConflictRows& rows, const std::string& peer,
                  bool has_link) {
  const std::string at = " Compared at " + format_date_time_group(rows.compared_at()) + ".";
  if (rows.compared_at() == 0) {
    output.talk("The daemons have not compared their lists since this one was started.");
  } else if (rows.differ()) {
    output.talk(peer + " finds other conflicts than we do. Compare the lists by voice." + at);
  } else if (!has_link) {
    output.talk(peer + " found the same conflicts before the link went." + at +
                (rows.compared_all() ? "" : " What was announced since is not compared yet."));
  } else if (rows.compared_all()) {
    output.talk(peer + " finds the same conflicts." + at);
  } else {
    output.talk(peer + " found the same conflicts." + at +
                " What was announced since is not compared yet.");
  }
}

void say_incomplete(Output& output, bool incomplete) {
  if (!incomplete) return;
  output.talk("More is announced than the daemon can compare: this is not all. Compare by hand.");
}

}  // namespace hotline::client
