#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/error.h"

namespace ionloom::tasks {

enum class LogLevel : std::uint8_t { kInformation = 0, kWarning = 1, kError = 2 };

/// All that a task sees of the world: its inputs and outputs, by their positions in Task::inputs
/// and Task::outputs. In the WebAssembly module these are the imports (docs/formats/stage-abi.md).
class TaskIo {
 public:
  virtual ~TaskIo() = default;

  /// Copies bytes [offset, offset + into.size()) of an input's range, `offset` counted from the
  /// range's beginning. Fails when they cannot be had.
  [[nodiscard]] virtual Result<void> read(std::uint32_t input, std::uint64_t offset_bytes,
                                          std::span<std::byte> into) = 0;

  /// Appends to an output.
  [[nodiscard]] virtual Result<void> write(std::uint32_t output,
                                           std::span<const std::byte> bytes) = 0;

  /// Asked in long computations between reads. Fails when the task is to end.
  [[nodiscard]] virtual Result<void> may_go_on() { return {}; }

  /// A sentence for whoever started the task.
  virtual void log(LogLevel level, std::string_view sentence) = 0;
};

}  // namespace ionloom::tasks
