#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "tasks/task.h"

namespace ionloom::tasks {

/// Takes what a stage knows from a task. The first thing that is wrong is kept, and the values that
/// follow mean nothing: finish() must be asked before they are used. It also refuses what was not
/// taken.
class TaskReader {
 public:
  /// REQUIRES: the task outlives the reader.
  explicit TaskReader(const Task& task);

  [[nodiscard]] double number(std::string_view parameter);
  [[nodiscard]] std::uint64_t whole(std::string_view parameter, std::uint64_t least,
                                    std::uint64_t most);
  [[nodiscard]] bool yes(std::string_view parameter);
  [[nodiscard]] std::vector<std::string> texts(std::string_view parameter);

  /// One of some words, each of which stands for a value.
  template <class T, std::size_t n>
  [[nodiscard]] T choice(std::string_view parameter,
                         const std::pair<std::string_view, T> (&choices)[n]) {
    const std::string* text = find(parameter);
    std::string known;
    for (const auto& [word, value] : choices) {
      if (text != nullptr && *text == word) return value;
      known += (known.empty() ? "\"" : "\", \"") + std::string(word);
    }
    if (text != nullptr) refuse(parameter, *text, "expected one of " + known + "\"");
    return choices[0].second;
  }

  [[nodiscard]] bool has(std::string_view parameter) const;

  /// Position in Task::inputs of the only input of that name.
  [[nodiscard]] std::uint32_t input(std::string_view name);
  /// Of all inputs of that name, in order.
  [[nodiscard]] std::vector<std::uint32_t> inputs(std::string_view name);
  [[nodiscard]] std::uint32_t output(std::string_view name);
  [[nodiscard]] std::vector<std::uint32_t> outputs(std::string_view name);

  /// Values of `width` bytes in an input.
  [[nodiscard]] std::uint64_t values_in(std::uint32_t input, std::uint64_t width);
  /// Refuses an input that does not hold exactly so many of them.
  void expect_values(std::uint32_t input, std::uint64_t width, std::uint64_t values);
  /// Count that the task expects. Fails without one.
  [[nodiscard]] std::uint64_t expected(std::string_view count);

  void fail_with(std::string what);
  [[nodiscard]] Result<void> finish();

 private:
  [[nodiscard]] const std::string* find(std::string_view parameter);
  void refuse(std::string_view parameter, std::string_view found, std::string_view expected);

  const Task& task_;
  std::vector<bool> taken_parameters_;
  std::vector<bool> taken_inputs_;
  std::vector<bool> taken_outputs_;
  std::optional<Error> failure_;
};

}  // namespace ionloom::tasks
