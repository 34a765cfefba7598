#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "stages/ions.h"
#include "tasks/object_layout.h"
#include "tasks/task_io.h"

namespace ionloom::tasks {

inline constexpr ObjectKind kDecoyMapKind = {'I', 'L', 'D', 'E', 'C', 'O', 'Y', '1'};

/// Writes which ions are the targets and decoys of a list (docs/formats/stage-objects.md).
/// @param modifiers, draws  a formula's, and a modifier's
[[nodiscard]] Result<void> write_decoy_map(TaskIo& io, std::uint32_t output,
                                           const stages::ListIons& list, std::uint64_t modifiers,
                                           std::uint64_t draws);

/// A whole decoy map. Fails when it is not of so many modifiers and draws.
[[nodiscard]] Result<stages::ListIons> decode_decoy_map(std::span<const std::byte> bytes,
                                                        std::uint64_t modifiers,
                                                        std::uint64_t draws);

}  // namespace ionloom::tasks
