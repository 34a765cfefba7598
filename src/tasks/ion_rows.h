#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "stages/patterns.h"
#include "tasks/column.h"
#include "tasks/task_reader.h"

namespace ionloom::tasks {

/// What the column `flags` of ion sets and ion tables is made of; in ion sets, the bits above these
/// two are the ion's isotopologue level (chem/isotopologue_bound.h).
inline constexpr std::uint8_t kTargetFlag = 1;    ///< a target of some list
inline constexpr std::uint8_t kTargetedFlag = 2;  ///< in a targeted list, in any role

[[nodiscard]] constexpr std::uint8_t flags_of(bool is_target, bool is_targeted) {
  return static_cast<std::uint8_t>((is_target ? kTargetFlag : 0) |
                                   (is_targeted ? kTargetedFlag : 0));
}

[[nodiscard]] constexpr std::uint8_t flags_with_level(std::uint8_t flags, std::uint8_t level) {
  return static_cast<std::uint8_t>(flags | level << 2U);
}
[[nodiscard]] constexpr std::uint8_t level_of_flags(std::uint8_t flags) {
  return flags >> 2U;
}
[[nodiscard]] constexpr std::uint8_t flags_without_level(std::uint8_t flags) {
  return flags & (kTargetFlag | kTargetedFlag);
}

/// Rows of ion tables.
struct IonRows {
  stages::PatternTable patterns;
  std::vector<std::uint32_t> ion;  ///< number in the ion set
  std::vector<std::uint8_t> flags;
};

/// Rows of ion tables that a task was given.
struct IonRowInputs {
  std::uint32_t isotope_peaks = 0;
  std::uint64_t rows = 0;
  // Inputs, one of each for one stretch of rows.
  std::vector<std::uint32_t> mz;
  std::vector<std::uint32_t> intensity;
  std::vector<std::uint32_t> ion;
  std::vector<std::uint32_t> flags;

  /// Takes the parameter `isotope_peaks` and the inputs `mz`, `intensity`, `ion` and `flags`.
  [[nodiscard]] static IonRowInputs take(TaskReader& reader);

  /// Bytes that the rows need.
  [[nodiscard]] std::uint64_t memory_bound_bytes() const;
  [[nodiscard]] Result<IonRows> read(const RunningTask& running) const;
};

}  // namespace ionloom::tasks
