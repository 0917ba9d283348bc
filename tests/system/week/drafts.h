// Messages as people of the week write them: what the commands of `hotline` would make.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "client/compose/draft.h"
#include "protocol/channel/core.h"

namespace hotline::week {

using client::DraftFields;
using Set = std::map<std::string, std::string>;  // As --set KEY=VALUE.

inline constexpr auto flash = wire::Precedence::flash;
inline constexpr auto immediate = wire::Precedence::immediate;
inline constexpr auto priority = wire::Precedence::priority;
inline constexpr auto routine = wire::Precedence::routine;

DraftFields text_draft(wire::Precedence precedence, const std::string& text);
// Throws WeekFailed for what the template does not take.
DraftFields template_draft(const std::string& name, wire::Precedence precedence, const Set& set,
                           UtcMs now);
DraftFields question_draft(wire::Precedence precedence, const std::vector<std::string>& questions);
DraftFields answer_draft(const MessageRecord& request, const std::string& id,
                         std::vector<AnswerItemFields> items);
// Reads back what the message says now, which is this body.
DraftFields acknowledgement_draft(const MessageRecord& message, const Bytes& newest,
                                  const std::string& id, UtcMs now);
DraftFields dissemination_draft(const MessageRecord& message, const std::string& id,
                                wire::Audience audience, UtcMs now);
DraftFields decline_draft(const MessageRecord& message, const std::string& id,
                          const std::string& why);
DraftFields test_call_draft(const CoreStatus& status, uint64_t phrase, UtcMs now);
DraftFields correction_draft(const MessageRecord& message, const std::string& id,
                             const FieldChangeFields& change, const std::string& why);
DraftFields cancellation_draft(const MessageRecord& message, const std::string& id,
                               const std::string& why);
DraftFields service_draft(wire::Precedence precedence, ServiceFields fields);

}  // namespace hotline::week
