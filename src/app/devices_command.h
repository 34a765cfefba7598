#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "base/error.h"

namespace ionloom::app {

/// `ionloom devices` as the user typed it.
struct DevicesOptions {
  std::string name{};                 ///< of a device; a file for find_device()
  std::optional<std::string> from{};  ///< a record's file, "-" for stdin
  std::string machine{};              ///< its name in measurements
  std::string runtime = "native";
  std::optional<double> up_mbit_s{};
  std::optional<double> down_mbit_s{};
  std::optional<double> latency_ms{};
  std::optional<double> idle_w{};
  std::optional<double> active_w{};
  std::optional<double> link_j_byte{};
  bool json = false;
  bool filled = false;
};

/// Adds the commands to the parser.
void add_devices(CLI::App& app, DevicesOptions& options);

/// @param action  "add", "list", "check" or "remove"
[[nodiscard]] Result<void> run_devices(const std::string& action, const DevicesOptions& options);

}  // namespace ionloom::app
