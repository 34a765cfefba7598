#include "plan/run_scores.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "plan/learned_models.h"
#include "plan/models_file.h"
#include "plan/thread_plan.h"

namespace ionloom::plan {
namespace {

constexpr int kDatasets = 20;

/// How much longer than usual every stage of run `i` takes: up to a fifth to either side, the same
/// for all stages of the run.
double slowness(int i) {
  return 1 + 0.4 * (static_cast<double>(i % 11) / 10 - 0.5);
}

/// Two stages a run, of which all are as slow as the run.
std::vector<Measurement> runs(std::uint32_t threads) {
  std::vector<Measurement> rows;
  for (int i = 0; i < 3 * kDatasets; ++i) {
    const double factor = slowness(i * 7) / threads;
    Measurement ingest{.stage = Stage::kIngest,
                       .device = device_text({"laptop", "native", threads}),
                       .dataset = std::to_string(i / 3)};
    ingest.counts[Count::kPeaks] = 1e6 * (1 + i % 5);
    ingest.compute_s = factor * 4e-8 * ingest.counts[Count::kPeaks];
    Measurement patterns = ingest;
    patterns.stage = Stage::kPatterns;
    patterns.counts = {};
    patterns.counts[Count::kIons] = 1e4 * (1 + i % 4);
    patterns.compute_s = factor * 1e-5 * patterns.counts[Count::kIons];
    rows.push_back(ingest);
    rows.push_back(patterns);
  }
  return rows;
}

TEST(RunScores, are_of_whole_runs_by_threads) {
  std::vector<Measurement> rows = runs(1);
  const std::vector<Measurement> more = runs(2);
  rows.insert(rows.end(), more.begin(), more.end());
  const LearnedModels models = learn_models(rows);
  ASSERT_EQ(models.runs.size(), 2U);
  for (const RunScores& run : models.runs) {
    EXPECT_EQ(run.runtime, "native");
    EXPECT_EQ(run.scores.size(), 3U * kDatasets);
    // Nine of ten runs are off by less than 20 %, and hardly by less than 10 %.
    EXPECT_LT(run.scores.width(0.9).log, 0.3);
    EXPECT_GT(run.scores.width(0.9).log, 0.1);
  }
}

TEST(RunScores, make_the_range_of_a_run_whose_stages_err_together) {
  LearnedModels models = learn_models(runs(1));
  const Device device{"laptop", "native", 1};
  const std::vector<Measurement> rows = runs(1);
  const auto times_of = [&](std::size_t i) {
    std::vector<StagePrediction> stages;
    for (std::size_t k = i; k < i + 2; ++k) {
      stages.push_back(predict_stage(models, device, rows[k].stage, rows[k].counts, 0.9));
    }
    return run_times(models, device, stages, 0.9);
  };
  int inside = 0;
  for (std::size_t i = 0; i < rows.size(); i += 2) {
    const RunTimes times = times_of(i);
    const double took_s = rows[i].compute_s + rows[i + 1].compute_s;
    inside += times.least_s <= took_s && took_s <= times.most_s ? 1 : 0;
  }
  EXPECT_GE(inside, 0.87 * 3 * kDatasets);
  const double together_s = times_of(0).most_s - times_of(0).least_s;
  models.runs.clear();
  EXPECT_LT(times_of(0).most_s - times_of(0).least_s, 0.95 * together_s)
      << "independent stages would do as well";
}

TEST(RunScores, need_several_datasets_and_runs_of_more_than_one_stage) {
  std::vector<Measurement> rows = runs(1);
  for (Measurement& row : rows) row.dataset = row.dataset < "15" ? "a" : "b";
  EXPECT_TRUE(learn_models(rows).runs.empty());
  rows = runs(1);
  std::erase_if(rows, [](const Measurement& row) { return row.stage == Stage::kPatterns; });
  EXPECT_TRUE(learn_models(rows).runs.empty());
}

TEST(RunScores, are_kept_with_the_models) {
  const LearnedModels models = learn_models(runs(2));
  const auto read = parse_models(models_text(models), "models");
  ASSERT_TRUE(read) << read.error().message();
  ASSERT_EQ(read->runs.size(), 1U);
  EXPECT_EQ(read->runs.front().threads, 2U);
  EXPECT_EQ(read->runs.front().scores.width(0.9).log, models.runs.front().scores.width(0.9).log);
}

TEST(RunScores, that_are_damaged_are_refused) {
  std::string text = models_text(learn_models(runs(2)));
  text.replace(text.find("\"threads\": 2"), 12, "\"threads\": 0");
  const auto read = parse_models(text, "models");
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message().find("no threads"), std::string::npos) << read.error().message();
}

}  // namespace
}  // namespace ionloom::plan
