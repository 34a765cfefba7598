#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "base/error.h"

namespace ionloom::app {

/// `ionloom cache` as the user typed it.
struct CacheOptions {
  std::string action = "show";  ///< or "clear"
};

/// Adds the command to the parser.
void add_cache(CLI::App& app, CacheOptions& options);

/// Prints where patterns and compiled modules are kept and how many, or removes them.
[[nodiscard]] Result<void> run_cache(const CacheOptions& options);

}  // namespace ionloom::app
