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
};

}  // namespace

std::unique_ptr<TaskRuntime> native_runtime() {
  return std::make_unique<NativeRuntime>();
}

std::string task_place(const tasks::Task& task) {
  return "stage " + std::string(tasks::stage_name(task.stage)) + ", task " + task.name;
}

}  // namespace ionloom::exec
