#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "base/error.h"

namespace ionloom::app {

/// `ionloom calibrate` as the user typed it.
struct CalibrateOptions {
  std::string device;     ///< what to call this machine; empty: its own name
  std::string runtime;    ///< the only way of running to measure; empty: native and compiled
  bool thorough = false;  ///< every size three times, in minutes
  std::string store;      ///< URL of a store to measure as well; empty: none
};

/// Adds the command to the parser.
void add_calibrate(CLI::App& app, CalibrateOptions& options);

/// Measures this machine with the real stages on simulated datasets, natively and, if built, in the
/// module, on one thread and on all; and a store, if one is named. Under 10 s, unless thorough.
[[nodiscard]] Result<void> run_calibrate(const CalibrateOptions& options);

}  // namespace ionloom::app
