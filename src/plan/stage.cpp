#include "plan/stage.h"

#include <algorithm>

namespace ionloom::plan {
namespace {

constexpr std::array<std::string_view, kStages.size()> kNames = {
    "index", "ingest", "merge", "ions", "patterns", "annotate", "images", "rank"};

}  // namespace

std::string_view stage_name(Stage stage) {
  return kNames[static_cast<std::size_t>(stage)];
}

std::optional<Stage> stage_from_name(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return kStages[static_cast<std::size_t>(found - kNames.begin())];
}

}  // namespace ionloom::plan
