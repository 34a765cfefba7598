#include "wasm/trap_sentence.h"

#include <optional>
#include <string_view>
#include <variant>

#include <fmt/core.h>

namespace ionloom::wasm {
namespace {

std::optional<std::string_view> words_of(wasmtime_trap_code_t code) {
  switch (code) {
    case WASMTIME_TRAP_CODE_STACK_OVERFLOW:
      return "ran out of stack";
    case WASMTIME_TRAP_CODE_MEMORY_OUT_OF_BOUNDS:
      return "used an address outside of its memory";
    case WASMTIME_TRAP_CODE_TABLE_OUT_OF_BOUNDS:
    case WASMTIME_TRAP_CODE_INDIRECT_CALL_TO_NULL:
    case WASMTIME_TRAP_CODE_BAD_SIGNATURE:
      return "called a function that does not exist";
    case WASMTIME_TRAP_CODE_INTEGER_OVERFLOW:
    case WASMTIME_TRAP_CODE_BAD_CONVERSION_TO_INTEGER:
      return "made an integer of a number that does not fit";
    case WASMTIME_TRAP_CODE_INTEGER_DIVISION_BY_ZERO:
      return "divided by zero";
    case WASMTIME_TRAP_CODE_UNREACHABLE_CODE_REACHED:
      return "gave up (unreachable)";
    case WASMTIME_TRAP_CODE_OUT_OF_FUEL:
      return "ran out of fuel";
    default:
      return std::nullopt;
  }
}

}  // namespace

std::string first_line(const std::string& message) {
  return message.substr(0, message.find('\n'));
}

std::string trap_sentence(const wasmtime::TrapError& failure) {
  const auto* trap = std::get_if<wasmtime::Trap>(&failure.data);
  if (trap == nullptr) return first_line(failure.message());
  const auto code = trap->code();
  const auto words = code ? words_of(*code) : std::nullopt;
  std::string sentence =
      words ? fmt::format("the module {}", *words) : first_line(failure.message());
  const wasmtime::Trace trace = trap->trace();
  if (trace.size() > 0) {
    const wasmtime::FrameRef& frame = *trace.begin();
    const auto name = frame.func_name();
    sentence += name ? fmt::format(", in {}", *name)
                     : fmt::format(", in its function {}", frame.func_index());
  }
  return sentence;
}

bool is_about_memory(const wasmtime::TrapError& failure) {
  if (std::holds_alternative<wasmtime::Trap>(failure.data)) return false;
  const std::string message = failure.message();
  return message.find("memory minimum size") != std::string::npos ||
         message.find("concurrent") != std::string::npos;
}

}  // namespace ionloom::wasm
