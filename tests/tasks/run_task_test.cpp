// Tasks that cannot be done say which they are, which input, and what was expected; they leave
// nothing behind.

#include "tasks/run_task.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tasks/support/study.h"

namespace ionloom::tasks {
namespace {

using testing::Study;
using testing::TaskRun;

/// Tasks of a small study that were run, to be spoilt.
class SpoiltTask : public ::testing::Test {
 protected:
  SpoiltTask() : run_(study_, {2, 1, 1}) {}

  Task task(Stage stage) const { return *std::ranges::find(run_.tasks, stage, &Task::stage); }

  TaskInput& input(Task& task, const std::string& name) const {
    return *std::ranges::find(task.inputs, name, &TaskInput::name);
  }

  void expect_refused(Task task, ErrorCode code, const std::vector<std::string>& parts) {
    for (TaskOutput& output : task.outputs) output.object += ".spoilt";
    const auto done = run_.shelf.run(task);
    ASSERT_FALSE(done) << task.name;
    EXPECT_EQ(done.error().code, code) << done.error().message();
    const std::string message = done.error().message();
    EXPECT_NE(message.find("task " + task.name + " (" + std::string(stage_name(task.stage)) + ")"),
              std::string::npos)
        << message;
    for (const std::string& part : parts) {
      EXPECT_NE(message.find(part), std::string::npos) << part << " in: " << message;
    }
    for (const TaskOutput& output : task.outputs) EXPECT_FALSE(run_.shelf.has(output.object));
  }

  Study study_;
  TaskRun run_;
};

TEST_F(SpoiltTask, with_less_memory_than_its_bound_is_refused) {
  for (const Stage stage : {Stage::kIndex, Stage::kIngest, Stage::kIons, Stage::kPatterns,
                            Stage::kAnnotate, Stage::kImages, Stage::kRank}) {
    Task spoilt = task(stage);
    EXPECT_EQ(spoilt.memory_bytes, memory_bound_bytes(spoilt).value());
    --spoilt.memory_bytes;
    expect_refused(spoilt, ErrorCode::kResource, {std::to_string(spoilt.memory_bytes)});
  }
}

TEST_F(SpoiltTask, with_parameters_missing_unknown_or_wrong_is_refused) {
  Task spoilt = task(Stage::kAnnotate);
  spoilt.set("colour", std::string_view("blue"));
  expect_refused(spoilt, ErrorCode::kUsage, {"colour"});
  spoilt = task(Stage::kAnnotate);
  std::erase_if(spoilt.parameters, [](const Parameter& p) { return p.name == "chaos"; });
  expect_refused(spoilt, ErrorCode::kUsage, {"chaos", "0 times, expected once"});
  for (const auto& [name, value, told] : {std::tuple{"chaos", "none", "\"reference\", \"fixed\""},
                                          {"tolerance_ppm", "three", "finite number"},
                                          {"isotope_peaks", "17", "from 2 to 16"},
                                          {"all_metrics", "true", "\"no\", \"yes\""},
                                          {"width", "4294967295", "too many"}}) {
    spoilt = task(Stage::kAnnotate);
    std::ranges::find(spoilt.parameters, name, &Parameter::name)->value = value;
    expect_refused(spoilt, ErrorCode::kUsage, {told});
  }
}

TEST_F(SpoiltTask, with_fewer_isotopologues_than_its_ions_have_fails_and_names_the_ion) {
  Task spoilt = task(Stage::kPatterns);
  std::ranges::find(spoilt.parameters, "isotopologues", &Parameter::name)->value = "1";
  expect_refused(spoilt, ErrorCode::kData, {"ion ", "more isotopologues than the task says: 1"});
}

TEST_F(SpoiltTask, with_inputs_that_do_not_go_together_is_refused) {
  Task spoilt = task(Stage::kAnnotate);
  input(spoilt, "intensity").length_bytes -= 4;
  expect_refused(spoilt, ErrorCode::kUsage, {"intensity", "values, expected"});
  spoilt = task(Stage::kAnnotate);
  input(spoilt, "peaks").offset_bytes += 16;
  expect_refused(spoilt, ErrorCode::kUsage, {"peaks", "where no block does"});
  spoilt = task(Stage::kRank);
  spoilt.outputs.push_back({"picture", "picture"});
  expect_refused(spoilt, ErrorCode::kUsage, {"picture"});
  spoilt = task(Stage::kIngest);
  std::ranges::find(spoilt.parameters, "longest_spectrum", &Parameter::name)->value = "100000";
  spoilt.memory_bytes = memory_bound_bytes(spoilt).value();
  expect_refused(spoilt, ErrorCode::kData, {"longest spectrum", "100000"});
  spoilt = task(Stage::kIngest);
  std::erase_if(spoilt.inputs, [](const TaskInput& i) { return i.name == "ibd"; });
  expect_refused(spoilt, ErrorCode::kData, {"spectrum 1", "none of the ranges"});
}

TEST_F(SpoiltTask, whose_count_is_another_is_refused) {
  Task spoilt = task(Stage::kAnnotate);
  spoilt.expected.push_back({"ions", 1});
  spoilt.memory_bytes = memory_bound_bytes(spoilt).value();
  expect_refused(spoilt, ErrorCode::kData, {"expected 1 ions, found"});
  spoilt.expected.back() = {"colours", 1};
  expect_refused(spoilt, ErrorCode::kUsage, {"colours"});
}

TEST_F(SpoiltTask, with_damaged_objects_is_refused) {
  const Task annotate = task(Stage::kAnnotate);
  Task spoilt = annotate;
  run_.shelf.change("run-0")[input(spoilt, "peaks").offset_bytes + 5] ^= std::byte{1};
  expect_refused(spoilt, ErrorCode::kData, {"peaks (run-0)", "checksum"});
  run_.shelf.change("run-0")[input(spoilt, "peaks").offset_bytes + 5] ^= std::byte{1};

  input(spoilt, "positions").length_bytes -= 4;  // the last pixel
  expect_refused(spoilt, ErrorCode::kData, {"pixel"});

  const Task rank = task(Stage::kRank);
  run_.shelf.change("decoys")[70] ^= std::byte{1};
  expect_refused(rank, ErrorCode::kData, {"decoys", "checksum"});
  run_.shelf.change("decoys")[70] ^= std::byte{1};
  run_.shelf.change("metrics-0")[9] ^= std::byte{1};
  expect_refused(rank, ErrorCode::kData, {"metrics", "header"});
}

TEST_F(SpoiltTask, whose_input_was_cut_fails_with_the_reader) {
  const Task annotate = task(Stage::kAnnotate);
  run_.shelf.change("run-1").resize(100);
  expect_refused(annotate, ErrorCode::kRemote, {"run-1"});
}

}  // namespace
}  // namespace ionloom::tasks
