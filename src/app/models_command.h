#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "base/error.h"

namespace ionloom::app {

/// `ionloom models ACTION` as the user typed it.
struct ModelsOptions {
  std::string file;    ///< of export and import; "-": the standard streams
  std::string device;  ///< only this device's, or all devices' of this machine; empty: every
  bool all = false;    ///< forget everything
  bool json = false;
};

/// Adds the command with its actions (show, export, import, forget) to the parser.
void add_models(CLI::App& app, ModelsOptions& options);

/// Shows, writes, adds or removes the measurements that plans are learned from.
/// @param action  the name of the action's command
[[nodiscard]] Result<void> run_models(const std::string& action, const ModelsOptions& options);

}  // namespace ionloom::app
