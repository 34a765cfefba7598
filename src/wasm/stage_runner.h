#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "tasks/task_io.h"
#include "wasm/engine.h"
#include "wasm/limits.h"
#include "wasm/module_cache.h"

namespace ionloom::wasm {

struct StageRunnerSettings {
  EngineSettings engine = {};  ///< as many instances as threads that run tasks
  std::optional<ModuleCacheSettings> cache = {};
  std::optional<std::string> sha256 = {};           ///< that the module must have
  std::chrono::milliseconds time_to_begin{10'000};  ///< for what it does before its first task
};

/// Runs tasks in instances of a stages' module (docs/formats/stage-abi.md). An instance is made
/// when none is idle, and used again until a task breaks it. Thread-safe: tasks run at the same
/// time as far as there are instances, and a failure of one is nobody else's.
class StageRunner {
 public:
  /// Compiles the module, or maps it from the cache, and makes a first instance, so that a module
  /// that is none of stages is refused here.
  /// @param module  its bytes
  /// @param name    for errors: its file
  [[nodiscard]] static Result<std::unique_ptr<StageRunner>> open(
      std::span<const std::byte> module, const std::string& name,
      const StageRunnerSettings& settings);
  ~StageRunner();
  StageRunner(const StageRunner&) = delete;
  StageRunner& operator=(const StageRunner&) = delete;

  /// Runs a task, whose text says all about it. Fails as StageInstance::run().
  /// @param text    of the task
  /// @param where   the stage and task, for errors
  /// @param limits  memory as the task says it
  [[nodiscard]] Result<void> run(std::string_view text, const std::string& where, tasks::TaskIo& io,
                                 const Limits& limits);

  /// Ends the instances that no task runs in; tasks to come get new ones.
  void drop_idle();

  [[nodiscard]] ModuleSource source() const { return source_; }
  /// Why the compiled module could not be kept; empty: it was.
  [[nodiscard]] const std::string& cache_trouble() const { return cache_trouble_; }
  /// Instances made so far.
  [[nodiscard]] std::uint64_t instances_made() const;
  /// Largest memory that any instance has had, in bytes.
  [[nodiscard]] std::uint64_t peak_memory_bytes() const;

 private:
  struct Instances;

  StageRunner(std::unique_ptr<Engine> engine, LoadedModule loaded);

  std::unique_ptr<Engine> engine_;
  ModuleSource source_;
  std::string cache_trouble_;
  std::unique_ptr<Instances> instances_;
};

}  // namespace ionloom::wasm
