#pragma once

#include <optional>
#include <utility>

#include <wasmtime/linker.hh>
#include <wasmtime/memory.hh>

#include "base/error.h"
#include "wasi/descriptor_table.h"
#include "wasi/file_calls.h"
#include "wasi/geds_calls.h"
#include "wasi/path_calls.h"
#include "wasi/poll_calls.h"

namespace ionloom::wasi {

/// The functions fd_... and path_... of wasi_snapshot_preview1, its poll_oneoff, and those of
/// ionloom_geds, for one instance. Stays where it is made: the functions point to it.
class WasiImports {
 public:
  /// @param table    must outlive this
  /// @param stopped  as PollCalls has it
  WasiImports(DescriptorTable& table, HostStream::Stopped stopped)
      : files_(table), paths_(table), geds_(table), polls_(table, std::move(stopped)) {}
  WasiImports(const WasiImports&) = delete;
  WasiImports& operator=(const WasiImports&) = delete;

  /// Adds them to a linker, in place of those that are there.
  [[nodiscard]] Result<void> define(wasmtime::Linker& linker);

 private:
  template <class Calls, class... Arguments>
  [[nodiscard]] Result<void> bind(wasmtime::Linker& linker, const char* module, const char* name,
                                  Calls& calls,
                                  Answer<void> (Calls::*call)(GuestMemory, Arguments...));
  [[nodiscard]] GuestMemory memory_of(wasmtime::Caller& caller);

  FileCalls files_;
  PathCalls paths_;
  GedsCalls geds_;
  PollCalls polls_;
  std::optional<wasmtime::Memory> memory_;  ///< of the instance, from its first call on
};

}  // namespace ionloom::wasi
