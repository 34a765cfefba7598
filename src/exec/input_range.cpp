#include "exec/input_range.h"

#include <string>

#include "tasks/column.h"

namespace ionloom::exec {

Result<void> check_input_range(const tasks::Task& task, std::uint32_t input,
                               std::uint64_t offset_bytes, std::uint64_t size_bytes) {
  if (input >= task.inputs.size()) {
    return data_error({}, "input " + std::to_string(input) + " was read, but the task has only " +
                              std::to_string(task.inputs.size()));
  }
  const std::uint64_t length = task.inputs[input].length_bytes;
  if (offset_bytes <= length && size_bytes <= length - offset_bytes) return {};
  return data_error(tasks::input_place(task, input),
                    std::to_string(size_bytes) + " bytes from " + std::to_string(offset_bytes) +
                        " on were read of a range of " + std::to_string(length) + " bytes");
}

Result<void> check_output(const tasks::Task& task, std::uint32_t output) {
  if (output < task.outputs.size()) return {};
  return data_error({}, "output " + std::to_string(output) +
                            " was written to, but the task has only " +
                            std::to_string(task.outputs.size()));
}

}  // namespace ionloom::exec
