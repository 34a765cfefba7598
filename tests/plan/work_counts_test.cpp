#include "plan/work_counts.h"

#include <gtest/gtest.h>

namespace ionloom::plan {
namespace {

const JobCounts kJob = {.spectra = 100,
                        .peaks = 2000,
                        .pixels = 120,
                        .lists = 2,
                        .formulas = 10,
                        .modifiers = 3,
                        .decoys = 20,
                        .ions = 400,
                        .image_ions = 30,
                        .window_peaks = 1200};

TEST(WorkCounts, names_are_read_back) {
  for (const Stage stage : kStages) EXPECT_EQ(stage_from_name(stage_name(stage)), stage);
  for (const Count count : kCounts) EXPECT_EQ(count_from_name(count_name(count)), count);
  EXPECT_EQ(stage_from_name("render"), std::nullopt);
  EXPECT_EQ(count_from_name(""), std::nullopt);
}

TEST(WorkCounts, every_stage_has_work) {
  for (const Stage stage : kStages) {
    EXPECT_NE(stage_counts(stage, kJob), WorkCounts{}) << stage_name(stage);
  }
}

TEST(WorkCounts, a_stage_counts_what_it_touches) {
  const WorkCounts annotate = stage_counts(Stage::kAnnotate, kJob);
  EXPECT_EQ(annotate[Count::kIons], 400);
  EXPECT_EQ(annotate[Count::kWindowPeaks], 1200);
  EXPECT_EQ(annotate[Count::kFormulas], 0);
  // 30 of 400 ions, 3 peaks each.
  EXPECT_EQ(stage_counts(Stage::kImages, kJob)[Count::kWindowPeaks], 90);
  // 10 formulas x 3 modifiers, a target and 20 decoys each.
  EXPECT_EQ(stage_counts(Stage::kRank, kJob)[Count::kDraws], 630);
}

TEST(WorkCounts, no_ions_no_window_peaks_of_images) {
  JobCounts job = kJob;
  job.ions = 0;
  EXPECT_EQ(stage_counts(Stage::kImages, job)[Count::kWindowPeaks], 0);
}

TEST(WorkCounts, a_task_gets_its_share_rounded_up_and_sees_the_whole_grid) {
  WorkCounts stage = stage_counts(Stage::kAnnotate, kJob);
  stage[Count::kRuns] = 7;
  const WorkCounts task = task_share(stage, 3);
  EXPECT_EQ(task[Count::kIons], 134);
  EXPECT_EQ(task[Count::kPixels], 120);
  EXPECT_EQ(task[Count::kRuns], 7);
  EXPECT_EQ(task[Count::kDatasetPeaks], 2000);  // how densely they lie does not change
  EXPECT_EQ(task_share(stage, 1), stage);
}

TEST(WorkCounts, a_stage_is_cut_no_finer_than_its_pieces) {
  EXPECT_EQ(most_tasks(Stage::kIndex, kJob), 1);
  EXPECT_EQ(most_tasks(Stage::kIngest, kJob), 100);
  EXPECT_EQ(most_tasks(Stage::kAnnotate, kJob), 400);
  EXPECT_EQ(most_tasks(Stage::kRank, kJob), 2);
  for (const Stage stage : kStages) EXPECT_EQ(most_tasks(stage, JobCounts{.lists = 0}), 1);
}

}  // namespace
}  // namespace ionloom::plan
