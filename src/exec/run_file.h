#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "base/error.h"
#include "exec/run_reader.h"
#include "imaging/peak_table.h"

namespace ionloom::exec {

// Runs of peaks on disk (docs/formats/peak-run.md). The file loses its name as soon as it is open,
// so that its space is free again however the process ends; it goes with its reader.

/// Writes a run. Fails with kResource when the disk is full, leaving no file.
/// @param peaks  in order of (m/z, spectrum, position), of spectra [first_spectrum, last_spectrum)
[[nodiscard]] Result<RunReader> write_run_file(const std::filesystem::path& path,
                                               std::span<const imaging::Peak> peaks,
                                               std::uint64_t first_spectrum,
                                               std::uint64_t last_spectrum);

/// Opens a run that somebody else wrote, and takes its name from it. Fails when the file is no run
/// or not the whole run.
[[nodiscard]] Result<RunReader> adopt_run_file(const std::filesystem::path& path);

}  // namespace ionloom::exec
