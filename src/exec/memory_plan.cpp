#include "exec/memory_plan.h"

#include <algorithm>
#include <string>

#include "exec/peak_store.h"

namespace ionloom::exec {
namespace {

std::string megabytes(std::uint64_t size_bytes) {
  constexpr std::uint64_t kMegabyte = 1'000'000;
  return std::to_string((size_bytes + kMegabyte - 1) / kMegabyte) + " MB";
}

/// The most that is held at once, as stages follow each other.
class StagesInTurn {
 public:
  explicit StagesInTurn(std::uint64_t held_bytes) : held_(held_bytes), most_(held_bytes) {}

  /// @param making_bytes   what a stage takes while it runs, its result included
  /// @param leaving_bytes  its result
  void add(std::uint64_t making_bytes, std::uint64_t leaving_bytes) {
    most_ = std::max(most_, held_ + making_bytes);
    held_ += leaving_bytes;
  }
  [[nodiscard]] std::uint64_t most_bytes() const { return most_; }

 private:
  std::uint64_t held_;
  std::uint64_t most_;
};

/// What a run of so many peaks in memory takes at most.
std::uint64_t bound_of(const imzml::Dataset& dataset, const stages::PixelIndex& pixels,
                       const stages::FormulaSizes& formulas, const AnnotationSettings& settings,
                       const OtherMemory& other, std::uint64_t capacity_peaks) {
  const std::uint64_t ions = stages::ion_count_bound(formulas.count, settings.ions);
  const std::uint64_t targets = formulas.count * stages::target_modifiers(settings.ions).size();
  const std::uint32_t width = settings.pattern.max_peaks;
  const std::uint64_t visit =
      PeakStore::visit_memory_bound_bytes(dataset, capacity_peaks, settings.threads);
  const std::uint64_t measured =
      stages::measured_memory_bound_bytes(ions, settings.all_metrics ? ions : targets, width);
  const std::uint64_t measuring =
      settings.threads * imaging::IonMeasurer::memory_bound_bytes(pixels.grid.size(), width);
  const std::uint64_t ranked = stages::ranked_memory_bound_bytes(
      formulas.count, settings.ions,
      settings.scoring.model == nullptr ? 0 : settings.scoring.model->feature_count(),
      settings.rank_decoys);
  const std::uint64_t ion_set = stages::ion_set_memory_bound_bytes(formulas, settings.ions);
  const std::uint64_t table = stages::patterns_memory_bound_bytes(ions, width, 0);
  const std::uint64_t always = other.always_bytes +
                               dataset.spectra.size() * sizeof(imzml::Spectrum) +
                               stages::index_memory_bound_bytes(dataset.spectra.size());
  if (other.tasks) {
    const TaskMemory& tasks = *other.tasks;
    const std::uint64_t runs = PeakStore::runs_memory_bound_bytes(dataset);
    StagesInTurn turn(always + tasks.always_bytes);
    turn.add(tasks.ingest_bytes + runs, runs);
    turn.add(tasks.ions_bytes + ion_set, ion_set);
    turn.add(tasks.patterns_bytes + table, table);
    turn.add(tasks.annotate_bytes + measured, measured);
    turn.add(tasks.rank_bytes + ranked, ranked);
    // A run that finds nothing looks at the peaks once more, when nothing is written.
    turn.add(std::max(tasks.images_bytes + other.writing_bytes, visit), 0);
    return turn.most_bytes();
  }
  // The ions in range, as they are put in order.
  const std::uint64_t in_range = ions * (2 * sizeof(double) + sizeof(std::uint32_t));
  StagesInTurn turn(always);
  turn.add(PeakStore::ingest_memory_bound_bytes(dataset, capacity_peaks, settings.threads), visit);
  turn.add(stages::ions_memory_bound_bytes(formulas.count, settings.ions), ion_set);
  turn.add(stages::patterns_memory_bound_bytes(ions, width, settings.threads), table);
  turn.add(std::max(measured, in_range) + measuring, measured);
  turn.add(
      stages::rank_memory_bound_bytes(formulas.count, settings.ions, settings.scoring) + ranked,
      ranked);
  turn.add(other.writing_bytes + measuring, 0);
  return turn.most_bytes();
}

}  // namespace

Result<MemoryPlan> plan_memory(const imzml::Dataset& dataset, const stages::PixelIndex& pixels,
                               const stages::FormulaSizes& formulas,
                               const AnnotationSettings& settings, const OtherMemory& other,
                               std::uint64_t limit_bytes) {
  const auto bound = [&](std::uint64_t capacity) {
    return bound_of(dataset, pixels, formulas, settings, other, capacity);
  };
  std::uint64_t fits = PeakStore::least_capacity_peaks(dataset);
  const std::uint64_t all = other.tasks ? fits : dataset.declared_peaks();
  if (bound(all) <= limit_bytes) {
    fits = all;
  } else if (bound(fits) > limit_bytes) {
    return fail(ErrorCode::kResource, {},
                "annotating needs " + megabytes(std::min(bound(fits), bound(all))) +
                    " of memory at least (" + megabytes(bound(all)) +
                    " without runs on disk), but only " + megabytes(limit_bytes) +
                    " may be used; allow more, use fewer --threads or shorter molecule lists");
  } else {
    // The bound rises with the capacity, until all peaks fit and nothing lies on disk.
    std::uint64_t too_many = all;
    while (too_many - fits > 1) {
      const std::uint64_t middle = fits + (too_many - fits) / 2;
      (bound(middle) <= limit_bytes ? fits : too_many) = middle;
    }
  }
  return MemoryPlan{.bound_bytes = bound(fits),
                    .capacity_peaks = fits,
                    .disk_bytes = PeakStore::disk_bound_bytes(dataset, fits)};
}

}  // namespace ionloom::exec
