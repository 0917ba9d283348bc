// Headers that most of the client's sources read first. Where several sources are compiled together
// these are compiled once (hotline_compile_together). Sources include what they use all the same.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/api/client_generated.h"
#include "protocol/channel/journal_generated.h"
