#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "app/runtime_options.h"
#include "app/store_options.h"
#include "base/error.h"

namespace ionloom::app {

/// `ionloom task work` as the user typed it.
struct TaskWorkOptions {
  std::string tasks;                         ///< file, or "-" for stdin
  std::optional<std::filesystem::path> ibd;  ///< the dataset's file
  bool packed = false;                       ///< runs are packed, and read packed
  RuntimeOptions runtime;
  StoreOptions store;
};

/// Adds the command to the group `task`.
void add_task_work(CLI::App& group, TaskWorkOptions& options);

/// Does tasks that `annotate --hand-out` left, one after the other, and prints a line of JSON for
/// each (docs/formats/handed-out-tasks.md). Those whose objects are there are not done again. All
/// are tried; fails with the first failure, after all have been told.
[[nodiscard]] Result<void> run_task_work(const TaskWorkOptions& options);

}  // namespace ionloom::app
