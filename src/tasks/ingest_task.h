#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/error.h"
#include "tasks/column.h"
#include "tasks/summary.h"
#include "tasks/task.h"

namespace ionloom::tasks {

/// Reads the peaks of consecutive spectra and writes them as one run (docs/formats/task.md).
struct IngestTask {
  std::uint64_t first_spectrum = 0;
  std::uint64_t spectra = 0;
  std::uint64_t declared_peaks = 0;
  std::uint64_t longest_spectrum = 0;      ///< peaks of it
  std::uint64_t longest_stream_bytes = 0;  ///< of the two arrays of a spectrum, if compressed
  // Positions of inputs and outputs.
  std::uint32_t mz_offset = 0;
  std::uint32_t intensity_offset = 0;
  std::uint32_t length = 0;
  std::uint32_t mz_type = 0;
  std::uint32_t intensity_type = 0;
  std::uint32_t pixel_of_spectrum = 0;
  std::optional<std::uint32_t> mz_bytes;  ///< this and the next only with compressed arrays
  std::optional<std::uint32_t> intensity_bytes;
  std::vector<std::uint32_t> ibd;
  std::uint32_t run = 0;

  [[nodiscard]] static Result<IngestTask> read(const Task& task);
  [[nodiscard]] std::uint64_t memory_bound_bytes() const;
  [[nodiscard]] Result<Summary> execute(const RunningTask& running) const;
};

}  // namespace ionloom::tasks
