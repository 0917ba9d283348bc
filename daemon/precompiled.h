// Headers that most of the daemon's sources read first. Where several sources are compiled together
// these are compiled once (hotline_compile_together). Sources include what they use all the same.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/api/client_generated.h"
#include "protocol/channel/journal_generated.h"
