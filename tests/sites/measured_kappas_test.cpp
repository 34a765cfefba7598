#include "sites/measured_kappas.h"

#include <gtest/gtest.h>

namespace ionloom::sites {
namespace {

using plan::Stage;

constexpr auto kIngest = static_cast<std::size_t>(Stage::kIngest);

/// Ingest takes 1 s for a million peaks in tasks of the reference machine.
plan::LearnedModels models() {
  plan::LearnedModels models;
  models.stages.push_back(
      {.stage = Stage::kIngest,
       .form = {plan::Term{.kind = plan::Term::Kind::kCount, .a = plan::Count::kPeaks}},
       .devices = {{.device = "reference native x1", .coefficients = {0.5e-6}},
                   {.device = "reference wasm-disk x1", .coefficients = {1e-6}},
                   {.device = "pi native x1", .like = "reference native x1", .kappa = 30}}});
  return models;
}

plan::Measurement ingest(const char* device, double peaks, double seconds) {
  plan::Measurement one{.stage = Stage::kIngest, .device = device, .compute_s = seconds};
  one.counts[plan::Count::kPeaks] = peaks;
  return one;
}

TEST(MeasuredKappas, are_medians_against_tasks_of_the_reference_on_the_same_work) {
  const std::vector<plan::Measurement> all = {
      ingest("pi native x1", 1e6, 9),               // threads: tasks were measured
      ingest("pi native-disk x1", 1e6, 3),          //
      ingest("pi native-disk x1", 2e6, 8),          //
      ingest("pi native-disk x1", 1e6, 50),         // disturbed
      ingest("pi native-disk x4", 1e6, 1),          // all cores
      ingest("pi wasm-disk x1", 1e6, 5),            //
      ingest("pi wasm-disk x1", 1e3, 0.015),        // too short to be told from what a process does
      ingest("other native x1", 1e6, 7),            //
      ingest("other native x1", 1e6, -1),           // a clock that was set
      ingest("short native-disk x1", 1e3, 0.004)};  // and so filled
  const auto kappa = [&](const char* machine, Runtime runtime) {
    return measured_kappas(models(), all, machine, runtime)[kIngest];
  };
  EXPECT_NEAR(kappa("pi", Runtime::kNative).value(), 4, 1e-9);
  EXPECT_NEAR(kappa("pi", Runtime::kPrecompiled).value(), 5, 1e-9);
  EXPECT_FALSE(kappa("pi", Runtime::kInterpreted));
  EXPECT_NEAR(kappa("other", Runtime::kNative).value(), 7, 1e-9);
  EXPECT_FALSE(kappa("short", Runtime::kNative));
  EXPECT_FALSE(kappa("nobody", Runtime::kNative));
}

TEST(MeasuredKappas, are_told_by_the_same_work_where_the_reference_did_it) {
  const auto self_test = [](const char* device, double peaks, double seconds) {
    plan::Measurement one = ingest(device, peaks, seconds);
    one.dataset = "sha256:5e1f7e57";
    return one;
  };
  // The model has 1 s for the smaller one, of which the reference machine takes 2.
  const std::vector<plan::Measurement> all = {self_test("reference wasm-disk x1", 1e6, 2),
                                              self_test("reference wasm-disk x1", 4e6, 4.2),
                                              self_test("pi wasm-disk x1", 1e6, 12)};
  EXPECT_NEAR(measured_kappas(models(), all, "pi", Runtime::kPrecompiled)[kIngest].value(), 6,
              1e-9);
}

TEST(MeasuredKappas, are_of_processors_that_nobody_shares) {
  std::vector<plan::Measurement> all = {ingest("pi native-disk x1", 1e6, 8),
                                        ingest("pi native-disk x1", 1e6, 8),
                                        ingest("pi native-disk x1", 3e6, 12)};
  EXPECT_FALSE(measured_pace(all, "pi"));
  all[0].pace = 0.5;
  all[1].pace = 0.5;
  all[2].pace = 1;
  EXPECT_NEAR(measured_pace(all, "pi").value(), 20.0 / 28, 1e-9);
  EXPECT_FALSE(measured_pace(all, "other"));
  EXPECT_NEAR(measured_kappas(models(), all, "pi", Runtime::kNative)[kIngest].value(), 4, 1e-9);
  // Disturbed ones do not count beside calm ones, though they are the larger part.
  all[1].compute_s = 80;
  EXPECT_NEAR(measured_kappas(models(), all, "pi", Runtime::kNative)[kIngest].value(), 4, 1e-9);
  // Where the pace was not measured it was the machine's usual one.
  all[2].pace = 0.5;
  all.push_back(ingest("pi native-disk x1", 1e8, 600));
  EXPECT_NEAR(measured_kappas(models(), all, "pi", Runtime::kNative)[kIngest].value(), 3, 1e-9);
}

TEST(MeasuredKappas, go_by_large_data_more_than_by_small) {
  const std::vector<plan::Measurement> all = {ingest("pi native-disk x1", 1e6, 9),
                                              ingest("pi native-disk x1", 1.1e6, 9.5),
                                              ingest("pi native-disk x1", 4e6, 16)};
  EXPECT_NEAR(measured_kappas(models(), all, "pi", Runtime::kNative)[kIngest].value(), 4, 1e-9);
}

TEST(MeasuredKappas, of_short_stages_are_told_by_many_repeats) {
  std::vector<plan::Measurement> all(4, ingest("pi native-disk x1", 1e3, 0.004));
  EXPECT_FALSE(measured_kappas(models(), all, "pi", Runtime::kNative)[kIngest]);
  all.push_back(ingest("pi native-disk x1", 1e3, 0.005));
  EXPECT_NEAR(measured_kappas(models(), all, "pi", Runtime::kNative)[kIngest].value(), 4, 1e-9);
  all.push_back(ingest("pi native-disk x1", 1e5, 0.3));
  EXPECT_NEAR(measured_kappas(models(), all, "pi", Runtime::kNative)[kIngest].value(), 3, 1e-9)
      << "beside long ones they do not count";
}

TEST(MeasuredKappas, of_short_stages_are_told_by_the_other_stages_too) {
  plan::LearnedModels both = models();
  both.stages[0].devices.push_back(
      {.device = "reference native-disk x1", .coefficients = {0.5e-6}});
  both.stages.push_back(
      {.stage = Stage::kIons,
       .form = {plan::Term{.kind = plan::Term::Kind::kCount, .a = plan::Count::kIons}},
       .devices = {{.device = "reference wasm x1", .coefficients = {1e-6}},
                   {.device = "reference native x1", .coefficients = {0.5e-6}}}});
  const auto ions = [&](double seconds) {
    std::vector<plan::Measurement> all = {ingest("pi native-disk x1", 1e6, 2)};  // 4 times as slow
    plan::Measurement one{.stage = Stage::kIons, .device = "pi native x1", .compute_s = seconds};
    one.counts[plan::Count::kIons] = seconds / 9 / 0.5e-6;  // 9 times
    all.push_back(one);
    const Kappas kappas = measured_kappas(both, all, "pi", Runtime::kNative);
    EXPECT_NEAR(kappas[kIngest].value(), 2, 0.05)
        << "in the module the reference takes twice as long";
    return kappas[static_cast<std::size_t>(Stage::kIons)].value() / 0.5;
  };
  EXPECT_NEAR(ions(0.05), 6, 0.1);  // half of it its own
  EXPECT_NEAR(ions(0.5), 8.4, 0.1);
  EXPECT_NEAR(ions(50), 9, 0.01);
}

TEST(MeasuredKappas, go_by_the_last_measurements) {
  std::vector<plan::Measurement> all(40, ingest("pi native-disk x1", 1e6, 9));
  all.insert(all.end(), 20, ingest("pi native-disk x1", 1e6, 2));
  EXPECT_NEAR(measured_kappas(models(), all, "pi", Runtime::kNative)[kIngest].value(), 2, 1e-9);
}

}  // namespace
}  // namespace ionloom::sites
