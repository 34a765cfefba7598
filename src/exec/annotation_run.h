#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "cache/pattern_cache.h"
#include "chem/molecule_list.h"
#include "exec/peak_store.h"
#include "exec/progress.h"
#include "exec/store_traffic.h"
#include "imaging/ion_metrics.h"
#include "imzml/dataset.h"
#include "stages/annotate.h"
#include "stages/index.h"
#include "stages/ions.h"
#include "stages/patterns.h"
#include "stages/rank.h"

namespace ionloom::exec {

struct AnnotationRun;

/// Into how many tasks stages are cut, where they run as tasks: at least so many, more where a task
/// would get too large. 0: into tasks of constant sizes.
struct TaskCuts {
  std::uint64_t ingest = 0;
  std::uint64_t patterns = 0;
  std::uint64_t annotate = 0;
};

struct AnnotationSettings {
  stages::IonSettings ions;
  chem::PatternSettings pattern;
  imaging::MetricSettings metrics;
  bool all_metrics = false;  ///< measure and keep every ion, decoys too
  stages::Scoring scoring;   ///< REQUIRES: the model outlives the run
  /// The model's file, which tasks read it from. REQUIRES: outlives the run.
  std::span<const std::byte> model_file;
  bool rank_decoys = false;  ///< keep the decoys' ranks too
  std::uint32_t threads = 1;
  TaskCuts cuts;
  PeakStoreSettings peaks;
  std::optional<cache::PatternCacheSettings> pattern_cache;  ///< absent: patterns are computed
  /// Called after every stage; the last of run.stages is that stage.
  std::function<void(const AnnotationRun& run)> after_stage;
};

/// What to annotate with.
struct ListInput {
  const chem::MoleculeList* list = nullptr;
  bool targeted = false;
};

/// What one stage took.
struct StageRecord {
  std::string name;
  double seconds = 0;
  std::uint64_t peak_memory_bytes = 0;
  StoreTraffic store = {};  ///< zero where there is no store
  std::chrono::steady_clock::time_point began = {};
};

/// Everything a run found. Lists, modifiers and ions are numbered as in `ions`.
struct AnnotationRun {
  stages::PixelIndex pixels;
  PeakStore peaks;
  stages::IonSet ions;
  stages::PatternTable patterns;
  cache::PatternSource pattern_source = cache::PatternSource::kComputed;
  std::string pattern_cache_trouble;  ///< why the patterns could not be kept; empty: they were
  std::uint64_t ions_with_pattern = 0;
  std::uint64_t ions_in_range = 0;
  std::vector<stages::MeasuredIon> measured;           ///< ascending ion
  std::vector<std::vector<stages::RankedIon>> ranked;  ///< one vector a list
  /// One vector a list; empty unless settings.rank_decoys.
  std::vector<std::vector<stages::RankedDecoy>> ranked_decoys;
  std::vector<StageRecord> stages;
};

/// Pixels of a dataset (the index stage).
[[nodiscard]] Result<stages::PixelIndex> index_dataset(const imzml::Dataset& dataset);

/// Why there is nothing to annotate, with the ranges that do not meet.
[[nodiscard]] Error no_ion_in_range(const imzml::Dataset& dataset, const AnnotationRun& run);

/// Runs ingest, ions, patterns, annotate and rank on the threads of this process. The result is the
/// same for every number of threads. Fails when a peak cannot be read, when no peak or no ion is
/// left to work on, or when the run was cancelled.
[[nodiscard]] Result<AnnotationRun> annotate(const imzml::Dataset& dataset,
                                             stages::PixelIndex pixels,
                                             std::span<const ListInput> lists,
                                             const AnnotationSettings& settings,
                                             Progress& progress);

}  // namespace ionloom::exec
