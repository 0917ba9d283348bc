// The report on a drill as a page for people, in Markdown or in HTML.
#pragma once

#include "client/after_action/after_action.h"
#include "client/after_action/page.h"

namespace hotline::client {

// Where an export FAILED, the page says that alone.
Page after_action_page(const AfterAction& report);

}  // namespace hotline::client
