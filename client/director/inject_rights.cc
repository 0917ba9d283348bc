#include "client/director/inject_rights.h"

#include "client/compose/handing_in.h"
#include "client/drill/play.h"
#include "client/drill/scenario_message.h"
#include "protocol/base/text.h"
#include "protocol/message/draft.h"

namespace hotline::client {
namespace {

void add_name(std::string& names, const std::string& name) {
  names += (names.empty() ? "" : ", ") + name;
}

}  // namespace

Status check_inject_rights(Connection& daemon, const Scenario& scenario, SideIndex side,
                           UtcMs now) {
  const std::vector<bool> is_on = injects_that_are_on(scenario);
  const std::string any_serial =
      std::string("X") + to_capital(scenario.sides[side].front()) + "-000001";
  std::string not_allowed, by_two;
  for (size_t i = 0; i < scenario.injects.size(); ++i) {
    const Inject& inject = scenario.injects[i];
    if (!is_on[i] || inject.from != side || inject.message() == nullptr) continue;
    const auto fields = draft_of(scenario, *inject.message(), side, nullptr, now,
                                 [&](size_t) { return any_serial; });
    if (!fields) continue;  // Its check has spoken of it.
    const auto type = fields->kind().type;
    const Right right = type == wire::MessageType::status ? Right::declare : Right::send;
    if (!daemon.may(right, type)) add_name(not_allowed, inject.name);
    const auto draft = finish_draft(*fields, true, now);
    if (draft && asks_two_people(daemon, *draft)) add_name(by_two, inject.name);
  }
  if (!not_allowed.empty()) {
    return make_error(ErrorCode::not_allowed,
                      "whoever starts it gives its injects, and has no role here that may send "
                      "these: " +
                          not_allowed,
                      "roles = [\"supervisor\", \"director\"] of that person, in the daemon's "
                      "configuration");
  }
  if (!by_two.empty()) {
    return make_error(
        ErrorCode::configuration,
        "here another person releases such messages, and an inject is given by one: " + by_two,
        "[release] two_person = [] in the configuration of both exercise daemons");
  }
  return ok();
}

}  // namespace hotline::client
