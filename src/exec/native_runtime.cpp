#include <optional>
#include <utility>

#include "exec/progress.h"
#include "exec/task_runtime.h"
#include "tasks/run_task.h"

namespace ionloom::exec {
namespace {

class NativeRuntime : public TaskRuntime {
 public:
  Result<void> run(const tasks::Task& task, tasks::TaskIo& io,
                   const std::function<bool()>& cancelled) override {
    if (cancelled && cancelled()) return interrupted();
    auto done = tasks::run_task(task, io);
    if (!done) return fail(done.error().code, task_place(task), done.error().message());
    return done;
  }

  Result<void> cut_images(const tasks::Task& task, tasks::TaskIo& io, const tasks::TakeImages& take,
                          const std::function<bool()>& cancelled) override {
    std::optional<Error> of_take;
    const auto done = tasks::cut_images(
        task, io,
        [&](std::uint32_t ion, std::span<const imaging::IonImage> images) -> Result<void> {
          auto taken = cancelled && cancelled() ? interrupted() : take(ion, images);
          if (!taken) of_take = taken.error();
          return taken;
        });
    if (of_take) return std::unexpected(std::move(*of_take));
    if (!done) return fail(done.error().code, task_place(task), done.error().message());
    return {};
  }

  bool hands_over_images() const override { return true; }
};

}  // namespace

std::unique_ptr<TaskRuntime> native_runtime() {
  return std::make_unique<NativeRuntime>();
}

}  // namespace ionloom::exec
