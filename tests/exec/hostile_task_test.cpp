// Tasks on files whose module or input is broken or means harm: an error that names the stage and
// the task, nothing half-written, and the next task goes on in the same runtime.

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "exec/task_objects.h"
#include "exec/wasm_runtime.h"
#include "support/scratch_folder.h"
#include "wasm/support/wat_module.h"

namespace ionloom::exec {
namespace {

using test_support::content_of;
using test_support::put;
using test_support::ScratchFolder;
using wasm::testing::kCopyFive;
using wasm::testing::kRunForEver;

/// Writes two bytes, then does harm, when the task's name begins with "x"; else copies five bytes.
std::string stages_with(const std::string& harm) {
  // The name begins behind "ionloom-task 1\nname ".
  return wasm::testing::stages(
      "(if (i32.eq (i32.load8_u offset=20 (local.get $address)) (i32.const 120)) (then"
      "  (drop (call $write (i32.const 0) (i32.const 16) (i32.const 2))) " +
      harm + "))" + kCopyFive);
}

tasks::Task task_called(const std::string& name) {
  tasks::Task task;
  task.name = name;
  task.stage = tasks::Stage::kAnnotate;
  task.inputs = {{"from", "in", 0, 5}};
  task.outputs = {{"to", name + ".out"}, {"summary", name + ".summary"}};
  task.memory_bytes = 4 * 65536;
  return task;
}

class HostileTask : public ::testing::Test {
 protected:
  HostileTask() { put(folder_ / "in", "hello, world"); }

  std::unique_ptr<TaskRuntime> runtime_with(const std::string& harm, WasmSettings settings = {}) {
    const wasm::testing::ModuleBytes module = wasm::testing::module_of(stages_with(harm));
    settings.module = modules_ / "stages.wasm";
    put(settings.module, {reinterpret_cast<const char*>(module.data()), module.size()});
    auto runtime = open_wasm_runtime(settings);
    if (runtime) return std::move(*runtime);
    ADD_FAILURE() << runtime.error().message();
    return nullptr;
  }

  Result<void> run(TaskRuntime& runtime, const std::string& name,
                   const std::function<bool()>& cancelled = {}) {
    const tasks::Task task = task_called(name);
    const auto objects = folder_objects(folder_.path());
    auto io = ObjectTaskIo::open(task, *objects);
    if (!io) return std::unexpected(io.error());
    if (between_) between_();
    if (auto done = runtime.run(task, *io, cancelled); !done) return done;
    return io->publish();
  }

  /// A task fails, then one succeeds.
  void expect_harm_to_one_task(const std::string& harm, ErrorCode code, const std::string& part,
                               const WasmSettings& settings = {}) {
    const auto runtime = runtime_with(harm, settings);
    expect_failure(run(*runtime, "x-1"), code, part);
    between_ = {};
    put(folder_ / "in", "hello, world");
    const auto done = run(*runtime, "good-1");
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_EQ(content_of(folder_ / "good-1.out"), "hello");
  }

  void expect_failure(const Result<void>& done, ErrorCode code, const std::string& part) {
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, code) << done.error().message();
    const std::string message = done.error().message();
    EXPECT_TRUE(message.starts_with("stage annotate, task x-1")) << message;
    EXPECT_NE(message.find(part), std::string::npos) << message;
    EXPECT_EQ(folder_.names(), std::vector<std::string>{"in"});
  }

