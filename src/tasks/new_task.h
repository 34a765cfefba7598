#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "chem/isotopic_pattern.h"
#include "fdr/scoring_model.h"
#include "imaging/ion_metrics.h"
#include "imaging/peak_table.h"
#include "stages/ions.h"
#include "stages/peak_run.h"
#include "tasks/ion_set_object.h"
#include "tasks/object_layout.h"
#include "tasks/spectra_object.h"
#include "tasks/task.h"

namespace ionloom::tasks {

// Makes tasks for objects whose counts are known. Each task's memory is its bound, and it has a
// summary, called as its output with ".summary" behind.

/// Objects that a dataset's tasks read.
struct DatasetObjects {
  std::string ibd;
  std::string spectra;     ///< spectra table
  std::string pixels;      ///< pixel table
  imaging::GridSize grid;  ///< of the pixel table
};

[[nodiscard]] Task new_index_task(const std::string& spectra_object, std::uint64_t spectra,
                                  const std::string& pixels_object);

/// Takes in spectra [first, last) with the ranges of the .ibd that hold their arrays.
[[nodiscard]] Task new_ingest_task(const DatasetObjects& dataset, const SpectraTable& spectra,
                                   std::uint64_t first, std::uint64_t last,
                                   const std::string& run_object);

/// Computes the patterns of ions [first, last) of an ion set, in the memory that these take.
[[nodiscard]] Task new_patterns_task(const chem::PatternSettings& settings,
                                     const StoredIonSet& ions, std::uint64_t first,
                                     std::uint64_t last, const std::string& table_object);

/// Rows [first, last) of an ion table.
struct IonSlice {
  std::string object;
  std::uint64_t table_ions = 0;  ///< rows of the whole table
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

/// Where each block of a run begins.
struct RunIndex {
  std::string object;
  stages::RunHeader header;
  std::vector<stages::RunIndexEntry> blocks;

  /// Of a whole run's bytes. Fails when header or index are damaged.
  [[nodiscard]] static Result<RunIndex> decode(const std::string& object,
                                               std::span<const std::byte> run);
};

/// What all annotate and images tasks of a run share.
struct ImageRun {
  imaging::MetricSettings settings;
  std::uint32_t isotope_peaks = 4;
  bool all_metrics = false;
  double first_mz = 0;  ///< of all peaks
  double last_mz = 0;
};

/// Measures ions on the blocks that the windows touch, of all runs in the order of their spectra.
/// @param windows  of the ions' theoretical peaks, in any order
[[nodiscard]] Task new_annotate_task(const ImageRun& run, const DatasetObjects& dataset,
                                     std::span<const IonSlice> ions, std::span<const RunIndex> runs,
                                     std::vector<imaging::MzWindow> windows,
                                     const std::string& metrics_object);

/// Cuts the images of ions; the rest as new_annotate_task().
[[nodiscard]] Task new_images_task(const ImageRun& run, const DatasetObjects& dataset,
                                   std::span<const IonSlice> ions, std::span<const RunIndex> runs,
                                   std::vector<imaging::MzWindow> windows,
                                   const std::string& images_object);

/// The formulas of a molecule list, each a line, and where the list's decoy map is to be.
struct ListObjects {
  std::string formulas;
  std::uint64_t formulas_bytes = 0;
  bool targeted = false;
  std::string decoys;
};

/// @param formulas  of all lists
[[nodiscard]] Task new_ions_task(const stages::IonSettings& settings,
                                 std::span<const ListObjects> lists, std::uint64_t formulas,
                                 const std::string& ion_set_object);

/// A whole object.
struct SizedObject {
  std::string object;
  std::uint64_t size_bytes = 0;
};

/// A scoring model and what a task must know of it.
struct ModelObject {
  SizedObject file;
  std::uint64_t features = 0;  ///< fdr::ScoringModel::feature_count()
  std::uint64_t bytes = 0;     ///< fdr::ScoringModel::size_bytes()
  fdr::AbsErrorRule abs_errors = fdr::AbsErrorRule::kReference;
};

/// Ranks one list.
/// @param with_decoys  its decoys' ranks are wanted too, in an object called as `ranking_object`
///                     with ".decoys" behind
[[nodiscard]] Task new_rank_task(const stages::IonSettings& settings, std::uint32_t isotope_peaks,
                                 std::span<const SizedObject> metrics, const SizedObject& decoy_map,
                                 const ModelObject* model, bool with_decoys,
                                 const std::string& ranking_object);

}  // namespace ionloom::tasks
