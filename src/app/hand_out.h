#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "app/run_plan.h"
#include "base/error.h"
#include "tasks/task.h"

namespace ionloom::app {

/// Leaves tasks in a file for others, with what their stages are expected to take on so many
/// threads of this machine (docs/formats/handed-out-tasks.md), and tells so.
/// @param plan          null: nothing is known
/// @param memory_bytes  that the run's next step takes at most
[[nodiscard]] Result<void> hand_out(std::span<const tasks::Task> tasks, const RunPlan* plan,
                                    std::uint32_t threads, std::uint64_t memory_bytes,
                                    const std::filesystem::path& path);

}  // namespace ionloom::app
