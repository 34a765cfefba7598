#pragma once

#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>

#include "app/runtime_options.h"
#include "app/store_options.h"
#include "app/task_work_command.h"
#include "base/error.h"

namespace ionloom::app {

/// `ionloom task run` as the user typed it.
struct TaskOptions {
  std::string task;  ///< file, or "-" for stdin
  RuntimeOptions runtime;
  StoreOptions store = {.url = "."};  ///< a folder, or a store's URL
  TaskWorkOptions work;               ///< of `ionloom task work`
};

/// Adds the command to the parser.
void add_task(CLI::App& app, TaskOptions& options);

/// Runs one task (docs/formats/task.md) on the objects of a folder or store. Its outputs appear
/// when all are whole.
[[nodiscard]] Result<void> run_task_command(const TaskOptions& options);

}  // namespace ionloom::app
