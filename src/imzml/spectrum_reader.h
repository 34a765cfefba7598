#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/error.h"
#include "imzml/dataset.h"

namespace ionloom::imzml {

/// Peaks of one spectrum, in the order of the file.
struct Peaks {
  std::vector<double> mz;        ///< exact also for f32 files
  std::vector<float> intensity;  ///< > 0 in the file's type, then rounded to f32
  bool sorted = true;            ///< m/z never falls (before the filter)
  std::vector<double>
      raw_intensity;  ///< scratch: all intensities of the spectrum, before the filter
};

/// Reads spectra from the .ibd, which is mapped, not loaded. `read` may be called from several
/// threads at once.
class SpectrumReader {
 public:
  [[nodiscard]] static Result<SpectrumReader> open(const Dataset& dataset);

  SpectrumReader(SpectrumReader&&) noexcept;
  SpectrumReader& operator=(SpectrumReader&&) noexcept;
  ~SpectrumReader();

  /// Reads spectrum `index` (0-based, file order) into `peaks`, whose storage is reused. Peaks with
  /// intensity not > 0 (zero, negative, NaN) are dropped. Fails when an m/z of a kept peak is NaN,
  /// infinite or negative, or when compressed data are damaged; the message names the spectrum, its
  /// pixel and the position. Infinite intensities are kept, as METASPACE does.
  /// REQUIRES: the dataset that it was opened with is alive and unchanged.
  [[nodiscard]] Result<void> read(std::size_t index, Peaks& peaks) const;

 private:
  struct Impl;
  explicit SpectrumReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ionloom::imzml
