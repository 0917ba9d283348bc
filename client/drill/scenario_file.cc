#include "client/drill/scenario_file.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "client/compose/incident_file.h"
#include "client/compose/referred_message.h"
#include "client/drill/scenario_words.h"
#include "protocol/base/nearest.h"
#include "protocol/base/text.h"
#include "protocol/message/template.h"
#include "protocol/message/words.h"
#include "protocol/terminal/output.h"
#include "protocol/terminal/toml_section.h"

namespace hotline::client {
namespace {

namespace most = scenario_limits;
constexpr char kExample[] = "docs/scenarios/example.toml";

// The parts of one kind by their names, known before any of them is read: each may speak of those
// below it.
using Places = std::map<std::string, size_t>;

class ScenarioReader {
 public:
  ScenarioReader(const TomlFile& file, UtcMs now) : file_(file), now_(now) {}

  ScenarioReading read() {
    each(file_.root, [this] { read_head(); });
    if (reading_.scenario.sides[0].empty()) return std::move(reading_);  // All else would be wrong.
    name_all("objective", most::kObjectivesMax, objectives_);
    name_all("player", most::kPlayersMax, players_);
    name_all("inject", most::kInjectsMax, injects_);
    name_all("expect", most::kExpectationsMax, expectations_);
    read_all("objective", &Scenario::objectives, &ScenarioReader::objective);
    read_all("player", &Scenario::players, &ScenarioReader::player);
    read_all("inject", &Scenario::injects, &ScenarioReader::inject);
    read_all("expect", &Scenario::expectations, &ScenarioReader::expectation);
    return std::move(reading_);
  }

 private:
  // Reads something; what is wrong with it is a mistake of the file, and the rest is read on.
  template <class Read>
  bool each(const TomlValue& value, Read read) {
    try {
      read();
      return true;
    } catch (const TomlFault& fault) {
      add(value, fault.error);
      return false;
    }
  }
  // An error has its place before its words.
  void add(const TomlValue& otherwise, const Error& error) {
    Mistake mistake{otherwise.at, error.reason, "", error.hint};
    std::string_view rest = error.reason;
    if (rest.starts_with(file_.name + ":")) {
      rest.remove_prefix(file_.name.size() + 1);
      const std::string line(take_leading_digits(rest));
      take_character(rest, ':');
      const std::string column(take_leading_digits(rest));
      if (!line.empty() && !column.empty() && rest.starts_with(": ")) {
        mistake.at = {static_cast<uint32_t>(std::stoul(line)),
                      static_cast<uint32_t>(std::stoul(column))};
        mistake.what = rest.substr(2);
      }
    }
    reading_.mistakes.add(std::move(mistake));
  }

  static void need(const Status& status) {
    if (!status) throw TomlFault{status.error()};
  }

  TomlSection section(const TomlValue& table, const char* name, ScenarioTable keys,
                      size_t kind = 0) const {
    need(file_.only(table, scenario_keys(keys, kind)));
    return TomlSection(file_, name, table, kExample);
  }

  // ---- The file, and the names in it

  void read_head() {
    TomlSection root = section(file_.root, "", ScenarioTable::file);
    Scenario& scenario = reading_.scenario;
    const auto sides = root.texts("sides");
    const auto is_party = [](const std::string& name) { return is_name(name); };
    if (sides.size() != kSides || sides[0] == sides[1] ||
        !std::all_of(sides.begin(), sides.end(), is_party)) {
      root.fail(root.require("sides"), "a drill has two sides with names of their own",
                "sides = [\"north\", \"south\"]");
    }
    std::copy(sides.begin(), sides.end(), scenario.sides.begin());
    scenario.title = line(root, "title");
    if (root.has("summary")) scenario.summary = line(root, "summary");
    if (root.has("language")) scenario.language = root.text("language");
    if (!is_language_tag(scenario.language)) {
      root.fail(root.require("language"), "\"" + scenario.language + "\" is not a language",
                "language = \"en\"");
    }
    if (const auto seed = whole(root, "seed", INT64_MAX))
      scenario.seed = static_cast<uint64_t>(*seed);
  }

