#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "stages/rank.h"
#include "tasks/object_layout.h"
#include "tasks/task_io.h"

namespace ionloom::tasks {

inline constexpr ObjectKind kRankingKind = {'I', 'L', 'R', 'A', 'N', 'K', 'D', '1'};
inline constexpr ObjectKind kDecoyRankingKind = {'I', 'L', 'D', 'E', 'C', 'R', 'K', '1'};

/// Writes ranked targets (docs/formats/stage-objects.md).
/// @param measured  what RankedIon::measured counts in
[[nodiscard]] Result<void> write_ranking(TaskIo& io, std::uint32_t output,
                                         std::span<const stages::RankedIon> ranked,
                                         std::span<const stages::MeasuredIon> measured,
                                         std::uint64_t features);

[[nodiscard]] Result<void> write_decoy_ranking(TaskIo& io, std::uint32_t output,
                                               std::span<const stages::RankedDecoy> ranked,
                                               std::span<const stages::MeasuredIon> measured);

/// Bytes of the columns of so many targets, or decoys with 0 features.
[[nodiscard]] std::uint64_t write_ranking_memory_bound_bytes(std::uint64_t rows,
                                                             std::uint64_t features);

/// Whole objects. `measured` of the rows are positions in the given ions, which ascend.
/// Fails also when an ion is not among them.
[[nodiscard]] Result<std::vector<stages::RankedIon>> decode_ranking(
    std::span<const std::byte> bytes, std::span<const stages::MeasuredIon> measured);
[[nodiscard]] Result<std::vector<stages::RankedDecoy>> decode_decoy_ranking(
    std::span<const std::byte> bytes, std::span<const stages::MeasuredIon> measured);

}  // namespace ionloom::tasks