  ScratchFolder folder_;  ///< of objects
  ScratchFolder modules_;
  std::function<void()> between_;  ///< done when a task's inputs were compared and it begins
};

TEST_F(HostileTask, that_traps) {
  expect_harm_to_one_task("unreachable", ErrorCode::kData, "unreachable");
}

TEST_F(HostileTask, that_runs_for_ever) {
  expect_harm_to_one_task(kRunForEver, ErrorCode::kData, "stopped after 40 ms",
                          {.time = std::chrono::milliseconds(40)});
}

TEST_F(HostileTask, that_runs_for_ever_with_fuel) {
  expect_harm_to_one_task(kRunForEver, ErrorCode::kData, "out of fuel", {.fuel = 1'000'000});
}

TEST_F(HostileTask, that_wants_more_memory_than_it_states) {
  expect_harm_to_one_task(
      "(if (i32.eq (memory.grow (i32.const 4)) (i32.const -1)) (then"
      "  (call $log (i32.const 2) (i32.const 16) (i32.const 20)) unreachable))",
      ErrorCode::kResource, "the module gave up");
}

TEST_F(HostileTask, that_reads_beyond_its_input) {
  expect_harm_to_one_task(
      "(drop (call $read (i32.const 0) (i64.const 1) (i32.const 4096) (i32.const 5)))",
      ErrorCode::kData, "5 bytes from 1 on were read of a range of 5 bytes");
}

TEST_F(HostileTask, that_reads_to_beyond_its_memory) {
  expect_harm_to_one_task(
      "(drop (call $read (i32.const 0) (i64.const 0) (i32.const 65533) (i32.const 5)))",
      ErrorCode::kData, "5 bytes at address 65533");
}

TEST_F(HostileTask, that_writes_from_beyond_its_memory) {
  expect_harm_to_one_task("(drop (call $write (i32.const 0) (i32.const -4) (i32.const 5)))",
                          ErrorCode::kData, "5 bytes at address 4294967292");
}

TEST_F(HostileTask, that_writes_to_an_output_that_there_is_not) {
  expect_harm_to_one_task("(drop (call $write (i32.const 2) (i32.const 16) (i32.const 5)))",
                          ErrorCode::kData, "output 2");
}

TEST_F(HostileTask, whose_input_was_cut_before_it_began) {
  const auto runtime = runtime_with("unreachable");
  put(folder_ / "in", "hel");
  expect_failure(run(*runtime, "x-1"), ErrorCode::kData, "has only 3");
}

TEST_F(HostileTask, whose_input_is_cut_while_it_runs) {
  between_ = [&] { std::filesystem::resize_file(folder_ / "in", 3); };
  expect_harm_to_one_task(
      "(return (call $read (i32.const 0) (i64.const 0) (i32.const 4096) (i32.const 5)))",
      ErrorCode::kData, "it was cut");
}

TEST_F(HostileTask, that_is_cancelled_while_another_goes_on) {
  const auto runtime = runtime_with(kRunForEver, {.threads = 2});
  std::atomic<bool> cancelled = false;
  Result<void> stopped;
  std::thread other([&] { stopped = run(*runtime, "x-1", [&] { return cancelled.load(); }); });
  EXPECT_TRUE(run(*runtime, "good-1"));
  cancelled = true;
  other.join();
  EXPECT_EQ(content_of(folder_ / "good-1.out"), "hello");
  for (const char* output : {"good-1.out", "good-1.summary"}) {
    std::filesystem::remove(folder_ / output);
  }
  expect_failure(stopped, ErrorCode::kInterrupted, "stopped on request");
}

TEST_F(HostileTask, has_no_runtime_of_a_module_with_another_hash_or_contract) {
  const wasm::testing::ModuleBytes module = wasm::testing::module_of(stages_with("unreachable"));
  const auto refused = [&](const std::string& bytes, WasmSettings settings) {
    settings.module = modules_ / "stages.wasm";
    put(settings.module, bytes);
    auto runtime = open_wasm_runtime(settings);
    EXPECT_FALSE(runtime);
    return runtime ? std::string() : runtime.error().message();
  };
  const std::string bytes(reinterpret_cast<const char*>(module.data()), module.size());
  EXPECT_NE(refused(bytes, {.sha256 = std::string(64, '0')}).find("SHA-256"), std::string::npos);
  EXPECT_NE(refused(bytes.substr(0, bytes.size() / 2), {}).find("stages.wasm"), std::string::npos);
  std::string other = stages_with("unreachable");
  const std::string version = "(result i32) (i32.const 1)";
  other.replace(other.find(version), version.size(), "(result i32) (i32.const 2)");
  const wasm::testing::ModuleBytes newer = wasm::testing::module_of(other);
  EXPECT_NE(
      refused({reinterpret_cast<const char*>(newer.data()), newer.size()}, {}).find("version 2"),
      std::string::npos);
}

}  // namespace
}  // namespace ionloom::exec
