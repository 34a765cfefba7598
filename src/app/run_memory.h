#pragma once

#include <cstdint>

#include "app/annotate_options.h"
#include "app/read_lists.h"
#include "app/run_settings.h"
#include "base/error.h"
#include "exec/memory_plan.h"
#include "imzml/dataset.h"
#include "stages/index.h"

namespace ionloom::app {

/// The program, its libraries and small tables; what a run with next to no data takes before it
/// writes results.
inline constexpr std::uint64_t kProgramBytes = 42ULL << 20;

/// Plans the memory of a whole run before it starts: the program, the lists, the stages and the
/// writing of results, within --memory and what the machine has. Fails (kResource) when the least
/// that would do is more than that, and when there is too little disk for peaks that do not fit or
/// for a store's objects.
[[nodiscard]] Result<exec::MemoryPlan> plan_memory(const imzml::Dataset& dataset,
                                                   const stages::PixelIndex& pixels,
                                                   const AnnotateOptions& options,
                                                   const ReadLists& lists,
                                                   const RunSettings& settings);

}  // namespace ionloom::app
