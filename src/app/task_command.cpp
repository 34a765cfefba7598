#include "app/task_command.h"

#include <chrono>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>
#include <utility>

#include <fmt/core.h>

#include "app/interruption.h"
#include "app/standard_streams.h"
#include "app/whole_file.h"
#include "exec/task_objects.h"
#include "tasks/task.h"

namespace ionloom::app {
namespace {

Result<std::string> text_of(const std::string& task) {
  if (task != "-") return read_whole_file(task, "a task");
  return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

/// "file:/data" is a store's URL, "data" or "C:/data" no less than "./data" a folder.
bool is_url(const std::string& store) {
  const std::size_t colon = store.find(':');
  return colon != std::string::npos && colon > 1 && store.find('/') > colon;
}

Result<std::unique_ptr<exec::TaskObjects>> objects_of(const StoreOptions& options) {
  if (!is_url(*options.url)) return exec::folder_objects(*options.url);
  auto store = open_store(options);
  if (!store) return std::unexpected(store.error());
  return exec::store_objects(std::move(*store));
}

}  // namespace

void add_task(CLI::App& app, TaskOptions& options) {
  CLI::App* group = app.add_subcommand(
      "task", "Run one piece of a stage's work, for another program that hands them out");
  group->require_subcommand(1);
  CLI::App* command = group->add_subcommand(
      "run", "Run a task: read its inputs, write its outputs, which appear when all are whole");
  command->add_option("task", options.task, "the task's text (docs/formats/task.md); - for stdin")
      ->required()
      ->type_name("TASK|-");
  command
      ->add_option("--store", options.store.url,
                   "where the objects of the task lie: a folder of files, or a store's URL\n"
                   "(file:, shared:, s3:, geds:) whose objects the task calls BUCKET/KEY")
      ->default_str(*options.store.url)
      ->type_name("DIR|URL");
  add_store_authorities(*command, options.store);
  add_runtime_options(*command, options.runtime);
  add_task_work(*group, options.work);
}

Result<void> run_task_command(const TaskOptions& options) {
  const auto text = text_of(options.task);
  if (!text) return std::unexpected(text.error());
  auto task = tasks::parse_task(*text);
  if (!task) {
    return fail(task.error().code, options.task == "-" ? "stdin" : options.task,
                task.error().message());
  }
  auto objects = objects_of(options.store);
  if (!objects) return std::unexpected(objects.error());
  auto runtime = open_runtime(options.runtime, 1);
  if (!runtime) {
    return fail(runtime.error().code, exec::task_place(*task), runtime.error().message());
  }
  if (const std::string trouble = (*runtime)->cache_trouble(); !trouble.empty()) {
    say(stderr, "warning: the compiled module could not be kept for later runs: {}\n", trouble);
  }
  auto io = exec::ObjectTaskIo::open(*task, **objects);
  if (!io) return std::unexpected(io.error());
  const auto start = std::chrono::steady_clock::now();
  if (auto done = (*runtime)->run(*task, *io, interrupted); !done) return done;
  if (auto published = io->publish(); !published) return published;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  fmt::print("{} {:.6f} s\n", task->name, elapsed.count());
  return {};
}

}  // namespace ionloom::app
