#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "plan/stage.h"

namespace ionloom::plan {

/// What work is counted in.
enum class Count : std::uint8_t {
  kSpectra,
  kPeaks,        ///< that are read: of the spectra, or in the blocks of an annotate task
  kWindowPeaks,  ///< in the m/z windows of the ions; a peak in the windows of two ions counts twice
  kRuns,         ///< objects of peaks that are read side by side
  kPixels,       ///< of the grid, width x height
  kFormulas,
  kIons,          ///< targets and decoys, each once
  kDraws,         ///< targets, and decoys as often as they were drawn
  kDatasetPeaks,  ///< of the whole dataset, however it is cut: how densely windows are filled
};

inline constexpr std::array kCounts = {Count::kSpectra, Count::kPeaks,  Count::kWindowPeaks,
                                       Count::kRuns,    Count::kPixels, Count::kFormulas,
                                       Count::kIons,    Count::kDraws,  Count::kDatasetPeaks};

/// "spectra", "peaks", "window_peaks" ...
[[nodiscard]] std::string_view count_name(Count count);
[[nodiscard]] std::optional<Count> count_from_name(std::string_view name);

/// Work of a stage or of one task; what a stage does not count is 0. Real numbers, because a
/// task's mean share of a stage need not be whole.
class WorkCounts {
 public:
  [[nodiscard]] double operator[](Count count) const {
    return values_[static_cast<std::size_t>(count)];
  }
  double& operator[](Count count) { return values_[static_cast<std::size_t>(count)]; }
  bool operator==(const WorkCounts&) const = default;

 private:
  std::array<double, kCounts.size()> values_{};
};

/// What is known of a job before any stage of it runs: from the imzML, the molecule lists and the
/// settings. The ions may be a bound (a formula's modifiers x (1 + decoys)) until they are made.
struct JobCounts {
  std::uint64_t spectra = 0;
  std::uint64_t peaks = 0;
  std::uint64_t pixels = 0;        ///< of the grid
  std::uint64_t lists = 1;         ///< molecule lists, each ranked by itself
  std::uint64_t formulas = 0;      ///< of all lists
  std::uint64_t modifiers = 1;     ///< combinations of adduct, neutral loss and modification
  std::uint64_t decoys = 20;       ///< drawn for a target
  std::uint64_t ions = 0;          ///< distinct ones, decoys too
  std::uint64_t image_ions = 0;    ///< that images are made of: annotated targets, at most all
  std::uint64_t window_peaks = 0;  ///< of all ions: PeakHistogram::peaks_in()
};

/// Work of a whole stage. The runs that a stage reads are the plan's choice and stay 0.
[[nodiscard]] WorkCounts stage_counts(Stage stage, const JobCounts& job);

/// Most tasks that a stage can be cut into; at least 1.
[[nodiscard]] std::uint64_t most_tasks(Stage stage, const JobCounts& job);

/// Work of the largest of `tasks` tasks that a stage is cut into evenly: whole spectra, peaks and
/// ions, rounded up. What every task sees whole (pixels, runs, dataset peaks) is not divided.
[[nodiscard]] WorkCounts task_share(const WorkCounts& stage, std::uint64_t tasks);

/// A stage's bound on the memory of a task that does this work: the functions of `stages` and
/// `tasks`, with their settings bound by whoever makes the plan.
using MemoryBound = std::function<std::uint64_t(Stage stage, const WorkCounts& task)>;

}  // namespace ionloom::plan
