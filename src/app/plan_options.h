#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/annotate_options.h"

namespace ionloom::app {

/// `ionloom plan` as the user typed it.
struct PlanOptions {
  AnnotateOptions job{};  ///< dataset, lists, and what decides the results
  std::vector<std::string> backends = {"localhost"};  ///< names that ship, or files
  std::optional<double> deadline_s{};
  std::optional<double> budget_usd{};
  std::optional<double> hour_usd{};  ///< what an hour of waiting is worth
  std::string planner = "exact";
  bool pareto = false;
  bool json = false;
  std::optional<std::filesystem::path> picture{};
  std::optional<std::filesystem::path> sites{};  ///< places stages there instead of on backends
  std::string goal = "time";
  std::string keep_raw_at{};
  std::string placement = "best";  ///< or "runner-up", or a file with one
  std::optional<std::filesystem::path> observed{};
};

/// Adds the command to the parser.
void add_plan(CLI::App& app, PlanOptions& options);

}  // namespace ionloom::app
