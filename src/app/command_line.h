#pragma once

#include <span>
#include <string>
#include <vector>

namespace ionloom::app {

/// Runs the command that the arguments (without the program's name) name, and prints to stdout and
/// stderr what there is to say.
/// @return the exit code: 0 done, 1 the data or the run failed, 2 wrong use, 3 too little memory or
///         disk, 4 a remote side failed, 130 stopped by Ctrl-C
[[nodiscard]] int run_command_line(const std::vector<std::string>& arguments);

}  // namespace ionloom::app
