#include "report/ion_metrics_parquet.h"

#include <gtest/gtest.h>

#include "parquet_reading.h"
#include "sample_annotation.h"
#include "support/scratch_folder.h"

namespace ionloom::report {
namespace {

using test_support::ScratchFolder;
using testing::cell;
using testing::list_cell;
using testing::read_parquet;
using testing::sample_run;

TEST(IonMetricsParquet, gives_back_every_value) {
  const auto row_at = [](std::size_t i) {
    IonMetricsRow row;
    row.ion_formula = "C" + std::to_string(i);
    row.is_target = i == 0;
    row.msm = 0.5;
    row.spectral = 0.25;
    row.mz_err_abs = 1e-4;
    row.peaks = {{100.5, 100.0F, 100.6, 0.001, 0.0F, 3.0F, 9.0F, true}};
    return row;
  };
  ScratchFolder folder;
  ASSERT_TRUE(write_ion_metrics_parquet(folder / "m.parquet", 40'000, row_at, sample_run()));
  const auto table = read_parquet(folder / "m.parquet");
  EXPECT_EQ(testing::names_and_types(*table->schema()),
            "ion_formula: string\n"
            "is_target: bool\n"
            "msm: double\n"
            "chaos: double\n"
            "spatial: double\n"
            "spectral: double\n"
            "mz_err_abs_mz: double\n"
            "mz_err_rel_mz: double\n"
            "theo_mz: list<element: double>\n"
            "theo_intensity: list<element: float>\n"
            "mz_mean: list<element: double>\n"
            "mz_stddev: list<element: double>\n"
            "min_intensity: list<element: float>\n"
            "max_intensity: list<element: float>\n"
            "total_intensity: list<element: float>\n");
  ASSERT_EQ(table->num_rows(), 40'000);
  EXPECT_EQ(cell(*table, "ion_formula", 39'999), "C39999");
  EXPECT_EQ(cell(*table, "is_target", 0), "true");
  EXPECT_EQ(cell(*table, "is_target", 1), "false");
  EXPECT_EQ(cell(*table, "chaos", 1), "null");
  EXPECT_EQ(cell(*table, "spectral", 1), "0.25");
  EXPECT_EQ(list_cell<arrow::DoubleArray>(*table, "mz_mean", 1), std::vector{100.6});
}

TEST(IonRankingsParquet, gives_back_targets_and_decoys) {
  const std::vector<IonRankingRow> rows = {
      {"lipids", "C6H12O6", "-H2O+H", "-H2O+H", "C6H11O5", false, 0.9, 0.05},
      {"lipids", "C6H12O6", "-H2O+H", "-H2O+Au", "C6H10O5Au", true, 0.2, std::nullopt}};
  ScratchFolder folder;
  ASSERT_TRUE(write_ion_rankings_parquet(
      folder / "r.parquet", rows.size(), [&](std::size_t i) { return rows[i]; }, sample_run()));
  const auto table = read_parquet(folder / "r.parquet");
  EXPECT_EQ(testing::names_and_types(*table->schema()),
            "list: string\n"
            "formula: string\n"
            "target_modifier: string\n"
            "modifier: string\n"
            "ion_formula: string\n"
            "is_decoy: bool\n"
            "msm: double\n"
            "fdr: double\n");
  EXPECT_EQ(cell(*table, "modifier", 1), "-H2O+Au");
  EXPECT_EQ(cell(*table, "is_decoy", 1), "true");
  EXPECT_EQ(cell(*table, "fdr", 0), "0.05");
  EXPECT_EQ(cell(*table, "fdr", 1), "null");
}

}  // namespace
}  // namespace ionloom::report