  const std::vector<TomlValue>* tables(const char* key) const {
    const TomlValue* list = file_.root.find(key);
    return list && list->kind == TomlValue::Kind::list ? &list->items : nullptr;
  }

  static bool is_name(const std::string& text) {
    return !text.empty() && text.size() <= most::kNameSizeMax &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-'; });
  }

  void name_all(const char* key, size_t count_max, Places& places) {
    const TomlValue* list = file_.root.find(key);
    if (list == nullptr) return;
    each(*list, [&] {
      TomlSection root(file_, "", file_.root, kExample);
      root.sections(key);  // Or it fails: it is something else.
      if (list->items.size() > count_max) {
        root.fail(list->items[count_max],
                  "a scenario has at most " + format_count(count_max) + " of [[" + key +
                      "]], and here are " + format_count(list->items.size()),
                  "make two scenarios of it, and play one after the other");
      }
    });
    const std::vector<TomlValue>* items = tables(key);
    for (size_t i = 0; items && i < std::min(items->size(), count_max); ++i) {
      const TomlValue& table = (*items)[i];
      const TomlValue* name = table.find("name");
      if (!name || name->kind != TomlValue::Kind::text) continue;  // Told when it is read.
      each(*name, [&] {
        if (!is_name(name->text)) {
          throw TomlFault{file_.error(name->at, "\"" + name->text + "\" is not a name",
                                      "use 1 to 48 of a-z, 0-9 and -, such as first-warning")};
        }
        if (!places.emplace(name->text, i).second) {
          throw TomlFault{file_.error(name->at,
                                      "\"" + name->text + "\" is the name of another one above",
                                      "give each a name of its own")};
        }
      });
    }
  }

  // One that has a mistake stays in its place, for others speak of it by its number.
  template <class Part>
  void read_all(const char* key, std::vector<Part> Scenario::*parts,
                Part (ScenarioReader::*read_one)(const TomlValue&)) {
    const std::vector<TomlValue>* items = tables(key);
    if (items == nullptr) return;
    for (size_t i = 0; i < std::min(items->size(), size_t{most::kInjectsMax}); ++i) {
      const TomlValue& table = (*items)[i];
      Part& part = (reading_.scenario.*parts).emplace_back();
      part.at = table.at;
      if (table.kind != TomlValue::Kind::table) continue;
      each(table, [&] { part = (this->*read_one)(table); });
      part.at = table.at;
    }
  }

  // ---- Values

  std::string line(TomlSection& section, const char* key) const {
    const std::string text = section.text(key);
    const std::string fault = what_is_not_plain(text);
    if (!fault.empty()) section.fail(section.require(key), std::string(key) + " " + fault);
    if (text.size() > most::kTextSizeMax) {
      section.fail(section.require(key), std::string(key) + " is longer than " +
                                             format_count(most::kTextSizeMax) + " bytes");
    }
    return text;
  }

  static std::optional<int64_t> whole(TomlSection& section, const char* key, int64_t most) {
    if (!section.has(key)) return std::nullopt;
    int64_t value = 0;
    section.optional_count(key, most, value);
    return value;
  }

  static int64_t duration(TomlSection& section, const char* key) {
    const int64_t time_ms = section.duration_ms(key);
    if (time_ms > most::kTimeMax_ms) {
      section.fail(section.require(key), std::string(key) + " is longer than 14 days",
                   "a drill lasts 14 days at most");
    }
    return time_ms;
  }
  static int64_t duration_or_0(TomlSection& section, const char* key) {
    return section.has(key) ? duration(section, key) : 0;
  }
  // A fault lasts so long; 0: to the end.
  static int64_t how_long(TomlSection& section) {
    if (!section.has("for")) return 0;
    const int64_t time_ms = duration(section, "for");
    if (time_ms == 0) {
      section.fail(section.require("for"), "a fault that lasts no time is none",
                   "leave for out, and it lasts to the end");
    }
    return time_ms;
  }

