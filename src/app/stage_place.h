#pragma once

#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "app/annotate_options.h"
#include "base/error.h"
#include "base/warnings.h"
#include "exec/annotation_run.h"
#include "exec/handed_out.h"
#include "exec/image_source.h"
#include "exec/progress.h"
#include "exec/run_objects.h"
#include "exec/stage_store.h"
#include "exec/stored_objects.h"
#include "exec/task_runtime.h"
#include "imzml/dataset.h"
#include "report/run_record.h"
#include "stages/index.h"

namespace ionloom::app {

/// Where a run's stages are done, and where the objects lie that they exchange: without options on
/// the threads of this program, which hand each other memory; else in tasks.
class StagePlace {
 public:
  /// Opens runtime and store, and tries the store out. Fails as open_runtime() and
  /// open_stage_store().
  [[nodiscard]] static Result<StagePlace> open(const AnnotateOptions& options);

  /// Says that the dataset's .ibd is there in parts, and what ranges of it hash to. REQUIRES: tasks
  /// are handed out; index() has not been called.
  void know_ibd(exec::RangeHashes hashes) { known_ibd_ = std::move(hashes); }
  /// Of the ranges of the .ibd that tasks read. REQUIRES: tasks are handed out, by annotate().
  [[nodiscard]] exec::RangeHashes ibd_hashes() const { return stored_->ibd().hashes(); }

  /// The index stage.
  /// @param records  gets what it took
  [[nodiscard]] Result<stages::PixelIndex> index(const imzml::Dataset& dataset,
                                                 const exec::AnnotationSettings& settings,
                                                 std::vector<exec::StageRecord>& records,
                                                 exec::Progress& progress);

  /// All other stages. REQUIRES: index() has been called; this outlives what is returned.
  [[nodiscard]] Result<exec::AnnotationRun> annotate(const imzml::Dataset& dataset,
                                                     stages::PixelIndex pixels,
                                                     std::span<const exec::ListInput> lists,
                                                     const exec::AnnotationSettings& settings,
                                                     exec::Progress& progress);

  /// Cuts the images of a run that annotate() gave. REQUIRES: all outlive the source.
  [[nodiscard]] std::unique_ptr<exec::ImageSource> images(exec::AnnotationRun& run,
                                                          const exec::AnnotationSettings& settings);

  /// Counts the store's traffic; null without a store.
  [[nodiscard]] const exec::StoreMeter* meter() const {
    return store_ == nullptr ? nullptr : &store_->meter();
  }

  /// The run needs its objects no more: removes them, unless they are to be kept. What went wrong,
  /// here and with the runtime's cache, goes to `warnings`.
  void close(Warnings& warnings);

  /// Tasks that others are to do before the run can go on; none when all are done here.
  [[nodiscard]] std::vector<tasks::Task> handed_out() const { return handed_out_->in_order(); }

  /// For run.json; nothing without a store.
  [[nodiscard]] std::optional<report::StoreRecord> store_record() const;

 private:
  explicit StagePlace(StoreOptions options) : options_(std::move(options)) {}

  StoreOptions options_;
  bool hands_out_ = false;
  std::unique_ptr<exec::TaskRuntime> runtime_;  ///< null: no tasks
  std::unique_ptr<exec::StageStore> store_;     ///< null: there is none
  /// Where the objects leave tasks; stays where it is when this moves.
  std::unique_ptr<exec::HandedOut> handed_out_ = std::make_unique<exec::HandedOut>();
  std::unique_ptr<exec::RunObjects> objects_;  ///< null without tasks, and before index()
  exec::StoredObjects* stored_ = nullptr;      ///< the objects, if they lie in a store
  std::optional<exec::RangeHashes> known_ibd_;
};

}  // namespace ionloom::app
