#include "client/show/agreement_terms.h"

#include <algorithm>

#include "protocol/message/names.h"
#include "protocol/policy_file/policy_file.h"

namespace hotline::client {
namespace {

class Terms {
 public:
  void time(const std::string& key, const std::string& words, int64_t ms) {
    all_.push_back({key, words, ms == 0 ? "never" : duration_as_toml(ms), ms});
  }
  void value(const std::string& key, const std::string& words, const std::string& value) {
    all_.push_back({key, words, value, -1});
  }
  void separation(const std::string& key, const std::string& words, const std::string& value,
                  int64_t size) {
    all_.push_back({key, words, value, -1, size});
  }
  void retention(const std::string& key, const std::string& words, int64_t months) {
    all_.push_back({key, words, retention_as_toml(months), -1, -1, months});
  }
  std::vector<AgreementTerm> take() { return std::move(all_); }

 private:
  std::vector<AgreementTerm> all_;
};

void add_ladder(Terms& terms, uint8_t precedence, const PrecedencePolicy& numbers) {
  const std::string key = std::string(precedence_name(precedence)) + " ";
  const std::string of = precedence_label(precedence);
  terms.time(key + "next-path", of + ": next path, if there is no receipt", numbers.next_path_ms);
  terms.time(key + "undelivered-alarm", of + ": alarm UNDELIVERED", numbers.undelivered_alarm_ms);
  terms.time(key + "alarm-again", of + ": the alarm sounds again", numbers.alarm_again_ms);
  for (const Rung& rung : numbers.rungs) {
    terms.time(key + "rung " + rung.name,
               rung.proposes_voice ? of + ": rung " + rung.name + ", which proposes voice"
                                   : of + ": rung " + rung.name,
               rung.after_ms);
  }
  terms.time(key + "dissemination-due", of + ": own people told", numbers.dissemination_due_ms);
  terms.time(key + "first-answer-due", of + ": first answer", numbers.first_answer_due_ms);
  terms.time(key + "full-answer-due", of + ": full answer", numbers.full_answer_due_ms);
}

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list.empty() ? "-" : list;
}

void add_case(Terms& terms, const CasePolicy& policy) {
  terms.time("case first-response", "case: first response", policy.first_response_ms);
  terms.time("case repeated-within", "case: repeated within", policy.repeated_within_ms);
  terms.time("case joint-response", "case: joint response", policy.joint_response_ms);
  terms.value("case widespread", "case: widespread from so many on",
              std::to_string(policy.widespread));
  terms.value("case decided-by", "case: decided by",
              role_name(static_cast<uint8_t>(policy.decided_by)));
  terms.value("case guarantors", "case: guarantors", listed(policy.guarantors));
}

void add_retention(Terms& terms, const RetentionPolicy& policy) {
  terms.retention("retention reports", "kept at least: reports and decisions", policy.reports);
  terms.retention("retention notices", "kept at least: notices", policy.notices);
  terms.retention("retention messages", "kept at least: other messages", policy.messages);
  terms.retention("retention people", "kept at least: names and signatures", policy.people);
}

// Zero stands for the longest of all: never, or for ever.
int64_t length_of(int64_t value) {
  return value == 0 ? INT64_MAX : value;
}

std::string change_of(const AgreementTerm& before, const AgreementTerm& after) {
  if (before.size >= 0 && after.size >= 0) return after.size > before.size ? "larger" : "smaller";
  if (before.months >= 0 && after.months >= 0) {
    return length_of(after.months) > length_of(before.months) ? "longer" : "shorter";
  }
  if (before.ms < 0 || after.ms < 0) return "changed";
  return length_of(after.ms) > length_of(before.ms) ? "later" : "sooner";
}

const AgreementTerm* find_term(const std::vector<AgreementTerm>& terms, const std::string& key) {
  const auto found = std::find_if(terms.begin(), terms.end(),
                                  [&](const AgreementTerm& one) { return one.key == key; });
  return found == terms.end() ? nullptr : &*found;
}

}  // namespace

