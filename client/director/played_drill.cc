#include "client/director/played_drill.h"

#include <filesystem>

#include "client/director/order_file.h"
#include "client/drill/scenario_file.h"

namespace hotline::client {
namespace {

constexpr int64_t kLookForAnswer_ms = 50;
constexpr int64_t kAnswerPatience_ms = 120'000;

bool is_drill(const std::filesystem::path& directory) {
  std::error_code fault;
  return std::filesystem::exists(drill_record_path(directory), fault) &&
         std::filesystem::exists(drill_scenario_path(directory), fault);
}

// Whoever names a channel means that one, and no drill in whose directory they happen to be.
bool names_a_channel(const Invocation& invocation) {
  for (const char* option : {"--config", "--context"}) {
    if (invocation.arguments.has(option)) return true;
  }
  for (const char* variable : {"HOTLINE_CONFIG", "HOTLINE_CONTEXT"}) {
    const auto found = invocation.around->environment(variable);
    if (found && !found->empty()) return true;
  }
  return false;
}

std::string to_go_on(const std::string& directory) {
  return "hotline drill start --resume " + directory;
}

// Nothing: this line answers another order, or none.
std::optional<Result<PlayedDrill::Answer>> answer_in(const JsonInput& line, uint64_t number) {
  if (text_in(line, "what") != "answered" ||
      static_cast<uint64_t>(number_in(line, "order")) != number) {
    return std::nullopt;
  }
  const int64_t code = number_in(line, "code");
  if (code == 0) {
    return Result<PlayedDrill::Answer>(
        PlayedDrill::Answer{number, number_in(line, "at_ms"), text_in(line, "message")});
  }
  return Result<PlayedDrill::Answer>(
      make_error(static_cast<ErrorCode>(code), text_in(line, "reason"), text_in(line, "hint")));
}

}  // namespace

std::optional<uint64_t> drill_seed(const std::vector<JsonInput>& lines) {
  std::optional<uint64_t> seed;
  for (const JsonInput& line : lines) {
    const JsonInput* found = line.find("seed");
    if (found == nullptr || found->number() == nullptr) continue;
    seed = static_cast<uint64_t>(found->number()->scaled(0).value_or(1));
  }
  return seed;
}

std::optional<std::string> PlayedDrill::directory_of(const Invocation& invocation) {
  namespace fs = std::filesystem;
  if (const auto typed = invocation.arguments.get("--directory")) return fs::absolute(*typed);
  std::error_code fault;
  const fs::path contexts =
      config_path(invocation.arguments.get("--config"), invocation.around->environment);
  const fs::path beside = fs::absolute(contexts, fault).parent_path();
  if (is_drill(beside)) return beside.string();
  const fs::path here = fs::current_path(fault);
  return !names_a_channel(invocation) && is_drill(here) ? std::optional(here.string())
                                                        : std::nullopt;
}

Result<PlayedDrill> PlayedDrill::open(const std::string& directory, UtcMs now) {
  if (!is_drill(directory)) {
    return make_error(ErrorCode::not_found, directory + ": no drill lies there",
                      "--directory DIR, as hotline drill start printed it");
  }
  auto reading = read_scenario_file(drill_scenario_path(directory), now);
  if (!reading) return reading.error();
  const auto sight = DrillRecord::look(drill_record_path(directory));
  if (!sight) return sight.error();
  PlayedDrill drill;
  drill.directory_ = directory;
  drill.scenario_ = std::move(reading->scenario);
  if (const auto seed = drill_seed(sight->lines)) drill.scenario_.seed = *seed;
  return drill;
}

bool PlayedDrill::is_played() const {
  return DrillRecord::is_kept(drill_record_path(directory_));
}

Result<DrillRecord::Sight> PlayedDrill::record() const {
  return DrillRecord::look(drill_record_path(directory_));
}

Result<DrillStanding> PlayedDrill::standing() const {
  const auto sight = record();
  if (!sight) return sight.error();
  DrillStanding standing = before_drill(scenario_);
  for (const JsonInput& line : sight->lines) take_line(scenario_, standing, line);
  return standing;
}

Result<PlayedDrill::Answer> PlayedDrill::hand_in(const DrillOrder& order,
                                                 const Surroundings& around) const {
  const auto sight = record();
  if (!sight) return sight.error();
  const auto stands = standing();
  if (!stands) return stands.error();
  if (stands->has_ended) return hand_in_afterwards(order, around);
  if (!is_played()) {
    return make_error(ErrorCode::refused, "no program plays this drill now", to_go_on(directory_));
  }
  const auto number = OrderFile(drill_orders_path(directory_)).add(order);
  if (!number) return number.error();
  return wait_for_answer(order, *number, sight->end, around);
}

// The program makes the exports still, and nobody else writes the record until it has.
Result<PlayedDrill::Answer> PlayedDrill::hand_in_afterwards(const DrillOrder& order,
                                                            const Surroundings& around) const {
  const auto stands = standing();
  if (!stands) return stands.error();
  if (Status possible = check_order(scenario_, *stands, order); !possible) return possible.error();
  const int64_t until_ms = around.steady_ms() + kAnswerPatience_ms;
  while (is_played() && around.steady_ms() < until_ms) around.pause(kLookForAnswer_ms);
  return add_afterwards(order);
}

Result<PlayedDrill::Answer> PlayedDrill::wait_for_answer(const DrillOrder& order, uint64_t number,
                                                         uint64_t begin,
                                                         const Surroundings& around) const {
  const int64_t until_ms = around.steady_ms() + kAnswerPatience_ms;
  for (;;) {
    // In this order: the last lines are written before the program ends.
    const bool goes_on = is_played();
    const auto sight = DrillRecord::look(drill_record_path(directory_), begin);
    if (!sight) return sight.error();
    bool has_ended = false;
    for (const JsonInput& line : sight->lines) {
      if (auto answer = answer_in(line, number)) return *std::move(answer);
      has_ended = has_ended || text_in(line, "what") == "ended";
    }
    if (has_ended) return hand_in_afterwards(order, around);
    if (!goes_on) {
      return make_error(ErrorCode::unreachable,
                        "the program that plays the drill ended before it answered; what was "
                        "ordered is done once the drill goes on",
                        to_go_on(directory_));
    }
    if (order.kind != DrillOrder::Kind::jump && around.steady_ms() > until_ms) {
      return make_error(ErrorCode::timed_out,
                        "the drill does not answer; what was ordered is done as soon as it does",
                        "hotline drill status");
    }
    around.pause(kLookForAnswer_ms);
  }
}

Result<PlayedDrill::Answer> PlayedDrill::add_afterwards(DrillOrder order) const {
  const auto number = OrderFile(drill_orders_path(directory_)).add(order);
  if (!number) return number.error();
  order.number = *number;
  auto record = DrillRecord::open(drill_record_path(directory_));
  if (!record) return record.error();
  DrillStanding standing = before_drill(scenario_);
  for (const JsonInput& line : record->lines()) take_line(scenario_, standing, line);
  const auto added = record->add(record_line(order, standing.now_ms));
  if (!added) return added.error();
  return Answer{*number, standing.now_ms, ""};
}

}  // namespace hotline::client
