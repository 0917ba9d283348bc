// Headers that nearly every test reads first, compiled once (tests/CMakeLists.txt). Tests include
// what they use all the same.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "protocol/api/client_generated.h"
#include "protocol/channel/journal_generated.h"
