#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <wasmtime/wat.hh>

namespace ionloom::wasm::testing {

using ModuleBytes = std::vector<std::byte>;

/// A module from its text.
inline ModuleBytes module_of(std::string_view text) {
  auto binary = wasmtime::wat2wasm(text);
  if (!binary) {
    ADD_FAILURE() << binary.err().message();
    return {};
  }
  const std::vector<std::uint8_t>& bytes = binary.ok_ref();
  const auto* first = reinterpret_cast<const std::byte*>(bytes.data());
  return {first, first + bytes.size()};
}

/// A module of stages, whose tasks do what `run` says: it has the imports $read, $write and $log, a
/// memory of one page and, from address 16 on, the 20 bytes "the input is damaged". Task texts come
/// to address 1024.
/// @param run   the body of (func (param $address i32) (param $bytes i32) (result i32) ...)
/// @param more  other members of the module
inline std::string stages(const std::string& run, const std::string& more = "") {
  return R"((module
  (import "ionloom" "read" (func $read (param i32 i64 i32 i32) (result i32)))
  (import "ionloom" "write" (func $write (param i32 i32 i32) (result i32)))
  (import "ionloom" "log" (func $log (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "the input is damaged")
  (func (export "ionloom_stage_abi") (result i32) (i32.const 1))
  (func (export "ionloom_task_buffer") (param i32) (result i32) (i32.const 1024))
  (func $run (export "ionloom_run") (param $address i32) (param $bytes i32) (result i32) )" +
         run + ")\n" + more + ")";
}

/// Body of a task that says it went well.
inline const std::string kDone = "(i32.const 0)";
/// Copies the first five bytes of the first input to the first output.
inline const std::string kCopyFive =
    "(drop (call $read (i32.const 0) (i64.const 0) (i32.const 4096) (i32.const 5)))"
    "(call $write (i32.const 0) (i32.const 4096) (i32.const 5))";
inline const std::string kGiveUp = "(unreachable)";
inline const std::string kRunForEver = "(loop $again (br $again)) (unreachable)";

}  // namespace ionloom::wasm::testing
