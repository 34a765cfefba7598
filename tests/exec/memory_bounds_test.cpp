// Every stage's bound against what it allocates: never over, and close enough to be of use.

#include <algorithm>
#include <random>
#include <string>

#include <gtest/gtest.h>
#include <tbb/task_arena.h>

#include "chem/molecule_list.h"
#include "exec/annotation_run.h"
#include "exec/peak_store.h"
#include "exec/quiet_progress.h"
#include "imzml/sample_dataset.h"
#include "stages/rank.h"
#include "support/allocation_meter.h"
#include "support/hostile_formulas.h"

namespace ionloom::exec {
namespace {

using imzml::testing::SamplePixel;
using test_support::AllocationMeter;
using test_support::ScratchFolder;

constexpr double kLeastUse = 0.7;

void expect_close_below(std::uint64_t used_bytes, std::uint64_t bound_bytes, const char* what) {
  const double use = static_cast<double>(used_bytes) / static_cast<double>(bound_bytes);
  ::testing::Test::RecordProperty(what, std::to_string(use));
  EXPECT_LE(use, 1.0) << what << ": " << used_bytes << " of " << bound_bytes;
  EXPECT_GE(use, kLeastUse) << what << ": " << used_bytes << " of " << bound_bytes;
}

/// A dataset of `spectra` spectra with `peaks` peaks each.
imzml::Dataset dataset_in(const ScratchFolder& folder, int spectra, int peaks) {
  std::mt19937 random(3);
  std::vector<SamplePixel> pixels;
  for (int i = 0; i < spectra; ++i) {
    SamplePixel pixel{.x = i % 50 + 1, .y = i / 50 + 1, .mz = {}, .intensity = {}};
    for (int k = 0; k < peaks; ++k) {
      pixel.mz.push_back(100 + 2.5e-7 * static_cast<double>(random() % 4'000'000'000));
      pixel.intensity.push_back(1);
    }
    std::ranges::sort(pixel.mz);
    pixels.push_back(std::move(pixel));
  }
  return imzml::open_dataset(written(folder, imzml::testing::sample(pixels))).value();
}

TEST(MemoryBound, of_index_holds) {
  std::vector<stages::Position> positions;
  for (std::uint32_t i = 0; i < 200'000; ++i) positions.push_back({i % 500, i / 500});
  const AllocationMeter meter;
  const auto index = stages::index_pixels(positions);
  ASSERT_TRUE(index);
  expect_close_below(meter.peak_bytes() + positions.size() * sizeof(stages::Position),
                     stages::index_memory_bound_bytes(positions.size()), "index");
}

TEST(MemoryBound, of_ingest_and_of_visits_holds_in_memory_and_on_disk) {
  const ScratchFolder folder;
  const imzml::Dataset dataset = dataset_in(folder, 1'500, 4'000);
  const stages::PixelIndex index = index_dataset(dataset).value();
  for (const std::uint32_t threads : {1U, 2U}) {
    for (const std::uint64_t capacity : {UINT64_MAX, PeakStore::least_capacity_peaks(dataset)}) {
      testing::QuietProgress progress;
      tbb::task_arena arena(static_cast<int>(threads));
      const std::uint64_t held = std::min(capacity, dataset.declared_peaks());
      const AllocationMeter ingesting;
      auto store = arena.execute([&] {
        return PeakStore::ingest(dataset, index,
                                 {.capacity_peaks = capacity, .runs_folder = folder.path()},
                                 threads, progress);
      });
      ASSERT_TRUE(store);
      // The peaks themselves are mapped, not allocated.
      expect_close_below(ingesting.peak_bytes() + held * sizeof(imaging::Peak),
                         PeakStore::ingest_memory_bound_bytes(dataset, capacity, threads),
                         "ingest");

      const AllocationMeter visiting;
      auto visited = arena.execute([&] {
        return store->visit(
            400,
            [](std::size_t i, std::vector<imaging::MzWindow>& windows) {
              const double mz = 100 + static_cast<double>(i);
              windows.push_back({mz, mz + 1});
            },
            [](imaging::PeakTable, std::size_t, std::size_t) -> Result<void> { return {}; });
      });
      ASSERT_TRUE(visited);
      std::uint64_t used = visiting.peak_bytes() + held * sizeof(imaging::Peak);
      if (store->runs_on_disk() > 0) used += stages::kMzBuckets * sizeof(std::uint64_t);
      expect_close_below(used, PeakStore::visit_memory_bound_bytes(dataset, capacity, threads),
                         "visit");
    }
  }
}

/// A list of `count` formulas of a lipid's elements.
std::vector<std::string> formulas(int count) {
  std::vector<std::string> formulas;
  for (int i = 0; i < count; ++i) {
    formulas.push_back("C" + std::to_string(20 + i % 30) + "H" + std::to_string(30 + i / 30) +
                       "NO8P");
  }
  return formulas;
}

stages::IonSettings ion_settings(chem::AnalysisVersion version) {
  return {
      .version = version, .adducts = {"+H", "+Na", "+K"}, .neutral_losses = {}, .chem_mods = {}};
}

TEST(MemoryBound, of_ions_holds) {
  const std::vector<std::string> list = formulas(2'000);
  for (const auto version : {chem::AnalysisVersion::kV1, chem::AnalysisVersion::kV3}) {
    const stages::IonSettings settings = ion_settings(version);
    const std::vector<stages::FormulaList> lists = {{.formulas = list, .targeted = false}};
    const AllocationMeter meter;
    const auto ions = stages::enumerate_ions(lists, settings);
    ASSERT_TRUE(ions);
    const std::uint64_t bound = stages::ions_memory_bound_bytes(list.size(), settings);
    EXPECT_LE(meter.peak_bytes(), bound);
    // Version 1 draws for every adduct, and chance makes a quarter of its ions equal.
    if (version == chem::AnalysisVersion::kV3)
      expect_close_below(meter.peak_bytes(), bound, "ions");
  }
}

TEST(MemoryBound, of_patterns_holds) {
  const std::vector<std::string> list = formulas(20'000);
  for (const auto version : {chem::AnalysisVersion::kV1, chem::AnalysisVersion::kV3}) {
    chem::PatternSettings settings;
    settings.shape = {.version = version, .analyzer = {}, .sigma_mz = 0.001238};
    const auto bound = [&](std::uint64_t ions, std::uint64_t threads) {
      return stages::patterns_memory_bound_bytes(ions, settings.max_peaks, threads);
    };
    const AllocationMeter of_table;
    stages::PatternTable table;
    table.peaks_per_ion = settings.max_peaks;
    table.resize(list.size());
    expect_close_below(of_table.peak_bytes(), bound(list.size(), 0), "patterns");
    // What a calculator holds depends on the elements that it meets.
    const AllocationMeter of_calculator;
    chem::IsotopicPatternCalculator calculator(settings);
    stages::compute_patterns(list, 0, list.size(), calculator, table);
    EXPECT_LE(of_calculator.peak_bytes(), bound(0, 1));
  }
}

TEST(MemoryBound, of_patterns_holds_for_formulas_that_no_list_should_have) {
  std::vector<std::string> list = test_support::hostile_formulas();
  // Elements and counts that are met once each.
  for (const chem::Element& element : chem::elements()) {
    for (const int count : {1, 3, 7}) {
      list.push_back(std::string(element.symbol) + std::to_string(count));
    }
  }
  for (int i = 0; i < 1200; ++i) list.push_back("C" + std::to_string(i) + "H" + std::to_string(i));
  const std::uint64_t bound = stages::patterns_memory_bound_bytes(0, 4, 1);
  for (const auto version : {chem::AnalysisVersion::kV1, chem::AnalysisVersion::kV3}) {
    for (const double sigma_mz : {0.002476}) {
      chem::PatternSettings settings;
      settings.shape = {.version = version, .analyzer = {}, .sigma_mz = sigma_mz};
      stages::PatternTable table;
      table.peaks_per_ion = settings.max_peaks;
      table.resize(list.size());
      const AllocationMeter meter;
      chem::IsotopicPatternCalculator calculator(settings);
      stages::compute_patterns(list, 0, list.size(), calculator, table);
      expect_close_below(meter.peak_bytes(), bound, "hostile patterns");
    }
  }
}

/// A run in which every ion is kept.
AnnotationRun run_of(const imzml::Dataset& dataset, const chem::MoleculeList& list,
                     std::uint64_t& annotating_bytes) {
  AnnotationSettings settings;
  settings.ions = ion_settings(chem::AnalysisVersion::kV3);
  settings.pattern.shape.sigma_mz = 0.001238;
  settings.all_metrics = true;
  testing::QuietProgress progress;
  const std::vector<ListInput> inputs = {{.list = &list, .targeted = true}};
  const AllocationMeter meter;
  auto run = annotate(dataset, index_dataset(dataset).value(), inputs, settings, progress).value();
  annotating_bytes = meter.peak_bytes();
  return run;
}

TEST(MemoryBound, of_annotate_and_of_rank_hold_when_every_ion_is_kept) {
  const ScratchFolder folder;
  const imzml::Dataset dataset = dataset_in(folder, 200, 500);
  std::string text = "id,formula\n";
  for (const std::string& formula : formulas(3'000)) text += formula + "," + formula + "\n";
  const auto list = chem::parse_molecule_list(text, "list", "list.csv").value();
  std::uint64_t peak_bytes = 0;
  const AnnotationRun run = run_of(dataset, list, peak_bytes);
  ASSERT_EQ(run.measured.size(), run.ions_in_range);

  const std::uint64_t kept_bytes =
      run.measured.size() *
      (sizeof(stages::MeasuredIon) +
       run.measured.front().metrics.images.capacity() * sizeof(imaging::ImageStatistics));
  expect_close_below(
      kept_bytes, stages::measured_memory_bound_bytes(run.measured.size(), run.measured.size(), 4),
      "kept ions");

  for (const auto version : {chem::AnalysisVersion::kV1, chem::AnalysisVersion::kV3}) {
    const AllocationMeter ranking;
    const auto ranked = stages::rank_list(run.ions, 0, run.measured, version, {});
    ASSERT_GT(ranked.size(), 5'000U);
    expect_close_below(
        ranking.peak_bytes(),
        stages::rank_memory_bound_bytes(list.formulas.size(), ion_settings(version), {}), "rank");
  }
}

TEST(MemoryBound, of_rank_holds_for_modifiers_that_share_their_decoys) {
  stages::IonSettings settings = ion_settings(chem::AnalysisVersion::kV3);
  settings.adducts = {"+H", "[M]+"};
  settings.chem_mods = {"+H"};
  const std::vector<std::string> list = formulas(1'000);
  const std::vector<stages::FormulaList> lists = {{.formulas = list, .targeted = false}};
  const auto ions = stages::enumerate_ions(lists, settings).value();
  std::vector<stages::MeasuredIon> measured(ions.ions.size());
  for (std::uint32_t i = 0; i < measured.size(); ++i) {
    measured[i].ion = i;
    measured[i].metrics.msm = 1.0 / (1 + i);
  }
  const AllocationMeter ranking;
  ASSERT_EQ(stages::rank_list(ions, 0, measured, settings.version, {}).size(), 4'000U);
  expect_close_below(ranking.peak_bytes(),
                     stages::rank_memory_bound_bytes(list.size(), settings, {}), "rank");
}

}  // namespace
}  // namespace ionloom::exec
