// The entry points of the stages' module (docs/formats/stage-abi.md).

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "module/host.h"
#include "tasks/column.h"
#include "tasks/run_task.h"
#include "tasks/task.h"
#include "tasks/task_io.h"

namespace ionloom::module {
namespace {

constexpr std::int32_t kAbiVersion = 1;

std::uint32_t address_of(const void* memory) {
  return reinterpret_cast<std::uint32_t>(memory);
}

/// Inputs and outputs at the host.
class HostIo : public tasks::TaskIo {
 public:
  explicit HostIo(const tasks::Task& task) : task_(task) {}

  Result<void> read(std::uint32_t input, std::uint64_t offset_bytes,
                    std::span<std::byte> into) override {
    if (into.empty()) return {};
    const std::int32_t error = host_read(input, offset_bytes, address_of(into.data()), into.size());
    if (error == 0) return {};
    return fail(ErrorCode::kRemote, tasks::input_place(task_, input),
                "bytes " + std::to_string(offset_bytes) + " to " +
                    std::to_string(offset_bytes + into.size()) + " of " +
                    std::to_string(task_.inputs[input].length_bytes) +
                    " could not be read (error " + std::to_string(error) + " of the host)");
  }

  Result<void> write(std::uint32_t output, std::span<const std::byte> bytes) override {
    if (bytes.empty()) return {};
    const std::int32_t error = host_write(output, address_of(bytes.data()), bytes.size());
    if (error == 0) return {};
    const tasks::TaskOutput& named = task_.outputs[output];
    return fail(ErrorCode::kRemote,
                "output " + std::to_string(output) + ", " + named.name + " (" + named.object + ")",
                std::to_string(bytes.size()) + " bytes could not be written (error " +
                    std::to_string(error) + " of the host)");
  }

  Result<void> may_go_on() override {
    if (host_read(0, 0, 0, 0) == 0) return {};
    return fail(ErrorCode::kRemote, {}, "the host wants the task to end");
  }

  void log(tasks::LogLevel level, std::string_view sentence) override {
    host_log(static_cast<std::int32_t>(level), address_of(sentence.data()), sentence.size());
  }

 private:
  const tasks::Task& task_;
};

/// As docs/formats/stage-abi.md numbers them.
std::int32_t number_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kData:
      return 1;
    case ErrorCode::kUsage:
      return 2;
    case ErrorCode::kResource:
      return 3;
    case ErrorCode::kRemote:
    case ErrorCode::kInterrupted:
      break;
  }
  return 4;
}

std::int32_t report(const Error& error) {
  const std::string sentence = error.message();
  host_log(static_cast<std::int32_t>(tasks::LogLevel::kError), address_of(sentence.data()),
           sentence.size());
  return number_of(error.code);
}

/// The text of the next task.
std::unique_ptr<char[]> task_text;
std::uint32_t task_text_bytes = 0;

std::int32_t run(std::uint32_t address, std::uint32_t bytes) {
  if (address != address_of(task_text.get()) || bytes > task_text_bytes) {
    return report({ErrorCode::kUsage, {}, "the task's text does not lie in the task buffer"});
  }
  const auto task = tasks::parse_task({task_text.get(), bytes});
  task_text.reset();
  task_text_bytes = 0;
  if (!task) return report(task.error());
  HostIo io(*task);
  const auto done = tasks::run_task(*task, io);
  return done ? 0 : report(done.error());
}

}  // namespace
}  // namespace ionloom::module

extern "C" {

__attribute__((export_name("ionloom_stage_abi"))) std::int32_t ionloom_stage_abi() {
  return ionloom::module::kAbiVersion;
}

__attribute__((export_name("ionloom_task_buffer"))) std::uint32_t ionloom_task_buffer(
    std::uint32_t bytes) {
  using namespace ionloom::module;
  task_text.reset();
  task_text_bytes = 0;
  task_text.reset(new (std::nothrow) char[bytes]);
  if (task_text == nullptr) return 0;
  task_text_bytes = bytes;
  return address_of(task_text.get());
}

__attribute__((export_name("ionloom_run"))) std::int32_t ionloom_run(std::uint32_t address,
                                                                     std::uint32_t bytes) {
  return ionloom::module::run(address, bytes);
}
}
