// Standard input, output and error of a program that may have been started without them (2>&-).
#pragma once

namespace hotline {

// Opens those of descriptors 0, 1 and 2 that are closed, on /dev/null: otherwise the next file that
// is opened, a store say, would have that number, and what is printed would be written into it.
// They are opened the wrong way round, so that reading the one and writing the others fails as
// before, and nothing is taken for printed. Call first of all. False, with errno, where that is not
// possible: then the program must not go on.
[[nodiscard]] bool open_standard_files();

// For a program whose log is written by a thread that may wait. Returns a descriptor of what
// standard error was, and leaves as standard error one of the same that never waits where the
// system gives one: what a program says when it ends by a fault must not keep it from ending.
int take_standard_error();

}  // namespace hotline
