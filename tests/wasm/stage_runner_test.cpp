#include "wasm/stage_runner.h"

#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "wasm/support/memory_io.h"
#include "wasm/support/wat_module.h"

namespace ionloom::wasm::testing {
namespace {

TEST(StageRunner, reads_inputs_and_writes_outputs) {
  const auto runner = StageRunner::open(module_of(stages(kCopyFive)), "stages.wasm", {});
  ASSERT_TRUE(runner) << runner.error().message();
  MemoryIo io({"hello, world"});
  ASSERT_TRUE((*runner)->run("task", "here", io, {}));
  EXPECT_EQ(io.outputs(), std::vector<std::string>{"hello"});
}

TEST(StageRunner, passes_on_what_is_logged) {
  const auto runner = StageRunner::open(
      module_of(stages("(call $log (i32.const 1) (i32.const 16) (i32.const 9)) (i32.const 0)")),
      "stages.wasm", {});
  ASSERT_TRUE(runner);
  MemoryIo io;
  ASSERT_TRUE((*runner)->run("task", "here", io, {}));
  EXPECT_EQ(io.sentences(), std::vector<std::string>{"the input"});
}

TEST(StageRunner, initialises_a_module_before_its_first_task) {
  const auto runner = StageRunner::open(
      module_of(stages("(global.get $code)",
                       "(global $code (mut i32) (i32.const 9))"
                       "(func (export \"_initialize\") (global.set $code (i32.const 0)))")),
      "stages.wasm", {});
  ASSERT_TRUE(runner);
  MemoryIo io;
  EXPECT_TRUE((*runner)->run("task", "here", io, {}));
}

TEST(StageRunner, uses_an_instance_again) {
  const auto runner = StageRunner::open(module_of(stages(kCopyFive)), "stages.wasm", {});
  ASSERT_TRUE(runner);
  for (int i = 0; i < 50; ++i) {
    MemoryIo io({"task " + std::to_string(i % 10)});
    ASSERT_TRUE((*runner)->run("task", "here", io, {}));
    EXPECT_EQ(io.outputs()[0], "task ");
  }
  EXPECT_EQ((*runner)->instances_made(), 1U);
}

TEST(StageRunner, makes_a_new_instance_when_idle_ones_were_dropped) {
  const auto runner = StageRunner::open(module_of(stages(kCopyFive)), "stages.wasm", {});
  ASSERT_TRUE(runner);
  for (std::uint64_t made = 1; made < 4; ++made) {
    MemoryIo io({"task 1"});
    ASSERT_TRUE((*runner)->run("task", "here", io, {}));
    EXPECT_EQ((*runner)->instances_made(), made);
    (*runner)->drop_idle();
  }
}

TEST(StageRunner, runs_tasks_of_several_threads_in_as_many_instances_as_it_may_have) {
  const auto runner =
      StageRunner::open(module_of(stages(kCopyFive)), "stages.wasm", {.engine = {.instances = 3}});
  ASSERT_TRUE(runner);
  std::vector<std::thread> threads;
  std::vector<int> done(8);
  for (std::size_t t = 0; t < done.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        MemoryIo io({"abcdefgh"});
        if ((*runner)->run("task", "here", io, {}) && io.outputs()[0] == "abcde") ++done[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, std::vector<int>(8, 200));
  EXPECT_LE((*runner)->instances_made(), 3U);
}

TEST(StageRunner, without_addresses_for_its_instances_says_so) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_AS, &before), 0);
  rlimit low = before;
  low.rlim_cur = rlim_t{64} << 30;
  ASSERT_EQ(::setrlimit(RLIMIT_AS, &low), 0);
  const auto runner = StageRunner::open(module_of(stages(kDone)), "stages.wasm", {});
  ::setrlimit(RLIMIT_AS, &before);
  ASSERT_FALSE(runner);
  EXPECT_EQ(runner.error().code, ErrorCode::kResource);
  EXPECT_NE(runner.error().what.find("64 WebAssembly instances"), std::string::npos);
}

}  // namespace
}  // namespace ionloom::wasm::testing
