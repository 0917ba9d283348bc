// The parts that hotline-hostile can play. Each takes the words after its name and returns an exit
// status; mistakes in them are thrown.
#pragma once

#include <string>
#include <vector>

namespace hotline::hostile {

int run_peer(const std::vector<std::string>& arguments);
int run_person(const std::vector<std::string>& arguments);
int run_strangers(const std::vector<std::string>& arguments);

}  // namespace hotline::hostile
