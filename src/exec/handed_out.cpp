#include "exec/handed_out.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace ionloom::exec {

bool HandedOut::takes(tasks::Stage stage) {
  return stage == tasks::Stage::kIngest || stage == tasks::Stage::kPatterns ||
         stage == tasks::Stage::kAnnotate;
}

void HandedOut::add(tasks::Task task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
}

std::size_t HandedOut::size() const {
  const std::lock_guard lock(mutex_);
  return tasks_.size();
}

std::vector<tasks::Task> HandedOut::in_order() const {
  std::vector<tasks::Task> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks = tasks_;
  }
  // "metrics-9" comes before "metrics-10".
  std::ranges::sort(tasks, {}, [](const tasks::Task& task) {
    return std::tuple(task.stage, task.name.size(), task.name);
  });
  return tasks;
}

}  // namespace ionloom::exec
