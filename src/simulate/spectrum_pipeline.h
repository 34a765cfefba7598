#pragma once

#include <cstdint>
#include <functional>

#include "base/error.h"
#include "simulate/dataset_model.h"
#include "simulate/imzml_writer.h"

namespace ionloom::simulate {

struct SimulateCallbacks {
  std::function<void(std::uint64_t done, std::uint64_t total)>
      progress{};                     ///< spectra; may be empty
  std::function<bool()> cancelled{};  ///< asked between spectra; may be empty
};

/// Generates the spectra of a model on `threads` threads (no more than there are cores) and appends
/// them to `writer` in order. Memory: two batches of 64 spectra a thread. The callbacks are called
/// by one thread at a time.
/// @return in how many pixels each isotopic peak was written
/// Errors: the writer's; kInterrupted when cancelled() said so.
[[nodiscard]] Result<IonPixelCounts> write_spectra(const DatasetModel& model, ImzmlWriter& writer,
                                                   unsigned threads,
                                                   const SimulateCallbacks& callbacks);

}  // namespace ionloom::simulate
