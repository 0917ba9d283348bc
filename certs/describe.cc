#include "certs/describe.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "certs/certificate_fields.h"
#include "certs/check.h"
#include "certs/key_file.h"

namespace hotline {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kDay_ms = int64_t{24} * 60 * 60 * 1000;
constexpr Purpose kDaemonPurposes[] = {Purpose::tls, Purpose::log, Purpose::receipt,
                                       Purpose::witness};

std::string date_text(UtcMs time) {
  return format_rfc3339(time).substr(0, 10);
}

PkiProblem failure(const Error& error) {
  return {true, error.reason, error.hint};
}

int64_t whole_days(int64_t duration_ms) {
  return duration_ms >= 0 ? duration_ms / kDay_ms : -((-duration_ms + kDay_ms - 1) / kDay_ms);
}

void set_validity(PkiFile& file, UtcMs not_before, UtcMs not_after, UtcMs now) {
  file.not_before = not_before;
  file.not_after = not_after;
  file.days_left = whole_days(not_after - now);
}

// What has expired already is a failure, which the check itself reports.
void warn_of_expiry(PkiFile& file, UtcMs now) {
  const auto threshold = expiry_threshold_days(*file.not_before, *file.not_after, now);
  if (!threshold || *threshold == 0) return;
  file.problems.push_back({false,
                           "ends on " + format_rfc3339(*file.not_after) + ", in less than " +
                               (*threshold == 1 ? "1 day" : std::to_string(*threshold) + " days"),
                           "have the CA issue the next one now"});
}

// Looks at one directory, file by file, and remembers the names it dealt with.
class DirectoryReader {
 public:
  DirectoryReader(const std::string& directory, UtcMs now) : now_(now) {
    description_.directory = directory;
  }

  PkiDescription read() {
    read_ca();
    for (const Purpose purpose : kDaemonPurposes) {
      read_pair(purpose_name(purpose), purpose, true);
    }
    read_people();
    read_rest();
    return std::move(description_);
  }

 private:
  std::string path(const std::string& name) const { return description_.directory + "/" + name; }

  bool exists(const std::string& name) const {
    std::error_code ignored;
    return fs::exists(path(name), ignored);
  }

  PkiFile& add(const std::string& name, const std::string& kind) {
    seen_.insert(name);
    description_.files.push_back({});
    description_.files.back().file = name;
    description_.files.back().kind = kind;
    return description_.files.back();
  }

  void read_ca() {
    read_ca_certificate();
    if (exists("ca.crl")) read_crl();
    if (exists("ca.key")) read_ca_key();
  }

  void read_ca_certificate() {
    PkiFile& file = add("ca.crt", "CA certificate");
    auto anchor = TrustAnchor::load(path("ca.crt"), "");
    if (!anchor) {
      file.problems.push_back(failure(anchor.error()));
      return;
    }
    anchor_.emplace(std::move(*anchor));
    auto fields = read_certificate_fields(anchor_->certificate());
    if (!fields) {
      file.problems.push_back(failure(fields.error()));
      return;
    }
    file.serial = fields->serial_hex;
    file.dev_only = fields->dev_only;
    set_validity(file, fields->not_before, fields->not_after, now_);
    if (*file.days_left < 0) {
      file.problems.push_back({true, fields->label + " has expired", "the party needs a new CA"});
    }
    warn_of_expiry(file, now_);
  }

  void read_crl() {
    PkiFile& file = add("ca.crl", "revocation list");
    if (!anchor_) {
      file.problems.push_back({true, "ca.crl: cannot be checked without ca.crt", ""});
      return;
    }
    if (Status status = anchor_->reload_crl(path("ca.crl")); !status) {
      file.problems.push_back(failure(status.error()));
      return;
    }
    file.serial = anchor_->crl_number_hex();
    file.not_before = anchor_->crl_this_update();
    if (anchor_->crl_next_update() == 0) return;
    set_validity(file, anchor_->crl_this_update(), anchor_->crl_next_update(), now_);
    if (*file.days_left < 0) {
      file.problems.push_back({false,
                               "ca.crl: a newer list was due on " + date_text(*file.not_after),
                               "have the CA issue the next list"});
    }
  }

  void read_ca_key() {
    PkiFile& file = add("ca.key", "private key");
    auto key = load_private_key(path("ca.key"));
    if (!key) {
      file.problems.push_back(failure(key.error()));
    } else if (anchor_) {
      if (Status status = check_key_matches(key->get(), anchor_->certificate()); !status) {
        file.problems.push_back(failure(status.error()));
      }
    }
    file.dev_only = description_.files.front().dev_only;
    if (!file.dev_only) {
      file.problems.push_back({false, "ca.key: the CA's own key lies beside the daemon's",
                               "keep it on a machine that is not on a network"});
    }
  }

  void read_pair(const std::string& stem, Purpose purpose, bool key_needed) {
    X509StackPtr chain = read_leaf(stem + ".crt", purpose);
    const std::string key_name = stem + ".key";
    if (!key_needed && !exists(key_name)) return;
    PkiFile& file = add(key_name, "private key");
    file.purpose = purpose_name(purpose);
    auto key = load_private_key(path(key_name));
    if (!key) {
      file.problems.push_back(failure(key.error()));
    } else if (chain) {
      Status status = check_key_matches(key->get(), sk_X509_value(chain.get(), 0));
      if (!status) file.problems.push_back(failure(status.error()));
    }
  }

