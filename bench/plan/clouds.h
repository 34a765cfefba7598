#pragma once

#include <nlohmann/json.hpp>

namespace ionloom::bench {

/// Plans datasets of growing size for simulated AWS Lambda (and its machines), by the exact planner
/// and by the rules of others, with the models that ship.
/// @return a line a size: {"ibd_bytes", "exact_s" ...}
[[nodiscard]] nlohmann::json clouds();

}  // namespace ionloom::bench