  // The place of the part that is named. `kind`: "inject".
  size_t named(TomlSection& section, const char* key, const Places& places,
               const char* kind) const {
    const std::string name = section.text(key);
    if (const auto found = places.find(name); found != places.end()) return found->second;
    fail_unknown(section.require(key), name, places, kind);
  }
  [[noreturn]] void fail_unknown(const TomlValue& value, const std::string& name,
                                 const Places& places, const char* kind) const {
    std::vector<std::string> names;
    for (const auto& [known, place] : places) names.push_back(known);
    throw TomlFault{file_.error(value.at, std::string("there is no ") + kind + " \"" + name + "\"",
                                hint_of(name, names))};
  }

  static std::string hint_of(const std::string& word, const std::vector<std::string>& known) {
    const std::string guess = did_you_mean(word, known);
    if (!guess.empty() || known.empty()) return guess.empty() ? "there is none" : guess;
    std::string all;
    constexpr size_t kShown = 12;
    for (size_t i = 0; i < std::min(known.size(), kShown); ++i) {
      all += (i == 0 ? "" : ", ") + known[i];
    }
    return "one of " + all + (known.size() > kShown ? ", ..." : "");
  }

  SideIndex side(TomlSection& section, const char* key) const {
    const auto& sides = reading_.scenario.sides;
    const std::string name = section.text(key);
    for (SideIndex i = 0; i < kSides; ++i) {
      if (sides[i] == name) return i;
    }
    section.fail(section.require(key), "there is no side \"" + name + "\"",
                 hint_of(name, {sides.begin(), sides.end()}));
  }

  // The index of the word that is typed.
  static size_t one_of(TomlSection& section, const char* key,
                       const std::vector<std::string>& words) {
    const std::string word = section.text(key);
    const auto found = std::find(words.begin(), words.end(), word);
    if (found != words.end()) return static_cast<size_t>(found - words.begin());
    section.fail(section.require(key), std::string(key) + " can't be \"" + word + "\"",
                 hint_of(word, words));
  }
  template <size_t N>
  static size_t kind_of_table(const TomlFile& file, const TomlValue& table, const char* name,
                              const std::array<KindWord, N>& words) {
    TomlSection section(file, name, table, kExample);
    std::vector<std::string> keys;
    for (const KindWord& one : words) keys.push_back(one.key);
    return one_of(section, "kind", keys);
  }

  template <class Enum>
  static Enum coded(TomlSection& section, const char* key) {
    std::vector<std::string> keys;
    for (const Word& word : vocabulary<Enum>().words) keys.push_back(word.key);
    return static_cast<Enum>(vocabulary<Enum>().words[one_of(section, key, keys)].value);
  }
  template <class Enum>
  static std::optional<Enum> optional_coded(TomlSection& section, const char* key) {
    if (!section.has(key)) return std::nullopt;
    return coded<Enum>(section, key);
  }

  ScenarioMessage message(TomlSection& parent) const {
    const TomlValue& value = parent.require("message");
    if (value.kind != TomlValue::Kind::table) {
      parent.fail(value, "\"message\" must be a table",
                  "message = { template = \"text\", precedence = \"routine\" }");
    }
    TomlSection section = this->section(value, "message", ScenarioTable::message);
    auto request = read_incident_table(file_, value, now_, DrawnFor{.peer = "", .exercise = true});
    if (!request) throw TomlFault{request.error()};
    ScenarioMessage message{*std::move(request), "", "", {}, {}, value.at};
    if (message.request.language.empty()) message.request.language = reading_.scenario.language;
    if (section.has("questions")) message.request.questions = section.texts("questions");
    if (section.has("answers")) message.answers = section.texts("answers");
    section.optional_flag("danger_to_life", message.request.danger_to_life);
    message.reply_by = section.optional_text("reply_by").value_or("");
    message.expires = section.optional_text("expires").value_or("");
    take_template_precedence(message.request);
    message.names = names_in(message.request, value);
    return message;
  }

