#include "plan/backend.h"

#include <gtest/gtest.h>

namespace ionloom::plan {
namespace {

constexpr std::uint64_t kGib = std::uint64_t{1} << 30;

TEST(Backend, functions_run_as_many_as_the_limit_allows_whatever_their_memory) {
  const Backend functions{.kind = BackendKind::kFunctions, .concurrency = 250};
  EXPECT_EQ(functions.slots({.memory_bytes = kGib, .cpus = 0.5}, kGib), 250);
}

TEST(Backend, a_machine_runs_as_many_as_its_cpus_and_its_memory_hold) {
  const Backend machines{.kind = BackendKind::kMachines};
  const MemoryClass machine = {.memory_bytes = 32 * kGib, .cpus = 4};
  EXPECT_EQ(machines.slots(machine, kGib), 4);
  EXPECT_EQ(machines.slots(machine, 10 * kGib), 3);
  EXPECT_EQ(machines.slots(machine, 40 * kGib), 1);
}

TEST(Backend, is_simulated_unless_every_figure_was_measured) {
  Backend backend;
  backend.origins = {{.figure = "start_up_median_s", .basis = "measured"}};
  EXPECT_FALSE(backend.is_simulated());
  backend.origins.push_back({.figure = "time_limit_s", .basis = "documented"});
  EXPECT_TRUE(backend.is_simulated());
}

TEST(Backend, the_local_one_takes_the_machine_it_is_on) {
  const Backend local = on_machine({.kind = BackendKind::kLocal}, 2, 23 * kGib);
  ASSERT_EQ(local.classes.size(), 1U);
  EXPECT_EQ(local.classes[0], (MemoryClass{.memory_bytes = 23 * kGib, .cpus = 2}));
}

}  // namespace
}  // namespace ionloom::plan
