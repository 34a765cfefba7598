#include <cstdio>
#include <string>
#include <utility>

#include "exec/input_range.h"
#include "exec/task_objects.h"
#include "exec/task_runtime.h"
#include "tasks/column.h"

namespace ionloom::exec {

namespace {

/// An object's error, with the task that wanted it.
Error at(const tasks::Task& task, Error error) {
  error.where = task_place(task) + (error.where.empty() ? "" : ", " + error.where);
  return error;
}

}  // namespace

Result<ObjectTaskIo> ObjectTaskIo::open(const tasks::Task& task, TaskObjects& objects) {
  for (std::uint32_t input = 0; input < task.inputs.size(); ++input) {
    const tasks::TaskInput& range = task.inputs[input];
    const auto size_bytes = objects.size_bytes(range.object);
    if (!size_bytes) return std::unexpected(at(task, size_bytes.error()));
    if (range.offset_bytes <= *size_bytes &&
        range.length_bytes <= *size_bytes - range.offset_bytes) {
      continue;
    }
    return data_error(task_place(task) + ", " + tasks::input_place(task, input),
                      "the task wants " + std::to_string(range.length_bytes) + " bytes from " +
                          std::to_string(range.offset_bytes) + " on, but the object has only " +
                          std::to_string(*size_bytes) + "; was it cut?");
  }
  ObjectTaskIo io(task, objects);
  for (const tasks::TaskOutput& output : task.outputs) {
    auto made = objects.create(output.object);
    if (!made) return std::unexpected(at(task, made.error()));
    io.outputs_.push_back(std::move(*made));
  }
  return io;
}

Result<void> ObjectTaskIo::read(std::uint32_t input, std::uint64_t offset_bytes,
                                std::span<std::byte> into) {
  if (auto inside = check_input_range(*task_, input, offset_bytes, into.size()); !inside) {
    return inside;
  }
  const tasks::TaskInput& range = task_->inputs[input];
  return objects_->read_within(range.object, {range.offset_bytes, range.length_bytes},
                               range.offset_bytes + offset_bytes, into);
}

Result<void> ObjectTaskIo::write(std::uint32_t output, std::span<const std::byte> bytes) {
  if (auto known = check_output(*task_, output); !known) return known;
  return outputs_[output]->append(bytes);
}

void ObjectTaskIo::log(tasks::LogLevel level, std::string_view sentence) {
  if (level == tasks::LogLevel::kError) return;
  std::fprintf(stderr, "%s: %.*s\n", level == tasks::LogLevel::kWarning ? "warning" : "note",
               static_cast<int>(sentence.size()), sentence.data());
}

}  // namespace ionloom::exec
