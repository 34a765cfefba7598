#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/error.h"
#include "imzml/dataset.h"

namespace ionloom::imzml {

/// Peaks of one spectrum, in the order of the file.
struct Peaks {
  std::vector<double> mz;            ///< exact also for f32 files
  std::vector<float> intensity;      ///< > 0 in the file's type, then rounded to f32
  bool sorted = true;                ///< m/z never falls (before the filter)
  std::vector<unsigned char> bytes;  ///< scratch of read(): the arrays as they lie in the file
};

/// Reads spectra from the .ibd, in ranges and never whole, so that memory does not grow with the
/// file. `read` may be called from several threads at once.
class SpectrumReader {
 public:
  /// Fails when the .ibd cannot be opened or has another size than when the dataset was opened.
  [[nodiscard]] static Result<SpectrumReader> open(const Dataset& dataset);

  SpectrumReader(SpectrumReader&&) noexcept;
  SpectrumReader& operator=(SpectrumReader&&) noexcept;
  ~SpectrumReader();

  /// Reads spectrum `index` (0-based, file order) into `peaks`, whose storage is reused. Peaks with
  /// intensity not > 0 (zero, negative, NaN) are dropped. Fails when an m/z of a kept peak is NaN,
  /// infinite or negative, when compressed data are damaged, or when the file has become shorter;
  /// the message names the spectrum, its pixel and the position. Infinite intensities are kept, as
  /// METASPACE does.
  /// REQUIRES: the dataset that it was opened with is alive and unchanged.
  [[nodiscard]] Result<void> read(std::size_t index, Peaks& peaks) const;

 private:
  struct Impl;
  explicit SpectrumReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ionloom::imzml
