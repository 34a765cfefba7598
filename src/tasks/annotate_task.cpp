#include "tasks/annotate_task.h"

#include <cstddef>

#include "stages/annotate.h"
#include "tasks/metrics_object.h"
#include "tasks/task_reader.h"

namespace ionloom::tasks {

Result<AnnotateTask> AnnotateTask::read(const Task& task) {
  TaskReader reader(task);
  AnnotateTask own;
  own.inputs = ImageInputs::take(reader, task);
  own.inputs.settings.spatial = reader.choice<imaging::SpatialArithmetic>(
      "spatial", {{"running_single", imaging::SpatialArithmetic::kRunningSingle},
                  {"double", imaging::SpatialArithmetic::kDouble}});
  own.inputs.settings.chaos = reader.choice<imaging::ChaosRule>(
      "chaos",
      {{"reference", imaging::ChaosRule::kReference}, {"fixed", imaging::ChaosRule::kFixed}});
  own.all_metrics = reader.yes("all_metrics");
  own.metrics = reader.output("metrics");
  if (auto done = reader.finish(); !done) return std::unexpected(std::move(done.error()));
  return own;
}

std::uint64_t AnnotateTask::memory_bound_bytes() const {
  return inputs.memory_bound_bytes() +
         imaging::IonMeasurer::measure_memory_bound_bytes(inputs.grid, inputs.ions.isotope_peaks) +
         MetricsColumns::memory_bound_bytes(inputs.ions.rows, inputs.ions.isotope_peaks);
}

Result<Summary> AnnotateTask::execute(const RunningTask& running) const {
  const auto read = inputs.read(running);
  if (!read) return std::unexpected(read.error());
  const auto& [grid, ions, peaks] = *read;

  MetricsColumns kept(inputs.ions.isotope_peaks);
  kept.reserve(inputs.ions.rows);
  imaging::IonMeasurer measurer(grid, inputs.settings);
  imaging::IonMetrics measured;
  std::uint64_t in_range = 0;
  for (std::size_t row = 0; row < ions.ion.size(); ++row) {
    const imaging::TheoreticalPeaks theory = ions.patterns.of(row);
    if (!stages::is_in_range(theory.mz, inputs.first_mz, inputs.last_mz)) continue;
    ++in_range;
    const bool keep_always = all_metrics || (ions.flags[row] & kTargetedFlag) != 0;
    if (stages::annotate_ion(peaks, theory, keep_always, measurer, measured)) {
      kept.add(ions.ion[row], measured);
    }
  }
  Summary summary;
  summary.add("ions", ions.ion.size());
  summary.add("ions_in_range", in_range);
  summary.add("kept", kept.size());
  summary.add("peaks", peaks.size());
  if (auto written = kept.write(running.io, metrics, in_range); !written) {
    return std::unexpected(std::move(written.error()));
  }
  return summary;
}

}  // namespace ionloom::tasks
