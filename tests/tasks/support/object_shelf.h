#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "tasks/task.h"

namespace ionloom::tasks::testing {

using Bytes = std::vector<std::byte>;

/// Objects in memory, and tasks that are run on them. Outputs appear when a task succeeds.
class ObjectShelf {
 public:
  void put(const std::string& name, Bytes bytes) { objects_[name] = std::move(bytes); }
  [[nodiscard]] const Bytes& at(const std::string& name) const { return objects_.at(name); }
  [[nodiscard]] bool has(const std::string& name) const { return objects_.contains(name); }
  [[nodiscard]] Bytes& change(const std::string& name) { return objects_.at(name); }
  [[nodiscard]] std::string text(const std::string& name) const;

  /// Runs a task from its text, natively.
  [[nodiscard]] Result<void> run(const Task& task);

  /// The same; the test fails when the task does.
  void expect_runs(const Task& task);

  /// A count in a task's summary.
  [[nodiscard]] std::string summary(const std::string& output, const std::string& name) const;

 private:
  std::map<std::string, Bytes> objects_;
};

}  // namespace ionloom::tasks::testing
