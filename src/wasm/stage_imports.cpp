#include "wasm/stage_imports.h"

#include <algorithm>
#include <new>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/core.h>
#include <wasmtime/func.hh>
#include <wasmtime/memory.hh>

#include "wasm/guest_memory.h"

namespace ionloom::wasm {
namespace {

constexpr std::uint32_t kDone = 0;
constexpr std::uint32_t kFailed = 1;
/// A module that logs without end must not fill the host's memory.
constexpr std::uint32_t kMaxSentenceBytes = 4096;

std::span<std::uint8_t> memory_of(wasmtime::Caller& caller) {
  const auto exported = caller.get_export("memory");
  const auto* memory = exported ? std::get_if<wasmtime::Memory>(&*exported) : nullptr;
  if (memory == nullptr) return {};
  const auto bytes = memory->data(caller);
  return {bytes.data(), bytes.size()};
}

std::unexpected<Error> outside(std::string_view doing, std::uint32_t address,
                               std::uint32_t size_bytes, std::size_t memory_bytes) {
  return data_error({}, fmt::format("the module wanted to {} {} bytes at address {} of a memory of "
                                    "{} bytes",
                                    doing, size_bytes, address, memory_bytes));
}

std::unexpected<Error> no_task(std::string_view doing) {
  return data_error({}, fmt::format("the module wanted to {} while it had no task", doing));
}

}  // namespace

Result<void> StageImports::define(wasmtime::Linker& linker) {
  // Exceptions must not pass through the guest's frames.
  const auto guarded = [this](auto&& work) -> std::uint32_t {
    try {
      return code_of(work());
    } catch (const std::bad_alloc&) {
      return code_of(fail(ErrorCode::kResource, {}, "the host's memory ran out"));
    }
  };
  const auto defined = {
      linker.func_wrap(
          "ionloom", "read",
          [this, guarded](wasmtime::Caller caller, std::uint32_t input, std::uint64_t offset_bytes,
                          std::uint32_t address, std::uint32_t size_bytes) -> std::uint32_t {
            return guarded(
                [&] { return read(memory_of(caller), input, offset_bytes, address, size_bytes); });
          }),
      linker.func_wrap(
          "ionloom", "write",
          [this, guarded](wasmtime::Caller caller, std::uint32_t output, std::uint32_t address,
                          std::uint32_t size_bytes) -> std::uint32_t {
            return guarded([&] { return write(memory_of(caller), output, address, size_bytes); });
          }),
      linker.func_wrap("ionloom", "log",
                       [this, guarded](wasmtime::Caller caller, std::uint32_t level,
                                       std::uint32_t address, std::uint32_t size_bytes) {
                         static_cast<void>(guarded([&]() -> Result<void> {
                           log(memory_of(caller), level, address, size_bytes);
                           return {};
                         }));
                       })};
  for (const auto& done : defined) {
    if (!done) return data_error({}, done.err().message());
  }
  return {};
}

void StageImports::serve(tasks::TaskIo& io, MayGoOn may_go_on) {
  serve_nothing();
  io_ = &io;
  may_go_on_ = std::move(may_go_on);
}

void StageImports::serve_nothing() {
  io_ = nullptr;
  failure_.reset();
  error_sentence_.clear();
}

std::uint32_t StageImports::code_of(const Result<void>& done) {
  if (done) return kDone;
  if (!failure_) failure_ = done.error();
  return kFailed;
}

Result<void> StageImports::read(Memory memory, std::uint32_t input, std::uint64_t offset_bytes,
                                std::uint32_t address, std::uint32_t size_bytes) {
  if (io_ == nullptr) return no_task("read");
  const auto into = guest_range(memory, address, size_bytes);
  if (!into) return outside("read to", address, size_bytes, memory.size());
  if (auto fine = may_go_on_(); !fine) return fine;
  const bool is_question = input == 0 && offset_bytes == 0 && address == 0 && size_bytes == 0;
  if (is_question) return {};
  return io_->read(input, offset_bytes, *into);
}

Result<void> StageImports::write(Memory memory, std::uint32_t output, std::uint32_t address,
                                 std::uint32_t size_bytes) {
  if (io_ == nullptr) return no_task("write");
  const auto bytes = guest_range(memory, address, size_bytes);
  if (!bytes) return outside("write", address, size_bytes, memory.size());
  if (auto fine = may_go_on_(); !fine) return fine;
  return io_->write(output, *bytes);
}

void StageImports::log(Memory memory, std::uint32_t level, std::uint32_t address,
                       std::uint32_t size_bytes) {
  const auto bytes = guest_range(memory, address, std::min(size_bytes, kMaxSentenceBytes));
  if (!bytes) return;  // a sentence that is not there says nothing
  const std::string_view sentence = as_text(*bytes);
  const auto severity = static_cast<tasks::LogLevel>(std::min<std::uint32_t>(level, 2));
  if (severity == tasks::LogLevel::kError) error_sentence_ = sentence;
  if (io_ != nullptr) io_->log(severity, sentence);
}

}  // namespace ionloom::wasm
