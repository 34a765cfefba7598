#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"
#include "fdr/scoring_model.h"

namespace ionloom::app {

/// A scoring model, and how results tell which one it was.
struct NamedModel {
  std::string name;      ///< stem of its file
  std::string checksum;  ///< "sha256:..."
  fdr::ScoringModel model;
};

/// Reads a CatBoost model file. Fails (kData) when it cannot be read or is no model of this kind.
[[nodiscard]] Result<NamedModel> read_scoring_model(const std::filesystem::path& path);

}  // namespace ionloom::app
