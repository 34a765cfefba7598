#pragma once

#include <cstdint>

#include "base/error.h"
#include "tasks/task.h"

namespace ionloom::exec {

/// Fails when a task has no such input, or when bytes [offset, offset + size) leave its range.
[[nodiscard]] Result<void> check_input_range(const tasks::Task& task, std::uint32_t input,
                                             std::uint64_t offset_bytes, std::uint64_t size_bytes);

/// Fails when a task has no such output.
[[nodiscard]] Result<void> check_output(const tasks::Task& task, std::uint32_t output);

}  // namespace ionloom::exec
