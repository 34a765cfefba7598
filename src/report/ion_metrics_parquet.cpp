#include "report/ion_metrics_parquet.h"

#include <algorithm>
#include <iterator>

#include "report/parquet_file.h"
#include "report/peak_columns.h"

namespace ionloom::report {

namespace {

std::vector<ParquetColumn<IonMetricsRow>> metrics_columns() {
  const auto column = [](std::string name, std::string description, auto value) {
    return parquet_column<IonMetricsRow>(std::move(name), std::move(description), value);
  };
  std::vector<ParquetColumn<IonMetricsRow>> columns = {
      column("ion_formula", "composition of the ion, charge left out", &IonMetricsRow::ion_formula),
      column("is_target", "a target in at least one molecule list", &IonMetricsRow::is_target),
      column("msm", "chaos x spatial x spectral, also when a model was ranked by",
             &IonMetricsRow::msm),
      column("chaos", "measure of chaos, 0 to 1; null: not computed", &IonMetricsRow::chaos),
      column("spatial", "isotope image correlation, 0 to 1; null: not computed",
             &IonMetricsRow::spatial),
      column("spectral", "isotope pattern match, 0 to 1; null: not computed",
             &IonMetricsRow::spectral),
      column("mz_err_abs_mz", "mean minus theoretical m/z of the first peak, m/z units",
             &IonMetricsRow::mz_err_abs),
      column("mz_err_rel_mz", "error of the other peaks against the first, m/z units",
             &IonMetricsRow::mz_err_rel),
  };
  std::ranges::move(peak_columns<IonMetricsRow>(), std::back_inserter(columns));
  return columns;
}

std::vector<ParquetColumn<IonRankingRow>> ranking_columns() {
  const auto column = [](std::string name, std::string description, auto value) {
    return parquet_column<IonRankingRow>(std::move(name), std::move(description), value);
  };
  return {
      column("list", "name of the molecule list", &IonRankingRow::list),
      column("formula", "molecular formula as written in the list", &IonRankingRow::formula),
      column("target_modifier", "ranking that the row belongs to", &IonRankingRow::target_modifier),
      column("modifier", "modifications and adduct of this ion", &IonRankingRow::modifier),
      column("ion_formula", "key into ion_metrics.parquet", &IonRankingRow::ion_formula),
      column("is_decoy", "drawn as a decoy", &IonRankingRow::is_decoy),
      column("msm", "score that was ranked", &IonRankingRow::msm),
      column("fdr", "false discovery rate, a fraction; null for decoys", &IonRankingRow::fdr),
  };
}

}  // namespace

Result<void> write_ion_metrics_parquet(const std::filesystem::path& path, std::size_t rows,
                                       const std::function<IonMetricsRow(std::size_t)>& row_at,
                                       const RunIdentity& run) {
  return write_parquet(path, "ion metrics", metrics_columns(), rows, row_at, run);
}

Result<void> write_ion_rankings_parquet(const std::filesystem::path& path, std::size_t rows,
                                        const std::function<IonRankingRow(std::size_t)>& row_at,
                                        const RunIdentity& run) {
  return write_parquet(path, "ion rankings", ranking_columns(), rows, row_at, run);
}

}  // namespace ionloom::report
