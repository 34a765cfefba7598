#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ionloom::app {

/// The name that `typed` was most likely meant to be: the one with the fewest edits (insertions,
/// deletions, replacements, swaps of neighbours), if these are at most a third of its length.
[[nodiscard]] std::optional<std::string> nearest_name(std::string_view typed,
                                                      std::span<const std::string> names);

}  // namespace ionloom::app
