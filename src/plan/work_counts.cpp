#include "plan/work_counts.h"

#include <algorithm>
#include <cmath>

namespace ionloom::plan {
namespace {

constexpr std::array<std::string_view, kCounts.size()> kNames = {
    "spectra",  "peaks", "window_peaks", "runs",         "pixels",
    "formulas", "ions",  "draws",        "dataset_peaks"};

bool is_divided(Count count) {
  return count != Count::kPixels && count != Count::kRuns && count != Count::kDatasetPeaks;
}

}  // namespace

std::string_view count_name(Count count) {
  return kNames[static_cast<std::size_t>(count)];
}

std::optional<Count> count_from_name(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return kCounts[static_cast<std::size_t>(found - kNames.begin())];
}

WorkCounts stage_counts(Stage stage, const JobCounts& job) {
  WorkCounts counts;
  const auto add = [&](Count count, std::uint64_t value) {
    counts[count] = static_cast<double>(value);
  };
  switch (stage) {
    case Stage::kIndex:
      add(Count::kSpectra, job.spectra);
      add(Count::kPixels, job.pixels);
      break;
    case Stage::kIngest:
      add(Count::kSpectra, job.spectra);
      add(Count::kPeaks, job.peaks);
      break;
    case Stage::kMerge:
      add(Count::kPeaks, job.peaks);
      break;
    case Stage::kIons:
      add(Count::kFormulas, job.formulas);
      add(Count::kIons, job.ions);
      break;
    case Stage::kPatterns:
      add(Count::kIons, job.ions);
      break;
    case Stage::kAnnotate:
      add(Count::kPeaks, job.peaks);
      add(Count::kWindowPeaks, job.window_peaks);
      add(Count::kDatasetPeaks, job.peaks);
      add(Count::kPixels, job.pixels);
      add(Count::kIons, job.ions);
      break;
    case Stage::kImages:
      add(Count::kPeaks, job.peaks);
      // The ions whose images are made are not known by name yet: a mean ion's windows each.
      counts[Count::kWindowPeaks] = job.ions == 0 ? 0
                                                  : static_cast<double>(job.window_peaks) /
                                                        static_cast<double>(job.ions) *
                                                        static_cast<double>(job.image_ions);
      add(Count::kPixels, job.pixels);
      add(Count::kIons, job.image_ions);
      break;
    case Stage::kRank:
      add(Count::kFormulas, job.formulas);
      add(Count::kIons, job.ions);
      add(Count::kDraws, job.formulas * job.modifiers * (1 + job.decoys));
      break;
  }
  return counts;
}

std::uint64_t most_tasks(Stage stage, const JobCounts& job) {
  std::uint64_t pieces = 1;
  switch (stage) {
    case Stage::kIndex:
    case Stage::kIons:
      break;
    case Stage::kIngest:
      pieces = job.spectra;
      break;
    case Stage::kMerge:
      pieces = job.peaks;
      break;
    case Stage::kPatterns:
    case Stage::kAnnotate:
      pieces = job.ions;
      break;
    case Stage::kImages:
      pieces = job.image_ions;
      break;
    case Stage::kRank:
      pieces = job.lists;
      break;
  }
  return std::max<std::uint64_t>(pieces, 1);
}

WorkCounts task_share(const WorkCounts& stage, std::uint64_t tasks) {
  WorkCounts share = stage;
  const double parts = static_cast<double>(std::max<std::uint64_t>(tasks, 1));
  for (const Count count : kCounts) {
    if (is_divided(count)) share[count] = std::ceil(stage[count] / parts);
  }
  return share;
}

}  // namespace ionloom::plan
