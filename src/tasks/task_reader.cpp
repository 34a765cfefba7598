#include "tasks/task_reader.h"

#include <algorithm>

#include "tasks/number_text.h"

namespace ionloom::tasks {
namespace {

/// Positions of the entries of that name, which are taken.
template <class Entry>
std::vector<std::uint32_t> take(const std::vector<Entry>& entries, std::string_view name,
                                std::vector<bool>& taken) {
  std::vector<std::uint32_t> positions;
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    if (entries[i].name != name) continue;
    taken[i] = true;
    positions.push_back(i);
  }
  return positions;
}

template <class Entry>
const Entry* first_left(const std::vector<Entry>& entries, const std::vector<bool>& taken) {
  const auto found = std::ranges::find(taken, false);
  return found == taken.end() ? nullptr : &entries[static_cast<std::size_t>(found - taken.begin())];
}

std::string quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

}  // namespace

TaskReader::TaskReader(const Task& task)
    : task_(task),
      taken_parameters_(task.parameters.size()),
      taken_inputs_(task.inputs.size()),
      taken_outputs_(task.outputs.size()) {
  (void)outputs("summary");
}

void TaskReader::fail_with(std::string what) {
  if (!failure_) failure_ = Error{ErrorCode::kUsage, {}, std::move(what)};
}

void TaskReader::refuse(std::string_view parameter, std::string_view found,
                        std::string_view expected) {
  fail_with("parameter " + std::string(parameter) + " is " + quoted(found) + ", " +
            std::string(expected));
}

const std::string* TaskReader::find(std::string_view parameter) {
  const auto positions = take(task_.parameters, parameter, taken_parameters_);
  if (positions.size() == 1) return &task_.parameters[positions[0]].value;
  fail_with("parameter " + std::string(parameter) + " is given " +
            std::to_string(positions.size()) + " times, expected once");
  return nullptr;
}

bool TaskReader::has(std::string_view parameter) const {
  return std::ranges::find(task_.parameters, parameter, &Parameter::name) != task_.parameters.end();
}

double TaskReader::number(std::string_view parameter) {
  const std::string* text = find(parameter);
  if (text == nullptr) return 0;
  const auto value = finite_number(*text);
  if (!value) refuse(parameter, *text, "expected a finite number");
  return value.value_or(0);
}

std::uint64_t TaskReader::whole(std::string_view parameter, std::uint64_t least,
                                std::uint64_t most) {
  const std::string* text = find(parameter);
  if (text == nullptr) return least;
  const auto value = whole_number(*text);
  if (value && *value >= least && *value <= most) return *value;
  refuse(parameter, *text,
         "expected a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return least;
}

bool TaskReader::yes(std::string_view parameter) {
  return choice<bool>(parameter, {{"no", false}, {"yes", true}});
}

std::vector<std::string> TaskReader::texts(std::string_view parameter) {
  std::vector<std::string> texts;
  for (const std::uint32_t i : take(task_.parameters, parameter, taken_parameters_)) {
    texts.push_back(task_.parameters[i].value);
  }
  return texts;
}

std::vector<std::uint32_t> TaskReader::inputs(std::string_view name) {
  return take(task_.inputs, name, taken_inputs_);
}

std::uint32_t TaskReader::input(std::string_view name) {
  const auto positions = inputs(name);
  if (positions.size() == 1) return positions[0];
  fail_with("input " + std::string(name) + " is given " + std::to_string(positions.size()) +
            " times, expected once");
  return 0;
}

std::vector<std::uint32_t> TaskReader::outputs(std::string_view name) {
  return take(task_.outputs, name, taken_outputs_);
}

std::uint32_t TaskReader::output(std::string_view name) {
  const auto positions = outputs(name);
  if (positions.size() == 1) return positions[0];
  fail_with("output " + std::string(name) + " is given " + std::to_string(positions.size()) +
            " times, expected once");
  return 0;
}

std::uint64_t TaskReader::values_in(std::uint32_t input, std::uint64_t width) {
  if (input >= task_.inputs.size()) return 0;  // it was missing
  const TaskInput& range = task_.inputs[input];
  if (range.length_bytes % width != 0) {
    fail_with("input " + range.name + " (" + range.object + ") has " +
              std::to_string(range.length_bytes) + " bytes, expected a multiple of " +
              std::to_string(width));
  }
  return range.length_bytes / width;
}

void TaskReader::expect_values(std::uint32_t input, std::uint64_t width, std::uint64_t values) {
  const std::uint64_t found = values_in(input, width);
  if (found == values || input >= task_.inputs.size()) return;
  fail_with("input " + task_.inputs[input].name + " (" + task_.inputs[input].object + ") has " +
            std::to_string(found) + " values, expected " + std::to_string(values));
}

std::uint64_t TaskReader::expected(std::string_view count) {
  const auto found = std::ranges::find(task_.expected, count, &ExpectedCount::name);
  if (found != task_.expected.end()) return found->count;
  fail_with("the count " + std::string(count) + " must be expected: memory is computed from it");
  return 0;
}

Result<void> TaskReader::finish() {
  if (const Parameter* left = first_left(task_.parameters, taken_parameters_)) {
    fail_with("no parameter of " + std::string(stage_name(task_.stage)) + " is called " +
              quoted(left->name));
  }
  if (const TaskInput* left = first_left(task_.inputs, taken_inputs_)) {
    fail_with("no input of " + std::string(stage_name(task_.stage)) + " is called " +
              quoted(left->name));
  }
  if (const TaskOutput* left = first_left(task_.outputs, taken_outputs_)) {
    fail_with("no output of " + std::string(stage_name(task_.stage)) + " is called " +
              quoted(left->name));
  }
  if (failure_) return std::unexpected(*failure_);
  return {};
}

}  // namespace ionloom::tasks
