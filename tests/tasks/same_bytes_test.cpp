// A study cut into tasks in several ways gives the very bytes that one process computes.

#include <cstring>

#include <gtest/gtest.h>

#include "stages/rank.h"
#include "tasks/images_object.h"
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

void expect_same_set(const stages::IonSet& found, const stages::IonSet& expected) {
  EXPECT_EQ(found.ions, expected.ions);
  EXPECT_EQ(found.is_target, expected.is_target);
  EXPECT_EQ(found.is_targeted, expected.is_targeted);
  EXPECT_EQ(found.lists[0].targets, expected.lists[0].targets);
  EXPECT_EQ(found.lists[0].decoys, expected.lists[0].decoys);
  EXPECT_EQ(found.lists[0].decoy_adducts, expected.lists[0].decoy_adducts);
}

void expect_same_ranking(const TaskRun& run, const exec::AnnotationRun& expected) {
  const auto targets = run.ranked();
  ASSERT_EQ(targets.size(), expected.ranked[0].size());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const stages::RankedIon& other = expected.ranked[0][i];
    EXPECT_EQ(targets[i].formula, other.formula);
    EXPECT_EQ(targets[i].modifier, other.modifier);
    EXPECT_EQ(targets[i].measured, other.measured);
    EXPECT_TRUE(same_bits(targets[i].score, other.score));
    EXPECT_TRUE(same_bits(targets[i].fdr, other.fdr));
  }
  const auto decoys = run.ranked_decoys();
  const auto other = stages::ranked_decoys(expected.ions, 0, expected.measured, {});
  ASSERT_EQ(decoys.size(), other.size());
  for (std::size_t i = 0; i < decoys.size(); ++i) {
    EXPECT_EQ(decoys[i].measured, other[i].measured);
    EXPECT_EQ(decoys[i].draw, other[i].draw);
    EXPECT_TRUE(same_bits(decoys[i].score, other[i].score));
  }
}

void expect_same_images(const TaskRun& run, exec::AnnotationRun& expected,
                        const imaging::MetricSettings& settings) {
  imaging::IonMeasurer measurer(expected.pixels.grid, settings);
  std::size_t ions = 0;
  const auto compare = [&](imaging::PeakTable peaks, std::size_t, std::size_t) -> Result<void> {
    for (std::size_t part = 0; run.shelf.has("images-" + std::to_string(part)); ++part) {
      const IonImages images =
          decode_images(run.shelf.at("images-" + std::to_string(part))).value();
      for (std::size_t i = 0; i < images.ion.size(); ++i, ++ions) {
        const auto cut = measurer.cut_images(peaks, expected.patterns.of(images.ion[i]));
        EXPECT_EQ(cut.size(), images.isotope_peaks);
        for (std::size_t k = 0; k < cut.size(); ++k) {
          EXPECT_EQ(images.images[i * cut.size() + k].pixels, cut[k].pixels);
          EXPECT_EQ(images.images[i * cut.size() + k].values, cut[k].values);
        }
      }
    }
    return {};
  };
  const auto nothing = [](std::size_t, std::vector<imaging::MzWindow>&) {};
  ASSERT_TRUE(expected.peaks.visit(1, nothing, compare));
  EXPECT_EQ(ions, expected.ions_in_range);
}

TEST(SameBytes, of_metrics_however_a_study_is_cut_and_whatever_threads_compute_it) {
  Study study;
  for (const bool all_metrics : {false, true}) {
    study.settings.all_metrics = all_metrics;
    exec::AnnotationRun expected = study.annotated(2);
    expect_same_ions(study.annotated(1).measured, expected.measured);
    ASSERT_GT(expected.measured.size(), 15U);
    for (const Cuts& cuts : {Cuts{1, 1, 1}, Cuts{3, 2, 4}, Cuts{8, 5, 13}}) {
      const TaskRun run(study, cuts);
      EXPECT_EQ(run.peaks(), expected.peaks.size());
      const stages::PatternTable patterns = run.patterns(expected.ions.ions.size());
      EXPECT_EQ(patterns.mz, expected.patterns.mz);
      EXPECT_EQ(patterns.intensity, expected.patterns.intensity);
      expect_same_ions(run.measured(), expected.measured);
      expect_same_set(run.ions(study), expected.ions);
      expect_same_ranking(run, expected);
      expect_same_images(run, expected, study.settings.metrics);
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
