#pragma once

#include <filesystem>

#include <CLI/CLI.hpp>

#include "base/error.h"

namespace ionloom::app {

/// `ionloom explain` as the user typed it.
struct ExplainOptions {
  std::filesystem::path results;  ///< folder of a run, or its run.json
};

/// Adds the command to the parser.
void add_explain(CLI::App& app, ExplainOptions& options);

/// Tells where a run took another time than was predicted, and whether because there was other work
/// or because the machine was faster or slower. Fails (kData) when there is no record of a run, or
/// when the run was not planned.
[[nodiscard]] Result<void> run_explain(const ExplainOptions& options);

}  // namespace ionloom::app
