#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace ionloom::app {

/// The exit code of a command line that asks for what does not exist.
inline constexpr int kWrongUse = 2;

/// Says on stderr what is wrong with the arguments, in the user's words, with the nearest name that
/// exists and the help to read.
/// @return kWrongUse
int report_wrong_use(const CLI::App& app, const std::vector<std::string>& arguments,
                     const CLI::ParseError& error);

}  // namespace ionloom::app
