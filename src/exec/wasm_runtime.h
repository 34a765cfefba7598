#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "exec/task_runtime.h"

namespace ionloom::exec {

struct WasmSettings {
  std::filesystem::path module = {};                ///< stages.wasm
  std::optional<std::string> sha256 = {};           ///< that the module must have
  std::optional<std::filesystem::path> cache = {};  ///< folder of compiled modules
  bool interpreted = false;                         ///< runs on processors of any kind
  /// Looked at in its loops, for a module that may not end by itself; a time limit wants it too.
  bool watched = true;
  std::uint32_t threads = 1;                           ///< that run tasks at the same time
  std::optional<std::chrono::milliseconds> time = {};  ///< that a task may take
  std::optional<std::uint64_t> fuel = {};              ///< that a task may take
};

/// Runs tasks in instances of the stages' WebAssembly module. Fails (kUsage) when this program was
/// built without WebAssembly, and when the module cannot be used.
[[nodiscard]] Result<std::unique_ptr<TaskRuntime>> open_wasm_runtime(const WasmSettings& settings);

}  // namespace ionloom::exec
