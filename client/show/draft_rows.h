// Drafts that the daemon keeps, as people and programs see them: in a list, and one of them.
#pragma once

#include <string>
#include <vector>

#include "client/connect/connection.h"
#include "protocol/message/message_rules.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// "ann, operator"; without the name where it was erased.
std::string person_words(const std::string& name, uint8_t role);

// "D-3 was sent as N-000123 by ann, operator at 2026-11-22T14:11:00.000Z", of one that ended; of
// one that two people let go "D-3 was released by bob, supervisor at ..., as N-000123".
std::string end_words(const wire::DraftDetail& detail);

// How far it is on its way to its release: "waits for release"; and by whom, or empty for one that
// was only saved: "given back by bob, supervisor at 2026-11-22T14:11:00.000Z: name the area".
std::string state_words(const wire::DraftRow& row);
std::string step_words(const wire::DraftRow& row);

void print_drafts(Output& output, const std::vector<const wire::DraftRow*>& rows);
// Members for one draft; without "v".
JsonValue json_draft(const wire::DraftRow& row);
JsonValue json_drafts(const std::vector<const wire::DraftRow*>& rows);

// The rules that a draft breaks, as it stands: one line each as talk, or as members.
void say_problems(Output& output, const std::vector<Problem>& problems);
JsonValue json_problems(const std::vector<Problem>& problems);

}  // namespace hotline::client
