#include "tasks/column.h"

namespace ionloom::tasks {

std::string input_place(const Task& task, std::uint32_t input) {
  return "input " + std::to_string(input) + ", " + task.inputs[input].name + " (" +
         task.inputs[input].object + ")";
}

}  // namespace ionloom::tasks
