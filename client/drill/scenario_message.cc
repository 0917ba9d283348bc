#include "client/drill/scenario_message.h"

#include <algorithm>

#include "client/compose/typed_fields.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/template.h"

namespace hotline::client {
namespace {

Result<DraftFields> answer_of(const Scenario& scenario, const ScenarioMessage& message,
                              const ScenarioMessage* asked) {
  const size_t questions = asked ? asked->request.questions.size() : 0;
  if (message.answers.size() > questions) {
    return make_error(ErrorCode::usage,
                      std::to_string(message.answers.size()) + " answers, and " +
                          std::to_string(questions) + " questions were asked",
                      "one answer for each question, in their order");
  }
  DraftFields draft;
  AnswersFields answers;
  for (size_t i = 0; i < message.answers.size(); ++i) {
    AnswerItemFields item;
    item.question = static_cast<uint8_t>(i + 1);
    item.outcome = wire::AnswerOutcome::answered;
    item.text = message.answers[i];
    answers.items.push_back(std::move(item));
  }
  draft.language = message.request.language.empty() ? scenario.language : message.request.language;
  draft.precedence = message.request.precedence;
  draft.body.subject =
      made_subject(wire::MessageType::answer, draft.language, "Answer", std::string());
  draft.body.content = std::move(answers);
  return draft;
}

bool has_date(const std::string& value) {
  const auto is_date = [&](size_t at) {
    constexpr std::string_view kForm = "0000-00-00T";
    for (size_t i = 0; i < kForm.size(); ++i) {
      const char c = value[at + i];
      if (kForm[i] == '0' ? c < '0' || c > '9' : c != kForm[i]) return false;
    }
    return true;
  };
  for (size_t at = 0; at + 11 <= value.size(); ++at) {
    if (is_date(at)) return true;
  }
  return parse_time(value, std::nullopt).has_value();
}

// A date in a scenario is another day's when it is played.
Status check_time(const std::string& key, const std::string& value) {
  if (!has_date(value)) return ok();
  return make_error(ErrorCode::usage, key + " names a day, and a drill is played on any day",
                    key + " = \"-5m\"    or \"+2h\", from the moment it is sent");
}

Status check_times(const ScenarioMessage& message) {
  const auto info = find_template(message.request.template_name);
  const std::vector<TemplateField> none;
  for (const TemplateField& field : info ? (*info)->fields : none) {
    const auto typed = message.request.settings.find(field.key);
    if (typed == message.request.settings.end() || !has_times(field.kind)) continue;
    if (Status fit = check_time(field.key, typed->second); !fit) return fit;
  }
  if (Status fit = check_time("reply_by", message.reply_by); !fit) return fit;
  return check_time("expires", message.expires);
}

Status take_time(const std::string& typed, UtcMs now, std::optional<UtcMs>& time) {
  if (typed.empty()) return ok();
  const auto read = parse_time(typed, now);
  if (!read) return read.error();
  time = *read;
  return ok();
}

}  // namespace

Result<DraftFields> draft_of(const Scenario& scenario, const ScenarioMessage& message,
                             SideIndex side, const ScenarioMessage* asked, UtcMs now,
                             const SerialOf& serial_of) {
  MessageRequest request = message.request;
  for (const auto& [field, inject] : message.names) request.settings[field] = serial_of(inject);
  if (request.precedence == wire::Precedence::unset && asked) {
    request.precedence = asked->request.precedence;
  }
  if (request.precedence == wire::Precedence::unset) {
    return make_error(ErrorCode::usage, "it does not say how fast it goes",
                      "precedence = \"flash\", or immediate, priority or routine");
  }
  if (auto status = take_time(message.reply_by, now, request.reply_by); !status) {
    return status.error();
  }
  if (auto status = take_time(message.expires, now, request.expires_at); !status) {
    return status.error();
  }
  ScenarioMessage as_asked = message;
  as_asked.request.precedence = request.precedence;
  auto draft = message.answers.empty() ? make_draft(request, scenario.sides[side], now, now)
                                       : answer_of(scenario, as_asked, asked);
  if (!draft) return draft.error();
  // Whoever has the scenario can tell by it which inject the message is.
  draft->drafted_at = now;
  const auto finished = finish_draft(*draft, true, now);
  if (!finished) return finished.error();
  return draft;
}

ScenarioDrafts make_drafts(const Scenario& scenario, UtcMs now, Mistakes& mistakes) {
  // As long as it has none, any serial of its sender stands for it.
  const SerialOf made_up = [&](size_t inject) {
    const char first = scenario.sides[scenario.injects[inject].from].front();
    return std::string("X") + to_capital(first) + "-000001";
  };
  const auto made = [&](const ScenarioMessage& message, SideIndex side,
                        const ScenarioMessage* asked,
                        const std::string& of) -> std::optional<DraftFields> {
    if (message.at.line == 0) return std::nullopt;  // It has a mistake that was told.
    const Status times = check_times(message);
    auto draft = times ? draft_of(scenario, message, side, asked, now, made_up) : times.error();
    if (draft) return *std::move(draft);
    mistakes.add({message.at, "the message of " + of + " can't be sent", draft.error().reason,
                  draft.error().hint});
    return std::nullopt;
  };
  ScenarioDrafts drafts;
  for (const Inject& inject : scenario.injects) {
    const ScenarioMessage* message = inject.message();
    drafts.injects.push_back(message ? made(*message, inject.from, nullptr, inject.name)
                                     : std::nullopt);
  }
  for (const Player& player : scenario.players) {
    auto& replies = drafts.replies.emplace_back();
    if (!player.script) continue;
    for (const Script::Reply& reply : player.script->replies) {
      replies.push_back(
          made(reply.message, player.side, scenario.injects[reply.to].message(), player.name));
    }
  }
  return drafts;
}

}  // namespace hotline::client
