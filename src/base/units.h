#pragma once

namespace ionloom {

/// Bytes of a megabit, in which rates of links are told.
inline constexpr double kMbit_bytes = 1e6 / 8;

}  // namespace ionloom
