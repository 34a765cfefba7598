#pragma once

#include <span>
#include <string_view>

namespace ionloom::plan {

/// A text of data/ that is part of the program.
struct ShippedText {
  std::string_view name;
  std::string_view text;
};

/// data/backends/NAME.json, by name.
[[nodiscard]] std::span<const ShippedText> shipped_backends();
/// data/models/reference-models.json: what was learned from the next.
[[nodiscard]] std::string_view shipped_models();
/// data/models/reference-measurements.jsonl
[[nodiscard]] std::string_view shipped_measurements();

}  // namespace ionloom::plan