  // The chain as far as it could be read, to compare the key with.
  X509StackPtr read_leaf(const std::string& name, Purpose purpose) {
    PkiFile& file = add(name, "certificate");
    file.purpose = purpose_name(purpose);
    auto chain = load_chain(path(name));
    if (!chain) {
      file.problems.push_back(failure(chain.error()));
      return nullptr;
    }
    X509* leaf = sk_X509_value(chain->get(), 0);
    if (auto fields = read_certificate_fields(leaf)) {
      file.serial = fields->serial_hex;
      file.dev_only = fields->dev_only;
      set_validity(file, fields->not_before, fields->not_after, now_);
    }
    if (anchor_) judge_leaf(file, leaf, chain->get(), purpose);
    return std::move(*chain);
  }

  void judge_leaf(PkiFile& file, X509* leaf, const STACK_OF(X509) * chain, Purpose purpose) {
    auto checked = check_certificate(leaf, chain, *anchor_, purpose, true, now_);
    if (checked && purpose == Purpose::tls) {
      checked = check_certificate(leaf, chain, *anchor_, purpose, false, now_);
    }
    if (!checked) {
      file.problems.push_back(failure(checked.error()));
      return;
    }
    file.identity = identity_uri(checked->identity);
    if (description_.party.empty()) description_.party = checked->identity.party;
    if (Status status = check_party(*checked, description_.party); !status) {
      file.problems.push_back(failure(status.error()));
    }
    const std::string person = fs::path(file.file).stem().string();
    if (purpose == Purpose::person && checked->identity.person != person) {
      file.problems.push_back(
          {false, file.file + ": names " + checked->identity.person + ", not " + person,
           "rename the file, lest somebody hands it to the wrong person"});
    }
    warn_of_expiry(file, now_);
  }

  void read_people() {
    std::set<std::string> stems;
    for (const std::string& name : names_in("people")) {
      const fs::path file(name);
      if (file.extension() == ".crt" || file.extension() == ".key") {
        stems.insert("people/" + file.stem().string());
      }
    }
    for (const std::string& stem : stems) read_pair(stem, Purpose::person, false);
  }

  void read_rest() {
    for (const std::string& prefix : {std::string(), std::string("people/")}) {
      for (const std::string& name : names_in(prefix)) {
        if (prefix.empty() && name == "people") continue;
        if (!seen_.contains(prefix + name)) add(prefix + name, "not used");
      }
    }
  }

  // Sorted, so that the same directory is always described in the same order.
  std::set<std::string> names_in(const std::string& folder) const {
    std::set<std::string> names;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(path(folder), ignored)) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }

  const UtcMs now_;
  PkiDescription description_;
  std::optional<TrustAnchor> anchor_;
  std::set<std::string> seen_;
};

size_t count_problems(const PkiDescription& description, bool failures) {
  size_t count = 0;
  for (const PkiFile& file : description.files) {
    count += static_cast<size_t>(
        std::count_if(file.problems.begin(), file.problems.end(),
                      [&](const PkiProblem& problem) { return problem.is_failure == failures; }));
  }
  return count;
}

std::string state_text(const PkiFile& file) {
  const bool failed = std::any_of(file.problems.begin(), file.problems.end(),
                                  [](const PkiProblem& problem) { return problem.is_failure; });
  if (failed) return "FAILED";
  if (!file.problems.empty()) return "warning";
  return file.kind == "not used" ? "-" : "good";
}

std::vector<std::string> row_of(const PkiFile& file) {
  const std::string dash = "-";
  return {file.file,
          file.kind,
          file.purpose.empty() ? dash : file.purpose,
          file.identity.empty() ? dash : file.identity,
          file.not_after ? date_text(*file.not_after) : dash,
          file.days_left ? std::to_string(*file.days_left) : dash,
          state_text(file)};
}

std::string table_text(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - row[i].size() + 2, ' ');
    }
    text += line + "\n";
  }
  return text;
}

std::string count_text(size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

size_t PkiDescription::failure_count() const {
  return count_problems(*this, true);
}

size_t PkiDescription::warning_count() const {
  return count_problems(*this, false);
}

Result<PkiDescription> describe_party_directory(const std::string& directory, UtcMs now) {
  std::error_code error;
  if (!fs::is_directory(directory, error)) {
    return make_error(ErrorCode::not_found, directory + " is no directory of a party",
                      "name the one that holds ca.crt and tls.crt, as DIR/north after hotline pki "
                      "dev-init DIR");
  }
  return DirectoryReader(directory, now).read();
}

std::string describe_text(const PkiDescription& description) {
  std::string text = "party " + (description.party.empty() ? "unknown" : description.party) + ", " +
                     description.directory + "\n";
  const bool dev_only = std::any_of(description.files.begin(), description.files.end(),
                                    [](const PkiFile& file) { return file.dev_only; });
  if (dev_only) text += "DEV ONLY: these keys are for trying Hotline, never for a live channel\n";
  std::vector<std::vector<std::string>> rows = {
      {"FILE", "KIND", "PURPOSE", "NAME", "UNTIL", "DAYS", "STATE"}};
  for (const PkiFile& file : description.files) rows.push_back(row_of(file));
  text += table_text(rows);
  for (const PkiFile& file : description.files) {
    for (const PkiProblem& problem : file.problems) {
      text += std::string(problem.is_failure ? "FAILED   " : "warning  ") + file.file + ": " +
              problem.reason + "\n";
      if (!problem.hint.empty()) text += "  try:   " + problem.hint + "\n";
    }
  }
  text += count_text(description.failure_count(), "failure") + ", " +
          count_text(description.warning_count(), "warning") + "\n";
  return text;
}

std::optional<int> expiry_threshold_days(UtcMs not_before, UtcMs not_after, UtcMs now) {
  if (now >= not_after + 1000) return 0;
  for (const int days : {1, 7, 30}) {
    const int64_t threshold_ms = days * kDay_ms;
    if (not_after - not_before > 2 * threshold_ms && not_after - now <= threshold_ms) return days;
  }
  return std::nullopt;
}

}  // namespace hotline
