#pragma once

#include <filesystem>

#include "base/error.h"
#include "exec/peak_store.h"
#include "imaging/peak_table.h"
#include "imzml/dataset.h"
#include "stages/index.h"

namespace ionloom::bench {

/// A dataset that was opened.
struct OpenedDataset {
  imzml::Dataset dataset;
  stages::PixelIndex pixels;
};

[[nodiscard]] Result<OpenedDataset> open(const std::filesystem::path& imzml);

/// All peaks of a dataset by m/z, in memory, read and sorted on one thread.
[[nodiscard]] Result<exec::PeakStore> ingest_on_one_thread(const OpenedDataset& opened);

/// The peaks of a store that holds them in memory; valid as long as the store.
[[nodiscard]] imaging::PeakTable peaks_of(exec::PeakStore& store);

}  // namespace ionloom::bench
