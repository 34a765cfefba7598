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

}  // namespace

Result<MemoryPlan> plan_memory(const imzml::Dataset& dataset, const stages::PixelIndex& pixels,
                               std::uint64_t formulas, const AnnotationSettings& settings,
                               const OtherMemory& other, std::uint64_t limit_bytes) {
  const std::uint64_t ions = stages::ion_count_bound(formulas, settings.ions);
  const std::uint32_t peaks_per_ion = settings.pattern.max_peaks;
  const std::uint64_t always = other.always_bytes +
                               dataset.spectra.size() * sizeof(imzml::Spectrum) +
                               stages::index_memory_bound_bytes(dataset.spectra.size());
  const std::uint64_t after_ingest =
      stages::ions_memory_bound_bytes(formulas, settings.ions) +
      stages::patterns_memory_bound_bytes(ions, peaks_per_ion, settings.threads) +
      stages::annotate_memory_bound_bytes(ions, peaks_per_ion, pixels.grid, settings.threads) +
      std::max(stages::rank_memory_bound_bytes(formulas, settings.ions, settings.scoring),
               other.writing_bytes);
  const auto bound = [&](std::uint64_t capacity) {
    const std::uint64_t ingest = other.peaks_in_runs ? 0
                                                     : PeakStore::ingest_memory_bound_bytes(
                                                           dataset, capacity, settings.threads);
    return always + std::max(ingest, PeakStore::visit_memory_bound_bytes(dataset, capacity,
                                                                         settings.threads) +
                                         after_ingest);
  };

  std::uint64_t fits = PeakStore::least_capacity_peaks(dataset);
  const std::uint64_t all = other.peaks_in_runs ? fits : dataset.declared_peaks();
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
