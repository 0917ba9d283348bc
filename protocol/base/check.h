// HOTLINE_CHECK(condition): what must hold whatever arrives from outside. On in every build; a
// failure is a bug in this program, so the process ends before it can say something untrue. Never
// used on input.
#pragma once

#include <cstdio>
#include <cstdlib>

#define HOTLINE_CHECK(condition)                                                         \
  do {                                                                                   \
    if (!(condition)) {                                                                  \
      std::fprintf(stderr, "%s:%d: check failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)
