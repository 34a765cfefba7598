#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "exec/run_objects.h"
#include "exec/run_reader.h"
#include "tasks/new_task.h"

namespace ionloom::exec {

[[nodiscard]] tasks::RunIndex run_index(const std::string& name, const RunReader& run);

/// Headers and indices of the first `runs` runs of peaks that ingest tasks made.
[[nodiscard]] Result<std::vector<tasks::RunIndex>> run_indices(RunObjects& objects,
                                                               std::uint64_t runs);

}  // namespace ionloom::exec
