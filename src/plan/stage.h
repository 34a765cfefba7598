#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ionloom::plan {

/// The stages that are planned, in the order data passes through them. The names are those of tasks
/// (docs/formats/task.md); merge, which no task has yet, writes the peaks of all runs between two
/// m/z once more as one object.
enum class Stage : std::uint8_t {
  kIndex,
  kIngest,
  kMerge,
  kIons,
  kPatterns,
  kAnnotate,
  kImages,
  kRank,
};

inline constexpr std::array kStages = {Stage::kIndex,  Stage::kIngest,   Stage::kMerge,
                                       Stage::kIons,   Stage::kPatterns, Stage::kAnnotate,
                                       Stage::kImages, Stage::kRank};

/// "index", "ingest" ...
[[nodiscard]] std::string_view stage_name(Stage stage);
[[nodiscard]] std::optional<Stage> stage_from_name(std::string_view name);

}  // namespace ionloom::plan
