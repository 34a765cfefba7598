#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "report/annotation.h"
#include "report/run_identity.h"

namespace ionloom::report {

/// Metrics of one distinct ion formula of a run, shared by every list and modifier that leads to
/// it. Absent metrics were not computed: an ion that is only a decoy is given up early.
struct IonMetricsRow {
  std::string ion_formula;  ///< charge left out
  bool is_target = false;   ///< a target in at least one list; otherwise a decoy everywhere
  double msm = 0;
  std::optional<double> chaos;
  std::optional<double> spatial;
  std::optional<double> spectral;
  double mz_err_abs = 0;  ///< m/z units, first peak
  double mz_err_rel = 0;  ///< m/z units, other peaks against the first
  std::vector<IsotopePeak> peaks;
};

/// Who uses an ion: one formula of one list with one modifier, and its place in the ranking.
struct IonRankingRow {
  std::string list;             ///< name of the molecule list
  std::string formula;          ///< as written in the list
  std::string target_modifier;  ///< the ranking that the row belongs to, e.g. "-H2O+Na"
  std::string modifier;         ///< of this ion: target_modifier, or the decoy's, e.g. "-H2O+Au"
  std::string ion_formula;      ///< key into ion_metrics.parquet
  bool is_decoy = false;
  double msm = 0;
  std::optional<double> fdr;  ///< targets only
};

/// Writes ion_metrics.parquet, one row per kept ion (docs/formats/ion-metrics-parquet.md).
/// @param row_at called once for each i < rows in ascending order; rows need not be held at once
[[nodiscard]] Result<void> write_ion_metrics_parquet(
    const std::filesystem::path& path, std::size_t rows,
    const std::function<IonMetricsRow(std::size_t i)>& row_at, const RunIdentity& run);

/// Writes ion_rankings.parquet, the targets and decoys of every ranking (same page).
[[nodiscard]] Result<void> write_ion_rankings_parquet(
    const std::filesystem::path& path, std::size_t rows,
    const std::function<IonRankingRow(std::size_t i)>& row_at, const RunIdentity& run);

}  // namespace ionloom::report
