#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "tasks/task.h"
#include "tasks/task_io.h"

namespace ionloom::tasks {

/// "input 3, peaks (run-0)": how messages call an input.
[[nodiscard]] std::string input_place(const Task& task, std::uint32_t input);

/// A task with what it reads from and writes to.
struct RunningTask {
  const Task& task;
  TaskIo& io;
};

/// Fills `values` with those of an input from byte `offset_bytes` on.
template <class T>
[[nodiscard]] Result<void> read_values(const RunningTask& running, std::uint32_t input,
                                       std::uint64_t offset_bytes, std::span<T> values) {
  return running.io.read(input, offset_bytes, std::as_writable_bytes(values));
}

/// All of an input. REQUIRES: its length is a multiple of the values' (TaskReader::values_in()).
template <class T>
[[nodiscard]] Result<std::vector<T>> read_column(const RunningTask& running, std::uint32_t input) {
  std::vector<T> column(running.task.inputs[input].length_bytes / sizeof(T));
  auto read = read_values(running, input, 0, std::span(column));
  if (!read) return std::unexpected(std::move(read.error()));
  return column;
}

/// The same of several inputs.
template <class T>
[[nodiscard]] Result<std::vector<std::vector<T>>> read_columns(
    const RunningTask& running, std::initializer_list<std::uint32_t> inputs) {
  std::vector<std::vector<T>> columns;
  columns.reserve(inputs.size());
  for (const std::uint32_t input : inputs) {
    auto column = read_column<T>(running, input);
    if (!column) return std::unexpected(std::move(column.error()));
    columns.push_back(std::move(*column));
  }
  return columns;
}

}  // namespace ionloom::tasks
