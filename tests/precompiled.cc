// Only so that the headers belong to a target.
#include "tests/precompiled.h"
