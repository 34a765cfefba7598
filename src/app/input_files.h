#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/warnings.h"
#include "imzml/dataset.h"
#include "report/run_record.h"

namespace ionloom::app {

/// Size and SHA-256 of a file whose content was read whole.
[[nodiscard]] Result<report::InputFile> input_file(const std::string& role,
                                                   const std::filesystem::path& path,
                                                   std::string_view content);

/// What is told of an .ibd's bytes.
struct IbdDigests {
  std::string sha256;
  std::string stated;  ///< as found, of the kind that the imzML states; empty: it states none
};

/// Reads the file once. Fails when it cannot be read, or when the run is stopped.
[[nodiscard]] Result<IbdDigests> ibd_digests(const imzml::Dataset& dataset);

/// Sizes and SHA-256 of a dataset's two files. The .ibd's stated checksum is compared; a difference
/// goes to `warnings`. Fails when a file cannot be read any more, or when the run is stopped.
/// @param known  of the .ibd, which then is not read; null: nothing is known
[[nodiscard]] Result<std::vector<report::InputFile>> describe_dataset(const imzml::Dataset& dataset,
                                                                      const IbdDigests* known,
                                                                      Warnings& warnings);

}  // namespace ionloom::app
