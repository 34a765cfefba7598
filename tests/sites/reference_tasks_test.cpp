#include "sites/reference_tasks.h"

#include <gtest/gtest.h>

#include "sites/measured_kappas.h"

namespace ionloom::sites {
namespace {

using plan::Count;
using plan::Stage;

constexpr auto kAnnotate = static_cast<std::size_t>(Stage::kAnnotate);
constexpr double kIon_s = 1e-5;
constexpr double kPeak_s = 1e-7;
constexpr double kSlowIons = 50;  ///< in the interpreter; peaks are mostly read outside it
constexpr double kSlowPeaks = 2;

plan::Term per(Count count) {
  return {.kind = plan::Term::Kind::kCount, .a = count};
}

/// In the interpreter ions take 50 times as long as in the compiled module, peaks twice.
plan::LearnedModels models() {
  plan::LearnedModels models;
  models.stages.push_back(
      {.stage = Stage::kAnnotate,
       .form = {per(Count::kIons), per(Count::kPeaks)},
       .devices = {{.device = "reference wasm-disk x1", .coefficients = {kIon_s, kPeak_s}},
                   {.device = "reference interpreted-disk x1",
                    .coefficients = {kSlowIons * kIon_s, kSlowPeaks * kPeak_s}}}});
  return models;
}

plan::JobCounts job(std::uint64_t ions, std::uint64_t peaks) {
  plan::JobCounts counts = usual_job();
  counts.ions = ions;
  counts.peaks = peaks;
  return counts;
}

/// What a device three times as slow as the reference machine takes in the interpreter.
plan::Measurement measurement(const plan::JobCounts& counts) {
  plan::Measurement one{.stage = Stage::kAnnotate,
                        .device = "pi interpreted-disk x1",
                        .counts = plan::stage_counts(Stage::kAnnotate, counts)};
  one.compute_s = 3 * (kSlowIons * kIon_s * one.counts[Count::kIons] +
                       kSlowPeaks * kPeak_s * one.counts[Count::kPeaks]);
  return one;
}

TEST(ReferenceTasks, are_of_the_compiled_module_and_of_a_way_of_running_that_was_measured) {
  const plan::LearnedModels known = models();
  const plan::StageModel& model = known.stages[0];
  EXPECT_EQ(plan::device_text(reference_of_tasks(model)), "reference wasm-disk x1");
  const auto interpreted = reference_of_tasks(model, Runtime::kInterpreted);
  ASSERT_TRUE(interpreted);
  EXPECT_EQ(plan::device_text(*interpreted), "reference interpreted-disk x1");
  EXPECT_FALSE(reference_of_tasks(model, Runtime::kNative));
}

TEST(ReferenceTasks, a_kappa_told_by_many_peaks_holds_for_a_job_of_many_ions) {
  const auto small = job(1'000, 1'000'000);
  const auto large = job(300'000, 1'000'000);
  const std::vector<plan::Measurement> measured = {measurement(small)};
  const Kappas usual = measured_kappas(models(), measured, "pi", Runtime::kInterpreted);
  ASSERT_TRUE(usual[kAnnotate]);
  for (const plan::JobCounts& counts : {small, large}) {
    const auto kappa = kappas_of_job(usual, Runtime::kInterpreted, models(), counts)[kAnnotate];
    const auto compiled = models().stages[0].predict("reference wasm-disk x1",
                                                     plan::stage_counts(Stage::kAnnotate, counts));
    EXPECT_NEAR(*kappa * compiled->seconds, measurement(counts).compute_s, 1e-9);
  }
}

TEST(ReferenceTasks, a_device_is_as_slow_as_its_stages_beside_the_same_way_of_running) {
  const std::vector<plan::Measurement> measured = {measurement(usual_job())};
  const Kappas usual = measured_kappas(models(), measured, "pi", Runtime::kInterpreted);
  EXPECT_GT(*usual[kAnnotate], 30);
  EXPECT_NEAR(*speed_kappa(usual, Runtime::kInterpreted, models()), 3, 1e-9);
  EXPECT_FALSE(speed_kappa({}, Runtime::kInterpreted, models()));
}

TEST(ReferenceTasks, kappas_of_the_usual_job_stay_as_they_are) {
  Kappas usual;
  usual[kAnnotate] = 7;
  EXPECT_EQ(kappas_of_job(usual, Runtime::kInterpreted, models(), usual_job()), usual);
}

TEST(ReferenceTasks, what_was_not_measured_on_the_reference_differs_by_no_kind_of_work) {
  Kappas usual;
  usual[kAnnotate] = 7;
  EXPECT_EQ(kappas_of_job(usual, Runtime::kNative, models(), job(1, 100'000'000)), usual);
}

TEST(ReferenceTasks, kappas_that_nobody_knows_stay_unknown) {
  EXPECT_EQ(kappas_of_job({}, Runtime::kInterpreted, models(), usual_job()), Kappas{});
}

}  // namespace
}  // namespace ionloom::sites
