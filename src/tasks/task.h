#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace ionloom::tasks {

/// What a task computes; its name in a task's text is the enumerator's without k, in lower case.
enum class Stage : std::uint8_t { kIndex, kIngest, kIons, kPatterns, kAnnotate, kImages, kRank };

[[nodiscard]] std::string_view stage_name(Stage stage);
[[nodiscard]] std::optional<Stage> stage_from_name(std::string_view name);

/// A setting of the stage. A list has one parameter an element, all of the same name.
struct Parameter {
  std::string name;
  std::string value;

  bool operator==(const Parameter&) const = default;
};

/// Bytes [offset, offset + length) of an object, and what they are to the stage.
struct TaskInput {
  std::string name;
  std::string object;
  std::uint64_t offset_bytes = 0;
  std::uint64_t length_bytes = 0;

  bool operator==(const TaskInput&) const = default;
};

/// An object that the task makes.
struct TaskOutput {
  std::string name;
  std::string object;

  bool operator==(const TaskOutput&) const = default;
};

/// A count that the task must arrive at; it fails with any other.
struct ExpectedCount {
  std::string name;
  std::uint64_t count = 0;

  bool operator==(const ExpectedCount&) const = default;
};

/// One piece of a stage's work, described so that whoever has the objects can do it, with the same
/// result. What each stage takes and gives is written in docs/formats/task.md.
struct Task {
  std::string name;  ///< for messages; not empty
  Stage stage = Stage::kIndex;
  std::vector<Parameter> parameters;
  std::vector<TaskInput> inputs;
  std::vector<TaskOutput> outputs;
  std::uint64_t memory_bytes = 0;  ///< that the task may use; see memory_bound_bytes()
  std::vector<ExpectedCount> expected;

  bool operator==(const Task&) const = default;

  void set(std::string_view parameter, std::string_view value);
  void set(std::string_view parameter, std::uint64_t value);
  void set(std::string_view parameter, double value);  ///< the shortest text that reads back equal
};

/// The task's text (docs/formats/task.md). REQUIRES: nothing in it is an empty text; names of
/// parameters, inputs, outputs and counts are made of a-z, 0-9, "_" and ".".
[[nodiscard]] std::string encode_task(const Task& task);

/// Reads a task's text. There is one text for a task, and nothing else is read: fails with the
/// number of the line, what was found and what was expected.
[[nodiscard]] Result<Task> parse_task(std::string_view text);

}  // namespace ionloom::tasks