  // A DECISION's incident is its first message.
  static bool names_a_message(const TemplateField& field) {
    return field.kind == kMessageName || field.key == "incident";
  }
  // "@crossing" in a field that names a message.
  std::map<std::string, size_t> names_in(const MessageRequest& request,
                                         const TomlValue& table) const {
    std::map<std::string, size_t> names;
    const auto info = find_template(request.template_name);
    const TomlValue* set = table.find("set");
    if (!info || !set) return names;
    for (const TemplateField& field : (*info)->fields) {
      const TomlValue* value = set->find(field.key);
      if (!names_a_message(field) || !value || !value->text.starts_with('@')) continue;
      const std::string name = value->text.substr(1);
      const auto found = injects_.find(name);
      if (found == injects_.end()) fail_unknown(*value, name, injects_, "inject");
      names[field.key] = found->second;
    }
    return names;
  }

  // ---- The parts

  Objective objective(const TomlValue& table) {
    TomlSection section = this->section(table, "objective", ScenarioTable::objective);
    Objective objective;
    objective.name = section.text("name");
    objective.text = line(section, "text");
    return objective;
  }

  Player player(const TomlValue& table) {
    TomlSection section = this->section(table, "player", ScenarioTable::player);
    Player player;
    player.name = section.text("name");
    player.side = side(section, "side");
    player.role = coded<wire::Role>(section, "role");
    bool is_scripted = false;
    section.optional_flag("scripted", is_scripted);
    if (is_scripted) {
      player.script = script(section);
      return player;
    }
    for (const char* key : {"acknowledge", "disseminate", "audience", "vary", "reply", "slip"}) {
      if (!section.has(key)) continue;
      section.fail(section.require(key),
                   std::string("people play this part, and ") + key + " is for a program",
                   "scripted = true, or leave it out");
    }
    return player;
  }

  Script script(TomlSection& section) {
    Script script;
    if (section.has("acknowledge")) script.acknowledge_ms = duration(section, "acknowledge");
    if (section.has("disseminate")) {
      script.disseminate_ms = duration(section, "disseminate");
      script.audience = coded<wire::Audience>(section, "audience");
    }
    script.vary_ms = duration_or_0(section, "vary");
    const auto bounded = [&](const char* key) {
      std::vector<TomlSection> tables = section.sections(key);
      if (tables.size() > most::kRepliesMax) {
        section.fail(section.require(key), std::string("a player has at most ") +
                                               format_count(most::kRepliesMax) + " of " + key);
      }
      return section.has(key) ? section.require(key).items : std::vector<TomlValue>();
    };
    for (const TomlValue& table : bounded("reply")) {
      each(table, [&] { script.replies.push_back(reply(table)); });
    }
    for (const TomlValue& table : bounded("slip")) {
      each(table, [&] { script.slips.push_back(slip(table)); });
    }
    return script;
  }

  Script::Reply reply(const TomlValue& table) {
    TomlSection section = this->section(table, "reply", ScenarioTable::reply);
    Script::Reply reply;
    reply.at = table.at;
    reply.to = named(section, "to", injects_, "inject");
    reply.after_ms = duration(section, "after");
    reply.message = message(section);
    return reply;
  }

  Script::Slip slip(const TomlValue& table) {
    using Kind = Script::Slip::Kind;
    TomlSection section = this->section(table, "slip", ScenarioTable::slip);
    Script::Slip slip;
    slip.at = table.at;
    slip.about = named(section, "about", injects_, "inject");
    slip.kind =
        static_cast<Kind>(one_of(section, "kind", {kSlipKeys.begin(), kSlipKeys.end()}) + 1);
    if (slip.kind == Kind::misreads_position) {
      section.require("by");
      section.optional_metres("by", slip.by);
    } else if (slip.kind == Kind::acknowledges_late || slip.kind == Kind::misreads_time) {
      slip.by = duration(section, "by");
    } else if (section.has("by")) {
      section.fail(section.require("by"), "this slip has no size", "leave it out");
    }
    if (const auto chance = whole(section, "chance", 100)) {
      slip.chance_percent = static_cast<uint8_t>(*chance);
    }
    return slip;
  }

