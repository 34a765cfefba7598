#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "tasks/task.h"

namespace ionloom::exec {

// How the objects of a run are called in a store (docs/formats/stage-store.md).

/// Where a run's own objects are, which go when it ends: "runs/RUN/".
[[nodiscard]] std::string run_prefix(const std::string& run);

/// A name for a run that no other has: 32 hexadecimal digits.
[[nodiscard]] std::string new_run_name();

/// Key of an object by what is in it.
[[nodiscard]] std::string kept_key(std::span<const std::byte> bytes, const std::string& name);

/// What a task's input is made of, in words: equal words, equal bytes.
using InputWords = std::function<Result<std::string>(const tasks::TaskInput& input)>;

/// Before the name of each output: the key of what a task makes, by all that it depends on: its
/// stage and parameters, its inputs, and the revision of the stages.
/// Fails when an input's words cannot be had.
[[nodiscard]] Result<std::string> kept_prefix(const tasks::Task& task, const InputWords& words_of);

/// What follows that prefix, for each output of the task: its name, and ".1", ".2"... behind where
/// several outputs are called the same.
[[nodiscard]] std::vector<std::string> kept_names(const tasks::Task& task);

/// 128-bit XXH3 of bytes that come one part after the other.
class HashStream {
 public:
  HashStream();
  HashStream(const HashStream&) = delete;
  HashStream& operator=(const HashStream&) = delete;
  ~HashStream();

  void add(std::span<const std::byte> bytes);
  /// Of all bytes so far: 32 hexadecimal digits.
  [[nodiscard]] std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ionloom::exec
