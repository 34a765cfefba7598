#include "exec/task_batch.h"

#include <algorithm>

#include "exec/parallel_steps.h"

namespace ionloom::exec {
namespace {

Result<void> run_one(const tasks::Task& task, RunObjects& objects, TaskRuntime& runtime,
                     Progress& progress) {
  const auto made = objects.find_made(task);
  if (!made) return std::unexpected(made.error());
  if (*made || objects.hand_out(task)) return {};
  auto io = ObjectTaskIo::open(task, objects);
  if (!io) return std::unexpected(io.error());
  auto done = runtime.run(task, *io, [&] { return progress.cancelled(); });
  if (!done) return done;
  return io->publish();
}

}  // namespace

Result<void> run_tasks(std::span<const tasks::Task> tasks, std::span<const std::uint64_t> units,
                       RunObjects& objects, TaskRuntime& runtime, Progress& progress) {
  const std::uint64_t before = objects.tasks_handed_out();
  auto done = in_parallel(tasks.size(), progress, [&](std::size_t i) {
    auto one = run_one(tasks[i], objects, runtime, progress);
    if (one) progress.advance(units[i]);
    return one;
  });
  if (done && objects.tasks_handed_out() > before) return std::unexpected(handed_out());
  return done;
}

void level_memory(std::span<tasks::Task> tasks) {
  std::uint64_t most = 0;
  for (const tasks::Task& task : tasks) most = std::max(most, task.memory_bytes);
  for (tasks::Task& task : tasks) task.memory_bytes = most;
}

Error handed_out() {
  return {ErrorCode::kInterrupted, "", "the run goes on when its tasks have been done elsewhere"};
}

}  // namespace ionloom::exec
