#pragma once

#include <cstdint>

namespace ionloom::exec {

/// Highest resident memory of this process since reset_peak_memory() (or its start), in bytes.
/// 0 where the system does not tell.
[[nodiscard]] std::uint64_t peak_memory_bytes();

/// Starts a new measurement of the peak. Where the system refuses, peaks run on from the start.
void reset_peak_memory();

/// Gives memory that was freed back to the system, so that a stage begins with what the stages
/// before it left and not with what they needed.
void release_freed_memory();

/// Memory that can be had without swapping, in bytes: what the system, the control group (a
/// container's limit) or the process's own limits (ulimit -v, -d) leave, whichever is least.
/// UINT64_MAX where none tells.
[[nodiscard]] std::uint64_t available_memory_bytes();

}  // namespace ionloom::exec
