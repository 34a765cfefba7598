#include "exec/task_batch.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include <tbb/parallel_for.h>

namespace ionloom::exec {
namespace {

Result<void> run_one(const tasks::Task& task, RunObjects& objects, TaskRuntime& runtime,
                     Progress& progress) {
  const auto made = objects.find_made(task);
  if (!made) return std::unexpected(made.error());
  if (*made) return {};
  auto io = ObjectTaskIo::open(task, objects);
  if (!io) return std::unexpected(io.error());
  auto done = runtime.run(task, *io, [&] { return progress.cancelled(); });
  if (!done) return done;
  return io->publish();
}

}  // namespace

Result<void> run_tasks(std::span<const tasks::Task> tasks, std::span<const std::uint64_t> units,
                       RunObjects& objects, TaskRuntime& runtime, Progress& progress) {
  std::vector<std::optional<Error>> errors(tasks.size());
  std::atomic<bool> failed = false;
  tbb::parallel_for(std::size_t{0}, tasks.size(), [&](std::size_t i) {
    if (failed || progress.cancelled()) return;
    if (auto done = run_one(tasks[i], objects, runtime, progress); !done) {
      errors[i] = std::move(done.error());
      failed = true;
      return;
    }
    progress.advance(units[i]);
  });
  if (progress.cancelled()) return interrupted();
  for (const std::optional<Error>& error : errors) {
    if (error) return std::unexpected(*error);
  }
  return {};
}

Result<std::uint64_t> summary_count(RunObjects& objects, const tasks::Task& task,
                                    std::string_view name) {
  const auto output = std::ranges::find(task.outputs, "summary", &tasks::TaskOutput::name);
  if (output == task.outputs.end()) return data_error(task.name, "has no summary");
  const auto bytes = objects.bytes(output->object);
  if (!bytes) return std::unexpected(bytes.error());
  const std::string_view text(reinterpret_cast<const char*>((*bytes)->data()), (*bytes)->size());
  const std::string line = std::string(name) + ' ';
  const std::size_t begins = text.starts_with(line) ? 0 : text.find('\n' + line);
  if (begins != std::string_view::npos) {
    std::uint64_t count = 0;
    const std::string_view rest = text.substr(begins + line.size() + (begins == 0 ? 0 : 1));
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (error == std::errc()) return count;
  }
  return data_error(output->object, "has no count \"" + std::string(name) + "\"");
}

}  // namespace ionloom::exec
