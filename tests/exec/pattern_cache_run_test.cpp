// Runs that compute patterns, keep them, and take them from the cache: the same results.

#include <gtest/gtest.h>

#include "exec/annotation_run.h"
#include "exec/quiet_progress.h"
#include "imzml/sample_dataset.h"

namespace ionloom::exec {
namespace {

using imzml::testing::SamplePixel;
using test_support::put;
using test_support::ScratchFolder;

/// Twelve pixels with the two highest peaks of protonated glucose and some others.
imzml::Dataset dataset_in(const ScratchFolder& folder) {
  std::vector<SamplePixel> pixels;
  for (int i = 0; i < 12; ++i) {
    const double level = 1 + i % 5;
    pixels.push_back({.x = i % 4 + 1,
                      .y = i / 4 + 1,
                      .mz = {150.25, 181.07066, 182.07402, 203.0526, 900.5},
                      .intensity = {5, 100 * level, 7 * level, level, 1}});
  }
  return imzml::open_dataset(written(folder, imzml::testing::sample(pixels))).value();
}

AnnotationRun run(const imzml::Dataset& dataset,
                  const std::optional<cache::PatternCacheSettings>& cache) {
  chem::MoleculeList list;
  list.formulas = {"C6H12O6", "C10H16N5O13P3", "C16H32O2"};
  AnnotationSettings settings;
  settings.ions.adducts = {"+H", "+Na"};
  settings.pattern.shape.sigma_mz = 0.001;
  settings.all_metrics = true;
  settings.pattern_cache = cache;
  testing::QuietProgress progress;
  const std::vector<ListInput> lists = {{&list, true}};
  return annotate(dataset, index_dataset(dataset).value(), lists, settings, progress).value();
}

void expect_same(const AnnotationRun& a, const AnnotationRun& b) {
  EXPECT_EQ(a.patterns.mz, b.patterns.mz);
  EXPECT_EQ(a.patterns.intensity, b.patterns.intensity);
  EXPECT_EQ(a.ions_with_pattern, b.ions_with_pattern);
  EXPECT_EQ(a.ions_in_range, b.ions_in_range);
  ASSERT_EQ(a.measured.size(), b.measured.size());
  EXPECT_FALSE(a.measured.empty());
  for (std::size_t i = 0; i < a.measured.size(); ++i) {
    EXPECT_EQ(a.measured[i].ion, b.measured[i].ion);
    EXPECT_EQ(a.measured[i].metrics.msm, b.measured[i].metrics.msm);
  }
}

TEST(PatternCacheRun, has_the_same_results_as_one_without) {
  const ScratchFolder folder;
  const imzml::Dataset dataset = dataset_in(folder);
  const cache::PatternCacheSettings cache{.folder = folder / "cache"};
  const AnnotationRun without = run(dataset, std::nullopt);
  const AnnotationRun keeping = run(dataset, cache);
  const AnnotationRun cached = run(dataset, cache);
  EXPECT_EQ(without.pattern_source, cache::PatternSource::kComputed);
  EXPECT_EQ(keeping.pattern_source, cache::PatternSource::kMissed);
  EXPECT_EQ(cached.pattern_source, cache::PatternSource::kCached);
  expect_same(without, keeping);
  expect_same(without, cached);
}

TEST(PatternCacheRun, goes_on_without_a_cache_that_cannot_be_written) {
  const ScratchFolder folder;
  const imzml::Dataset dataset = dataset_in(folder);
  put(folder / "file", "");
  const AnnotationRun blocked =
      run(dataset, cache::PatternCacheSettings{.folder = folder / "file" / "below"});
  EXPECT_EQ(blocked.pattern_source, cache::PatternSource::kMissed);
  EXPECT_NE(blocked.pattern_cache_trouble.find("below"), std::string::npos);
  expect_same(run(dataset, std::nullopt), blocked);
}

}  // namespace
}  // namespace ionloom::exec
