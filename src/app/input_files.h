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

/// The same of a dataset's two files. The .ibd is read for it anyway, so its stated checksum is
/// compared in the same pass; a difference goes to `warnings`. Fails when a file cannot be read any
/// more, or when the run is stopped.
[[nodiscard]] Result<std::vector<report::InputFile>> describe_dataset(const imzml::Dataset& dataset,
                                                                      Warnings& warnings);

}  // namespace ionloom::app
