#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>

#include <wasmtime/func.hh>
#include <wasmtime/memory.hh>
#include <wasmtime/module.hh>

#include "base/error.h"
#include "wasm/engine.h"
#include "wasm/limited_store.h"
#include "wasm/limits.h"
#include "wasm/stage_imports.h"

namespace ionloom::wasm {

/// One instance of a stages' module (docs/formats/stage-abi.md): runs tasks one after the other.
/// Used by one thread at a time.
class StageInstance {
 public:
  /// Fails when the module has not the exports of the contract or speaks another version of it, and
  /// when it traps or meets a limit while it begins.
  /// @param engine  must outlive this
  /// @param name    the module's, for errors
  [[nodiscard]] static Result<std::unique_ptr<StageInstance>> create(Engine& engine,
                                                                     const wasmtime::Module& module,
                                                                     const std::string& name,
                                                                     const Limits& limits);

  /// Runs a task. Fails, naming `where`, when the task fails, the module traps or does what it may
  /// not, or a limit is met; what was written to `io` is then worth nothing.
  /// @param text   of the task
  /// @param where  the stage and task, for errors
  [[nodiscard]] Result<void> run(std::string_view text, const std::string& where, tasks::TaskIo& io,
                                 const Limits& limits);

  /// False after a trap, a limit or a forbidden access: nothing may be run in it any more.
  [[nodiscard]] bool usable() const { return usable_; }

  /// Size of its memory now, which only grows.
  [[nodiscard]] std::uint64_t memory_bytes();

 private:
  using Bytes = std::tuple<std::uint32_t>;
  using Range = std::tuple<std::uint32_t, std::uint32_t>;
  struct Exports {
    wasmtime::Memory memory;
    wasmtime::TypedFunc<Bytes, std::uint32_t> task_buffer;
    wasmtime::TypedFunc<Range, std::uint32_t> run;
  };

  explicit StageInstance(Engine& engine) : store_(engine) {}
  Result<void> begin(Engine& engine, const wasmtime::Module& module, const std::string& name,
                     const Limits& limits);
  Result<void> call(std::string_view text, const std::string& where);
  Result<std::uint32_t> place(std::string_view text, const std::string& where);

  LimitedStore store_;
  StageImports imports_;
  std::unique_ptr<Exports> exports_;
  bool usable_ = true;
};

}  // namespace ionloom::wasm
