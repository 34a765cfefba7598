#include "plan/thread_plan.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "plan/evenly_spread.h"

namespace ionloom::plan {
namespace {

/// Every stage takes 10 us an ion, or a spectrum or peak where it counts no ions.
LearnedModels simple_models(double spread_log) {
  LearnedModels models;
  for (const Stage stage : kThreadStages) {
    StageModel model{.stage = stage, .spread_log = spread_log};
    const bool counts_ions = stage != Stage::kIndex && stage != Stage::kIngest;
    model.form = {{.kind = Term::Kind::kCount,
                   .a = counts_ions               ? Count::kIons
                        : stage == Stage::kIngest ? Count::kPeaks
                                                  : Count::kSpectra}};
    model.devices = {{.device = "laptop native x2", .coefficients = {1e-5}}};
    models.stages.push_back(model);
  }
  return models;
}

constexpr JobCounts kJob{.spectra = 1000, .peaks = 100'000, .ions = 50'000, .image_ions = 500};

Device on_laptop(Stage /*stage*/) {
  return {"laptop", "native", 2};
}

const PlannedStage& of(const ThreadPlan& plan, Stage stage) {
  for (const PlannedStage& planned : plan.stages()) {
    if (planned.stage == stage) return planned;
  }
  throw std::logic_error("no such stage");
}

TEST(ThreadPlan, the_stages_follow_each_other) {
  const LearnedModels models = simple_models(0);
  const ThreadPlan plan(models, on_laptop, kJob, 0.9);
  const double sum = 1e-5 * (1000 + 100'000 + 4 * 50'000 + 500);
  EXPECT_NEAR(plan.times().median_s, sum, 1e-9);
  EXPECT_NEAR(plan.remaining_s(), sum, 1e-9);
}

TEST(ThreadPlan, a_slow_run_makes_the_stages_to_come_slower) {
  const LearnedModels models = simple_models(0.05);
  ThreadPlan plan(models, on_laptop, kJob, 0.9);
  plan.done(Stage::kIngest, 2.0);  // 1 s was expected
  const PlannedStage& annotate = of(plan, Stage::kAnnotate);
  EXPECT_EQ(annotate.before.seconds, 0.5) << "what was said before stays";
  // Prior 0.25, evidence 0.05: nearly all of the factor 2 is believed.
  EXPECT_NEAR(annotate.replanned_s, 0.5 * std::exp(std::log(2) * 400 / (400 + 16)), 1e-3);
}

TEST(ThreadPlan, what_a_model_is_unsure_of_says_little_of_the_speed) {
  const LearnedModels models = simple_models(1);
  ThreadPlan plan(models, on_laptop, kJob, 0.9);
  plan.done(Stage::kIngest, 2.0);
  EXPECT_LT(of(plan, Stage::kAnnotate).replanned_s, 0.5 * 1.05);
}

TEST(ThreadPlan, stages_of_no_length_and_clock_jumps_are_no_evidence) {
  const LearnedModels models = simple_models(0.05);
  ThreadPlan plan(models, on_laptop, kJob, 0.9);
  plan.done(Stage::kIndex, -5);
  plan.done(Stage::kIngest, std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(of(plan, Stage::kAnnotate).replanned_s, 0.5);
}

TEST(ThreadPlan, counts_that_are_known_better_move_only_stages_to_come) {
  const LearnedModels models = simple_models(0.05);
  ThreadPlan plan(models, on_laptop, kJob, 0.9);
  plan.done(Stage::kIons, 0.5);
  JobCounts known = kJob;
  known.ions = 100'000;
  plan.know(known);
  EXPECT_EQ(of(plan, Stage::kIons).known_work[Count::kIons], 50'000);
  EXPECT_NEAR(of(plan, Stage::kAnnotate).known_work_s, 1.0, 1e-9);
}

TEST(ThreadPlan, patterns_that_were_kept_are_passed_over) {
  const LearnedModels models = simple_models(0.05);
  ThreadPlan plan(models, on_laptop, kJob, 0.9);
  const double all = plan.remaining_s();
  plan.passed_over(Stage::kPatterns);
  EXPECT_NEAR(plan.remaining_s(), all - 0.5, 1e-9);
}

TEST(EvenlySpread, takes_all_of_few_and_spreads_over_many) {
  EXPECT_EQ(evenly_spread(3, 5), (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(evenly_spread(0, 5), std::vector<std::size_t>{});
  for (const std::size_t count : {7UL, 64UL, 1000UL, 12'345'678UL}) {
    const auto positions = evenly_spread(count, 7);
    ASSERT_EQ(positions.size(), 7U);
    for (std::size_t i = 1; i < positions.size(); ++i) {
      const std::size_t step = positions[i] - positions[i - 1];
      EXPECT_GE(step, count / 7);
      EXPECT_LE(step, count / 7 + 1);
    }
    EXPECT_LT(positions.back(), count);
  }
}

TEST(ThreadPlan, all_threads_are_taken_unless_fewer_are_surely_sooner) {
  const RunTimes slow{.median_s = 3, .least_s = 2, .most_s = 4, .is_measured = true};
  const RunTimes surely{.median_s = 1, .least_s = 0.5, .most_s = 1.5, .is_measured = true};
  const RunTimes perhaps{.median_s = 1, .least_s = 0.5, .most_s = 2.5, .is_measured = true};
  RunTimes guessed = surely;
  guessed.is_measured = false;
  EXPECT_EQ(surely_soonest(std::vector{surely, perhaps, slow}), 0);
  EXPECT_EQ(surely_soonest(std::vector{perhaps, slow}), 1);
  EXPECT_EQ(surely_soonest(std::vector{guessed, slow}), 1);
  EXPECT_EQ(surely_soonest(std::vector{slow, surely}), 1);
  EXPECT_EQ(surely_soonest(std::vector{slow}), 0);
}

TEST(ThreadPlan, only_a_device_that_was_measured_gives_measured_times) {
  const LearnedModels models = simple_models(0.05);
  EXPECT_TRUE(ThreadPlan(models, on_laptop, kJob, 0.9).times().is_measured);
  const auto on_another = [](Stage /*stage*/) { return Device{"laptop", "native", 1}; };
  EXPECT_FALSE(ThreadPlan(models, on_another, kJob, 0.9).times().is_measured);
}

}  // namespace
}  // namespace ionloom::plan
