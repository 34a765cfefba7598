// Modules that are broken or mean harm: a clear error that names the stage and the task, and the
// next task goes on.

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "wasm/module_hash.h"
#include "wasm/stage_runner.h"
#include "wasm/support/memory_io.h"
#include "wasm/support/wat_module.h"

namespace ionloom::wasm::testing {
namespace {

constexpr const char* kWhere = "stage annotate, task 7";

std::unique_ptr<StageRunner> runner_of(const std::string& text,
                                       const StageRunnerSettings& settings = {}) {
  auto runner = StageRunner::open(module_of(text), "stages.wasm", settings);
  if (runner) return std::move(*runner);
  ADD_FAILURE() << runner.error().message();
  return nullptr;
}

/// Why opening a module fails.
Error refusal(const std::string& text, const StageRunnerSettings& settings = {}) {
  auto runner = StageRunner::open(module_of(text), "stages.wasm", settings);
  if (!runner) return runner.error();
  ADD_FAILURE() << "not refused";
  return {};
}

/// Why a task of a module fails.
Error failure(StageRunner& runner, const Limits& limits = {}, std::string_view text = "task") {
  MemoryIo io({"hello"});
  const auto done = runner.run(text, kWhere, io, limits);
  if (done) {
    ADD_FAILURE() << "not failed";
    return {};
  }
  EXPECT_TRUE(done.error().where.starts_with(kWhere)) << done.error().message();
  return done.error();
}

void expect_failure(const std::string& run, ErrorCode code, const std::string& part,
                    const Limits& limits = {}) {
  const auto runner = runner_of(stages(run));
  const Error error = failure(*runner, limits);
  EXPECT_EQ(error.code, code) << error.message();
  EXPECT_NE(error.what.find(part), std::string::npos) << error.message();
}

std::string without(std::string text, const std::string& part) {
  const std::size_t at = text.find(part);
  EXPECT_NE(at, std::string::npos);
  return text.replace(at, part.size(), "");
}

TEST(HostileModule, that_is_no_module_is_refused) {
  const std::string text = "not wasm at all";
  const auto runner =
      StageRunner::open(std::as_bytes(std::span(text)), "stages.wasm", StageRunnerSettings{});
  ASSERT_FALSE(runner);
  EXPECT_EQ(runner.error().where, "stages.wasm");
}

TEST(HostileModule, with_another_hash_than_expected_is_refused) {
  const ModuleBytes module = module_of(stages(kDone));
  EXPECT_TRUE(StageRunner::open(module, "stages.wasm", {.sha256 = module_sha256(module)}));
  const Error error = refusal(stages(kDone), {.sha256 = std::string(64, '0')});
  EXPECT_NE(error.what.find(module_sha256(module)), std::string::npos) << error.message();
  EXPECT_NE(error.what.find(std::string(64, '0')), std::string::npos) << error.message();
}

TEST(HostileModule, of_another_contract_is_refused) {
  std::string text = stages(kDone);
  const std::string version = "(result i32) (i32.const 1)";
  text.replace(text.find(version), version.size(), "(result i32) (i32.const 2)");
  EXPECT_NE(refusal(text).what.find("version 2"), std::string::npos);
}

TEST(HostileModule, without_an_export_of_the_contract_is_refused) {
  for (const std::string name :
       {"memory", "ionloom_stage_abi", "ionloom_task_buffer", "ionloom_run"}) {
    const Error error = refusal(without(stages(kDone), "(export \"" + name + "\")"));
    EXPECT_NE(error.what.find(name), std::string::npos) << error.message();
  }
}

TEST(HostileModule, whose_export_has_another_signature_is_refused) {
  std::string text = stages(kDone);
  text.replace(text.find("(param i32) (result i32) (i32.const 1024)"), 11, "(param i64)");
  EXPECT_NE(refusal(text).what.find("ionloom_task_buffer(i32) -> i32"), std::string::npos);
}

TEST(HostileModule, that_wants_more_than_reading_writing_and_logging_is_refused) {
  std::string text = stages(kDone);
  text.insert(text.find("(memory"),
              "(import \"wasi_snapshot_preview1\" \"fd_write\" "
              "(func (param i32 i32 i32 i32) (result i32)))");
  EXPECT_NE(refusal(text).what.find("wasi_snapshot_preview1"), std::string::npos);
}

TEST(HostileModule, that_does_not_end_beginning_is_stopped) {
  const std::string forever = "(func (export \"_initialize\") (loop $again (br $again)))";
  const Error error =
      refusal(stages(kDone, forever), {.time_to_begin = std::chrono::milliseconds(30)});
  EXPECT_NE(error.what.find("stopped after 30 ms"), std::string::npos) << error.message();
}

TEST(HostileModule, that_traps_fails_its_task_alone) {
  expect_failure(kGiveUp, ErrorCode::kData, "gave up (unreachable), in run");
  expect_failure("(i32.div_u (i32.const 1) (i32.const 0))", ErrorCode::kData, "divided by zero");
  expect_failure("(i32.load (i32.const -4))", ErrorCode::kData, "outside of its memory");
  expect_failure("(call $run (i32.const 0) (i32.const 0))", ErrorCode::kData, "out of stack");
}

TEST(HostileModule, leaves_the_next_task_a_new_instance_after_a_trap) {
  // Gives up on a task whose text begins with "x".
  const auto runner = runner_of(
      stages("(if (i32.eq (i32.load8_u (local.get $address)) (i32.const 120)) (then unreachable))" +
             kCopyFive));
  for (int round = 0; round < 3; ++round) {
    failure(*runner, {}, "xtask");
    MemoryIo io({"hello"});
    ASSERT_TRUE(runner->run("task", kWhere, io, {}));
    EXPECT_EQ(io.outputs(), std::vector<std::string>{"hello"});
  }
  EXPECT_EQ(runner->instances_made(), 4U);
}

TEST(HostileModule, that_runs_for_ever_is_stopped_at_its_time) {
  expect_failure(kRunForEver, ErrorCode::kData, "stopped after 40 ms",
                 {.time = std::chrono::milliseconds(40)});
}

TEST(HostileModule, that_runs_for_ever_runs_out_of_fuel) {
  const auto runner = runner_of(stages(kRunForEver), {.engine = {.fuel = true}});
  const Error error = failure(*runner, {.fuel = 100'000});
  EXPECT_NE(error.what.find("out of fuel"), std::string::npos) << error.message();
}

TEST(HostileModule, is_stopped_when_its_task_is_cancelled_while_others_go_on) {
  const auto runner =
      runner_of(stages("(if (i32.eq (i32.load8_u (local.get $address)) (i32.const 120)) (then " +
                       kRunForEver + "))" + kCopyFive));
  std::atomic<bool> cancelled = false;
  Result<void> stopped;
  std::thread other([&] {
    MemoryIo io;
    stopped = runner->run("xtask", kWhere, io, {.cancelled = [&] { return cancelled.load(); }});
  });
  for (int i = 0; i < 100; ++i) {
    MemoryIo io({"hello"});
    EXPECT_TRUE(runner->run("task", kWhere, io, {}));
  }
  cancelled = true;
  other.join();
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kInterrupted);
  EXPECT_EQ(stopped.error().where, kWhere);
}

/// Asks whether it may go on until it may not, and ends with the answer.
const char* const kAskForEver =
    "(local $answer i32)"
    "(loop $again (local.set $answer (call $read (i32.const 0) (i64.const 0) (i32.const 0)"
    " (i32.const 0))) (br_if $again (i32.eqz (local.get $answer))))"
    "(i32.add (local.get $answer) (i32.const 3))";

TEST(StageModule, that_is_not_watched_is_stopped_where_it_asks) {
  const auto runner = runner_of(stages(kAskForEver), {.engine = {.watched = false}});
  const Error late = failure(*runner, {.time = std::chrono::milliseconds(20)});
  EXPECT_NE(late.what.find("stopped after 20 ms"), std::string::npos) << late.message();
  int asked = 0;
  const Error stopped = failure(*runner, {.cancelled = [&] { return ++asked > 100; }});
  EXPECT_EQ(stopped.code, ErrorCode::kInterrupted) << stopped.message();
  EXPECT_EQ(stopped.what, "stopped on request");
  EXPECT_EQ(asked, 101);
}

TEST(HostileModule, gets_no_more_memory_than_its_task_may_have) {
  // Grows page by page until that is refused, and returns the pages that it then has.
  const auto runner = runner_of(
      stages("(loop $again (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))"
             "(i32.store (i32.const 4096) (memory.size))"
             "(call $write (i32.const 0) (i32.const 4096) (i32.const 4))"));
  MemoryIo io;
  ASSERT_TRUE(runner->run("task", kWhere, io, {.memory_bytes = 5 * 65536 - 1}));
  EXPECT_EQ(io.outputs()[0], std::string("\5\0\0\0", 4));
  EXPECT_EQ(runner->peak_memory_bytes(), 5 * 65536U);
  // One that has grown beyond a task's bound is not lent to it.
  ASSERT_TRUE(runner->run("task", kWhere, io, {.memory_bytes = 3 * 65536}));
  EXPECT_EQ(io.outputs()[0].substr(4), std::string("\3\0\0\0", 4));
}

TEST(HostileModule, that_gives_up_for_want_of_memory_lacks_a_resource) {
  expect_failure(
      "(if (i32.eq (memory.grow (i32.const 9)) (i32.const -1)) (then"
      "  (call $log (i32.const 2) (i32.const 16) (i32.const 20)) unreachable)) (i32.const 0)",
      ErrorCode::kResource, "the input is damaged (the module gave up", {.memory_bytes = 65536});
}

TEST(HostileModule, that_begins_with_more_memory_than_its_task_may_have_is_refused) {
  std::string text = stages(kDone);
  text.replace(text.find("\"memory\") 1"), 11, "\"memory\") 9");
  const auto runner = runner_of(text);
  EXPECT_EQ(failure(*runner, {.memory_bytes = 65536}).code, ErrorCode::kResource);
}

TEST(HostileModule, that_reads_or_writes_out_of_range_fails_whatever_it_says) {
  const std::string read = "(drop (call $read (i32.const ";
  const std::string write = "(drop (call $write (i32.const ";
  const std::string then_done = "))) (i32.const 0)";
  for (const std::string& run : {
           read + "0) (i64.const 0) (i32.const 65535) (i32.const 2" + then_done,
           read + "0) (i64.const 0) (i32.const -1) (i32.const 5" + then_done,
           read + "0) (i64.const 0) (i32.const 0) (i32.const -1" + then_done,
           read + "0) (i64.const 3) (i32.const 0) (i32.const 3" + then_done,
           read + "0) (i64.const -1) (i32.const 0) (i32.const 2" + then_done,
           read + "1) (i64.const 0) (i32.const 0) (i32.const 1" + then_done,
           write + "0) (i32.const 65535) (i32.const 2" + then_done,
           write + "0) (i32.const -2) (i32.const 4" + then_done,
           write + "1) (i32.const 0) (i32.const 1" + then_done,
           write + "-1) (i32.const 0) (i32.const 1" + then_done,
       }) {
    const auto runner = runner_of(stages(run));
    EXPECT_EQ(failure(*runner).code, ErrorCode::kData) << run;
  }
}

TEST(HostileModule, whose_buffer_is_outside_of_its_memory_is_refused_its_task) {
  std::string text = stages(kDone);
  text.replace(text.find("(i32.const 1024)"), 16, "(i32.const 65533)");
  EXPECT_NE(failure(*runner_of(text)).what.find("at address 65533"), std::string::npos);
}

TEST(HostileModule, without_memory_for_the_text_lacks_a_resource) {
  std::string text = stages(kDone);
  text.replace(text.find("(i32.const 1024)"), 16, "(i32.const 0)");
  EXPECT_EQ(failure(*runner_of(text)).code, ErrorCode::kResource);
}

TEST(HostileModule, tells_of_its_failure_by_code_and_sentence) {
  const std::string log = "(call $log (i32.const 2) (i32.const 16) (i32.const 20))";
  const std::string sentence = "the input is damaged";
  expect_failure(log + "(i32.const 1)", ErrorCode::kData, sentence);
  expect_failure(log + "(i32.const 2)", ErrorCode::kUsage, sentence);
  expect_failure(log + "(i32.const 3)", ErrorCode::kResource, sentence);
  expect_failure(log + "(i32.const 4)", ErrorCode::kRemote, sentence);
  expect_failure("(i32.const 1)", ErrorCode::kData, "ended with 1 and without a word");
  expect_failure(log + "(i32.const 77)", ErrorCode::kData, "ended with 77");
}

/// What a module asks the host for: the bytes of its task's text are the arguments.
struct Call {
  std::uint32_t which = 0;  ///< 0 read, 1 write, 2 log
  std::uint32_t first = 0;
  std::uint64_t offset_bytes = 0;
  std::uint32_t address = 0;
  std::uint32_t size_bytes = 0;
};

RC_GTEST_PROP(HostileModule, may_ask_for_anything_without_harm, ()) {
  static const auto runner = runner_of(stages(R"(
    (local $which i32)
    (local.set $which (i32.load (local.get $address)))
    (if (result i32) (i32.eqz (local.get $which))
      (then (call $read (i32.load offset=4 (local.get $address))
                        (i64.load offset=8 (local.get $address))
                        (i32.load offset=16 (local.get $address))
                        (i32.load offset=20 (local.get $address))))
      (else (if (result i32) (i32.eq (local.get $which) (i32.const 1))
        (then (call $write (i32.load offset=4 (local.get $address))
                           (i32.load offset=16 (local.get $address))
                           (i32.load offset=20 (local.get $address))))
        (else (call $log (i32.load offset=4 (local.get $address))
                         (i32.load offset=16 (local.get $address))
                         (i32.load offset=20 (local.get $address)))
              (i32.const 0))))))"));
  const auto word = rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(0, 8),
                                   rc::gen::inRange<std::uint32_t>(65528, 65544),
                                   rc::gen::arbitrary<std::uint32_t>());
  Call call{.which = *rc::gen::inRange<std::uint32_t>(0, 3),
            .first = *word,
            .offset_bytes = *rc::gen::oneOf(rc::gen::inRange<std::uint64_t>(0, 8),
                                            rc::gen::arbitrary<std::uint64_t>()),
            .address = *word,
            .size_bytes = *word};
  MemoryIo io({"hello"});
  const auto done = runner->run(
      std::string_view(reinterpret_cast<const char*>(&call), sizeof(call)), kWhere, io, {});
  const std::uint64_t memory_bytes = 65536;
  const bool in_memory = std::uint64_t{call.address} + call.size_bytes <= memory_bytes;
  const bool in_input = call.offset_bytes <= 5 && call.size_bytes <= 5 - call.offset_bytes;
  const bool right =
      call.which == 2 || (call.first == 0 && in_memory && (call.which == 1 || in_input));
  RC_ASSERT(done.has_value() == right);
}

}  // namespace
}  // namespace ionloom::wasm::testing
