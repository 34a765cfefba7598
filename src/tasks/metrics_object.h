#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "stages/annotate.h"
#include "tasks/column.h"
#include "tasks/object_layout.h"
#include "tasks/task_io.h"

namespace ionloom::tasks {

inline constexpr ObjectKind kMetricsKind = {'I', 'L', 'M', 'E', 'T', 'R', 'C', '1'};

/// Metrics of ions as columns (docs/formats/stage-objects.md), each ion a row.
class MetricsColumns {
 public:
  explicit MetricsColumns(std::uint32_t isotope_peaks) : isotope_peaks_(isotope_peaks) {}

  /// Makes room for so many ions.
  void reserve(std::uint64_t ions);
  void add(std::uint32_t ion, const imaging::IonMetrics& metrics);
  [[nodiscard]] std::uint64_t size() const { return ion_.size(); }

  /// @param in_range  ions of which a peak lies in the dataset's range, these and those left out
  [[nodiscard]] Result<void> write(TaskIo& io, std::uint32_t output, std::uint64_t in_range) const;

  /// Bytes of so many ions.
  [[nodiscard]] static std::uint64_t memory_bound_bytes(std::uint64_t ions,
                                                        std::uint32_t isotope_peaks);

 private:
  std::uint32_t isotope_peaks_;
  std::vector<std::uint32_t> ion_;
  std::vector<double> spectral_;
  std::vector<double> spatial_;
  std::vector<double> chaos_;
  std::vector<double> msm_;
  std::vector<double> mz_err_abs_;
  std::vector<double> mz_err_rel_;
  std::vector<double> mz_mean_;
  std::vector<double> mz_stddev_;
  std::vector<float> total_;
  std::vector<float> max_;
  std::vector<std::uint8_t> has_image_;
};

/// What a metrics object holds.
struct Metrics {
  std::vector<stages::MeasuredIon> measured;  ///< in the object's order
  std::uint64_t in_range = 0;  ///< ions that were given with a peak in the dataset's range
};

[[nodiscard]] Result<Metrics> decode_metrics(std::span<const std::byte> bytes);

/// The ions of a metrics object without their images' statistics, read from a task's input by
/// column and added to `measured`. Fails when it is no object of so many isotope peaks.
[[nodiscard]] Result<void> append_scores(const RunningTask& running, std::uint32_t input,
                                         std::uint32_t isotope_peaks,
                                         std::vector<stages::MeasuredIon>& measured);

/// Most ions that an object of so many bytes can hold.
[[nodiscard]] std::uint64_t most_ions_in(std::uint64_t size_bytes, std::uint32_t isotope_peaks);

}  // namespace ionloom::tasks
