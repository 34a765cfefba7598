#include "app/named_model.h"

#include <span>
#include <utility>

#include "app/interruption.h"
#include "app/whole_file.h"
#include "imzml/file_digest.h"

namespace ionloom::app {

Result<NamedModel> read_scoring_model(const std::filesystem::path& path) {
  const auto content = read_whole_file(path, "a CatBoost model (.cbm)");
  if (!content) return std::unexpected(content.error());
  auto model = fdr::ScoringModel::parse(std::as_bytes(std::span(*content)), path.string());
  if (!model) return std::unexpected(model.error());
  const imzml::DigestAlgorithm algorithms[] = {imzml::DigestAlgorithm::kSha256};
  const auto digests = imzml::file_digests(path, algorithms, interrupted);
  if (!digests) return std::unexpected(digests.error());
  return NamedModel{path.stem().string(), "sha256:" + digests->front(), std::move(*model)};
}

}  // namespace ionloom::app
