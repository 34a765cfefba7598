#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "base/error.h"
#include "exec/task_runtime.h"

namespace ionloom::app {

/// Where stages run, as the user typed it.
struct RuntimeOptions {
  std::string runtime = "native";  ///< or "wasm", "interpreted"
  std::optional<std::filesystem::path> module = {};
  std::optional<std::string> module_sha256 = {};

  [[nodiscard]] bool is_wasm() const { return runtime != "native"; }
};

/// Adds --runtime, --module and --module-sha256 to a command.
void add_runtime_options(CLI::App& command, RuntimeOptions& options);

/// Opens the runtime that the options ask for, for so many threads. Its compiled module is kept
/// where ionloom cache tells. Fails (kUsage) where the program was built without WebAssembly.
[[nodiscard]] Result<std::unique_ptr<exec::TaskRuntime>> open_runtime(const RuntimeOptions& options,
                                                                      std::uint32_t threads);

}  // namespace ionloom::app
