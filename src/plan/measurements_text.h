#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "plan/measurement.h"

namespace ionloom::plan {

/// Measurements as lines of JSON, to be shared (docs/formats/measurements.md).
[[nodiscard]] std::string measurements_text(std::span<const Measurement> measurements);

/// Reads what measurements_text() writes. Fails with the line, what was found and what was
/// expected.
/// @param where  names the text in messages
[[nodiscard]] Result<std::vector<Measurement>> parse_measurements(std::string_view text,
                                                                  std::string_view where);

}  // namespace ionloom::plan
