#pragma once

#include <cstdint>

#include "plan/stage.h"
#include "plan/work_counts.h"

namespace ionloom::plan {

/// Tasks of a stage and the memory of each, as a fixed rule has it.
struct RuleChoice {
  std::uint64_t tasks = 1;
  std::uint64_t memory_bytes = 0;  ///< of each task
  bool needs_machine = false;      ///< more than METASPACE gives to a function

  bool operator==(const RuleChoice&) const = default;
};

/// What METASPACE would take, whose sizes are constants: for comparison. Our index is part of its
/// load_ds, our annotate its process_centr_segment; it has no merge of ours.
/// @param ibd_bytes  size of the .ibd
/// Source: METASPACE engine at fd965c12, annotation_lithops: build_moldb.py,
/// calculate_centroids.py, load_ds.py, segment_centroids.py, annotate.py, save_png.py.
[[nodiscard]] RuleChoice metaspace_rule(Stage stage, const JobCounts& job, std::uint64_t ibd_bytes);

/// What one task in a map that is short of memory costs there: the whole map runs again with twice
/// the memory, until `memory_bytes` suffice. In units of the cost of one run with the first memory.
/// @param first_bytes  > 0
[[nodiscard]] double metaspace_retry_cost(std::uint64_t first_bytes, std::uint64_t needed_bytes);

}  // namespace ionloom::plan
