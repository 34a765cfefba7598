#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "base/error.h"
#include "simulate/simulate.h"

namespace ionloom::app {

/// `ionloom simulate` as the user typed it: options that need no translation, and those that do.
struct SimulateArguments {
  simulate::SimulateOptions options;
  std::string preset = "small";
  std::string polarity = "positive";
  std::string analyzer = "fticr";
  std::optional<std::uint32_t> width;   ///< pixels, instead of the preset's
  std::optional<std::uint32_t> height;  ///< pixels, instead of the preset's
  std::optional<double> coverage;       ///< share of the box, instead of the preset's
};

/// Adds the command `simulate` with its options and their help; parsing fills `arguments`, which
/// must live as long as `app`.
void add_simulate(CLI::App& app, SimulateArguments& arguments);

/// What the arguments ask for: the preset, and what was given instead of its values.
[[nodiscard]] Result<simulate::SimulateOptions> simulate_options(
    const SimulateArguments& arguments);

}  // namespace ionloom::app
