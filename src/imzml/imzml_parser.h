#pragma once

#include <filesystem>

#include "base/error.h"
#include "imzml/dataset.h"

namespace ionloom::imzml {

/// Reads the XML of an imzML as a stream: spectra, metadata and warnings, everything but what needs
/// the .ibd. Array locations are as stated, with encoded_bytes 0 where the file does not state it
/// and offsets that overflowed 32 bits mended.
/// Text that is not valid in its encoding is read once more as Latin-1.
/// Fails, naming the line: text that is no XML or ends early, another root than mzML, spectra
/// without position or arrays, unknown number types and compressions, numbers that are none, m/z
/// and intensity of different lengths, no spectra.
[[nodiscard]] Result<Dataset> parse_imzml(const std::filesystem::path& path);

}  // namespace ionloom::imzml
