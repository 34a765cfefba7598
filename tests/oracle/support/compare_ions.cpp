#include <algorithm>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "oracle/support/csv_gz.h"
#include "oracle/support/decoy_rows.h"
#include "oracle/support/run_comparison.h"

namespace ionloom::oracle {
namespace {

constexpr std::size_t kDecoyFormulas = 40;
constexpr std::size_t kSampledIons = 6000;

// Section 8 of the specification; m/z are written with 12 digits or 17.
constexpr double kMzRelative = 5e-12;
constexpr double kIntensity = 1e-5;

}  // namespace

std::filesystem::path table_of_list(const ReferenceRun& reference, const char* table,
                                    std::size_t list) {
  std::string name = table;
  if (reference.lists.size() > 1) name += "_" + reference.lists[list].name;
  return reference.folder / (name + ".csv.gz");
}

void compare_counts(const ReferenceRun& reference, const exec::AnnotationRun& run) {
  const nlohmann::json& summary = reference.summary;
  const auto expect = [&](const char* name, std::uint64_t ours) {
    if (!summary.contains(name)) return;
    EXPECT_EQ(ours, summary[name].get<std::uint64_t>()) << name;
  };
  EXPECT_TRUE(summary.contains("n_ions") && summary.contains("n_peaks"));
  expect("n_ions", run.ions.ions.size());
  expect("n_peaks", run.peaks.size());
  expect("n_ions_in_range", run.ions_in_range);
  expect("n_targets", static_cast<std::uint64_t>(std::ranges::count(run.ions.is_target, 1)));
  expect("n_with_metrics", run.measured.size());
  expect("n_with_msm",
         static_cast<std::uint64_t>(std::ranges::count_if(
             run.measured, [](const auto& measured) { return measured.metrics.msm > 0; })));
  expect("n_spectra", run.pixels.pixel_of_spectrum.size());
  expect("n_pixels_with_spectrum", run.pixels.grid.pixel_count());
  EXPECT_EQ(run.pixels.grid.height, summary["image"][0].get<std::uint32_t>());
  EXPECT_EQ(run.pixels.grid.width, summary["image"][1].get<std::uint32_t>());
}

void compare_decoys(const ReferenceRun& reference, const exec::AnnotationRun& run,
                    std::size_t list) {
  const CsvTable table = read_csv_gz(table_of_list(reference, "decoys_first40", list));
  const std::span<const std::string> formulas = reference.lists[list].formulas;
  const auto ours =
      decoy_rows(run.ions, list, formulas.first(std::min(formulas.size(), kDecoyFormulas)));
  ASSERT_EQ(ours.size(), table.rows());
  for (std::size_t row = 0; row < ours.size(); ++row) {
    ASSERT_EQ(ours[row], (DecoyRow{table.texts("formula")[row], table.texts("tm")[row],
                                   table.texts("dm")[row]}))
        << table.file << ", row " << row;
  }
}

void compare_centroids(const ReferenceRun& reference, const exec::AnnotationRun& run) {
  const CsvTable table = read_csv_gz(reference.folder / "centroids_sample.csv.gz");
  EXPECT_EQ(table.rows(), std::min<std::size_t>(run.ions_with_pattern, kSampledIons));
  for (std::size_t k = 0; k < run.patterns.peaks_per_ion; ++k) {
    const auto mz = table.numbers("mz_" + std::to_string(k));
    const auto intensity = table.numbers("int_" + std::to_string(k));
    for (std::size_t row = 0; row < table.rows(); ++row) {
      const std::string& formula = table.texts("ion_formula")[row];
      const auto found = std::ranges::lower_bound(run.ions.ions, formula);
      ASSERT_TRUE(found != run.ions.ions.end() && *found == formula) << formula;
      const auto ours = run.patterns.of(static_cast<std::size_t>(found - run.ions.ions.begin()));
      ASSERT_NEAR(ours.mz[k], mz[row], kMzRelative * mz[row]) << formula << ", peak " << k;
      ASSERT_NEAR(ours.intensity[k], intensity[row], kIntensity) << formula << ", peak " << k;
    }
  }
}

}  // namespace ionloom::oracle
