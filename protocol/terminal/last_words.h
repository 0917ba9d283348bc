// The last words of a program that is interrupted, so that people and programs learn how far it
// came.
#pragma once

#include <string>

namespace hotline {

// From now on INT, TERM and HUP print these words on standard error and end the program with 128
// and the signal's number, as shells count it. A signal that was ignored before the first call
// stays ignored (nohup). For the main thread of a program whose other threads, if any, block these
// signals.
void set_last_words(std::string words);

}  // namespace hotline
