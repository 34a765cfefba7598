#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include <wasmtime/linker.hh>

#include "base/error.h"
#include "tasks/task_io.h"

namespace ionloom::wasm {

/// The functions that a stages' module imports (docs/formats/stage-abi.md), answered from a TaskIo.
/// Every address and length is compared with the guest's memory, and every failure is kept, so that
/// a task which goes on after it does not count as done. Stays where it is made: the functions
/// point to it.
class StageImports {
 public:
  StageImports() = default;
  StageImports(const StageImports&) = delete;
  StageImports& operator=(const StageImports&) = delete;

  /// Adds read, write and log to a linker.
  [[nodiscard]] Result<void> define(wasmtime::Linker& linker);

  /// Fails when a task is to be stopped.
  using MayGoOn = std::function<Result<void>()>;
  /// A task begins: its reads and writes are answered as long as it may go on.
  void serve(tasks::TaskIo& io, MayGoOn may_go_on);
  /// It ended: nothing may be read or written.
  void serve_nothing();

  /// The first thing that went wrong since serve() or serve_nothing().
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
  /// The last sentence that was logged as an error since serve(); empty: none.
  [[nodiscard]] const std::string& error_sentence() const { return error_sentence_; }

 private:
  using Memory = std::span<std::uint8_t>;

  Result<void> read(Memory memory, std::uint32_t input, std::uint64_t offset_bytes,
                    std::uint32_t address, std::uint32_t size_bytes);
  Result<void> write(Memory memory, std::uint32_t output, std::uint32_t address,
                     std::uint32_t size_bytes);
  void log(Memory memory, std::uint32_t level, std::uint32_t address, std::uint32_t size_bytes);
  std::uint32_t code_of(const Result<void>& done);

  tasks::TaskIo* io_ = nullptr;
  MayGoOn may_go_on_;
  std::optional<Error> failure_;
  std::string error_sentence_;
};

}  // namespace ionloom::wasm
