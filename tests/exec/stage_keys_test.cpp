#include "exec/stage_keys.h"

#include <functional>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace ionloom::exec {
namespace {

tasks::Task sample_task() {
  tasks::Task task;
  task.name = "run-3";
  task.stage = tasks::Stage::kPatterns;
  task.set("charge", std::uint64_t{1});
  task.inputs = {{"begins", "ions", 64, 800}, {"flags", "ions", 900, 100}};
  task.outputs = {{"ions", "patterns-3"}, {"summary", "patterns-3.summary"}};
  task.memory_bytes = 1000;
  return task;
}

std::string prefix_of(const tasks::Task& task, const std::string& words = "same") {
  return kept_prefix(task, [&](const tasks::TaskInput&) -> Result<std::string> { return words; })
      .value();
}

TEST(StageKeys, do_not_depend_on_what_a_run_calls_its_objects_or_on_memory) {
  tasks::Task other = sample_task();
  other.name = "run-4";
  other.inputs[0].object = other.inputs[1].object = "ion-set";
  other.outputs = {{"ions", "patterns-4"}, {"summary", "patterns-4.summary"}};
  other.memory_bytes = 2000;
  EXPECT_EQ(prefix_of(other), prefix_of(sample_task()));
  EXPECT_EQ(prefix_of(other).size(), std::string("kept/").size() + 32 + 1);
}

TEST(StageKeys, depend_on_all_that_the_bytes_depend_on) {
  using Change = std::function<void(tasks::Task&)>;
  std::set<std::string> prefixes = {prefix_of(sample_task()), prefix_of(sample_task(), "other")};
  const Change changes[] = {
      [](tasks::Task& task) { task.stage = tasks::Stage::kImages; },
      [](tasks::Task& task) { task.parameters[0].value = "-1"; },
      [](tasks::Task& task) { task.parameters.clear(); },
      [](tasks::Task& task) { task.inputs[0].offset_bytes = 72; },
      [](tasks::Task& task) { task.inputs[0].length_bytes = 792; },
      [](tasks::Task& task) { std::swap(task.inputs[0], task.inputs[1]); },
      [](tasks::Task& task) { task.outputs.pop_back(); },
  };
  for (const Change& change : changes) {
    tasks::Task task = sample_task();
    change(task);
    EXPECT_TRUE(prefixes.insert(prefix_of(task)).second) << tasks::encode_task(task);
  }
}

TEST(StageKeys, tell_outputs_of_one_name_apart) {
  tasks::Task task = sample_task();
  task.outputs = {{"decoys", "a"}, {"decoys", "b"}, {"ions", "c"}, {"decoys", "d"}};
  EXPECT_EQ(kept_names(task), (std::vector<std::string>{"decoys", "decoys.1", "ions", "decoys.2"}));
}

TEST(StageKeys, of_an_input_that_cannot_be_read_are_a_failure) {
  const auto failed =
      kept_prefix(sample_task(), [](const tasks::TaskInput& input) -> Result<std::string> {
        return data_error(input.object, "is gone");
      });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message(), "ions: is gone");
}

TEST(StageKeys, of_whole_objects_tell_their_bytes) {
  const std::byte one[] = {std::byte{1}};
  const std::byte two[] = {std::byte{2}};
  EXPECT_EQ(kept_key(one, "ions"), kept_key(one, "ions"));
  EXPECT_NE(kept_key(one, "ions"), kept_key(two, "ions"));
  // XXH3 (128 bits, seed 0) of no bytes: xxhash's specification, "XXH3 algorithm overview".
  EXPECT_EQ(kept_key({}, "ions"), "kept/99aa06d3014798d86001c324468d497f/ions");
}

TEST(StageKeys, of_a_hash_in_parts_are_those_of_the_whole) {
  const std::string text = "some bytes that come in parts";
  const auto bytes = std::as_bytes(std::span(text));
  HashStream whole;
  whole.add(bytes);
  HashStream parts;
  parts.add(bytes.first(7));
  parts.add(bytes.subspan(7));
  EXPECT_EQ(parts.text(), whole.text());
}

TEST(StageKeys, of_runs_differ) {
  EXPECT_NE(new_run_name(), new_run_name());
  EXPECT_EQ(new_run_name().size(), 32U);
}

}  // namespace
}  // namespace ionloom::exec
