#pragma once

#include <cstdint>

#include "plan/stage.h"
#include "plan/storage_tier.h"
#include "plan/work_counts.h"

namespace ionloom::plan {

/// What the stages before a stage left for it.
struct ExchangeInputs {
  std::uint32_t runs = 1;            ///< objects of peaks
  bool are_merged = false;           ///< each run holds a stretch of m/z, not a range of spectra
  std::uint32_t ion_tables = 1;      ///< tasks of patterns
  std::uint32_t metric_objects = 1;  ///< tasks of annotate
};

struct StageExchange {
  ExchangeWork read;   ///< of the mean task
  ExchangeWork write;  ///< of the mean task
};

/// What each of `tasks` tasks of a stage reads and writes, from the layouts of the objects
/// (docs/formats/peak-run.md, stage-objects.md). A task of annotate reads from every run one
/// stretch of blocks, of which the two at the ends are not all its own; of merged runs it reads
/// those that its m/z lie in.
[[nodiscard]] StageExchange stage_exchange(Stage stage, const JobCounts& job, std::uint32_t tasks,
                                           const ExchangeInputs& inputs);

}  // namespace ionloom::plan
