#pragma once

// Inside this room only, as parquet_columns.h.

#include <vector>

#include "report/annotation.h"
#include "report/parquet_columns.h"

namespace ionloom::report {

/// The columns with one value per isotope peak, which annotations.parquet and ion_metrics.parquet
/// share. A Row has `std::vector<IsotopePeak> peaks`.
template <class Row>
std::vector<ParquetColumn<Row>> peak_columns() {
  const auto of_peaks = [](std::string name, std::string description, auto value) {
    using T = std::remove_cvref_t<std::invoke_result_t<decltype(value), const IsotopePeak&>>;
    return parquet_column<Row>(std::move(name), std::move(description), [value](const Row& row) {
      std::vector<T> values;
      values.reserve(row.peaks.size());
      for (const IsotopePeak& peak : row.peaks) {
        values.push_back(std::invoke(value, peak));
      }
      return values;
    });
  };
  return {
      of_peaks("theo_mz", "theoretical m/z of each isotope peak; 0: no such peak",
               &IsotopePeak::theoretical_mz),
      of_peaks("theo_intensity", "theoretical intensity, percent of the highest peak",
               &IsotopePeak::theoretical_intensity),
      of_peaks("mz_mean", "intensity-weighted mean m/z; theoretical m/z without an image",
               &IsotopePeak::mz_mean),
      of_peaks("mz_stddev", "intensity-weighted standard deviation of m/z, m/z units",
               &IsotopePeak::mz_stddev),
      of_peaks("min_intensity", "lowest intensity taken together with 0, detector units",
               &IsotopePeak::min_intensity),
      of_peaks("max_intensity", "highest intensity of a pixel, detector units",
               &IsotopePeak::max_intensity),
      of_peaks("total_intensity", "sum of the image, detector units",
               &IsotopePeak::total_intensity),
  };
}

}  // namespace ionloom::report
