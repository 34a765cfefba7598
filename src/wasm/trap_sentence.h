#pragma once

#include <string>

#include <wasmtime/trap.hh>

namespace ionloom::wasm {

/// Wasmtime's text without its list of frames.
[[nodiscard]] std::string first_line(const std::string& message);

/// What a guest did to be stopped, in one sentence that names the guest's innermost function where
/// the module tells it.
[[nodiscard]] std::string trap_sentence(const wasmtime::TrapError& failure);

/// Whether the guest wanted more memory than it may have, or the pool had no place for it.
[[nodiscard]] bool is_about_memory(const wasmtime::TrapError& failure);

}  // namespace ionloom::wasm
