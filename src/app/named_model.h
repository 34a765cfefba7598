#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "fdr/scoring_model.h"
#include "report/run_record.h"

namespace ionloom::app {

/// A scoring model, and how results tell which one it was.
struct NamedModel {
  std::string name;        ///< stem of its file
  report::InputFile file;  ///< with its checksum
  std::vector<std::byte> content;
  fdr::ScoringModel model;
};

/// Reads a CatBoost model file, once: it may be a pipe. Fails (kData) when it cannot be read or is
/// no model of this kind.
[[nodiscard]] Result<NamedModel> read_scoring_model(const std::filesystem::path& path);

}  // namespace ionloom::app