std::vector<AgreementTerm> terms_of(const Policy& policy) {
  Terms terms;
  for (uint8_t p = kPrecedenceFirst; p <= kPrecedenceLast; ++p) add_ladder(terms, p, policy.at(p));
  terms.time("test-call interval", "test call every", policy.link.test_call_interval_ms);
  terms.time("test-call acknowledged", "test call acknowledged within",
             policy.link.test_call_acknowledged_ms);
  terms.time("channel-check interval", "channel check every",
             policy.link.channel_check_interval_ms);
  const Separation& apart = policy.separation;
  terms.separation("separation horizontal", "separation on the ground",
                   std::to_string(apart.horizontal_m) + "m", apart.horizontal_m);
  terms.separation("separation vertical", "separation in height",
                   std::to_string(apart.vertical_m) + "m", apart.vertical_m);
  terms.separation("separation time", "separation in time", duration_as_toml(apart.time_s * 1000),
                   apart.time_s);
  terms.value("two-person", "released by two people", listed(policy.two_person.names()));
  terms.value("two-person one-for-life", "one person for danger to life",
              policy.two_person.one_for_life ? "yes" : "no");
  for (const Contact& one : policy.contacts) {
    terms.value("contact " + one.name, "contact " + one.name, one.how);
  }
  add_case(terms, policy.case_clock);
  add_retention(terms, policy.retention);
  return terms.take();
}

std::vector<AgreementDifference> differences(const Policy& before, const Policy& after) {
  const std::vector<AgreementTerm> old_terms = terms_of(before);
  const std::vector<AgreementTerm> new_terms = terms_of(after);
  std::vector<AgreementDifference> found;
  for (const AgreementTerm& one : old_terms) {
    const AgreementTerm* then = find_term(new_terms, one.key);
    if (then == nullptr) {
      found.push_back({one.key, one.words, one.value, "", "gone"});
    } else if (then->value != one.value) {
      found.push_back({one.key, then->words, one.value, then->value, change_of(one, *then)});
    } else if (then->words != one.words) {
      found.push_back({one.key, then->words, one.words, then->words, "changed"});
    }
  }
  for (const AgreementTerm& one : new_terms) {
    if (find_term(old_terms, one.key) == nullptr) {
      found.push_back({one.key, one.words, "", one.value, "new"});
    }
  }
  return found;
}

void print_terms(Output& output, const std::vector<AgreementTerm>& terms) {
  Table table({{.title = "TERM", .is_words = true},
               {.title = "VALUE", .fit = Table::Fit::wrapped, .is_words = true}});
  for (const AgreementTerm& one : terms) table.add({"", {one.words, one.value}});
  table.print(output);
}

void print_differences(Output& output, const std::vector<AgreementDifference>& differences) {
  Table table({{.title = "TERM", .fit = Table::Fit::wrapped, .is_words = true},
               {.title = "CHANGE", .is_words = true},
               {.title = "NOW", .fit = Table::Fit::wrapped, .is_words = true},
               {.title = "THEN", .fit = Table::Fit::wrapped, .is_words = true}});
  for (const AgreementDifference& one : differences) {
    table.add({"",
               {one.words, one.change, one.before.empty() ? "-" : one.before,
                one.after.empty() ? "-" : one.after}});
  }
  table.print(output);
}

JsonValue json_terms(const std::vector<AgreementTerm>& terms) {
  return json_each(terms, [](const AgreementTerm& one) {
    return JsonValue()
        .add("term", one.key)
        .add("value", one.value)
        .add("ms", one.ms < 0 ? JsonValue() : JsonValue(one.ms))
        .add("months", one.months < 0 ? JsonValue() : JsonValue(one.months));
  });
}

JsonValue json_differences(const std::vector<AgreementDifference>& differences) {
  return json_each(differences, [](const AgreementDifference& one) {
    return JsonValue()
        .add("term", one.key)
        .add("before", json_text(one.before))
        .add("after", json_text(one.after))
        .add("change", one.change);
  });
}

}  // namespace hotline::client
