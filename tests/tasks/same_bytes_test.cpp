// A study cut into tasks in several ways gives the very bytes that one process computes.

#include <cstring>

#include <gtest/gtest.h>

#include "stages/ingest.h"
#include "tasks/support/study.h"

namespace ionloom::tasks {
namespace {

using testing::Cuts;
using testing::Study;
using testing::TaskRun;

template <class T>
bool same_bits(const T& a, const T& b) {
  return std::memcmp(&a, &b, sizeof(T)) == 0;
}

bool same_metrics(const imaging::IonMetrics& a, const imaging::IonMetrics& b) {
  const double of_a[] = {a.spectral, a.spatial, a.chaos, a.msm, a.mz_err_abs, a.mz_err_rel};
  const double of_b[] = {b.spectral, b.spatial, b.chaos, b.msm, b.mz_err_abs, b.mz_err_rel};
  return same_bits(of_a, of_b) &&
         std::ranges::equal(a.images, b.images, [](const auto& x, const auto& y) {
           return same_bits(x.total, y.total) && same_bits(x.max, y.max) &&
                  same_bits(x.mz_mean, y.mz_mean) && same_bits(x.mz_stddev, y.mz_stddev) &&
                  x.has_image == y.has_image;
         });
}

void expect_same_ions(const std::vector<stages::MeasuredIon>& found,
                      const std::vector<stages::MeasuredIon>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_EQ(found[i].ion, expected[i].ion);
    EXPECT_TRUE(same_metrics(found[i].metrics, expected[i].metrics)) << "ion " << found[i].ion;
  }
}

TEST(SameBytes, of_metrics_however_a_study_is_cut_and_whatever_threads_compute_it) {
  Study study;
  for (const bool all_metrics : {false, true}) {
    study.settings.all_metrics = all_metrics;
    const exec::AnnotationRun expected = study.annotated(2);
    expect_same_ions(study.annotated(1).measured, expected.measured);
    ASSERT_GT(expected.measured.size(), 15U);
    for (const Cuts& cuts : {Cuts{1, 1, 1}, Cuts{3, 2, 4}, Cuts{8, 5, 13}}) {
      const TaskRun run(study, cuts);
      EXPECT_EQ(run.peaks(), expected.peaks.size());
      const stages::PatternTable patterns = run.patterns(expected.ions.ions.size());
      EXPECT_EQ(patterns.mz, expected.patterns.mz);
      EXPECT_EQ(patterns.intensity, expected.patterns.intensity);
      expect_same_ions(run.measured(), expected.measured);
    }
  }
}

TEST(SameBytes, of_a_task_that_runs_again) {
  const Study study;
  TaskRun run(study, {2, 2, 2});
  for (const Task& task : run.tasks) {
    const testing::Bytes before = run.shelf.at(task.outputs[0].object);
    run.shelf.expect_runs(task);
    EXPECT_EQ(run.shelf.at(task.outputs[0].object), before) << task.name;
  }
}

}  // namespace
}  // namespace ionloom::tasks
