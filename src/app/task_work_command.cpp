#include "app/task_work_command.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/interruption.h"
#include "app/seconds_since.h"
#include "app/standard_streams.h"
#include "app/whole_file.h"
#include "exec/joined_reads.h"
#include "exec/kept_objects.h"
#include "tasks/task.h"

namespace ionloom::app {
namespace {

constexpr std::string_view kFirstLine = "ionloom-task 1\n";

/// The tasks of a text, in which each begins with its first line.
Result<std::vector<tasks::Task>> tasks_of(std::string_view text, const std::string& place) {
  std::vector<tasks::Task> all;
  while (!text.empty()) {
    const std::size_t next = text.find(std::string("\n") + std::string(kFirstLine));
    const std::string_view one = text.substr(0, next == std::string_view::npos ? next : next + 1);
    auto task = tasks::parse_task(one);
    if (!task) {
      return fail(task.error().code, place + ", task " + std::to_string(all.size() + 1),
                  task.error().message());
    }
    all.push_back(std::move(*task));
    text.remove_prefix(one.size());
  }
  if (!all.empty()) return all;
  return data_error(place, "there is no task in it");
}

/// Whether all that a task makes is there: somebody else was sooner.
Result<bool> is_done(const tasks::Task& task, exec::StageStore& store) {
  for (const tasks::TaskOutput& output : task.outputs) {
    const auto found = store.find(output.object);
    if (!found) return std::unexpected(found.error());
    if (!*found) return false;
  }
  return true;
}

/// @return whether the task was done here
Result<bool> do_task(const tasks::Task& task, exec::StageStore& store, exec::TaskObjects& objects,
                     exec::TaskRuntime& runtime) {
  const auto done = is_done(task, store);
  if (!done) return std::unexpected(done.error());
  if (*done) return false;
  auto io = exec::ObjectTaskIo::open(task, objects);
  if (!io) return std::unexpected(io.error());
  if (auto ran = runtime.run(task, *io, interrupted); !ran) return std::unexpected(ran.error());
  if (auto published = io->publish(); !published) return std::unexpected(published.error());
  return true;
}

}  // namespace

void add_task_work(CLI::App& group, TaskWorkOptions& options) {
  CLI::App* command = group.add_subcommand(
      "work", "Do tasks that annotate --hand-out left, on the objects of its store");
  command->add_option("tasks", options.tasks, "file with the tasks, or some of them; - for stdin")
      ->required()
      ->type_name("TASKS|-");
  add_store_options(*command, options.store);
  command->get_option("--store")->required();
  command->add_option("--ibd", options.ibd, "the dataset's .ibd, which tasks of ingest read")
      ->type_name("FILE.ibd");
  command->add_flag(
      "--packed", options.packed,
      "also pack the runs of peaks that are made, and read those packed that are:\n"
      "fewer bytes over a slow link, the same results (docs/formats/packed-block.md)");
  add_runtime_options(*command, options.runtime);
}

Result<void> run_task_work(const TaskWorkOptions& options) {
  const auto text =
      options.tasks == "-"
          ? Result<std::string>(std::string(std::istreambuf_iterator<char>(std::cin), {}))
          : read_whole_file(options.tasks, "tasks");
  if (!text) return std::unexpected(text.error());
  const auto tasks = tasks_of(*text, options.tasks == "-" ? "stdin" : options.tasks);
  if (!tasks) return std::unexpected(tasks.error());
  if (!options.store.keeps_objects()) {
    return usage_error(
        "tasks that were handed out are done on a store that keeps its objects: "
        "give another --store than memory:, and no --remove-objects");
  }
  auto store = open_known_store(options.store);
  if (!store) return std::unexpected(store.error());
  auto runtime = open_runtime(options.runtime, 1);
  if (!runtime) return std::unexpected(runtime.error());
  const auto kept = exec::kept_objects(**store, options.ibd, options.packed);
  exec::JoinedReads objects(*tasks, *kept, 1);
  Result<void> all;
  for (const tasks::Task& task : *tasks) {
    const auto start = std::chrono::steady_clock::now();
    const exec::StoreTraffic before = (*store)->meter().so_far();
    const auto done = do_task(task, **store, objects, **runtime);
    const exec::StoreTraffic traffic = (*store)->meter().so_far() - before;
    nlohmann::ordered_json line = {{"task", task.name},
                                   {"stage", tasks::stage_name(task.stage)},
                                   {"done", done.has_value()},
                                   {"was_there", done.has_value() && !*done},
                                   {"seconds", seconds_since(start)},
                                   {"memory_bytes", task.memory_bytes},
                                   {"put_bytes", traffic.put_bytes},
                                   {"got_bytes", traffic.got_bytes}};
    if (!done) {
      line["exit_code"] = exit_code(done.error().code);
      line["error"] = done.error().message();
      if (all) all = std::unexpected(done.error());
    }
    say(stdout, "{}\n", line.dump());
    std::fflush(stdout);
    if (interrupted()) break;
  }
  return all;
}

}  // namespace ionloom::app