  Trigger trigger(TomlSection& section) const {
    using By = Trigger::By;
    struct {
      const char* key;
      By by;
    } constexpr kTriggers[] = {{"at", By::time},
                               {"after", By::inject},
                               {"after_met", By::met},
                               {"after_missed", By::missed},
                               {"by_hand", By::hand}};
    Trigger trigger;
    const char* found = nullptr;
    for (const auto& one : kTriggers) {
      if (!section.has(one.key)) continue;
      if (found) {
        section.fail(
            section.require(one.key),
            std::string("it comes by ") + found + " already, and can't come by " + one.key + " too",
            "leave one of them out");
      }
      found = one.key;
      trigger.by = one.by;
      trigger.at = section.require(one.key).at;
    }
    if (found == nullptr) {
      section.fail(section.require("name"), "it does not say when it comes",
                   "at = \"5min\", after = \"NAME\", after_met = \"NAME\", after_missed = \"NAME\" "
                   "or by_hand = true");
    }
    if (trigger.by == By::time) trigger.delay_ms = duration(section, "at");
    if (trigger.by == By::inject) trigger.subject = named(section, found, injects_, "inject");
    if (trigger.by == By::met || trigger.by == By::missed) {
      trigger.subject = named(section, found, expectations_, "expectation");
    }
    if (trigger.by == By::hand) {
      bool is_by_hand = false;
      section.optional_flag(found, is_by_hand);
      if (!is_by_hand) section.fail(section.require(found), "by_hand must be true, or left out");
    }
    const bool waits = trigger.by != By::time && trigger.by != By::hand;
    if (section.has("wait") && !waits) {
      section.fail(section.require("wait"), "only what comes after something waits",
                   "at = \"5min\" says when it comes");
    }
    if (waits) trigger.delay_ms = duration_or_0(section, "wait");
    return trigger;
  }

  Inject inject(const TomlValue& table) {
    const size_t kind = kind_of_table(file_, table, "inject", kInjectKinds);
    TomlSection section = this->section(table, "inject", ScenarioTable::inject, kind);
    Inject inject;
    inject.name = section.text("name");
    inject.from = side(section, "from");
    section.optional_flag("enabled", inject.enabled);
    inject.trigger = trigger(section);
    inject.content = what_happens(section, kind);
    return inject;
  }

  InjectContent what_happens(TomlSection& section, size_t kind) {
    switch (kind) {
      case 0:
        return MessageSent{message(section)};
      case 1:
        return link_cut(section);
      case 2:
        return DaemonKilled{how_long(section)};
      case 3:
        return path_lost(section);
      case 4:
        return CertificateRevoked{section.has("player")
                                      ? std::optional(named(section, "player", players_, "player"))
                                      : std::nullopt};
      case 5:
        return clock_wrong(section);
      case 6:
        return PlayerAbsent{named(section, "player", players_, "player"), how_long(section)};
      default:
        return DirectorNote{line(section, "text")};
    }
  }

  static LinkCut link_cut(TomlSection& section) {
    LinkCut cut;
    if (section.has("how")) {
      cut.how =
          static_cast<LinkCut::How>(one_of(section, "how", {kCutKeys.begin(), kCutKeys.end()}) + 1);
    }
    if (cut.how == LinkCut::How::slow) {
      cut.delay_ms = duration(section, "delay");
    } else if (section.has("delay")) {
      section.fail(section.require("delay"), "only a slow link has a delay", "how = \"slow\"");
    }
    cut.for_ms = how_long(section);
    return cut;
  }

  static PathLost path_lost(TomlSection& section) {
    PathLost lost;
    section.require("path");
    section.optional_count("path", most::kPathsMax, lost.path);
    if (lost.path == 0) section.fail(section.require("path"), "paths are counted from 1");
    lost.for_ms = how_long(section);
    return lost;
  }

