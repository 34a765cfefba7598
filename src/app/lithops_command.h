#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/annotate_options.h"
#include "base/error.h"

namespace ionloom::app {

/// `ionloom runs` as the user typed it.
struct RunsOptions {
  std::optional<std::filesystem::path> config;  ///< Lithops' configuration
  std::vector<std::string> runs;                ///< to clean
  bool all = false;
};

/// Adds `ionloom runs list` and `ionloom runs clean` to the parser.
void add_runs(CLI::App& app, RunsOptions& options);

/// Hands a run to the Python package, which drives Lithops: this process becomes it. Returns only
/// when that cannot be (kUsage): no Python, no package.
/// @param command  the parsed command `annotate`
[[nodiscard]] Result<void> annotate_by_lithops(const CLI::App& command,
                                               const AnnotateOptions& options);

/// The same for `ionloom runs ACTION`.
[[nodiscard]] Result<void> run_runs(const std::string& action, const RunsOptions& options);

}  // namespace ionloom::app
