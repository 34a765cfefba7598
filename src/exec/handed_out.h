#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

#include "tasks/task.h"

namespace ionloom::exec {

/// Tasks of a run that other processes are to do: their objects are called by the keys of the store
/// that all share, the dataset's file `ibd` (docs/formats/handed-out-tasks.md). Thread-safe.
class HandedOut {
 public:
  /// Whether tasks of a stage are worth another process: index, ions and rank take less time than
  /// asking for one.
  [[nodiscard]] static bool takes(tasks::Stage stage);

  void add(tasks::Task task);
  [[nodiscard]] std::size_t size() const;

  /// All of them, in the order in which stages and their pieces follow each other.
  [[nodiscard]] std::vector<tasks::Task> in_order() const;

 private:
  mutable std::mutex mutex_;
  std::vector<tasks::Task> tasks_;
};

}  // namespace ionloom::exec