  static ClockWrong clock_wrong(TomlSection& section) {
    if (section.has("ahead") == section.has("slow")) {
      section.fail(section.require("kind"), "a wrong clock is ahead or slow, by so much",
                   "ahead = \"45s\"    or slow = \"45s\"");
    }
    const bool is_ahead = section.has("ahead");
    const int64_t by_ms = duration(section, is_ahead ? "ahead" : "slow");
    return {is_ahead ? by_ms : -by_ms, how_long(section)};
  }

  Expectation expectation(const TomlValue& table) {
    const size_t kind = kind_of_table(file_, table, "expect", kExpectationKinds);
    TomlSection section = this->section(table, "expect", ScenarioTable::expect, kind);
    Expectation expected;
    expected.name = section.text("name");
    expected.of = named(section, "of", injects_, "inject");
    expected.within_ms = duration(section, "within");
    expected.side = section.has("side") ? side(section, "side") : side_asked(expected.of);
    if (const auto points = whole(section, "points", most::kPointsMax)) expected.points = *points;
    if (section.has("objective")) {
      expected.objective = named(section, "objective", objectives_, "objective");
    }
    const bool only_people = kind + 1 == kExpectationKinds.size();
    expected.by_director =
        only_people ||
        (section.has("judged_by") && one_of(section, "judged_by", {"machine", "director"}) == 1);
    if (section.has("comment")) expected.comment = line(section, "comment");
    if (expected.by_director && expected.comment.empty()) {
      section.fail(section.require("kind"), "it does not say what the director is to look at",
                   "comment = \"Did the watch call before it fired?\"");
    }
    expected.content = what_is_expected(section, kind);
    return expected;
  }

  // Without a side: the one that receives the message. Read from the table, for the inject itself
  // may have a mistake.
  SideIndex side_asked(size_t inject) const {
    const TomlValue* from = (*tables("inject"))[inject].find("from");
    return from && from->text == reading_.scenario.sides[0] ? 1 : 0;
  }

  ExpectationContent what_is_expected(TomlSection& section, size_t kind) {
    switch (kind) {
      case 0:
        return Acknowledged{optional_coded<wire::Role>(section, "role")};
      case 1:
        return ReadBackRightly{};
      case 2:
        return Disseminated{optional_coded<wire::Audience>(section, "audience")};
      case 3:
        return answered(section);
      case 4:
        return Escalated{section.text("rung")};
      case 5:
        return ConflictFound{};
      case 6:
        return DecisionRecorded{optional_coded<wire::Role>(section, "role")};
      case 7:
        return NothingSent{};
      default:
        return DirectorJudges{};
    }
  }

  static Answered answered(TomlSection& section) {
    Answered answer;
    answer.type = optional_coded<wire::MessageType>(section, "type");
    if (section.has("words")) answer.words = section.texts("words");
    if (!section.has("fields")) return answer;
    TomlSection fields = section.section("fields");
    for (const std::string& key : fields.keys()) answer.fields[key] = fields.text(key);
    if (!answer.type) {
      section.fail(section.require("fields"), "fields belong to a type of message",
                   "type = \"incident\"");
    }
    return answer;
  }

  const TomlFile& file_;
  UtcMs now_;
  ScenarioReading reading_;
  Places objectives_, players_, injects_, expectations_;
};

}  // namespace

Result<ScenarioReading> parse_scenario(const std::string& name, const std::string& content,
                                       UtcMs now) {
  const auto file = parse_toml(name, content);
  if (!file) return file.error();
  return ScenarioReader(*file, now).read();
}

Result<ScenarioReading> read_scenario_file(const std::string& path, UtcMs now) {
  std::error_code fault;
  const auto size = std::filesystem::file_size(path, fault);
  if (!fault && size > most::kSizeMax) {
    return make_error(ErrorCode::configuration,
                      path + ": is larger than " + format_count(most::kSizeMax >> 10) + " KiB",
                      "make two scenarios of it, and play one after the other");
  }
  const auto file = read_toml_file(path);
  if (!file) return file.error();
  return ScenarioReader(*file, now).read();
}

}  // namespace hotline::client
