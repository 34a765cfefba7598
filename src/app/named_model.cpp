#include "app/named_model.h"

#include <span>
#include <utility>

#include "app/input_files.h"
#include "app/whole_file.h"

namespace ionloom::app {

Result<NamedModel> read_scoring_model(const std::filesystem::path& path) {
  const auto content = read_whole_file(path, "a CatBoost model (.cbm)");
  if (!content) return std::unexpected(content.error());
  auto model = fdr::ScoringModel::parse(std::as_bytes(std::span(*content)), path.string());
  if (!model) return std::unexpected(model.error());
  auto file = input_file("scoring_model", path, *content);
  if (!file) return std::unexpected(file.error());
  const auto bytes = std::as_bytes(std::span(*content));
  return NamedModel{
      path.stem().string(), std::move(*file), {bytes.begin(), bytes.end()}, std::move(*model)};
}

}  // namespace ionloom::app
