#include "app/stage_place.h"

#include <utility>

#include "app/run_settings.h"
#include "exec/local_objects.h"
#include "exec/stage_clock.h"
#include "exec/task_annotation.h"

namespace ionloom::app {

Result<StagePlace> StagePlace::open(const AnnotateOptions& options) {
  StagePlace place(options.store);
  place.hands_out_ = options.hand_out.has_value();
  const std::uint32_t threads = run_threads(options);
  if (options.store.url) {
    auto store = open_stage_store(options.store, threads);
    if (!store) return std::unexpected(store.error());
    place.store_ = std::move(*store);
  }
  if (options.hand_out && !options.store.keeps_objects()) {
    return usage_error(
        "tasks can be handed out only on a store that keeps its objects, which "
        "memory: does not");
  }
  if (options.by_tasks()) {
    auto runtime = open_runtime(options.runtime, threads);
    if (!runtime) return std::unexpected(runtime.error());
    place.runtime_ = std::move(*runtime);
  }
  return place;
}

Result<stages::PixelIndex> StagePlace::index(const imzml::Dataset& dataset,
                                             const exec::AnnotationSettings& settings,
                                             std::vector<exec::StageRecord>& records,
                                             exec::Progress& progress) {
  const exec::StageClock clock(records, "index", meter());
  if (runtime_ == nullptr) return exec::index_dataset(dataset);
  if (store_ == nullptr) {
    objects_ = std::make_unique<exec::LocalObjects>(dataset, settings.peaks.runs_folder);
  } else {
    auto stored = std::make_unique<exec::StoredObjects>(dataset, *store_,
                                                        hands_out_ ? handed_out_.get() : nullptr);
    if (known_ibd_) stored->ibd().know(*known_ibd_);
    stored_ = stored.get();
    objects_ = std::move(stored);
  }
  return exec::index_by_task(dataset, *runtime_, *objects_, progress);
}

Result<exec::AnnotationRun> StagePlace::annotate(const imzml::Dataset& dataset,
                                                 stages::PixelIndex pixels,
                                                 std::span<const exec::ListInput> lists,
                                                 const exec::AnnotationSettings& settings,
                                                 exec::Progress& progress) {
  if (runtime_ == nullptr) {
    return exec::annotate(dataset, std::move(pixels), lists, settings, progress);
  }
  return exec::annotate_by_tasks(dataset, std::move(pixels), lists, settings, *runtime_, *objects_,
                                 progress);
}

std::unique_ptr<exec::ImageSource> StagePlace::images(exec::AnnotationRun& run,
                                                      const exec::AnnotationSettings& settings) {
  if (runtime_ == nullptr) return exec::images_of(run, settings);
  return exec::images_by_tasks(run, settings, *runtime_, *objects_);
}

void StagePlace::close(Warnings& warnings) {
  if (runtime_ != nullptr && !runtime_->cache_trouble().empty()) {
    warnings.add("module cache", "the compiled module could not be kept for later runs: " +
                                     runtime_->cache_trouble());
  }
  if (store_ == nullptr) return;
  if (auto removed = store_->remove_objects(); !removed) {
    warnings.add("store", "objects of this run, which begin with " +
                              std::string(exec::StageStore::kBucket) + "/" + store_->run_prefix() +
                              ", could not be removed: " + removed.error().message());
  }
}

std::optional<report::StoreRecord> StagePlace::store_record() const {
  if (store_ == nullptr) return std::nullopt;
  return report::StoreRecord{.url = *options_.url,
                             .objects_kept = options_.keeps_objects(),
                             .tasks_found = objects_ == nullptr ? 0 : objects_->tasks_found()};
}

}  // namespace ionloom::app
